"""What a broken or hostile program may send as a message of the sync: heads, columns, patches and bombs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson
import zstandard
from hypothesis import strategies as st

from shared import exchange
from shared.change import ROOT, Change, change_id
from shared.entities import ENTITIES
from shared.entity import NUMERIC, Field, Kind
from shared.exchange import Base

NOW = 1_790_000_000_000 << 16
HUGE = st.sampled_from([0, 1, 2**31, 2**53, 2**53 + 1, 2**62, 2**63 - 1])
TEXTS = st.sampled_from(
    ["", "x", "0", "2026-02-30", "2026-03-12", "r1", "'; DROP TABLE log; --", "я" * 3000, "\u202e", "a\nb", "\x00", "😀"]
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.floats(), TEXTS)
ANYTHING = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(TEXTS, SCALARS | st.lists(SCALARS, max_size=2), max_size=3)
UNHEARD = st.sampled_from(["unheard", "id", "key", "search", 'x"'])
ROWS = st.sampled_from(["orders0", "clients0", "r0", "r1", "", " ", "код", "r" * 64, "r" * 65, "r" * 65536, "a\0b"])
NAMES = st.sampled_from([*ENTITIES, "ghosts", "", "log", 'x"; --', "e" * 65])
RAW_PATCHES = (
    b"[]", b"1", b"null", b"{", b"", b"{}", b'{"a": 1}', b'{"name":"a","name":"b"}', b'{"name":NaN}', b'{"name":"\\ud800"}',
    b'{"name":1e400}',
    b'{"name":18446744073709551616}', b'{"name":9007199254740993}', b'{"name":"\\u0041"}', b"\xff", b'{"name":"\xff"}',
    b'{"a":' + b"[" * 3000,
    b'{"a":' + b"[" * 500 + b"]" * 500 + b"}", b'{"deleted":1,"deleted":0}', b'{"price":-0}', b'{"name":"a"}\r',
)  # fmt: skip


class Wish(NamedTuple):
    """One change that somebody wants to send."""

    entity: str
    row: str
    patch: bytes
    new_act: bool
    stamp: int
    read_to: int
    own_n: int
    also: bytes
    refused: str


def value(field: Field) -> st.SearchStrategy[Any]:
    """A value that the field may hold, at its bounds rather than within them."""
    if field.kind in NUMERIC:
        return st.none() | st.sampled_from([0, 1, -1, 10**6, 10**8, -(10**8)])
    if field.kind is Kind.FLAG:
        return st.sampled_from([0, 1])
    if field.kind in (Kind.REFERENCE, Kind.CHOICE):
        return st.sampled_from(["orders0", "orders1", "clients0", "on_top", "included", "zz"])
    if field.kind in (Kind.DATE, Kind.MOMENT):
        return st.sampled_from([None, "2026-03-12", "1000-01-01"] if field.kind is Kind.DATE else [None, "2026-03-12T10:00"])
    return st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=20)


@st.composite
def patches(draw: st.DrawFn, entity: str, wild: bool) -> bytes:
    """A patch as a program of ours would write it, over fields known and unknown; a wild one holds anything or is none at all."""
    if wild and not draw(st.integers(0, 7)):
        return draw(st.sampled_from(RAW_PATCHES))
    known = ENTITIES.get(entity)
    fields = draw(st.lists(st.sampled_from(known.fields), max_size=6)) if known else []
    found = {field.name: draw(ANYTHING if wild else value(field)) for field in fields}
    unheard = draw(st.dictionaries(UNHEARD, ANYTHING, max_size=1))
    deleted = draw(st.sampled_from([{}, {}, {"deleted": 0}, {"deleted": 1}]))
    return orjson.dumps({**found, **unheard, **deleted})


@st.composite
def wishes(draw: st.DrawFn, wild: bool) -> Wish:
    """A tame wish is one that a laptop could have: the hub takes it, and everyone draws it. A wild one breaks some rule or other."""
    entity = draw(NAMES if wild else st.sampled_from(["clients", "orders", "order_lines", "payments", "assignees", "ghosts"]))
    row = draw(ROWS) if wild else f"{entity}{draw(st.integers(0, 2))}"
    patch = draw(patches(entity, wild))
    times = draw(st.tuples(st.booleans(), HUGE | st.just(NOW), HUGE, HUGE))
    also = draw(st.sampled_from([b"", bytes(16), b"x" * 15] if wild else [b"", bytes(16)]))
    return Wish(entity, row, patch, *times, also, draw(st.sampled_from(["", "нет", "x" * 2000])) if wild else "")


def chained(device: str, n: int, tip: bytes, wanted: Sequence[Wish], author: str = "somebody") -> list[Change]:
    """The wishes as one device's next changes, whole and rightly numbered."""
    changes, act = list[Change](), n + 1
    for wish in wanted:
        n += 1
        act = n if wish.new_act else act
        body = (device, n, act, author, wish.entity, wish.row, wish.patch)
        changes.append(Change(change_id(tip, *body), tip, *body, wish.stamp, wish.read_to, wish.own_n, wish.also, wish.refused))
        tip = changes[-1].id
    return changes


def head_of(base: Base, **more: Any) -> dict[str, Any]:
    return {"protocol": exchange.PROTOCOL, "kind": "offer", "place": base.place, "head": base.head.hex(), **more}


def offer_of(base: Base, changes: Sequence[Change], **more: Any) -> bytes:
    """An offer as a laptop makes it."""
    return exchange.pack(head_of(base, **more), [exchange.block(changes)] if changes else [])


def envelope(head: Mapping[str, Any], columns: Mapping[str, Any], bodies: Sequence[bytes]) -> bytes:
    """A message with a right digest around whatever, with one block."""
    return exchange.pack(head, [exchange.packed(b"\n".join((orjson.dumps(columns), *bodies)))])


def wrapped(body: bytes) -> bytes:
    """A message whose head is this, whatever it is."""
    return signed(exchange.packed(body))


def signed(frames: bytes) -> bytes:
    return exchange.MAGIC + blake2b(frames, digest_size=exchange.DIGEST).digest() + frames


def in_blocks(*bodies: bytes) -> bytes:
    """An offer whose blocks are these, whatever they are."""
    return exchange.pack(head_of(Base(0, ROOT)), list(map(exchange.packed, bodies)))


def honest() -> tuple[dict[str, Any], dict[str, Any], list[bytes]]:
    """The head, the columns and the patches of an offer that a laptop could have made."""
    wanted = [Wish("clients", f"h{number}", b'{"name":"a"}', number % 2 == 0, NOW, 0, number, b"", "") for number in range(4)]
    changes = chained("honest", 0, ROOT, wanted)
    return head_of(Base(0, ROOT)), exchange.columns(changes), [change.patch for change in changes]


@st.composite
def broken_offers(draw: st.DrawFn) -> bytes:
    """An honest offer with one thing in its head or in its columns that does not belong there."""
    head, columns, bodies = honest()
    said = draw(st.sampled_from([head, columns, columns]))
    key = draw(st.sampled_from(sorted(said)))
    found = said[key]
    if isinstance(found, list) and draw(st.booleans()):
        changed = list(found)
        changed[draw(st.integers(0, len(changed) - 1)) if changed else 0 :] = [draw(SCALARS | st.sampled_from([-1, -(2**63), 2**64 - 1]))]
        said[key] = changed
    elif isinstance(found, dict) and draw(st.booleans()):
        said[key] = {**found, draw(st.sampled_from(["0", "3", "99", "-1", "x", "²", "9" * 5000])): draw(SCALARS | st.just("ab" * 16))}
    else:
        said[key] = draw(ANYTHING)
    message = envelope(head, columns, draw(st.sampled_from([bodies, bodies[:-1], [*bodies, b"{}"], [], bodies[::-1]])))
    return message if draw(st.booleans()) else message[: draw(st.sampled_from([-1, -40]))]


@cache
def bombs() -> dict[str, bytes]:
    """Messages that are small on the wire and large in memory."""
    most = exchange.LARGEST_OFFER
    offer = b'{"protocol":1,"kind":"offer","place":0,"head":"00000000000000000000000000000000","x":'
    fields = b",".join(b'"%06d":1' % number for number in range(400_000))
    texts = {
        "brackets": offer + b"[" + b"[]," * (most // 4) + b"[]]}",
        "objects": offer + b"[" + b"{}," * (most // 4) + b"{}]}",
        "numbers": offer + b"[" + b"1000," * (most // 6) + b"1]}",
        "words": offer + b"[" + b'"ab",' * (most // 6) + b'"ab"]}',
        "a wide text": offer + b'"' + b"a" * (most - 200) + "😀".encode() + b'"}',
        "depth": offer + b"[" * 100_000,
    }
    quarter = b"[" + b"[]," * (most // 16) + b"[]]"
    return {
        "a gigabyte of nothing": signed(zstandard.ZstdCompressor().compress(bytes(1 << 28))),
        "an untold size": signed(zstandard.ZstdCompressor(write_content_size=False).compress(bytes(1 << 24))),
        **{f"a head of {name}": wrapped(text) for name, text in texts.items()},
        **{f"a block of {name}": in_blocks(text) for name, text in texts.items()},
        "a block of nothing": exchange.pack(head_of(Base(0, ROOT)), [zstandard.ZstdCompressor().compress(bytes(1 << 28))]),
        "blocks of brackets": in_blocks(*[quarter] * 4),
        "blocks that are too large together": in_blocks(*[b"[" + b" " * (most // 2) + b"]"] * 3),
        "a thousand blocks": in_blocks(*[b"{}"] * exchange.MOST_BLOCKS),
        "a hundred thousand blocks": in_blocks(*[b"{}"] * 100_000),
        "empty lines": in_blocks(b"{}" + b"\n" * (most - 2)),
        "patches of objects": in_blocks(offer + b"1}\n" + b'{"a":[' + b"{}," * (most // 4) + b"{}]}"),
        "a patch of fields": in_blocks(offer + b"1}\n{" + fields + b"}"),
        "a large patch": offer_of(Base(0, ROOT), with_patch(b'{"note":"' + b"a" * (most - 2000) + b'"}')),
    }


def with_patch(patch: bytes) -> list[Change]:
    return chained("bomber", 0, ROOT, [Wish("clients", "bomb", patch, True, NOW, 0, 0, b"", "")])
