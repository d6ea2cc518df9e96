"""«Оплаты»: the payments of the order, and one step to enter the rest."""

from __future__ import annotations

from local_app.session import Session
from local_app.widgets.card import Section
from local_app.widgets.rows import Rows
from local_app.widgets.tags import button, div, span
from shared.change import Edit
from shared.entity import Value
from shared.formats import money

REFUND = "возврат записывают оплатой с минусом"


def section(session: Session, order_id: str, rows: Rows) -> Section:
    return Section("payments", "Оплаты", lambda: draw(session, order_id, rows), lambda: rows.count("payments"))


def draw(session: Session, order_id: str, rows: Rows) -> None:
    with div("head") as rest:
        words = span("secondary")
        pay = button(
            "Внести остаток", lambda: pay_rest(session, order_id), icon="o_payments", tip="Записать оплату остатка сегодняшним днём"
        )

    def refresh() -> None:
        debt = debt_of(session, order_id)
        rest.set_visibility(debt != 0)
        pay.set_visibility(debt > 0)
        words.set_text(f"Осталось оплатить {money(debt)}" if debt > 0 else f"К возврату клиенту {money(-debt)}: {REFUND}")

    refresh()
    session.listen({"payments", "order_lines", "orders"}, refresh)
    rows.draw("payments")


def debt_of(session: Session, order_id: str) -> int:
    """Kopecks; nothing for a deleted order."""
    return int(session.store.one("SELECT debt FROM order_totals WHERE order_id = ?", (order_id,)) or 0)


def pay_rest(session: Session, order_id: str) -> None:
    """One payment over what is left, taken back as easily."""
    debt = debt_of(session, order_id)
    patch: dict[str, Value] = {"order_id": order_id, "date": session.app.clock().date().isoformat(), "amount": debt}
    words = f"Внесена оплата {money(debt)}"
    if debt > 0 and session.do([Edit("payments", session.desk.new_id(), patch)], words):
        session.say(words, True)
