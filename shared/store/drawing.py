"""Drawing the tables from the log, by page and never by row: new rows at once, fresh edits in place, the rest settled from their writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

import orjson

from shared import schema
from shared.entity import Catalogue, Entity, Field, Value
from shared.merge import Settled, Write, fate, settle
from shared.store.log import Log, dumps
from shared.store.totals import Totals

Patch = dict[str, Value]


class Arrived(NamedTuple):
    """A logged change on its way into the tables."""

    branch: int
    n: int
    act: int
    own_n: int
    entity: str
    row: str
    patch: Patch


class Drawing:
    """Writes the drawn tables of one connection, inside the store's transaction."""

    def __init__(self, db: sqlite3.Connection, catalogue: Catalogue, log: Log) -> None:
        self.db, self.catalogue, self.log = db, catalogue, log
        self.totals = Totals(db) if "orders" in catalogue else None

    def draw(self, arrived: Iterable[Arrived], *, fresh: bool) -> set[str]:
        """Shows arrived changes. `fresh`: their author had seen everything in this store. Returns the tables that changed."""
        pages: dict[str, dict[str, list[Arrived]]] = {}
        for change in arrived:
            pages.setdefault(change.entity, {}).setdefault(change.row, []).append(change)
        known = {name: rows for name, rows in pages.items() if name in self.catalogue}
        orders: set[str] = set()
        doubtful: dict[str, str] = {}
        for name, rows in known.items():
            self._draw_entity(self.catalogue[name], rows, fresh, orders, doubtful)
        self._settle_deletions(known, doubtful, orders)
        if self.totals and orders:
            self.totals.count(orders)
        return set(known)

    def redraw_rows(self, rows: Mapping[str, str]) -> set[str]:
        """Settles whole rows ({row: entity}) from the log again, after facts of their writes changed."""
        orders: set[str] = set()
        by_entity: dict[str, list[str]] = {}
        for row, name in rows.items():
            if name in self.catalogue:
                by_entity.setdefault(name, []).append(row)
        touched = {name: {row: [] for row in group} for name, group in by_entity.items()}
        for name, group in by_entity.items():
            entity = self.catalogue[name]
            orders |= self._orders_of(entity, group)
            self.resettle(entity, group, self._existing(entity, group))
            orders |= self._orders_of(entity, group)
        self._settle_deletions(touched, dict(rows), orders)
        if self.totals and orders:
            self.totals.count(orders)
        return set(by_entity)

    def _draw_entity(self, entity: Entity, rows: dict[str, list[Arrived]], fresh: bool, orders: set[str], doubtful: dict[str, str]) -> None:
        existing = self._existing(entity, rows)
        old = [row for row in rows if row in existing]
        if old:
            orders |= self._orders_of(entity, old)
            doubtful.update(self._owners_of(entity, old))
        disputed = self._disputed(old) if fresh else set(old)
        inserts: list[tuple[str, Patch]] = []
        updates: list[tuple[str, Patch]] = []
        settled: list[str] = []
        for row, changes in rows.items():
            if row in existing:
                (settled.append(row) if row in disputed else updates.append((row, folded(changes))))
            elif fresh or sequential(changes):
                inserts.append((row, folded(changes)))
            else:
                settled.append(row)
        self._insert(entity, inserts)
        self._update(entity, updates)
        self.resettle(entity, settled, existing)
        if entity.name == "orders":
            orders.update(rows)
        elif any(field.name == "order_id" for field in entity.owners):
            orders.update(str(patch["order_id"]) for _, patch in inserts if patch.get("order_id"))
            orders |= self._orders_of(entity, [*old, *settled])
        for row, patch in inserts:
            doubtful.update((str(patch[field.name]), field.target) for field in entity.owners if patch.get(field.name))
            if "deleted" in patch:
                doubtful[row] = entity.name
        if old or settled:
            doubtful.update(self._owners_of(entity, [*old, *settled]))
            doubtful.update((row, entity.name) for row in (*old, *settled))

    def _existing(self, entity: Entity, rows: Iterable[str]) -> set[str]:
        sql = f"SELECT id FROM {entity.name} WHERE id IN (SELECT value FROM json_each(?))"
        return {row for (row,) in self.db.execute(sql, (dumps(list(rows)),))}

    def _disputed(self, rows: list[str]) -> set[str]:
        if not rows:
            return set()
        sql = "SELECT row FROM conflicts WHERE row IN (SELECT value FROM json_each(?))"
        return {row for (row,) in self.db.execute(sql, (dumps(rows),))}

    def _owners_of(self, entity: Entity, rows: list[str]) -> dict[str, str]:
        """The parents that these rows belong to now: {row: entity}."""
        found: dict[str, str] = {}
        for field in entity.owners:
            sql = f"SELECT {field.name} FROM {entity.name} WHERE id IN (SELECT value FROM json_each(?)) AND {field.name} IS NOT NULL"
            found.update((row, field.target) for (row,) in self.db.execute(sql, (dumps(rows),)))
        return found

    def _orders_of(self, entity: Entity, rows: list[str]) -> set[str]:
        if entity.name == "orders":
            return set(rows)
        if entity.name not in COUNTED:
            return set()
        return {row for row, target in self._owners_of(entity, rows).items() if target == "orders"}

    def _insert(self, entity: Entity, rows: list[tuple[str, Patch]]) -> None:
        """New rows, one statement for each set of fields."""
        groups: dict[tuple[str, ...], list[tuple[Value, ...]]] = {}
        for row, patch in rows:
            fields = tuple(field for field in entity.fields if field.name in patch)
            names = tuple(field.name for field in fields)
            values = tuple(shown(field, patch[field.name]) for field in fields)
            search = (schema.searched_text(entity, patch),) if entity.searched else ()
            groups.setdefault(names, []).append((row, *values, *search))
        for names, values_of in groups.items():
            columns = ["id", *names, *(["search"] if entity.searched else [])]
            marks = ", ".join("?" * len(columns))
            self.db.executemany(f"INSERT INTO {entity.name} ({', '.join(columns)}) VALUES ({marks})", values_of)

    def _update(self, entity: Entity, rows: list[tuple[str, Patch]]) -> None:
        groups: dict[tuple[str, ...], list[tuple[Value, ...]]] = {}
        for row, patch in rows:
            fields = tuple(field for field in entity.fields if field.name in patch)
            if fields:
                values = tuple(shown(field, patch[field.name]) for field in fields)
                groups.setdefault(tuple(field.name for field in fields), []).append((*values, row))
        for names, values_of in groups.items():
            self.db.executemany(f"UPDATE {entity.name} SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ?", values_of)
        searched = {field.name for field in entity.searched}
        if searched:
            self._refold(entity, [row for row, patch in rows if not searched.isdisjoint(patch)])

    def _refold(self, entity: Entity, rows: list[str]) -> None:
        if not rows:
            return
        names = [field.name for field in entity.searched]
        sql = f"SELECT id, {', '.join(names)} FROM {entity.name} WHERE id IN (SELECT value FROM json_each(?))"
        found = self.db.execute(sql, (dumps(rows),)).fetchall()
        texts = [(schema.searched_text(entity, dict(zip(names, values, strict=True))), row) for row, *values in found]
        self.db.executemany(f"UPDATE {entity.name} SET search = ? WHERE id = ?", texts)

    def resettle(self, entity: Entity, rows: list[str], existing: set[str]) -> None:
        """Rows whose writes have to be compared: values and conflicts from the whole log of each."""
        if not rows:
            return
        branches = self.log.branches()
        writes = self.log.writes_of(rows)
        drawn = {row: settle(writes.get(row, ()), branches) for row in rows}
        values: list[tuple[str, Patch]] = []
        for row, fields in drawn.items():
            patch: Patch = {field.name: field.blank for field in entity.fields} if row in existing else {}
            values.append((row, patch | {name: settled.winner.patch[name] for name, settled in fields.items()}))
        self._insert(entity, [pair for pair in values if pair[0] not in existing and writes.get(pair[0])])
        self._update(entity, [pair for pair in values if pair[0] in existing])
        self._note_conflicts(entity, drawn)

    def _note_conflicts(self, entity: Entity, drawn: Mapping[str, Mapping[str, Settled]]) -> None:
        sql = "DELETE FROM conflicts WHERE field <> 'deleted' AND row IN (SELECT value FROM json_each(?))"
        self.db.execute(sql, (dumps(list(drawn)),))
        found = [
            (row, name, write.seq, entity.name, write is settled.winner)
            for row, fields in drawn.items()
            for name, settled in fields.items()
            for write in settled.rivals
        ]
        self.db.executemany("INSERT INTO conflicts (row, field, seq, entity, winner) VALUES (?, ?, ?, ?, ?)", found)

    def _settle_deletions(self, pages: Mapping[str, Mapping[str, list[Arrived]]], doubtful: dict[str, str], orders: set[str]) -> None:
        """Rows that have a write of `deleted` and were touched, themselves or by a child."""
        marked = [
            (row, name) for name, rows in pages.items() for row, changes in rows.items() if any("deleted" in change.patch for change in changes)
        ]
        self.db.executemany("INSERT OR IGNORE INTO deletions (row, entity) VALUES (?, ?)", marked)
        if not self.db.execute("SELECT 1 FROM deletions LIMIT 1").fetchone():
            return
        doubtful.update(marked)
        sql = "SELECT row, entity FROM deletions WHERE row IN (SELECT value FROM json_each(?))"
        for row, name in self.db.execute(sql, (dumps(list(doubtful)),)).fetchall():
            if name in self.catalogue:
                self.settle_deletion(self.catalogue[name], row)
                orders |= self._orders_of(self.catalogue[name], [row])

    def settle_deletion(self, entity: Entity, row: str) -> None:
        writes = self.log.writes_of([row]).get(row, [])
        children = self._children_writes(entity, row)
        decided = fate(writes, children, self.log.branches())
        self.db.execute(f"UPDATE {entity.name} SET deleted = ? WHERE id = ?", (decided.deleted, row))
        self.db.execute("DELETE FROM conflicts WHERE row = ? AND field = 'deleted'", (row,))
        rows = [(row, "deleted", write.seq, entity.name, 0) for write in decided.rivals]
        self.db.executemany("INSERT INTO conflicts (row, field, seq, entity, winner) VALUES (?, ?, ?, ?, ?)", rows)

    def _children_writes(self, entity: Entity, row: str) -> list[Write]:
        ids: list[str] = []
        for child, field in self.catalogue.children(entity.name):
            ids += [key for (key,) in self.db.execute(f"SELECT id FROM {child.name} WHERE {field.name} = ?", (row,))]
        return [write for group in self.log.writes_of(ids).values() for write in group] if ids else []


COUNTED = frozenset({"order_lines", "payments", "expenses"})
"""Children of an order whose money is in `order_totals`."""


def shown(field: Field, value: Value) -> Value:
    """What a table holds for a logged value: a blank for null; what no kind knows stays as JSON text."""
    if value is None:
        return field.blank
    return value if isinstance(value, str | int) else orjson.dumps(value).decode()


def folded(changes: list[Arrived]) -> Patch:
    """Several writes of one row whose authors had seen each other: the last value of each field."""
    if len(changes) == 1:
        return changes[0].patch
    patch: Patch = {}
    for change in changes:
        patch.update(change.patch)
    return patch


def sequential(changes: list[Arrived]) -> bool:
    """Whether each change of a new row follows the one before it on one chain and had seen it."""
    return all(
        later.branch == earlier.branch and later.n > earlier.n and (later.act == earlier.act or later.own_n >= earlier.n)
        for earlier, later in pairwise(changes)
    )
