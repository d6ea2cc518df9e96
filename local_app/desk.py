"""The desk: one person, one store, one clock; the only way a screen, a command or an import changes anything."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Self

import orjson

from local_app import since, undoing
from local_app.opening import opened
from local_app.parting import must_fit, pages, parts
from shared.change import Change, Edit, Refused, View, change_id, next_stamp, signed
from shared.entities import ENTITIES
from shared.entity import Catalogue, Entity, Field, Kind
from shared.exchange import LARGEST_ACT, LONGEST_ACT
from shared.ids import uuid7
from shared.progress import Progress, silent
from shared.shapes import Patches, check_column
from shared.store import Store, StoreTrouble, file
from shared.store.log import Standing, State
from shared.store.naming import narrowed
from shared.store.rows import uncollected

Listener = Callable[[frozenset[str]], None]
DELETED = Field("deleted", Kind.FLAG, "Удалён")
SETTLED_WITHIN_MS = 500
BETWEEN_PARTS_SECONDS = 0.03
REPLACED = "Этих данных здесь больше нет: они стёрты или заменены. Откройте экран заново"
"""Whoever had seen more than there is has typed over another store: what a wipe has erased must not come back by half a form."""


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def steady_ms() -> int:
    """Milliseconds that only go on: by them things fall due, whoever sets the clock."""
    return time.monotonic_ns() // 1_000_000


class NotWritten(Refused, StoreTrouble):
    """The disk says no to an act: to a screen one more refusal, shown where its user looks; to who repeats it a trouble."""


@contextmanager
def refusing() -> Iterator[None]:
    """What the disk says to the writing in the block becomes a refusal: the one place where a screen meets a full or read-only disk."""
    try:
        yield
    except StoreTrouble as trouble:
        raise NotWritten(str(trouble)) from trouble


class Act(NamedTuple):
    """What was done: the number of its first change, the tables it touched, and the step of undo it belongs to."""

    act: int
    touched: frozenset[str]
    batch: int = 0


class Desk:
    """Belongs to one thread, like its store."""

    def __init__(self, store: Store, folder: Path, clock: Callable[[], int] = now_ms) -> None:
        self.store, self.folder, self.clock = store, folder, clock
        self._listeners: list[Listener] = []
        self._unsettled = 0
        self._stood: Standing | None = None  # the last row of the log after the own writing, if nobody else had written before it
        store.db.execute("PRAGMA synchronous = NORMAL")  # every edit survives a killed program at once, a power cut after `settle`
        self._version, self._seen = store.version(), store.log.standing()

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        clock: Callable[[], int] = now_ms,
        create: bool = False,
        catalogue: Catalogue = ENTITIES,
        progress: Progress = silent,
    ) -> Self:
        """The desk of a data folder. Raises StoreTrouble. `progress`: hears how far a large store is that has to be drawn again."""
        return cls(opened(folder, catalogue, create=create, progress=progress), folder, clock)

    def close(self) -> None:
        try:
            self.settle()
        finally:
            self.store.close()

    def settle(self) -> None:
        """Has the disk keep what was done so far; called within a second of an edit, after bulk acts and at the end."""
        if self._unsettled and not self.store.closed:
            self._unsettled = 0
            file.keep(self.store.path)

    @property
    def author(self) -> str:
        """Id of the employee who works here; '' before the laptop is enrolled."""
        return self.store.log.state().author

    @property
    def prefix(self) -> str:
        """Node prefix of this laptop in printed numbers; '' before it is enrolled."""
        return self.store.log.state().prefix

    def new_id(self) -> str:
        """The id of a new row: time-ordered (RFC 9562, version 7)."""
        return uuid7(self.clock())

    def view(self) -> View:
        """What a form that opens now has seen; hand it to `do` when the form is saved."""
        return self.store.view()

    # ------------------------------------------------------------------ doing
    def do(self, edits: Iterable[Edit], words: str, view: View | None = None, batch: int = 0) -> Act:
        """One act, one transaction: all edits or none. Raises Refused; NotWritten when it is the disk that says no.

        `batch`: the step of undo that this act goes on with, if nothing was done since.
        """
        wanted = list(edits)
        if len(wanted) > LONGEST_ACT:
            raise Refused(f"За одно действие можно изменить не больше {LONGEST_ACT} записей. Разделите его на части")
        patches = self._check(wanted)
        with refusing(), self.store.transaction():
            batch = batch and undoing.going_on(self.store, batch)
            act, touched = self._write([wanted], words, view, batch, patches)
        return self._tell(Act(act, frozenset(touched), batch or act))

    def do_many(
        self, acts: Iterable[Sequence[Edit]], words: str, progress: Callable[[int], None] | None = None, view: View | None = None
    ) -> int:
        """The bulk path: many acts, few commits, one undo. Returns the batch (the number of its first act); 0 when empty."""
        batch, touched, done = 0, set[str](), 0
        for page in pages(acts):
            patches = self._check([edit for act in page for edit in act])
            with refusing(), self.store.transaction():
                alone = view == self.store.view()
                first, names = self._write(page, words, view, batch, patches)
                view = self.store.view() if alone else view  # nobody has come between the pages: the next one has seen this one
            batch = batch or first
            touched |= names
            done += len(page)
            if progress:
                progress(done)
        self.settle()
        self._tell(Act(batch, frozenset(touched)))
        return batch

    def undo(self, progress: Progress = silent) -> str:
        """Takes the last act back; returns its words and, if it leaves some of others' work, whose. Raises Refused when nothing is left.

        `progress`: hears how many rows of a large act were looked at; what it raises stops the undo, and nothing is changed.
        What can never be taken back is refused once; the next undo takes back what was done before it.
        """
        with self._said_once():
            return self._turn(undoing.last_done, progress, undone=True)

    def redo(self, progress: Progress = silent) -> str:
        """Does the last undone act again; returns its words. Raises Refused likewise."""
        with self._said_once():
            return self._turn(undoing.last_undone, progress, undone=False)

    @contextmanager
    def _said_once(self) -> Iterator[None]:
        try:
            yield
        except undoing.Never as never:
            with refusing():
                undoing.leave_out(self.store, never.batch)
            raise

    @uncollected()
    def _turn(self, found: Callable[[Store, Progress], undoing.Step], progress: Progress, *, undone: bool) -> str:
        """A large step is written part by part, and others write between the parts.

        It is marked with the last one: killed before that, the same step goes on with what is left of it.
        """
        version, looked = self.store.version(), self.store.log.last_seq()
        step, touched = found(self.store, progress), set[str]()
        left = parts(step.edits)
        while True:
            progress(undoing.WRITTEN, 0, 0)
            with refusing(), self.store.transaction():
                if self.store.version() != version and since.disturbed(self.store, looked, left):  # others wait only now
                    step = undoing.anew(self.store, step, progress, back=undone, begun=bool(touched))
                    looked, left = self.store.log.last_seq(), parts(step.edits)
                version = self.store.version()
                since.must_stay(self.store, [edit for part in left for edit in part])
                words = undoing.UNDONE + step.words if undone else step.words
                touched |= self._write(left[:1], words, None, batch=-step.batch)[1]
                if not (left := left[1:]):
                    undoing.mark(self.store, step.batch, undone=undone)
                    break
            time.sleep(BETWEEN_PARTS_SECONDS)  # whoever waits for the file looks again only now and then
        self._tell(Act(step.batch, frozenset(touched)))
        return step.told()

    def _check(self, edits: Sequence[Edit]) -> Patches:
        """The shape of every value."""
        patches = Patches(edits, [edit.patch for edit in edits])
        for name, _, values in patches.columns:
            kept = self._entity_with(name, values)
            for field, column in values.items():
                kind = kept.field(field) or DELETED
                if wrong := check_column(kind, column):
                    raise Refused(f"{kept.label}, {kind.label}: {wrong}", field)
        return patches

    def _entity_with(self, name: str, fields: Iterable[str]) -> Entity:
        entity = self.store.catalogue.get(name)
        if entity is None:
            raise Refused(f"Нет такого справочника: {name}")
        known = {field.name for field in entity.fields} | {"deleted"}
        if unknown := [field for field in fields if field not in known]:
            raise Refused(f"{entity.label}: нет поля {', '.join(unknown)}", unknown[0])
        return entity

    def _write(
        self, acts: Sequence[Sequence[Edit]], words: str, view: View | None, batch: int, patches: Patches | None = None
    ) -> tuple[int, set[str]]:
        """Signs and commits acts inside the transaction. `view` None: each act has seen everything before it."""
        edits, self._stood = [edit for act in acts for edit in act], None
        since.must_stay(self.store, edits)  # asked when nobody else can issue them any more
        state = self.store.log.state()
        fresh = self.store.view(state)
        seen = since.carried(self.store, view) if view else None
        if seen and (seen.own_n > fresh.own_n or seen.place > fresh.place):
            raise Refused(REPLACED)
        changes = narrowed(self.store, self._sign(state, acts, seen or fresh, moving=seen is None))
        if not changes:
            return 0, set()
        if sum(len(change.patch) for change in changes) > LARGEST_ACT:
            must_fit(changes)
        patches = patches or Patches(edits, [edit.patch for edit in edits])
        touched = self.store.commit(changes, fresh=seen in (None, fresh), patches=patches)
        self._unsettled = self._unsettled or self.clock()
        first, last = changes[0], changes[-1]
        self.store.log.set_state(n=last.n, tip=last.id, stamp=last.stamp)
        mark = (first.n, last.n, batch or first.n, words)  # one for the whole page: what is undone is the batch
        self.store.db.execute("INSERT INTO acts (act, last, batch, words) VALUES (?, ?, ?, ?)", mark)
        if self.store.version() == self._version:
            self._stood = self.store.log.last_seq(), state.device, last.id
        return first.n, touched

    def _sign(self, state: State, acts: Sequence[Sequence[Edit]], view: View, *, moving: bool) -> list[Change]:
        """Edits become changes: one chain, one stamp for each act. `moving`: each act has seen the one before it."""
        n, prev, device, author = state.n, state.tip, state.device, state.author
        stamp = next_stamp(self.clock(), state.stamp)
        read_to, own_n, also, _ = view
        changes: list[Change] = []
        for edits in acts:
            act, own_n = n + 1, n if moving else own_n
            for entity, row, patch in edits:
                n += 1
                text = orjson.dumps(patch)
                key = change_id(prev, device, n, act, author, entity, row, text)
                changes.append(signed((key, prev, device, n, act, author, entity, row, text, stamp, read_to, own_n, also, "")))
                prev = key
            stamp += 1
        return changes

    # ------------------------------------------------------------------ telling
    def listen(self, listener: Listener) -> Callable[[], None]:
        """Calls back with the changed tables after every commit here; returns the way to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def poll(self) -> frozenset[str]:
        """Tells about what other threads and processes have written since; costs microseconds when there is nothing, or it is closed."""
        if self.store.closed:  # the program has ended while a long work went on beside it
            return frozenset()
        if self._unsettled and not 0 <= self.clock() - self._unsettled <= SETTLED_WITHIN_MS:
            self.settle()
        version = self.store.version()
        if version == self._version:
            return frozenset()
        self._version = version
        seen, self._seen = self._seen, self.store.log.standing()
        names = self.store.db.execute("SELECT DISTINCT entity FROM log WHERE seq > ?", (seen[0],)).fetchall()
        if self.store.log.standing(seen[0]) != seen:  # replaced by a snapshot or an empty store: what stood in it before tells nothing
            names = [(name,) for name in self.store.catalogue]
        return self._tell(Act(0, frozenset({name for (name,) in names} | {"state"}))).touched

    def _tell(self, act: Act) -> Act:
        stood, self._stood = self._stood, None
        self._seen = stood or self._seen  # where others' rows stand before the own ones, the poll tells of them all
        if act.touched:
            for listener in tuple(self._listeners):
                listener(act.touched)
        if not stood and self._listeners:  # who has just drawn the own rows anew shows others' already: it is told of them, too
            self.poll()
        return act
