"""What the hub's answers are made of: a page as it grows, and the newest changes, kept so that frequent guests cost no reading."""

from __future__ import annotations

from collections.abc import Sequence

from shared.change import Change
from shared.exchange import Base

MOST = 8_000
"""Changes kept: about 10 MB, an hour of a busy company."""


class Recent:
    """Changes at consecutive places, the last of them where the hub stands. Places never change, so nothing here grows old."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._end = Base(0, b"")
        self._changes: list[Change] = []

    def append(self, begin: Base, end: Base, changes: Sequence[Change]) -> None:
        """These changes were committed between two places. When another process wrote in between, everything begins anew."""
        if self._end != begin:
            self._changes = []
        self._end = end
        self._changes.extend(changes)
        if len(self._changes) > 2 * self.most:
            del self._changes[: -self.most]

    def between(self, first: int, end: Base) -> list[Change] | None:
        """The changes from a place on up to where the hub stands; None when not all of them are here."""
        begin = len(self._changes) - (end.place - first + 1)
        return self._changes[begin:] if self._end == end and begin >= 0 else None


class Paging:
    """A page as it grows: up to which place it goes, others' changes whole, and the order in which these and the echoes stand."""

    def __init__(self, begin: int) -> None:
        self.end = begin
        self.foreign: list[Change] = []
        self.segments: list[list[int]] = []  # [index in the offer, or -1 for others' changes; how many]

    def bring(self, change: Change) -> None:
        """Another one's change comes next."""
        self.foreign.append(change)
        self._add(-1, continues=bool(self.segments) and self.segments[-1][0] < 0)

    def echo(self, index: int) -> None:
        """The laptop's own change comes next; its index in the offer says it all."""
        begun, count = self.segments[-1] if self.segments else (-1, 0)
        self._add(index, continues=begun >= 0 and index == begun + count)

    def _add(self, index: int, *, continues: bool) -> None:
        self.end += 1
        if continues:
            self.segments[-1][1] += 1
        else:
            self.segments.append([index, 1])
