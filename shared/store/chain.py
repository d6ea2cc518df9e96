"""The hub's hash chain in a store: heads at places, and the logged changes at places."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from shared.change import ROOT, Change, chain_head, change_id, signed
from shared.store.file import Damaged, is_of_text

BLOCK = 256
"""Heads are kept at every such place; those between are computed again."""
CHANGE = (
    "SELECT log.seq, log.id, log.branch, b.device, log.n, log.act, log.author, log.entity, log.row, CAST(log.patch AS BLOB), "
    "log.stamp, log.read_to, log.own_n, log.also, log.refused FROM log JOIN branches b ON b.id = log.branch "
)


Facts = tuple[bytes, int, int, int, bytes, str]
"""The id of a change and what the hub says of it, as the chain holds them."""
Tip = tuple[int, int, bytes]
"""The branch, number and id of a change."""


class Chain:
    """Reads and extends the chain of one connection."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def head_at(self, place: int) -> bytes | None:
        """The head at a place this store has; None beyond."""
        here, head = self.db.execute("SELECT place, head FROM state").fetchone()
        if place == here:
            return bytes(head)
        if not 0 <= place < here:
            return None
        found = self.db.execute("SELECT place, head FROM heads WHERE place <= ? ORDER BY place DESC LIMIT 1", (place,)).fetchone()
        start, head = found or (0, ROOT)
        for facts in self._facts(start + 1, place):
            head = chain_head(head, *facts)
        return bytes(head)

    def extend(self, place: int, head: bytes, changes: Iterable[Change]) -> tuple[int, bytes, list[tuple[int, bytes]]]:
        """The place and head after these changes, and the heads to keep on the way."""
        kept = []
        for change in changes:
            place += 1
            head = chain_head(head, change.id, change.stamp, change.read_to, change.own_n, change.also, change.refused)
            if place % BLOCK == 0:
                kept.append((place, head))
        return place, head, kept

    def keep(self, place: int, head: bytes, kept: list[tuple[int, bytes]]) -> None:
        """Remembers where the store stands now."""
        self.db.executemany("INSERT OR REPLACE INTO heads VALUES (?, ?)", kept)
        self.db.execute("UPDATE state SET place = ?, head = ?", (place, head))

    def _facts(self, first: int, last: int) -> Iterator[Facts]:
        for start, end in self.spans(first, last):
            sql = "SELECT id, stamp, read_to, own_n, also, refused FROM log WHERE seq BETWEEN ? AND ? ORDER BY seq"
            yield from self.db.execute(sql, (start, end))

    def spans(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Stretches (first seq, last seq) of the log that stand at these places, in order of the places."""
        sql = "SELECT first_seq, count, first_place FROM ranges WHERE first_place <= ? AND first_place + count > ? ORDER BY first_place"
        for seq, count, place in self.db.execute(sql, (last, first)).fetchall():
            start, end = max(first, place), min(last, place + count - 1)
            yield seq + start - place, seq + end - place

    def changes(self, first_seq: int, last_seq: int) -> Iterator[Change]:
        """Logged changes by seq, whole, with their predecessors' ids."""
        return (change for _, change in self.numbered(first_seq, last_seq))

    def numbered(self, first_seq: int, last_seq: int) -> Iterator[tuple[int, Change]]:
        """The same with their seqs, by which a row that is missing shows."""
        before: Tip = (0, 0, ROOT)
        for seq, key, branch, device, n, *rest in self._logged(first_seq, last_seq):
            prev = self.prev(before, branch, n)
            before = branch, n, key
            yield seq, signed((key, prev, device, n, *rest))

    def _logged(self, first: int, last: int) -> Iterator[tuple[Any, ...]]:
        """Rows of the log; what a spoiled byte has made of a text is read as it stands, and no id names that."""
        sql = CHANGE + "WHERE seq BETWEEN ? AND ? ORDER BY seq"
        while first <= last:
            try:
                for row in self.db.execute(sql, (first, last)):
                    first = row[0] + 1
                    yield row
                return
            except sqlite3.OperationalError as error:
                if not is_of_text(error):
                    raise
            kept, self.db.text_factory = self.db.text_factory, as_it_stands
            try:
                spoiled = self.db.execute(sql, (first, first + BLOCK - 1)).fetchall()
            finally:
                self.db.text_factory = kept
            yield from (row for row in spoiled if row[0] <= last)
            first += BLOCK

    def prevs(self, before: Tip, branches: Sequence[int], numbers: Sequence[int], ids: Sequence[bytes]) -> tuple[list[bytes], Tip]:
        """The ids before these changes on their branches, and the last of them; `before`: the one that stands before the first."""
        found = []
        for branch, n, key in zip(branches, numbers, ids, strict=True):
            found.append(self.prev(before, branch, n))
            before = branch, n, key
        return found, before

    def prev(self, before: Tip, branch: int, n: int) -> bytes:
        """The id before a change on its branch. Nearly always the change before it in the log is the one before it on its branch."""
        at_branch, at_n, at_id = before
        return at_id if branch == at_branch and n == at_n + 1 else self.prev_of(branch, n)

    def proven(self, first: int, last: int) -> list[Change]:
        """The changes at these places of a hub, where a seq is a place. Raises Damaged when they are not what ids and kept heads name."""
        (here,) = self.db.execute("SELECT place FROM state").fetchone()
        begin, end = (first - 1) // BLOCK * BLOCK, min(-(-last // BLOCK) * BLOCK, here)
        changes = list(self.changes(begin + 1, end))
        try:
            fits = all(map(genuine, changes)) and self.extend(begin, self.head_at(begin) or b"", changes)[:2] == (end, self.head_at(end))
        except (TypeError, ValueError, AttributeError):
            fits = False
        if not fits:
            raise Damaged(f"Журнал повреждён между местами {begin + 1} и {end}")
        return changes[first - begin - 1 : last - begin]

    def prev_of(self, branch: int, n: int) -> bytes:
        """The id of the change before number `n` of a branch, or of its parent where it begins; b'' when a damaged log lacks it."""
        while branch:
            parent, fork_n = self.db.execute("SELECT parent, fork_n FROM branches WHERE id = ?", (branch,)).fetchone() or (0, 0)
            if n - 1 > fork_n:
                break
            branch = parent
        if not branch:
            return ROOT
        found = self.db.execute("SELECT id FROM log WHERE branch = ? AND n = ?", (branch, n - 1)).fetchone()
        return found[0] if found else b""


def as_it_stands(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")


def genuine(change: Change) -> bool:
    """Whether a change still has the contents that its id names; a compacted one has none."""
    return real_id(change) == change.id


def real_id(change: Change) -> bytes:
    """The id that the contents of a change lead to; b'' when they cannot be read at all."""
    try:
        key, prev, device, n, act, author, entity, row, patch, *_ = change
        return change_id(prev, device, n, act, author, entity, row, patch) if patch else key
    except (TypeError, ValueError, AttributeError):
        return b""
