"""What an offer may say, and what the hub adjusts of it: pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from typing import Any, NamedTuple

from shared import exchange
from shared.change import ROOT, Change, next_stamp
from shared.exchange import Base, Malformed


class Known(NamedTuple):
    """The changes of an offer as they are here, and their seqs; 0 while one is new."""

    changes: list[Change]
    seqs: list[int]


def continues(change: Change, before: Change | None) -> bool:
    """Whether a new change follows the one before it: numbers without gaps, an act whole in one message. `before`: when that is new too."""
    if before and change.n != before.n + 1:
        return False
    if change.prev == ROOT and change.n != 1:
        return False
    return change.act == change.n or (before is not None and (before.device, before.act) == (change.device, change.act))


def clamped(changes: Sequence[Change], last: int, clock: Callable[[], int]) -> list[int]:
    """Stamps clamped to the hub's own time, one bound for an act: for fairness only. `last`: the greatest stamp the hub has seen."""
    if max(change.stamp for change in changes) <= next_stamp(clock(), last):
        return [change.stamp for change in changes]
    bounds: dict[tuple[str, int], int] = {}
    stamps = []
    for change in changes:
        key = (change.device, change.act)
        if key not in bounds:
            bounds[key] = next_stamp(clock(), last)
        stamps.append(min(change.stamp, bounds[key]))
        last = max(last, stamps[-1])
    return stamps


def all_adjusted(changes: list[Change], stamps: list[int], place: int, refused: Mapping[tuple[str, int], str]) -> list[Change]:
    """`adjusted_by_hub` of every change. `refused`: the verdicts by act. Nearly always nothing is to be adjusted."""
    if not refused and stamps == [change.stamp for change in changes] and max(change.read_to for change in changes) <= place:
        return changes
    verdicts = [refused.get((change.device, change.act), "") for change in changes]
    return [adjusted_by_hub(*each) for each in zip(changes, stamps, repeat(place), verdicts)]


def adjusted_by_hub(change: Change, stamp: int, place: int, refused: str) -> Change:
    """The change with the hub's facts: a clamped stamp, no more seen than the laptop's base, the verdict."""
    if stamp == change.stamp and change.read_to <= place and not refused:
        return change
    return change._replace(stamp=stamp, read_to=min(change.read_to, place), refused=refused or change.refused)


def base_of(head: Mapping[str, Any]) -> Base:
    """Raises Malformed."""
    place, text = head.get("place"), head.get("head")
    if type(place) is not int or not 0 <= place < exchange.LARGEST_NUMBER or not isinstance(text, str):
        raise Malformed("no base")
    try:
        return Base(place, bytes.fromhex(text))
    except ValueError as error:
        raise Malformed("no base") from error


def facts_of(change: Change, offered: Change) -> list[Any]:
    """The hub's facts of an echoed change, [] when they are as they were offered; in the place of the same `also` stands None.

    The hub adjusts no `own_n`; it differs where another has brought this very change first, and is said only then.
    """
    also = None if change.also == offered.also else change.also.hex()
    found = [change.stamp, change.read_to, also, change.refused]
    if change.own_n != offered.own_n:
        return [*found, change.own_n]
    return [] if found == [offered.stamp, offered.read_to, None, offered.refused] else found
