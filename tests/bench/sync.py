"""The sync of a laptop with ten thousand orders through a real hub: push, pull, many laptops at once, and nothing to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

from local_app.desk import Desk
from shared.change import Edit
from shared.ids import new_device
from tests.bench import workload
from tests.bench.hubs import CountingSyncer, RunningHub, new_laptop, running_hub
from tests.bench.measure import Limit, Line, Options, Rounds, each_ms, median, seconds
from tests.bench.yardsticks import Raw

MEGABYTE = 1 << 20
LIMITS = [
    Limit("push_s", 2.5, "raw_rowlog_s"),
    Limit("push_s", 5.0, "raw_rows_s"),
    Limit("pull_log_s", 2.5, "raw_rowlog_s"),
    Limit("pull_log_s", 5.0, "raw_rows_s"),
    Limit("periodic_s", 3.0, "raw_rows_s"),
    Limit("idle_ms", 2.0, "empty_answer_ms"),
    Limit("idle_bytes", 400),
    Limit("push_bytes", 3.5 * MEGABYTE),
    Limit("hub_peak_mb", 200),
]
EDITS = 50
LAPTOPS = 20


def sync(options: Options) -> Line:
    """One line; each round has its own hub, and the yardsticks are measured between the rounds."""
    count = options.sized(10_000)
    known = workload.company(count)
    acts = list(workload.orders(known, count))
    raw, rounds = Raw(options.work, acts), Rounds()
    laptops = options.laptops or LAPTOPS
    for number in range(options.rounds):
        rounds.add(**raw.measure())
        with running_hub(options.work / f"hub-{number}") as hub:
            folder = options.work / f"laptops-{number}"
            rounds.add(**exchanged(hub, folder, known.edits, acts))
            rounds.add(**idle(folder / "b", options.repeats), periodic_s=periodic(hub, folder, acts, laptops), hub_peak_mb=hub.peak_mb())
        shutil.rmtree(folder)
    figures = rounds.medians() | {"hub_peak_mb": max(rounds.found["hub_peak_mb"])}
    facts = {"orders": count, "rows": sum(map(len, acts)), "values": workload.values_in(acts), "laptops": laptops}
    return Line("sync", facts, figures, LIMITS)


def exchanged(hub: RunningHub, folder: Path, references: list[Edit], acts: Sequence[Sequence[Edit]]) -> dict[str, float]:
    """One laptop sends all orders, another empty one takes them."""
    first, second = new_laptop(hub, folder / "a"), new_laptop(hub, folder / "b")
    desk = Desk.open(folder / "a")
    desk.do(references, "Справочники")
    first.sync_once()
    desk.do_many(acts, "Импорт заказов")
    desk.close()
    first.forget()
    pushed = seconds(first.sync_once)
    pulled = seconds(second.sync_once)
    return {"push_s": pushed, "pull_log_s": pulled, "push_bytes": first.sent, "pull_bytes": second.received}


def idle(folder: Path, repeats: int) -> dict[str, float]:
    """A whole sync when there is nothing new, and the server's emptiest answer over the same kind of connection, in turns."""
    syncer = CountingSyncer(folder)
    address = syncer.address()
    assert address is not None, "this laptop was enrolled a moment ago"
    syncer.sync_once()
    syncer.forget()
    session = requests.Session()
    works: list[Callable[[], object]] = [syncer.sync_once, lambda: session.get(f"{address.url}/api/v1/ping", timeout=5)] * repeats
    spent = each_ms(works)
    figures = {"idle_ms": median(spent[::2]), "empty_answer_ms": median(spent[1::2])}
    return figures | {"idle_bytes": (syncer.sent + syncer.received) / syncer.requests, "idle_wire_bytes": syncer.wire / syncer.requests}


def periodic(hub: RunningHub, folder: Path, acts: list[list[Edit]], laptops: int) -> float:
    """Laptops that have everything make fifty edits each, then sync all at once until all have all."""
    folders = [copied(folder / "b", folder / f"laptop-{number}") for number in range(laptops)]
    syncers = [prepared(hub, each, workload.later_edits(acts, EDITS, seed=100 + number)) for number, each in enumerate(folders)]
    try:
        return seconds(lambda: until_equal(syncers))
    finally:
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


def prepared(hub: RunningHub, folder: Path, edits: Iterable[Edit]) -> CountingSyncer:
    syncer = CountingSyncer(folder)
    syncer.enrol(hub.url, hub.code())
    syncer.sync_once()
    desk = Desk.open(folder)
    for edit in edits:
        desk.do([edit], "Изменено поле")
    desk.close()
    return syncer


def until_equal(syncers: Sequence[CountingSyncer]) -> None:
    """Rounds of all laptops at once; when a whole round has moved nothing, all have all."""
    with ThreadPoolExecutor(len(syncers)) as pool:
        moved = 1
        while moved:
            moved = sum(result.sent + result.received for result in pool.map(CountingSyncer.sync_once, syncers))
