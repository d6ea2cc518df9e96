"""A tab hears of commits as long as the part of the screen that asked for it is shown."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from nicegui import Client
from nicegui.page import page

from local_app.main import close, open_application
from local_app.session import Application, Session
from local_app.widgets.frame import Screens
from shared.change import ROOT, Change, Edit, Refused, change_id, next_stamp
from shared.entity import Value
from shared.store import FILE_NAME, Store, StoreTrouble
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


def foreign(application: Application, row: str, **patch: Value) -> None:
    """As the sync's thread commits what a colleague has written: the screens have not heard of it yet."""
    text = orjson.dumps(patch)
    with closing(Store.open(application.folder / FILE_NAME)) as store, store.transaction():
        place = store.log.state().place + 1
        key = change_id(ROOT, f"other{place}", 1, 1, "oleg", "clients", row, text)
        change = Change(key, ROOT, f"other{place}", 1, 1, "oleg", "clients", row, text, next_stamp(1, 0), place - 1, 0)
        store.commit([change], first_place=place)
        store.log.set_state(place=place)


async def acts(folder: Path) -> list[tuple[int, int]]:
    """Whether the client is deleted, and how many disagreements there are: after a deletion on an old list, on a fresh one, and on one
    that an act of one's own has had drawn anew.
    """
    application, found = open_application(folder, "Проба"), list[tuple[int, int]]()
    desk, store = application.desk, application.store
    with Tab(page("/probe"), request=None) as tab:
        session = Session(application, tab)
        session.start()
        for row in ("old", "fresh", "drawn"):
            foreign(application, row, name=row)
            desk.poll()
            foreign(application, row, phone="8 916 123-45-67")
            if row == "fresh":
                desk.poll()
            if row == "drawn":
                session.do([Edit("clients", "another", {"name": row})], "Своё")
            session.do([Edit("clients", row, {"deleted": 1})], "Удалено")
            found.append((store.one("SELECT deleted FROM clients WHERE id = ?", (row,)), len(store.conflicts(row))))
    close(application)
    return found


def test_an_act_on_a_list_has_not_seen_what_came_after_the_list_was_drawn(tmp_path: Path) -> None:
    new_desk(tmp_path).close()
    assert asyncio.run(acts(tmp_path)) == [(0, 1), (1, 0), (1, 0)]
