"""Saying by name what was seen at places that a hub has lost: of many thousand lost changes, those that the merge may ever ask about."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from shared.change import Change
from shared.entity import Catalogue

if TYPE_CHECKING:
    from shared.store.store import Store

LOST = "SELECT id, entity, row, patch LIKE '%\"deleted\"%' FROM log"


class Lost(NamedTuple):
    """A change that lost its place."""

    id: bytes
    entity: str
    row: str
    deletes: bool


class Names:
    """Lost changes in their old order.

    The merge asks of a change which others its author had seen of the same row, and, between a deletion and edits, of parents and
    children. To name all of them in each change that is offered again would grow with the square of what was lost.
    """

    def __init__(self, catalogue: Catalogue, lost: Iterable[Lost]) -> None:
        self.catalogue = catalogue
        self.ids: list[bytes] = []
        self.by_row: dict[str, list[int]] = {}
        self.by_entity: dict[str, list[int]] = {}
        self.deletions: dict[str, list[int]] = {}
        for index, (key, entity, row, deletes) in enumerate(lost):
            self.ids.append(key)
            self.by_row.setdefault(row, []).append(index)
            self.by_entity.setdefault(entity, []).append(index)
            if deletes:
                self.deletions.setdefault(entity, []).append(index)

    def of(self, entity: str, row: str, *, deletes: bool, first: int) -> bytes:
        """Those of the first so many lost changes that a change of this row has to name."""
        found = set(before(self.by_row.get(row, []), first))
        for parent, indexes in self.deletions.items():
            if self._may_own(parent, entity):
                found.update(before(indexes, first))
        for child, indexes in self.by_entity.items():
            if deletes and self._may_own(entity, child):
                found.update(before(indexes, first))
        return b"".join(self.ids[index] for index in sorted(found))

    def _may_own(self, parent: str, child: str) -> bool:
        """Of an entity that only a newer program knows, anything may be true."""
        if parent not in self.catalogue or child not in self.catalogue:
            return True
        return any(field.target == parent for field in self.catalogue[child].owners)


def before(indexes: list[int], first: int) -> list[int]:
    return indexes[: bisect_left(indexes, first)]


def lost_at(db: sqlite3.Connection, spans: Iterable[tuple[int, int]]) -> Iterator[Lost]:
    """The changes of these stretches of the log."""
    for span in spans:
        yield from map(Lost._make, db.execute(f"{LOST} WHERE seq BETWEEN ? AND ? ORDER BY seq", span))


def narrowed(store: Store, changes: list[Change]) -> list[Change]:
    """Of what a form had seen without a place, each of its changes names what it has to."""
    also = changes[0].also if changes else b""
    if not also:
        return changes
    ids = {also[at : at + 16] for at in range(0, len(also), 16)}
    names = Names(store.catalogue, (Lost(*each) for each in store.db.execute(f"{LOST} ORDER BY seq") if each[0] in ids))
    return [change._replace(also=names.of(change.entity, change.row, deletes=marks(change.patch), first=len(ids))) for change in changes]


def marks(patch: bytes) -> bool:
    """Whether a change may be a deletion or a restore; to take one for it that is not costs some bytes."""
    return b'"deleted"' in patch
