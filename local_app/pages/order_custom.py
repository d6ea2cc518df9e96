"""«Дополнительные параметры»: the fields the user has defined for orders, each with its own kind of control."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from local_app.session import Session
from local_app.widgets.card import WIDTH, Section
from local_app.widgets.fields import FieldBox, Handlers, editor
from local_app.widgets.tags import div, empty
from shared.change import Refused, View
from shared.entity import Field, Kind, Value
from shared.rules.custom import field_of, from_text, set_value, value_id
from shared.rules.office import Row
from shared.values import parse


def section(session: Session, order_id: str, saved: Callable[[str], None]) -> Section:
    values = CustomValues(session, order_id, saved)
    return Section("custom_values", "Дополнительные параметры", values.draw, values.count)


@dataclass(slots=True)
class Shown:
    """One value on the screen."""

    box: FieldBox
    view: View
    text: str = ""  # as the store had it when it was shown or written last
    former: str = ""  # what stood there before a pause in the typing saved a half of it


class CustomValues:
    """The values of one order."""

    def __init__(self, session: Session, order_id: str, saved: Callable[[str], None]) -> None:
        self.session, self.order_id, self.saved = session, order_id, saved
        self.shown: dict[str, Shown] = {}

    def count(self) -> int:
        sql = "SELECT count(*) FROM custom_values WHERE order_id = ? AND deleted = 0 AND value <> ''"
        return int(self.session.store.one(sql, (self.order_id,)))

    def customs(self) -> list[Row]:
        sql = "SELECT * FROM custom_fields WHERE home = 'orders' AND deleted = 0 ORDER BY position, name, id"
        return list(self.session.store.rows(sql))

    def draw(self) -> None:
        self.holder = div("narrow")
        self.redraw()
        self.session.listen({"custom_fields"}, self.redraw)
        self.session.listen({"custom_values"}, self.refresh)

    def redraw(self) -> None:
        """The fields themselves have changed."""
        self.holder.clear()
        self.shown.clear()
        with self.holder:
            customs = self.customs()
            if not customs:
                empty(
                    "Добавьте свои поля заказа: способ доставки, номер договора клиента, что угодно. Они появятся у каждого заказа.",
                    "Настроить поля", lambda: self.session.go("/directory/custom_fields"),
                )  # fmt: skip
                return
            with div("form"):
                for custom in customs:
                    self._draw_field(custom)

    def _draw_field(self, custom: Row) -> None:
        field = field_of(custom)
        handlers = Handlers(
            typed=lambda text, final: self.typed(custom, field, text, final=final),
            chosen=lambda value: self.save(custom, value),
            created=lambda _: None,
            begun=lambda: self.begin(custom),
            restored=lambda: self.restore(custom, field),
            rival=lambda _: None,
        )
        box = editor(field, handlers, draft=f"custom/{self.order_id}/{custom['id']}")
        box.classes(WIDTH.get(field.kind, "third"))
        self.shown[custom["id"]] = Shown(box, self.session.desk.view())
        self.show(custom, field)

    def begin(self, custom: Row) -> None:
        self.shown[custom["id"]].former = self.text_of(custom)

    def restore(self, custom: Row, field: Field) -> None:
        """Esc: what stood there before the typing, even where a pause has saved a half of it meanwhile."""
        former = self.shown[custom["id"]].former
        if former != self.text_of(custom):
            self.save(custom, from_text(field, former))
        self.show(custom, field)

    def show(self, custom: Row, field: Field) -> None:
        """The value as the store has it; a text that no longer fits the kind stays to be corrected."""
        shown = self.shown[custom["id"]]
        shown.text = shown.former = self.text_of(custom)
        shown.view = self.session.desk.view()
        try:
            shown.box.show_value(field, from_text(field, shown.text), self.session.store)
            shown.box.put(error="")
        except Refused as refused:
            shown.box.put(text=shown.text, error=str(refused))

    def text_of(self, custom: Row) -> str:
        row = self.session.store.row("custom_values", value_id(custom["id"], self.order_id))
        return str(row["value"]) if row and not row["deleted"] else ""

    def typed(self, custom: Row, field: Field, text: str, *, final: bool) -> None:
        box = self.shown[custom["id"]].box
        if not final and field.kind not in (Kind.TEXT, Kind.NOTE):
            return
        try:
            value = text if field.kind is Kind.CHOICE else parse(field, text, self.session.app.clock().date())
        except Refused as refused:
            box.put(error=str(refused), text=text)
            return
        if not self.save(custom, value):
            return  # what was typed stays; the browser has a copy of it
        box.put(seen=text, error="")
        if final:
            self.show(custom, field)

    def save(self, custom: Row, value: Value) -> bool:
        shown = self.shown[custom["id"]]
        edits, before = set_value(custom, self.order_id, value), shown.text
        if edits[0].patch["value"] == before:
            return True
        shown.text = str(edits[0].patch["value"])  # what is written here is no news to this screen
        try:
            self.session.desk.do(edits, f"Изменён параметр «{custom['name']}»", shown.view)
        except Refused as refused:
            shown.text = before
            shown.box.put(error=str(refused))
            return False
        shown.view = self.session.desk.view()
        self.saved(f"Сохранено {self.session.app.clock():%H:%M}")
        return True

    def refresh(self) -> None:
        """Values that somebody else has changed; what is being typed here is not among them."""
        for custom in self.customs():
            if custom["id"] in self.shown and self.text_of(custom) != self.shown[custom["id"]].text:
                self.show(custom, field_of(custom))
