"""The desk: one person, one store, one clock; the only way a screen, a command or an import changes anything."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Self

import orjson

from local_app import undoing
from shared.change import Change, Edit, Refused, View, change_id, next_stamp
from shared.entities import ENTITIES
from shared.entity import Catalogue, Entity
from shared.ids import new_device, uuid7
from shared.store import FILE_NAME, Store
from shared.store.log import State
from shared.values import check

Listener = Callable[[frozenset[str]], None]
ROWS_A_COMMIT = 3000
LONGEST_ACT = 20_000
"""Changes of one act at most: an act travels whole, in one message."""


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Act(NamedTuple):
    """What was done: the number of its first change and the tables it touched."""

    act: int
    touched: frozenset[str]


class Desk:
    """Belongs to one thread, like its store."""

    def __init__(self, store: Store, folder: Path, clock: Callable[[], int] = now_ms) -> None:
        self.store, self.folder, self.clock = store, folder, clock
        self._listeners: list[Listener] = []
        self._checked: dict[tuple[str, tuple[str, ...]], Entity] = {}
        self._version, self._seen_seq = self._data_version(), self._last_seq()

    @classmethod
    def open(cls, folder: Path, *, clock: Callable[[], int] = now_ms, create: bool = False, catalogue: Catalogue = ENTITIES) -> Self:
        """The desk of a data folder. Raises StoreTrouble."""
        path = folder / FILE_NAME
        store = Store.create(path, new_device(), catalogue) if create and not path.exists() else Store.open(path, catalogue)
        return cls(store, folder, clock)

    def close(self) -> None:
        self.store.close()

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
    def do(self, edits: Iterable[Edit], words: str, view: View | None = None) -> Act:
        """One act, one transaction: all edits or none. Raises Refused."""
        wanted = self._check(list(edits))
        with self.store.transaction():
            act, touched = self._write(wanted, words, view, batch=0)
        return self._tell(Act(act, frozenset(touched)))

    def do_many(self, acts: Iterable[Sequence[Edit]], words: str, progress: Callable[[int], None] | None = None) -> int:
        """The bulk path: many acts, few commits, one undo. Returns the batch (the number of its first act); 0 when empty."""
        batch, touched, done = 0, set[str](), 0
        for page in pages(acts):
            checked = [self._check(list(act)) for act in page]
            with self.store.transaction():
                first, names = self._write_page(checked, words, batch)
            batch = batch or first
            touched |= names
            done += len(page)
            if progress:
                progress(done)
        self._tell(Act(batch, frozenset(touched)))
        return batch

    def undo(self) -> str:
        """Takes the last act back; returns its words. Raises Refused when there is none or somebody has changed it since."""
        with self.store.transaction():
            step = undoing.last_done(self.store)
            _, touched = self._write(step.edits, undoing.UNDONE + step.words, None, batch=-step.batch)
            undoing.mark(self.store, step.batch, undone=True)
        self._tell(Act(step.batch, frozenset(touched)))
        return step.words

    def redo(self) -> str:
        """Does the last undone act again; returns its words. Raises Refused likewise."""
        with self.store.transaction():
            step = undoing.last_undone(self.store)
            _, touched = self._write(step.edits, step.words, None, batch=-step.batch)
            undoing.mark(self.store, step.batch, undone=False)
        self._tell(Act(step.batch, frozenset(touched)))
        return step.words

    def _check(self, edits: list[Edit]) -> list[Edit]:
        if len(edits) > LONGEST_ACT:
            raise Refused(f"За одно действие можно изменить не больше {LONGEST_ACT} записей. Разделите его на части")
        for edit in edits:
            self._check_edit(edit)
        return edits

    def _check_edit(self, edit: Edit) -> None:
        """The shape is checked once for each set of fields, the values every time."""
        key = (edit.entity, tuple(edit.patch))
        entity = self._checked.get(key) or self._checked.setdefault(key, self._entity_with(edit))
        for field in entity.fields:
            if field.name in edit.patch and (wrong := check(field, edit.patch[field.name])):
                raise Refused(f"{entity.label}, {field.label}: {wrong}", field.name)

    def _entity_with(self, edit: Edit) -> Entity:
        entity = self.store.catalogue.get(edit.entity)
        if entity is None:
            raise Refused(f"Нет такого справочника: {edit.entity}")
        known = {field.name for field in entity.fields} | {"deleted"}
        if unknown := [name for name in edit.patch if name not in known]:
            raise Refused(f"{entity.label}: нет поля {', '.join(unknown)}", unknown[0])
        return entity

    def _write_page(self, acts: list[list[Edit]], words: str, batch: int) -> tuple[int, set[str]]:
        state, view = self.store.log.state(), self.store.view()
        first, n, changes, marks = state.n + 1, state.n, list[Change](), list[tuple[int, int, int, str]]()
        for edits in acts:
            if edits:
                changes += self._sign(state._replace(n=n, tip=changes[-1].id if changes else state.tip), edits, view._replace(own_n=n))
                marks.append((n + 1, n + len(edits), batch or first, words))
                n += len(edits)
        return first, self._take(state, changes, marks, fresh=True)

    def _write(self, edits: list[Edit], words: str, view: View | None, batch: int) -> tuple[int, set[str]]:
        if not edits:
            return 0, set()
        state = self.store.log.state()
        fresh = self.store.view()
        seen = undoing.carried(self.store, view) if view else fresh
        changes = self._sign(state, edits, seen)
        act = state.n + 1
        return act, self._take(state, changes, [(act, act + len(edits) - 1, batch or act, words)], fresh=seen == fresh)

    def _sign(self, state: State, edits: Sequence[Edit], view: View) -> list[Change]:
        """Edits become changes: one chain, one stamp."""
        stamp, act, prev = next_stamp(self.clock(), state.stamp), state.n + 1, state.tip
        device, author = state.device, state.author
        changes = []
        for n, (entity, row, patch) in enumerate(edits, act):
            text = orjson.dumps(patch)
            key = change_id(prev, device, n, act, author, entity, row, text)
            changes.append(Change(key, prev, device, n, act, author, entity, row, text, stamp, view.place, view.own_n, view.also))
            prev = key
        return changes

    def _take(self, state: State, changes: list[Change], marks: list[tuple[int, int, int, str]], *, fresh: bool) -> set[str]:
        touched = self.store.commit(changes, fresh=fresh)
        last = changes[-1]
        self.store.log.set_state(n=last.n, tip=last.id, stamp=max(state.stamp, last.stamp))
        self.store.db.executemany("INSERT INTO acts (act, last, batch, words) VALUES (?, ?, ?, ?)", marks)
        return touched

    # ------------------------------------------------------------------ telling
    def listen(self, listener: Listener) -> Callable[[], None]:
        """Calls back with the changed tables after every commit here; returns the way to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def poll(self) -> frozenset[str]:
        """Tells about what other threads and processes have written since; costs microseconds when there is nothing."""
        version = self._data_version()
        if version == self._version:
            return frozenset()
        self._version = version
        since, self._seen_seq = self._seen_seq, self._last_seq()
        names = self.store.db.execute("SELECT DISTINCT entity FROM log WHERE seq > ?", (since,))
        return self._tell(Act(0, frozenset({name for (name,) in names} | {"state"}))).touched

    def _tell(self, act: Act) -> Act:
        self._seen_seq = self._last_seq()
        if act.touched:
            for listener in tuple(self._listeners):
                listener(act.touched)
        return act

    def _data_version(self) -> int:
        return int(self.store.one("PRAGMA data_version"))

    def _last_seq(self) -> int:
        return int(self.store.one("SELECT coalesce(max(seq), 0) FROM log"))


def pages(acts: Iterable[Sequence[Edit]]) -> Iterator[list[Sequence[Edit]]]:
    """Acts in groups of some thousand rows."""
    page: list[Sequence[Edit]] = []
    rows = 0
    for act in acts:
        page.append(act)
        rows += len(act)
        if rows >= ROWS_A_COMMIT:
            yield page
            page, rows = [], 0
    if page:
        yield page
