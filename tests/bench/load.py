"""Five hundred laptops on one hub: each syncs five edits once a minute; then all of them at one moment."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random
from time import perf_counter

from local_app.desk import Desk
from shared.change import Edit
from shared.exchange import Base
from shared.store import FILE_NAME, Store
from tests.bench import workload
from tests.bench.crowd import Guest, exchange_once
from tests.bench.hubs import RunningHub, new_laptop, running_hub
from tests.bench.measure import Limit, Line, Options, median, percentile

LIMITS = [Limit("p99_ms", 200), Limit("burst_s", 5.0), Limit("errors", 0), Limit("hub_peak_mb", 200)]
LAPTOPS = 500
EDITS = 5


def load(options: Options) -> Line:
    """The laptops are light: they build real offers and read real answers, but keep no store, for all of them run on this machine."""
    count, laptops = options.sized(10_000), options.laptops or LAPTOPS
    known = workload.company(count)
    acts = list(workload.orders(known, count))
    with running_hub(options.work / "hub") as hub:
        filled(hub, options.work / "first", known.edits, acts)
        guests = crowd(hub, acts, laptops)
        spent = asyncio.run(a_minute(hub.port, guests, options.minute))
        burst = asyncio.run(at_once(hub.port, guests))
        peak = hub.peak_mb()
    errors = sum(guest.errors for guest in guests)
    figures = {"p50_ms": median(spent) * 1000, "p99_ms": percentile(spent, 0.99) * 1000, "slowest_ms": max(spent) * 1000}
    figures |= {"burst_s": burst, "errors": errors, "hub_peak_mb": peak}
    return Line("load", {"orders": count, "laptops": laptops, "edits": EDITS, "minute_s": options.minute}, figures, LIMITS)


def filled(hub: RunningHub, folder: Path, references: list[Edit], acts: list[list[Edit]]) -> None:
    syncer = new_laptop(hub, folder)
    desk = Desk.open(folder)
    desk.do(references, "Справочники")
    desk.do_many(acts, "Импорт заказов")
    desk.close()
    syncer.sync_once()


def crowd(hub: RunningHub, acts: list[list[Edit]], laptops: int) -> list[Guest]:
    """Laptops that have everything up to now."""
    store = Store.open(hub.folder / FILE_NAME, read_only=True)
    state = store.log.state()
    store.close()
    user = hub.access.users.all()[0].id
    luck = Random(3)
    guests = []
    for number in range(laptops):
        _, token = hub.access.devices.add(user, f"Ноутбук {number}", "0.1")
        guests.append(Guest(f"laptop{number}", token, user, Base(state.place, state.head), acts, Random(luck.random())))
    return guests


async def a_minute(port: int, guests: list[Guest], minute: float) -> list[float]:
    """Every laptop once, spread evenly; seconds from the request to the last byte of the answer."""
    begun = perf_counter()

    async def one(place: int, guest: Guest) -> float:
        await asyncio.sleep(max(begun + place * minute / len(guests) - perf_counter(), 0))
        return await exchange_once(port, guest, EDITS)

    return list(await asyncio.gather(*(one(place, guest) for place, guest in enumerate(guests))))


async def at_once(port: int, guests: list[Guest]) -> float:
    """All at one moment: seconds until the last one is answered."""
    offers = [guest.offer(EDITS) for guest in guests]
    begun = perf_counter()
    await asyncio.gather(*(guest.exchange(port, offer) for guest, offer in zip(guests, offers, strict=True)))
    return perf_counter() - begun
