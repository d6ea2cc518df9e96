"""The card of a client: requisites, people, orders and documents, interactions, files, history."""

from __future__ import annotations

from local_app.pages import custom, files
from local_app.session import Session
from local_app.widgets.card import Card, Section
from local_app.widgets.query import OWING
from local_app.widgets.register import Options, RegisterView
from local_app.widgets.rows import Rows
from local_app.widgets.tags import Tag, div, span
from shared.entities import ENTITIES
from shared.formats import DASH, money, plural

GROUPS = {
    "": ("name", "full_name", "legal_form", "manager_id", "potential"),
    "Связь": ("phone", "email", "site", "city", "country"),
    "Реквизиты": ("inn", "kpp", "ogrn", "legal_address", "postal_address"),
}
SUMS = f"""SELECT count(*) AS count, coalesce(sum(total), 0) AS total, coalesce(sum(debt) FILTER (WHERE {OWING}), 0) AS debt
  FROM order_totals t WHERE client_id = ?"""


def page(session: Session, row: str) -> None:
    card = Card(session, ENTITIES["clients"], row)
    rows = Rows(session, "client_id", row)
    card.draw(
        [
            Section("main", "Основное", lambda: main(card, rows)),
            rows.section("contacts", "Сотрудники"),
            Section("orders", "Заказы и документы", lambda: orders(session, row), lambda: order_count(session, row), flush=True),
            rows.section("interactions", "Отношения"),
            rows.section("reminders", "Напоминания"),
            files.section(session, "client_id", row),
            Section("history", "История", card.history),
            custom.section(session, "clients", row, card.saved),
        ],
        facts=lambda: facts(session, row),
    )
    session.listen({"orders", "order_lines", "payments"}, card.refresh)
    if not card.form.exists:
        card.form.focus("name")


def main(card: Card, rows: Rows) -> None:
    card.fields(GROUPS)
    with div("narrow"):
        rows.draw("bank_accounts")


def facts(session: Session, row: str) -> None:
    """What this client has brought and owes."""
    sums = session.store.rows(SUMS, (row,))[0]
    if not sums["count"]:
        span("secondary", "Заказов пока нет")
        return
    with span("", ""):
        span("", plural(sums["count"], ENTITIES["orders"].forms))
        sum_up(sums["total"], bad=sums["total"] < 0)
    with span("", ""):
        span("", "Долг")
        sum_up(sums["debt"], bad=True)


def sum_up(kopecks: int, *, bad: bool) -> None:
    """A sum of the header; nothing is a grey dash."""
    Tag("b", ("danger" if bad else "") if kopecks else "secondary", money(kopecks) if kopecks else DASH)


def order_count(session: Session, row: str) -> int:
    return int(session.store.one("SELECT count(*) FROM order_totals WHERE client_id = ?", (row,)))


def orders(session: Session, row: str) -> None:
    """All orders of this client; the register of the whole firm, cut to one."""
    RegisterView(
        session,
        "orders",
        Options(
            fixed={"client_id": row}, segments="status_id", in_address=False, several=("status_id", "manager_id"),
            new=("Новый заказ", lambda: session.go("/orders/new", {"client": row})),
            purpose="Заказов этого клиента пока нет.", tables=("order_lines", "payments", "expenses"),
        ),
    )  # fmt: skip
