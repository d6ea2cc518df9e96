"""Whether rows are deleted: decided from their own writes and their children's, many rows at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from shared.entity import Catalogue, Entity
from shared.merge import Fate, fate
from shared.store.log import AMONG, Log, dumps

PAGE = 1_000
"""Rows that are decided at once: their children's writes are in memory meanwhile."""
DELETED = "SELECT row, entity FROM log WHERE refused = '' AND patch LIKE '%\"deleted\"%' AND json_type(patch, '$.deleted') IS NOT NULL"
"""The rows that have a write of `deleted` which counts."""
Disagreement = tuple[str, str, int, str, bool]
"""A row of `conflicts`: row, field, seq, entity, whether this write is the winner."""


class Deletions:
    """Reads the log, and writes `deleted` into the drawn tables of one connection, inside the store's transaction."""

    def __init__(self, db: sqlite3.Connection, catalogue: Catalogue, log: Log) -> None:
        self.db, self.catalogue, self.log = db, catalogue, log

    def settle(self, rows: Mapping[str, str]) -> None:
        """Draws whether these rows ({row: entity}) are deleted, and notes who disagrees about it."""
        for entity, decided in self.fates(rows):
            self.db.executemany(
                f"UPDATE {entity.name} SET deleted = ? WHERE id = ?", [(each.deleted, row) for row, each in decided.items()]
            )
            self.db.execute(f"DELETE FROM conflicts WHERE field = 'deleted' AND row {AMONG}", (dumps(list(decided)),))
            note(self.db, chain.from_iterable(over_deletion(entity, row, each) for row, each in decided.items()))

    def fates(self, rows: Mapping[str, str]) -> Iterator[tuple[Entity, dict[str, Fate]]]:
        """Whether these rows ({row: entity}) are deleted, and which writes disagree about it; some rows of one entity at a time."""
        for name, group in by_entity(rows).items():
            if name in self.catalogue:
                pages = (group[start : start + PAGE] for start in range(0, len(group), PAGE))
                yield from ((self.catalogue[name], self._fates(self.catalogue[name], page)) for page in pages)

    def _fates(self, entity: Entity, rows: list[str]) -> dict[str, Fate]:
        children = self._children(entity, rows)
        writes, branches = self.log.writes_of(chain(rows, *children.values())), self.log.branches()
        return {
            row: fate(writes.get(row, []), [write for child in children.get(row, ()) for write in writes.get(child, ())], branches)
            for row in rows
        }

    def _children(self, entity: Entity, rows: list[str]) -> dict[str, list[str]]:
        """{row: the rows that belong to it now}."""
        found: dict[str, list[str]] = {}
        for child, field in self.catalogue.children(entity.name):
            for row, parent in self.db.execute(f"SELECT id, {field.name} FROM {child.name} WHERE {field.name} {AMONG}", (dumps(rows),)):
                found.setdefault(parent, []).append(row)
        return found


def by_entity(rows: Mapping[str, str]) -> dict[str, list[str]]:
    """{entity: rows} of {row: entity}."""
    found: dict[str, list[str]] = {}
    for row, name in rows.items():
        found.setdefault(name, []).append(row)
    return found


def note(db: sqlite3.Connection, found: Iterable[Disagreement]) -> None:
    """Keeps disagreements."""
    db.executemany("INSERT INTO conflicts (row, field, seq, entity, winner) VALUES (?, ?, ?, ?, ?)", found)


def over_deletion(entity: Entity, row: str, decided: Fate) -> list[Disagreement]:
    return [(row, "deleted", seq, entity.name, False) for seq in sorted({write.seq for write in decided.rivals})]
