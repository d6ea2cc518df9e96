"""«Повторы»: rows that seem to be one, looked for after each sync: all of them once, then only what has changed; and their merging."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from nicegui import run

from local_app import numbers
from local_app.desk import Desk
from local_app.latecomers import bring_latecomers
from shared.change import View
from shared.entity import Value
from shared.fold import fold, phones
from shared.rules import merging
from shared.rules.custom import OWNERS
from shared.rules.duplicates import likely_same, name_words, one_alphabet, sku_spellings
from shared.rules.merging import MERGED, Pointer, merge, pointing_fields
from shared.schema import SHORTEST_TRIGRAM
from shared.store import Store, StoreTrouble

LOOK_EVERY_MS = 60_000
ONE_BY_ONE = 200
"""Looking up one changed row costs as much as reading so many in one pass."""
CANDIDATES = 200
"""For each number or name; a name that more rows share tells nothing."""
MOST = 2000
"""Pairs that are remembered; who has more of them merges these first."""
COMPARED = {"clients": "id, name, inn, kpp, phone, email", "products": "id, name, sku"}
FOUND, LOOKED, DIFFERENT = "repeats", "repeats_seq", "different:"
"""Notes of the store: the pairs, the last log row that was looked at, pairs that were told apart before that was synced."""


class Pair(NamedTuple):
    """Two rows that seem to be one, and why."""

    entity: str
    one: str
    other: str
    reason: str


@dataclass(slots=True)
class Repeats:
    """The search of one data folder, in a thread with a store of its own. `ticks`: milliseconds that only go on."""

    folder: Path
    ticks: Callable[[], int]
    busy: bool = False
    look_ms: int = 0

    def soon(self) -> None:
        """Something has come: look at the next tick."""
        self.look_ms = min(self.look_ms, self.ticks())

    async def tick(self) -> None:
        """Called twice a second; looks once a minute and after a sync."""
        if self.ticks() < self.look_ms or self.busy:
            return
        self.look_ms = self.ticks() + LOOK_EVERY_MS
        self.busy = True
        try:
            with suppress(StoreTrouble):  # a full disk is told by whoever writes next; these pairs can wait
                await run.io_bound(look, self.folder)
        finally:
            self.busy = False


def look(folder: Path) -> None:
    desk = Desk.open(folder)
    try:
        look_through(desk)
    finally:
        desk.close()


def look_through(desk: Desk) -> None:
    """All that has come since the last look."""
    since = int(desk.store.noted(LOOKED) or 0)
    if desk.store.log.last_seq() != since:
        bring_latecomers(desk, since)
    refresh(desk.store)
    numbers.refresh(desk.store)


def refresh(store: Store) -> None:
    """Brings the remembered pairs up to date; costs next to nothing when no client and no product has changed."""
    since, last = numbers.not_looked_at(store, LOOKED)
    if since == last:
        return
    kept = [pair for entity in MERGED for pair in renewed(store, entity, since)]
    with store.transaction():
        store.note({FOUND: orjson.dumps([list(pair) for pair in kept[:MOST]]).decode(), LOOKED: str(last)})


def renewed(store: Store, entity: str, since: int) -> list[Pair]:
    """The pairs of one entity after what was logged since."""
    if not since:
        return everywhere(store, entity)
    kept = [pair for pair in remembered(store) if pair.entity == entity]
    changed = {row["row"] for row in store.rows("SELECT row FROM log WHERE seq > ? AND entity = ?", (since, entity))}
    if not changed:
        return kept
    if len(changed) * ONE_BY_ONE > store.one(f"SELECT count(*) FROM {entity}"):
        return everywhere(store, entity)
    return [*(pair for pair in kept if not changed & {pair.one, pair.other}), *around(store, entity, sorted(changed))]


def remembered(store: Store) -> list[Pair]:
    return [Pair(*pair) for pair in orjson.loads(store.noted(FOUND) or "[]")]


def everywhere(store: Store, entity: str) -> list[Pair]:
    """All rows in one pass."""
    return pairs_of(entity, store.rows(f"SELECT {COMPARED[entity]} FROM {entity} WHERE deleted = 0 ORDER BY id"))


def around(store: Store, entity: str, rows: Iterable[str]) -> list[Pair]:
    """Pairs with one of these rows, found by the search index."""
    found: dict[tuple[str, str], Pair] = {}
    for key in rows:
        row = next(iter(store.rows(f"SELECT * FROM {entity} WHERE id = ? AND deleted = 0", (key,))), None)
        if row:
            near = pairs_of(entity, sorted([*candidates(store, entity, row), row], key=lambda each: str(each["id"])))
            found |= {(pair.one, pair.other): pair for pair in near if key in (pair.one, pair.other)}
    return list(found.values())


def pairs_of(entity: str, rows: Iterable[Mapping[str, Value]]) -> list[Pair]:
    """Of a group of several every row is paired with the first: they are merged one after the other."""
    return [Pair(entity, likely.ids[0], other, likely.reason) for likely in likely_same(entity, rows) for other in likely.ids[1:]]


def candidates(store: Store, entity: str, row: Mapping[str, Value]) -> list[dict[str, Value]]:
    """Living rows, without itself, that share a number, an address or a word of the name with this one."""
    found = {each["id"]: each for needle in needles(row) for each in holding(store, entity, needle)}
    found.pop(str(row["id"]), None)
    return list(found.values())


def needles(row: Mapping[str, Value]) -> list[str]:
    """What the search index can be asked for, as it stands there: numbers, an address, the words of a name without its legal form.

    Without its first letter, too: that is the one which a keyboard that was not switched leaves Latin in the other row.
    """
    inn, email, phone, sku, name = (str(row.get(field) or "") for field in ("inn", "email", "phone", "sku", "name"))
    words = name_words(name)
    names = " ".join(words), " ".join(words)[1:], " ".join(map(one_alphabet, words))
    found = [fold(inn), fold(email), *phones(phone), *sku_spellings(sku), *names]
    return [text for text in dict.fromkeys(found) if len(text) >= SHORTEST_TRIGRAM]


def holding(store: Store, entity: str, text: str) -> list[dict[str, Any]]:
    """Rows with this very text among what is searched: one phrase is a hundred times quicker than its words."""
    sql = (
        f"SELECT t.* FROM {entity}_search s CROSS JOIN {entity} t ON t.key = s.rowid "
        f"WHERE {entity}_search MATCH ? AND t.deleted = 0 LIMIT {CANDIDATES}"
    )
    return store.rows(sql, (f'"{text}"',))


# ---------------------------------------------------------------------- what is shown, and what is decided
def pairs(store: Store, entity: str = "") -> list[Pair]:
    """Pairs that still wait: both rows alive, nobody has told them apart."""
    apart = told_apart(store)
    waiting = [pair for pair in remembered(store) if entity in ("", pair.entity) and frozenset((pair.one, pair.other)) not in apart]
    alive = {name: living(store, name, [pair for pair in waiting if pair.entity == name]) for name in MERGED}
    return [pair for pair in waiting if {pair.one, pair.other} <= alive[pair.entity]]


def living(store: Store, entity: str, some: list[Pair]) -> set[str]:
    ids = orjson.dumps([key for pair in some for key in (pair.one, pair.other)]).decode()
    sql = f"SELECT id FROM {entity} WHERE deleted = 0 AND id IN (SELECT value FROM json_each(?))"
    return {key for (key,) in store.db.execute(sql, (ids,))}


def tell_apart(desk: Desk, pair: Pair) -> None:
    """These are different: nobody is asked again, on any laptop. An act that can be undone. Raises Refused."""
    desk.do([merging.told_apart(pair.entity, pair.one, pair.other)], "Это разные записи")


def told_apart(store: Store) -> set[frozenset[str]]:
    """The pairs that are no pairs; programs before kept those of their laptop among the notes."""
    names = store.db.execute("SELECT name FROM notes WHERE name >= 'different:' AND name < 'different;'")
    told = (
        pair
        for one, other in merging.APART.values()
        for pair in store.db.execute(f"SELECT {one}, {other} FROM distinct_pairs WHERE deleted = 0 AND {one} <> ''")
    )
    return {frozenset(name.removeprefix(DIFFERENT).split("|")) for (name,) in names} | {frozenset(pair) for pair in told}


def pointers(store: Store, entity: str, row: str) -> list[Pointer]:
    """Every field anywhere that refers to a row, of deleted rows too: they may come back."""
    return [
        Pointer(holder.name, key, field.name)
        for holder, field in pointing_fields(store.catalogue, entity)
        for (key,) in store.db.execute(f"SELECT id FROM {holder.name} WHERE {field.name} = ?", (row,))
    ]


def unite(desk: Desk, pair: Pair, kept: str, chosen: Mapping[str, Value], view: View | None = None) -> None:
    """One act: `kept` stays with the chosen values, the other row of the pair goes. `view`: what was seen of both. Raises Refused."""
    store, entity = desk.store, desk.store.catalogue[pair.entity]
    lost = pair.other if kept == pair.one else pair.one
    rows = {key: store.row(pair.entity, key) or {"id": key, "deleted": 1, "name": ""} for key in (kept, lost)}
    owner = OWNERS[pair.entity]
    values = store.rows(f"SELECT * FROM custom_values WHERE {owner} IN (?, ?)", (kept, lost))
    edits = merge(entity, rows[kept], rows[lost], chosen, pointers(store, pair.entity, lost), values)
    desk.do(edits, f"Объединены записи «{rows[kept]['name']}» и «{rows[lost]['name']}»", view)
