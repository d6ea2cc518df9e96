"""Proves a log from end to end: every placed change is what its id names, and the chain leads to every kept head."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from shared.change import ROOT, chain_head, change_id
from shared.store.chain import BLOCK, CHANGE, Chain, Tip
from shared.store.file import is_of_text

if TYPE_CHECKING:
    from shared.store.store import Store

Walked = tuple[bytes, Tip]
"""The chain's head after a change, and that change."""
RUN = "SELECT branch, n - seq, author, read_to FROM log WHERE seq IN (?, ?) AND also = x'' AND refused = ''"
ALIKE = (
    "SELECT id, n, act, entity, row, CAST(patch AS BLOB), stamp, own_n FROM log NOT INDEXED WHERE seq BETWEEN ? AND ? "
    "AND branch = ? AND n - seq = ? AND author = ? AND read_to = ? AND also = x'' AND refused = '' ORDER BY seq"
)


def is_sound(store: Store) -> bool:
    """Whether the log of a store proves itself. Needs nobody else; where it is not sound, `mend.walked` says.

    A new laptop waits for this, and whoever verifies a large store.
    """
    state, chain, place, walked = store.log.state(), Chain(store.db), 0, (ROOT, (0, 0, ROOT))
    kept = dict(store.db.execute("SELECT place, head FROM heads WHERE place <= ?", (state.place,)).fetchall())
    try:
        for first, last in chain.spans(1, state.place):
            at = first
            while at <= last:
                end = min(at + BLOCK - place % BLOCK - 1, last)
                walked = along_run(chain, at, end, walked) or along(chain, at, end, walked)
                place, at = place + end - at + 1, end + 1
                if place % BLOCK == 0 and kept.get(place) != walked[0]:
                    return False
    except (TypeError, ValueError, AttributeError):
        return False
    except sqlite3.OperationalError as error:
        if not is_of_text(error):
            raise
        return False
    return (place, walked[0]) == (state.place, state.head) and not (state.hub and store.log.last_seq() > place)


def along_run(chain: Chain, first: int, last: int, walked: Walked) -> Walked | None:
    """Over a stretch that was written in one go, as an import does it: what is alike in it is read once. None when it is another."""
    ends = chain.db.execute(RUN, (first, last)).fetchall()
    if len(ends) != 2 or ends[0] != ends[1]:
        return None
    found = chain.db.execute(ALIKE, (first, last, *ends[0])).fetchall()
    if len(found) != last - first + 1:
        return None
    (branch, since, author, read_to), (head, before) = ends[0], walked
    (device,) = chain.db.execute("SELECT device FROM branches WHERE id = ?", (branch,)).fetchone()
    key = prev = chain.prev(before, branch, first + since)
    for key, n, act, entity, row, patch, stamp, own_n in found:
        if patch and change_id(prev, device, n, act, author, entity, row, patch) != key:
            raise ValueError("a change is not what its id names")
        head, prev = chain_head(head, key, stamp, read_to, own_n, b"", ""), key
    return head, (branch, last + since, key)


def along(chain: Chain, first: int, last: int, walked: Walked) -> Walked:
    """Over any stretch. ValueError where a row is missing or is not what its id names."""
    head, before = walked
    found = chain.db.execute(CHANGE + "WHERE seq BETWEEN ? AND ? ORDER BY seq", (first, last)).fetchall()
    if [seq for seq, *_ in found] != list(range(first, last + 1)):
        raise ValueError("rows are missing")
    _, keys, branches, devices, numbers, acts, authors, entities, rows, patches, *facts = zip(*found, strict=True)
    prevs, before = chain.prevs(before, branches, numbers, keys)
    named = map(change_id, prevs, devices, numbers, acts, authors, entities, rows, patches)
    if any(real != said and patch for real, said, patch in zip(named, keys, patches, strict=True)):
        raise ValueError("a change is not what its id names")
    for fact in zip(keys, *facts, strict=True):
        head = chain_head(head, *fact)
    return head, before
