"""What SQL may read: guards for SQLite's authorizer (https://sqlite.org/c3ref/set_authorizer.html). Nothing can be written anyhow."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from shared.store.asked import Guard, guard

SCHEMA = ("sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_temp_schema", "pragma_")
WHERE_IT_LIES = "pragma_database_list"
"""The folder of the file is nobody's business who reads reports."""
UNFOLDED = "json_each"
"""SQLite's table of the members of a JSON value: what it shows, the query has read already."""


class Guards(NamedTuple):
    """`registers` for SQL that a person types, `reports` for our own."""

    registers: Guard
    reports: Guard


def make_guards(store: sqlite3.Connection, views: Iterable[str], tables: Iterable[str]) -> Guards:
    """Reports, whose SQL is ours, read `tables`. A person reads the views, and through them only what they show."""
    names = frozenset(views)
    columns = frozenset(pair for view in names for pair in columns_behind(store, view))
    there = frozenset(row[0] for sql in ("SELECT name FROM sqlite_master", "PRAGMA module_list") for row in store.execute(sql))
    return Guards(registers_guard(names, columns, there), reports_guard(frozenset(tables) | names))


def registers_guard(views: frozenset[str], columns: frozenset[tuple[str, str]], there: frozenset[str]) -> Guard:
    """A table behind a view is read only in the name of the view, and only in the columns that the view uses.

    `there`: everything that has a name in SQLite. What has none and is read without a column is a common table expression that is counted.

    SQLite names a common table expression like a view, so somebody could call one «Заказы» and read those columns of
    deleted rows too. They hold nothing that their reader does not have on the own laptop; the log stays closed.
    """
    tables = frozenset(table for table, _ in columns)

    def readable(table: str, column: str, reader: str | None) -> bool:
        if table in views or (table.startswith(SCHEMA) and table != WHERE_IT_LIES):
            return True
        if not column and table not in there and not table.startswith("pragma_"):
            return True
        return reader in views and ((table, column) in columns or (not column and table in tables))

    return guard(readable)


def reports_guard(tables: frozenset[str]) -> Guard:
    return guard(lambda table, _column, _reader: table in tables or table == UNFOLDED or table.startswith(SCHEMA))


def columns_behind(store: sqlite3.Connection, view: str) -> set[tuple[str, str]]:
    """(table, column) of everything that SQLite reads to show the view."""
    seen: set[tuple[str, str]] = set()

    def note(action: int, first: str | None, second: str | None, _database: str | None, _reader: str | None) -> int:
        if action == sqlite3.SQLITE_READ and first != view:
            seen.add((first or "", second or ""))
        return sqlite3.SQLITE_OK

    store.set_authorizer(note)
    try:
        store.execute(f'EXPLAIN SELECT * FROM "{view}"').fetchall()
    finally:
        store.set_authorizer(None)
    return seen
