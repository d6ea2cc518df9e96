"""Erasing a laptop's data when the administrator orders it: the store, files, backups, drafts; the way to the hub goes last."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from local_app.drafts import DAMAGED, Drafts
from local_app.drafts import FILE_NAME as DRAFTS
from local_app.hubline import SECRETS
from local_app.passing import FOLDERS
from shared import filestore
from shared.change import SyncTrouble
from shared.ids import new_device
from shared.store import Store, backup
from shared.store.file import BRINGING, gone
from shared.store.news import tell

WIPED = "wiped"
"""The name of the note that says so in the empty store."""
WORDS = "Администратор отозвал доступ этого ноутбука и велел стереть данные. Данные стёрты"
LEFTOVERS = (
    "*.snapshot", "*.bare*", "*.before-restore-*", f"*.{DAMAGED}-*", f"*{BRINGING}*", f"{SECRETS}.new", "*.sqlite.*-journal",
)  # fmt: skip


def wipe(store: Store, at_ms: int) -> None:
    """Nothing of the company stays in this folder. Raises SyncTrouble when something could not be erased: the next sync tries again.

    The file stays the same one, so that a running program sees an empty store. What the disk keeps in freed blocks is out of reach.
    """
    folder = store.path.parent
    empty_store(store, at_ms)
    for name in (filestore.FOLDER, backup.FOLDER, *FOLDERS):
        shutil.rmtree(folder / name, ignore_errors=True)
    if (folder / DRAFTS).exists():
        erase_drafts(folder)
    for path in [path for pattern in LEFTOVERS for path in folder.glob(pattern)]:
        path.unlink(missing_ok=True)
    if left := [name for name in (filestore.FOLDER, backup.FOLDER, *FOLDERS) if (folder / name).exists()]:
        raise SyncTrouble(f"Данные стёрты не полностью: в папке {folder} не удалось удалить {', '.join(left)}. Повторим позже")
    (folder / SECRETS).unlink(missing_ok=True)


def wiped(store: Store) -> str:
    """When the data of this folder were erased by order, in milliseconds; '' when they were not, or a hub has let the laptop in since."""
    return store.noted(WIPED)


def forgetting(store: Store, drafts: Drafts) -> Callable[[], None]:
    """For a program that runs meanwhile, to call after each change: what it has kept since of a text that was being typed goes, too."""
    known = [wiped(store)]

    def forget() -> None:
        before, known[0] = known[0], wiped(store)
        if known[0] and known[0] != before:
            drafts.erase()

    return forget


def empty_store(store: Store, at_ms: int) -> None:
    """An empty store takes the place of the full one in one step; other programs are kept from writing meanwhile."""
    path = store.path.with_name("empty.bare")
    gone(path)
    empty = Store.create(path, new_device(), store.catalogue)
    try:
        tell(empty, WORDS, at_ms)
        with empty.transaction():
            empty.note({WIPED: str(at_ms)})
        with store.transaction():
            store.db.execute("UPDATE state SET closed = unixepoch()")
        try:
            empty.db.backup(store.db)
        finally:
            store.db.execute("UPDATE state SET closed = 0")
    finally:
        empty.close()
        gone(path)
    store.reopened()
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def erase_drafts(folder: Path) -> None:
    """Damaged ones are set aside, and go with what is left over."""
    drafts = Drafts.of_folder(folder, lambda _: None)
    try:
        drafts.erase()
    finally:
        drafts.close()
