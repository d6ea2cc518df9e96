"""Upkeep of a data folder: what takes how much room, and the files that nothing names any more."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from shared import filestore
from shared.formats import bytes_size
from shared.store import backup, file
from shared.store.store import Store

LOG_TABLES = ("log", "log_row", "log_branch", "branches", "ranges", "heads", "cuts", "acts", "acts_batch")
GRACE_MS = 7 * 24 * 3600 * 1000
"""A file younger than a week is left alone: the row that will name it may still be in the making."""
DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
LABELS = {"log": "журнал", "tables": "таблицы", "free_inside": "свободно внутри файла", "files": "файлы", "backups": "резервные копии"}


class Sizes(NamedTuple):
    """Bytes."""

    log: int  # history and its indexes; 0 where SQLite cannot say
    tables: int  # what is drawn from it
    free_inside: int  # pages of the store that will be used again
    files: int
    backups: int  # with the copies of attached files
    free: int  # on the disk


def sizes(store: Store) -> Sizes:
    """What takes room; reads the list of pages, not the rows."""
    page, count, unused = (int(store.one(f"PRAGMA {name}")) for name in ("page_size", "page_count", "freelist_count"))
    log, folder = log_size(store), store.path.parent
    free = shutil.disk_usage(folder).free
    copies = sum(
        path.stat().st_size for pattern in ("*.sqlite", f"{filestore.FOLDER}/??/*") for path in (folder / backup.FOLDER).glob(pattern)
    )
    files = sum(path.stat().st_size for path in (folder / filestore.FOLDER).glob("??/*"))
    return Sizes(log, (count - unused) * page - log, unused * page, files, copies, free)


def log_size(store: Store) -> int:
    try:
        marks = ", ".join("?" * len(LOG_TABLES))
        return int(store.one(f"SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE aggregate = 1 AND name IN ({marks})", LOG_TABLES))
    except sqlite3.OperationalError:  # an SQLite without dbstat
        return 0


def in_words(found: Sizes) -> str:
    """«журнал 12 МБ, таблицы 8 МБ, файлы 0 Б; на диске свободно 20 ГБ»."""
    parts = [f"{words} {bytes_size(getattr(found, name))}" for name, words in LABELS.items() if getattr(found, name)]
    return f"{', '.join(parts)}; на диске свободно {bytes_size(found.free)}"


class Cleaned(NamedTuple):
    files: int
    bytes: int


def clean(store: Store, now_ms: int) -> Cleaned:
    """Deletes attached files that no change of the log names, not even one that lost; in the backups those no backup names.

    What a restore has put aside counts: it may be put back. When that cannot be read, nobody knows what it names, and nothing goes.
    """
    folder, before_s = store.path.parent, (now_ms - GRACE_MS) / 1000
    try:
        named = named_in(store.db) | named_in_copies(folder.glob(backup.ASIDE))
    except sqlite3.DatabaseError:
        return Cleaned(0, 0)
    gone = filestore.orphans(folder, named, before_s)
    copies = filestore.orphans(folder / backup.FOLDER, named, before_s)
    if copies:
        kept = named_in_copies((folder / backup.FOLDER).glob(backup.PATTERN))
        copies = [path for path in copies if path.name.split(".")[0] not in kept]
    size = sum(path.stat().st_size for path in gone)
    with file.explained(store.path):
        for path in (*gone, *copies):
            path.unlink(missing_ok=True)
    return Cleaned(len(gone), size)


def named_in(db: sqlite3.Connection) -> set[str]:
    """Every SHA-256 that any change holds in any field, those of newer programs and of documents' facts too."""
    patches: Iterable[tuple[str]] = db.execute("SELECT patch FROM log WHERE length(patch) > 64")
    return {digest for (patch,) in patches for digest in DIGEST.findall(patch)}


def named_in_copies(paths: Iterable[Path]) -> set[str]:
    found = set[str]()
    for path in paths:
        with closing(backup.alone(path)) as db:
            found |= named_in(db)
    return found
