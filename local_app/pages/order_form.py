"""The fields of an order: some carry others along (client, organization, dates, VAT), by the rules of orders."""

from __future__ import annotations

from collections.abc import Mapping

from local_app import since
from local_app.ordering.rows import sheet
from local_app.pages.order_acts import number_warning, with_contact
from local_app.widgets.form import Form
from shared.change import Edit, Refused
from shared.entity import Field, Value
from shared.rules.orders import CARRYING
from shared.store import Store


def carried(store: Store, name: str, order: str, value: Value) -> list[Edit]:
    """One of them in an order that is not open: VAT follows there as it does in the form."""
    return CARRYING[name](sheet(store, order), value)


class OrderForm(Form):
    """The form of an order that exists."""

    def put(self, name: str, **props: object) -> None:
        """Change how a field looks; names as in field.js."""
        self._bound[name].box.put(**props)

    def save(self, name: str, value: Value) -> bool:
        """VAT that has followed a field is told: it changes what the client pays."""
        lines = sheet(self.session.store, self.row_id).lines
        done = super().save(name, value)
        vat = [(line["vat_mode"], line["vat_percent"]) for line in lines]
        now = [(line["vat_mode"], line["vat_percent"]) for line in sheet(self.session.store, self.row_id).lines]
        if done and name != "vat_mode" and vat != now:
            self.session.say("НДС в строках заказа изменился вслед за этим полем", True)
        return done

    def edits(self, field: Field, value: Value) -> list[Edit]:
        """A value about which people disagree is written though it stands there already: whoever has seen both has chosen it."""
        carrying = CARRYING.get(field.name)
        if carrying is None:
            return [Edit("orders", self.row_id, {field.name: value})]
        rows = sheet(self.session.store, self.row_id)
        carried = carrying(rows, value)
        written = {edit.row for edit in carried if field.name in edit.patch}
        entities = {self.row_id: "orders"} | {line["id"]: "order_lines" for line in rows.lines}
        disputed = {row for row, name in since.disputed(self.session.store, [*entities]) if name == field.name} - written
        return [*carried, *(Edit(entity, row, {field.name: value}) for row, entity in entities.items() if row in disputed)]

    def create(self, name: str, text: str) -> None:
        """A new contact belongs to the client of the order."""
        if name != "contact_id":
            super().create(name, text)
            return
        client_id = self.row["client_id"]
        if not client_id:
            self._bound[name].box.put(error="Сначала выберите клиента")
            return
        made = with_contact(self.row_id, self.session.desk.new_id(), str(client_id), text)
        try:
            self.session.desk.do(made, f"Сотрудник клиента «{text}»: создание", self._bound[name].view)
        except Refused as refused:
            self._bound[name].box.put(error=str(refused))
            return
        self.show(name)

    def warnings(self, row: Mapping[str, Value]) -> dict[str, str]:
        found = {"number": number_warning(self.session.store, self.row_id, str(row["number"] or ""))}
        shipped, until = row["shipment_date"], row["pay_until"]
        if row["date"] and until and str(until) < str(row["date"]):
            found["pay_until"] = "Раньше даты заказа"
        if row["date"] and shipped and str(shipped) < str(row["date"]):
            found["shipment_date"] = "Раньше даты заказа"
        return found
