"""A store that another program drew is drawn again when it is opened: whoever waits is told how far it is, and a kill spoils nothing."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from local_app.cli import main
from local_app.desk import Desk
from shared import progress
from shared.change import Edit
from shared.store import FILE_NAME, Store, StoreTrouble, file
from shared.store.redraw import MONEY, ROWS
from sync_server.cli import main as hub_main
from sync_server.hub import Hub
from tests.support.laptops import NORTHWIND, SALES, environment, net, new_desk, run_import

DIE_AT_THE_MONEY = """
import os, sys
from pathlib import Path
from shared.store import Store
from shared.store.redraw import MONEY
Store.open(Path(sys.argv[1]), progress=lambda words, done, total: os._exit(9) if words == MONEY else None)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Sales, drawn by a program of another version."""
    desk = new_desk(tmp_path)
    run_import(desk, NORTHWIND / "sales.csv", columns=SALES)
    desk.close()
    age(tmp_path)
    return tmp_path


def age(folder: Path) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME)) as db, db:
        db.execute("UPDATE state SET drawn = 'another program'")


def test_the_progress_of_a_redraw_counts_rows_and_then_orders(folder: Path) -> None:
    told: list[tuple[str, int, int]] = []
    Store.open(folder / FILE_NAME, progress=lambda *step: told.append(step)).close()
    rows, money = ([step[1:] for step in told if step[0] == words] for words in (ROWS, MONEY))
    assert [step[0] for step in told] == [ROWS] * len(rows) + [MONEY] * len(money), "no third thing is told"
    for steps in (rows, money):
        assert steps == sorted(steps)
        assert steps[-1][0] == steps[-1][1], "it ends at the end"
    assert money[-1] == (830, 830)
    told.clear()
    Store.open(folder / FILE_NAME, progress=lambda *step: told.append(step)).close()
    assert told == [], "what is drawn is not drawn again"


def test_a_program_killed_in_the_middle_of_a_redraw_leaves_the_file_whole(folder: Path) -> None:
    command = [sys.executable, "-c", DIE_AT_THE_MONEY, str(folder / FILE_NAME)]
    assert subprocess.run(command, env=environment(), check=False).returncode == 9
    with closing(sqlite3.connect(folder / FILE_NAME)) as db:
        assert db.execute("SELECT drawn, gate FROM state").fetchone() == ("another program", 0)
        assert db.execute("SELECT count(*) FROM order_totals").fetchone() == (830,), "the old tables stand"
    desk = Desk.open(folder)
    assert desk.store.verify() == []
    assert net(desk) == 126_579_276
    desk.close()


@pytest.mark.parametrize("words", [("status",), ("sql", "SELECT 1")])
def test_a_command_that_waits_for_a_redraw_says_so(
    folder: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "LARGE", 800)
    assert main(["desk", "--data", str(folder), *words]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("Таблицы рисуются из журнала заново, записей: 0 из ")
    assert lines[-1] == "Считаются суммы заказов: 830 из 830"


def test_a_small_store_is_drawn_again_in_silence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["desk", "--data", str(folder), "status"]) == 0
    assert capsys.readouterr().err == ""


def test_the_hub_says_so_too(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "LARGE", 1)
    with closing(Hub.create(tmp_path)) as hub:
        hub.write([Edit("clients", hub.new_id(), {"name": f"Клиент {number}"}) for number in range(3)])
    age(tmp_path)
    assert hub_main(["hub", "--data", str(tmp_path), "verify"]) == 0
    assert "записей: 3 из 3" in capsys.readouterr().err


class Slow(Store):
    """Another program draws the file between this one's look at it and its turn to write."""

    def drawn_by_another(self) -> bool:
        found = super().drawn_by_another()
        if found and not self.db.in_transaction:
            Store.open(self.path).close()
        return found


def test_whoever_waited_for_a_redraw_by_another_does_not_draw_it_again(folder: Path) -> None:
    told: list[str] = []
    with closing(Slow.open(folder / FILE_NAME, progress=lambda words, *_: told.append(words))) as store:
        assert (told, store.verify()) == ([], [])


def test_whoever_cannot_wait_for_a_redraw_by_another_is_told_to_wait_not_to_close_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "WAIT_MS", 0)
    with closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreTrouble, match="Подождите, пока это кончится"):
            Store.open(folder / FILE_NAME)
    Store.open(folder / FILE_NAME).close()
