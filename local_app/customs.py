"""Custom fields as fields of the rows they are kept for: which there are, and the SQL that reads their values and looks through them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from shared.change import Refused
from shared.entity import NUMERIC, Field, Kind, Value
from shared.fold import fold
from shared.formats import whole
from shared.rules.custom import OWNERS, field_of, from_text
from shared.rules.office import Row
from shared.schema import literal, search_condition
from shared.store import Store

PREFIX = "custom_"
"""Begins the names of these fields among others; the id of the custom field follows."""
PLAIN = "0-9A-Za-z._:-"
"""Signs of the ids that our programs give. Ids become names of columns, in SQL, in addresses and in saved views: a hostile one is none."""
TEXTS = frozenset({Kind.TEXT, Kind.NOTE, Kind.CHOICE})
"""Kinds that a search looks through."""


MANY = {"orders": "заказов", "order_lines": "строк заказов", "clients": "клиентов", "products": "товаров и услуг"}
LOOKED_AT = 1000
"""Different values of one field: who keeps more of them has no type in mind."""


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


def namesakes(store: Store) -> list[str]:
    """«Одно название у заказов: «Срочно», «срочно»»: those of one home that differ in nothing but letter case."""
    found: dict[tuple[str, str], list[str]] = {}
    for home in MANY:
        for custom in definitions(store, home):
            if custom["name"]:
                found.setdefault((home, fold(custom["name"])), []).append(custom["name"])
    return [
        f"Одно название у {MANY[home]}: {', '.join(f'«{each}»' for each in names)}" for (home, _), names in found.items() if len(names) > 1
    ]


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


class Doubts:
    """What to look at in the definition of a custom field as it is now, by field. Asked at every letter, it reads values when it must."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.asked: tuple[Value, ...] = ()
        self.of_values: dict[str, str] = {}

    def __call__(self, custom: Row) -> dict[str, str]:
        if not custom.get("id") or custom["deleted"] or custom["home"] not in OWNERS:
            return {}
        asked = (custom["home"], custom["value_kind"], custom["options"])
        if asked != self.asked:
            self.asked, self.of_values = asked, {**self._out_of_sight(custom), **self._unfit(custom)}
        return {**self.of_values, **self._namesake(custom)}

    def _namesake(self, custom: Row) -> dict[str, str]:
        others = [other["name"] for other in definitions(self.store, custom["home"]) if other["id"] != custom["id"]]
        if not custom["name"] or fold(custom["name"]) not in map(fold, others):
            return {}
        return {"name": f"Поле с таким названием у {MANY[custom['home']]} уже есть: в документах и таблицах их не различить"}

    def _out_of_sight(self, custom: Row) -> dict[str, str]:
        owner = OWNERS[custom["home"]]
        sql = f"SELECT count(*) FROM custom_values WHERE field_id = ? AND deleted = 0 AND value <> '' AND {owner} IS NULL"
        count = int(self.store.one(sql, (custom["id"],)))
        return {"home": f"Не видно прежних значений: {whole(count)}. Верните прежнее место, и они появятся"} if count else {}

    def _unfit(self, custom: Row) -> dict[str, str]:
        """Values from before the kind was another, or the option was taken away: they stay as they are."""
        sql = "SELECT DISTINCT value FROM custom_values WHERE field_id = ? AND deleted = 0 AND value <> '' LIMIT ?"
        field = field_of(custom)
        values = [row["value"] for row in self.store.rows(sql, (custom["id"], LOOKED_AT))]
        unfit = next((value for value in values if not fits(field, value)), None)
        if unfit is None:
            return {}
        if field.kind is Kind.CHOICE:
            return {"options": f"Заполнено и то, чего нет среди вариантов: «{unfit}»"}
        return {"value_kind": f"Заполнено и то, что к этому типу не подходит: «{unfit}». Оно останется, пока его не исправят"}


def fits(field: Field, text: str) -> bool:
    if field.kind is Kind.CHOICE:
        return text in (field.choices or ())
    try:
        from_text(field, text)
    except Refused:
        return False
    return True
