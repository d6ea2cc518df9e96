"""A name in double quotes is a name: SQLite takes a mistyped one for a text, and a sum over it for nought, without a word."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

TOKEN = re.compile(r"""'(?:[^']|'')*'|\[[^\]]*\]|`(?:[^`]|``)*`|--[^\n]*|/\*.*?\*/|"(?P<name>(?:[^"]|"")*)\"""", re.DOTALL)
"""What may hold a double quote that begins no name, and a name."""
UNKNOWN = "no such column"


def check_names(connection: sqlite3.Connection, sql: str, parameters: Any = ()) -> None:  # noqa: ANN401 - as sqlite3 takes them
    """sqlite3.OperationalError: a name in double quotes is none. What else is wrong with the query is told when it is asked.

    SQLite can be told to be strict, but Python only from 3.12 on. It takes what stands in backquotes for a name and nothing else.
    """
    if '"' not in sql:
        return
    try:
        connection.execute(f"EXPLAIN {as_names(sql)}", parameters).fetchall()
    except sqlite3.Error as error:
        if UNKNOWN in str(error):
            raise


def as_names(sql: str) -> str:
    """The same query with its double quotes changed for backquotes."""
    return TOKEN.sub(lambda found: found[0] if found["name"] is None else in_backquotes(found["name"]), sql)


def in_backquotes(name: str) -> str:
    return "`" + name.replace('""', '"').replace("`", "``") + "`"
