"""The vocabulary of declarations: Kind, Field, Entity. A business noun is declared once; everything else is read from here."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

MICRO = 1_000_000
"""Prices, quantities and percents are whole millionths (of a rouble, a unit, a percent): exact, sortable, never float."""


class Kind(Enum):
    """What a value is. Renderers (editors, cells, exports, SQL views) dispatch on it; a field never knows its renderers."""

    TEXT = "text"  # one line; blank is ''
    NOTE = "note"  # several lines; blank is ''
    PHONE = "phone"  # text, searched by its digits
    EMAIL = "email"  # text
    LINK = "link"  # a URL or a path of a folder
    MONEY = "money"  # whole kopecks or null
    PRICE = "price"  # millionths of a rouble or null
    QUANTITY = "quantity"  # millionths of a unit or null
    PERCENT = "percent"  # millionths of a percent or null
    INTEGER = "integer"  # a whole number or null
    DATE = "date"  # ISO 8601 text 'YYYY-MM-DD' or null
    MOMENT = "moment"  # local time as ISO 8601 text 'YYYY-MM-DDTHH:MM' or null
    FLAG = "flag"  # 0 or 1
    CHOICE = "choice"  # one of the keys of Field.choices; blank is ''
    REFERENCE = "reference"  # the id of a row of Field.target, or null
    DATA = "data"  # text kept for machines (facts of an issued document, digests, keys); never edited by hand

    __hash__ = object.__hash__  # members are singletons; the inherited hash costs a Python call for every cell of a sync


TEXTUAL = frozenset({Kind.TEXT, Kind.NOTE, Kind.PHONE, Kind.EMAIL, Kind.LINK, Kind.CHOICE, Kind.DATA})
NUMERIC = frozenset({Kind.MONEY, Kind.PRICE, Kind.QUANTITY, Kind.PERCENT, Kind.INTEGER})
Value = str | int | None
"""What a field can hold, in the log and in the tables alike."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of one noun. `target` names the entity of a REFERENCE; `owner` marks the reference to the row it belongs to."""

    name: str
    kind: Kind
    label: str
    hint: str = ""
    target: str = ""
    owner: bool = False
    required: bool = False
    search: bool = False
    listed: bool = True  # shown as a column of the generic register
    choices: Mapping[str, str] | None = None  # key -> Russian words
    grouped: bool = False  # many digits, which people part by spaces: these are not kept
    from_hub: bool = False  # only the hub writes it: laptops show it, an act of theirs that writes it is refused
    default: Value = None
    only: tuple[str, str] | None = None  # a form offers it only while that field of the row has that value

    def is_offered(self, row: Mapping[str, Value]) -> bool:
        """Whether it says anything about a row as it is now."""
        return self.only is None or row[self.only[0]] == self.only[1]

    @property
    def blank(self) -> Value:
        """What an untouched field holds: '' for texts, 0 for a flag, None otherwise (or the declared default)."""
        if self.default is not None:
            return self.default
        if self.kind in TEXTUAL:
            return ""
        return 0 if self.kind is Kind.FLAG else None

    @property
    def sql_type(self) -> str:
        return "INTEGER" if self.kind in NUMERIC or self.kind is Kind.FLAG else "TEXT"


@dataclass(frozen=True, slots=True)
class Entity:
    """A business noun. `name` is its table; `title` are the fields that name a row to a person; `forms` are 1, 2 and 5 of it in Russian."""

    name: str
    label: str
    plural: str
    forms: tuple[str, str, str]
    doc: str
    title: tuple[str, ...]
    fields: tuple[Field, ...]
    gender: str = "m"  # m, f or n: «создан», «создана», «создано»
    whose: str = ""  # the reference that people add to its title among strangers: an order is that of its client
    trigrams: bool = True  # False for rows that come by the hundred thousand: their short searched text is scanned instead
    order_by: str = ""  # the column of the natural order in lists; the id (time of creation) otherwise
    covered: tuple[str, ...] = ()  # for wide rows: columns that one index holds in the natural order, so that lists need not read the rows
    numbered: tuple[str, ...] = ()  # within what, beside the year, a number is looked up among all: these have an index

    owners: tuple[Field, ...] = dataclasses.field(init=False, repr=False, compare=False)
    """References to the rows this one belongs to: it is hidden when they are deleted."""
    searched: tuple[Field, ...] = dataclasses.field(init=False, repr=False, compare=False)
    _by_name: Mapping[str, Field] = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "owners", tuple(field for field in self.fields if field.owner))
        object.__setattr__(self, "searched", tuple(field for field in self.fields if field.search))
        object.__setattr__(self, "_by_name", {field.name: field for field in self.fields})

    def field(self, name: str) -> Field | None:
        return self._by_name.get(name)

    def natural(self, alias: str) -> str:
        """SQL of the natural order, the oldest first. A row that was given no place among the others stands behind them."""
        field = self.field(self.order_by)
        if field is None:
            return f"{alias}.id"
        return f"{alias}.{self.order_by}{' NULLS LAST' if field.kind is Kind.INTEGER else ''}, {alias}.id"


class Catalogue(Mapping[str, Entity]):
    """All entities by name; what a store, a form or a report needs to know about the business."""

    def __init__(self, *entities: Entity) -> None:
        self._entities = {entity.name: entity for entity in entities}
        self._children: dict[str, list[tuple[Entity, Field]]] = {}
        for entity in entities:
            for field in entity.owners:
                self._children.setdefault(field.target, []).append((entity, field))

    def __getitem__(self, name: str) -> Entity:
        return self._entities[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entities)

    def __len__(self) -> int:
        return len(self._entities)

    def children(self, name: str) -> list[tuple[Entity, Field]]:
        """The entities that belong to rows of `name`, each with the field that says so."""
        return self._children.get(name, [])
