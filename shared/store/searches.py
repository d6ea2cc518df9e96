"""The search indexes: whether they lead to what the tables say, and new ones when they do not, even where SQLite cannot open them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING

from shared import schema
from shared.entity import Entity
from shared.store import file

if TYPE_CHECKING:
    from shared.store.store import Store

PARTS = ("data", "idx", "docsize", "config", "content")
"""What FTS5 keeps an index in: tables with its name and these endings (sqlite.org/fts5.html, «The %_data table» and after)."""
PLACES = "SELECT term, count(*), sum(doc * (1 + offset)) FROM temp.places_{} GROUP BY term"
"""Of each word: how often it stands, and in which rows."""
RENEWED = "Указатели поиска построены заново"
AGAIN = "Указатель поиска был повреждён и построен заново, данные целы. Повторите"


def wrong(store: Store) -> Iterator[Entity]:
    """The entities whose search would not find what is there. Writes nothing, and waits for nobody, as FTS5's own check does.

    Raises StoreTrouble.
    """
    for entity in store.catalogue.values():
        if entity.searched and entity.trigrams:
            try:
                if not as_made_anew(store.db, entity.name):
                    yield entity
            except sqlite3.DatabaseError as error:
                if not (file.is_of_search(error) or "malformed" in str(error)):  # the pages themselves have a check of their own
                    raise file.trouble(error, store.path) from error
                yield entity


def as_made_anew(db: sqlite3.Connection, table: str) -> bool:
    """Whether the index knows the same words of the same rows as one that is made here beside it, and finds the rows by each word."""
    index = f"{table}_search"
    db.execute("BEGIN")
    try:
        db.execute("CREATE VIRTUAL TABLE temp.anew USING fts5(search, content='', tokenize='trigram', detail=full)")
        db.execute(f"INSERT INTO temp.anew (rowid, search) SELECT key, search FROM {table} WHERE search <> ''")
        db.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab('temp', 'anew', 'row')")
        db.execute(f"CREATE VIRTUAL TABLE temp.places_there USING fts5vocab('main', '{index}', 'instance')")
        db.execute("CREATE VIRTUAL TABLE temp.places_anew USING fts5vocab('temp', 'anew', 'instance')")
        finds = f"SELECT (SELECT count(*) FROM {index} WHERE {index} MATCH '\"' || term || '\"') = doc FROM temp.words"
        known = f"SELECT (SELECT count(*) FROM {index}_docsize) = (SELECT count(*) FROM temp.anew_docsize)"
        return all(same for sql in (known, finds) for (same,) in db.execute(sql)) and all(
            there == anew for there, anew in zip_longest(db.execute(PLACES.format("there")), db.execute(PLACES.format("anew")))
        )
    finally:
        db.execute("ROLLBACK")  # the temporary tables go with it


def told(store: Store) -> Iterator[str]:
    for entity in wrong(store):
        yield f"Поиск находит не всё, что есть: {entity.plural}"


def mend(store: Store) -> list[str]:
    """What was done, in words."""
    if not (found := list(wrong(store))):
        return []
    with store.transaction():
        for entity in found:
            drop(store.db, f"{entity.name}_search")
            for verb in ("insert", "update", "delete"):
                store.db.execute(f"DROP TRIGGER IF EXISTS {entity.name}_search_{verb}")
            for sql in schema.search_sql(entity.name):
                store.db.execute(sql)
            store.db.execute(f"INSERT INTO {entity.name}_search ({entity.name}_search) VALUES ('rebuild')")
    return [RENEWED]


def drop(db: sqlite3.Connection, index: str) -> None:
    """Also one that SQLite cannot open, which it has to before it drops it: then its name is struck out, and its tables go one by one."""
    try:
        db.execute(f"DROP TABLE IF EXISTS {index}")
    except sqlite3.DatabaseError as error:
        if not file.is_of_search(error):
            raise
        db.execute("PRAGMA writable_schema = ON")
        try:
            db.execute("DELETE FROM sqlite_master WHERE type = 'table' AND name = ?", (index,))
        finally:
            db.execute("PRAGMA writable_schema = RESET")
        for part in PARTS:
            db.execute(f"DROP TABLE IF EXISTS {index}_{part}")
