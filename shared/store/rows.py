"""Many rows at once: few statements, SQLite's own loop over the values instead of Python's over the rows, and no collector meanwhile."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

STRIDES = (64, 8)
"""Rows of one statement, while there are so many: more gain nothing; their parameters stay far below SQLite's 32,766."""

MANY = 500
"""New rows of a table from which on the guard is worth its two statements, after which every program reads the schema again."""


def insert_rows(db: sqlite3.Connection, into: str, marks: str, values: list[object]) -> None:
    """Runs `INSERT … VALUES` for all rows. `into`: everything before VALUES; `marks`: the parameters of one row in parentheses;
    `values`: those of all rows, one after the other.

    A third faster than `executemany`, which binds, runs and resets its statement for every row.
    """
    width, at = marks.count("?"), 0
    for stride in STRIDES:
        step = stride * width
        end = len(values) - (len(values) - at) % step
        if at < end:
            sql = f"{into} VALUES {', '.join([marks] * stride)}"
            for start in range(at, end, step):
                db.execute(sql, values[start : start + step])
        at = end
    if at < len(values):
        db.executemany(f"{into} VALUES {marks}", [values[start : start + width] for start in range(at, len(values), width)])


def by_row(columns: Sequence[Iterable[object]], count: int) -> list[object]:
    """The values of `count` rows, one after the other, from those of each of their columns."""
    values: list[object] = [None] * (count * len(columns))
    for index, column in enumerate(columns):
        values[index :: len(columns)] = column
    return values


@contextmanager
def unguarded(db: sqlite3.Connection, table: str, rows: int) -> Iterator[None]:
    """The guard against INSERT stands aside for many new rows: with a trigger SQLite first copies all of them into a temporary table.

    Nobody sees the table without it: it stands aside inside the store's transaction, and whatever ends that brings it back.
    """
    sql = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?"
    guard = db.execute(sql, (f"{table}_guard_insert",)).fetchone() if rows >= MANY else None
    if guard:
        db.execute(f"DROP TRIGGER {table}_guard_insert")
    yield
    if guard:
        db.execute(guard[0])


@contextmanager
def uncollected() -> Iterator[None]:
    """Pauses Python's collector of cycles: a page of changes makes none, and would be looked through again and again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
