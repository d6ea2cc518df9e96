"""«Затраты»: the expenses of the order, and what is left of it."""

from __future__ import annotations

from local_app.session import Session
from local_app.widgets.card import Section
from local_app.widgets.rows import Rows
from local_app.widgets.tags import div, span
from shared.formats import money

ABOUT = "Маржа — сумма без НДС за вычетом закупочной стоимости и затрат"


def section(session: Session, order_id: str, rows: Rows) -> Section:
    return Section("expenses", "Затраты", lambda: draw(session, order_id, rows), lambda: rows.count("expenses"))


def draw(session: Session, order_id: str, rows: Rows) -> None:
    with div("head", title=ABOUT) as head:
        words = span("secondary")

    def refresh() -> None:
        told = left(session, order_id)
        head.set_visibility(bool(told))
        words.set_text(told)

    refresh()
    session.listen({"expenses", "order_lines", "orders"}, refresh)
    rows.draw("expenses")


def left(session: Session, order_id: str) -> str:
    """What was spent and what is left, as the reports count it; '' for a deleted order and one that has neither."""
    found = session.store.rows("SELECT expenses, margin FROM order_totals WHERE order_id = ?", (order_id,))
    spent, margin = (found[0]["expenses"], found[0]["margin"]) if found else (0, 0)
    if not spent:
        return f"Маржа заказа {money(margin)}" if margin else ""
    return f"Потрачено {money(spent)}, маржа заказа {money(margin)}"
