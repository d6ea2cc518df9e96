"""The file of accounts: its tables, its secret, one connection behind one lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from sqlite_utils import Database

from shared.change import Refused
from shared.store.file import legible, must_be_no_folder, trouble

Clock = Callable[[], int]
"""Milliseconds since 1970."""
Luck = Callable[[int], bytes]
"""That many random bytes, good enough for secrets."""
APPLICATION = 0x5A414343  # «ZACC» in the header of the file: a foreign one is noticed
TABLES: dict[str, tuple[dict[str, type], str]] = {
    "settings": ({"key": str, "value": str}, "key"),
    "users": (
        {
            "id": str, "login": str, "folded": str, "name": str, "role": str, "password": str,
            "epoch": int, "closed": int, "created_ms": int,
        },
        "id",
    ),
    "devices": (
        {
            "id": str, "label": str, "prefix": str, "user": str, "token": str, "version": str, "unsent": int,
            "enrolled_ms": int, "seen_ms": int, "revoked_ms": int, "wipe": int, "wiped_ms": int,
        },
        "id",
    ),
    "prefixes": ({"prefix": str, "device": str}, "prefix"),
    "codes": ({"digest": str, "user": str, "created_ms": int, "expires_ms": int, "used_ms": int}, "digest"),
}  # fmt: skip
UNIQUE = (("users", "folded"), ("devices", "token"))


class Book:
    """One connection for all threads of a process, one at a time; other processes wait for each other in SQLite."""

    def __init__(self, path: Path) -> None:
        self._lock = RLock()
        self.db = Database(sqlite3.connect(path, check_same_thread=False, timeout=15), execute_plugins=False)

    @classmethod
    def open(cls, path: Path, luck: Luck, *, create: bool) -> Book:
        """Refused: no file there (unless `create`), or a file of another program. StoreTrouble: a folder has its name."""
        must_be_no_folder(path)
        if not create and not path.exists():
            raise Refused(f"В папке «{path.parent}» нет сервера. Создайте его командой init.")
        with ExitStack() as until_it_is_ours:
            try:
                book = cls(path)
                until_it_is_ours.callback(book.close)
                with legible():
                    book._prepare(luck, create=create)
            except sqlite3.OperationalError as error:  # no right to read or write, no room, held by another program
                raise Refused(f"{trouble(error, path)}.") from error
            except sqlite3.DatabaseError as error:
                raise Refused(f"Файл «{path}» повреждён или создан другой программой. Верните его из резервной копии.") from error
            until_it_is_ours.pop_all()
        return book

    def close(self) -> None:
        self.db.close()

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """All or nothing, alone among threads and processes; nested uses join the outer one, and so do sqlite-utils' own, by savepoints."""
        with self._lock:
            if self.db.conn.in_transaction:
                yield self.db
                return
            self.db.conn.execute("BEGIN IMMEDIATE")
            with self.db.conn:
                yield self.db

    def row(self, sql: str, *parameters: object) -> dict[str, Any] | None:
        return next(iter(self.rows(sql, *parameters)), None)

    def rows(self, sql: str, *parameters: object) -> list[dict[str, Any]]:
        with self._lock:
            return list(self.db.query(sql, list(parameters)))

    def setting(self, key: str) -> str:
        """'' when it was never set."""
        found = self.row("SELECT value FROM settings WHERE key = ?", key)
        return str(found["value"]) if found else ""

    def set(self, key: str, value: str) -> None:
        with self.writing() as db:
            db.table("settings").upsert({"key": key, "value": value}, pk="key")

    @property
    def secret(self) -> bytes:
        """What cookies and codes of this hub are signed with; made with the file, never leaves it."""
        return bytes.fromhex(self.setting("secret"))

    def _prepare(self, luck: Luck, *, create: bool) -> None:
        application, tables = next(self.db.query("PRAGMA application_id"))["application_id"], self.db.table_names()
        ours = application == APPLICATION and "settings" in tables and bool(self.setting("secret"))
        if not ours and (not create or (application != APPLICATION and tables)):
            raise sqlite3.DatabaseError("not a file of accounts")
        self.db.conn.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
        if not ours:
            self._fill(luck)

    def _fill(self, luck: Luck) -> None:
        """All of it or nothing: a file that bears our mark and has no secret would sign cookies with nothing."""
        with self.writing() as db:
            db.conn.execute(f"PRAGMA application_id = {APPLICATION}")
            for name, (columns, key) in TABLES.items():
                db.table(name).create(columns, pk=key, if_not_exists=True)
            for table, column in UNIQUE:
                db.table(table).create_index([column], unique=True, if_not_exists=True)
            self.set("secret", luck(32).hex())
