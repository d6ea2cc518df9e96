"""Numbers of orders and documents: the greatest that this laptop has given, and one number on two, as after a laptop was put back or
copied: found beside the screens, shown until it is mended.
"""

from __future__ import annotations

from types import MappingProxyType

import orjson

from shared.entities import ENTITIES
from shared.entity import Value
from shared.rules.numbering import DASH
from shared.store import Store

LOOKED = "numbers_seq"
"""The note of the last log row that was looked at."""


COUNTED = MappingProxyType({
    "orders": "t.deleted = 0 AND t.number <> ''",
    "documents": "t.deleted = 0 AND t.number <> '' AND t.state <> 'cancelled'",
})  # fmt: skip
"""Which rows of an entity bear numbers; within what a number is given once, beside the year, says its declaration."""


def given(store: Store, name: str, within: tuple[Value, ...], year: str, prefix: str) -> list[str]:
    """The greatest number that begins with this laptop's prefix, of each length that a counter may have, those of deleted rows too.

    `within`: the values of what the entity's numbers are counted by. An index leads to each of the nine: a year has tens of thousands.
    """
    head = f"{prefix}{DASH}" if prefix else ""
    own = (*within, year, len(head), head)
    return [number for (number,) in store.db.execute(given_sql(name), own) if number]


def given_sql(name: str) -> str:
    by = ENTITIES[name].numbered
    same = " AND ".join(f"{field} IS ?{place}" for place, field in enumerate(by, 1))
    year, length, head = (f"?{len(by) + place}" for place in (1, 2, 3))
    return (
        f"SELECT (SELECT number FROM {name} WHERE {same} AND substr(date, 1, 4) = {year} AND length(number) = {length} + value "
        f"AND number >= {head} || '0' AND number < {head} || ':' AND substr(number, {length} + 1) NOT GLOB '*[^0-9]*' "
        "ORDER BY number DESC LIMIT 1) FROM json_each('[1,2,3,4,5,6,7,8,9]')"
    )


def refresh(store: Store) -> None:
    """Remembers the rows whose number another one bears; costs next to nothing when none of them was written since."""
    since, last = not_looked_at(store, LOOKED)
    if since == last:
        return
    changed = [name for name in COUNTED if not since or store.one("SELECT 1 FROM log WHERE seq > ? AND entity = ? LIMIT 1", (since, name))]
    found = {note_of(name): orjson.dumps(everywhere(store, name)).decode() for name in changed}
    with store.transaction():
        store.note({**found, LOOKED: str(last)})


def not_looked_at(store: Store, note: str) -> tuple[int, int]:
    """Which rows of the log have come (after the first number, up to the second one) since the last look that is noted under a name."""
    seen, last = int(store.noted(note) or 0), store.log.last_seq()
    return (seen if seen <= last else 0), last  # a store may be replaced by an older one


def everywhere(store: Store, name: str) -> list[str]:
    """All of them in one pass."""
    keys = ", ".join(key_of(name, "t"))
    sql = f"SELECT json_group_array(t.id) FROM {name} t WHERE {COUNTED[name]} GROUP BY {keys} HAVING count(*) > 1"
    return [row for (group,) in store.db.execute(sql) for row in orjson.loads(group)]


def sharing(name: str) -> str:
    """SQL of the ids of remembered rows that still share their number: what was mended is none since."""
    remembered = f"FROM notes n, json_each(n.value) j JOIN {name} t ON t.id = j.value WHERE n.name = '{note_of(name)}'"
    marked = f"SELECT t.id, {', '.join(f'{key} AS k{place}' for place, key in enumerate(key_of(name, 't')))} {remembered}"
    same = " AND ".join(f"a.k{place} IS b.k{place}" for place, _ in enumerate(key_of(name, "t")))
    return f"WITH s AS ({marked} AND {COUNTED[name]}) SELECT a.id FROM s a JOIN s b ON {same} AND a.id <> b.id"


def how_many(store: Store, name: str) -> int:
    return int(store.one(f"SELECT count(DISTINCT id) FROM ({sharing(name)})"))


def key_of(name: str, alias: str) -> list[str]:
    return [f"{alias}.number", f"substr({alias}.date, 1, 4)", *(f"{alias}.{field}" for field in ENTITIES[name].numbered)]


def note_of(name: str) -> str:
    return f"same numbers {name}"
