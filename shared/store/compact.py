"""Forgetting old values: the bodies of writes that were replaced long ago. Their ids stay, so the chain holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from shared.change import stamp_ms
from shared.cutter import PAGE_CHANGES, SPARE_CHANGES
from shared.merge import NOWHERE, Branches, Write, undominated
from shared.store.log import dumps

if TYPE_CHECKING:
    from shared.store.store import Store

PAGE = 2000
THINNED = "thinned"
"""The note of the place up to which bodies were forgotten, and what replaced them stands."""


class Compacted(NamedTuple):
    """What a compaction has forgotten."""

    changes: int
    bytes: int


def compact(store: Store, before_ms: int) -> Compacted:
    """Empties the patches of changes older than `before_ms` all of whose values somebody who had seen them has replaced.

    Winners, marks of deletion, rows with an open conflict, what is younger and what the hub may still refuse stay. The tables do, too.
    """
    total = Compacted(0, 0)
    for rows in pages(store):
        with store.transaction():
            branches = store.log.branches()
            disputed = {row for (row,) in store.db.execute("SELECT row FROM conflicts")}  # what both sides had seen is merged with them
            written = store.log.writes_of(row for row in rows if row not in disputed)
            seqs = [seq for writes in written.values() for seq in forgettable(writes, branches, before_ms)]
            among = "seq IN (SELECT value FROM json_each(?))"
            size = store.one(f"SELECT coalesce(sum(length(CAST(patch AS BLOB))), 0) FROM log WHERE {among}", (dumps(seqs),))
            store.db.execute(f"UPDATE log SET patch = '' WHERE {among}", (dumps(seqs),))
            store.db.execute("INSERT OR REPLACE INTO notes SELECT ?, place FROM state WHERE ?", (THINNED, len(seqs)))
            total = Compacted(total.changes + len(seqs), total.bytes + size)
    return total


def thinned_to(store: Store) -> int:
    """The place where this store stood when values were last forgotten; 0 for never."""
    return int(store.noted(THINNED) or 0)


def thinned_after(store: Store, place: int) -> int:
    """A page for a laptop that stands at this place should reach further than this one; 0 when it may end anywhere.

    Between a change that was compacted away and what replaced it a laptop should not stand: if the hub were restored to a backup
    between the two, the value would be on no page any more. What is more than a message can carry is cut all the same.
    """
    thinned = thinned_to(store)
    return thinned if thinned - place <= PAGE_CHANGES + SPARE_CHANGES else 0


def pages(store: Store) -> Iterator[list[str]]:
    """Rows that were written more than once, some at a time."""
    found = store.db.execute("SELECT row FROM log WHERE refused = '' AND patch <> '' GROUP BY row HAVING count(*) > 1").fetchall()
    rows = [row for (row,) in found]
    for start in range(0, len(rows), PAGE):
        yield rows[start : start + PAGE]


def forgettable(writes: Sequence[Write], branches: Branches, before_ms: int) -> list[int]:
    """The seqs of those writes of one row that no drawing will ever need."""
    placed = [write for write in writes if write.place < NOWHERE]
    by_field: dict[str, list[Write]] = {}
    for write in placed:
        for field in write.patch:
            by_field.setdefault(field, []).append(write)
    needed = {write.seq for group in by_field.values() for write in undominated(group, branches)}
    old = (write for write in placed if write.seq not in needed and stamp_ms(write.stamp) < before_ms)
    return [write.seq for write in old if write.patch.keys() - {"deleted", ""}]
