"""What people read from the log: the history of a row, open conflicts, the state of the store."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from shared.change import stamp_ms
from shared.entity import Entity, Value
from shared.merge import had_seen, is_ancestor, undominated
from shared.store.log import Log

if TYPE_CHECKING:
    from shared.store.store import Store


class Moment(NamedTuple):
    """One write of one field, as the history shows it."""

    at_ms: int
    author: str  # id of an employee
    device: str
    field: str
    before: Value
    after: Value
    act: int
    refused: str


class Rival(NamedTuple):
    """One of the values that stand against each other."""

    value: Value
    author: str
    at_ms: int
    winner: bool  # it stands there now; against a deletion stands every write that keeps the row
    field: str  # what was written: in a conflict about deletion, an edit of another field
    entity: str  # and in which row: there, maybe one that belongs to it
    change: str  # the id of the change that wrote it: by this the value is named, for the others may come and go


class Conflict(NamedTuple):
    """An open disagreement about one field of one row."""

    entity: str
    row: str
    field: str
    values: list[Rival]

    def value_of(self, change: str) -> Rival | None:
        """The value that a change wrote; None when it no longer stands against the others."""
        return next((rival for rival in self.values if rival.change == change), None)


def history(db: sqlite3.Connection, entity: Entity, row: str) -> list[Moment]:
    """Every logged write of a row in order of arrival; a field's value before it is that of the write before."""
    sql = (
        "SELECT log.stamp, log.author, b.device, log.act, log.refused, log.patch FROM log JOIN branches b ON b.id = log.branch "
        "WHERE log.row = ? AND patch <> '' ORDER BY seq"
    )
    now: dict[str, Value] = {field.name: field.blank for field in entity.fields}
    found = []
    for stamp, author, device, act, refused, patch in db.execute(sql, (row,)):
        for name, value in orjson.loads(patch).items():
            found.append(Moment(stamp_ms(stamp), author, device, name, now.get(name), value, act, refused))
            if not refused:
                now[name] = value
    return found


def conflicts(db: sqlite3.Connection, row: str = "", most: int = -1) -> list[Conflict]:
    """Open conflicts of the whole store or of one row, in the order of the rows; `most`: no more of them."""
    sql = (
        "SELECT c.entity, c.row, c.field, "
        "c.winner OR (c.field = 'deleted' AND NOT ifnull(nullif(log.patch, '') ->> '$.deleted', 0)) AS stands, "
        "log.author, log.stamp, log.patch, log.id, log.entity "
        f"FROM (SELECT DISTINCT row, field FROM conflicts {'WHERE row = ?' if row else ''} ORDER BY row, field LIMIT ?) "
        "JOIN conflicts c USING (row, field) JOIN log USING (seq) ORDER BY c.row, c.field, stands DESC, log.stamp"
    )
    found: dict[tuple[str, str, str], list[Rival]] = {}
    for entity, key, field, stands, author, stamp, patch, change, written in db.execute(sql, (row, most) if row else (most,)):
        values = orjson.loads(patch or "{}")
        name = field if field in values else next(iter(values), field)
        rival = Rival(values.get(name), author, stamp_ms(stamp), bool(stands), name, written, change.hex())
        found.setdefault((entity, key, field), []).append(rival)
    return [Conflict(*key, values) for key, values in found.items()]


def count_conflicts(db: sqlite3.Connection) -> int:
    """How many fields are in conflict."""
    return int(db.execute("SELECT count(*) FROM (SELECT DISTINCT row, field FROM conflicts)").fetchone()[0])


def conflict_authors(db: sqlite3.Connection) -> dict[str, int]:
    """{author: how many open conflicts hold a value of theirs}, the most first."""
    sql = (
        "SELECT author, count(*) FROM (SELECT DISTINCT c.row, c.field, log.author FROM conflicts c JOIN log USING (seq)) "
        "GROUP BY author ORDER BY 2 DESC, 1"
    )
    return dict(db.execute(sql))


def conflict_base(log: Log, row: str, field: str) -> Value:
    """The value that all sides of a conflict had seen before they wrote: what a three-way merge starts from; None when there was none."""
    branches = log.branches()
    writes = [write for write in log.writes_of([row]).get(row, []) if field in write.patch]
    standing = undominated(writes, branches) if writes else []
    known = [write for write in writes if write not in standing and all(had_seen(rival, write, branches) for rival in standing)]
    return max(undominated(known, branches), key=lambda write: write.rank).patch[field] if known else None


def foreign_unsent(log: Log) -> bytes:
    """Ids of others' changes that have no place now: the hub has lost them and will be offered them again."""
    state, branches = log.state(), log.branches()
    own = log.find_any(state.n, state.tip) if state.n else None
    ids = []
    for first, last in log.unsent_ranges():
        for key, branch, n in log.db.execute("SELECT id, branch, n FROM log WHERE seq BETWEEN ? AND ?", (first, last)):
            if own is None or not is_ancestor(branches, branch, n, own[1], state.n):
                ids.append(key)
    return b"".join(ids)


def status(store: Store) -> dict[str, Any]:
    """Plain figures: counts, sizes in bytes, the place and the head of the hub's chain."""
    state = store.log.state()
    return {
        "device": state.device,
        "prefix": state.prefix,
        "author": state.author,
        "place": state.place,
        "head": state.head.hex(),
        "changes": store.log.last_seq(),
        "unsent": store.unsent(),
        "conflicts": count_conflicts(store.db),
        "refused": store.one("SELECT count(*) FROM log WHERE refused <> ''"),
        "parked": store.one(
            "SELECT count(*) FROM log WHERE entity NOT IN (SELECT value FROM json_each(?))", (orjson.dumps(list(store.catalogue)).decode(),)
        ),
        "bytes": store.path.stat().st_size,
    }
