"""Laws of the merge: the tables depend on the set of changes alone, not on order, batches or repetition."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from local_app.rounds import exchange_all
from shared.exchange import Base
from shared.merge import Branch, Write, fate, settle
from shared.store import Store
from shared.store.letters import Offer
from tests.simulator.checks import history
from tests.simulator.machines import Laptop, Server, blank_laptop
from tests.support.histories import batches, blank_store, commit, drawn, lived, picture, shuffled

SEEDS = st.integers(1, 12)
LUCK = st.randoms(use_true_random=False)
LATER_MS = 1_900_000_000_000


# ------------------------------------------------------------------ order and batches
@settings(max_examples=20)
@given(SEEDS, LUCK)
def test_the_order_of_arrival_changes_nothing(seed: int, luck: random.Random) -> None:
    changes = lived(seed).changes
    assert drawn([list(shuffled(changes, luck))]) == drawn([changes])


@settings(max_examples=20)
@given(SEEDS, LUCK)
def test_the_batches_of_arrival_change_nothing(seed: int, luck: random.Random) -> None:
    order = list(shuffled(lived(seed).changes, luck))
    assert drawn(batches(order, luck)) == drawn([order])


@settings(max_examples=12)
@given(SEEDS, LUCK)
def test_a_redrawn_store_equals_the_live_one_at_every_moment(seed: int, luck: random.Random) -> None:
    order = list(shuffled(lived(seed).changes, luck))
    with blank_store() as store:
        for part in batches(order, luck):
            commit(store, part)
            if luck.random() < 0.2:
                check_redraw(store)
        check_redraw(store)


def check_redraw(store: Store) -> None:
    before = picture(store)
    store.redraw()
    assert picture(store) == before


# ------------------------------------------------------------------ repetition
class Office:
    """The hub of a history, and a laptop that has nothing yet."""

    def __init__(self, seed: int, folder: Path, page: int) -> None:
        self.hub = Server(folder / "hub", lived(seed).disk, lambda: LATER_MS, page)
        self.laptop = Laptop(0, folder / "laptop", blank_laptop(), lambda: LATER_MS, lambda: "copied", page)
        self.laptop.open()

    def close(self) -> None:
        self.laptop.close()
        self.hub.close()

    def ask(self, message: bytes) -> bytes:
        return self.hub.hub.handle(self.laptop.guest, message)

    def sync(self) -> None:
        exchange_all(self.laptop.courier, self.ask)

    def moment(self) -> object:
        """Everything that must not change: both stores' tables, logs with their facts, places and heads."""
        stores = (self.laptop.store, self.hub.store)
        return [(picture(store), history(store), (state := store.log.state()).place, state.head, state.n) for store in stores]


@contextmanager
def office(seed: int, page: int) -> Iterator[Office]:
    with tempfile.TemporaryDirectory() as folder:
        opened = Office(seed, Path(folder), page)
        try:
            yield opened
        finally:
            opened.close()


@settings(max_examples=12)
@given(SEEDS, LUCK, st.sampled_from([3, 20, 100]))
def test_an_answer_that_comes_again_changes_nothing(seed: int, luck: random.Random, page: int) -> None:
    with office(seed, page) as some:
        taken: list[tuple[Offer, bytes]] = []
        while some.laptop.store.log.state().place < some.hub.store.log.state().place:
            offer = some.laptop.courier.offer()
            taken.append((offer, some.ask(offer.message)))
            some.laptop.courier.take(*taken[-1])
        before = some.moment()
        for offer, answer in luck.sample(taken, min(len(taken), 20)):
            some.laptop.courier.take(offer, answer)
        assert some.moment() == before
        assert picture(some.laptop.store) == drawn([lived(seed).changes])


@settings(max_examples=20)
@given(SEEDS, LUCK, st.sampled_from([2, 20, 1000]))
def test_changes_that_both_sides_have_already_change_nothing_when_they_are_offered_and_come_again(
    seed: int, luck: random.Random, page: int
) -> None:
    """The laptop takes places back, as if the hub had lost them, offers what stood there, and gets it as echoes or from others."""
    with office(seed, page) as some:
        some.sync()
        before = some.moment()
        assume(some.laptop.store.log.state().place)  # the hub may have been lost just before the end
        place = luck.randrange(some.laptop.store.log.state().place)
        assert some.laptop.courier.cut(Base(place, some.laptop.courier.chain.head_at(place) or b""))
        check_redraw(some.laptop.store)  # what was seen by place is said by name
        offer = some.laptop.courier.offer()
        answers = [some.ask(offer.message) for _ in range(2)]
        some.laptop.courier.take(offer, answers[0])
        some.laptop.courier.take(offer, answers[1])
        some.sync()
        assert some.moment() == before


def test_these_histories_hold_what_the_laws_are_about() -> None:
    changes = [change for seed in range(1, 13) for _, change in lived(seed).changes]
    assert any(change.refused for change in changes)
    assert any(change.also for change in changes)
    assert sum(b'"deleted"' in change.patch for change in changes) > 20
    assert sum(b'"order_id"' in change.patch for change in changes) > 20


@pytest.mark.parametrize("seed", range(1, 4))
def test_the_same_seed_lives_the_same_history(seed: int) -> None:
    assert lived(seed).changes == lived.__wrapped__(seed).changes


# ------------------------------------------------------------------ the pure functions
@st.composite
def writes(draw: st.DrawFn) -> tuple[list[Write], dict[int, Branch]]:
    """Writes of one row by three devices; places in order of arrival, forms of any age."""
    branches = {1: Branch("a", 0, 0), 2: Branch("b", 0, 0), 3: Branch("a", 1, 2)}
    counters = {1: 0, 2: 0, 3: 2}
    found = []
    for place in range(1, draw(st.integers(2, 7))):
        branch = draw(st.sampled_from([1, 2, 3]))
        counters[branch] += 1
        n = counters[branch]
        patch = draw(st.dictionaries(st.sampled_from(["x", "y", "deleted"]), st.sampled_from([None, 0, 1]), min_size=1))
        read_to, own_n, stamp = draw(st.integers(0, place - 1)), draw(st.integers(0, n - 1)), draw(st.integers(1, 3))
        key = bytes([branch, n]) * 8
        found.append(Write(place, place, key, branch, branches[branch].device, n, n, stamp, read_to, own_n, b"", patch))
    return found, branches


@given(writes(), LUCK)
def test_winners_rivals_and_fate_do_not_depend_on_the_order_of_the_writes(
    given_writes: tuple[list[Write], dict[int, Branch]], luck: random.Random
) -> None:
    some, branches = given_writes
    other = luck.sample(some, len(some))
    assert decided(some, branches) == decided(other, branches)


def decided(some: list[Write], branches: dict[int, Branch]) -> object:
    """Everything that the merge says about a row, without an order."""
    fields = {field: (one.winner.seq, {rival.seq for rival in one.rivals}) for field, one in settle(some, branches).items()}
    ended = fate(some, [], branches)
    return fields, ended.deleted, {rival.seq for rival in ended.rivals}


@given(writes())
def test_a_write_by_one_who_has_seen_everything_settles_everything(given_writes: tuple[list[Write], dict[int, Branch]]) -> None:
    some, branches = given_writes
    last = len(some) + 1
    final = Write(last, last, bytes(16), 9, "z", 1, 1, 0, last - 1, 0, b"", {"x": 1, "y": 1, "deleted": 1})
    settled = settle([*some, final], branches | {9: Branch("z", 0, 0)})
    assert {field: one.winner for field, one in settled.items()} == {"x": final, "y": final}
    assert all(not one.rivals for one in settled.values())
    assert fate([*some, final], [], branches | {9: Branch("z", 0, 0)}) == (True, ())
