"""Windows' way with open files, on Linux: whoever still has one open cannot rename it, replace it or delete it."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

MOVING = ("rename", "replace", "unlink", "remove")


@contextmanager
def as_on_windows() -> Iterator[None]:
    """PermissionError in the block for every file that this process has open in any thread."""

    def guarded(name: str) -> Any:
        real = getattr(os, name)

        def move(*paths: Any, **options: Any) -> None:
            for path in paths:
                if str(Path(path).absolute()) in opened():
                    raise PermissionError(errno.EACCES, "is being used by another process", str(path))
            real(*paths, **options)

        return move

    with pytest.MonkeyPatch.context() as patch:
        for name in MOVING:
            patch.setattr(os, name, guarded(name))
        yield


def opened() -> set[str]:
    """What this process has open."""
    found = set[str]()
    for handle in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the one by which the list was read
            found.add(str(handle.readlink()))
    return found
