"""A proposal for a long text that two people changed: their lines put together over the text both started from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple


class Merged(NamedTuple):
    """The proposed text, and whether every difference found its own place in it."""

    text: str
    clean: bool


class Hunk(NamedTuple):
    """Lines start..end of the base are replaced by these."""

    start: int
    end: int
    lines: tuple[str, ...]


def merge_texts(base: str, mine: str, theirs: str) -> Merged:
    """Line-wise three-way merge (as diff3 does): where only one side changed, it wins; where both did, both stand, mine first."""
    lines = base.split("\n")
    changes = sorted({*hunks(lines, mine.split("\n")), *hunks(lines, theirs.split("\n"))}, key=lambda hunk: (hunk.start, hunk.end))
    merged: list[str] = []
    at, clean = 0, True
    for group in overlapping(changes):
        start, end = min(hunk.start for hunk in group), max(hunk.end for hunk in group)
        merged += lines[at:start]
        sides = [patched(lines, group, start, end, side) for side in (hunks(lines, mine.split("\n")), hunks(lines, theirs.split("\n")))]
        merged += chosen(lines[start:end], *sides)
        clean = clean and (sides[0] == sides[1] or lines[start:end] in sides)
        at = end
    return Merged("\n".join(merged + lines[at:]), clean)


def hunks(base: Sequence[str], other: Sequence[str]) -> list[Hunk]:
    matcher = SequenceMatcher(None, base, other, autojunk=False)
    return [Hunk(start, end, tuple(other[low:high])) for tag, start, end, low, high in matcher.get_opcodes() if tag != "equal"]


def overlapping(changes: Sequence[Hunk]) -> Iterator[list[Hunk]]:
    """Hunks that touch the same lines, or insert at the same place, together."""
    group: list[Hunk] = []
    for hunk in changes:
        if group and hunk.start > max(known.end for known in group) - (hunk.start != hunk.end):
            yield group
            group = []
        group.append(hunk)
    if group:
        yield group


def patched(base: Sequence[str], group: Sequence[Hunk], start: int, end: int, side: Sequence[Hunk]) -> list[str]:
    """What one side made of these lines of the base."""
    lines: list[str] = []
    at = start
    for hunk in side:
        if hunk in group:
            lines += [*base[at : hunk.start], *hunk.lines]
            at = hunk.end
    return [*lines, *base[at:end]]


def chosen(base: Sequence[str], mine: list[str], theirs: list[str]) -> list[str]:
    if mine == theirs or theirs == list(base):
        return mine
    return theirs if mine == list(base) else mine + [line for line in theirs if line not in mine]
