"""Backups: a verified copy of a store beside it, with its files, on a rotating schedule; and the way back."""

from __future__ import annotations

import os
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from shared import filestore
from shared.entities import ENTITIES
from shared.store import file
from shared.store.store import Store
from shared.store.verify import chain_fits, file_is_whole

FOLDER = "backups"
PATTERN = "zakaznik-*.sqlite"
DAILY, WEEKLY, MONTHLY = 7, 5, 12
"""How many of the newest days, weeks and months keep a backup each."""
EVERY_MS = 24 * 3600 * 1000


def is_due(folder: Path, now_ms: int) -> bool:
    """Whether the newest backup is a day old, or there is none."""
    newest = max((stamp_of(path) for path in (folder / FOLDER).glob(PATTERN)), default=0)
    return not newest or abs(now_ms - newest) >= EVERY_MS


def make(folder: Path, now_ms: int) -> Path:
    """A verified copy of the store and its files in DIR/backups; others go on writing meanwhile. Raises StoreTrouble."""
    target = folder / FOLDER / f"zakaznik-{datetime.fromtimestamp(now_ms / 1000, UTC):%Y%m%d-%H%M%S}.sqlite"
    part = target.with_suffix(".part")
    with file.explained(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        try:
            copy(folder / file.FILE_NAME, part)
            check(part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        keep_files(folder)
        rotate(target.parent)
    return target


def copy(source: Path, target: Path) -> None:
    """SQLite's own backup: a whole picture of one moment, written to disk."""
    db = file.open_file(source, read_only=True)
    try:
        into = sqlite3.connect(target)
        try:
            db.backup(into)
        finally:
            into.close()
    finally:
        db.close()
    with target.open("rb+") as written:
        os.fsync(written.fileno())


def check(path: Path) -> None:
    """Raises StoreTrouble when a copy is not a whole store whose history fits."""
    store = Store(path, file.open_file(path), ENTITIES)
    try:
        if wrong := [*file_is_whole(store), *chain_fits(store)]:
            raise file.StoreTrouble(f"Резервная копия не прошла проверку: {wrong[0]}")
    finally:
        store.close()
    for name in ("-wal", "-shm"):
        path.with_name(path.name + name).unlink(missing_ok=True)


def keep_files(folder: Path) -> None:
    """Attached files never change: each is linked, or copied where links are not to be had, once."""
    for path in (folder / filestore.FOLDER).glob("??/" + "?" * 64):
        kept = folder / FOLDER / filestore.FOLDER / path.parent.name / path.name
        if kept.exists():
            continue
        kept.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, kept)
        except OSError:
            shutil.copy2(path, kept)


def rotate(folder: Path) -> None:
    """Keeps the newest backup of each of the last days, weeks and months that have one."""
    found = sorted(folder.glob(PATTERN), reverse=True)
    kept = found[:1]
    for layout, count in (("%Y-%m-%d", DAILY), ("%G-%V", WEEKLY), ("%Y-%m", MONTHLY)):
        newest: dict[str, Path] = {}
        for path in found:
            newest.setdefault(f"{datetime.fromtimestamp(stamp_of(path) / 1000, UTC):{layout}}", path)
        kept += list(newest.values())[:count]
    for path in set(found) - set(kept):
        path.unlink()


def stamp_of(path: Path) -> int:
    """Milliseconds since 1970 of a backup, by its name; 0 for a name that is none."""
    try:
        return int(datetime.strptime(path.stem.removeprefix("zakaznik-") + "+0000", "%Y%m%d-%H%M%S%z").timestamp() * 1000)
    except ValueError:
        return 0


def restore(folder: Path, backup: Path) -> Path | None:
    """Puts a verified backup in the place of the store; what stood there is kept beside it and returned. Raises StoreTrouble.

    The program must not be running on the folder. A laptop then reads back from the hub what it had sent since.
    """
    part = folder / f"{file.FILE_NAME}.restoring"
    if not backup.is_file():
        raise file.StoreTrouble(f"Нет такой резервной копии: {backup}")
    with file.explained(part):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(backup, part)
        check(part)
        store = folder / file.FILE_NAME
        aside = set_aside(store) if store.exists() else None
        part.replace(store)
        bring_files(backup.parent, folder)
    return aside


def set_aside(store: Path) -> Path:
    """Keeps the store that stood there, with its write-ahead log, under another name."""
    number = 1
    while (aside := store.with_name(f"{store.stem}.before-restore-{number}{store.suffix}")).exists():
        number += 1
    for ending in ("-wal", "-shm", ""):
        old = store.with_name(store.name + ending)
        if old.exists():
            old.replace(aside.with_name(aside.name + ending))
    return aside


def bring_files(backups: Path, folder: Path) -> None:
    for path in (backups / filestore.FOLDER).glob("??/" + "?" * 64):
        target = filestore.path_of(folder, path.name)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
