"""What the hub did not take of this laptop's work: kept with its reason until its author has sent it again, or let it go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import orjson

from shared.change import Change, Edit, View, stamp_ms

if TYPE_CHECKING:
    from shared.store.store import Store

PREFIX = "refused:"  # asked for as a range: the notes are sorted by their names
END = "refused;"
AGAIN = "again:"
"""Before the name of a note: the act that has sent it again. While that is not undone, nobody waits for its author's word."""
SENT = "FROM notes a LEFT JOIN acts ON act = CAST(a.value AS INTEGER) WHERE a.name {} AND coalesce(undone, 0) = 0"
OF_IT = SENT.format(f"= '{AGAIN}' || notes.name")
WAITING = f"FROM notes WHERE name >= ? AND name < ? AND NOT EXISTS (SELECT 1 {OF_IT})"


class Refusal(NamedTuple):
    """One act that was refused as a whole: what it wrote, when, and the hub's reason."""

    act: tuple[int, int]  # its branch and number
    at_ms: int
    reason: str
    edits: list[Edit]
    notes: list[str]  # the names of the notes that remember it
    seen: View  # what its author had seen


def remember(store: Store, changes: Iterable[Change]) -> None:
    """Own changes that the hub has just refused; runs inside the transaction that learns of it."""
    notes = [(f"{PREFIX}{change.stamp:020d}{change.n:012d}:{change.id.hex()}", f"{change.n}/{change.device}") for change in changes]
    store.db.executemany("INSERT OR IGNORE INTO notes VALUES (?, ?)", notes)


def count(store: Store) -> int:
    """How many changes wait for their author's word."""
    sent = SENT.format(">= ? AND a.name < ?")
    return remembered(store) - int(store.one(f"SELECT count(*) {sent}", (AGAIN + PREFIX, AGAIN + END)))


def remembered(store: Store) -> int:
    """How many are kept, with those that were sent again since."""
    return int(store.one("SELECT count(*) FROM notes WHERE name >= ? AND name < ?", (PREFIX, END)))


def refusals(store: Store, most: int = -1) -> list[Refusal]:
    """The refused acts that wait, the newest first; what was compacted since has no values any more. `most`: of so many changes."""
    sql = f"SELECT name, value {WAITING} ORDER BY name DESC LIMIT ?"
    found: dict[tuple[int, int], Refusal] = {}
    cut = store.view().cut  # what the log says of places and names follows each cut
    for name, label in store.db.execute(sql, (PREFIX, END, most)).fetchall():
        n, _, device = label.partition("/")
        place = store.log.find(device, int(n), bytes.fromhex(name.rpartition(":")[2]))
        if place is None:
            continue
        said = "SELECT branch, act, stamp, read_to, own_n, also, refused, entity, row, patch FROM log WHERE seq = ?"
        branch, act, stamp, read_to, own_n, also, reason, entity, row, patch = store.db.execute(said, (place[0],)).fetchone()
        if reason and patch:
            seen = View(read_to, own_n, also, cut)
            refusal = found.setdefault((branch, act), Refusal((branch, act), stamp_ms(stamp), reason, [], [], seen))
            refusal.edits.append(Edit(entity, row, orjson.loads(patch)))
            refusal.notes.append(name)
    for refusal in found.values():
        refusal.edits.reverse()
    return list(found.values())


def sent_again(store: Store, refusal: Refusal, act: int) -> None:
    """It is listed no more, unless this act, which did it once more, is undone."""
    with store.transaction():
        store.note({AGAIN + name: str(act) for name in refusal.notes})


def settle(store: Store, settled: Iterable[Refusal]) -> dict[str, str]:
    """The author has done with these: they are listed no more; in the log they stay. The answer are the notes that list them again."""
    names = [each for refusal in settled for name in refusal.notes for each in (name, AGAIN + name)]
    with store.transaction():
        return dict(
            note
            for name in names
            for note in store.db.execute("DELETE FROM notes WHERE name = ? RETURNING name, value", (name,)).fetchall()
        )
