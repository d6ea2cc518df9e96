"""The small model of the rules against the store: the same set of changes gives the same tables, deletions and conflicts in both."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.entity import Catalogue
from shared.store import Store
from tests.simulator.checks import Witness, check_drawing, shown_disputes
from tests.simulator.machines import NEW, OLD
from tests.simulator.mutants import spoiled
from tests.simulator.world import Violation
from tests.support.hearsay import Hearsay
from tests.support.histories import Placed, batches, blank_store, commit, lived, shuffled

LUCK = st.randoms(use_true_random=False)
PROGRAMS = st.sampled_from([NEW, OLD])
"""An older program does not know all fields and all entities."""
MERGING = (
    "no seen-check", "own_n ignored", "names of seen changes ignored", "the newest stamp wins", "a comparison that does not know null",
    "delete wins over edit", "children do not keep their order", "conflict rows not cleared", "totals not counted again on move",
    "refused changes drawn",
)  # fmt: skip
"""The known bugs of merging and drawing."""


def freshness(witness: Witness, store: Store) -> Callable[[Sequence[Placed]], bool]:
    """Whether each author had seen everything that is in the store, and what comes before in the same run."""

    def fresh(run: Sequence[Placed]) -> bool:
        held = sum(witness.bits[key] for (key,) in store.db.execute("SELECT id FROM log"))
        for _, change in run:
            if held & ~witness.saw[change.id]:
                return False
            held |= witness.bits[change.id]
        return True

    return fresh


def check_agreement(witness: Witness, parts: Iterable[Sequence[Placed]], luck: random.Random, catalogue: Catalogue = NEW) -> int:
    """Commits the parts one by one; the model draws the same set each time it is asked. Returns the open conflicts at the end."""
    with blank_store(catalogue) as store:
        for part in parts:
            commit(store, part, freshness(witness, store))
            if luck.random() < 0.15:
                check_drawing(witness, store)
        check_drawing(witness, store)
        return len(shown_disputes(store))


@settings(max_examples=24)
@given(st.integers(1, 12), LUCK, PROGRAMS)
def test_the_model_and_the_store_agree_on_what_a_bad_world_has_made(seed: int, luck: random.Random, catalogue: Catalogue) -> None:
    history = lived(seed)
    check_agreement(history.world, batches(list(shuffled(history.changes, luck)), luck), luck, catalogue)


@settings(max_examples=250)
@given(st.integers(0, 1 << 32), st.integers(1, 60), PROGRAMS)
def test_the_model_and_the_store_agree_on_any_set_of_changes_in_any_order(seed: int, length: int, catalogue: Catalogue) -> None:
    hear = Hearsay(seed, length)
    check_agreement(hear, some_of(hear), hear.luck, catalogue)


def some_of(hear: Hearsay) -> Iterable[Sequence[Placed]]:
    """All changes or a part of them: in the order of the places, or any other in which nothing comes before its predecessor."""
    everything = list(hear.everything())
    order = everything if hear.luck.random() < 0.3 else list(shuffled(everything, hear.luck))
    return batches(order[: hear.luck.choice((len(order), hear.luck.randint(0, len(order))))], hear.luck)


def test_the_small_histories_disagree_delete_and_refuse() -> None:
    histories = [Hearsay(seed, 60) for seed in range(40)]
    conflicts = [check_agreement(hear, batches(list(hear.everything()), hear.luck), hear.luck) for hear in histories]
    changes = [change for hear in histories for _, change in hear.everything()]
    assert sum(map(bool, conflicts)) > 20
    assert sum(b'"deleted"' in change.patch for change in changes) > 100
    assert any(change.refused for change in changes)
    assert any(change.also for change in changes)


@pytest.mark.parametrize("mutant", MERGING)
def test_a_known_bug_of_merging_is_told_by_the_model(mutant: str) -> None:
    with spoiled(mutant):
        assert any(differs(seed) for seed in range(200))


def differs(seed: int) -> bool:
    hear = Hearsay(seed, 60)
    try:
        check_agreement(hear, some_of(hear), hear.luck)
    except Violation:
        return True
    return False
