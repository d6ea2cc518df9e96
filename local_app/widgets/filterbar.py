"""The filters of a register: search, period, references as chips, the trash, and a field's values as segments with counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

from nicegui import ui
from nicegui.element import Element

from local_app.customs import PREFIX
from local_app.session import Session
from local_app.widgets import query
from local_app.widgets.columns import HUES, Column, Register
from local_app.widgets.fields import FieldBox, ReferenceBox, name_of
from local_app.widgets.periodpicker import period_picker
from local_app.widgets.tags import Pieces, Tag, button, div, filter_button, span
from shared.entities import ENTITIES
from shared.entity import Field, Kind
from shared.formats import whole
from shared.store import Store

NOT_FILTERS = frozenset({"q", "tab", "section"})


class SearchBox(Element, component="searchbox.js"):
    """The search of one register; see searchbox.js for its news."""


class Wanted(NamedTuple):
    """Which filters a register offers."""

    segments: str  # a field whose values stand as segments
    chips: Sequence[str]  # references that can be chosen
    period: bool
    trash: bool


class Segment(NamedTuple):
    """One value of the field that the register is cut by."""

    value: str
    label: str
    color: str


class FilterBar:
    """Draws the filters and reports every change: `change(name=value)`, «» takes a filter away. `leave` goes down into the grid."""

    def __init__(
        self, session: Session, register: Register, wanted: Wanted, change: Callable[..., None], leave: Callable[[], object]
    ) -> None:
        self.session, self.register, self.wanted, self.change, self.leave = session, register, wanted, change, leave
        self.all_filters: Callable[[], Iterable[str]] = tuple
        self.shown: dict[str, str] | None = None
        self.segments: Sequence[Segment] = ()
        self.counts: dict[Segment, Tag] = {}
        self.numbers: Mapping[str | None, int] = {}
        self.chosen = ""

    def toolbar(self, text: str) -> None:
        """Put the search box and the place of the filters here."""
        self.box = SearchBox()
        self.box.props["text"] = text
        self.box.on("typed", lambda event: self._search(str(event.args)))
        self.box.on("left", lambda event: self._down(str(event.args)))
        self.place = div("filters grow")

    def segment_bar(self) -> None:
        self.tabs = Pieces("segments toolbar second", lambda: {each: each for each in self.segments}, self._draw_segment)
        self.tabs.holder.props["role"] = "tablist"
        self.tabs.holder.set_visibility(bool(self.wanted.segments))

    def show(self, filters: Mapping[str, str]) -> None:
        """Draw the state. What has not changed stays as it is: a click may be under way."""
        self._show_segments(filters.get(self.wanted.segments, ""))
        state = {name: value for name, value in filters.items() if name not in NOT_FILTERS and name != self.wanted.segments}
        state |= {column.name: f"{column.field} {filters.get(column.name)}" for column in self._customs()}
        state["any"] = "1" if any(name not in NOT_FILTERS for name in filters) else ""
        if state == self.shown:
            return
        self.shown = state
        self.place.clear()
        with self.place:
            self._draw(filters)

    def _draw(self, filters: Mapping[str, str]) -> None:
        if self.wanted.period:
            period_picker(self.session, filters.get("from", ""), filters.get("to", ""), self._period)
        for name in self.wanted.chips:
            self._chip(name, filters.get(name, ""))
        for column in self._customs():
            if value := filters.get(column.name):
                word = custom_words(column.field).get(value, value)
                self._taken(f"{column.field.label}: {word}", partial(self.change, **{column.name: ""}), column.field.label)
        if offered := [column for column in self._customs() if not filters.get(column.name)]:
            self._custom_menu(offered)
        if filters.get("debt"):
            self._taken("С долгом", partial(self.change, debt=""))
        if filters.get("same"):
            self._taken("Одинаковые номера", partial(self.change, same=""))
        if self.wanted.trash:
            self._trash(on=bool(filters.get("deleted")))
        if any(name not in NOT_FILTERS for name in filters):
            button("Сбросить", self.reset, kind="flat")

    def put_text(self, text: str) -> None:
        """The address has brought another search."""
        self.box.run_method("put", text)

    def reset(self) -> None:
        self.put_text("")
        self.change(**dict.fromkeys(self.all_filters(), ""))

    def count_segments(self, numbers: Mapping[str | None, int]) -> None:
        """How many rows each value of the segments has, under all the other filters; None: those that have no value."""
        self.numbers = numbers
        self._show_segments(self.chosen)

    def _show_segments(self, chosen: str) -> None:
        name, self.chosen = self.wanted.segments, chosen
        if not name:
            return
        segments = [Segment("", "Все", ""), *self._values(name)]
        if self.numbers.get(None) or chosen == query.NOTHING:
            segments.append(Segment(query.NOTHING, not_given(self.register.entity.field(name)).capitalize(), ""))
        self.segments = segments
        self.tabs.refresh()
        numbers = {**self.numbers, "": sum(self.numbers.values()), query.NOTHING: self.numbers.get(None, 0)}
        for segment in segments:
            tab, count = self.tabs.drawn[segment][1], self.counts[segment]
            on = segment.value == chosen
            count.set_text(whole(numbers.get(segment.value, 0)) if self.numbers else "")
            tab.classes(add="on" if on else "", remove="" if on else "on")
            tab.props["aria-selected"] = str(on).lower()

    def _draw_segment(self, segment: Segment) -> Tag:
        act = partial(self.change, **{self.wanted.segments: segment.value})
        with Tag("button", "", on_click=act, type="button", role="tab") as tab:
            span(f"status hue-{segment.color}" if segment.color else "", segment.label)
            self.counts[segment] = span("count")
        return tab

    def _values(self, name: str) -> Iterator[Segment]:
        """The rows a reference can point to, or the words of a choice."""
        field = self.register.entity.field(name)
        if field is None:
            return
        if field.choices:
            yield from (Segment(key, label, "") for key, label in field.choices.items())
            return
        target = self.session.store.catalogue[field.target]
        color = HUES.get(target.name, "''")
        shown = f"id, {target.title[0]} AS label, {color} AS color"
        for row in self.session.store.rows(f"SELECT {shown} FROM {target.name} WHERE deleted = 0 ORDER BY {target.order_by or 'id'}, id"):
            yield Segment(row["id"], row["label"], row["color"])

    def _search(self, text: str) -> None:
        self.change(q=text.strip())

    def _down(self, text: str) -> None:
        """Into the rows of what stands in the box."""
        self._search(text)
        self.leave()

    def _period(self, since: str, until: str) -> None:
        self.change(**{"from": since, "to": until})

    def _chip(self, name: str, value: str) -> None:
        """A reference as a filter: chosen it is a chip that can be taken away, otherwise a button to choose one."""
        field = self.register.entity.field(name)
        if field is None:
            return
        if value:
            title = not_given(field) if value == query.NOTHING else name_of(self.session.store, field.target, value)
            self._taken(f"{field.label}: {title}", partial(self.change, **{name: ""}), field.label)
        else:
            self._choice(name, field)

    def _customs(self) -> list[Column]:
        """The user's own fields with few values: one of them can be asked for."""
        return [column for column in self.register.columns if column.custom and column.field.kind in (Kind.CHOICE, Kind.FLAG)]

    def _custom_menu(self, columns: Sequence[Column]) -> None:
        """A picture, not a word: beside the other conditions there is no room for one."""
        tip = "Условия по дополнительным параметрам"
        with Tag("button", "btn flat icon", type="button", title=tip, aria_label=tip):
            ui.icon("o_tune")
            menu = ui.menu()
        with menu:
            for column in columns:
                with div("", role="group", aria_label=column.field.label):
                    div("caption", column.field.label)
                    for value, word in custom_words(column.field).items():
                        act = partial(self.change, **{column.name: value})
                        ui.menu_item(word[0].upper() + word[1:], act).props("role=menuitem")

    def _taken(self, text: str, drop: Callable[[], object], label: str = "") -> None:
        with span("chip"):
            span("", text)
            with Tag("button", "", on_click=drop, type="button", title="Убрать", aria_label=f"Убрать фильтр {label or text}"):
                ui.icon("close")

    def _choice(self, name: str, field: Field) -> None:
        with filter_button(field.label), ui.menu().props("no-focus role=group") as menu, div("", style="padding:8px;width:280px"):
            box: FieldBox = ReferenceBox()
            menu.props["aria-label"] = field.label
            box.props.update(label="", url=f"/api/choices/{field.target}", placeholder="Найти", value=None, text="")
            box.on("chosen", lambda event: self.change(**{name: str(event.args)}))
            menu.on("show", lambda _: box.take_focus(), args=[])

    def _trash(self, *, on: bool) -> None:
        if on:
            self._taken("Удалённые", partial(self.change, deleted=""))
        else:
            button("Удалённые", partial(self.change, deleted="1"), kind="flat")


def custom_words(field: Field) -> dict[str, str]:
    """What a custom field can be asked for, as its values are kept, and how it is called; last, that it holds none."""
    if field.kind is Kind.FLAG:
        return {"да": "да", query.NOTHING: "нет"}
    return {**{option: option for option in field.choices or () if option}, query.NOTHING: "не указано"}


def not_given(field: Field | None) -> str:
    """«Наша организация: не указана», «Ответственный: не указан»."""
    target = ENTITIES.get(field.target) if field else None
    return {"f": "не указана", "n": "не указано"}.get(target.gender if target else "m", "не указан")


def readable(store: Store, register: Register, filters: query.Filters) -> query.Filters:
    """Without what an address asks in vain: a day that is none, a row that is not here."""
    return {name: value for name, value in filters.items() if not unreadable(store, register, name, value)}


def unreadable(store: Store, register: Register, name: str, value: str) -> bool:
    if name in ("from", "to"):
        return not is_day(value)
    if name.startswith(PREFIX):  # a custom field that is gone
        return register.column(name) is None
    field = register.entity.field(name)
    if field is None or field.kind is not Kind.REFERENCE or field.target not in ENTITIES or value == query.NOTHING:
        return False
    return store.row(field.target, value) is None


def is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
