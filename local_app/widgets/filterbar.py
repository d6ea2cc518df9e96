"""The filters of a register: search, period, references as chips, the trash, and a field's values as segments with counts."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
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
LINKED = {"debt": "С долгом", "same": "Одинаковые номера"}
"""Conditions that links bring: there is no button for them, only the way to take them away."""


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


class Piece(NamedTuple):
    """One of the filters as it stands: what draws it, and of what; equal ones are not drawn again."""

    draw: Callable[..., Tag]
    of: tuple[object, ...] = ()


class FilterBar:
    """Draws the filters and reports every change: `change(name=value)`, «» takes a filter away. `leave` goes down into the grid."""

    def __init__(
        self, session: Session, register: Register, wanted: Wanted, change: Callable[..., None], leave: Callable[[], object]
    ) -> None:
        self.session, self.register, self.wanted, self.change, self.leave = session, register, wanted, change, leave
        self.all_filters: Callable[[], Iterable[str]] = tuple
        self.filters: Mapping[str, str] = {}
        self.segments: Sequence[Segment] = ()
        self.counts: dict[Segment, Tag] = {}
        self.numbers: Mapping[str | None, int] = {}
        self.chosen = ""

    def toolbar(self, filters: Mapping[str, str]) -> None:
        """Put the search box and the place of the filters here."""
        self.filters = filters
        self.box = SearchBox()
        self.box.props["text"] = filters.get("q", "")
        self.box.on("typed", lambda event: self._search(str(event.args)))
        self.box.on("left", lambda event: self._down(str(event.args)))
        self.place = Pieces("filters grow", self._pieces, lambda piece: piece.draw(*piece.of))

    def segment_bar(self) -> None:
        self.tabs = Pieces("segments toolbar second", lambda: {each: each for each in self.segments}, self._draw_segment)
        self.tabs.holder.props["role"] = "tablist"
        self.tabs.holder.set_visibility(bool(self.wanted.segments))

    def show(self, filters: Mapping[str, str]) -> None:
        """Draw the state. What has not changed stays as it is: a click may be under way."""
        self.filters = filters
        self._show_segments(filters.get(self.wanted.segments, ""))
        self.place.refresh()

    def _pieces(self) -> dict[Hashable, Piece]:
        """Period, references, the user's own fields, what only links ask for, the trash, and the way back to everything."""
        filters = self.filters
        found: dict[Hashable, Piece] = {}
        if self.wanted.period:
            found["period"] = Piece(self._period, (filters.get("from", ""), filters.get("to", "")))
        found |= {name: self._chip(name, field) for name in self.wanted.chips if (field := self.register.entity.field(name))}
        found |= self._custom_pieces()
        found |= {name: Piece(self._taken, (name, text)) for name, text in LINKED.items() if filters.get(name)}
        if self.wanted.trash:
            found["deleted"] = Piece(self._taken, ("deleted", "Удалённые")) if filters.get("deleted") else Piece(self._trash)
        if any(name not in NOT_FILTERS for name in filters):
            found["reset"] = Piece(self._reset)
        return found

    def _chip(self, name: str, field: Field) -> Piece:
        """A reference as a filter: chosen it is a chip that can be taken away, otherwise a button to choose one."""
        value = self.filters.get(name)
        if not value:
            return Piece(self._choice, (name, field))
        title = not_given(field) if value == query.NOTHING else name_of(self.session.store, field.target, value)
        return Piece(self._taken, (name, f"{field.label}: {title}", field.label))

    def _custom_pieces(self) -> dict[Hashable, Piece]:
        """Those that are asked for as chips, the others that can be in one menu."""
        found: dict[Hashable, Piece] = {}
        for column in [column for column in self.register.columns if column.custom]:  # of whatever type it is by now
            if value := self.filters.get(column.name):
                label, word = column.field.label, custom_words(column.field).get(value, value)
                found[column.name] = Piece(self._taken, (column.name, f"{label}: {word}", label))
        if offered := [column for column in self._customs() if column.name not in found]:
            found["customs"] = Piece(self._custom_menu, (offered,))
        return found

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
            if ("on" in tab.classes) != on or "aria-selected" not in tab.props:
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
        for row in self.session.store.rows(f"SELECT {shown} FROM {target.name} t WHERE deleted = 0 ORDER BY {target.natural('t')}"):
            yield Segment(row["id"], row["label"], row["color"])

    def _search(self, text: str) -> None:
        self.change(q=text.strip())

    def _down(self, text: str) -> None:
        """Into the rows of what stands in the box."""
        self._search(text)
        self.leave()

    def _period(self, since: str, until: str) -> Tag:
        return period_picker(self.session, since, until, lambda first, last: self.change(**{"from": first, "to": last}))

    def _customs(self) -> list[Column]:
        """The user's own fields with few values: one of them can be asked for."""
        return [column for column in self.register.columns if column.custom and column.field.kind in (Kind.CHOICE, Kind.FLAG)]

    def _custom_menu(self, columns: Sequence[Column]) -> Tag:
        """A picture, not a word: beside the other conditions there is no room for one."""
        tip = "Условия по дополнительным параметрам"
        with Tag("button", "btn flat icon", type="button", title=tip, aria_label=tip) as made:
            ui.icon("o_tune")
            menu = ui.menu()
        with menu:
            for column in columns:
                with div("", role="group", aria_label=column.field.label):
                    div("caption", column.field.label)
                    for value, word in custom_words(column.field).items():
                        act = partial(self.change, **{column.name: value})
                        ui.menu_item(word[0].upper() + word[1:], act).props("role=menuitem")
        return made

    def _taken(self, name: str, text: str, label: str = "") -> Tag:
        """What is asked for, as a chip that can be taken away."""
        act = partial(self.change, **{name: ""})
        with span("chip") as made:
            span("cut", text).props["title"] = text
            with Tag("button", "", on_click=act, type="button", title="Убрать", aria_label=f"Убрать фильтр {label or text}"):
                ui.icon("close")
        return made

    def _choice(self, name: str, field: Field) -> Tag:
        with filter_button(field.label) as made, ui.menu().props("no-focus role=group") as menu, div("", style="padding:8px;width:280px"):
            box: FieldBox = ReferenceBox()
            menu.props["aria-label"] = field.label
            box.props.update(label="", url=f"/api/choices/{field.target}?retired=1", placeholder="Найти", value=None, text="")
            box.on("chosen", lambda event: self.change(**{name: str(event.args)}))
            menu.on("show", lambda _: box.take_focus(), args=[])
        return made

    def _trash(self) -> Tag:
        return button("Удалённые", partial(self.change, deleted="1"), kind="flat")

    def _reset(self) -> Tag:
        return button("", self.reset, kind="flat icon", icon="o_filter_alt_off", tip="Сбросить")


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
