"""Attached files beside the store: each kept once, named by the SHA-256 of its content (FIPS 180-4), never overwritten."""

from __future__ import annotations

import errno
import hashlib
import math
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from shared.change import Refused
from shared.formats import bytes_size

FOLDER = "files"
LARGEST = 100 * 1024 * 1024
"""Bytes of one file: what a small company's network carries without grief."""


class Kept(NamedTuple):
    sha256: str
    size: int  # bytes


def keep(folder: Path, content: bytes, name: str) -> Kept:
    """Write a file into DIR/files/aa/…; whole or not at all. Raises Refused when it is empty or too large, or cannot be written.

    One that is here and is damaged is set aside: the right content is at hand.
    """
    if not content:
        raise Refused(f"Файл «{name}» пуст. Выберите другой")
    if len(content) > LARGEST:
        raise Refused(f"Файл «{name}» больше {bytes_size(LARGEST)}: {bytes_size(len(content))}. Вместо него добавьте ссылку на папку")
    sha256 = hashlib.sha256(content).hexdigest()
    path = path_of(folder, sha256)
    try:
        if path.exists() and not is_whole(path):
            set_aside(path)
        if path.exists():
            path.touch()  # one that lay here unnamed for long is as new as its row: a cleaning leaves it time to be written
        else:
            write(path, content)
    except OSError as error:
        why = "на диске кончилось место" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror
        raise Refused(f"Файл «{name}» не сохранён: {why}") from error
    return Kept(sha256, len(content))


def write(path: Path, content: bytes) -> None:
    """On the disk before a row names it: who saw it kept may delete the original, and the power may go."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def path_of(folder: Path, sha256: str) -> Path:
    """Where the file with this content lies, or will lie when it is loaded. ValueError for what is no SHA-256 in hex."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError(f"not a SHA-256: {sha256!r}")
    return folder / FOLDER / sha256[:2] / sha256


def is_here(folder: Path, sha256: str) -> bool:
    """The row that names a file may be synced before the file is."""
    try:
        return path_of(folder, sha256).is_file()
    except ValueError:
        return False


def kept(folder: Path) -> list[Path]:
    """Every file that is here, without those that are still arriving or were set aside."""
    return sorted((folder / FOLDER).glob("??/" + "?" * 64))


def is_whole(path: Path) -> bool:
    """Whether a kept file is what its name says. Reads all of it. FileNotFoundError when it is not there."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == path.name
    except OSError as error:
        if error.errno == errno.EIO:  # the disk cannot read it any more
            return False
        raise


def damaged(folder: Path) -> Iterator[Path]:
    """The kept files that are not what their names say. Reads all of them."""
    yield from unsound(kept(folder))


def share(folders: Sequence[Path], since: str, at_least: int, shares: int) -> tuple[list[Path], str]:
    """The next of all kept files by name, in the order of folders, and the name they end with ('': the last of all).

    They are one of so many shares of all bytes, or that many bytes if this is more.
    """
    sizes = dict[Path, int]()
    for path in (path for folder in folders for path in kept(folder)):
        with suppress(FileNotFoundError):
            sizes[path] = path.stat().st_size
    wanted, taken, end = max(at_least, sum(sizes.values()) // shares + 1), list[Path](), ""
    for path in sorted((path for path in sizes if path.name > since), key=lambda path: path.name):  # sorting keeps the order of folders
        if wanted <= 0 and path.name != end:
            return taken, end
        taken.append(path)
        wanted, end = wanted - sizes[path], path.name
    return taken, ""


def unsound(paths: Iterable[Path]) -> Iterator[Path]:
    """Those that are not what their names say. Reads all of them."""
    for path in paths:
        whole = True
        with suppress(FileNotFoundError):  # removed meanwhile
            whole = is_whole(path)
        if not whole:
            yield path


DAMAGED = ".damaged"


def set_aside(path: Path) -> Path:
    """A damaged file gives its name up, and is not deleted: it may be the last one. Returns where it is now."""
    aside, number = path.with_suffix(DAMAGED), 1
    while aside.exists():
        number += 1
        aside = path.with_suffix(f"{DAMAGED}-{number}")
    path.replace(aside)
    return aside


def copied(source: Path, target: Path) -> bool:
    """A kept file copied, on the disk and with bytes of its own; False, with nothing copied, when it is not what its name says."""
    if not is_whole(source):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{os.getpid()}.part")
    try:
        shutil.copy2(source, part)
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return True


PIECE = 4 * 1024 * 1024
"""Bytes that travel at once, at most."""


def piece(folder: Path, sha256: str, offset: int) -> bytes:
    """Bytes of a kept file from `offset` on, at most `PIECE`. FileNotFoundError when it is not here."""
    with path_of(folder, sha256).open("rb") as file:
        file.seek(offset)
        return file.read(PIECE)


def arrived(folder: Path, sha256: str) -> int:
    """How many bytes of a file have come so far; all of them when it is here."""
    path = path_of(folder, sha256)
    part = path.with_suffix(".arriving")
    return next((found.stat().st_size for found in (path, part) if found.is_file()), 0)


def arrive(folder: Path, sha256: str, offset: int, content: bytes, size: int) -> bool:
    """Takes a piece of a file of `size` bytes; True when it is whole now, verified and kept.

    The first piece begins anew, whatever came before. Raises Refused for a piece that does not go on where the last one ended,
    and for a whole that is not what its name says.
    """
    path = path_of(folder, sha256)
    if path.is_file():
        return True
    part = path.with_suffix(".arriving")
    if not offset:
        part.unlink(missing_ok=True)
    here = arrived(folder, sha256)
    if offset != here or not 0 < size <= LARGEST or offset + len(content) > size:
        raise Refused("Часть файла не подходит к тому, что уже загружено")
    part.parent.mkdir(parents=True, exist_ok=True)
    with part.open("ab") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if offset + len(content) < size:
        return False
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != sha256:  # the file is closed again: Windows deletes none that is open
        part.unlink()
        raise Refused("Содержимое файла не совпадает с его отпечатком. Загрузите его заново")
    part.replace(path)
    return True


def orphans(folder: Path, named: set[str], before_s: float = math.inf) -> list[Path]:
    """Kept and arriving files that nothing names, written before a time (seconds since 1970): a file comes before its row."""
    found = [path for path in (folder / FOLDER).glob("??/*") if path.is_file() and path.name.split(".")[0] not in named]
    return [path for path in found if path.stat().st_mtime < before_s]


def remove_orphans(folder: Path, named: set[str], before_s: float = math.inf) -> int:
    """Deletes them; how many."""
    gone = orphans(folder, named, before_s)
    for path in gone:
        path.unlink()
    return len(gone)
