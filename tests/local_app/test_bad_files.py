"""Bad input to the commands: damaged and foreign data, a full disk, places that cannot be written. Plain words, nothing lost."""

import sqlite3
from pathlib import Path

import pytest

from local_app.cli import main
from shared.store import FILE_NAME, StoreTrouble
from tests.support.laptops import NORTHWIND, SALES, new_desk, run_import


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    desk = new_desk(tmp_path / "laptop")
    desk.close()
    return tmp_path / "laptop"


def said(folder: Path, captured: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["desk", "--data", str(folder), *words]) == 1
    line = captured.readouterr().err
    assert line.count("\n") == 1
    return line


@pytest.mark.parametrize("content", [b"This is no database at all" * 100, b"", b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_damaged_file_is_told_and_left_as_it_is(folder: Path, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("-wal", "-shm"):
        (folder / (FILE_NAME + name)).unlink(missing_ok=True)
    (folder / FILE_NAME).write_bytes(content)
    assert "Заказника" in said(folder, capsys, "status")
    assert (folder / FILE_NAME).read_bytes() == content


def test_a_file_of_another_program_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path.joinpath("x").mkdir()
    foreign = sqlite3.connect(tmp_path / "x" / FILE_NAME)
    foreign.executescript("CREATE TABLE notes (a); INSERT INTO notes VALUES (1);")
    foreign.close()
    assert "не файл Заказника" in said(tmp_path / "x", capsys, "show", "clients")


def test_missing_data_are_told_with_the_way_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "init" in said(tmp_path / "нет", capsys, "status")
    assert not (tmp_path / "нет").exists()


def test_a_write_from_outside_into_a_drawn_table_is_refused(folder: Path) -> None:
    outside = sqlite3.connect(folder / FILE_NAME)
    for sql in ("INSERT INTO clients (id, name) VALUES ('x', 'Чужой')", "UPDATE order_totals SET net = 0", "DELETE FROM orders"):
        if not sql.startswith("INSERT"):
            outside.execute(f"SELECT 1 FROM {sql.split()[1 if sql.startswith('UPDATE') else 2]}")
            continue
        with pytest.raises(sqlite3.IntegrityError, match="только через программу"):
            outside.execute(sql)
    outside.close()


def test_a_full_disk_stops_an_import_and_loses_nothing(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    pages = int(desk.store.one("PRAGMA page_count"))
    desk.store.db.execute(f"PRAGMA max_page_count = {pages + 20}")  # the disk ends here
    with pytest.raises(StoreTrouble, match="кончилось место"):
        run_import(desk, NORTHWIND / "sales.csv", columns=SALES)
    assert desk.store.status()["changes"] == 0
    desk.store.db.execute("PRAGMA max_page_count = 1000000")
    assert run_import(desk, NORTHWIND / "sales.csv", columns=SALES).written
    desk.close()


def test_a_place_that_is_no_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert re_russian(said(tmp_path / "file", capsys, "init"))
    assert re_russian(said(tmp_path / "file" / "inside", capsys, "init"))


def re_russian(line: str) -> bool:
    return any("а" <= letter <= "я" for letter in line)
