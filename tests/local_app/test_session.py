"""A tab hears of commits as long as the part of the screen that asked for it is shown."""

from __future__ import annotations

import asyncio
from pathlib import Path

from nicegui import Client
from nicegui.page import page

from local_app.main import open_application
from local_app.session import Session
from shared.change import Edit
from tests.support.laptops import new_desk


class Tab(Client):
    """A tab whose browser is there."""

    @property
    def has_socket_connection(self) -> bool:
        return True


async def heard(folder: Path) -> list[str]:
    application, told = open_application(folder, "Проба"), list[str]()
    with Tab(page("/probe"), request=None) as tab:
        session = Session(application, tab)
        session.start()
        session.listen({"clients"}, lambda: told.append("screen"))
        left = session.part(lambda: session.listen({"clients"}, lambda: told.append("section")))
        application.desk.do([Edit("clients", "a", {"name": "Ромашка"})], "Новый клиент")
        left()
        told.append("left")
        application.desk.do([Edit("clients", "b", {"name": "Лютик"})], "Новый клиент")
        session.stop()
    application.desk.close()
    application.drafts.close()
    return told


def test_a_section_that_was_left_hears_nothing_more_while_its_screen_does(tmp_path: Path) -> None:
    new_desk(tmp_path).close()
    assert asyncio.run(heard(tmp_path)) == ["screen", "section", "left", "screen"]
