"""What the same rows cost plain SQLite: tables with the columns, unique ids and reference indexes of the drawn ones, nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter

import orjson

from shared.change import Edit
from shared.entities import ENTITIES
from shared.entity import Value
from shared.schema import index_sql, literal
from shared.store.file import connect, prepare_writing

LOG = (
    "CREATE TABLE log (seq INTEGER PRIMARY KEY, id BLOB NOT NULL, row TEXT NOT NULL, entity TEXT NOT NULL, patch TEXT NOT NULL, "
    "author TEXT NOT NULL, stamp INTEGER NOT NULL)"
)
LOG_ROW = "INSERT INTO log (id, row, entity, patch, author, stamp) VALUES (?, ?, ?, ?, ?, ?)"
TABLES = ("orders", "order_lines")
AUTHOR = "0198b3c0-0000-7000-8000-000000000001"


def insert_rows(db: sqlite3.Connection, edits: Iterable[Edit]) -> None:
    """As a program without a log writes them: order by order, a statement for every row."""
    for entity, row, patch in edits:
        db.execute(f"INSERT INTO {entity} (id, {', '.join(patch)}) VALUES ({', '.join('?' * (len(patch) + 1))})", (row, *patch.values()))


def insert_log(db: sqlite3.Connection, edits: Iterable[Edit]) -> None:
    """One plain log row for each row."""
    for number, (entity, row, patch) in enumerate(edits):
        db.execute(LOG_ROW, (number.to_bytes(16, "big"), row, entity, orjson.dumps(patch).decode(), AUTHOR, number))


def plain_tables(path: Path, entities: Iterable[str]) -> sqlite3.Connection:
    """A new file with plain tables, under the same pragmas as a store."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    db = connect(path)
    prepare_writing(db)
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


def durable(path: Path, entities: Iterable[str], *works: Callable[[sqlite3.Connection], None]) -> float:
    """Seconds that the works take in new plain tables, in one durable transaction."""
    db = plain_tables(path, entities)
    try:
        start = perf_counter()
        db.execute("BEGIN IMMEDIATE")
        for work in works:
            work(db)
        db.execute("COMMIT")
        return perf_counter() - start
    finally:
        db.close()
        path.unlink()


class Raw:
    """Both yardsticks over one workload, and the least that SQLite can take for the same rows: prepared, sorted, table by table."""

    def __init__(self, folder: Path, acts: Sequence[Sequence[Edit]]) -> None:
        self.path, self.edits = folder / "raw.sqlite", [edit for act in acts for edit in act]

    def measure(self) -> dict[str, float]:
        """`raw_rows_s`, `raw_rowlog_s` and `least_rows_s`, once each."""
        prepared = batches(self.edits)
        rows, log = partial(insert_rows, edits=self.edits), partial(insert_log, edits=self.edits)
        works = {"raw_rows_s": (rows,), "raw_rowlog_s": (rows, log), "least_rows_s": (partial(insert_batches, batches=prepared),)}
        return {name: durable(self.path, TABLES, *some) for name, some in works.items()}


def batches(edits: Iterable[Edit]) -> dict[str, list[tuple[Value, ...]]]:
    """{statement: the values of its rows}, one for each table and set of fields."""
    found: dict[str, list[tuple[Value, ...]]] = {}
    for entity, row, patch in edits:
        sql = f"INSERT INTO {entity} (id, {', '.join(patch)}) VALUES ({', '.join('?' * (len(patch) + 1))})"
        found.setdefault(sql, []).append((row, *patch.values()))
    return found


def insert_batches(db: sqlite3.Connection, batches: dict[str, list[tuple[Value, ...]]]) -> None:
    for sql, rows in batches.items():
        db.executemany(sql, rows)
