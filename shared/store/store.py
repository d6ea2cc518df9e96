"""The store: one SQLite file, its log and the tables drawn from it, and the one door through which changes come in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import orjson

from shared import schema
from shared.change import Change, View
from shared.entities import ENTITIES
from shared.entity import Catalogue, Value
from shared.progress import Progress, silent
from shared.shapes import Patches
from shared.store import file, reading, redraw, searches, verify
from shared.store.drawing import Drawing
from shared.store.log import Log, State
from shared.store.page import Page
from shared.store.rows import uncollected


class Store:
    """A store as one thread holds it. Several threads and processes may hold the same file: all state is in it."""

    def __init__(self, path: Path, db: sqlite3.Connection, catalogue: Catalogue) -> None:
        self.path, self.db, self.catalogue = path, db, catalogue
        self.closed = False
        self.log = Log(db)
        self.drawing = Drawing(db, catalogue, self.log)

    @classmethod
    def open(cls, path: Path, catalogue: Catalogue = ENTITIES, *, read_only: bool = False, progress: Progress = silent) -> Self:
        """Opens an existing file; one that other declarations drew is redrawn, which takes a while. Raises StoreTrouble."""
        store = cls(path, file.open_file(path, read_only=read_only), catalogue)
        if not read_only:
            try:
                store._draw_if_needed(progress)
            except BaseException:
                store.close()
                raise
        return store

    @classmethod
    def create(cls, path: Path, device: str, catalogue: Catalogue = ENTITIES, *, hub: bool = False) -> Self:
        """A new store. `device` is the label of its own changes. Raises StoreTrouble."""
        with file.made_whole(path):
            file.create_file(path, device=device, hub=hub)
            return cls.open(path, catalogue)

    def close(self) -> None:
        self.closed = True
        self.db.close()

    # ------------------------------------------------------------------ reading
    def rows(self, sql: str, params: Sequence[object] | Mapping[str, object] = ()) -> list[dict[str, Any]]:
        """The result of a SELECT as dictionaries."""
        cursor = self.db.execute(sql, params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def one(self, sql: str, params: Sequence[object] | Mapping[str, object] = ()) -> Any:  # noqa: ANN401  # what SQLite returns
        """The first column of the first row, or None."""
        row = self.db.execute(sql, params).fetchone()
        return row[0] if row else None

    def row(self, entity: str, row: str) -> dict[str, Any] | None:
        """One row with all its columns, a deleted one too."""
        return next(iter(self.rows(f"SELECT * FROM {self.catalogue[entity].name} WHERE id = ?", (row,))), None)

    def version(self) -> int:
        """Another one than before means that somebody else has written."""
        return int(self.one("PRAGMA data_version"))

    def written(self) -> tuple[int, int]:
        """Another pair than before means that something was written, by this store or by somebody else."""
        return self.version(), self.db.total_changes

    def noted(self, name: str) -> str:
        """What this store has noted for itself under a name, '' for nothing. Notes are never synced."""
        return str(self.one("SELECT value FROM notes WHERE name = ?", (name,)) or "")

    def living(self, entity: str) -> int:
        """How many rows are not deleted: all that an index holds but the few that were ever marked and are."""
        table = self.catalogue[entity].name
        marked = f"SELECT count(*) FROM deletions d CROSS JOIN {table} t ON t.id = d.row WHERE d.entity = ? AND t.deleted = 1"
        return int(self.one(f"SELECT (SELECT count(*) FROM {table}) - ({marked})", (entity,)))

    def view(self, state: State | None = None) -> View:
        """What a screen that is drawn now has seen."""
        state = state or self.log.state()
        cut = self.one("SELECT coalesce(max(id), 0) FROM cuts")
        return View(state.place, state.n, reading.foreign_unsent(self.log) if cut else b"", cut)

    def history(self, entity: str, row: str) -> list[reading.Moment]:
        """Every logged write of a row, oldest first."""
        return reading.history(self.db, self.catalogue[entity], row)

    def called(self, entity: str, row: str) -> str:
        """A row as it is named among strangers: «Строка заказа Кресло · Заказ АА-7 от 03.02.2026 · ООО «Вектор»»."""
        noun = self.catalogue[entity]
        return str(self.one(f"SELECT {schema.called_sql(self.catalogue, noun, 't')} FROM {entity} t WHERE id = ?", (row,)) or noun.label)

    def owner(self, entity: str, values: Mapping[str, Value]) -> tuple[str, str] | None:
        """The first owner that a row of these values has, if it is there: its entity and its id."""
        named = ((field.target, str(values[field.name])) for field in self.catalogue[entity].owners if values.get(field.name))
        return next((owner for owner in named if self.row(*owner)), None)

    def conflicts(self, row: str = "", most: int = -1) -> list[reading.Conflict]:
        """Open disagreements, of the whole store or of one row; `most`: no more of them."""
        return reading.conflicts(self.db, row, most)

    def count_conflicts(self) -> int:
        """How many fields people disagree about."""
        return reading.count_conflicts(self.db)

    def conflict_authors(self) -> dict[str, int]:
        """{author: how many disagreements hold a value of theirs}, the most first."""
        return reading.conflict_authors(self.db)

    def conflict_base(self, row: str, field: str) -> Value:
        """What all sides of a conflict had seen before they wrote."""
        return reading.conflict_base(self.log, row, field)

    def unsent(self) -> int:
        """How many changes the hub has not placed yet."""
        return self.log.unsent()

    def verify(self) -> list[str]:
        """Checks the file, the log, the hub's chain and the drawing from end to end; what is wrong, in Russian."""
        return verify.verify(self)

    def status(self) -> dict[str, Any]:
        """What the header, `desk status` and the operator want to know."""
        return reading.status(self)

    # ------------------------------------------------------------------ writing
    def note(self, notes: Mapping[str, str]) -> None:
        """Notes for itself, {name: value}; runs inside `transaction`."""
        self.db.executemany("INSERT OR REPLACE INTO notes VALUES (?, ?)", notes.items())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One durable transaction with the guards open. Anything raised inside leaves the file as it was."""
        with file.explained(self.path), uncollected():
            try:
                self.db.execute("BEGIN IMMEDIATE")
                if not self.db.execute("UPDATE state SET gate = 1 WHERE abs(unixepoch() - closed) > 60").rowcount:
                    raise file.StoreTrouble("Данные сейчас загружаются с сервера. Подождите минуту и повторите")
                yield
                self.db.execute("UPDATE state SET gate = 0")
                self.db.execute("COMMIT")
            except BaseException as error:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                self.log.forget()
                if file.is_of_search(error) and searches.mend(self):
                    raise file.StoreTrouble(searches.AGAIN) from error
                raise

    def commit(self, changes: Sequence[Change], *, first_place: int = 0, fresh: bool = False, patches: Patches | None = None) -> set[str]:
        """THE door, for local and remote changes alike; runs inside `transaction`. Returns the tables that changed.

        The changes are new here and their predecessors known. `first_place`: they stand at the hub's places from there on.
        `fresh`: their author had seen everything in this store. `patches`: the parsed patches when the caller has them.
        """
        if not changes:
            return set()
        first, branches = self.log.append(changes)
        if self.drawn_by_another():
            self.log.set_state(drawn="")
        if first_place:
            self.log.put_range(first, len(changes), first_place)
        if patches is None:
            parsed = orjson.loads(b"[" + b",".join([change.patch or b"{}" for change in changes]) + b"]")
            patches = Patches(changes, parsed)
        return self.drawing.draw(Page(changes, patches, branches, first), fresh=fresh)

    def reopened(self) -> None:
        """After the whole file was replaced under this connection: an older program's drawing is drawn again."""
        self.log = Log(self.db)
        self.drawing = Drawing(self.db, self.catalogue, self.log)
        self._draw_if_needed()

    def drawn_by_another(self) -> bool:
        """Whether a program of another version drew these tables, perhaps while this one had them open.

        What is committed then is drawn as far as this one knows how, and all of it again when the file is opened next.
        """
        return bool(self.one("SELECT drawn FROM state") != schema.digest(self.catalogue))

    def _draw_if_needed(self, progress: Progress = silent) -> None:
        """Raises StoreTrouble: somebody else is at it, and it lasts. Whoever waited for them finds it done."""
        if not self.drawn_by_another():
            return
        try:
            with self.transaction():
                if self.drawn_by_another():
                    self._redraw(progress)
        except file.Busy as busy:
            raise file.Busy(file.PREPARED.format(path=self.path)) from busy

    def redraw(self, progress: Progress = silent) -> None:
        """Drops every drawn table and draws it again from the log, in one transaction."""
        with self.transaction():
            self._redraw(progress)

    def _redraw(self, progress: Progress) -> None:
        redraw.redraw(self, progress)
        self.log.set_state(drawn=schema.digest(self.catalogue))
