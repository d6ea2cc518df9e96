"""Whether the indexes of a store's file say what its tables say, and the log's own built anew when they do not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.store.file import is_of_search

if TYPE_CHECKING:
    from shared.store.store import Store


def lying(store: Store) -> Iterator[str]:
    """Where the file is not whole, or what an index leads to is not the row it names: who looks up by that index would not notice."""
    for answer in answers(store, "integrity_check"):
        yield f"Указатели в файле не совпадают с таблицами: {answer}"


def answers(store: Store, check: str) -> Iterator[str]:
    """Some of what SQLite's own check finds wrong. Of the search only a newer one tells here; that has a check of its own."""
    for (answer,) in store.db.execute(f"PRAGMA {check}(5)"):
        if answer != "ok" and not is_of_search(answer):
            yield answer


def mend(store: Store) -> list[str]:
    """What was done, in words. Before the log is asked anything: through an index that lies a sound one looks damaged.

    Indexes of drawn tables come with the next drawing; pages that are not whole are not mended here.
    """
    try:
        if not any(lying(store)) or any(answers(store, "quick_check")):
            return []
    except sqlite3.DatabaseError:
        return []
    wrong = [table for table in ("log", "ranges", "acts") if store.one(f"PRAGMA integrity_check({table})") != "ok"]
    with store.transaction():
        for table in wrong:
            store.db.execute(f"REINDEX {table}")
    return ["Указатели журнала построены заново"] if wrong else []
