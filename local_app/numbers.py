"""One number on two orders or documents, as after a laptop was put back or copied: found beside the screens, shown until it is mended."""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

import orjson

from shared.store import Store

LOOKED = "numbers_seq"
"""The note of the last log row that was looked at."""


class Numbered(NamedTuple):
    """Rows that bear numbers: which of them, and within what a number is given once, beside the year."""

    counted: str
    within: tuple[str, ...]


NUMBERED = MappingProxyType({
    "orders": Numbered("t.deleted = 0 AND t.number <> ''", ("organization_id",)),
    "documents": Numbered("t.deleted = 0 AND t.number <> '' AND t.state <> 'cancelled'", ("organization_id", "document_type")),
})  # fmt: skip


def refresh(store: Store) -> None:
    """Remembers the rows whose number another one bears; costs next to nothing when none of them was written since."""
    since, last = not_looked_at(store, LOOKED)
    if since == last:
        return
    changed = [name for name in NUMBERED if not since or store.one("SELECT 1 FROM log WHERE seq > ? AND entity = ? LIMIT 1", (since, name))]
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
    sql = f"SELECT json_group_array(t.id) FROM {name} t WHERE {NUMBERED[name].counted} GROUP BY {keys} HAVING count(*) > 1"
    return [row for (group,) in store.db.execute(sql) for row in orjson.loads(group)]


def sharing(name: str) -> str:
    """SQL of the ids of remembered rows that still share their number: what was mended is none since."""
    remembered = f"FROM notes n, json_each(n.value) j JOIN {name} t ON t.id = j.value WHERE n.name = '{note_of(name)}'"
    marked = f"SELECT t.id, {', '.join(f'{key} AS k{place}' for place, key in enumerate(key_of(name, 't')))} {remembered}"
    same = " AND ".join(f"a.k{place} IS b.k{place}" for place, _ in enumerate(key_of(name, "t")))
    return f"WITH s AS ({marked} AND {NUMBERED[name].counted}) SELECT a.id FROM s a JOIN s b ON {same} AND a.id <> b.id"


def how_many(store: Store, name: str) -> int:
    return int(store.one(f"SELECT count(DISTINCT id) FROM ({sharing(name)})"))


def key_of(name: str, alias: str) -> list[str]:
    return [f"{alias}.number", f"substr({alias}.date, 1, 4)", *(f"{alias}.{field}" for field in NUMBERED[name].within)]


def note_of(name: str) -> str:
    return f"same numbers {name}"
