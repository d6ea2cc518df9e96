"""The sync as the screens start it: whoever asks for one gets one that begins after he has asked."""

from __future__ import annotations

import asyncio
from pathlib import Path

from local_app.main import close, open_application
from tests.support.machines import Machine, new_hub


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
