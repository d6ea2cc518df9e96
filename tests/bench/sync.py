"""The sync of a laptop with ten thousand orders through a real hub: push, pull, many laptops at once, and nothing to do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from local_app.desk import Desk
from local_app.hubline import HubAddress
from local_app.rounds import exchange_all
from local_app.sync import Syncer
from shared.change import Edit
from shared.ids import new_device
from shared.store import FILE_NAME, Store
from shared.store.courier import Courier
from tests.bench import workload
from tests.bench.hubs import CountingLine, RunningHub, Traffic, new_laptop, running_hub
from tests.bench.measure import Limit, Line, Options, Rounds, each_ms, median, timed
from tests.bench.yardsticks import Raw

MEGABYTE = 1 << 20
LIMITS = [
    Limit("push_s", 2.5, "raw_rowlog_s"),
    Limit("push_s", 5.0, "raw_rows_s"),
    Limit("pull_log_s", 2.5, "raw_rowlog_s"),
    Limit("pull_log_s", 5.0, "raw_rows_s"),
    Limit("snapshot_s", 1.5, "raw_rows_s"),
    Limit("periodic_s", 3.0, "raw_rows_s"),
    Limit("idle_ms", 2.0, "empty_answer_ms"),
    Limit("idle_bytes", 400),
    Limit("push_bytes", 3.5 * MEGABYTE),
    Limit("hub_peak_mb", 200),
]
EDITS = 50
LAPTOPS = 20
Beside = Callable[[], None]
"""Measures the yardsticks where it is called."""


def sync(options: Options) -> Line:
    """One line; each round has its own hub. The yardsticks are measured beside each long figure: the speed of a machine wanders."""
    count = options.sized(10_000)
    known = workload.company(count)
    acts = list(workload.orders(known, count))
    raw, rounds = Raw(options.work, acts), Rounds()
    laptops = options.laptops or LAPTOPS

    def beside() -> None:
        rounds.add(**raw.measure())

    for number in range(options.rounds):
        with running_hub(options.work / f"hub-{number}") as hub:
            folder = options.work / f"laptops-{number}"
            rounds.add(**exchanged(hub, folder, known.edits, acts, beside), **idle(folder / "b", options.repeats))
            rounds.add(**periodic(hub, folder, acts, laptops, beside), hub_peak_mb=hub.peak_mb())
            beside()
        shutil.rmtree(folder)
    figures = rounds.medians() | {"hub_peak_mb": max(rounds.found["hub_peak_mb"])}
    facts = {"orders": count, "rows": sum(map(len, acts)), "values": workload.values_in(acts), "laptops": laptops}
    return Line("sync", facts, figures, LIMITS)


def exchanged(hub: RunningHub, folder: Path, references: list[Edit], acts: Sequence[Sequence[Edit]], beside: Beside) -> dict[str, float]:
    """One laptop sends all orders; an empty one takes them by the log, another empty one by the snapshot. Somebody is at work at each."""
    sending, taking, fetching = Traffic(), Traffic(), Traffic()
    first, second, third = (new_laptop(hub, folder / name, traffic) for name, traffic in (("a", sending), ("b", taking), ("c", fetching)))
    desk = Desk.open(folder / "a")
    desk.do(references, "Справочники")
    first.sync_once()
    desk.do_many(acts, "Импорт заказов")
    desk.close()
    desks = [Desk.open(folder / name) for name in "abc"]
    second.sync_once()  # the references; a laptop that was here a moment ago is not offered a snapshot
    sending.clear()
    taking.clear()
    figures: dict[str, float] = {}
    for name, laptop in (("push", first), ("pull_log", second), ("snapshot", third)):
        beside()
        figures |= timed(name, laptop.sync_once, hub.cpu)
    for desk in desks:
        desk.close()
    return figures | {"push_bytes": sending.sent, "pull_bytes": taking.received, "snapshot_bytes": fetching.received}


def idle(folder: Path, repeats: int) -> dict[str, float]:
    """An exchange when there is nothing new, on an open line, and the server's emptiest answer, in turns; `idle_sync_ms`: a whole sync."""
    traffic = Traffic()
    syncer, line = traffic.syncer(folder), CountingLine(HubAddress.of(folder), traffic)
    syncer.sync_once()
    store = Store.open(folder / FILE_NAME)
    courier = Courier(store)
    traffic.clear()
    nothing = partial(exchange_all, courier, lambda message: line.exchange(message, store.unsent()))
    works: list[Callable[[], object]] = [nothing, partial(line.get, "/api/v1/ping")] * repeats
    spent = each_ms(works)
    store.close()
    pings = Traffic()
    CountingLine(line.address, pings).get("/api/v1/ping")
    figures = {"idle_ms": median(spent[::2]), "empty_answer_ms": median(spent[1::2])}
    figures["idle_bytes"] = (traffic.sent + traffic.received - pings.received * repeats) / repeats
    figures["idle_wire_bytes"] = (traffic.wire - pings.wire * repeats) / repeats
    return figures | {"idle_sync_ms": median(each_ms([syncer.sync_once] * repeats))}


def periodic(hub: RunningHub, folder: Path, acts: list[list[Edit]], laptops: int, beside: Beside) -> dict[str, float]:
    """Laptops that have everything make fifty edits each, then sync all at once until all have all; at each somebody is at work."""
    folders = [copied(folder / "b", folder / f"laptop-{number}") for number in range(laptops)]
    for number, each in enumerate(folders):
        prepare(hub, each, workload.later_edits(acts, EDITS, seed=100 + number))
    desks = [Desk.open(each) for each in folders]
    whole = max(desk.store.log.state().place for desk in desks) + laptops * EDITS
    try:
        with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
            all(pool.map(ready, folders))  # the processes are there before the clock starts
            beside()
            return timed("periodic", lambda: until_whole(pool, desks, whole), hub.cpu)
    finally:
        for desk in desks:
            desk.close()
        for each in folders:
            shutil.rmtree(each)


def copied(source: Path, target: Path) -> Path:
    """A laptop that already has everything, under a label of its own."""
    shutil.copytree(source, target)
    desk = Desk.open(target)
    with desk.store.transaction():
        desk.store.log.set_state(device=new_device())
    desk.close()
    return target


def prepare(hub: RunningHub, folder: Path, edits: Iterable[Edit]) -> None:
    syncer = Syncer(folder)
    syncer.enrol(hub.url, hub.code())
    syncer.sync_once()
    desk = Desk.open(folder)
    for edit in edits:
        desk.do([edit], "Изменено поле")
    desk.close()


def until_whole(pool: Executor, desks: Sequence[Desk], whole: int) -> None:
    """Rounds of all laptops at once, as far as there are processors, until each stands at the hub's last place."""
    while late := [desk.folder for desk in desks if desk.store.log.state().place < whole]:
        all(pool.map(synced, late))


def ready(folder: Path) -> bool:
    return Syncer(folder).folder.is_dir()


def synced(folder: Path) -> bool:
    """One sync of a laptop; runs in a process that shares no interpreter with the other laptops."""
    Syncer(folder).sync_once()
    return True
