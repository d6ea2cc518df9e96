"""The log of changes in a store: appending, branches of device chains, places, and reading the writes of a row."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import orjson

from shared.change import ROOT, Change
from shared.merge import NOWHERE, Branch, Write
from shared.store.rows import by_row, insert_rows


class State(NamedTuple):
    """The one row that a store knows about itself."""

    device: str
    prefix: str
    author: str
    n: int  # own counter
    tip: bytes  # id of the last own change
    place: int  # the hub's place up to which this store has everything
    head: bytes  # of the hub's chain at that place
    stamp: int  # the greatest stamp seen
    sent: int  # every log row up to this seq has a place
    hub: int


Standing = tuple[int, str, bytes | None]
"""A row of the log: its seq, whose store that is, and its id."""

PLACE = (
    "coalesce((SELECT CASE WHEN log.seq < r.first_seq + r.count THEN r.first_place + log.seq - r.first_seq END "
    f"FROM ranges r WHERE r.first_seq <= log.seq ORDER BY r.first_seq DESC LIMIT 1), {NOWHERE})"
)


LOGGED = "(?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS TEXT), ?, ?, ?, ?, ?)"
"""A row of the log; the bytes of the patch become text without a copy."""
BARE = LOGGED.replace("?, ?)", "x'', '')")
"""Nearly every one: it names no ids and is not refused."""
blob = bytearray
"""Bytes as SQLite is to get them: of `bytes` its module first asks all their adapters, which takes ten times as long as the copy."""
AMONG = "IN (SELECT value FROM json_each(?))"
"""After a column: it is one of the ids in a JSON list."""
FORGOTTEN = '{"":null}'
"""What is read as the patch of a compacted write: it has written something."""


class Log:
    """The log tables of one connection. Every method that writes runs inside the store's transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._branches: dict[int, Branch] = {}

    def state(self) -> State:
        names = ", ".join(State._fields)
        return State(*self.db.execute(f"SELECT {names} FROM state").fetchone())

    def last_seq(self) -> int:
        return int(self.db.execute("SELECT coalesce(max(seq), 0) FROM log").fetchone()[0])

    def standing(self, seq: int | None = None) -> Standing:
        """The last row of the log, or the one at `seq`, its id, and whose store it is: another store has something else there."""
        sql = "SELECT coalesce(l.seq, 0), device, l.id FROM state LEFT JOIN log l ON l.seq = coalesce(?, (SELECT max(seq) FROM log))"
        at, device, key = self.db.execute(sql, (seq,)).fetchone()
        return at, device, key

    def set_state(self, **values: object) -> None:
        self.db.execute(f"UPDATE state SET {', '.join(f'{name} = ?' for name in values)}", tuple(values.values()))

    def branches(self) -> dict[int, Branch]:
        """All branches; small, read again only when one was added."""
        (count,) = self.db.execute("SELECT count(*) FROM branches").fetchone()
        if count != len(self._branches):
            self._branches = {key: Branch(*rest) for key, *rest in self.db.execute("SELECT id, device, parent, fork_n FROM branches")}
        return self._branches

    def forget(self) -> None:
        """After a rollback: the branches that were begun in it are not there, and others may get their numbers."""
        self._branches = {}

    def find(self, device: str, n: int, change: bytes) -> tuple[int, int] | None:
        """The (seq, branch) of a change known by its label and id."""
        for key, branch in reversed(self.branches().items()):
            if branch.device != device:
                continue
            found = self.db.execute("SELECT seq, id FROM log WHERE branch = ? AND n = ?", (key, n)).fetchone()
            if found and found[1] == change:
                return (found[0], key)
        return None

    def find_any(self, n: int, change: bytes) -> tuple[int, int] | None:
        """Like `find`, under whatever label."""
        devices = dict.fromkeys(branch.device for branch in self.branches().values())
        return next((found for device in devices if (found := self.find(device, n, change))), None)

    def knows(self, device: str, n: int, change: bytes) -> bool:
        """Whether a change can be a predecessor here."""
        return change == ROOT or self.find(device, n, change) is not None or self.find_any(n, change) is not None

    def branch_for(self, change: Change) -> int:
        """The branch a new change continues, or a new one that leaves its predecessor's."""
        parent, fork_n = 0, 0
        if change.prev != ROOT:
            found = self.find(change.device, change.n - 1, change.prev) or self.find_any(change.n - 1, change.prev)
            if found is None:
                raise LookupError(f"no predecessor of {change.device}/{change.n}")
            parent, fork_n = found[1], change.n - 1
            taken = self.db.execute("SELECT 1 FROM log WHERE branch = ? AND n = ?", (parent, change.n)).fetchone()
            if not taken and self._branches[parent].device == change.device:
                return parent
        begun = Branch(change.device, parent, fork_n)
        key = int(self.db.execute("INSERT INTO branches (device, parent, fork_n) VALUES (?, ?, ?)", begun).lastrowid or 0)
        self._branches[key] = begun
        return key

    def append(self, changes: Sequence[Change]) -> tuple[int, list[int]]:
        """Puts new changes at the end, in the given order; their predecessors must be known. Returns the first seq and the branches."""
        first = self.last_seq() + 1
        branches: list[int] = []
        written, named = 0, set[bytes]()  # how many of them stand in the log; what the others name
        for stretch in stretches(changes):
            if stretch[0].prev in named:  # its branch depends on what stands in the log
                self._put(changes[written : len(branches)], branches[written:], first + written)
                written, named = len(branches), set()
            branches += [self.branch_for(stretch[0])] * len(stretch)
            if len(branches) < len(changes):
                named |= {stretch[0].prev, *(change.id for change in stretch)} - {ROOT}  # what begins a chain looks for nothing
        self._put(changes[written:], branches[written:], first + written)
        return first, branches

    def _put(self, changes: Sequence[Change], branches: Sequence[int], at: int) -> None:
        """Rows of the log from seq `at` on."""
        if not changes:
            return
        key, _, _, n, act, author, entity, row, patch, stamp, read_to, own_n, also, refused = zip(*changes, strict=True)
        marked = any(also) or any(refused)
        columns = [
            range(at, at + len(changes)), map(blob, key), branches, n, act, author, entity, row, map(blob, patch),
            stamp, read_to, own_n, *((map(blob, also), refused) if marked else ()),
        ]  # fmt: skip
        insert_rows(self.db, "INSERT INTO log", LOGGED if marked else BARE, by_row(columns, len(changes)))

    def put_range(self, first_seq: int, count: int, first_place: int) -> None:
        """Says that these log rows stand at these places of the hub; glues it to the range before when it continues that."""
        glued = self.db.execute(
            "UPDATE ranges SET count = count + ? WHERE first_seq + count = ? AND first_place + count = ? "
            "AND first_seq = (SELECT max(first_seq) FROM ranges WHERE first_seq < ?)",
            (count, first_seq, first_place, first_seq),
        )
        if not glued.rowcount:
            self.db.execute("INSERT INTO ranges VALUES (?, ?, ?)", (first_seq, count, first_place))

    def writes_of(self, rows: Iterable[str]) -> dict[str, list[Write]]:
        """All writes of these rows that count, in order of arrival; compacted ones too: an edit keeps a row alive."""
        found: dict[str, list[Write]] = {}
        branches, (condition, asked) = self.branches(), among(list(rows))
        sql = (
            f"SELECT row, seq, {PLACE}, id, branch, n, act, stamp, read_to, own_n, also, patch FROM log "
            f"WHERE row {condition} AND refused = '' ORDER BY row, seq"
        )
        for row, seq, place, key, branch, n, act, stamp, read_to, own_n, also, patch in self.db.execute(sql, (asked,)):
            values = orjson.loads(patch or FORGOTTEN)
            write = Write(seq, place, key, branch, branches[branch].device, n, act, stamp, read_to, own_n, also, values)
            found.setdefault(row, []).append(write)
        return found

    def last_places(self, rows: Iterable[str], before_seq: int) -> dict[str, int]:
        """The greatest place of the writes of each of these rows that were logged before; `NOWHERE` when one has none yet.

        Refused ones too: then a row is settled from all its writes without need, and the index alone answers.
        """
        sql = f"SELECT row, max({PLACE}) FROM json_each(?) CROSS JOIN log ON row = value WHERE seq < ? GROUP BY row"
        return dict(self.db.execute(sql, (dumps(list(rows)), before_seq)))

    def unsent_ranges(self) -> list[tuple[int, int]]:
        """Stretches (first seq, last seq) of the log that have no place yet, in order."""
        return self.unsent_ranges_from(self.state().sent)

    def unsent_ranges_from(self, sent: int) -> list[tuple[int, int]]:
        """The same, where everything up to `sent` is known to have a place."""
        last = self.last_seq()
        gaps = []
        at = sent + 1
        for first, count in self.db.execute("SELECT first_seq, count FROM ranges WHERE first_seq + count > ? ORDER BY first_seq", (at,)):
            if first > at:
                gaps.append((at, first - 1))
            at = max(at, first + count)
        if at <= last:
            gaps.append((at, last))
        return gaps

    def unsent(self) -> int:
        """How many changes the hub has not placed yet."""
        return sum(last - first + 1 for first, last in self.unsent_ranges())


def stretches(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    """Runs in which each change is the child of the one before it, on one device."""
    start = 0
    for index in range(1, len(changes)):
        before, change = changes[index - 1], changes[index]
        if change.prev != before.id or change.device != before.device:
            yield changes[start:index]
            start = index
    if changes:
        yield changes[start:]


def among(rows: Sequence[str]) -> tuple[str, str]:
    """After a column: it is one of these ids, and the one parameter. Most edits touch one row, and a list costs five times as much."""
    return ("= ?", rows[0]) if len(rows) == 1 else (AMONG, dumps(rows))


def dumps(value: object) -> str:
    return orjson.dumps(value).decode()
