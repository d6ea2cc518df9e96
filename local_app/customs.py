"""Custom fields as fields of the rows they are kept for: which there are, and the SQL that reads their values and looks through them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from shared.entity import NUMERIC, Field, Kind
from shared.rules.custom import OWNERS, field_of
from shared.rules.office import Row
from shared.schema import literal, search_condition
from shared.store import Store

PREFIX = "custom_"
"""Begins the names of these fields among others; the id of the custom field follows."""
PLAIN = "0-9A-Za-z._:-"
"""Signs of the ids that our programs give. Ids become names of columns, in SQL, in addresses and in saved views: a hostile one is none."""
TEXTS = frozenset({Kind.TEXT, Kind.NOTE, Kind.CHOICE})
"""Kinds that a search looks through."""


class Condition(NamedTuple):
    """SQL of the keys of rows, and what is bound in it."""

    text: str
    params: tuple[str, ...]


def defined(store: Store, home: str) -> list[Field]:
    """The custom fields of such rows, in the order of their forms; none for rows that have none."""
    return [named(custom) for custom in definitions(store, home)]


def definitions(store: Store, home: str) -> list[Row]:
    """The same as the user has defined them."""
    plain = f"id NOT GLOB '*[^{PLAIN}]*'"
    sql = f"SELECT * FROM custom_fields WHERE home = ? AND deleted = 0 AND {plain} ORDER BY position NULLS LAST, id"
    return list(store.rows(sql, (home,))) if home in OWNERS else []


def named(custom: Row) -> Field:
    """One of them, by its name among others."""
    return replace(field_of(custom), name=f"{PREFIX}{custom['id']}")


def value_sql(home: str, field: Field, row: str) -> str:
    """The kept text of one row, whose id is the SQL `row`: found in the index of the rows that have values."""
    return f"(SELECT v.value FROM custom_values v WHERE v.{OWNERS[home]} = {row} AND v.deleted = 0 AND v.field_id = {_id(field)})"


def order_sql(home: str, field: Field) -> str:
    """What rows (alias t) are sorted by, NULL where nothing is kept. All values are read once, not one for each row."""
    word = f"nullif(v.{'search' if field.kind in TEXTS else 'value'}, '')"
    if field.kind in NUMERIC:
        word = f"CAST({word} AS REAL)"
    values = f"{_keys(home, f', min({word}) AS word')} AND v.field_id = {_id(field)} GROUP BY h.key"
    return f"(SELECT k.word FROM ({values}) k WHERE k.key = t.key)"


def holding(home: str, field: Field, text: str) -> Condition:
    """Rows in which the field holds this kept text; '' asks for those in which it holds any."""
    found = f"{_keys(home)} AND v.field_id = {_id(field)} AND v.value"
    return Condition(f"{found} = ?", (text,)) if text else Condition(f"{found} <> ''", ())


def found_by(home: str, fields: Iterable[Field], text: str) -> Condition | None:
    """Rows in which the value of one of these fields holds every word; None when there is no text among them."""
    texts = ", ".join(_id(field) for field in fields if field.kind in TEXTS)
    if not texts:
        return None
    condition, params = search_condition("custom_values", text, "v")
    return Condition(f"{_keys(home)} AND v.field_id IN ({texts}) AND {condition}", tuple(params))


def _keys(home: str, more: str = "") -> str:
    """The beginning of a SELECT of the keys of rows that have living values (alias v)."""
    return f"SELECT h.key{more} FROM custom_values v CROSS JOIN {home} h ON h.id = v.{OWNERS[home]} WHERE v.deleted = 0"


def _id(field: Field) -> str:
    return literal(field.name.removeprefix(PREFIX))
