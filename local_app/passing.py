"""Folders beside the store for files that are on their way: what was exported last, what is being loaded. Nothing in them is to stay."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

EXPORTS = "exports"
LOADED = "imports"
FOLDERS = (EXPORTS, LOADED)
UNFINISHED = ".part"
"""With what the name of a file ends until it is whole."""


def exported(folder: Path, name: str) -> Path:
    """Where an exported file is written; the next one of its name takes its place."""
    place = folder / EXPORTS
    place.mkdir(exist_ok=True)
    return place / name


def loaded(folder: Path, name: str) -> Path:
    """Where a file that a person has handed over is put; in a folder of its own, so that it keeps its name."""
    place = folder / LOADED / token_hex(8)
    place.mkdir(parents=True)
    return place / (name.replace("/", "_").replace("\\", "_").strip(". ") or "file")


def forget(path: Path) -> None:
    """A loaded file goes, with the folder it lay in."""
    shutil.rmtree(path.parent, ignore_errors=True)


def forget_loaded(folder: Path) -> None:
    """What a killed program has left."""
    shutil.rmtree(folder / LOADED, ignore_errors=True)


def forget_halves(folder: Path) -> None:
    """What a killed program was exporting: each such file has a name of its own, so that no later one takes its place."""
    for half in (folder / EXPORTS).glob(f"*{UNFINISHED}"):
        with suppress(OSError):  # what another program holds goes the next time
            half.unlink()
