"""What a sync moves and how far it has come: told from the sync's thread, shown in the header and on a terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from shared.formats import SPACE, bytes_size, whole
from shared.progress import Progress

KIB = 1024
SENT, RECEIVED = "Отправлено", "Получено"


class Moving(NamedTuple):
    """So much of it has moved: changes, or bytes; `total` 0: how much there is cannot be said."""

    what: str
    done: int
    total: int
    in_bytes: bool = False

    def __str__(self) -> str:
        """«Отправлено 12 000 из 60 000», «Файл «Чертёж.pdf»: 3 из 10 МБ»."""
        if not self.total:
            return f"{self.what}…"
        if not self.in_bytes:
            return f"{self.what} {whole(self.done)} из {whole(self.total)}"
        done, total = bytes_size(min(self.done, self.total)), bytes_size(self.total)
        unit = total.rpartition(SPACE)[2]
        return f"{self.what}: {done.removesuffix(SPACE + unit)} из {total}"


Report = Callable[[Moving], object]
"""Called from the thread of a sync while it runs."""


def silent(_: Moving) -> None:
    """For who does not want to know."""


def told_as(progress: Progress) -> Report:
    """The same for a long command, which tells plain numbers."""

    def report(moving: Moving) -> None:
        if moving.in_bytes:
            progress(f"{moving.what}, КБ", moving.done // KIB, max(moving.total // KIB, 1))
        else:
            progress(moving.what, moving.done, moving.total)

    return report
