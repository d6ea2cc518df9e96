"""What the hub takes of an offer: whole acts, numbers without gaps, one kind of row under one id; and how little it keeps in memory."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import exchange
from shared.change import ROOT, Change, Edit
from shared.exchange import Base, Malformed
from sync_server.hub import Hub
from sync_server.offers import facts_of
from sync_server.paging import LARGEST, Blocks, Recent
from tests.support.hostile import NOW, Wish, chained, offer_of


class Guest(NamedTuple):
    id: str
    user: str
    role: str = "salesperson"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    made = Hub.create(tmp_path, lambda: NOW >> 16)
    made.write([Edit("employees", "anna", {"name": "Анна", "role": "salesperson"})])
    yield made
    made.close()


def wish(entity: str = "clients", row: str = "c", *, new_act: bool = True, also: bytes = b"") -> Wish:
    return Wish(entity, row, b'{"name":"a"}', new_act, NOW, 0, 0, also, "")


def told(hub: Hub, changes: Sequence[Change]) -> dict[str, Any]:
    """The head of the hub's answer to an offer."""
    return exchange.unpack(hub.handle(Guest("d", "anna"), offer_of(Base(0, ROOT), changes)))


ACT = chained("a", 0, ROOT, [wish(), wish(new_act=False), wish(new_act=False)])
JUMP = chained("a", 0, ROOT, [wish()]) + chained("a", 4, ACT[0].id, [wish()])


@pytest.mark.parametrize(
    "changes",
    [ACT[:1] * 2, chained("a", 4, ROOT, [wish()]), JUMP, [change._replace(act=2) for change in ACT[:1]]],
    ids=["a change twice", "a beginning that is none", "numbers with a gap", "an act without its beginning"],
)
def test_a_chain_that_no_laptop_makes_is_turned_away(hub: Hub, changes: list[Change]) -> None:
    with pytest.raises(Malformed):
        told(hub, changes)
    assert hub.verify() == []


def test_the_rest_of_an_act_cannot_come_later(hub: Hub) -> None:
    """An act that grew from message to message would one day be larger than any page."""
    assert told(hub, ACT[:2])["kind"] == "page"
    with pytest.raises(Malformed, match="cut"):
        told(hub, ACT[2:])


def test_a_change_without_its_predecessor_is_a_gap(hub: Hub) -> None:
    assert told(hub, ACT[1:])["kind"] == "gap"


def test_an_id_names_rows_of_one_entity_only(hub: Hub) -> None:
    """Rows are settled by their ids: a client and an order under one id would be drawn one way now and another way again."""
    changes = chained("a", 0, ROOT, [wish("clients", "x"), wish("orders", "x"), wish("ghosts", "x"), wish("clients", "x")])
    refused = {index: facts[3] for index, facts in told(hub, changes)["facts"].items()}
    assert set(refused) == {"1", "2"}
    assert "другого вида" in refused["1"]
    assert hub.verify() == []


def test_what_was_seen_is_said_once_and_read_back_for_every_change() -> None:
    seen = [b"", b"a" * 32, b"a" * 32, b"", b"a" * 32, b"b" * 16]
    changes = chained("a", 0, ROOT, [wish(also=also) for also in seen])
    assert exchange.columns(changes)["also"] == {"1": "61" * 32, "2": "", "4": "61" * 32, "5": "62" * 16}
    message = exchange.pack({}, [exchange.block(changes)])
    assert exchange.read_blocks(exchange.unpack(message), message) == changes


def test_what_is_kept_for_frequent_guests_is_bounded_in_bytes() -> None:
    recent, blocks = Recent(), Blocks()
    large = Change(ROOT, ROOT, "a", 1, 1, "", "clients", "c", random.Random(1).randbytes(LARGEST // 2), NOW, 0, 0)
    for place in range(4):
        recent.append(Base(place, b""), Base(place + 1, b""), [large])
        blocks.keep(place, [large])
    assert sum(len(change.patch) for run in recent._runs for change in run.changes) <= LARGEST
    assert 0 < sum(len(block.packed) for block in blocks._kept.values()) <= LARGEST


def test_facts_are_told_where_they_differ_and_what_was_seen_only_when_it_does() -> None:
    (offered,) = chained("a", 0, ROOT, [wish(also=b"a" * 32)])
    assert facts_of(offered, offered) == []
    assert facts_of(offered._replace(stamp=NOW + 1), offered) == [NOW + 1, 0, None, ""]
    assert facts_of(offered._replace(also=b""), offered) == [NOW, 0, "", ""]


def test_what_is_said_once_and_kept_a_thousand_times_is_turned_away(hub: Hub) -> None:
    changes = chained("a", 0, ROOT, [wish(row=f"c{number}", also=b"a" * 160_000) for number in range(200)])
    assert len(offer_of(Base(0, ROOT), changes)) < 100_000
    with pytest.raises(Malformed):
        told(hub, changes)
    assert hub.place() == 1


@given(st.lists(st.integers(1, 4), min_size=1, max_size=8), st.data())
def test_the_newest_changes_are_those_that_were_appended(sizes: list[int], data: st.DataObject) -> None:
    recent, place = Recent(most=6), 0
    whole = chained("a", 0, ROOT, [wish() for _ in range(sum(sizes))])
    for size in sizes:
        recent.append(Base(place, b"x"), Base(place + size, b"x"), whole[place : place + size])
        place += size
    end = Base(place, b"x")
    first = data.draw(st.integers(1, place))
    last = data.draw(st.integers(first, place))
    found = recent.between(first, last, end)
    assert found == whole[first - 1 : last] or (found is None and place - first >= 6)
    assert recent.between(first, last, Base(place, b"y")) is None, "somebody else has written meanwhile"
