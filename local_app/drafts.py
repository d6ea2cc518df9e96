"""What was typed but not accepted yet, and how this laptop likes its screens. A file beside the store, never synced."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Self, TypeVar, cast

import sqlite_utils

from shared.store import backup
from shared.store.file import Damaged, explained, legible

FILE_NAME = "drafts.sqlite"
DRAFTS, SETTINGS = "drafts", "settings"
COLUMNS = {DRAFTS: ("key", "text"), SETTINGS: ("name", "value")}
SEEN = "seen "
DAMAGED = "damaged"
"""What damaged drafts are called from then on: «drafts.damaged-1.sqlite»."""
Json = TypeVar("Json")


class Drafts:
    """DIR/drafts.sqlite: texts of fields that could not be saved, and settings of the screens. One thread only.

    A disk that takes nothing loses nothing here: it waits in memory, is answered from there, and goes with the next writing.
    """

    def __init__(self, path: Path) -> None:
        with explained(path):
            self.base = sqlite_utils.Database(path)
        self._waiting: dict[tuple[str, str], str | None] = {}  # None: to be dropped
        try:
            with explained(path), legible():
                self._begin()
        except BaseException:
            self.base.close()  # an open handle would keep Windows from setting the file aside
            raise

    @classmethod
    def of_folder(cls, folder: Path, tell: Callable[[str], object]) -> Self:
        """The drafts of a folder; damaged ones are set aside after `tell` has said so, and new ones begun. Raises StoreTrouble."""
        path = folder / FILE_NAME
        try:
            return cls(path)
        except Damaged:
            aside = backup.aside_of(path, DAMAGED).name
            tell(
                f"Файл {FILE_NAME} повреждён и отложен под именем {aside}. В нём были вид экранов и набранное, но ещё не принятое: "
                "их надо задать заново. Клиенты, заказы и всё остальное целы"
            )
            backup.set_aside(path, DAMAGED)
            return cls(path)

    def _begin(self) -> None:
        self.base.enable_wal()
        if self.base.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("malformed")
        for table, (key, value) in COLUMNS.items():
            self.base.table(table).create({key: str, value: str}, pk=key, if_not_exists=True)

    def close(self) -> None:
        if self._waiting:
            self._write()
        self.base.close()

    def keep(self, key: str, text: str) -> bool:
        """Hold a text that is wrong or unfinished; `key` is «entity/row/field». Whether the disk has it."""
        return self._put(DRAFTS, key, text)

    def drop(self, key: str) -> None:
        self._put(DRAFTS, key, None)
        self.ended(key)

    def begun(self, key: str, seen: str) -> None:
        """Somebody begins to type: `seen` is what was on the screen then, and stays it until the typing has ended."""
        if not self.seen(key):
            self.set(SEEN + key, seen)

    def seen(self, key: str) -> str:
        """What whoever typed this had seen; '' when nobody knows."""
        return self.setting(SEEN + key, "")

    def ended(self, key: str) -> None:
        if self.seen(key):
            self._put(SETTINGS, SEEN + key, None)

    def drop_row(self, prefix: str) -> None:
        """Forget everything of one row: «entity/row»."""
        for field in self.of_row(prefix):
            self.drop(f"{prefix}/{field}")

    def of_row(self, prefix: str) -> dict[str, str]:
        """Field -> text of everything held for «entity/row»."""
        return {key.rpartition("/")[2]: text for key, text in self._held(DRAFTS, f"{prefix}/", f"{prefix}0").items()}

    def erase(self) -> None:
        """Nothing of what was ever kept here stays in the file."""
        self._waiting.clear()
        self.base.execute("PRAGMA secure_delete = ON")
        with self.base.conn:
            self.base.table(DRAFTS).delete_where()
            self.base.table(SETTINGS).delete_where()
        self.base.vacuum()
        self.base.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def setting(self, name: str, default: Json) -> Json:
        """What a screen has kept: a JSON value of the same kind as the default."""
        found = self._held(SETTINGS, name, f"{name}\0").get(name)
        return cast("Json", json.loads(found)) if found is not None else default

    def set(self, name: str, value: object) -> None:
        self._put(SETTINGS, name, json.dumps(value, ensure_ascii=False))

    def forget(self, prefix: str) -> None:
        """Drop all settings whose name begins so."""
        for name in self._held(SETTINGS, prefix, f"{prefix}\U0010ffff"):
            self._put(SETTINGS, name, None)

    def _held(self, table: str, first: str, end: str) -> dict[str, str]:
        """Everything from one key to another, as the file has it and as it will be."""
        key, value = COLUMNS[table]
        rows = self.base.table(table).rows_where(f"{key} >= ? AND {key} < ?", [first, end])
        held: dict[str, str | None] = {str(row[key]): str(row[value]) for row in rows}
        held |= {name: text for (place, name), text in self._waiting.items() if place == table and first <= name < end}
        return {name: text for name, text in held.items() if text is not None}

    def _put(self, table: str, key: str, text: str | None) -> bool:
        self._waiting[table, key] = text
        return self._write()

    def _write(self) -> bool:
        """All that waits; False when the disk does not take it, and it waits on."""
        try:
            with self.base.conn:
                for (table, name), text in self._waiting.items():
                    key, value = COLUMNS[table]
                    if text is None:
                        self.base.table(table).delete_where(f"{key} = ?", [name])
                    else:
                        self.base.table(table).upsert({key: name, value: text}, pk=key)
        except sqlite3.OperationalError:
            return False
        self._waiting.clear()
        return True
