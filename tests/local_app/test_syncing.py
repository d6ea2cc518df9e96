"""The sync as the screens start it: whoever asks for one gets one that begins after he has asked, and is told how far it is."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from threading import Event

from local_app.desk import Desk
from local_app.hubline import Hubline
from local_app.main import close, open_application
from local_app.moving import Moving
from local_app.syncing import TOLD_FROM_MS, Syncing
from shared.change import Edit
from tests.support.machines import Machine, new_hub

PAGE = 5_000
NOON_MS, DAY_MS = 1_790_000_000_000, 24 * 3600 * 1000
SLOW, GO_ON = 2, 20
"""The message that waits until the test has seen what there is to see; seconds after which it goes on, should the test not let it."""


class Ticks:
    """A watch that moves when it is told to."""

    def __init__(self) -> None:
        self.ms = 0

    def __call__(self) -> int:
        return self.ms


async def test_who_asks_while_a_sync_runs_gets_the_next_one_and_shares_it(tmp_path: Path) -> None:
    hub, laptop = new_hub(tmp_path / "hub"), Machine(tmp_path / "laptop")
    with hub.serving() as url:
        hub.enrol(url, laptop, "anna")
        application = open_application(laptop.folder, "Заказник")
        sync = application.sync
        moods: list[str] = []
        sync.watch(lambda: moods.append(sync.words()[0]))
        assert list(await asyncio.gather(sync.now(), sync.now(), sync.now())) == ["", "", ""]
        assert (sync.begun, moods) == (2, ["busy", "fine", "busy", "fine"])
        close(application)


async def test_a_sync_of_a_laptop_without_a_hub_does_nothing(tmp_path: Path) -> None:
    application = open_application(tmp_path, "Заказник")
    assert await application.sync.now() == ""
    assert application.sync.begun == 0
    close(application)


async def test_who_asks_hears_what_went_wrong(tmp_path: Path) -> None:
    hub, laptop = new_hub(tmp_path / "hub"), Machine(tmp_path / "laptop")
    with hub.serving() as url:
        hub.enrol(url, laptop, "anna")
    application = open_application(laptop.folder, "Заказник")
    first, second = await asyncio.gather(application.sync.now(), application.sync.now())
    assert first == second != ""
    close(application)


async def test_a_clock_that_jumps_back_a_day_does_not_stop_the_sync(tmp_path: Path) -> None:
    hub, laptop = new_hub(tmp_path / "hub"), Machine(tmp_path / "laptop")
    with hub.serving() as url:
        hub.enrol(url, laptop, "anna")
        application = open_application(laptop.folder, "Заказник")
        sync, clock, ticks = application.sync, Ticks(), Ticks()
        sync.clock, sync.ticks, clock.ms = clock, ticks, NOON_MS
        begun = []
        for passed, jumped in ((0, 0), (59_000, 0), (0, -DAY_MS), (1_000, 0)):
            ticks.ms += passed
            clock.ms += passed + jumped
            await sync.tick()
            begun.append(sync.begun)
        assert begun == [1, 1, 1, 2]
        close(application)


def write_clients(laptop: Machine, pages: int) -> None:
    desk = Desk.open(laptop.folder)
    for page in range(pages):
        desk.do([Edit("clients", f"c{page}-{number}", {"name": "ООО"}) for number in range(PAGE)], "Клиенты")
    desk.close()


def come(sync: Syncing, moving: Moving) -> None:
    """Waits until the answer before the waiting message is applied."""
    for _ in range(GO_ON * 100):
        if sync.moved == moving:
            return
        time.sleep(0.01)


async def test_a_long_sync_tells_the_header_how_far_it_is_and_a_short_one_does_not(tmp_path: Path) -> None:
    hub, laptop = new_hub(tmp_path / "hub"), Machine(tmp_path / "laptop")
    waits, goes_on = Event(), Event()

    class SlowLine(Hubline):
        """Waits before its last message."""

        asked = 0

        def exchange(self, message: bytes, unsent: int) -> bytes:
            self.asked += 1
            if self.asked > SLOW:
                waits.set()
                goes_on.wait(GO_ON)
            return super().exchange(message, unsent)

    with hub.serving() as url:
        hub.enrol(url, laptop, "anna")
        laptop.sync()
        write_clients(laptop, 3)
        application = open_application(laptop.folder, "Заказник")
        sync, ticks = application.sync, Ticks()
        sync.ticks, sync.line = ticks, SlowLine
        said: list[str] = []
        sync.watch(lambda: said.append(sync.words()[1].replace("\xa0", " ")))
        running = asyncio.create_task(sync.now())
        assert await asyncio.to_thread(waits.wait, GO_ON)
        await asyncio.to_thread(come, sync, Moving("Отправлено", 2 * PAGE, 3 * PAGE))
        sync.pulse()
        assert said == ["Синхронизируется…"], "it may be over in a moment"
        ticks.ms += TOLD_FROM_MS
        sync.pulse()
        sync.pulse()
        assert said == ["Синхронизируется…", "Отправлено 10 000 из 15 000"]
        goes_on.set()
        assert await running == ""
        assert sync.moved == Moving("Отправлено", 3 * PAGE, 3 * PAGE)
        assert said[2:] == ["Синхронизировано только что"]
        close(application)
