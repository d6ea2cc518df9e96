"""One program on one folder: a lock on an open file that the system lets go of when the process ends, however it ends."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

LOCKED_BYTE = 1 << 30  # far behind the text, which must stay readable while it is locked


def lock(file: IO[str]) -> None:
    """Raise OSError at once when somebody else holds it."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def held(path: Path) -> Iterator[IO[str]]:
    """The lock of a file until the block ends. BlockingIOError or PermissionError at once when another program holds it."""
    with path.open("a+", encoding="utf-8") as file:
        path.chmod(0o600)
        lock(file)
        yield file
