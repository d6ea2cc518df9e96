"""«Основное»: the fields of the order and its lines."""

from __future__ import annotations

from collections.abc import Callable

from local_app.pages.order_form import OrderForm
from local_app.pages.order_lines import LinesEditor
from local_app.pages.order_pick import PickDialog
from local_app.session import Session
from local_app.widgets.tags import button, div, span

FIELDS = (
    ("number", "s2"), ("date", "s2"), ("client_id", "s4"), ("contact_id", "s4"),
    ("organization_id", "s3"), ("manager_id", "s3"), ("shipment_date", "s2"), ("pay_until", "s2"), ("vat_mode", "s2"),
    ("subject", "s5"), ("note", "s7"),
)  # fmt: skip
"""In the order of reading, each with its share of twelve columns."""


HELP = "Или пишите прямо в таблице, вставляйте из Excel. Insert — новая строка, F2 — править, Alt+↑↓ — переставить"


class MainSection:
    def __init__(self, session: Session, form: OrderForm, saved: Callable[[str], None]) -> None:
        self.session, self.form, self.saved = session, form, saved

    def draw(self) -> None:
        with div("form order-form"):
            for name, share in FIELDS:
                self.form.field(name, share, choices=self.contacts() if name == "contact_id" else "")
        self.form.put("shipment_date", hint="", placeholder="")
        self.form.put("contact_id", creating=True)
        self.session.listen({"orders"}, self.narrow_contacts)
        with div("order-goods"):
            with div("head"):
                button("Добавить товар или услугу", self.pick, kind="main", icon="add")
                span("caption grow", HELP)
                button("Новый заказ", self.new_order, kind="flat", tip="Новый заказ этому клиенту (Ctrl+N)", data_key_new="1")
            self.lines = LinesEditor(self.session, self.form.row_id, self.saved)

    def begin(self) -> None:
        """A new order waits for its client, or, when that is known, for its first line."""
        if self.form.row["client_id"]:
            self.lines.widget.take_focus()
        else:
            self.form.focus("client_id")

    def pick(self) -> None:
        PickDialog(self.session, self.lines.add_products).open()

    def new_order(self) -> None:
        self.session.go("/orders/new", {"client": str(self.form.row["client_id"] or "")})

    def contacts(self) -> str:
        return f"client_id={self.form.row['client_id'] or '-'}"

    def narrow_contacts(self) -> None:
        """Only people of the chosen client are offered."""
        self.form.put("contact_id", url=f"/api/choices/contacts?{self.contacts()}")

    def count(self) -> int:
        return int(self.session.store.one("SELECT count(*) FROM order_lines WHERE order_id = ? AND deleted = 0", (self.form.row_id,)))
