"""Field editors: one for each Kind, told by the table EDITORS. A form hands them values and takes what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from nicegui.element import Element

from shared.entities import ENTITIES
from shared.entity import NUMERIC, TEXTUAL, Entity, Field, Kind, Value
from shared.formats import show
from shared.schema import title_sql
from shared.store import Store

WRITTEN = TEXTUAL - {Kind.CHOICE} | NUMERIC | {Kind.DATE, Kind.MOMENT}
"""Kinds whose hint fits into the empty control; elsewhere it stands under it."""


class Handlers(NamedTuple):
    """What an editor tells: the text (and whether the user is done with it), a chosen value, a name to create, other news.

    begun     the first letter, with what the page showed then: what the program has learned since its user has not seen
    recalled  the text that follows was typed before the page was opened, and only the browser has kept it, with what was seen then
    """

    typed: Callable[[str, bool], None]
    chosen: Callable[[Value], object]
    created: Callable[[str], None]
    begun: Callable[[str], None]
    restored: Callable[[], None]
    rival: Callable[[str], None]
    recalled: Callable[[str], None] = lambda _: None


class FieldBox(Element, component="field.js"):
    """A text-like control: line, note, choice, flag, date. Shown text, error and news are set with `put`."""

    def put(self, **props: object) -> None:
        """Change what is shown; names as in field.js."""
        changed = {name: value for name, value in props.items() if self.props.get(name) != value}
        if changed:
            self.props.update(changed)
            self.update()

    def show_value(self, field: Field, value: Value, _: Store) -> None:
        self.put(text=as_typed(field, value), turn=int(self.props.get("turn", 0)) + 1)

    def show_text(self, text: str, _: Field, __: Store) -> None:
        """A text that is not the value yet."""
        self.put(text=text)

    def take_focus(self) -> None:
        self.run_method("take_focus")


class ReferenceBox(FieldBox, component="reference.js"):
    """A control that refers to a row of another entity."""

    def show_value(self, field: Field, value: Value, store: Store) -> None:
        href = path_of(field.target, str(value)) if value else None
        self.put(value=value, text=name_of(store, field.target, value), href=href, hrefTitle=f"Открыть: {ENTITIES[field.target].label}")

    def show_text(self, text: str, field: Field, store: Store) -> None:
        """What waits is a row by its id."""
        self.show_value(field, text or None, store)


def editor(
    field: Field, handlers: Handlers, *, draft: str = "", label: str | None = None, choices: str = "", readonly: bool = False
) -> FieldBox:
    """The control of a field, empty yet. `draft` names the browser's copy of its text; `choices` (a query string) narrows a reference."""
    box = EDITORS[field.kind](field, choices)
    told = "placeholder" if field.kind in WRITTEN and not field.from_hub else "hint"  # what is never empty has no room for it inside
    box.props.update(
        label=field.label if label is None else label, draft=draft, required=field.required, readonly=readonly or field.from_hub
    )
    box.props[told] = field.hint
    box.on("typed", lambda event: handlers.typed(event.args["text"], event.args["final"]))
    box.on("chosen", lambda event: handlers.chosen(event.args))
    box.on("created", lambda event: handlers.created(event.args))
    box.on("begun", lambda event: handlers.begun(str(event.args)))
    box.on("recalled", lambda event: handlers.recalled(str(event.args)))
    box.on("restored", lambda _: handlers.restored(), args=[])
    box.on("rival", lambda event: handlers.rival(str(event.args)))
    return box


def as_typed(field: Field, value: Value) -> str:
    """What stands in a control: as in a cell, but keys of choices and flags, and no units, which only disturb typing."""
    if field.kind is Kind.FLAG:
        return "1" if value else "0"
    if field.kind is Kind.CHOICE:
        return str(value or "")
    shown = show(field, value)
    return shown.removesuffix("\N{NO-BREAK SPACE}₽").removesuffix("\N{NO-BREAK SPACE}%") if field.kind in NUMERIC else shown


def name_of(store: Store, entity: str, row: Value) -> str:
    """The title of a row for people; '' for no row."""
    if not row:
        return ""
    if entity == "orders":
        return str(
            store.one("SELECT trim('№ ' || number || coalesce(' от ' || strftime('%d.%m.%Y', date), '')) FROM orders WHERE id = ?", (row,))
            or ""
        )
    title = title_sql(ENTITIES, ENTITIES[entity], "t")
    return str(store.one(f"SELECT {title} FROM {entity} t WHERE id = ?", (row,)) or "")


OWN_PATHS = MappingProxyType({"clients": "/clients", "orders": "/orders", "products": "/products"})


def path_of(entity: str, row: str) -> str:
    """The address of a row's card."""
    return f"{OWN_PATHS.get(entity, f'/directory/{entity}')}/{row}"


def home_of(store: Store, entity: str, row: str) -> str:
    """The address where a row is worked with: in the card of the order, the client … that it belongs to, in the section of its kind."""
    root = entity, row
    while owner := store.owner(root[0], store.row(*root) or {}):
        root = owner
    return path_of(*root) if root[1] == row else f"{path_of(*root)}?section={entity}"


def entity_path(entity: str) -> str:
    """The address of an entity's register."""
    return OWN_PATHS.get(entity, f"/directory/{entity}")


def quick_creation(entity: Entity) -> bool:
    """A row can be made from its name alone: one title field, a text, and nothing else required."""
    title = entity.field(entity.title[0])
    others = [field for field in entity.fields if field.required and field.name not in entity.title]
    return len(entity.title) == 1 and title is not None and title.kind is Kind.TEXT and not others


def _box(**props: object) -> FieldBox:
    box = FieldBox()
    box.props.update(props)
    return box


def _line(_: Field, __: str) -> FieldBox:
    return _box(mode="line")


def _note(_: Field, __: str) -> FieldBox:
    return _box(mode="note")


def _number(_: Field, __: str) -> FieldBox:
    return _box(mode="line", number=True)


def _date(_: Field, __: str) -> FieldBox:
    return _box(mode="line", dated=True)


def _moment(_: Field, __: str) -> FieldBox:
    return _box(mode="moment", dated=True)


def _flag(_: Field, __: str) -> FieldBox:
    return _box(mode="flag")


def _choice(field: Field, _: str) -> FieldBox:
    return _box(mode="choice", options=[[key, words] for key, words in (field.choices or {}).items()])


def _reference(field: Field, choices: str) -> FieldBox:
    box = ReferenceBox()
    box.props.update(url=f"/api/choices/{field.target}{choices and f'?{choices}'}", creating=quick_creation(ENTITIES[field.target]))
    return box


def _data(_: Field, __: str) -> FieldBox:
    return _box(mode="note", readonly=True)


EDITORS: Mapping[Kind, Callable[[Field, str], FieldBox]] = MappingProxyType(
    {
        Kind.TEXT: _line,
        Kind.NOTE: _note,
        Kind.PHONE: _line,
        Kind.EMAIL: _line,
        Kind.LINK: _line,
        Kind.MONEY: _number,
        Kind.PRICE: _number,
        Kind.QUANTITY: _number,
        Kind.PERCENT: _number,
        Kind.INTEGER: _number,
        Kind.DATE: _date,
        Kind.MOMENT: _moment,
        Kind.FLAG: _flag,
        Kind.CHOICE: _choice,
        Kind.REFERENCE: _reference,
        Kind.DATA: _data,
    }
)
"""One control per kind; a kind that is missing here fails a test of the house."""
