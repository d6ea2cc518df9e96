"""Drafts and settings of the screens: kept in a file, and in memory while the disk takes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_app.drafts import FILE_NAME, Drafts


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
