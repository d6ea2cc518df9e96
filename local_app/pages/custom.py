"""«Дополнительные параметры»: fields that the user has defined for orders, their lines, clients, products, each with its own control."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from types import MappingProxyType

from local_app.session import Session
from local_app.widgets.bound import Bound
from local_app.widgets.card import WIDTH, WINDOW_WIDTH, Section
from local_app.widgets.fields import FieldBox, Handlers, as_typed, editor
from local_app.widgets.tags import Pieces, Tag, button, div, empty, span
from local_app.widgets.window import window
from local_app.widgets.witness import GONE, Told, disagreements, whose
from shared.change import Edit, Refused
from shared.entity import Field, Kind, Value
from shared.rules.custom import OWNERS, field_of, from_text, in_words, set_value, value_id
from shared.rules.office import Row
from shared.store import Conflict
from shared.values import parse

Numbered = tuple[int, Row]
"""A line of an order and its number."""
CONFIGURE = "Настроить поля"
NO_OPTIONS = f"Выбирать не из чего: напишите варианты этого поля, «{CONFIGURE}»"
WHERE = MappingProxyType(
    {"orders": "каждого заказа", "clients": "каждого клиента", "products": "каждого товара", "order_lines": "каждой строки"}
)
LINES = "SELECT id, name FROM order_lines WHERE order_id = ? AND deleted = 0 ORDER BY position, id"
TOLD = """SELECT v.line_id, f.*, v.value FROM order_lines l
  JOIN custom_values v ON v.line_id = l.id JOIN custom_fields f ON f.id = v.field_id
  WHERE l.order_id = ? AND v.deleted = 0 AND v.value <> '' AND f.deleted = 0 AND f.home = 'order_lines'
  ORDER BY f.position NULLS LAST, f.id"""


def section(session: Session, home: str, row_id: str, saved: Callable[[str], None]) -> Section:
    """`home`: the entity of the row."""
    values = CustomValues(session, home, row_id, saved)

    def draw() -> None:
        values.draw()
        if home == "orders":
            draw_lines(session, row_id, saved)

    return Section("custom_values", "Дополнительные параметры", draw, values.count)


def lines_of(session: Session, order_id: str) -> dict[Hashable, Numbered]:
    """The lines of an order with what is kept about them; none while nothing is defined for lines."""
    defined = session.store.one("SELECT 1 FROM custom_fields WHERE home = 'order_lines' AND deleted = 0")
    rows = session.store.rows(LINES, (order_id,)) if defined else []
    told: dict[str, list[str]] = {}
    for value in session.store.rows(TOLD, (order_id,)):
        told.setdefault(value["line_id"], []).append(f"{value['name']}: {in_words(value, value['value'])}")
    return {line["id"]: (number, {**line, "told": ", ".join(told.get(line["id"], ()))}) for number, line in enumerate(rows, 1)}


def draw_lines(session: Session, order_id: str, saved: Callable[[str], None]) -> None:
    with div("panel narrow") as panel:
        div("title", "Параметры строк")
        lines = Pieces("rows", partial(lines_of, session, order_id), partial(draw_line, session, saved))

    def refresh() -> None:
        lines.refresh()
        panel.set_visibility(bool(lines))

    refresh()
    session.listen({"custom_fields", "custom_values", "order_lines"}, refresh)


def draw_line(session: Session, saved: Callable[[str], None], shown: Numbered) -> Tag:
    number, line = shown
    act = partial(open_line, session, saved, line)
    with Tag("button", "row-line", on_click=act, type="button", title="Заполнить параметры строки") as made:
        span("numbers secondary", f"{number}.")
        span("cut", line["name"] or "Без названия")
        span("caption grow", line["told"])
    return made


def open_line(session: Session, saved: Callable[[str], None], line: Row) -> None:
    """The parameters of one line, in a window."""
    with window(session, "Параметры строки", style="width:640px") as dialog:
        Tag("h1", "", str(line["name"] or "Без названия"))
        end = session.part(CustomValues(session, "order_lines", line["id"], saved).draw)
        with div("head"):
            span("caption grow", "Каждое поле сохраняется сразу.")
            button("Готово", dialog.close, kind="main")

    def leave() -> None:
        end()
        dialog.delete()

    dialog.on("hide", leave, args=[])


class CustomValues:
    """The values of one row of an order, a client, a product or a line."""

    def __init__(self, session: Session, home: str, row_id: str, saved: Callable[[str], None]) -> None:
        self.session, self.home, self.row_id, self.saved = session, home, row_id, saved
        self.shown: dict[str, Bound] = {}
        self.saving = ""  # the field whose own writing is no news to this screen

    def count(self) -> int:
        """What stands in the fields below: values of a field that was deleted, or is shown elsewhere now, are kept unseen."""
        sql = f"""SELECT count(*) FROM custom_values v JOIN custom_fields f ON f.id = v.field_id
          WHERE v.{OWNERS[self.home]} = ? AND v.deleted = 0 AND v.value <> '' AND f.deleted = 0 AND f.home = ?"""
        return int(self.session.store.one(sql, (self.row_id, self.home)))

    def customs(self) -> list[Row]:
        sql = "SELECT * FROM custom_fields WHERE home = ? AND deleted = 0 ORDER BY position NULLS LAST, id"
        return list(self.session.store.rows(sql, (self.home,))) if self.known() else []

    def known(self) -> bool:
        return self.session.store.row(self.home, self.row_id) is not None

    def draw(self) -> None:
        words = "Добавьте свои поля: способ доставки, номер договора клиента, что угодно. Они появятся у"
        with div("stack narrow"):
            self.early = empty("Сначала заполните карточку, потом её дополнительные параметры.")
            self.nothing = empty(f"{words} {WHERE[self.home]}.", CONFIGURE, self.configure)
            self.form = Pieces("form", lambda: {custom["id"]: custom for custom in self.customs()}, self._draw_field)
            with div("head") as self.foot:
                button(CONFIGURE, self.configure, icon="o_tune")
        self.redraw()
        self.session.listen({"custom_fields"}, self.redraw)
        self.session.listen({"custom_values"}, self.refresh)

    def redraw(self) -> None:
        """The fields themselves may have changed. Those that are as they were stay under the hands of who types in them."""
        self.form.refresh()
        self.shown = {custom_id: shown for custom_id, shown in self.shown.items() if custom_id in self.form.drawn}
        self.early.set_visibility(not self.known())
        self.nothing.set_visibility(self.known() and not self.form)
        for part in (self.form.holder, self.foot):
            part.set_visibility(bool(self.form))

    def configure(self) -> None:
        self.session.go("/directory/custom_fields", {"home": self.home})

    def _draw_field(self, custom: Row) -> FieldBox:
        field = field_of(custom)
        handlers = Handlers(
            typed=lambda text, final: self.typed(custom, field, text, final=final),
            chosen=lambda value: self.save(custom, value),
            created=lambda _: None,
            begun=lambda seen: self.begin(custom, seen),
            restored=lambda: self.restore(custom, field),
            rival=lambda change: self.settle(custom, field, change),
            recalled=lambda seen: self.take_up(custom, seen),
        )
        key = f"custom/{self.row_id}/{custom['id']}"
        box = editor(field, handlers, draft=key)
        box.classes(WINDOW_WIDTH[field.kind] if self.home == "order_lines" else WIDTH.get(field.kind, "third"))
        if field.kind is Kind.CHOICE and not any(field.choices or ()):
            box.put(hint=NO_OPTIONS)
        self.shown[custom["id"]] = Bound(field, box, self.session.app.drafts, key, "", self.session.desk.view())
        self.show(custom, field)
        return box

    def begin(self, custom: Row, seen: str) -> None:
        self.shown[custom["id"]].begin(seen)

    def take_up(self, custom: Row, seen: str) -> None:
        self.shown[custom["id"]].take_up(seen)

    def restore(self, custom: Row, field: Field) -> None:
        """Esc: what stood there before the typing, even where a pause has saved a half of it meanwhile."""
        shown = self.shown[custom["id"]]
        if shown.halfway and shown.former != self.text_of(custom):
            shown.batch = 0  # undo brings back what Esc has dropped
            self.save(custom, from_text(field, str(shown.former)))
        self.show(custom, field)

    def show(self, custom: Row, field: Field) -> None:
        """The value as the store has it; a text that no longer fits the kind stays to be corrected."""
        shown, view = self.shown[custom["id"]], self.session.desk.view()
        text = self.text_of(custom)
        shown.show(text, view)
        shown.box.put(rivals=self.rivals(custom, field))
        try:
            shown.box.show_value(field, from_text(field, text), self.session.store)
            shown.box.put(error="")
        except Refused as refused:
            ticked = field.kind is Kind.FLAG  # where nothing can be written
            shown.box.put(text=text, error=f"Здесь было «{text}»: отметьте, если да" if ticked else str(refused))

    def kept(self, custom: Row) -> Row | None:
        """The row of its value, a deleted one too."""
        return self.session.store.row("custom_values", value_id(custom["id"], self.row_id))

    def text_of(self, custom: Row) -> str:
        row = self.kept(custom)
        return str(row["value"]) if row and not row["deleted"] else ""

    def conflict(self, custom: Row) -> Conflict | None:
        return disagreements(self.session.store, value_id(custom["id"], self.row_id)).get("value")

    def rivals(self, custom: Row, field: Field) -> list[Told]:
        """The values that stand against each other, as the field would show them."""
        conflict = self.conflict(custom)
        return [
            {
                "text": spoken(field, str(rival.value or "")),
                "who": whose(self.session.store, rival.author, rival.at_ms),
                "change": rival.change,
            }
            for rival in (conflict.values if conflict else ())
        ]

    def settle(self, custom: Row, field: Field, change: str) -> None:
        """One of them is chosen: it is written anew, by someone who has seen them all."""
        conflict = self.conflict(custom)
        rival = conflict.value_of(change) if conflict else None
        if conflict is None or rival is None:
            self.session.say(GONE)
        elif self.session.do([Edit("custom_values", conflict.row, {"value": rival.value})], f"Изменён параметр «{custom['name']}»"):
            self.show(custom, field)

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
        """Written with what its user had seen; the screen follows when the typing is over."""
        shown, edits = self.shown[custom["id"]], set_value(custom, self.row_id, value, self.kept(custom))
        if edits[0].patch["value"] == self.text_of(custom):
            return True
        self.saving = custom["id"]
        try:
            done = self.session.desk.do(edits, f"Изменён параметр «{custom['name']}»", shown.view, shown.batch)
        except Refused as refused:
            shown.box.put(error=str(refused))
            return False
        finally:
            self.saving = ""
        shown.go_on(self.text_of(custom), self.session.desk.view(), done.batch)
        self.saved(f"Сохранено {self.session.app.clock():%H:%M}")
        return True

    def refresh(self) -> None:
        """Values that somebody else has changed; what is being typed here is not among them."""
        for custom in self.customs():
            shown = self.shown.get(custom["id"])
            if shown is None or shown.dirty or custom["id"] == self.saving:
                continue
            self.show(custom, field_of(custom))


def spoken(field: Field, text: str) -> str:
    try:
        return as_typed(field, from_text(field, text))
    except Refused:
        return text
