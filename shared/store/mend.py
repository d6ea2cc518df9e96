"""Mending a damaged log: bisection finds where it leaves a sound copy of its history; what differs there is replaced in ONE commit.

A copy may be shorter than the log. What comes after its end is kept if the log itself proves it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from shared import schema
from shared.change import ROOT, Change, chain_head
from shared.exchange import Base
from shared.progress import Progress, silent
from shared.store import redraw
from shared.store.chain import BLOCK, Chain, genuine
from shared.store.file import StoreTrouble, is_of_text
from shared.store.log import LOGGED

if TYPE_CHECKING:
    from shared.store.store import Store

STEPS = BLOCK
MOST_STRETCHES = 100
"""Damage in more places than these is no accident of single rows: everything is fetched anew."""


class Witness(Protocol):
    """Who has a sound copy of the same history: the hub for a laptop, a backup or a laptop's copy for a hub."""

    def agrees(self, bases: Sequence[Base]) -> int:
        """The index of the last of these places, in order, up to which the histories are one; -1 for none."""

    def after(self, base: Base) -> Sequence[Change]:
        """Some of the changes that stand there after a place on which both agree."""


class Unmendable(StoreTrouble):
    """Replacing changes does not help: places or branches are damaged too, or the witness knows too little."""


class Mended(NamedTuple):
    """What was replaced: how many changes, and from which place to which."""

    changes: int
    first: int
    last: int


class FileWitness:
    """Another store's file that holds this history."""

    def __init__(self, store: Store) -> None:
        self.store, self.chain = store, Chain(store.db)

    def agrees(self, bases: Sequence[Base]) -> int:
        agreed = -1
        for index, base in enumerate(bases):
            if self.chain.head_at(base.place) != base.head:
                break
            agreed = index
        return agreed

    def after(self, base: Base) -> Sequence[Change]:
        end = min(base.place + BLOCK, self.store.log.state().place)
        return [change for span in self.chain.spans(base.place + 1, end) for change in self.chain.changes(*span)]


def mend(store: Store, witness: Witness, progress: Progress = silent) -> Mended:
    """Raises Unmendable, with nothing changed."""
    if not names_devices(store):
        raise Unmendable("В журнале повреждены имена устройств")
    wanted, end = search(store, witness)
    try:
        with store.transaction():
            replaced = replace(store, wanted, end)
            redrawn(store, progress)
    except (LookupError, TypeError, ValueError, sqlite3.IntegrityError) as error:
        raise Unmendable(f"Журнал повреждён так, что отдельные записи заменить нельзя ({error})") from error
    return Mended(len(replaced), min(replaced, default=0), max(replaced, default=0))


def names_devices(store: Store) -> bool:
    """Whether the labels of devices can be read: by them every change is found."""
    try:
        store.log.branches()
    except sqlite3.OperationalError as error:
        if not is_of_text(error):
            raise
        return False
    return True


def search(store: Store, witness: Witness) -> tuple[dict[int, Change], Base]:
    """The sound changes of every stretch where the log differs, by place; and the place and head where both stand alike at last."""
    last, start = store.log.state().place, Base(0, ROOT)
    wanted: dict[int, Change] = {}
    for _ in range(MOST_STRETCHES):
        start = common(Heads(store, start), witness, last)
        if start.place == last:
            return wanted, start
        sound = witness.after(start)[: last - start.place]
        if not sound:
            return wanted, own_end(store, start)
        for place, change in enumerate(sound, start.place + 1):
            wanted[place] = change
            start = Base(place, head_after(start.head, change))
    raise Unmendable(f"Журнал повреждён больше чем в {MOST_STRETCHES} местах")


def own_end(store: Store, start: Base) -> Base:
    """Beyond the end of the witness the log must lead to its own last head by itself. Raises Unmendable, which says where it does not."""
    state, heads = store.log.state(), Heads(store, start)
    if heads.at(state.place).head == state.head:
        return Base(state.place, state.head)
    sql = "SELECT place, head FROM heads WHERE place > ? AND place < ? ORDER BY place"
    kept = [Base(*row) for row in store.db.execute(sql, (start.place, state.place))]
    fitting = max((base.place for base in kept if heads.at(base.place).head == base.head), default=start.place)
    first_wrong = min((base.place for base in kept if base.place > fitting), default=state.place)
    read = heads.last()
    first, last = (read + 1, read + 1) if read < first_wrong else (fitting + 1, first_wrong)
    where = f"на месте {first}" if first == last else f"между местами {first} и {last}"
    raise Unmendable(f"Повреждение найдено {where}, но дальше места {start.place} верной истории взять негде")


def common(heads: Heads, witness: Witness, last: int) -> Base:
    """The last place up to which both histories are one, found by bisection."""
    low, high = heads.start.place, last
    while low < high:
        places = sorted({low + (high - low) * step // STEPS for step in range(STEPS + 1)})
        index = witness.agrees([heads.at(place) for place in places])
        if index < 0:
            raise Unmendable("История записей здесь другая с самого начала")
        low = places[index]
        high = places[index + 1] - 1 if index + 1 < len(places) else low
    return heads.at(low)


class Heads:
    """The chain as the log really leads it from a place on, whatever heads are kept; unknown after a row that is not sound."""

    def __init__(self, store: Store, start: Base) -> None:
        self.start = start
        self._heads = bytearray().join(walked(store, start))

    def at(self, place: int) -> Base:
        if place == self.start.place:
            return self.start
        at = (place - self.start.place - 1) * len(ROOT)
        return Base(place, bytes(self._heads[at : at + len(ROOT)]))

    def last(self) -> int:
        """The place before the first row that is not sound."""
        return self.start.place + len(self._heads) // len(ROOT)


def walked(store: Store, start: Base) -> Iterator[bytes]:
    """The head after each place from there on; it ends where a row is missing or is not what its id names."""
    chain, head = Chain(store.db), start.head
    for first, last in chain.spans(start.place + 1, store.log.state().place):
        at = first
        for seq, change in chain.numbered(first, last):
            if seq != at or not genuine(change):
                return
            try:
                head = head_after(head, change)
            except (TypeError, ValueError, AttributeError):
                return
            yield head
            at += 1
        if at != last + 1:
            return


def head_after(head: bytes, change: Change) -> bytes:
    return chain_head(head, change.id, change.stamp, change.read_to, change.own_n, change.also, change.refused)


def replace(store: Store, wanted: Mapping[int, Change], end: Base) -> list[int]:
    """Puts sound changes in the place of the others, and keeps the heads that follow from them. Returns the places."""
    chain = Chain(store.db)
    if store.log.state().place != end.place:
        raise Unmendable("Пока журнал проверялся, пришли новые изменения. Повторите")
    seqs = {place: seq_at(store, place) for place in wanted}
    differing = [place for place, change in wanted.items() if not same(next(chain.changes(seqs[place], seqs[place]), None), change)]
    store.db.executemany("DELETE FROM log WHERE seq = ?", [(seqs[place],) for place in differing])
    for place in differing:
        put(store, seqs[place], branch_of(store, wanted[place]), wanted[place])
    spans = chain.spans(1, end.place)
    place, head, kept = chain.extend(0, ROOT, (must_be_genuine(change) for span in spans for change in chain.changes(*span)))
    if (place, head) != end:
        raise Unmendable("Журнал повреждён так, что отдельные записи заменить нельзя: цепочка не сходится")
    store.db.execute("DELETE FROM heads")
    chain.keep(place, head, kept)
    return differing


def seq_at(store: Store, place: int) -> int:
    """Where in the log a place stands. Raises LookupError when that is not known any more."""
    sql = "SELECT first_seq + ? - first_place FROM ranges WHERE first_place <= ? AND first_place + count > ?"
    found = store.db.execute(sql, (place, place, place)).fetchall()
    if len(found) != 1:
        raise LookupError(f"место {place}")
    return int(found[0][0])


def same(here: Change | None, sound: Change) -> bool:
    """Whether a logged change is the sound one; what one side has compacted away is no difference."""
    here = here and here._replace(prev=sound.prev)  # which may be missing here
    if here is None or not genuine(here):
        return False
    if not here.patch or not sound.patch:
        here, sound = here._replace(patch=b""), sound._replace(patch=b"")
    return here == sound


def must_be_genuine(change: Change) -> Change:
    if not genuine(change):
        raise LookupError(f"запись {change.device}/{change.n}")
    return change


def branch_of(store: Store, change: Change) -> int:
    """The branch that lacks this change: its predecessor's, or one that leaves it there."""
    parent = 0
    if change.prev != ROOT:
        found = store.log.find(change.device, change.n - 1, change.prev) or store.log.find_any(change.n - 1, change.prev)
        if found is None:
            raise LookupError(f"предшественник записи {change.device}/{change.n}")
        parent = found[1]
    branches = store.log.branches()
    leaving = [key for key, branch in branches.items() if (branch.parent, branch.fork_n) == (parent, change.n - 1 if parent else 0)]
    for key in (parent, *leaving):
        taken = store.db.execute("SELECT 1 FROM log WHERE branch = ? AND n = ?", (key, change.n)).fetchone()
        if key and not taken and branches[key].device == change.device:
            return key
    raise LookupError(f"ветвь записи {change.device}/{change.n}")


def put(store: Store, seq: int, branch: int, change: Change) -> None:
    """A row of the log, in its old place."""
    key, _, _, n, act, author, entity, row, patch, *facts = change
    store.db.execute(f"INSERT INTO log VALUES {LOGGED}", (seq, key, branch, n, act, author, entity, row, patch, *facts))


def redrawn(store: Store, progress: Progress = silent) -> None:
    """Inside a transaction: the tables follow the mended log."""
    redraw.redraw(store, progress)
    store.log.set_state(drawn=schema.digest(store.catalogue))
