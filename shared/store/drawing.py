"""Drawing the tables from the log, by page and never by row: new rows at once, fresh edits in place, the rest settled from their writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from shared import schema
from shared.entity import Catalogue, Entity, Field, Value
from shared.merge import Settled, settle
from shared.store.deletions import DELETED, Deletions, Disagreement, by_entity, note
from shared.store.log import AMONG, Log, among, dumps
from shared.store.page import Group, Page, Patch, grouped
from shared.store.rows import by_row, insert_rows, unguarded
from shared.store.totals import CARRIED, LINE, DrawnLine, Totals, drawn_lines

COUNTED: Mapping[str, frozenset[str]] = {
    "orders": frozenset({*CARRIED, "discount_percent", "discount_sum", "deleted"}),
    "order_lines": frozenset({"order_id", "position", "deleted", *LINE}),
    "payments": frozenset({"order_id", "amount", "deleted"}),
    "expenses": frozenset({"order_id", "amount", "deleted"}),
}
"""The fields that `order_totals` depends on, by entity."""


class Touched(NamedTuple):
    """What has to be looked at after the rows are drawn."""

    doubtful: dict[str, str]  # {row: entity} whose deletion may have to be settled again
    orders: set[str]
    lines: list[DrawnLine]  # of those orders, as they were drawn for the first time
    watch: bool  # whether any row of the store has a write of `deleted`


class Drawing:
    """Writes the drawn tables of one connection, inside the store's transaction."""

    def __init__(self, db: sqlite3.Connection, catalogue: Catalogue, log: Log) -> None:
        self.db, self.catalogue, self.log = db, catalogue, log
        self.deletions = Deletions(db, catalogue, log)
        self.totals = Totals(db) if "orders" in catalogue else None

    def draw(self, page: Page, *, fresh: bool) -> set[str]:
        """Shows arrived changes. `fresh`: their author had seen everything in this store. Returns the tables that changed."""
        known = {name: rows for name, rows in page.rows.items() if name in self.catalogue}
        marked = {row: name for row, name in page.deletions().items() if name in known}
        if marked:
            self.db.executemany("INSERT OR IGNORE INTO deletions (row, entity) VALUES (?, ?)", marked.items())
        touched = Touched(marked, set(), [], self.db.execute("SELECT 1 FROM deletions LIMIT 1").fetchone() is not None)
        for name, rows in known.items():
            self._draw_entity(self.catalogue[name], page, rows, touched, fresh=fresh)
        self._finish(touched)
        return set(known)

    def redraw_rows(self, rows: Mapping[str, str]) -> set[str]:
        """Settles whole rows ({row: entity}) from the log again, after facts of their writes changed."""
        known = {name: group for name, group in by_entity(rows).items() if name in self.catalogue}
        marked = f"INSERT OR IGNORE INTO deletions (row, entity) {DELETED} AND row {AMONG}"
        self.db.execute(marked, (dumps(list(rows)),))  # a refused deletion may count by now
        touched = Touched(dict(rows), set(), [], watch=True)
        for name, group in known.items():
            entity = self.catalogue[name]
            self._touch(entity, group, touched, group)
            self.resettle(entity, group, self._existing(entity, group))
            self._touch(entity, group, touched, group)
        self._finish(touched)
        return set(known)

    def _draw_entity(self, entity: Entity, page: Page, rows: dict[str, list[int]], touched: Touched, *, fresh: bool) -> None:
        existing = self._existing(entity, rows)
        if not existing and (new := page.new_rows(entity.name)):
            self._draw_new(entity, new, touched)
            return
        old = [row for row in rows if row in existing]
        counted = COUNTED.get(entity.name, frozenset())
        weighty = [row for row in old if page.touches(rows[row], counted)]
        self._touch(entity, old, touched, weighty)
        disputed = self._disputed(old)
        if not fresh:
            disputed |= self._unseen(old, page, rows)
        quick = {row for row, indexes in rows.items() if (row not in disputed if row in existing else fresh or page.sequential(indexes))}
        inserts = [(row, page.folded(indexes)) for row, indexes in rows.items() if row in quick and row not in existing]
        if inserts:
            self._draw_new(entity, grouped(inserts), touched)
        self._update(entity, [(row, page.folded(rows[row])) for row in old if row in quick])
        settled = [row for row in rows if row not in quick]
        self.resettle(entity, settled, existing)
        made = [row for row in settled if row not in existing]
        owners = frozenset(field.name for field in entity.owners)
        moved = dict.fromkeys(row for row in old if row not in quick or page.touches(rows[row], owners))
        self._touch(entity, [*moved, *made], touched, [*(row for row in weighty if row in moved), *made])

    def _touch(self, entity: Entity, rows: list[str], touched: Touched, weighty: list[str]) -> None:
        """Notes the parents that these rows belong to at this moment, and the orders whose money the weighty ones of them change."""
        if entity.name == "orders":
            touched.orders.update(weighty)
        elif weighty and entity.name in COUNTED:
            touched.orders.update(row for row, target in self._owners_of(entity, weighty).items() if target == "orders")
        if touched.watch and rows:
            touched.doubtful.update(self._owners_of(entity, rows))
            touched.doubtful.update((row, entity.name) for row in rows)

    def _draw_new(self, entity: Entity, groups: Sequence[Group], touched: Touched) -> None:
        """Rows that were not there; their parents, which may be no ids at all, are noted as those of any others are."""
        self.insert(entity, groups)
        for group in groups:
            if entity.name == "orders":
                touched.orders.update(group.rows)
            elif entity.name in COUNTED:
                touched.orders.update({str(order) for order in group.values.get("order_id", ()) if order})
            if touched.watch:
                for field in entity.owners:
                    touched.doubtful.update((str(owner), field.target) for owner in group.values.get(field.name, ()) if owner)
            if entity.name == "order_lines":
                touched.lines.extend(drawn_lines(entity, group))

    def _finish(self, touched: Touched) -> None:
        """Deletions, which need the children drawn, then the money of the touched orders."""
        if touched.watch:
            condition, asked = among(list(touched.doubtful))
            marked = dict(self.db.execute(f"SELECT row, entity FROM deletions WHERE row {condition}", (asked,)).fetchall())
            self.deletions.settle(marked)
            for name, rows in by_entity(marked).items():
                if name in self.catalogue:
                    self._touch(self.catalogue[name], rows, touched, rows)
        if self.totals and touched.orders:
            self.totals.count(touched.orders, touched.lines)

    def _existing(self, entity: Entity, rows: Iterable[str]) -> set[str]:
        """Those of these rows that are drawn. Most that come together are younger than all of them: ids grow with time."""
        asked = list(rows)
        if len(asked) > 1:
            last = self.db.execute(f"SELECT coalesce(max(id), '') FROM {entity.name}").fetchone()[0]
            asked = [row for row in asked if row <= last]
        return self._found(f"SELECT id FROM {entity.name} WHERE id", asked)

    def _found(self, sql: str, rows: list[str]) -> set[str]:
        """Those of these rows that a SELECT finds whose condition ends with their column."""
        if not rows:
            return set()
        condition, asked = among(rows)
        return {row for (row,) in self.db.execute(f"{sql} {condition}", (asked,))}

    def _disputed(self, rows: list[str]) -> set[str]:
        return self._found("SELECT row FROM conflicts WHERE row", rows)

    def _unseen(self, old: list[str], page: Page, rows: dict[str, list[int]]) -> set[str]:
        """Rows with a write that the author of an arrived change had not seen, as far as places tell."""
        places = self.log.last_places(old, page.first_seq) if old else {}
        return {row for row in old if places.get(row, 0) > page.seen_up_to(rows[row])}

    def _owners_of(self, entity: Entity, rows: list[str]) -> dict[str, str]:
        """The parents that these rows belong to now: {row: entity}."""
        found, (condition, asked) = dict[str, str](), among(rows)
        for field in entity.owners:
            sql = f"SELECT {field.name} FROM {entity.name} WHERE id {condition} AND {field.name} IS NOT NULL"
            found.update((row, field.target) for (row,) in self.db.execute(sql, (asked,)))
        return found

    def insert(self, entity: Entity, groups: Sequence[Group]) -> None:
        """New rows of a table that has the columns of the entity."""
        searched = entity.searched
        with unguarded(self.db, entity.name, sum(len(group.rows) for group in groups)):
            for rows, logged in groups:
                fields = [field for name in logged if (field := entity.field(name))]
                names, marks = ["id", *(field.name for field in fields)], ["?", *(mark(field) for field in fields)]
                values: list[Iterable[Value]] = [rows, *(logged[field.name] for field in fields)]
                if searched:
                    names, marks = [*names, "search"], [*marks, "?"]
                    nothing = (None,) * len(rows)
                    values.append(schema.searched_texts(searched, [logged.get(field.name, nothing) for field in searched]))
                insert_rows(self.db, f"INSERT INTO {entity.name} ({', '.join(names)})", f"({', '.join(marks)})", by_row(values, len(rows)))

    def _update(self, entity: Entity, rows: list[tuple[str, Patch]]) -> None:
        searched = {field.name for field in entity.searched}
        for keys, logged in grouped(rows):
            fields = [field for name in logged if (field := entity.field(name))]
            if not fields:
                continue
            setters = ", ".join(f"{field.name} = {mark(field)}" for field in fields)
            values = zip(*(logged[field.name] for field in fields), keys, strict=True)
            self.db.executemany(f"UPDATE {entity.name} SET {setters} WHERE id = ?", values)
            if not searched.isdisjoint(logged):
                condition, asked = among(keys)
                self.refold(entity, f"id {condition}", (asked,))

    def refold(self, entity: Entity, condition: str, params: Sequence[Value]) -> None:
        """Makes the folded column of these rows anew."""
        names = ", ".join(field.name for field in entity.searched)
        found = self.db.execute(f"SELECT key, {names} FROM {entity.name} WHERE {condition}", params).fetchall()
        if found:
            keys, *columns = zip(*found, strict=True)
            texts = schema.searched_texts(entity.searched, columns)
            self.db.executemany(f"UPDATE {entity.name} SET search = ? WHERE key = ?", zip(texts, keys, strict=True))

    def resettle(self, entity: Entity, rows: list[str], existing: set[str]) -> None:
        """Rows whose writes have to be compared: values and conflicts from the whole log of each."""
        if not rows:
            return
        drawn = self.settled(rows)
        blanks: dict[str, Value] = {field.name: field.blank for field in entity.fields}
        values = winners(drawn)
        self.insert(entity, grouped([(row, patch) for row, patch in values.items() if row not in existing]))
        self._update(entity, [(row, {**blanks, **patch}) for row, patch in values.items() if row in existing])
        refused = [(row,) for row in rows if row in existing and row not in drawn]
        self.db.executemany(f"DELETE FROM {entity.name} WHERE id = ?", refused)  # no write of theirs counts any more
        condition, asked = among(rows)
        self.db.execute(f"DELETE FROM conflicts WHERE field <> 'deleted' AND row {condition}", (asked,))
        note(self.db, disagreements(entity, drawn))

    def settled(self, rows: Iterable[str]) -> dict[str, Mapping[str, Settled]]:
        """Every field of these rows as all their writes leave it; a row none of whose writes counts is left out."""
        branches = self.log.branches()
        return {row: settle(writes, branches) for row, writes in self.log.writes_of(rows).items()}


def winners(drawn: Mapping[str, Mapping[str, Settled]]) -> dict[str, Patch]:
    return {row: {name: settled.winner.patch[name] for name, settled in fields.items()} for row, fields in drawn.items()}


def disagreements(entity: Entity, drawn: Mapping[str, Mapping[str, Settled]]) -> list[Disagreement]:
    """About fields that this program knows: nobody here could end one about another field, it waits in the log."""
    return [
        (row, name, write.seq, entity.name, write is settled.winner)
        for row, fields in drawn.items()
        for name, settled in fields.items()
        for write in settled.rivals
        if entity.field(name)
    ]


def mark(field: Field) -> str:
    """The parameter of a field in a statement: what is logged as null is drawn as the field's blank."""
    return "?" if field.blank is None else f"coalesce(?, {schema.literal(field.blank)})"
