"""What laptop and hub say to each other: envelopes, offers, probes and pages of changes. Bytes in, checked values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import accumulate, pairwise
from operator import sub
from typing import Any, NamedTuple

import orjson
import zstandard

from shared.change import ROOT, Change, change_id, signed

PROTOCOL = 1
MEDIA_TYPE = "application/x-zakaznik"
"""What the body of a message is called in HTTP."""
MAGIC = b"ZKZ1"
DIGEST = 16
FRONT = len(MAGIC) + DIGEST
LARGEST_OFFER = 16 * 1024 * 1024
LARGEST_MESSAGE = 20 * 1024 * 1024
"""Bytes of an unpacked message: what a hostile sender can make the other side hold. What came in one offer must fit into a page."""
LONGEST_ACT = 20_000
LARGEST_ACT = 10_000_000
"""Changes of one act, and bytes of their patches, at most: an act travels whole, in one message."""
MOST_CHANGES = 30_000
"""A page that was almost full, and one more act."""
MOST_BLOCKS = 1_000
"""Of an honest message: the hub keeps blocks of 256 changes, and what stands between two of them is a block too."""
UNCOUNTED = 2 * 1024 * 1024
MOST_MARKS = 3_000_000
MARKS = b'",:[{'
"""What is larger than the first is counted before it is read: JSON of nothing but brackets takes twenty times its size in memory.

A comma weighs twice: between numbers nothing else stands.
"""
LONGEST_TEXT = 64
LONGEST_REASON = 1_000
LARGEST_NUMBER = (1 << 63) - 1


class Malformed(ValueError):
    """The bytes are no message of this protocol: cut, changed on the way, or made by somebody else."""


def pack(head: Mapping[str, Any], blocks: Sequence[bytes] = ()) -> bytes:
    """Magic, digest of all that follows, zstd of a JSON head; then blocks as `block` made them, their sizes in the head."""
    whole_head = {**head, "blocks": [len(each) for each in blocks]} if blocks else head
    said = b"".join((packed(orjson.dumps(whole_head)), *blocks))
    return b"".join((MAGIC, blake2b(said, digest_size=DIGEST).digest(), said))


def block(changes: Sequence[Change]) -> bytes:
    """A stretch of changes as it travels: zstd of their columns as a JSON line and of their patches, a line each."""
    return packed(b"\n".join((orjson.dumps(columns(changes)), *(change.patch for change in changes))))


def packed(body: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=1).compress(body)


def unpack(message: bytes) -> dict[str, Any]:
    """The head of a message. Raises Malformed for anything cut, altered or too large."""
    digest, said = message[len(MAGIC) : FRONT], message[FRONT:]
    if message[: len(MAGIC)] != MAGIC:
        raise Malformed("no message of this protocol")
    if blake2b(said, digest_size=DIGEST).digest() != digest:
        raise Malformed("the digest does not fit")
    body = unpacked(said)
    if len(body) > UNCOUNTED and marks(body) > MOST_MARKS:
        raise Malformed("more parts than an honest message has")
    return dictionary(body)


def read_blocks(head: Mapping[str, Any], message: bytes, largest: int = LARGEST_MESSAGE) -> list[Change]:
    """The changes of all blocks of a message, one after the other. `largest`: bytes they may unpack to. Raises Malformed."""
    found = list[Change]()
    for body in bodies(head, message, largest):
        first, *patches = body.split(b"\n")
        found += read_columns(dictionary(first), patches)
    if sum([len(change.also) for change in found if change.also]) > largest:
        raise Malformed("what is said once is to be kept too often")
    return found


def bodies(head: Mapping[str, Any], message: bytes, largest: int) -> list[bytes]:
    """The unpacked blocks of a message, none of which can blow up while it is read. Raises Malformed."""
    sizes = whole(head.get("blocks", []))
    at = len(message) - sum(sizes)
    if at < FRONT or min(sizes, default=1) < 1 or len(sizes) > MOST_BLOCKS:
        raise Malformed("the blocks do not fit")
    found = list[bytes]()
    for size in sizes:
        found.append(unpacked(message[at : at + size], largest))
        at, largest = at + size, largest - len(found[-1])
    if sum(body.count(b"\n") for body in found) > MOST_CHANGES:
        raise Malformed("more changes than an honest message has")
    if sum(map(len, found)) > UNCOUNTED and sum(map(marks, found)) > MOST_MARKS:
        raise Malformed("more parts than an honest message has")
    return found


def dictionary(body: bytes) -> dict[str, Any]:
    """The object that a piece of JSON is. Raises Malformed."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed("it is no JSON") from error
    if not isinstance(found, dict):
        raise Malformed("it is no object")
    return found


def marks(body: bytes) -> int:
    """How many parts its JSON may have, in one pass over it."""
    return len(body) - len(body.translate(None, MARKS)) + body.count(b",")


def unpacked(frame: bytes, largest: int = LARGEST_MESSAGE) -> bytes:
    """The content of the first zstd frame. Raises Malformed."""
    try:
        size = zstandard.frame_content_size(frame)
        if not 0 <= size <= largest:
            raise Malformed("the message is too large")
        return zstandard.ZstdDecompressor().decompress(frame, max_output_size=largest)
    except zstandard.ZstdError as error:
        raise Malformed("the body is cut or altered") from error


class Base(NamedTuple):
    """Where a store stands in the hub's history."""

    place: int
    head: bytes


# ------------------------------------------------------------------ columns of changes
def columns(changes: Sequence[Change]) -> dict[str, Any]:
    """Changes as columns; what repeats is said once, what grows is said as steps. The ids are not sent: they follow."""
    keys, before, device, n, act, author, entity, row, patch, stamp, read_to, own_n, also, refused = zip(*changes, strict=True)
    devices, authors, entities = (list(dict.fromkeys(values)) for values in (device, author, entity))
    prevs = {}
    tips: dict[str, bytes] = {}
    for index, (name, prev, key) in enumerate(zip(device, before, keys, strict=True)):
        if tips.get(name) != prev:
            prevs[str(index)] = prev.hex()
        tips[name] = key
    return {
        "devices": devices, "authors": authors, "entities": entities, "prevs": prevs,
        "device": indexes(devices, device), "author": indexes(authors, author), "entity": indexes(entities, entity),
        "n": steps(n), "act": steps(act), "stamp": steps(stamp), "read_to": steps(read_to), "own_n": steps(own_n), "row": row,
        "also": said_once(also),
        "refused": {str(index): reason for index, reason in enumerate(refused) if reason},
        "tip": keys[-1].hex(),
        **({} if all(patch) else {"gone": {str(index): keys[index].hex() for index, body in enumerate(patch) if not body}}),
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
        map(devices.__getitem__, whole(head["device"], len(devices))),
        map(authors.__getitem__, whole(head["author"], len(authors))),
        map(entities.__getitem__, whole(head["entity"], len(entities))),
        *(summed(head[name]) for name in ("n", "act", "stamp", "read_to", "own_n")),
        rows, patches, strict=True,
    )  # fmt: skip
    prevs, named, gone = ids_of(head["prevs"]), also_of(head["also"], len(patches)), ids_of(head.get("gone", {}))
    refused = sparse(head["refused"], LONGEST_REASON)
    tips: dict[str, bytes] = {}
    changes = []
    for index, (device, author, entity, n, act, stamp, read_to, own_n, row, patch) in enumerate(numbers):
        prev = prevs[index] if index in prevs else tips[device]
        key = change_id(prev, device, n, act, author, entity, row, patch) if patch else gone[index]
        also, reason = named.get(index, b""), refused.get(index, "")
        changes.append(signed((key, prev, device, n, act, author, entity, row, patch, stamp, read_to, own_n, also, reason)))
        tips[device] = key
    if changes and changes[-1].id.hex() != head["tip"]:
        raise Malformed("the ids do not fit")
    return changes


def ids_of(values: object) -> dict[int, bytes]:
    """{index: id} of some of the changes. Raises Malformed."""
    found = {index: bytes.fromhex(text) for index, text in sparse(values).items()}
    if any(len(key) != len(ROOT) for key in found.values()):
        raise Malformed("an id of another length")
    return found


def also_of(values: object, count: int) -> dict[int, bytes]:
    """{index: joined ids} of those changes that name any; see `said_once`. Raises Malformed."""
    said, named, found = sparse(values), b"", dict[int, bytes]()
    for index in range(count) if said else ():
        named = (bytes.fromhex(said[index]) or named) if index in said else b""
        if len(named) % len(ROOT):
            raise Malformed("an id of another length")
        if named:
            found[index] = named
    return found


def said_once(values: Sequence[bytes]) -> dict[str, str]:
    """{index: hex} of the values that are not empty; '' where one is the same as the one before it."""
    return {str(index): "" if value == before else value.hex() for index, (before, value) in enumerate(pairwise((b"", *values))) if value}


def indexes(names: Sequence[str], values: Iterable[str]) -> list[int]:
    place = {name: index for index, name in enumerate(names)}
    return [place[value] for value in values]


def steps(values: Sequence[int]) -> list[int]:
    return list(map(sub, values, (0, *values)))


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
    if not isinstance(values, list) or not set(map(type, values)) <= {str} or max(map(len, values), default=0) > LONGEST_TEXT:
        raise Malformed("not a list of short texts")
    if "\0" in "".join(values):  # it parts the texts from which an id is made
        raise Malformed("a text holds the sign that parts texts")
    return values


def sparse(values: object, longest: int = LARGEST_MESSAGE) -> dict[int, str]:
    if not isinstance(values, dict) or not {type(value) for value in values.values()} <= {str}:
        raise Malformed("not a table of texts")
    if max(map(len, values.values()), default=0) > longest:
        raise Malformed("a text is too long")
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


def must_be_canonical(patches: Sequence[bytes], found: Sequence[Mapping[str, Any]]) -> None:
    """Raises Malformed unless each patch is written as our programs write it.

    A name that stands twice or a number beyond 53 bits means one thing to our reader of JSON and another to SQLite's:
    the tables would depend on who draws them.
    """
    strict = orjson.OPT_STRICT_INTEGER
    try:
        wrong = any(patch and orjson.dumps(values, option=strict) != patch for patch, values in zip(patches, found, strict=True))
    except orjson.JSONEncodeError as error:
        raise Malformed("a patch holds what no program of ours writes") from error
    if wrong:
        raise Malformed("a patch is not written as our programs write it")
