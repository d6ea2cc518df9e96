"""Long questions: asked on a connection of their own that only reads, and dropped when nobody waits for the answer any more."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from shared.reports import is_added, is_money
from shared.store import FILE_NAME, Store, file, searches

STEPS = 100_000
"""Of SQLite's machine between two looks whether somebody still waits: a millisecond or so."""

NO_ROOM = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
"""What SQLite says when it cannot write a file to sort in."""


class Answer(NamedTuple):
    """The first rows, how many there are, and what the columns that are added up come to in all of them; roubles in kopecks."""

    rows: list[dict[str, Any]]
    total: int
    sums: dict[str, int]


def ask(folder: Path, sql: str, bound: Mapping[str, str], most: int, unwanted: Callable[[], bool]) -> Answer | None:
    """At most `most` rows of a SELECT; None when it was dropped. Runs in any thread.

    What SQLite sorts meanwhile lies in a file of its own: over half a million lines that is half a gigabyte of memory,
    which the program would keep. Where no file can be written it is sorted in memory all the same.
    """
    try:
        return asked(folder, sql, bound, most, unwanted, "FILE")
    except sqlite3.OperationalError as trouble:
        if trouble.sqlite_errorcode & 0xFF not in NO_ROOM:
            raise
        return asked(folder, sql, bound, most, unwanted, "MEMORY")


def asked(folder: Path, sql: str, bound: Mapping[str, str], most: int, unwanted: Callable[[], bool], sorting: str) -> Answer | None:
    """`sorting`: where SQLite keeps what it sorts, FILE or MEMORY."""
    with reading(folder) as store:
        store.db.execute(f"PRAGMA temp_store = {sorting}")
        store.db.set_progress_handler(unwanted, STEPS)
        try:
            cursor = store.db.execute(sql, bound)
            names = [column[0] for column in cursor.description]
            added = {place: 100 if is_money(name) else 1 for place, name in enumerate(names) if is_added(name)}
            rows: list[dict[str, Any]] = []
            sums, total = dict.fromkeys(added, 0), 0
            for total, row in enumerate(cursor, 1):
                if total <= most:
                    rows.append(dict(zip(names, row, strict=True)))
                for place, parts in added.items():
                    sums[place] += round((row[place] or 0) * parts)
            return Answer(rows, total, {names[place]: found for place, found in sums.items()})
        except sqlite3.OperationalError:
            if not unwanted():
                raise
            return None


@contextmanager
def reading(folder: Path) -> Iterator[Store]:
    """The store of a folder for questions from any thread. Raises StoreTrouble.

    A search that turns out to be damaged is built anew: whoever asks again is answered.
    """
    store = Store.open(folder / FILE_NAME, read_only=True)
    try:
        yield store
    except sqlite3.DatabaseError as error:
        if file.is_of_search(error):
            with closing(Store.open(folder / FILE_NAME)) as writing:
                searches.mend(writing)
        raise
    finally:
        store.close()
