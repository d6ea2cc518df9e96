"""Backups on a laptop: the program makes one a day, commands make and restore one, and never under a running program."""

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from local_app import single
from local_app.backups import AGAIN_MS, FIRST_LOOK_MS, LOOK_EVERY_MS, Backups
from local_app.cli import main
from local_app.desk import Desk
from shared.change import Edit
from shared.store import FILE_NAME, StoreTrouble, backup
from shared.store.news import news
from tests.support.laptops import answered, new_desk

NOON = 1_790_000_000_000
DAY = backup.EVERY_MS


class Clock:
    def __init__(self) -> None:
        self.ms = NOON

    def __call__(self) -> int:
        return self.ms


def made(folder: Path) -> int:
    return len(list((folder / "backups").glob("*.sqlite")))


async def test_a_running_program_makes_a_backup_a_day_and_none_while_it_starts(tmp_path: Path) -> None:
    new_desk(tmp_path).close()
    clock = Clock()
    backups = Backups(tmp_path, clock, clock)
    counts = []
    for passed in (0, FIRST_LOOK_MS, DAY // 2, DAY // 2, 1000):
        clock.ms += passed
        await backups.tick()
        counts.append(made(tmp_path))
    assert counts == [0, 1, 1, 2, 2]
    last = backups.last()
    assert last is not None
    assert (last.at_ms, last.size > 4096) == (NOON + FIRST_LOOK_MS + DAY, True)


async def test_a_clock_that_jumps_back_a_day_does_not_stop_the_backups(tmp_path: Path) -> None:
    new_desk(tmp_path).close()
    clock, ticks = Clock(), Clock()
    backups = Backups(tmp_path, clock, ticks)
    counts = []
    for passed, jumped in ((0, 0), (FIRST_LOOK_MS, 0), (LOOK_EVERY_MS, -10 * DAY), (LOOK_EVERY_MS, 0), (DAY, 0)):
        ticks.ms += passed
        clock.ms += passed + jumped
        await backups.tick()
        counts.append(made(tmp_path))
    assert counts == [0, 1, 2, 2, 3]


async def test_who_asks_while_a_backup_is_made_gets_that_one(tmp_path: Path) -> None:
    new_desk(tmp_path).close()
    backups = Backups(tmp_path, Clock(), Clock())
    assert list(await asyncio.gather(backups.now(), backups.now())) == ["", ""]
    assert made(tmp_path) == 1


async def test_a_backup_that_fails_says_why_and_is_tried_again_later(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    desk.close()
    (tmp_path / "backups").write_text("a file stands where the folder should be")
    clock = Clock()
    backups = Backups(tmp_path, clock, clock)
    assert "Не удалось" in await backups.now()
    (tmp_path / "backups").unlink()
    clock.ms += AGAIN_MS - 1
    await backups.tick()
    assert (made(tmp_path), backups.trouble != "") == (0, True)
    clock.ms += 1
    await backups.tick()
    assert (made(tmp_path), backups.trouble) == (1, "")


def test_commands_make_a_backup_and_bring_it_back_with_a_word_to_the_user(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "laptop"
    desk = new_desk(folder)
    desk.do([Edit("clients", "c1", {"name": "Было"})], "Клиент")
    copied = answered("desk", "--data", str(folder), "backup")["file"]
    desk.do([Edit("clients", "c1", {"name": "Стало"})], "Клиент")
    desk.close()
    assert main(["desk", "--data", str(folder), "restore", copied]) == 0
    said = capsys.readouterr()
    assert "Внимание: 1 изменение ещё не на сервере и не в копии" in said.err
    assert "которого нет в копии, — 1 изменение — осталось только в отложенном файле. Прежние данные отложены" in said.out
    assert answered("desk", "--data", str(folder), "restore", copied)["left"] == 0
    desk = Desk.open(folder)
    assert desk.store.one("SELECT name FROM clients") == "Было"
    assert [each.words[:42] for each in news(desk.store)] == ["Данные восстановлены из резервной копии от"]
    assert desk.store.verify() == []
    desk.close()
    fresh = tmp_path / "a new laptop"
    assert main(["desk", "--data", str(fresh), "restore", copied]) == 0
    with closing(Desk.open(fresh)) as desk:
        assert desk.store.one("SELECT name FROM clients") == "Было"


def test_nothing_is_restored_under_a_command_that_is_at_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It would go on in the file that was put aside, and say that all is written."""
    at_work = new_desk(tmp_path)
    copied = answered("desk", "--data", str(tmp_path), "backup")["file"]
    at_work.do([Edit("clients", "c1", {"name": "Первая половина загрузки"})], "Импорт")
    assert main(["desk", "--data", str(tmp_path), "restore", copied]) == 1
    assert "работает команда" in capsys.readouterr().err
    at_work.do([Edit("clients", "c2", {"name": "Вторая"})], "Импорт")
    at_work.close()
    with closing(Desk.open(tmp_path)) as desk:
        assert desk.store.rows("SELECT id FROM clients ORDER BY id") == [{"id": "c1"}, {"id": "c2"}]
    assert main(["desk", "--data", str(tmp_path), "restore", copied]) == 0


def test_a_restore_that_is_cut_short_is_told_and_no_empty_data_take_the_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Killed between the moment when the data were put aside and the one when the copy stands there."""
    desk = new_desk(tmp_path)
    desk.do([Edit("clients", "c1", {"name": "Цел"})], "Клиент")
    desk.close()
    copied = answered("desk", "--data", str(tmp_path), "backup")["file"]
    backup.bring(Path(copied), tmp_path / FILE_NAME, backup.check)
    backup.set_aside(tmp_path / FILE_NAME)
    for create in (True, False):
        with pytest.raises(StoreTrouble, match="было прервано"):
            Desk.open(tmp_path, create=create)
    assert main(["desk", "--data", str(tmp_path), "restore", copied]) == 0
    with closing(Desk.open(tmp_path, create=True)) as desk:
        assert desk.store.one("SELECT name FROM clients") == "Цел"


def test_a_disk_that_is_full_in_the_middle_of_a_restore_leaves_the_data_as_they_were(tmp_path: Path) -> None:
    """Whose laptop it is is written into the copy first, and what of that did not fit lies beside it."""
    desk = new_desk(tmp_path)
    desk.do([Edit("clients", "c1", {"name": "Цел"})], "Клиент")
    copied = backup.make(tmp_path, 1_790_000_000_000)
    desk.close()
    part = backup.bring(copied, tmp_path / FILE_NAME, backup.check)
    part.with_name(f"{part.name}-wal").write_bytes(b"what did not fit")
    with pytest.raises(StoreTrouble, match="кончилось место"):
        backup.put(part)
    assert not list(tmp_path.glob("*before-restore*"))
    with closing(Desk.open(tmp_path)) as desk:
        assert desk.store.one("SELECT name FROM clients") == "Цел"


def test_what_was_put_aside_stands_there_again_when_the_copy_cannot_take_its_place(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    desk.do([Edit("clients", "c1", {"name": "Цел"})], "Клиент")
    with pytest.raises(FileNotFoundError):
        backup.put(backup.brought(tmp_path / FILE_NAME))
    desk.close()
    with closing(Desk.open(tmp_path)) as desk:
        assert desk.store.one("SELECT name FROM clients") == "Цел"


def test_nothing_is_restored_under_a_running_program_nor_from_what_is_no_backup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = new_desk(tmp_path)
    path = backup.make(tmp_path, NOON)
    with single.held(tmp_path):
        assert main(["desk", "--data", str(tmp_path), "restore", str(path)]) == 1
    assert "Закройте её" in capsys.readouterr().err
    assert main(["desk", "--data", str(tmp_path), "restore", "orders"]) == 1
    assert "Нет такой резервной копии" in capsys.readouterr().err
    foreign = tmp_path / "foreign.sqlite"
    foreign.write_bytes(b"no database" * 1000)
    assert main(["desk", "--data", str(tmp_path), "restore", str(foreign)]) == 1
    assert f"Файл {foreign} повреждён или это не файл Заказника" in capsys.readouterr().err  # and not our copy of it
    assert desk.store.verify() == []
    desk.close()
