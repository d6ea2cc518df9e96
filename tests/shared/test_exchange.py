"""The language of laptop and hub: everything said is understood, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import orjson
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from shared import exchange
from shared.change import ROOT, Change, change_id
from shared.cutter import Cutter
from shared.exchange import Malformed

NUMBERS = st.integers(0, exchange.LARGEST_NUMBER)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
PATCHES = st.dictionaries(TEXT, st.one_of(st.none(), TEXT, st.integers(-(2**53), 2**53)), max_size=4)


@st.composite
def histories(draw: st.DrawFn) -> list[Change]:
    """Changes of several devices, each with its own chain."""
    tips: dict[str, tuple[bytes, int]] = {}
    changes = []
    for _ in range(draw(st.integers(1, 12))):
        device = draw(st.sampled_from(["anna", "boris", "hub"]))
        prev, n = tips.get(device, (ROOT, 0))
        body = (device, n + 1, n + 1, draw(TEXT), draw(TEXT), draw(TEXT), orjson.dumps(draw(PATCHES)))
        facts = (draw(NUMBERS), draw(NUMBERS), draw(NUMBERS), draw(st.sampled_from([b"", bytes(16), bytes(32)])), draw(TEXT))
        change = Change(change_id(prev, *body), prev, *body, *facts)
        tips[device] = (change.id, n + 1)
        changes.append(change)
    return changes


def said(changes: list[Change]) -> bytes:
    return exchange.pack({"kind": "offer"}, [exchange.block(some) for some in (changes[:1], changes[1:]) if some])


@given(histories())
def test_changes_come_out_as_they_went_in(changes: list[Change]) -> None:
    message = said(changes)
    assert exchange.read_blocks(exchange.unpack(message), message) == changes


@given(histories(), st.data())
def test_a_message_cut_or_altered_anywhere_is_noticed(changes: list[Change], data: st.DataObject) -> None:
    message = said(changes)
    at = data.draw(st.integers(0, len(message) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    for damaged in (message[:at], message[:at] + bytes([message[at] ^ bit]) + message[at + 1 :]):
        with pytest.raises(Malformed):
            exchange.unpack(damaged)


@given(histories(), st.data())
def test_columns_that_do_not_fit_are_turned_away_and_never_crash(changes: list[Change], data: st.DataObject) -> None:
    columns, patches = exchange.columns(changes), [change.patch for change in changes]
    name = data.draw(st.sampled_from(list(columns)))
    broken = columns | {
        name: data.draw(st.one_of(st.none(), NUMBERS, TEXT, st.lists(st.one_of(NUMBERS, TEXT), max_size=3), st.just({"0": 1})))
    }
    try:
        found = exchange.read_columns(broken, patches)
    except Malformed:
        return
    assert all(change.id == change_id(change.prev, *change[2:9]) for change in found)


@pytest.mark.parametrize(
    "message", [b"", b"<html>", exchange.MAGIC, exchange.MAGIC + bytes(16), exchange.MAGIC + bytes(16) + zstandard.compress(b"{}")]
)
def test_what_is_no_message_is_told_at_once(message: bytes) -> None:
    with pytest.raises(Malformed):
        exchange.unpack(message)


def test_a_body_that_unpacks_to_more_than_the_limit_is_not_unpacked() -> None:
    bomb = zstandard.compress(bytes(exchange.LARGEST_MESSAGE + 1))
    assert len(bomb) < 10_000
    with pytest.raises(Malformed):
        exchange.unpack(exchange.MAGIC + bytes(16) + bomb)


@pytest.mark.parametrize("patch", [b"[]", b"1", b"{", b"null", b"\xff"])
def test_a_patch_is_an_object(patch: bytes) -> None:
    with pytest.raises(Malformed):
        exchange.parsed([patch])


def pages(acts: list[int], limit: int) -> Iterator[list[int]]:
    """The acts, given as their sizes, cut into pages: which act each change on a page belongs to."""
    changes = [act for act, size in enumerate(acts) for _ in range(size)]
    while changes:
        cutter = Cutter(10**6, limit)
        end = next((index for index, act in enumerate(changes) if cutter.full(act, 1)), len(changes))
        yield changes[:end]
        changes = changes[end:]


@given(st.lists(st.integers(1, 9), max_size=12), st.integers(1, 6))
def test_a_page_holds_whole_acts_and_at_least_one(acts: list[int], limit: int) -> None:
    cut = list(pages(acts, limit))
    assert [act for page in cut for act in page] == [act for act, size in enumerate(acts) for _ in range(size)]
    assert all(set(page).isdisjoint(following) for page, following in pairwise(cut))
    assert all(len(page) - page.count(page[-1]) < limit for page in cut)


def test_a_page_ends_when_its_bytes_are_full() -> None:
    cutter = Cutter(100, 10**6)
    assert [cutter.full(act, 60) for act in range(4)] == [False, False, True, True]
