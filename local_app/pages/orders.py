"""«Заказы и документы»: the register of sales and the register of documents."""

from __future__ import annotations

from functools import partial

from local_app.numbers import how_many
from local_app.pages.order_documents import open_paper
from local_app.pages.order_form import carried
from local_app.session import Session
from local_app.widgets.register import Options, RegisterView, RowAct
from local_app.widgets.tags import Tag, div, link
from shared.rules.orders import CARRYING

TABS = (("", "Реестр продаж"), ("documents", "Реестр документов"))


def page(session: Session) -> None:
    holder = div("card")

    def draw() -> None:
        documents = session.query.get("tab") == "documents"
        session.entitle("Заказы и документы", instead=lambda: tabs(documents=documents))
        session.leave()
        session.on_query(lambda query: draw() if (query.get("tab") == "documents") != documents else None)
        holder.clear()
        with holder:
            (document_register if documents else order_register)(session)

    draw()


def tabs(*, documents: bool) -> Tag:
    """The two registers of this module, in the bar on top: the rows need the height."""
    with div("tabs bare", role="tablist") as made:
        for key, label in TABS:
            Tag("a", "on" if (key == "documents") == documents else "", label, href=f"/orders{f'?tab={key}' if key else ''}", role="tab")
    return made


def same_numbers(session: Session, name: str, address: str) -> None:
    """The way to orders or documents that bear one number, while there are any; each of them says so where it is open."""
    shown = link("", address, "btn flat danger")

    def refresh() -> None:
        count = how_many(session.store, name)
        shown.set_text(f"Одинаковые номера: {count}")
        shown.set_visibility(count > 0)

    refresh()
    session.listen({name, "state"}, refresh)


def order_register(session: Session) -> None:
    """All orders. Their totals come from `order_totals`, which changes with lines and payments."""
    RegisterView(
        session,
        "orders",
        Options(
            segments="status_id", chips=("client_id", "manager_id", "organization_id"), period=True,
            several=("status_id", "manager_id", "shipment_date", "pay_until"),
            carrying={name: partial(carried, session.store, name) for name in CARRYING},
            acts=(RowAct("client", "Карточка клиента", lambda _, data: session.go(f"/clients/{data['client_key']}"), needs="client_key"),),
            load="/orders/import", lines=True, new=("Новый заказ", lambda: session.go("/orders/new")),
            tables=("order_lines", "payments", "expenses"),
            purpose="Здесь все заказы: от первого вопроса о цене до оплаченной сделки.",
            extra=lambda: same_numbers(session, "orders", "/orders?same=1"),
        ),
    )  # fmt: skip


def document_register(session: Session) -> None:
    """All papers. A row opens the papers of its order; a document without an order (a newer program's) has a card of its own."""

    def open_row(row: str) -> None:
        order = session.store.one("SELECT order_id FROM documents WHERE id = ?", (row,))
        session.go(f"/orders/{order}", {"section": "documents"}) if order else session.go(f"/directory/documents/{row}")

    RegisterView(
        session,
        "documents",
        Options(
            segments="state", chips=("client_id", "organization_id"), period=True, deletable=False, open=open_row,
            acts=(
                RowAct("client", "Карточка клиента", lambda _, data: session.go(f"/clients/{data['client_key']}"), needs="client_key"),
                RowAct("paper", "Открыть документ", lambda row, _: open_paper(session, row)),
                RowAct("order", "Открыть заказ", lambda _, data: session.go(f"/orders/{data['order_key']}"), needs="order_key"),
            ),
            extra=lambda: same_numbers(session, "documents", "/orders?tab=documents&same=1"),
            purpose="Здесь все документы, сделанные по заказам: счета, акты, накладные. Документ создаётся в заказе.",
        ),
    )  # fmt: skip
