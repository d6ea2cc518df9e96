"""What a register shows: its columns and where their values come from. Declared by entities; the orders register adds its totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from local_app.customs import order_sql, value_sql
from shared.entities import ENTITIES
from shared.entity import NUMERIC, Entity, Field, Kind
from shared.schema import TOTAL_LABELS, title_sql

WIDTHS: Mapping[Kind, int] = MappingProxyType({
    Kind.TEXT: 160, Kind.NOTE: 220, Kind.PHONE: 140, Kind.EMAIL: 180, Kind.LINK: 160, Kind.DATA: 160, Kind.CHOICE: 140, Kind.FLAG: 112,
    Kind.REFERENCE: 150, Kind.MONEY: 116, Kind.PRICE: 110, Kind.QUANTITY: 100, Kind.PERCENT: 80, Kind.INTEGER: 90,
    Kind.DATE: 96, Kind.MOMENT: 136,
})  # fmt: skip
"""Pixels at first; a register remembers what the user makes of them."""
NAMED_WIDTHS: Mapping[str, int] = MappingProxyType({
    "inn": 116, "kpp": 96, "sku": 110, "okei": 96, "bic": 96, "account": 176, "number": 96, "city": 130, "document_type": 210,
    "login": 112, "role": 172, "dismissed": 76, "post": 140, "director": 290,
})  # fmt: skip
HUES: Mapping[str, str] = MappingProxyType({"statuses": "color"})
"""Entities whose rows carry a colour, and the field with it."""


NAMELESS = "Без названия"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `value` is SQL over the row (alias r) and, in the orders register, its totals (alias t)."""

    field: Field
    value: str
    order: str  # SQL over the narrow table (alias t) that sorts by this column; '' cannot be sorted
    width: int
    hidden: bool = False
    hue: str = ""  # SQL of a colour name, beside the value
    spread: int = 0  # its share of the width that is left
    narrow: bool = True  # the narrow table has this field too
    custom: bool = False  # the field is one of the user's own; its values are kept as texts

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def is_number(self) -> bool:
        return self.field.kind in NUMERIC

    def for_grid(self) -> dict[str, object]:
        """As grid.js wants it."""
        return {
            "name": self.name, "label": self.field.label, "number": self.is_number, "width": self.width, "hidden": self.hidden,
            "sortable": bool(self.order), "hue": bool(self.hue), "custom": self.custom,
            "flex": self.spread, "least": min(self.width, 180) if self.spread else 60,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Register:
    """One list of rows. `narrow` is the table that is filtered, sorted, counted and summed; `key` its column with the row's id."""

    name: str
    entity: Entity
    columns: tuple[Column, ...]
    narrow: str
    key: str
    order: str  # natural order, SQL over the narrow table (alias t)
    totals: tuple[str, ...] = ()  # columns of the narrow table that are summed over the whole filter
    period: str = ""  # the column of the narrow table that «период» cuts

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


def column_of(entity: Entity, field: Field, *, narrow: bool = True) -> Column:
    """A column as its field declares it. `narrow`: the narrow table has this field too."""
    value = f"r.{field.name}"
    hue = value if HUES.get(entity.name) == field.name else ""
    if field.kind is Kind.REFERENCE and field.target in ENTITIES:
        hue = of_row(field.target, value, f"n.{HUES[field.target]}") if field.target in HUES else ""
        value = of_row(field.target, value, named(ENTITIES[field.target], title_of(field.target)))
    if field.name == entity.title[0]:
        value = named(entity, value)
    width = NAMED_WIDTHS.get(field.name) or wide_enough(field)
    order, spread = order_by(entity, field, narrow=narrow), int(field.name == spread_of(entity))
    return Column(field, value, order, width, hidden=not field.listed, hue=hue, spread=spread, narrow=narrow)


def named(entity: Entity, value: str) -> str:
    """SQL of a name that cannot be missed: a row that was saved without it can be seen and clicked on."""
    field = entity.field(entity.title[0])
    wanted = len(entity.title) == 1 and field is not None and field.kind is Kind.TEXT and field.required
    return f"iif({value} = '', '{NAMELESS}', {value})" if wanted else value


def order_by(entity: Entity, field: Field, *, narrow: bool) -> str:
    """SQL over the narrow table that sorts by a field: references by the names they stand for, names without minding letter case."""
    own = f"t.{field.name}" if narrow else f"(SELECT s.{field.name} FROM {entity.name} s WHERE s.id = t.order_id)"
    if field.kind is Kind.REFERENCE and field.target in ENTITIES:
        target = ENTITIES[field.target]
        folded = field.target != "orders" and is_folded(target, target.title[0])
        return of_row(field.target, own, "n.search" if folded else title_of(field.target))
    return "t.search" if entity.name != "orders" and is_folded(entity, field.name) else own


def is_folded(entity: Entity, name: str) -> bool:
    """The folded column begins with this field: it sorts as people do, without minding letter case, and «ё» stands by «е»."""
    return bool(entity.searched) and entity.searched[0].name == name


def spread_of(entity: Entity) -> str:
    """The column that takes the rest of the width: the row's own name, else its first text, else whom it is about."""
    names = [name for name in entity.title if (field := entity.field(name)) and field.kind is Kind.TEXT and name not in NAMED_WIDTHS]
    texts = [field.name for field in entity.fields if field.listed and field.kind in (Kind.TEXT, Kind.NOTE)]
    references = [field.name for field in entity.fields if field.listed and field.kind is Kind.REFERENCE]
    return next(iter([*names, *texts, *references]), "")


def title_of(entity: str) -> str:
    """SQL of the title of a row (alias n)."""
    return "n.number" if entity == "orders" else title_sql(ENTITIES, ENTITIES[entity], "n")


def of_row(entity: str, row: str, value: str) -> str:
    """SQL of a value of the row (alias n) whose id is the SQL `row`."""
    return f"(SELECT {value} FROM {entity} n WHERE n.id = {row})"


def natural_order(entity: Entity) -> str:
    """Names from А to Я, dates with the newest first, otherwise the newest row first."""
    if not entity.order_by:
        return "t.id DESC"
    if is_folded(entity, entity.order_by):
        return "t.search, t.id"
    field = entity.field(entity.order_by)
    if entity.owners and field is not None and field.kind is Kind.TEXT:
        return "t.id DESC"  # their order is one within a parent, not among all
    falls = field is not None and field.kind in (Kind.DATE, Kind.MOMENT)
    return f"t.{entity.order_by} DESC, t.id DESC" if falls else entity.natural("t")


def within(register: Register, fixed: Iterable[str]) -> Register:
    """The same register inside a card: what is equal in all rows is hidden, and leaves its width to the next text."""
    hidden = set(fixed)
    return replace(
        register, columns=tuple(replace(column, hidden=True) if column.name in hidden else column for column in register.columns)
    )


def register_of(name: str) -> Register:
    """The register of an entity. KeyError for a name that is no entity."""
    entity = ENTITIES[name]
    if name == "orders":
        return orders_register(entity)
    columns = [column_of(entity, field) for field in entity.fields if field.kind is not Kind.DATA]
    columns.sort(key=lambda column: column.field.owner and column.name not in entity.title)
    period = next((field.name for field in entity.fields if field.kind in (Kind.DATE, Kind.MOMENT) and field.name == entity.order_by), "")
    totals = tuple(field.name for field in entity.fields if field.kind is Kind.MONEY and field.name in ("amount", "total"))
    return Register(name, entity, tuple(columns), name, "id", natural_order(entity), totals, period)


LETTER, FRAME = 7, 52
"""Pixels of a heading: of its letters, and of what stands beside them in a sorted column."""
WIDEST = 240


def wide_enough(field: Field) -> int:
    """For the values of its kind and for its heading, which is whole unless it is very long."""
    return max(WIDTHS[field.kind], min(LETTER * len(field.label) + FRAME, WIDEST))


def widened(register: Register, customs: Iterable[Field]) -> Register:
    """The register with the custom fields of its rows as columns; they are hidden at first."""
    return replace(register, columns=(*register.columns, *(custom_column(register.entity.name, field) for field in customs)))


def custom_column(home: str, field: Field) -> Column:
    value, order = value_sql(home, field, "r.id"), order_sql(home, field)
    return Column(field, value, order, wide_enough(field), hidden=True, narrow=False, custom=True)


IN_TOTALS = frozenset({"number", "date", "client_id", "organization_id", "status_id", "manager_id"})
SHOWN_TOTALS = ("total", "paid", "debt")


LEAD: Mapping[str, tuple[int, int]] = MappingProxyType({
    "number": (84, 0), "date": (92, 0), "client_id": (180, 3), "subject": (110, 2), "status_id": (198, 0), "manager_id": (128, 1),
})  # fmt: skip
"""The first columns of the orders register: their widths and their shares of what is left."""


def orders_register(entity: Entity) -> Register:
    """«Реестр продаж»: the fields of the order and the money of `order_totals`, over which it is sorted and summed."""
    fields = {field.name: column_of(entity, field, narrow=field.name in IN_TOTALS) for field in entity.fields}
    totals = [
        Column(Field(name, Kind.MONEY, label), f"t.{name}", f"t.{name}", WIDTHS[Kind.MONEY], hidden=name not in SHOWN_TOTALS)
        for name, label in TOTAL_LABELS.items()
    ]
    lead = [replace(fields.pop(name), width=width, spread=spread) for name, (width, spread) in LEAD.items()]
    fields["organization_id"] = replace(fields["organization_id"], hidden=True)
    shown = [column for column in totals if not column.hidden]
    rest = [*fields.values(), *(column for column in totals if column.hidden)]
    return Register("orders", entity, (*lead, *shown, *rest), "order_totals", "order_id", "t.date DESC, t.key DESC", SHOWN_TOTALS, "date")


def shelf(register: Register, *, deleted: bool) -> Register:
    """The register itself, or the one of its trash: `order_totals` holds living orders only, a deleted one has no sums."""
    entity = register.entity
    if not deleted or register.narrow == entity.name:
        return register
    own = {field.name: column_of(entity, field) for field in entity.fields}

    def shelved(column: Column) -> Column:
        if column.custom:
            return column
        return replace(column, order=own[column.name].order, narrow=True) if column.name in own else replace(column, value="NULL", order="")

    columns = tuple(shelved(column) for column in register.columns)
    return replace(register, columns=columns, narrow=entity.name, key="id", totals=())
