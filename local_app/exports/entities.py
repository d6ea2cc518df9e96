"""Any entity as a table for a file: its live rows, cells by kind, references by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from shared import schema
from shared.entity import MICRO, Entity, Field, Kind, Value
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
    if placed:
        source += f" JOIN ({placed}) placed ON placed.id = t.id"
    natural = f"t.{entity.order_by}, t.id" if entity.order_by else "t.id"
    sql = f"SELECT {', '.join(columns)} FROM {source} WHERE {where} ORDER BY {'placed.place' if placed else natural}"
    count = int(store.one(f"SELECT count(*) FROM {source} WHERE {where}", params) or 0)
    return Table(headers, _rows(store, sql, params, fields), count, [field.kind for field in fields])


def _column(store: Store, field: Field) -> str:
    return schema.readable_sql(store.catalogue, field, f"t.{field.name}") if field.kind is Kind.REFERENCE else f"t.{field.name}"


def _rows(store: Store, sql: str, params: Sequence[Value], fields: Sequence[Field]) -> Iterator[list[Cell]]:
    for row in store.db.execute(sql, params):
        yield [None if value is None else CELLS[field.kind](field, value) for field, value in zip(fields, row, strict=True)]


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
