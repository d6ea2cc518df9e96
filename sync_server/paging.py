"""What the hub's answers are made of: a page as it grows, and the newest changes and encoded blocks, kept for frequent guests."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from shared import exchange
from shared.change import Change
from shared.exchange import Base

MOST = 8_000
"""Changes kept as they were appended: about 10 MB, an hour of a busy company."""
BLOCK = 256
"""Changes of a block: smaller ones pack worse, larger ones leave more to be encoded anew behind the last whole one."""
MOST_BLOCKS = 800
"""Encoded blocks kept: about 10 MB, the newest 200,000 changes that somebody asked for."""
LARGEST = 16 * 1024 * 1024
"""Bytes kept of either, whatever their number: one change may be as large as a document."""


class Run(NamedTuple):
    """What one act of the hub appended after a place."""

    place: int
    changes: Sequence[Change]
    size: int  # bytes of what may be large in them


class Recent:
    """The newest changes, up to where the hub stands, and the heads between the offers that brought them.

    Places never change, so nothing here grows old.
    """

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._end = Base(0, b"")
        self._runs = deque[Run]()
        self._heads: dict[int, bytes] = {}
        self._bytes = 0

    def append(self, begin: Base, end: Base, changes: Sequence[Change]) -> None:
        """These changes were committed between two places. When another process wrote in between, everything begins anew."""
        if self._end != begin:
            self._runs.clear()
            self._bytes = 0
            self._heads = {begin.place: begin.head}
        self._runs.append(Run(begin.place, changes, weight(changes)))
        self._bytes += self._runs[-1].size
        self._end = end
        self._heads[end.place] = end.head
        while self._runs and (self._bytes > LARGEST or self._enough_without_the_oldest()):
            oldest = self._runs.popleft()
            self._bytes -= oldest.size
            self._heads.pop(oldest.place, None)

    def _enough_without_the_oldest(self) -> bool:
        return len(self._runs) > 1 and self._end.place - self._runs[1].place >= self.most

    def knows(self, base: Base) -> bool:
        """Whether the hub is known to have stood there; False is no answer."""
        return self._heads.get(base.place) == base.head

    def between(self, first: int, last: int, end: Base) -> list[Change] | None:
        """The changes at these places; None when not all of them are here. `end` is where the hub stands."""
        if self._end != end or not self._runs or first <= self._runs[0].place:
            return None
        found = list[Sequence[Change]]()
        for place, changes, _ in reversed(self._runs):
            if place < last:
                found.append(changes[max(first - place - 1, 0) : last - place])
            if place < first:
                break
        return [change for run in reversed(found) for change in run]


def weight(changes: Sequence[Change]) -> int:
    """Bytes of what may be large in changes."""
    return sum([len(change.patch) + len(change.also) for change in changes])


class Block(NamedTuple):
    """A stretch of the history as it is sent, and what a page has to know of it."""

    packed: bytes
    places: int
    size: int  # bytes of what may be large in them
    act: tuple[str, int]  # of its last change


class Blocks:
    """Encoded stretches of so many places each. The place of the first decides which block a change is in, for ever."""

    def __init__(self, length: int = BLOCK, most: int = MOST_BLOCKS) -> None:
        self.length, self.most = length, most
        self._kept: dict[int, Block] = {}
        self._bytes = 0

    def begins(self, place: int) -> bool:
        return place % self.length == 1 % self.length

    def end_of(self, place: int) -> int:
        """The last place of the block that holds a place."""
        return -(-place // self.length) * self.length

    def get(self, first: int) -> Block | None:
        return self._kept.get(first)

    def keep(self, first: int, changes: Sequence[Change]) -> Block:
        """Encodes a block; the ones that were asked for first are forgotten first."""
        last = changes[-1]
        made = Block(exchange.block(changes), len(changes), weight(changes), (last.device, last.act))
        self._kept[first] = made
        self._bytes += len(made.packed)
        while len(self._kept) > self.most or self._bytes > LARGEST:
            self._bytes -= len(self._kept.pop(next(iter(self._kept))).packed)
        return made


class Paging:
    """A page as it grows: up to which place it goes, others' changes as blocks, and the order in which these and the echoes stand."""

    def __init__(self, begin: int) -> None:
        self.end = begin
        self.segments: list[list[int]] = []
        """[index in the offer or -1 for others' changes; how many]"""
        self._blocks: list[bytes] = []
        self._loose: list[Change] = []

    def bring(self, change: Change) -> None:
        """Another one's change comes next."""
        self._loose.append(change)
        self._add(-1, 1)

    def bring_block(self, block: Block) -> None:
        """A whole block of others' changes comes next."""
        self._close()
        self._blocks.append(block.packed)
        self._add(-1, block.places)

    def echo(self, index: int) -> None:
        """The laptop's own change comes next; its index in the offer says it all."""
        self._add(index, 1)

    def blocks(self) -> list[bytes]:
        """Others' changes, in the order of their places."""
        self._close()
        return self._blocks

    def _close(self) -> None:
        """What was brought one by one becomes a block too."""
        if self._loose:
            self._blocks.append(exchange.block(self._loose))
            self._loose = []

    def _add(self, index: int, count: int) -> None:
        self.end += count
        begun, length = self.segments[-1] if self.segments else (-2, 0)
        if index == begun == -1 or (begun >= 0 and index == begun + length):
            self.segments[-1][1] += count
        else:
            self.segments.append([index, count])
