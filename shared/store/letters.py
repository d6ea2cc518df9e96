"""What a laptop sends and what comes back, as plain records, and the checks of an answer's shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.change import Change, SyncTrouble
from shared.exchange import Base, Malformed


class Offer(NamedTuple):
    """What was sent: the base it stands on and the log rows in it."""

    base: Base
    seqs: list[int]
    changes: list[Change]
    message: bytes


class Page(NamedTuple):
    """What an offer will say, before it is known on which base it stands."""

    seqs: list[int]
    changes: list[Change]
    blocks: list[bytes]


class Answer(NamedTuple):
    """A message of the hub, whole on arrival, and its head."""

    head: dict[str, Any]
    message: bytes


class Progress(NamedTuple):
    """After an answer: where the store stands, where the hub does, and what came."""

    place: int
    last: int
    received: int
    touched: frozenset[str]
    history_differs: bool = False


def damaged() -> SyncTrouble:
    """What the user is told of an answer that was cut or altered."""
    return SyncTrouble("Ответ сервера повреждён в пути. Повторим позже")


def segments_of(head: Mapping[str, Any], offered: int) -> list[tuple[int, int]]:
    """Checked (index in the offer or -1 for others' changes; count) pairs of an answer. Raises Malformed."""
    found = head.get("segments")
    if not isinstance(found, list) or not isinstance(head.get("facts"), dict) or type(head.get("last")) is not int:
        raise Malformed("no segments")
    if not all(isinstance(pair, list) and [type(number) for number in pair] == [int, int] for pair in found):
        raise Malformed("segments are pairs of numbers")
    if any(count < 1 or index < -1 or (index >= 0 and index + count > offered) for index, count in found):
        raise Malformed("a segment does not fit")
    return [(index, count) for index, count in found]


def brought(segments: list[tuple[int, int]], blocks: list[Change]) -> list[Change]:
    """The others' changes of an answer. Raises Malformed when they are not as many as its segments say."""
    if sum(count for index, count in segments if index < 0) != len(blocks):
        raise Malformed("segments and changes differ")
    return blocks
