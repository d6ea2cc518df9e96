"""Attached files proven, copied and brought back: what is not what its name says is told and set aside, for the right one to come again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from shared import filestore
from shared.entities import ENTITIES
from shared.store import file

if TYPE_CHECKING:
    from shared.store.store import Store

COPIES = "backups"
"""The folder of the backups, in which each file is kept once for all of them."""
DISPUTED = (
    "SELECT patch ->> '$.sha256', coalesce(patch ->> '$.name', patch ->> '$.number', ''), coalesce(patch ->> '$.size', 0) "
    "FROM conflicts c JOIN log USING (seq) WHERE c.field = 'sha256' AND patch ->> '$.sha256' <> ''"
)
LOOKS = 30
"""All files are proven anew in that many backups: a month."""


def naming_sql() -> str:
    """Every file (sha256, name, size in bytes) that a row names, a deleted one too: it may be restored; so may a side of a disagreement."""
    holders = [entity for entity in ENTITIES.values() if entity.field("sha256")]
    named = [("name" if holder.field("name") else "number", "size" if holder.field("size") else "0", holder.name) for holder in holders]
    rows = [f"SELECT sha256, {name} AS name, coalesce({size}, 0) AS size FROM {table} WHERE sha256 <> ''" for name, size, table in named]
    return " UNION ALL ".join([*rows, DISPUTED])


def verify(store: Store) -> list[str]:
    """Which files are damaged, here and in the backups, in plain Russian. Reads all of them, changes nothing. Raises StoreTrouble."""
    with file.explained(store.path):
        return [f"Повреждён {words(store, path)}" for path in damaged(store.path.parent)]


def heal(store: Store, after: str) -> list[str]:
    """Sets the damaged ones aside; what was done, in words. `after`: how one that the backups lack comes again. Raises StoreTrouble."""
    with file.explained(store.path):
        return all_put_right(store, damaged(store.path.parent), after)


def look_again(store: Store, after: str, since: str, at_least: int) -> tuple[list[str], str]:
    """Proves the next share of the files, here and in the backups, and puts right as `heal` does; what was done, and where the next begins.

    A backup reads a file once, when it is new: what rots later and is never loaded would rot in both places unseen. `since`: where the
    last look ended; `at_least`: bytes. Raises StoreTrouble.
    """
    folder = store.path.parent
    with file.explained(store.path):
        paths, end = filestore.share([folder / COPIES, folder], since, at_least, LOOKS)
        return all_put_right(store, filestore.unsound(paths), after), end


def all_put_right(store: Store, paths: Iterable[Path], after: str) -> list[str]:
    """Each damaged file set aside, and what was done, in words."""
    folder, done = store.path.parent, []
    for path in paths:
        with suppress(FileNotFoundError):  # a hub that serves meanwhile was first
            said, aside = words(store, path), put_right(path, folder)
            comes = "Верный взят из резервных копий" if filestore.is_here(folder, path.name) else after
            if path.is_relative_to(folder / COPIES):
                comes = "Следующая резервная копия возьмёт его заново"
            done.append(f"Отложен под именем {aside.name} повреждённый {said}. {comes}")
    return done


def damaged(folder: Path) -> Iterator[Path]:
    """Those in the backups first: what is brought from there is whole."""
    yield from filestore.damaged(folder / COPIES)
    yield from filestore.damaged(folder)


def put_right(path: Path, folder: Path) -> Path:
    """A damaged file is set aside, and the right one comes from the backups if they have it. Returns where the damaged one is now."""
    aside = filestore.set_aside(path)
    bring(folder, path.name)
    return aside


def words(store: Store, path: Path) -> str:
    """«приложенный файл «Чертёж.pdf» (files/0a/0a1b…)»."""
    return f"приложенный файл{named(store.db, path.name)} ({path.relative_to(store.path.parent).as_posix()})"


def named(db: sqlite3.Connection, sha256: str) -> str:
    """« «Чертёж.pdf»», as a row calls it; '' when none does, or the tables are damaged too."""
    with suppress(sqlite3.DatabaseError):
        for entity in ENTITIES.values():
            if entity.field("sha256"):
                name = "name" if entity.field("name") else "number"
                found = db.execute(f"SELECT {name} FROM {entity.name} WHERE sha256 = ? LIMIT 1", (sha256,)).fetchone()
                if found:
                    return f" «{found[0]}»"
    return ""


def copy_all(folder: Path) -> list[Path]:
    """Every file enters the backups once, as bytes of its own: a link would rot with the file. Returns the damaged ones, set aside now."""
    bad = []
    for path in filestore.kept(folder):
        copy = filestore.path_of(folder / COPIES, path.name)
        with suppress(FileNotFoundError):  # cleaned, or set aside by a hub that serves meanwhile
            if copy.exists() and not copy.samefile(path):
                continue
            if not filestore.copied(path, copy):
                copy.unlink(missing_ok=True)  # a link of an older program to the same bytes
                bad.append(filestore.set_aside(path))
    return bad


def bring_all(copies: Path, folder: Path) -> None:
    """Files that are not here or are damaged come from the backups. What rotted there stays there: `verify` names it."""
    for copy in filestore.kept(copies):
        path = filestore.path_of(folder, copy.name)
        if path.exists() and not filestore.is_whole(path):
            filestore.set_aside(path)
        if not path.exists():
            filestore.copied(copy, path)


def bring(folder: Path, sha256: str) -> None:
    """One file from the backups, if it is whole there and not here."""
    copy, path = filestore.path_of(folder / COPIES, sha256), filestore.path_of(folder, sha256)
    if copy.is_file() and not path.exists():
        filestore.copied(copy, path)
