"""Whose the hub's folder is: one user works on it, and nobody else reads it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shared.change import Refused

ROOT = 0
MAKES_FILES = frozenset({"init", "serve", "backup", "restore", "heal"})
"""Commands that leave new files in the folder. The others write through SQLite, which gives its files to the owner of the database."""


@contextmanager
def private() -> Iterator[None]:
    """What is made in the block only its owner may read, whatever the shell or the service says."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def check_owner(folder: Path, command: str, me: int | None = None) -> None:
    """Refused: the folder is somebody else's, and shut; or it is root who would leave files there that its owner cannot touch.

    `me`: the user's number, this process's own unless a test says otherwise.
    """
    if sys.platform == "win32" or not folder.is_dir():
        return
    me, owner = os.geteuid() if me is None else me, folder.stat().st_uid
    may = command not in MAKES_FILES if me == ROOT else os.access(folder, os.R_OK | os.W_OK | os.X_OK)
    if owner != me and not may:
        name = named(owner)
        raise Refused(f"Папка «{folder}» принадлежит пользователю {name}. Выполните команду от его имени: sudo -u {name} …")


def named(owner: int) -> str:
    """How sudo knows the user."""
    if sys.platform != "win32":
        from pwd import getpwuid

        with suppress(KeyError):  # a user of another machine or of a container
            return getpwuid(owner).pw_name
    return f"'#{owner}'"
