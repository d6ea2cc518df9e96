"""How far a long work has come, in Russian on stderr: one line that is written over on a terminal, now and then a line in a log."""

from __future__ import annotations

import sys
from collections.abc import Callable

from shared.system import WINDOWS

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done and how much there is; 0 of 0 when that is not known yet."""
STEP_PERCENT = 5
LARGE = 20_000
"""Rows from which drawing them again, or looking them up, takes long enough to be told."""
ANEW = f"\r{' ' * 79}\r" if WINDOWS else "\r\x1b[K"
"""Takes back what the line says; the old console of Windows would show the terminal's own order as signs."""


def silent(_words: str, _done: int, _total: int) -> None:
    """For who does not want to know."""


def shown_progress(*, forced: bool) -> Progress:
    """Shown on a terminal; `forced`: elsewhere too, line by line."""
    if sys.stderr.isatty():
        return over_one_line
    return LineByLine() if forced else silent


def shown_when_large() -> Progress:
    """Whoever waits for a large store or a large undo learns why, on a terminal or in a log."""
    shown = shown_progress(forced=True)
    return lambda words, done, total: shown(words, done, total) if total >= LARGE else None


def over_one_line(words: str, done: int, total: int) -> None:
    end = "\n" if done >= total else ""
    sys.stderr.write(f"{ANEW}{words}: {done} из {total}{end}" if total else f"{ANEW}{words}")
    sys.stderr.flush()


class LineByLine:
    """For a log: not more often than every few percent."""

    def __init__(self) -> None:
        self.last = ("", -1)

    def __call__(self, words: str, done: int, total: int) -> None:
        step = (words, done * 100 // total // STEP_PERCENT if total else 0)
        if step != self.last:
            self.last = step
            sys.stderr.write(f"{words}: {done} из {total}\n" if total else f"{words}\n")
            sys.stderr.flush()
