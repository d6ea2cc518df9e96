"""Any entity as a table for a file: its live rows, cells by kind, references by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

from local_app.customs import defined, value_sql
from local_app.imports.columns import KINDS
from local_app.imports.own import own_columns
from shared import schema
from shared.change import Refused
from shared.entity import MICRO, Entity, Field, Kind, Value
from shared.rules.custom import from_text
from shared.store import Store

Cell = str | int | Decimal | date | datetime | None
"""A value for a spreadsheet: exact numbers, real dates, texts."""


class Table(NamedTuple):
    """What goes into a file. `rows` are read while they are written."""

    headers: list[str]
    rows: Iterator[list[Cell]]
    total: int
    kinds: Sequence[Kind] = ()  # of the columns: how wide they are and how their numbers look


def entity_table(
    store: Store, entity: Entity, condition: str = "1", params: Sequence[Value] = (), placed: str = "", *, trash: bool = False
) -> Table:
    """The live rows of an entity, or of its trash, that meet an SQL condition on its table `t`, in their natural order.

    `placed`: SQL of (id, place) that chooses and orders them instead; then the params are its own.
    """
    fields = [field for field in entity.fields if field.kind not in schema.SECRET_KINDS]
    where = f"{'t.deleted = 1' if trash else schema.alive_throughout(store.catalogue, entity)} AND ({condition})"
    columns = [_column(store, field) for field in fields]
    headers = [field.label for field in fields]
    source = f"{entity.name} t"
    if entity.name == "orders":
        columns += [f"s.{name}" for name in schema.TOTAL_LABELS]
        headers += list(schema.TOTAL_LABELS.values())
        fields += [Field(name, Kind.MONEY, label) for name, label in schema.TOTAL_LABELS.items()]
        source += f"{' LEFT' if trash else ''} JOIN order_totals s ON s.order_id = t.id"
    back = entity.name in KINDS  # it can be loaded back: the headings are those by which the import tells the columns
    customs = [column.field for column in own_columns(store, entity.name).values()] if back else defined(store, entity.name)
    columns += [value_sql(entity.name, field, "t.id") for field in customs]
    headers += [field.label for field in customs]
    if placed:
        source += f" JOIN ({placed}) placed ON placed.id = t.id"
    sql = f"SELECT {', '.join(columns)} FROM {source} WHERE {where} ORDER BY {'placed.place' if placed else entity.natural('t')}"
    count = int(store.one(f"SELECT count(*) FROM {source} WHERE {where}", params) or 0)
    cells = [*(partial(CELLS[field.kind], field) for field in fields), *(partial(kept_cell, field) for field in customs)]
    return Table(headers, rows(store, sql, params, cells), count, [field.kind for field in (*fields, *customs)])


def _column(store: Store, field: Field) -> str:
    return schema.readable_sql(store.catalogue, field, f"t.{field.name}") if field.kind is Kind.REFERENCE else f"t.{field.name}"


def rows(store: Store, sql: str, params: Sequence[Value], cells: Sequence[Callable[[Any], Cell]]) -> Iterator[list[Cell]]:
    for row in store.db.execute(sql, params):
        yield [None if value is None else cell(value) for cell, value in zip(cells, row, strict=True)]


def kept_cell(field: Field, text: str) -> Cell:
    """The value of a custom field; a text that does not fit its kind, which was changed since, as it stands."""
    try:
        return CELLS[field.kind](field, from_text(field, text)) if text else None
    except Refused:
        return text


def _text(_: Field, value: Any) -> Cell:  # noqa: ANN401
    return str(value)


def _whole(_: Field, value: Any) -> Cell:  # noqa: ANN401
    return int(value)


def _money(_: Field, value: Any) -> Cell:  # noqa: ANN401
    return Decimal(value).scaleb(-2)


def _micro(_: Field, value: Any) -> Cell:  # noqa: ANN401
    return Decimal(value) / MICRO


def _day(_: Field, value: Any) -> Cell:  # noqa: ANN401
    try:
        return date.fromisoformat(value)
    except ValueError:
        return str(value)


def _moment(_: Field, value: Any) -> Cell:  # noqa: ANN401
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return str(value)


def _flag(_: Field, value: Any) -> Cell:  # noqa: ANN401
    return "да" if value else "нет"


def _choice(field: Field, value: Any) -> Cell:  # noqa: ANN401
    return (field.choices or {}).get(str(value), str(value))


CELLS: Mapping[Kind, Callable[[Field, Any], Cell]] = MappingProxyType(
    {
        Kind.TEXT: _text,
        Kind.NOTE: _text,
        Kind.PHONE: _text,
        Kind.EMAIL: _text,
        Kind.LINK: _text,
        Kind.DATA: _text,
        Kind.MONEY: _money,
        Kind.PRICE: _micro,
        Kind.QUANTITY: _micro,
        Kind.PERCENT: _micro,
        Kind.INTEGER: _whole,
        Kind.DATE: _day,
        Kind.MOMENT: _moment,
        Kind.FLAG: _flag,
        Kind.CHOICE: _choice,
        Kind.REFERENCE: _text,
    }
)
"""One way into a spreadsheet per kind; a kind that is missing here fails a test of the house."""
