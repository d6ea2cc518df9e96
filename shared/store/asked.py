"""SQL that somebody typed: what it may do, which is to read (https://sqlite.org/c3ref/set_authorizer.html), and why it has no answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from shared.change import Refused
from shared.shapes import one_line
from shared.store.store import Store
from shared.store.strict import check_names

Guard = Callable[[int, str | None, str | None, str | None, str | None], int]
HARMLESS = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE})
PRAGMAS = frozenset({
    "table_info", "table_xinfo", "index_list", "index_info", "index_xinfo", "foreign_key_list", "database_list",
    "schema_version", "data_version",
})  # fmt: skip
SEARCH_SETTINGS = "_search_config"
"""SQLite itself reads them, and seems to write its schema, whenever the shape of a search index is asked for."""
FORBIDDEN_FUNCTIONS = frozenset({"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"})


def guard(readable: Callable[[str, str, str | None], bool]) -> Guard:
    """An authorizer for a connection that only reads: reads by `readable`, harmless functions and pragmas, nothing else.

    Such a connection still makes files (ATTACH, VACUUM INTO) and changes how the store is written (PRAGMA journal_mode).
    """

    def check(action: int, first: str | None, second: str | None, _database: str | None, reader: str | None) -> int:
        if action == sqlite3.SQLITE_READ:
            allowed = readable(first or "", second or "", reader) or (first or "").endswith(SEARCH_SETTINGS)
        elif action == sqlite3.SQLITE_FUNCTION:
            allowed = second not in FORBIDDEN_FUNCTIONS
        elif action == sqlite3.SQLITE_PRAGMA:
            allowed = first in PRAGMAS
        elif action == sqlite3.SQLITE_UPDATE:
            allowed = first == "sqlite_master"  # the connection is read-only, nothing comes of it
        else:
            allowed = action in HARMLESS
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

    return check


def answer(store: Store, sql: str) -> list[dict[str, Any]]:
    """The rows of a SELECT from a terminal, over everything in the store. Raises Refused; nothing can be written through it."""
    store.db.execute("PRAGMA query_only = 1")
    store.db.set_authorizer(guard(lambda _table, _column, _reader: True))
    try:
        check_names(store.db, sql)
        return store.rows(sql)
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise Refused(f"Запрос не выполнен: {why_not_read(error)}") from error
    finally:
        store.db.set_authorizer(None)
        store.db.execute("PRAGMA query_only = 0")


def why_not_read(error: Exception) -> str:
    """Why a SELECT that somebody typed has no answer, in Russian."""
    text = one_line(str(error), 200)  # SQLite repeats a whole name, however long
    if "readonly" in text or "query_only" in text or "not authorized" in text or "authorization denied" in text:
        return "здесь можно только читать (SELECT)"
    if "no such table" in text or "no such column" in text:
        return text.replace("no such table:", "нет таблицы").replace("no such column:", "нет столбца")
    if "one statement" in text:
        return "можно только один запрос за раз"
    return f"проверьте его ({text})"
