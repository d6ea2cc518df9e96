"""Who brought what is signed by somebody else: noted when it comes, for nothing can prove who wrote it; told to administrators."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import orjson

from shared.change import Change
from shared.entities import ENTITIES
from shared.schema import title_sql
from shared.store import Store

PREFIX, END = "brought:", "brought;"  # asked for as a range: the notes are sorted by their names
MOST = 200
"""Of the changes that a page shows, the newest ones."""
NOTED = (
    "SELECT CAST(substr(name, 9) AS INTEGER) AS first, value ->> 0 AS count, value ->> 1 AS device, value ->> 2 AS user, "
    f"value ->> 3 AS author, value ->> 4 AS at_ms FROM notes WHERE name >= '{PREFIX}' AND name < '{END}'"
)


class Brought(NamedTuple):
    """One change that somebody's laptop brought under another name."""

    place: int
    at_ms: int  # when it came
    user: str  # whose laptop it was then
    author: str  # whose change it says it is
    entity: str
    row: str
    title: str  # of the row as it is now; '' when it has none
    fields: tuple[str, ...]  # empty when the body was compacted away
    refused: str


def note(store: Store, changes: Iterable[Change], place: int, device: str, user: str, at_ms: int) -> None:
    """Within the transaction that appends these changes, the first of them at `place`: which are not signed by the laptop's own user.

    Notes never leave the hub's file: a snapshot has none.
    """
    for author, same in groupby(changes, key=lambda change: change.author):
        count = sum(1 for _ in same)
        if author != user:
            value = orjson.dumps([count, device, user, author, at_ms]).decode()
            store.note({f"{PREFIX}{place:016d}": value})
        place += count


def counts(store: Store) -> dict[str, int]:
    """{device: changes} of those that brought any."""
    return dict(store.db.execute(f"SELECT device, sum(count) FROM ({NOTED}) GROUP BY device").fetchall())


def newest(store: Store, device: str) -> list[Brought]:
    """What a device has brought under other names, the newest first, no more than a page."""
    sql = (
        f"SELECT log.seq, b.at_ms, b.user, b.author, log.entity, log.row, log.patch, log.refused FROM ({NOTED}) b "
        "CROSS JOIN log ON log.seq BETWEEN b.first AND b.first + b.count - 1 WHERE b.device = ? ORDER BY b.first DESC, log.seq DESC LIMIT ?"
    )
    return [
        Brought(place, at_ms, user, author, entity, row, title(store, entity, row), names(entity, patch), refused)
        for place, at_ms, user, author, entity, row, patch, refused in store.db.execute(sql, (device, MOST)).fetchall()
    ]


def title(store: Store, name: str, row: str) -> str:
    """What people call a row; '' for what this program does not know."""
    entity = ENTITIES.get(name)
    if entity is None:
        return ""
    found: Sequence[Any] = store.db.execute(f"SELECT {title_sql(ENTITIES, entity, 't')} FROM {name} t WHERE id = ?", (row,)).fetchone()
    return str(found[0] or "") if found else ""


def names(name: str, patch: str) -> tuple[str, ...]:
    """The fields that a change writes, as people read them."""
    entity = ENTITIES.get(name)
    known = {field.name: field.label for field in entity.fields} if entity else {}
    return tuple(known.get(key, "Удаление" if key == "deleted" else key) for key in (orjson.loads(patch) if patch else ()))
