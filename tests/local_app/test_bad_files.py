"""Bad input to the commands: damaged and foreign data, a full disk, places that cannot be written. Plain words, nothing lost."""

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from local_app.cli import main
from local_app.desk import Desk
from local_app.drafts import FILE_NAME as DRAFTS
from local_app.drafts import Drafts
from local_app.saying import of_the_system
from shared.store import FILE_NAME, StoreTrouble
from sync_server.access import FILE_NAME as ACCOUNTS
from sync_server.cli import main as hub_command
from tests.support.laptops import NORTHWIND, SALES, net, new_desk, run_import, write_table


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


def garble(path: Path) -> None:
    """Spoils the page on which the names of the tables stand, so that not even SQLite's complaint can be read."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_master SET name = CAST(x'fffe' AS TEXT), sql = 'CREATE' WHERE type = 'table'")


@pytest.mark.parametrize("verb", ["verify", "status", "heal", "backup", "sync"])
def test_damaged_names_of_tables_are_told_like_any_damage(folder: Path, capsys: pytest.CaptureFixture[str], verb: str) -> None:
    garble(folder / FILE_NAME)
    assert "повреждён" in said(folder, capsys, verb)


@pytest.mark.parametrize("name", [FILE_NAME, ACCOUNTS])
def test_so_are_those_of_a_hub(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert hub_command(["hub", "--data", str(tmp_path), "init", "--title", "Офис"]) == 0
    garble(tmp_path / name)
    for verb in ("verify", "status", "backup"):
        capsys.readouterr()
        assert hub_command(["hub", "--data", str(tmp_path), verb]) == 1
        assert "поврежден" in capsys.readouterr().err.replace("ё", "е")


def test_and_drafts_are_set_aside(tmp_path: Path) -> None:
    Drafts(tmp_path / DRAFTS).close()
    garble(tmp_path / DRAFTS)
    told = list[str]()
    Drafts.of_folder(tmp_path, told.append).close()
    assert len(told) == 1


def test_a_file_of_another_program_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path.joinpath("x").mkdir()
    foreign = sqlite3.connect(tmp_path / "x" / FILE_NAME)
    foreign.executescript("CREATE TABLE notes (a); INSERT INTO notes VALUES (1);")
    foreign.close()
    assert "не файл Заказника" in said(tmp_path / "x", capsys, "show", "clients")


def test_missing_data_are_told_with_the_way_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "init" in said(tmp_path / "нет", capsys, "status")
    assert not (tmp_path / "нет").exists()


@pytest.mark.parametrize(
    "sql", ["INSERT INTO clients (id, name) VALUES ('x', 'Чужой')", "UPDATE order_totals SET net = 0", "DELETE FROM order_lines"]
)
def test_a_write_from_outside_into_a_drawn_table_is_refused(folder: Path, tmp_path: Path, sql: str) -> None:
    desk = Desk.open(folder)
    table = [["Номер", "Дата", "Клиент", "Товар", "Количество", "Цена"], ["1", "01.02.2026", "Ромашка", "Гвозди", "2", "10"]]
    run_import(desk, write_table(tmp_path / "sales.csv", table))
    outside = sqlite3.connect(folder / FILE_NAME)
    with pytest.raises(sqlite3.IntegrityError, match="только через программу"):
        outside.execute(sql)
    outside.close()
    assert (net(desk), desk.store.verify()) == (2000, [])
    desk.close()


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
    assert "папк" in said(tmp_path / "file", capsys, "init")
    assert "папк" in said(tmp_path / "file" / "inside", capsys, "init")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.EACCES, "Нет прав на /данные/x. Проверьте права"),
        (errno.ENOSPC, "На диске кончилось место /данные/x. Освободите"),
        (errno.EROFS, "только для чтения: /данные/x"),
        (errno.ENOENT, "Не найдено: /данные/x"),
        (errno.EEXIST, "Это файл, а нужна папка: /данные/x"),
        (errno.ENAMETOOLONG, "Имя файла или папки «/данные/x» слишком длинное"),
        (errno.EIO, "Система отказала"),
    ],
)
def test_what_the_system_says_is_put_in_plain_words(code: int, words: str) -> None:
    assert words in of_the_system(OSError(code, os.strerror(code), "/данные/x"))


def test_a_folder_in_the_place_of_the_file_is_told_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / FILE_NAME).mkdir()
    (tmp_path / "hub" / ACCOUNTS).mkdir(parents=True)
    told = [said(tmp_path, capsys, *words) for words in (["init"], ["init", "--seed"], ["status"])]
    for verb in ("init", "status"):
        assert hub_command(["hub", "--data", str(tmp_path / "hub"), verb]) == 1
        told.append(capsys.readouterr().err)
    assert {words.split(str(tmp_path))[0] for words in told} == {"На месте файла данных стоит папка "}


def test_a_paper_that_is_not_made_leaves_no_draft(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = ["desk", "--data", str(folder)]
    assert main([*desk, "new", "orders", "number=1"]) == 0
    assert "не выставлен" in said(folder, capsys, "document", "1", "--issue")
    assert "нет. Создайте её" in said(folder, capsys, "document", "1", "--issue", "--out", str(tmp_path / "нет" / "счёт.pdf"))
    assert f"«{tmp_path}» — папка" in said(folder, capsys, "document", "1", "--out", str(tmp_path))
    assert main([*desk, "sql", "SELECT count(*) AS found FROM documents WHERE deleted = 0"]) == 0
    assert capsys.readouterr().out.split()[-1] == "0"


def test_a_paper_that_is_made_and_cannot_be_written_is_told(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["desk", "--data", str(folder), "new", "orders", "number=1"]) == 0
    capsys.readouterr()
    (target := tmp_path / "счёт.pdf").symlink_to(tmp_path / "нет" / "счёт.pdf")
    assert main(["desk", "--data", str(folder), "document", "1", "--out", str(target)]) == 1
    made = capsys.readouterr()
    assert made.out.startswith("Черновик: Счёт на оплату")
    assert made.err == f"Не найдено: {target}. Проверьте имя и папку\n"
