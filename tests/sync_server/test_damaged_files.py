"""Attached files that rot on a disk: named, set aside, never given away or copied, and whole again from whoever has the right bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_app import cli
from local_app.desk import Desk
from local_app.sync import Syncer
from shared import filestore
from shared.store import backup
from sync_server.backups import BESIDE
from sync_server.cli import main
from tests.sync_server.conftest import START_MS, Laptop, Serving
from tests.sync_server.test_files import CONTENT, attach, moved
from tests.sync_server.test_snapshots import synced

DAY = 24
COPIED_MS = START_MS + 1


def rot(folder: Path, sha256: str, *, cut: bool = False) -> Path:
    """As a disk does: one byte of it, in place, or its end."""
    path = filestore.path_of(folder, sha256)
    with path.open("r+b") as file:
        if cut:
            file.truncate(1000)
        else:
            file.seek(len(CONTENT) // 2)
            file.write(b"\xff")
    return path


@pytest.fixture
def first(laptop: Laptop, tmp_path: Path) -> Desk:
    return laptop(tmp_path / "first")


@pytest.fixture
def sha256(first: Desk) -> str:
    """A file that the hub has got from the first laptop; it is asked about all of them a day later."""
    found = attach(first, CONTENT)
    synced(first)
    moved(first, 0)
    return found


def is_whole(folder: Path, sha256: str) -> bool:
    return filestore.path_of(folder, sha256).read_bytes() == CONTENT


def hub(serving: Serving, *words: str) -> int:
    return main(["hub", "--data", str(serving.hub.folder), *words])


def test_a_damaged_file_of_the_hub_is_named_and_set_aside_and_comes_again_within_a_day(
    serving: Serving, laptop: Laptop, first: Desk, sha256: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hub(serving, "verify") == 0
    path = rot(serving.hub.folder, sha256)
    assert hub(serving, "verify") == 1
    assert f"Повреждён приложенный файл «Чертёж.pdf» (files/{sha256[:2]}/{sha256})" in capsys.readouterr().err
    assert path.exists(), "to look changes nothing"
    assert hub(serving, "heal") == 0
    assert f"Отложен под именем {sha256}.damaged повреждённый приложенный файл «Чертёж.pdf»" in capsys.readouterr().out
    assert path.with_suffix(".damaged").stat().st_size == len(CONTENT)
    second = laptop(tmp_path / "second", "boris")
    synced(second)
    assert [moved(first, hour) for hour in (1, DAY, DAY + 1)] == [0, 1, 0]
    synced(second)
    assert is_whole(serving.hub.folder, sha256)
    assert is_whole(second.folder, sha256)
    assert hub(serving, "verify") == hub(serving, "heal") == 0
    assert "Чинить нечего" in capsys.readouterr().out


@pytest.mark.parametrize("cut", [False, True], ids=["a byte", "cut short"])
def test_a_damaged_file_is_found_when_it_is_to_be_given_away(
    serving: Serving, laptop: Laptop, first: Desk, sha256: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, *, cut: bool
) -> None:
    path = rot(serving.hub.folder, sha256, cut=cut)
    second = laptop(tmp_path / "second", "boris")
    if cut:
        synced(second)
    else:
        assert "пока нет" in Syncer(second.folder).sync_once().files[0]
        synced(second)
    assert f"Приложенный файл повреждён и отложен: {path.with_suffix('.damaged')}" in caplog.text
    assert not filestore.is_here(second.folder, sha256)
    assert moved(first, DAY) == 1
    synced(second)
    assert is_whole(serving.hub.folder, sha256)
    assert is_whole(second.folder, sha256)


def test_the_hub_takes_the_right_one_from_its_backups_at_once(
    serving: Serving, laptop: Laptop, first: Desk, sha256: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup.make(serving.hub.folder, COPIED_MS, BESIDE)
    rot(serving.hub.folder, sha256)
    second = laptop(tmp_path / "second", "boris")
    synced(second)
    assert is_whole(second.folder, sha256)
    assert is_whole(serving.hub.folder, sha256)
    rot(serving.hub.folder, sha256)
    assert hub(serving, "heal") == 0
    assert f"под именем {sha256}.damaged-2" in (said := capsys.readouterr().out)
    assert "Верный взят из резервных копий" in said
    assert is_whole(serving.hub.folder, sha256)


def test_a_backup_says_that_a_damaged_file_is_not_in_it(
    serving: Serving, first: Desk, sha256: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = rot(serving.hub.folder, sha256)
    assert hub(serving, "backup") == 1
    said = capsys.readouterr().err
    assert f"«Чертёж.pdf» (files/{sha256[:2]}/{sha256}.damaged)" in said
    made = backup.newest(serving.hub.folder)
    assert made is not None
    assert f"Копия сделана: {made.path}, но в неё не вошло повреждённое" in said
    assert filestore.kept(made.path.parent) == []
    assert not path.exists()
    assert moved(first, DAY) == 1
    backup.make(serving.hub.folder, COPIED_MS, BESIDE)
    assert is_whole(made.path.parent, sha256)


def test_a_copy_that_rots_in_the_backups_is_named_and_made_again(
    serving: Serving, first: Desk, sha256: str, capsys: pytest.CaptureFixture[str]
) -> None:
    copies = backup.make(serving.hub.folder, COPIED_MS, BESIDE).parent
    rot(copies, sha256)
    assert hub(serving, "verify") == 1
    assert f"(backups/files/{sha256[:2]}/{sha256})" in capsys.readouterr().err
    assert hub(serving, "heal") == 0
    assert "Следующая резервная копия возьмёт его заново" in capsys.readouterr().out
    assert is_whole(serving.hub.folder, sha256)
    backup.make(serving.hub.folder, COPIED_MS + 1000, BESIDE)
    assert is_whole(copies, sha256)


def test_a_damaged_file_of_a_laptop_is_named_set_aside_and_comes_from_the_hub(
    serving: Serving, first: Desk, sha256: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rot(first.folder, sha256)
    words = ["desk", "--data", str(first.folder)]
    assert cli.main([*words, "verify"]) == 1
    assert "Повреждён приложенный файл «Чертёж.pdf»" in capsys.readouterr().err
    assert cli.main([*words, "heal"]) == 0
    assert "При обмене он загрузится с сервера заново" in capsys.readouterr().out
    synced(first)
    assert is_whole(first.folder, sha256)
    assert cli.main([*words, "verify"]) == 0


def test_a_file_that_is_missing_here_and_was_never_sent_comes_from_the_laptops_own_backups(
    serving: Serving, laptop: Laptop, tmp_path: Path
) -> None:
    """Another program has removed it, or an old folder was copied over this one: nobody else has it."""
    first, second = laptop(tmp_path / "first"), laptop(tmp_path / "second", "boris")
    sha256 = attach(first, CONTENT)
    backup.make(first.folder, COPIED_MS)
    filestore.path_of(first.folder, sha256).unlink()
    for desk in (first, first, second):  # it is here again; it is sent; it comes
        synced(desk)
    assert is_whole(first.folder, sha256)
    assert is_whole(second.folder, sha256)
