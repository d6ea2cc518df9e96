"""Histories that a bad world has made, and any order in which their changes may arrive."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from shared.change import ROOT, Change
from shared.entity import Catalogue
from shared.merge import NOWHERE
from shared.store import FILE_NAME, Store
from shared.store.chain import Chain
from tests.simulator.checks import contents, shown_disputes
from tests.simulator.history import step
from tests.simulator.machines import NEW, Disk, blank_laptop, disk_of, opened, put
from tests.simulator.world import World

Placed = tuple[int, Change]
"""A change and its place; NOWHERE when the hub has not placed it."""
STEPS = 160


class Lived(NamedTuple):
    """What is left of a history: the hub's log and disk, and the world, which knows what everybody had truly seen."""

    changes: tuple[Placed, ...]
    disk: Disk
    world: World


@cache
def lived(seed: int) -> Lived:
    """A simulated history with deletions, moves, conflicts, copies and refusals; every second one with lost and restored hubs."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(seed, 3, Path(folder))
        world.moods |= {"forget": 0, "overstep": 5}  # a compacted log has gaps
        if seed % 2:  # a hub that is being built anew refuses nobody
            world.moods |= {"restore_the_hub": 0, "lose_the_hub": 0}
        for _ in range(STEPS):
            step(world)
        changes = tuple(enumerate(Chain(world.server.store.db).changes(1, 1 << 60), 1))
        disk = disk_of(world.server.folder)
        world.close()
    return Lived(changes, disk, world)


def shuffled(changes: Iterable[Placed], luck: random.Random) -> Iterator[Placed]:
    """Any order in which nothing comes before its predecessor."""
    known, waiting = {ROOT}, list(changes)
    while ready := [pair for pair in waiting if pair[1].prev in known]:
        chosen = luck.choice(ready)
        waiting.remove(chosen)
        known.add(chosen[1].id)
        yield chosen


def batches(changes: Sequence[Placed], luck: random.Random) -> Iterator[Sequence[Placed]]:
    """What is committed in one transaction each."""
    start = 0
    while start < len(changes):
        end = start + luck.choice((1, 1, 2, 7, 100))
        yield changes[start:end]
        start = end


@contextmanager
def blank_store(catalogue: Catalogue = NEW) -> Iterator[Store]:
    """A store without changes, on a disk that forgets it afterwards."""
    with tempfile.TemporaryDirectory() as name:
        put(Path(name), blank_laptop())
        store = opened(Path(name) / FILE_NAME, catalogue)
        try:
            yield store
        finally:
            store.close()


def commit(store: Store, batch: Sequence[Placed], fresh: Callable[[Sequence[Placed]], bool] = lambda _: False) -> None:
    """One transaction. `fresh` tells whether the authors of a run of changes had seen everything in the store."""
    with store.transaction():
        for run in runs(batch):
            place = run[0][0]
            store.commit([change for _, change in run], first_place=0 if place == NOWHERE else place, fresh=fresh(run))


def runs(batch: Sequence[Placed]) -> Iterator[Sequence[Placed]]:
    """Stretches of consecutive places, or of changes without one: a call of `Store.commit` each."""
    start = 0
    for index, ((before, _), (place, _)) in enumerate(pairwise(batch), 1):
        if place != (NOWHERE if before == NOWHERE else before + 1):
            yield batch[start:index]
            start = index
    if batch:
        yield batch[start:]


def picture(store: Store) -> object:
    """Everything that a store shows: tables, totals, deletions, conflicts."""
    return contents(store), shown_disputes(store)


def drawn(parts: Iterable[Sequence[Placed]]) -> object:
    """What a store shows after these commits."""
    with blank_store() as store:
        for part in parts:
            commit(store, part)
        return picture(store)
