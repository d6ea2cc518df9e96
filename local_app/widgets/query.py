"""The SQL of registers, as text and parameters: filters, order, one page, totals. Pure; the first page stays within milliseconds."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from local_app import customs
from local_app.numbers import sharing
from local_app.widgets.columns import Column, Register, shelf
from shared.entities import ENTITIES
from shared.entity import Entity, Kind
from shared.fold import fold
from shared.schema import alive, alive_throughout, search_condition

Filters = Mapping[str, str]
NOTHING = "none"
"""The value of a filter that asks for an empty field."""
OWN_FILTERS = frozenset({"q", "many", "from", "to", "deleted", "debt", "same", "tab", "sort"})

LOST = "SELECT id FROM statuses WHERE stage = 'lost'"
GOING_ON = f"coalesce(t.status_id NOT IN ({LOST}), 1)"
OWING = f"t.debt > 0 AND {GOING_ON}"
"""Orders with a debt over `order_totals` (alias t), as the reports have it: nobody waits for the money of a cancelled order."""
SUMS: Mapping[str, str] = MappingProxyType({
    "debt": f"coalesce(sum(iif({OWING}, t.debt, 0)), 0) AS debt, coalesce(sum(iif(t.debt < 0 AND {GOING_ON}, -t.debt, 0)), 0) AS overpaid",
})  # fmt: skip
"""What is no sum of its column: an overpaid order pays for no other one, as in the reports."""


class Sql(NamedTuple):
    """A statement and what is bound in it."""

    text: str
    params: tuple[str | int, ...]


class Window(NamedTuple):
    """Which rows of the register: from the first (0) on, how many, in which order («column asc», '' is the natural one)."""

    start: int = 0
    size: int = 100
    sort: str = ""


def page_ids(register: Register, filters: Filters, window: Window) -> Sql:
    """The ids of one page, found in the narrow table; the rows before it are skipped in an index that holds their keys."""
    where = condition(register, filters)
    order = order_of(register, window.sort)
    keys = f"SELECT t.key FROM {register.narrow} t WHERE {where.text} ORDER BY {order} LIMIT ? OFFSET ?"
    text = f"SELECT t.{register.key} FROM ({keys}) p CROSS JOIN {register.narrow} t ON t.key = p.key"
    return Sql(text, (*where.params, window.size, window.start))


def page_rows(register: Register, ids: Sequence[str], columns: Sequence[Column] = ()) -> Sql:
    """The shown values of these rows, in the order of the ids; of all columns when none are named."""
    wanted = columns or register.columns
    values = [f'{column.value} AS "{column.name}"' for column in wanted]
    hues = [f'{column.hue} AS "{column.name}_hue"' for column in wanted if column.hue]
    joined = f" CROSS JOIN {register.narrow} t ON t.{register.key} = r.id" if register.narrow != register.entity.name else ""
    extra = [f'r.{name}_id AS "{name}_key"' for name in ("client", "order") if register.entity.field(f"{name}_id")]
    selected = ", ".join(["r.id", *values, *hues, *extra])
    text = f"SELECT {selected} FROM json_each(?) j CROSS JOIN {register.entity.name} r ON r.id = j.value{joined} ORDER BY j.key"
    return Sql(text, (json.dumps(list(ids)),))


def totals(register: Register, filters: Filters) -> Sql:
    """How many rows the filter leaves, and the sums over all of them: a period is a large part of the table, which is read through."""
    where = condition(register, filters, through=True)
    sums = "".join(f", {SUMS.get(name, f'coalesce(sum(t.{name}), 0) AS {name}')}" for name in register.totals)
    return Sql(f"SELECT count(*) AS count{sums} FROM {register.narrow} t WHERE {where.text}", where.params)


def matching(register: Register, filters: Filters) -> Sql:
    """A condition on the entity's own table (alias t): the rows that the filter leaves."""
    where = condition(register, filters)
    return Sql(f"t.id IN (SELECT t.{register.key} FROM {register.narrow} t WHERE {where.text})", where.params)


def placed(register: Register, filters: Filters, sort: str) -> Sql:
    """(id, place) of every row that the filter leaves, in the order of the screen."""
    where = condition(register, filters)
    place = f"row_number() OVER (ORDER BY {order_of(register, sort)})"
    return Sql(f"SELECT t.{register.key} AS id, {place} AS place FROM {register.narrow} t WHERE {where.text}", where.params)


def among(register: Register, filters: Filters, ids: Sequence[str]) -> Sql:
    """Those of the ids that the filter leaves; only they are looked at."""
    shelved = shelf(register, deleted=bool(filters.get("deleted")))
    where = condition(shelved, filters)
    text = f"SELECT t.{shelved.key} FROM json_each(?) j CROSS JOIN {shelved.narrow} t ON t.{shelved.key} = j.value WHERE {where.text}"
    return Sql(text, (json.dumps(list(ids)), *where.params))


def counts(register: Register, filters: Filters, field: str) -> Sql:
    """How many rows each value of a field has, under all the other filters: the numbers on the segments."""
    where = condition(register, {name: value for name, value in filters.items() if name != field})
    by = f"+t.{field}" if where.params else f"t.{field}"  # a walk by the field's index that has to read each row lasts six times as long
    return Sql(f"SELECT t.{field} AS value, count(*) AS count FROM {register.narrow} t WHERE {where.text} GROUP BY {by}", where.params)


def condition(register: Register, filters: Filters, *, through: bool = False) -> Sql:
    """All filters together; a filter of an unknown name is left out, so that an old link still opens.

    `through`: the table is read through, not walked by the index of dates.
    """
    parts = [living(register, filters)]
    for name, value in filters.items():
        if value and (part := one_filter(register, name, value, filters, through=through)):
            parts.append(part)
    return Sql(" AND ".join(part.text for part in parts), tuple(value for part in parts for value in part.params))


def living(register: Register, filters: Filters) -> Sql:
    """Living rows, or with «deleted» the trash. `order_totals` holds living orders only.

    Of orders there are many, and few of them are deleted: they are found among the rows that were ever marked.
    """
    if register.narrow != register.entity.name:
        return Sql("1", ())
    if not filters.get("deleted"):
        return Sql(alive_throughout(ENTITIES, register.entity), ())
    marked = "t.id IN (SELECT d.row FROM deletions d WHERE d.entity = ?) AND " if register.name == "orders" else ""
    return Sql(f"{marked}t.deleted = 1", ("orders",) if marked else ())


def belonging(entity: Entity, owner: str) -> str:
    """The condition that a row (alias t) belongs to the one that is bound and is not hidden with another owner.

    The card of a deleted row still shows what belongs to it.
    """
    others = replace(entity, fields=tuple(field for field in entity.fields if field.name != owner))
    return f"t.{owner} = ? AND {alive(ENTITIES, others)}"


def one_filter(register: Register, name: str, value: str, filters: Filters, *, through: bool) -> Sql | None:
    if name == "q":
        return found_by(register, value, many=bool(filters.get("many")))
    if name in ("from", "to") and register.period:
        return Sql(
            f"{'+' if through else ''}t.{register.period} {'>=' if name == 'from' else '<='} ?",
            (value if name == "from" else f"{value}\N{DELETE}",),
        )
    if name == "debt" and "debt" in register.totals:
        return Sql(OWING, ())
    if name == "same" and register.entity.numbered:
        return Sql(f"t.{register.key} IN ({sharing(register.entity.name)})", ())
    return equals(register, name, value)


def equals(register: Register, name: str, value: str) -> Sql | None:
    """A field of the narrow table that holds this value, or nothing at all."""
    field = register.entity.field(name)
    column = register.column(name)
    if column and column.custom:
        return custom_equals(register, column, value)
    if name in OWN_FILTERS or field is None or column is None:
        return None
    place = f"t.{name}" if column.narrow else f"(SELECT s.{name} FROM {register.entity.name} s WHERE s.id = t.{register.key})"
    if value == NOTHING:
        return Sql(f"{place} IS NULL" if field.kind is Kind.REFERENCE else f"coalesce({place}, '') = ''", ())
    return Sql(f"{place} = ?", (int(value) if field.sql_type == "INTEGER" and value.lstrip("-").isdigit() else value,))


def custom_equals(register: Register, column: Column, value: str) -> Sql:
    """A custom field that holds this text, or nothing at all."""
    found = customs.holding(register.entity.name, column.field, "" if value == NOTHING else value)
    return Sql(f"t.key {'NOT IN' if value == NOTHING else 'IN'} ({found.text})", found.params)


def custom_found(register: Register, text: str) -> Sql:
    """A SELECT of the keys of rows with the words in one of their custom fields; '' when no such field is a text."""
    fields = [column.field for column in register.columns if column.custom]
    return Sql(*(customs.found_by(register.entity.name, fields, text) or ("", ())))


def found_by(register: Register, text: str, *, many: bool = False) -> Sql:
    """Rows that hold every word, themselves or in a custom field; orders and documents are found by their client's words, too."""
    custom = custom_found(register, text)
    if register.narrow == "order_totals":
        return orders_found_by(text, custom, many=many)
    own = own_found(register, text)
    return Sql(f"({own.text} OR t.key IN ({custom.text}))", (*own.params, *custom.params)) if custom.text else own


def own_found(register: Register, text: str) -> Sql:
    """Rows of whatever but living orders."""
    if not register.entity.searched:
        return by_titles(register, text)
    if register.name in ("orders", "documents"):  # looked through as they stand
        (own, own_params), (client, params) = search_condition(register.name, text, "t"), search_condition("clients", text, "c")
        return Sql(f"(({own}) OR t.client_id IN (SELECT c.id FROM clients c WHERE {client}))", (*own_params, *params))
    own, own_params = search_condition(register.entity.name, text, "s")
    return Sql(f"t.id IN (SELECT s.id FROM {register.entity.name} s WHERE {own})", tuple(own_params))


SUM = re.compile(r"(\d[\d\s]*)(?:[.,](\d{1,2}))?\s*(?:₽|р\.?|руб\.?)?")


def of_sum(text: str) -> Sql:
    """A SELECT of the keys of orders that come to this sum, or of which so much is to be paid; kopecks need not be told."""
    found = SUM.fullmatch(text.strip())
    roubles, told = ("".join(found[1].split()), found[2]) if found else ("", "")
    if not roubles or len(roubles) > MOST_ROUBLES:
        return Sql("", ())
    low = int(roubles) * 100 + int((told or "").ljust(2, "0"))
    bounds = (low, low if told else low + 99)
    keys = "SELECT key FROM order_totals WHERE total BETWEEN ? AND ? OR debt BETWEEN ? AND ?"  # read from an index that holds both
    return Sql(keys, (*bounds, *bounds))


MOST_ROUBLES = 15
"""Digits; more are no sum, and SQLite counts no further than nineteen."""
MANY = 1000
MOST_NUMBERED = 100
"""Orders of one number: some firms, some years, and those whose number goes on after a dash."""
LAST_LETTER = "\uffff"


def many_found(text: str) -> Sql:
    """Whether more than MANY orders belong to the clients that the words name."""
    client, params = search_condition("clients", text, "c")
    found = f"SELECT 1 FROM clients c CROSS JOIN order_totals o ON o.client_id = c.id WHERE {client} LIMIT {MANY + 1}"
    return Sql(f"SELECT count(*) > {MANY} FROM ({found})", tuple(params))


def orders_found_by(text: str, custom: Sql, *, many: bool) -> Sql:
    """Few answers: every order that holds the words itself or in a custom field, or whose client does. Many: the clients' orders, and
    those whose number begins so; the words of a hundred thousand subjects are then not looked through, and the screen says it.
    """
    client, params = search_condition("clients", text, "c")
    if many:
        begins = fold(text)
        numbers = "SELECT s.id FROM orders s WHERE s.search >= ? AND s.search < ?"
        clients = f"SELECT c.id FROM clients c WHERE {client}"
        return Sql(f"(+t.client_id IN ({clients}) OR +t.order_id IN ({numbers}))", (*params, begins, f"{begins}{LAST_LETTER}"))
    own, own_params = search_condition("orders", text, "s")
    summed = of_sum(text)
    of_clients = f"SELECT o.key FROM clients c CROSS JOIN order_totals o ON o.client_id = c.id WHERE {client}"
    found = " UNION ".join(filter(None, [f"SELECT s.key FROM orders s WHERE {own}", of_clients, summed.text, custom.text]))
    return Sql(f"t.key IN ({found})", (*own_params, *params, *summed.params, *custom.params))  # with an OR every order would be looked at


def by_titles(register: Register, text: str) -> Sql:
    """An entity without a search column is small: its texts are looked through as they stand."""
    texts = [field.name for field in register.entity.fields if field.kind in (Kind.TEXT, Kind.NOTE, Kind.PHONE, Kind.EMAIL, Kind.LINK)]
    if not texts:
        return Sql("1", ())
    needles = spellings(text)
    parts = [f"instr(t.{name}, ?)" for name in texts for _ in needles]
    return Sql(f"({' OR '.join(parts)})", tuple(needle for _ in texts for needle in needles))


def spellings(text: str) -> list[str]:
    """SQLite knows no case of Cyrillic letters: the text as a name may hold it."""
    return sorted({text, text.lower(), text.capitalize(), text.upper()})


def best_first(entity: Entity, title: str, text: str) -> Sql:
    """The beginning of an ORDER BY: rows where a word begins with the text before those that hold it inside a word.

    «звон» means «Звонок», not «Видеозвонок». `title`: SQL of the title, which is asked where the entity has no search column.
    Of orders there are too many to be sorted: the first that hold the text are taken as they come.
    """
    if not text.strip() or entity.name == "orders":
        return Sql("", ())
    if entity.searched:
        return Sql("instr(' ' || t.search, ?) = 0, ", (f" {fold(text)}",))
    begins = spellings(text.strip())
    found = " + ".join([f"instr(' ' || {title}, ?)"] * len(begins))
    return Sql(f"coalesce({found}, 0) = 0, ", tuple(f" {each}" for each in begins))


def numbered(text: str) -> Sql:
    """Orders (alias t) whose search column begins with this number, found in the index: it stands there first, before the subject.

    Not all of them, where the text only begins many numbers: «А» of «А-1», «А-2» … is none itself.
    """
    number = fold(text)
    return Sql(f"t.id IN (SELECT s.id FROM orders s WHERE s.search >= ? AND s.search < ? LIMIT {MOST_NUMBERED})", (number, f"{number}!"))


def order_of(register: Register, sort: str) -> str:
    """«date desc» as SQL; equal rows keep one order, or pages would lose rows."""
    name, _, direction = sort.partition(" ")
    column = register.column(name)
    if column is None or not column.order:
        return register.order
    falls = " DESC" if direction == "desc" else ""
    if column.custom:  # few rows have a value: they come first both ways, and the rest stand as they do without it
        return f"{column.order}{falls} NULLS LAST, {register.order}"
    return f"{column.order}{falls}, t.{'id' if register.narrow == register.entity.name else 'key'}{falls}"
