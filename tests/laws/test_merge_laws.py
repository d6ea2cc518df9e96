"""Laws of the merge: the tables depend on the set of changes alone, not on order, batches or repetition."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.change import ROOT, Change
from shared.merge import Branch, Write, fate, settle
from shared.store import FILE_NAME, Store
from shared.store.chain import Chain
from tests.simulator.history import step
from tests.simulator.machines import NEW
from tests.simulator.world import World
from tests.support.office import tables

Batch = list[tuple[int, Change]]
"""Changes with their places, committed in one transaction."""
SEEDS = st.integers(1, 12)


@cache
def lived(seed: int) -> tuple[tuple[int, Change], ...]:
    """The hub's log after a simulated history, with deletions, moves, conflicts, copies and refusals."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(seed, 3, Path(folder))
        world.moods |= {"forget": 0, "overstep": 5}  # a compacted log has gaps
        if seed % 2:  # a hub that is being built anew refuses nobody
            world.moods |= {"restore_the_hub": 0, "lose_the_hub": 0}
        for _ in range(160):
            step(world)
        found = tuple((place, change) for place, change in enumerate(Chain(world.server.store.db).changes(1, 1 << 60), 1))
        world.close()
    return found


def shuffled(changes: Sequence[tuple[int, Change]], luck: random.Random) -> Iterator[tuple[int, Change]]:
    """Any order in which nothing comes before its predecessor."""
    known, waiting = {ROOT}, list(changes)
    while ready := [pair for pair in waiting if pair[1].prev in known]:
        chosen = luck.choice(ready)
        waiting.remove(chosen)
        known.add(chosen[1].id)
        yield chosen


def batches(changes: Sequence[tuple[int, Change]], luck: random.Random) -> Iterator[Batch]:
    start = 0
    while start < len(changes):
        end = start + luck.choice((1, 1, 2, 7, 100))
        yield list(changes[start:end])
        start = end


def drawn(folder: Path, parts: Iterator[Batch], *, again: bool = False) -> object:
    """What a store shows after these commits; `again`: drawn from the log once more."""
    store = Store.create(folder / FILE_NAME, "reader", NEW)
    store.db.execute("PRAGMA synchronous = OFF")
    for part in parts:
        with store.transaction():
            for run in runs(part):
                store.commit([change for _, change in run], first_place=run[0][0])
    if again:
        store.redraw()
    conflicts = store.db.execute("SELECT c.row, field, id, winner FROM conflicts c JOIN log USING (seq) ORDER BY 1, 2, 3").fetchall()
    shown = (tables(store), conflicts)
    store.close()
    return shown


def runs(part: Batch) -> Iterator[Batch]:
    """Stretches of consecutive places: one call of `commit` each."""
    start = 0
    for index in range(1, len(part) + 1):
        if index == len(part) or part[index][0] != part[index - 1][0] + 1:
            yield part[start:index]
            start = index


@settings(max_examples=25)
@given(SEEDS, st.randoms(use_true_random=False))
def test_the_order_and_the_batches_of_arrival_change_nothing(seed: int, luck: random.Random) -> None:
    changes = lived(seed)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        straight = drawn(Path(one), iter([list(changes)]))
        mixed = drawn(Path(other), batches(list(shuffled(changes, luck)), luck))
    assert mixed == straight


@settings(max_examples=12)
@given(SEEDS, st.randoms(use_true_random=False))
def test_a_redrawn_store_equals_the_live_one(seed: int, luck: random.Random) -> None:
    order = list(shuffled(lived(seed), luck))
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        live = drawn(Path(one), batches(order, random.Random(seed)))
        again = drawn(Path(other), batches(order, random.Random(seed)), again=True)
    assert again == live


def test_these_histories_hold_what_the_laws_are_about() -> None:
    changes = [change for seed in range(1, 13) for _, change in lived(seed)]
    assert any(change.refused for change in changes)
    assert any(change.also for change in changes)
    assert sum(b'"deleted"' in change.patch for change in changes) > 20
    assert sum(b'"order_id"' in change.patch for change in changes) > 20


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


@given(writes(), st.randoms(use_true_random=False))
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


@pytest.mark.parametrize("seed", range(1, 4))
def test_the_same_changes_are_the_same_history_whoever_reads_them(seed: int) -> None:
    assert lived(seed) == lived.__wrapped__(seed)
