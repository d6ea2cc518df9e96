"""Drafts and settings of the screens: kept in a file, and in memory while the disk takes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local_app.drafts import FILE_NAME, Drafts
from local_app.main import close, open_application
from shared.change import Edit
from shared.store import StoreTrouble
from shared.store.news import news
from tests.support.laptops import new_desk


@pytest.fixture
def drafts(tmp_path: Path) -> Iterator[Drafts]:
    drafts = Drafts(tmp_path / FILE_NAME)
    yield drafts
    drafts.close()


def again(drafts: Drafts, folder: Path) -> Drafts:
    drafts.close()
    return Drafts(folder / FILE_NAME)


def test_drafts_of_a_row_are_its_own(drafts: Drafts) -> None:
    drafts.keep("clients/1/name", "a")
    drafts.keep("clients/1/note", "b")
    drafts.keep("clients/10/name", "c")
    assert drafts.of_row("clients/1") == {"name": "a", "note": "b"}
    drafts.drop_row("clients/1")
    assert (drafts.of_row("clients/1"), drafts.of_row("clients/10")) == ({}, {"name": "c"})


def test_what_was_seen_when_the_typing_began_stays_until_it_has_ended(drafts: Drafts, tmp_path: Path) -> None:
    drafts.begun("clients/1/name", "7.1.0.")
    drafts.begun("clients/1/name", "9.1.0.")
    drafts.keep("clients/1/name", "half")
    found = again(drafts, tmp_path)
    assert (found.seen("clients/1/name"), found.seen("clients/1/note")) == ("7.1.0.", "")
    found.drop("clients/1/name")
    assert found.seen("clients/1/name") == ""
    found.close()


def test_settings_are_forgotten_by_the_beginning_of_their_names(drafts: Drafts) -> None:
    drafts.set("grid orders", {"columns": 3})
    drafts.set("theme", "dark")
    drafts.forget("grid ")
    assert (drafts.setting("grid orders", {}), drafts.setting("theme", "auto")) == ({}, "dark")


def test_a_disk_that_takes_nothing_loses_nothing_and_has_it_all_later(drafts: Drafts, tmp_path: Path) -> None:
    assert drafts.keep("clients/1/name", "old")
    assert drafts.keep("clients/1/note", "gone")
    drafts.base.execute("PRAGMA query_only = ON")
    assert not drafts.keep("clients/1/name", "new")
    drafts.drop("clients/1/note")
    drafts.set("theme", "dark")
    assert (drafts.of_row("clients/1"), drafts.setting("theme", "auto")) == ({"name": "new"}, "dark")
    drafts.base.execute("PRAGMA query_only = OFF")
    found = again(drafts, tmp_path)
    assert (found.of_row("clients/1"), found.setting("theme", "auto")) == ({"name": "new"}, "dark")
    found.close()


def spoil_the_beginning(path: Path) -> None:
    path.write_bytes("это не база данных, а письмо ".encode() * 400)


def spoil_the_middle(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:5000] + b"\xff" * (len(content) - 5000))


@pytest.mark.parametrize("spoil", [spoil_the_beginning, spoil_the_middle])
def test_damaged_drafts_are_set_aside_and_told_and_the_program_starts(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    desk = new_desk(tmp_path)
    desk.do([Edit("clients", "a", {"name": "Ромашка"})], "Новый клиент")
    desk.close()
    drafts = Drafts(tmp_path / FILE_NAME)
    for number in range(300):
        drafts.keep(f"clients/{number}/note", "длинно " * 20)
    drafts.close()
    spoil(tmp_path / FILE_NAME)
    damaged = (tmp_path / FILE_NAME).read_bytes()
    application = open_application(tmp_path, "Проба")
    (told,) = news(application.store)
    assert told.words.startswith("Файл drafts.sqlite повреждён и отложен под именем drafts.damaged-1.sqlite. ")
    assert (tmp_path / "drafts.damaged-1.sqlite").read_bytes() == damaged
    assert application.drafts.keep("clients/a/note", "новое")
    assert application.store.one("SELECT name FROM clients") == "Ромашка"
    close(application)


def test_drafts_that_cannot_be_opened_are_named_and_not_the_data(tmp_path: Path) -> None:
    new_desk(tmp_path).close()
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(StoreTrouble, match=f"{FILE_NAME}. Проверьте права"):
        open_application(tmp_path, "Проба")
