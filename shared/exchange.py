"""What laptop and hub say to each other: envelopes, offers, probes and pages of changes. Bytes in, checked values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import accumulate
from typing import Any, NamedTuple

import orjson
import zstandard

from shared.change import ROOT, Change, change_id

PROTOCOL = 1
MAGIC = b"ZKZ1"
DIGEST = 16
LARGEST_MESSAGE = 64 * 1024 * 1024
"""Bytes of an unpacked message: what a hostile sender can make the other side hold."""
PAGE_BYTES = 1_000_000
PAGE_CHANGES = 6_000
"""A page ends with the act that reaches one of these; an act larger than a page travels alone."""
LARGEST_NUMBER = (1 << 63) - 1


class Malformed(ValueError):
    """The bytes are no message of this protocol: cut, changed on the way, or made by somebody else."""


def pack(head: Mapping[str, Any], patches: Sequence[bytes] = ()) -> bytes:
    """Magic, digest of the body, zstd of a JSON head and patch lines."""
    body = b"\n".join((orjson.dumps(head), *patches))
    return MAGIC + blake2b(body, digest_size=DIGEST).digest() + zstandard.ZstdCompressor(level=1).compress(body)


def unpack(message: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The head and the patch lines. Raises Malformed for anything cut, altered or too large."""
    if message[: len(MAGIC)] != MAGIC:
        raise Malformed("no message of this protocol")
    body = unpacked(message[len(MAGIC) + DIGEST :])
    if blake2b(body, digest_size=DIGEST).digest() != message[len(MAGIC) : len(MAGIC) + DIGEST]:
        raise Malformed("the digest does not fit")
    first, *patches = body.split(b"\n")
    try:
        head = orjson.loads(first)
    except orjson.JSONDecodeError as error:
        raise Malformed("the head is no JSON") from error
    if not isinstance(head, dict):
        raise Malformed("the head is no object")
    return head, patches


def unpacked(packed: bytes) -> bytes:
    try:
        size = zstandard.frame_content_size(packed)
        if not 0 <= size <= LARGEST_MESSAGE:
            raise Malformed("the message is too large")
        return zstandard.ZstdDecompressor().decompress(packed, max_output_size=LARGEST_MESSAGE)
    except zstandard.ZstdError as error:
        raise Malformed("the body is cut or altered") from error


class Base(NamedTuple):
    """Where a store stands in the hub's history."""

    place: int
    head: bytes


# ------------------------------------------------------------------ columns of changes
def columns(changes: Sequence[Change]) -> dict[str, Any]:
    """Changes as columns; what repeats is said once, what grows is said as steps. The ids are not sent: they follow."""
    named = zip(*((change.device, change.author, change.entity) for change in changes), strict=True)
    devices, authors, entities = (list(dict.fromkeys(values)) for values in named)
    prevs = {}
    tips: dict[str, bytes] = {}
    for index, change in enumerate(changes):
        if tips.get(change.device) != change.prev:
            prevs[str(index)] = change.prev.hex()
        tips[change.device] = change.id
    return {
        "devices": devices, "authors": authors, "entities": entities, "prevs": prevs,
        "device": indexes(devices, [c.device for c in changes]),
        "author": indexes(authors, [c.author for c in changes]),
        "entity": indexes(entities, [c.entity for c in changes]),
        "n": steps([c.n for c in changes]),
        "act": steps([c.act for c in changes]),
        "stamp": steps([c.stamp for c in changes]),
        "read_to": steps([c.read_to for c in changes]),
        "own_n": steps([c.own_n for c in changes]),
        "row": [c.row for c in changes],
        "also": {str(i): c.also.hex() for i, c in enumerate(changes) if c.also},
        "refused": {str(i): c.refused for i, c in enumerate(changes) if c.refused},
        "gone": {str(i): c.id.hex() for i, c in enumerate(changes) if not c.patch},
        "tip": changes[-1].id.hex(),
    }  # fmt: skip


def read_columns(head: Mapping[str, Any], patches: Sequence[bytes]) -> list[Change]:
    """Changes from columns, their ids made again from their contents. Raises Malformed."""
    try:
        return _read_columns(head, patches)
    except (KeyError, IndexError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise Malformed(f"columns do not fit: {error}") from error


def _read_columns(head: Mapping[str, Any], patches: Sequence[bytes]) -> list[Change]:
    devices, authors, entities, rows = (texts(head[name]) for name in ("devices", "authors", "entities", "row"))
    numbers = zip(
        (devices[i] for i in whole(head["device"], len(devices))),
        (authors[i] for i in whole(head["author"], len(authors))),
        (entities[i] for i in whole(head["entity"], len(entities))),
        *(summed(head[name]) for name in ("n", "act", "stamp", "read_to", "own_n")),
        rows, patches, strict=True,
    )  # fmt: skip
    prevs, also, refused = (sparse(head[name]) for name in ("prevs", "also", "refused"))
    gone = {index: bytes.fromhex(text) for index, text in sparse(head.get("gone", {})).items()}
    if any(len(key) != len(ROOT) for key in gone.values()):
        raise Malformed("an id of another length")
    tips: dict[str, bytes] = {}
    changes = []
    for index, (device, author, entity, n, act, stamp, read_to, own_n, row, patch) in enumerate(numbers):
        prev = bytes.fromhex(prevs[index]) if index in prevs else tips[device]
        key = change_id(prev, device, n, act, author, entity, row, patch) if patch else gone[index]
        named = bytes.fromhex(also[index]) if index in also else b""
        changes.append(Change(key, prev, device, n, act, author, entity, row, patch, stamp, read_to, own_n, named, refused.get(index, "")))
        tips[device] = key
    if (changes and changes[-1].id.hex() != head["tip"]) or any(len(c.prev) != len(ROOT) or len(c.also) % len(ROOT) for c in changes):
        raise Malformed("the ids do not fit")
    return changes


def indexes(names: Sequence[str], values: Iterable[str]) -> list[int]:
    place = {name: index for index, name in enumerate(names)}
    return [place[value] for value in values]


def steps(values: Sequence[int]) -> list[int]:
    return [value - before for before, value in zip((0, *values), values, strict=False)]


def summed(values: object) -> list[int]:
    found = list(accumulate(whole(values)))
    if found and not 0 <= min(found) <= max(found) <= LARGEST_NUMBER:
        raise Malformed("a number is out of bounds")
    return found


def whole(values: object, below: int = 0) -> list[int]:
    """A list of whole numbers; with `below`, indexes from 0."""
    if not isinstance(values, list) or not {type(value) for value in values} <= {int}:
        raise Malformed("not a list of whole numbers")
    if below and values and not 0 <= min(values) <= max(values) < below:
        raise Malformed("an index is out of bounds")
    return values


def texts(values: object) -> list[str]:
    if not isinstance(values, list) or not {type(value) for value in values} <= {str} or any(len(value) > 64 for value in values):
        raise Malformed("not a list of short texts")
    return values


def sparse(values: object) -> dict[int, str]:
    if not isinstance(values, dict) or not {type(value) for value in values.values()} <= {str}:
        raise Malformed("not a table of texts")
    return {int(key): value for key, value in values.items()}


def parsed(patches: Iterable[bytes]) -> list[dict[str, Any]]:
    """Patches as dictionaries, a compacted one as an empty one. Raises Malformed when one is no JSON object."""
    try:
        found = [orjson.loads(patch) if patch else {} for patch in patches]
    except orjson.JSONDecodeError as error:
        raise Malformed("a patch is no JSON") from error
    if not {type(patch) for patch in found} <= {dict}:
        raise Malformed("a patch is no object")
    return found


class Cutter:
    """Decides, change by change, where a page ends: after the act that fills it."""

    def __init__(self, bytes_limit: int = PAGE_BYTES, count_limit: int = PAGE_CHANGES) -> None:
        self.bytes_left, self.count_left = bytes_limit, count_limit
        self.act: object = None

    def full(self, act: object, size: int) -> bool:
        """Whether the page was full before this change, which then begins another act."""
        if act != self.act and (self.bytes_left <= 0 or self.count_left <= 0):
            return True
        self.act = act
        self.bytes_left -= size
        self.count_left -= 1
        return False
