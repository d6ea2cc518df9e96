"""Backups: a verified copy of a store beside it, with its files, on a rotating schedule; and the way back."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from shared.entities import ENTITIES
from shared.store import attached, file
from shared.store.proof import is_sound
from shared.store.store import Store
from shared.store.verify import file_is_whole

FOLDER = attached.COPIES
PATTERN = "zakaznik-*.sqlite"
ASIDE = f"{Path(file.FILE_NAME).stem}.*-*{Path(file.FILE_NAME).suffix}"
"""Stores that were put aside, see `aside_of`."""
DAILY, WEEKLY, MONTHLY = 7, 5, 12
"""How many of the newest days, weeks and months keep a backup each."""
EVERY_MS = 24 * 3600 * 1000


def is_due(folder: Path, now_ms: int) -> bool:
    """Whether no backup was made within a day of now. One of a clock that was ahead is no reason to make one every ten minutes."""
    return all(abs(now_ms - stamp_of(path)) >= EVERY_MS for path in (folder / FOLDER).glob(PATTERN))


class Backup(NamedTuple):
    """A backup as people want to know it."""

    path: Path
    at_ms: int
    size: int  # bytes, with what was copied beside it, without attached files


def newest(folder: Path) -> Backup | None:
    """The newest backup of a data folder."""
    path = max((folder / FOLDER).glob(PATTERN), key=stamp_of, default=None)
    return of(path) if path else None


def of(path: Path) -> Backup:
    """A backup that lies there."""
    return Backup(path, stamp_of(path), sum(part.stat().st_size for part in (path, *companions(path))))


def companions(backup: Path) -> list[Path]:
    """What was copied with a backup: other databases of the same moment."""
    return [path for path in backup.parent.glob(f"*{backup.stem.removeprefix('zakaznik')}.sqlite") if path != backup]


def companion(backup: Path, name: str) -> Path:
    """Where the copy of another database lies: «accounts-20261123-120000.sqlite» beside «zakaznik-20261123-120000.sqlite»."""
    return backup.with_name(f"{Path(name).stem}{backup.stem.removeprefix('zakaznik')}.sqlite")


class Lacking(file.StoreTrouble):
    """The backup is made, and what is damaged is not in it."""


def make(folder: Path, now_ms: int, beside: Sequence[str] = ()) -> Path:
    """A verified copy of the store and its files in DIR/backups; others go on writing meanwhile. Raises StoreTrouble.

    A file that is damaged is not copied but set aside, and said when all the rest is done: Lacking.
    `beside`: names of other databases of the folder that belong to it. They are copied first: what they name is in the store.
    """
    target = path_at(folder, now_ms)
    if not (folder / file.FILE_NAME).is_file():
        raise file.StoreTrouble(f"В папке {folder} нет данных Заказника. Проверьте папку")
    with file.explained(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.parent.chmod(0o700)
        for name in beside:
            write(folder / name, companion(target, name), check_plain)
        write(folder / file.FILE_NAME, target, check)
        rotate(target)
        sweep(target)
        bad = attached.copy_all(folder)
    if bad:
        raise without(target, folder, bad)
    return target


def path_at(folder: Path, now_ms: int) -> Path:
    """Where a backup of that moment lies."""
    return folder / FOLDER / f"zakaznik-{datetime.fromtimestamp(now_ms / 1000, UTC):%Y%m%d-%H%M%S}.sqlite"


def without(target: Path, folder: Path, bad: Sequence[Path]) -> Lacking:
    """What a backup lacks."""
    with closing(alone(target)) as db:
        files = [f"приложенный файл{attached.named(db, path.stem)} ({path.relative_to(folder).as_posix()})" for path in bad]
    again = "Верное содержимое придёт при обмене, если оно есть у других"
    return Lacking(f"Копия сделана: {target}, но в неё не вошло повреждённое, оно отложено: {', '.join(files)}. {again}")


def write(source: Path, target: Path, check: Callable[[Path], None]) -> None:
    """A copy that was checked, or none; for its owner's eyes only."""
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        copy(source, part)
        check(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def copy(source: Path, target: Path) -> None:
    """SQLite's own backup: a whole picture of one moment, written to disk."""
    db = file.connect(source, read_only=True)
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
        if wrong := next(file_is_whole(store), "") or ("" if is_sound(store) else "журнал изменений повреждён"):
            raise file.StoreTrouble(f"Резервная копия не прошла проверку: {wrong}. Проверьте и почините данные: verify, heal")
    finally:
        store.close()
    for name in ("-wal", "-shm"):
        path.with_name(path.name + name).unlink(missing_ok=True)


def check_plain(path: Path) -> None:
    """The same for a database that is no store."""
    with closing(alone(path)) as db, file.legible():
        (answer,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if answer != "ok":
        raise file.StoreTrouble(f"Резервная копия не прошла проверку: {answer}")


def alone(path: Path) -> sqlite3.Connection:
    """A connection to a copy that nobody writes: nothing is left beside it."""
    return sqlite3.connect(file.uri_of(path, "mode=ro&immutable=1"), uri=True)


def rotate(made: Path) -> None:
    """Keeps all of the last 24 hours, and the newest backup of each of the last days, weeks and months that have one.

    And the one that was made just now: when the clock was set back, all others are of a later time.
    """
    found = sorted(made.parent.glob(PATTERN), reverse=True)
    kept = [made, *(path for path in found if stamp_of(found[0]) - stamp_of(path) < EVERY_MS)]
    for layout, count in (("%Y-%m-%d", DAILY), ("%G-%V", WEEKLY), ("%Y-%m", MONTHLY)):
        first: dict[str, Path] = {}
        for path in found:
            first.setdefault(f"{datetime.fromtimestamp(stamp_of(path) / 1000, UTC):{layout}}", path)
        kept += list(first.values())[:count]
    for path in set(found) - set(kept):
        for part in (*companions(path), path):
            part.unlink(missing_ok=True)  # who makes another one at this moment may be first


def sweep(made: Path) -> None:
    """What a program killed over a backup has left, as large as a backup: halves of copies, and databases without their store."""
    halves = set(made.parent.glob("*.part*"))
    alone = {path for path in made.parent.glob("*.sqlite") if not path.match(PATTERN) and not next(stores_of(path), None)}
    for path in halves | alone:
        with suppress(FileNotFoundError):
            if abs(made.stat().st_mtime - path.stat().st_mtime) * 1000 >= EVERY_MS:  # a younger one may be in the making
                path.unlink()


def stores_of(companion: Path) -> Iterator[Path]:
    """The backup with which a database was copied."""
    return (path for path in companion.parent.glob(PATTERN) if companion.stem.endswith(path.stem.removeprefix("zakaznik")))


def stamp_of(path: Path) -> int:
    """Milliseconds since 1970 of a backup, by its name; 0 for a name that is none."""
    try:
        return int(datetime.strptime(path.stem.removeprefix("zakaznik-") + "+0000", "%Y%m%d-%H%M%S%z").timestamp() * 1000)
    except ValueError:
        return 0


def restore(folder: Path, backup: Path, beside: Sequence[str] = (), before: Callable[[], object] = lambda: None) -> Path | None:
    """Puts a verified backup in the place of the store; what stood there is kept beside it and returned. Raises StoreTrouble.

    The program must not be running on the folder. A laptop then reads back from the hub what it had sent since.
    `beside`: other databases of the folder; one that was not copied with this backup stays as it is. `before`: called when all that is
    brought lies checked beside its target (`brought`) and nothing has taken its place yet.
    """
    if not backup.is_file():
        raise file.StoreTrouble(f"Нет такой резервной копии: {backup}. Копии лежат в папке {folder / FOLDER}")
    with file.explained(folder / file.FILE_NAME):
        folder.mkdir(0o700, parents=True, exist_ok=True)
        wanted = [(backup, file.FILE_NAME, check)]
        wanted += [(copied, name, check_plain) for name in beside if (copied := companion(backup, name)).is_file()]
        try:
            ready = [bring(source, folder / name, look) for source, name, look in wanted]
            before()
        except BaseException:
            for _, name, _ in wanted:
                file.gone(brought(folder / name))
            raise
        aside = [put(part) for part in ready]
        attached.bring_all(backup.parent, folder)
    return aside[0]


def is_hubs(path: Path) -> bool:
    """Whether a copy is of a hub's store: a laptop's has the same tables and another way to number its changes."""
    with closing(alone(path)) as db:
        return bool(db.execute("SELECT hub FROM state").fetchone()[0])


def brought(target: Path) -> Path:
    """Where a checked copy waits to take the place of `target`."""
    return target.with_name(f"{target.name}{file.BRINGING}")


def bring(backup: Path, target: Path, check: Callable[[Path], None]) -> Path:
    """A checked copy of a backup beside its target."""
    part = brought(target)
    file.gone(part)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    shutil.copyfile(backup, part)
    try:
        check(part)
    except file.StoreTrouble as trouble:  # its user knows the file that was brought, not our copy of it
        raise type(trouble)(str(trouble).replace(str(part), str(backup))) from trouble
    return part


def put(part: Path) -> Path | None:
    """A brought copy takes its place; what stood there is returned under its new name, or stands there again when that fails."""
    target, log = part.with_name(part.name.removesuffix(file.BRINGING)), part.with_name(f"{part.name}-wal")
    if log.exists() and log.stat().st_size:  # what was written into it did not fit
        raise file.StoreTrouble(file.FULL)
    aside = set_aside(target)
    try:
        part.replace(target)
    except OSError:  # Windows moves nothing that somebody reads, a scanner of viruses for one
        renamed(aside, target)
        raise
    return aside if aside.exists() else None


def aside_of(store: Path, why: str) -> Path:
    """The free name under which a database is kept: «zakaznik.before-restore-1.sqlite»."""
    number = 1
    while (aside := store.with_name(f"{store.stem}.{why}-{number}{store.suffix}")).exists():
        number += 1
    return aside


def set_aside(store: Path, why: str = "before-restore") -> Path:
    """Keeps what stood there under another name, its write-ahead log too: it must not be read into the new file."""
    aside = aside_of(store, why)
    renamed(store, aside)
    return aside


def renamed(store: Path, new: Path) -> None:
    """A database, if it is there, with what belongs to it."""
    for ending in ("-wal", "-shm", ""):
        old = store.with_name(store.name + ending)
        if old.exists():
            old.replace(new.with_name(new.name + ending))
