"""Whether the indexes of a store's file say what its tables say, and the log's own built anew when they do not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.store.store import Store


def lying(store: Store) -> Iterator[str]:
    """Where the file is not whole, or what an index leads to is not the row it names: who looks up by that index would not notice."""
    for (answer,) in store.db.execute("PRAGMA integrity_check(5)"):
        if answer != "ok":
            yield f"Указатели в файле не совпадают с таблицами: {answer}"


def mend(store: Store) -> list[str]:
    """What was done, in words. Before the log is asked anything: through an index that lies a sound one looks damaged.

    Indexes of drawn tables come with the next drawing; pages that are not whole are not mended here.
    """
    try:
        if not any(lying(store)) or store.one("PRAGMA quick_check(1)") != "ok":
            return []
    except sqlite3.DatabaseError:
        return []
    wrong = [table for table in ("log", "ranges", "acts") if store.one(f"PRAGMA integrity_check({table})") != "ok"]
    with store.transaction():
        for table in wrong:
            store.db.execute(f"REINDEX {table}")
    return ["Указатели журнала построены заново"] if wrong else []
