"""Attached files beside the store: each kept once, named by the SHA-256 of its content (FIPS 180-4), never overwritten."""

from __future__ import annotations

import hashlib
import os
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
    """Write a file into DIR/files/aa/…; whole or not at all. Raises Refused when it is empty or too large."""
    if not content:
        raise Refused(f"Файл «{name}» пуст. Выберите другой")
    if len(content) > LARGEST:
        raise Refused(f"Файл «{name}» больше {bytes_size(LARGEST)}: {bytes_size(len(content))}. Вместо него добавьте ссылку на папку")
    sha256 = hashlib.sha256(content).hexdigest()
    path = path_of(folder, sha256)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(content)
        part.replace(path)
    return Kept(sha256, len(content))


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
