"""Edits, changes and stamps: what a person wants, what happened, and in which order two clocks put it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from hashlib import blake2b
from typing import NamedTuple

from shared.entity import Value

_EMPTY = blake2b(digest_size=16)
ROOT = bytes(16)
"""The predecessor of a device's first change."""


class Refused(Exception):
    """The business says no. The message is Russian, for the user: what is wrong, where, what to do."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class SyncTrouble(Exception):
    """The world says no (network, hub, clock): shown as a badge, tried again later.

    `kind` is for the few words of the badge: «offline» (no hub can be reached), «update» (this program is too old for it),
    «hub» (it has a trouble of its own: a full disk, damage), or '' for what only the message says.
    """

    def __init__(self, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind


OFFLINE, UPDATE, AT_HUB = "offline", "update", "hub"


class Edit(NamedTuple):
    """What a person wants: these fields of this row get these values. A row that does not exist yet is created by it."""

    entity: str
    row: str
    patch: Mapping[str, Value]


class Change(NamedTuple):
    """An edit that happened. The body (device … patch) is fixed for ever; `change_id` covers it and, through `prev`, all before it.

    The facts after it may be adjusted once, by the hub when it appends:
    stamp    hybrid logical clock, see `next_stamp`
    read_to  the hub's place up to which the author had seen everything
    own_n    the author's own counter at the moment the form was opened
    also     ids seen although they have no place now (after a restored hub)
    refused  the hub's reason for leaving the change out of the drawing, or ''
    """

    id: bytes
    prev: bytes
    device: str
    n: int
    act: int  # the n of the first change of the same act
    author: str
    entity: str
    row: str
    patch: bytes  # JSON object, made once, then stored, hashed and sent as it is
    stamp: int
    read_to: int
    own_n: int
    also: bytes = b""  # ids of 16 bytes, joined
    refused: str = ""


signed = partial(tuple.__new__, Change)
"""A change from the tuple of all its fields: half the price of calling the class, which takes them one by one."""


def change_id(prev: bytes, device: str, n: int, act: int, author: str, entity: str, row: str, patch: bytes) -> bytes:
    """H(prev, body): 16 bytes of BLAKE2b. Equal ids mean equal bodies and equal pasts."""
    digest = _EMPTY.copy()  # a third cheaper than a new one, and every change of every sync is digested
    digest.update(prev + f"{device}\0{n}\0{act}\0{author}\0{entity}\0{row}\0".encode() + patch)
    return digest.digest()


def chain_head(before: bytes, change: bytes, stamp: int, read_to: int, own_n: int, also: bytes, refused: str) -> bytes:
    """The hub's hash chain: one head proves the whole history up to its place, hub facts included."""
    facts = b"%d\0%d\0%d\0" % (stamp, read_to, own_n)
    if also or refused:
        facts += also + b"\0" + refused.encode()
    digest = _EMPTY.copy()
    digest.update(before + change + facts)
    return digest.digest()


COUNTER_BITS = 16


def next_stamp(now_ms: int, last: int) -> int:
    """Hybrid logical clock in 64 bits: milliseconds of the wall clock, then a counter that carries; always above `last`."""
    return max(now_ms << COUNTER_BITS, last + 1)


def stamp_ms(stamp: int) -> int:
    """Milliseconds since 1970 of a stamp."""
    return stamp >> COUNTER_BITS


class View(NamedTuple):
    """What a screen showed when it was opened: the place, the own counter, the foreign ids without a place, the cut it stands on."""

    place: int
    own_n: int
    also: bytes = b""
    cut: int = 0
