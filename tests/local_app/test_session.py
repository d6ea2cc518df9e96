"""A tab hears of commits as long as the part of the screen that asked for it is shown."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from nicegui import Client
from nicegui.page import page

from local_app.main import close, open_application
from local_app.session import Session
from local_app.widgets.frame import Screens
from shared.change import Edit, Refused
from shared.store import StoreTrouble
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


async def told_of(folder: Path, fault: Exception) -> list[str]:
    """What stands in the place of a screen that could not be drawn."""

    def screen() -> None:
        raise fault

    application = open_application(folder, "Проба")
    with Tab(page("/probe"), request=None) as tab:
        tab.sub_pages_router.current_path = "/broken"
        shown = Screens({"/broken": screen}, data={"session": Session(application, tab)})
        words = [str(getattr(element, "text", "")) for element in shown.descendants()]
    close(application)
    return [word for word in words if word]


@pytest.mark.parametrize("fault", [Refused("Заказ удалён. Верните его"), StoreTrouble("На диске кончилось место. Освободите его")])
def test_a_screen_that_is_refused_says_why_and_no_more(tmp_path: Path, fault: Exception) -> None:
    assert asyncio.run(told_of(tmp_path, fault)) == [str(fault), "Повторить", "На главную"]


def test_a_screen_with_a_fault_says_what_to_do_without_the_name_of_the_fault(tmp_path: Path) -> None:
    words = " ".join(asyncio.run(told_of(tmp_path, KeyError("orders.colour"))))
    assert "Откройте его ещё раз" in words
    assert not [letter for letter in words if letter.isascii() and letter.isalpha()]
