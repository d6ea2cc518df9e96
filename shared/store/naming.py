"""Saying by name what was seen at places that a hub has lost: of many thousand lost changes, those that the merge may ever ask about."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import orjson

from shared.change import Change
from shared.entity import Catalogue
from shared.store.log import dumps

if TYPE_CHECKING:
    from shared.store.store import Store

Owners = Mapping[str, set[str]]
"""{row: the rows it has ever belonged to}"""
MOST_NAMED = 1024 * 1024
"""Bytes of names for all changes together: an act travels whole, names and all, in one message."""
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
    children. To name all of them in each change that is offered again would grow with the square of what was lost. Nor is it known to
    which parents a row may belong one day: so every deletion of a possible parent is named, as long as that stays small. Beyond
    `MOST_NAMED` only those of the parents that the row has ever had are. Then a deleted order can come back, as a disagreement that
    everybody sees, when one of its lines had been edited while it belonged to another one; nothing is lost.
    """

    def __init__(self, catalogue: Catalogue, lost: Iterable[Lost], owners: Callable[[], Owners], others: int = 0) -> None:
        """`owners` is asked for only when it is needed. `others`: how many changes will name what they saw besides the lost ones."""
        self.catalogue = catalogue
        self.ids: list[bytes] = []
        self.by_row: dict[str, list[int]] = {}
        self.by_entity: dict[str, list[int]] = {}
        self.deletions: dict[str, list[int]] = {}
        self.owners: Owners | None = None
        self.of_children: dict[str, list[int]] = {}
        rows = list[str]()
        for index, (key, entity, row, deletes) in enumerate(lost):
            self.ids.append(key)
            rows.append(row)
            self.by_row.setdefault(row, []).append(index)
            self.by_entity.setdefault(entity, []).append(index)
            if deletes:
                self.deletions.setdefault(entity, []).append(index)
        if self._bytes(others) > MOST_NAMED:
            self.owners = owners()
            for index, row in enumerate(rows):
                for parent in self.owners.get(row, ()):
                    self.of_children.setdefault(parent, []).append(index)

    def of(self, entity: str, row: str, *, deletes: bool, first: int) -> bytes:
        """Those of the first so many lost changes that a change of this row has to name."""
        found = set(before(self.by_row.get(row, []), first))
        for group in (*self._deletions_over(entity, row), *(self._changes_under(entity, row) if deletes else ())):
            found.update(before(group, first))
        return b"".join(self.ids[index] for index in sorted(found))

    def _deletions_over(self, entity: str, row: str) -> Iterator[Sequence[int]]:
        """Deletions of rows that this one may belong to."""
        for parent, indexes in self.deletions.items():
            if self.owners is None or self._strange(parent, entity):
                yield indexes if self._may_own(parent, entity) else ()
        for owner in (self.owners or {}).get(row, ()):
            yield [index for index in self.by_row.get(owner, ()) if index in self._deleting]

    def _changes_under(self, entity: str, row: str) -> Iterator[Sequence[int]]:
        """Changes of rows that may belong to this one."""
        for child, indexes in self.by_entity.items():
            if self.owners is None or self._strange(entity, child):
                yield indexes if self._may_own(entity, child) else ()
        yield self.of_children.get(row, ())

    @cached_property
    def _deleting(self) -> frozenset[int]:
        return frozenset(chain.from_iterable(self.deletions.values()))

    def _strange(self, parent: str, child: str) -> bool:
        return parent not in self.catalogue or child not in self.catalogue

    def _may_own(self, parent: str, child: str) -> bool:
        """Of an entity that only a newer program knows, anything may be true."""
        return self._strange(parent, child) or any(field.target == parent for field in self.catalogue[child].owners)

    def _bytes(self, others: int) -> int:
        """At most about how much is named: by every possible child each deletion, and by each deletion every possible child."""
        pairs = (
            (len(self.by_entity.get(child, ())) + others) * (len(self.deletions.get(parent, ())) + others)
            for parent in {*self.catalogue, *self.by_entity}
            for child in {*self.catalogue, *self.by_entity}
            if self._may_own(parent, child)
        )
        return sum(pairs) * 16


def owners_in(db: sqlite3.Connection, catalogue: Catalogue, rows: Iterable[str] | None = None) -> dict[str, set[str]]:
    """The rows to which rows have ever belonged, by what the log still knows. `rows`: only theirs."""
    among, values = ("", ()) if rows is None else (" AND row IN (SELECT value FROM json_each(?))", (dumps(list(rows)),))
    found: dict[str, set[str]] = {}
    for entity in catalogue.values():
        for field in entity.owners:
            owner = f"CASE WHEN patch <> '' THEN patch ->> '$.{field.name}' END"
            sql = f"SELECT DISTINCT row, {owner} AS owner FROM log WHERE entity = ?{among} AND owner IS NOT NULL"
            for row, parent in db.execute(sql, (entity.name, *values)):
                found.setdefault(row, set()).add(str(parent))
    return found


def before(indexes: Sequence[int], first: int) -> Sequence[int]:
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
    lost = [Lost(*each) for each in store.db.execute(f"{LOST} ORDER BY seq") if each[0] in ids]
    names = Names(store.catalogue, lost, lambda: owners_of(store, lost, changes), len(changes))
    return [change._replace(also=names.of(change.entity, change.row, deletes=marks(change.patch), first=len(ids))) for change in changes]


def owners_of(store: Store, lost: Iterable[Lost], changes: Iterable[Change]) -> Owners:
    """Of what is lost and of what is about to be written."""
    rows = {*(each.row for each in lost), *(change.row for change in changes)}
    owners = owners_in(store.db, store.catalogue, rows)
    for change in changes:
        owners.setdefault(change.row, set()).update(owners_said(store.catalogue, change))
    return owners


def owners_said(catalogue: Catalogue, change: Change) -> set[str]:
    """The rows to which a change lets its row belong."""
    patch = orjson.loads(change.patch)
    fields = catalogue[change.entity].owners if change.entity in catalogue else ()
    return {str(patch[field.name]) for field in fields if patch.get(field.name)}


def marks(patch: bytes) -> bool:
    """Whether a change may be a deletion or a restore; to take one for it that is not costs some bytes."""
    return b'"deleted"' in patch
