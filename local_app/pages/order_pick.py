"""«Добавить товар или услугу»: pick several products with a search, then fill quantity, price and discount."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from typing import Any, NamedTuple

from nicegui import ui

from local_app.ordering.rows import search_products
from local_app.pages.order_line_acts import FILLED, Picked
from local_app.session import Session
from local_app.widgets.fields import FieldBox
from local_app.widgets.tags import Pieces, Tag, button, div, span
from local_app.widgets.window import window
from shared import formats
from shared.change import Refused
from shared.entities.orders import ORDER_LINES
from shared.fold import fold
from shared.rules.office import Row
from shared.values import parse, parse_discount

SHOWN = 60
NOTHING = "Ничего не найдено. Проверьте слово или напишите название прямо в строке заказа."
SEARCHED = "Название, артикул или штрихкод"
HEADS = (("Товар или услуга", ""), ("Кол-во", "number"), ("Цена, ₽", "number"), ("Скидка", "number"), ("", ""))

ARROWS = """(event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const options = [...document.querySelectorAll(".pick-option")], at = options.indexOf(document.activeElement) + step;
  (options[at] ?? (at < 0 ? document.querySelector(".pick-found input") : options.at(-1)))?.focus();
}"""
"""From the search into what is found and back. Tab passes it over: sixty products stood between the search and their quantities."""


class Option(NamedTuple):
    """A found product in the list, and its mark."""

    button: Tag
    mark: ui.icon


class PickDialog:
    """Left: what is found. Right: what is chosen, with its fields. `add` takes it all and may refuse.

    A window that is closed over something chosen asks nothing and loses nothing: the notice opens it again as it was.
    """

    def __init__(self, session: Session, add: Callable[[Sequence[Picked]], None]) -> None:
        self.session, self.add = session, add
        self.chosen: dict[str, Picked] = {}
        self.wrong: dict[tuple[str, str], str] = {}
        self.text = ""
        self.options: dict[str, Option] = {}

    def open(self) -> None:
        self.text, self.options = "", {}
        with window(self.session, "Добавить товар или услугу", "order-pick") as self.dialog:
            Tag("h1", "", "Добавить товар или услугу")
            with div("pick-columns"):
                with div("pick-found").on("keydown", js_handler=ARROWS):
                    self._search()
                    self.found = div("pick-list", role="listbox", aria_label="Найденные товары")
                    self.nothing = div("empty")
                self._side()
            with div("head"):
                self.summary = span("caption grow")
                button("Отмена", self.dialog.close)
                self.done = button("Добавить в заказ", self.finish, kind="main")
        self.dialog.left = self._leave
        self.dialog.on("hide", self._closed, args=[])
        self._show_found()
        self._show_chosen()

    def _closed(self, _: object) -> None:
        self.dialog.delete()
        self._leave()

    def _leave(self) -> None:
        if self.chosen:
            self.session.say(f"Не добавлено в заказ: {plural_of(self.chosen)}", resume=self.open)

    def _search(self) -> None:
        with div("field"), div("box"):
            field = Tag("input", "", type="search", aria_label="Найти товар", placeholder=SEARCHED, autofocus=True, autocomplete="off")
        field.on("input", lambda event: self.look(str(event.args)), js_handler="(event) => emit(event.target.value)")
        field.on("keydown.enter", lambda _: self.take_first(), args=[])

    # ------------------------------------------------------------------ finding
    def look(self, text: str) -> None:
        self.text = text
        self._show_found()

    def take_first(self) -> None:
        """Enter in the search: the first that is found."""
        rows = search_products(self.session.store, self.text, 1)
        if rows and rows[0]["id"] not in self.chosen:
            self.toggle(rows[0])

    def _show_found(self) -> None:
        """What stays in the list stays the same element: a click on it may be under way while the letters before it are answered."""
        rows = {row["id"]: row for row in search_products(self.session.store, self.text, SHOWN)}
        for key in set(self.options) - set(rows):
            self.options.pop(key).button.delete()
        for place, (key, row) in enumerate(rows.items()):
            if key not in self.options:
                with self.found:
                    self.options[key] = self._option(row)
            self.options[key].button.move(self.found, target_index=place)
            self._mark(key)
        self.nothing.set_text(NOTHING if fold(self.text) else "Справочник товаров пока пуст.")
        self.nothing.set_visibility(not rows)
        self.found.set_visibility(bool(rows))

    def _option(self, row: Row) -> Option:
        with Tag("button", "pick-option", on_click=lambda: self.toggle(row), type="button", role="option", tabindex=-1) as shown:
            mark = ui.icon("o_check_box_outline_blank")
            span("cut grow", row["name"])
            span("caption", row["sku"])
            span("price", formats.price(row["price"]) if row["price"] is not None else formats.DASH)
        return Option(shown, mark)

    def _mark(self, key: str) -> None:
        on, option = key in self.chosen, self.options[key]
        option.button.props["aria-selected"] = str(on).lower()
        option.button.classes(add="on" if on else "", remove="" if on else "on")
        option.mark.set_name("check_box" if on else "o_check_box_outline_blank")

    def toggle(self, row: Row) -> None:
        if self.chosen.pop(row["id"], None) is None:
            self.chosen[row["id"]] = Picked(row)
        self.wrong = {key: reason for key, reason in self.wrong.items() if key[0] in self.chosen}
        self._show_found()
        self._show_chosen()

    # ------------------------------------------------------------------ filling
    def _show_chosen(self) -> None:
        """What was chosen before stays as it is: somebody may be typing there while one more comes."""
        self.items.refresh()
        self.table.set_visibility(bool(self.chosen))
        self.untouched.set_visibility(not self.chosen)
        self._sum_up()

    def _side(self) -> None:
        with div("pick-chosen"):
            self.untouched = div("empty", "Отметьте слева всё, что нужно, и заполните количество, цену и скидку здесь.")
            with Tag("table", "table") as self.table:
                with Tag("thead"), Tag("tr"):
                    for label, kind in HEADS:
                        Tag("th", kind, label)
                self.items = Pieces("", lambda: {key: item.product for key, item in self.chosen.items()}, self._item, name="tbody")

    def _item(self, row: Row) -> Tag:
        item = self.chosen[row["id"]]
        usual = {"quantity": "1", "price": "" if row["price"] is None else formats.price(row["price"], ""), "discount": ""}
        with Tag("tr") as line:
            Tag("td", "pick-name", row["name"])
            for name in FILLED:
                with Tag("td", "number"):
                    self._cell(row, name, getattr(item, name) or usual[name])
            with Tag("td"):
                button("", lambda: self.toggle(row), kind="flat icon", icon="close", tip=f"Убрать «{row['name']}»")
        return line

    def _cell(self, row: Row, name: str, text: str) -> None:
        label = {"quantity": "Количество", "price": "Цена", "discount": "Скидка"}[name]
        box = FieldBox()
        hint = "5% или 500" if name == "discount" else ""
        box.put(
            text=text,
            mode="line",
            number=True,
            placeholder=hint,
            spoken=f"{label}: {row['name']}",
            error=self.wrong.get((row["id"], name), ""),
        )
        box.on("typed", lambda event: self.typed(box, row["id"], name, event.args["text"]))

    def typed(self, box: FieldBox, product_id: str, name: str, text: str) -> None:
        """Kept as typed; what cannot be read is said under the field at once."""
        if product_id not in self.chosen:
            return
        typed: dict[str, Any] = {name: text.strip()}
        self.chosen[product_id] = self.chosen[product_id]._replace(**typed)
        reason = why_not(name, text)
        self.wrong.pop((product_id, name), None)
        if reason:
            self.wrong[product_id, name] = reason
        box.put(error=reason)
        self._sum_up()

    def _sum_up(self) -> None:
        count = len(self.chosen)
        self.summary.set_text(f"Выбрано: {plural_of(self.chosen)}" if count else "Ничего не выбрано")
        self.done.props["disabled"] = None if count and not self.wrong else True

    def finish(self) -> None:
        if not self.chosen or self.wrong:
            return
        try:
            self.add(list(self.chosen.values()))
        except Refused as refused:
            self.session.say(str(refused), False)
            return
        self.chosen.clear()
        self.dialog.close()


def plural_of(chosen: Sized) -> str:
    return formats.plural(len(chosen), ("позиция", "позиции", "позиций"))


def why_not(name: str, text: str) -> str:
    """Why a typed number cannot be taken, or ''."""
    try:
        if name == "discount":
            parse_discount(text)
        elif field := ORDER_LINES.field(name):
            parse(field, text)
    except Refused as refused:
        return str(refused)
    return ""
