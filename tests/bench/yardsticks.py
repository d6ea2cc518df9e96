"""What the same rows cost plain SQLite: tables with the columns, unique ids and reference indexes of the drawn ones, nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import orjson

from shared.change import Edit
from shared.entities import ENTITIES
from shared.entity import Value
from shared.schema import index_sql, literal
from shared.store.file import connect
from tests.bench.measure import timed

LOG = (
    "CREATE TABLE log (seq INTEGER PRIMARY KEY, id BLOB NOT NULL, row TEXT NOT NULL, entity TEXT NOT NULL, patch TEXT NOT NULL, "
    "author TEXT NOT NULL, stamp INTEGER NOT NULL)"
)
LOG_ROW = "INSERT INTO log (id, row, entity, patch, author, stamp) VALUES (?, ?, ?, ?, ?, ?)"
AUTHOR = "0198b3c0-0000-7000-8000-000000000001"


class Batch(NamedTuple):
    """One statement and the rows it is run with."""

    sql: str
    rows: list[tuple[Value | bytes, ...]]


def plain_batches(edits: Iterable[Edit]) -> list[Batch]:
    """An insert of every row, prepared: one statement for each table and set of fields."""
    groups: dict[tuple[str, tuple[str, ...]], list[tuple[Value | bytes, ...]]] = {}
    for entity, row, patch in edits:
        groups.setdefault((entity, tuple(patch)), []).append((row, *patch.values()))
    return [
        Batch(f"INSERT INTO {entity} (id, {', '.join(names)}) VALUES ({', '.join('?' * (len(names) + 1))})", rows)
        for (entity, names), rows in groups.items()
    ]


def log_batch(edits: Iterable[Edit]) -> Batch:
    """One plain log row for each row, prepared."""
    rows: list[tuple[Value | bytes, ...]] = [
        (number.to_bytes(16, "big"), row, entity, orjson.dumps(patch).decode(), AUTHOR, number)
        for number, (entity, row, patch) in enumerate(edits)
    ]
    return Batch(LOG_ROW, rows)


def plain_tables(path: Path, entities: Iterable[str]) -> sqlite3.Connection:
    """A new file with plain tables, under the same pragmas as a store."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    db = connect(path)
    for entity in (ENTITIES[name] for name in entities):
        columns = ", ".join(f"{field.name} {field.sql_type} DEFAULT {literal(field.blank)}" for field in entity.fields)
        own = "key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE"
        db.execute(f"CREATE TABLE {entity.name} ({own}, {columns}, deleted INTEGER NOT NULL DEFAULT 0)")
        for sql in index_sql(entity):
            if "search" not in sql:  # what serves the search alone is our own luxury
                db.execute(sql)
    db.execute(LOG)
    db.execute("CREATE INDEX log_row ON log (row)")
    return db


def raw_seconds(name: str, path: Path, batches: Sequence[Batch]) -> dict[str, float]:
    """How long it takes to insert the batches into new plain tables, in one durable transaction."""
    db = plain_tables(path, ("orders", "order_lines"))
    try:
        return timed(name, lambda: insert(db, batches))
    finally:
        db.close()
        path.unlink()


def insert(db: sqlite3.Connection, batches: Sequence[Batch]) -> None:
    db.execute("BEGIN IMMEDIATE")
    for sql, rows in batches:
        db.executemany(sql, rows)
    db.execute("COMMIT")


class Raw:
    """Both yardsticks over one prepared workload."""

    def __init__(self, folder: Path, acts: Sequence[Sequence[Edit]]) -> None:
        edits = [edit for act in acts for edit in act]
        self.path = folder / "raw.sqlite"
        self.plain = plain_batches(edits)
        self.logged = [*self.plain, log_batch(edits)]

    def measure(self) -> dict[str, float]:
        """`raw_rows_s` and `raw_rowlog_s`, once each."""
        return raw_seconds("raw_rows", self.path, self.plain) | raw_seconds("raw_rowlog", self.path, self.logged)
