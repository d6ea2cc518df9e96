"""One history of the simulated world: steps of work, exchange and adversity, then three quiet rounds after which all must be well."""

from __future__ import annotations

import tempfile
from collections import Counter
from functools import partial
from pathlib import Path

from local_app.rounds import exchange_all
from shared.change import SyncTrouble
from sync_server.judge import Untimely
from tests.simulator.checks import check_drawing, check_end
from tests.simulator.faults import strike
from tests.simulator.freight import carry, check_files, small_pieces
from tests.simulator.machines import NEW, Laptop, Server
from tests.simulator.merging import check_merged
from tests.simulator.network import deliver, send
from tests.simulator.people import tidy, work
from tests.simulator.world import Violation, World

MEMORY = Path("/dev/shm")  # noqa: S108  # a file system in memory; the folder made in it is our own
ROUNDS = 3
MOST_TIDYING = 12
MESSAGES = 2000
LARGE_PAGE = 40
A_DAY_MS = 25 * 3_600_000


def run(seed: int, steps: int, laptops: int) -> Counter[str]:
    """Lives one history. Returns what has happened; raises Violation."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        world = World(seed, laptops, Path(folder))
        try:
            with small_pieces():
                for _ in range(steps):
                    step(world)
                settle(world)
            check_end(world)
            check_files(world)
            check_merged(world.server.store)
        finally:
            world.close()
        return world.faults


def step(world: World) -> None:
    world.now_ms += world.luck.choice((0, 1, 1, 50, 5000))
    kind, laptop = world.luck.random(), world.luck.choice(world.laptops)
    if kind < 0.30:
        work(world, laptop)
    elif kind < 0.50:
        send(world, laptop)
    elif kind < 0.80:
        receive(world)
    elif kind < 0.88:
        friend = world.luck.choice(world.welcome)
        catch_up(world, friend)  # for once the network is good
        tidy(world, friend)
        carry(world, friend)
    else:
        strike(world)


def receive(world: World) -> None:
    """People go on working between two answers."""
    laptop = deliver(world)
    if laptop is None:
        return
    if world.chance(0.1):
        check_drawing(world, laptop.store)
    if world.chance(0.3):
        tidy(world, laptop)
    if world.chance(0.3) and not laptop.revoked:
        carry(world, laptop)
    if world.chance(0.35):
        work(world, laptop)
    if world.chance(0.5):
        send(world, laptop)


def settle(world: World) -> None:
    """The faults stop; after three rounds nothing may be left to do."""
    world.letters.clear()
    world.disk_risk = 0
    world.recount()
    upgrade(world.server)
    for laptop in world.laptops:
        upgrade(laptop)
    for _ in range(ROUNDS):
        for laptop in world.welcome:
            catch_up(world, laptop)
        world.now_ms += 10
    for _ in range(MOST_TIDYING):
        if sum(tidied(world, laptop) for laptop in world.welcome) == 0:
            break
    else:
        raise Violation("the programs never come to rest")
    world.now_ms += A_DAY_MS
    for laptop in world.welcome * 2:
        carry(world, laptop, good=True)
    states = {(laptop.store.unsent(), *base(laptop)) for laptop in world.welcome}
    hub = world.server.store.log.state()
    if states != {(0, hub.place, hub.head)}:
        raise Violation("not everybody has everything after three rounds")


def tidied(world: World, laptop: Laptop) -> bool:
    """A sync and what the program does after it, until neither brings anything."""
    before = base(laptop)
    catch_up(world, laptop)
    made = tidy(world, laptop)
    catch_up(world, laptop)
    return bool(made) or base(laptop) != before


def base(laptop: Laptop) -> tuple[int, bytes]:
    state = laptop.store.log.state()
    return state.place, state.head


def upgrade(computer: Laptop | Server) -> None:
    if computer.catalogue is not NEW:
        computer.close()
        computer.catalogue = NEW
        computer.open()
    computer.page = LARGE_PAGE


def catch_up(world: World, laptop: Laptop) -> None:
    try:
        exchange_all(laptop.courier, partial(answer, world, laptop), most_rounds=MESSAGES)
    except SyncTrouble as trouble:
        raise Violation(f"the exchange does not come to its end: {trouble}") from trouble


def answer(world: World, laptop: Laptop, message: bytes) -> bytes:
    """When only a laptop that may not write knows what the hub has lost, the administrator lets it bring that back."""
    try:
        return world.server.hub.handle(laptop.guest, message)
    except Untimely:
        world.server.hub.rebuild(on=True)
        return world.server.hub.handle(laptop.guest, message)
