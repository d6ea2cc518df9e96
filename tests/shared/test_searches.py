"""A search index that says less than its table is noticed, does not lock the file up, and is built anew; whatever is wrong with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from local_app.asking import reading
from local_app.desk import Desk
from shared import schema
from shared.change import Edit, Refused
from shared.store import FILE_NAME, Store, file, searches
from sync_server.cli import main as hub_main
from sync_server.hub import Hub
from tests.support.laptops import new_desk

DAMAGE = {
    "its words unreadable": "UPDATE clients_search_data SET block = x'00' WHERE id > 9",
    "its words lost": "DELETE FROM clients_search_data",
    "its rows unknown": "DELETE FROM clients_search_docsize",
    "its format unknown": "UPDATE clients_search_config SET v = 99",
    "the way to its words lost": "DELETE FROM clients_search_idx",
    "emptied": "INSERT INTO clients_search (clients_search) VALUES ('delete-all')",
    "without one row": "INSERT INTO clients_search (clients_search, rowid, search) SELECT 'delete', key, search FROM clients LIMIT 1",
}
CLIENTS = [Edit("clients", f"c{number}", {"name": f"ООО «Ромашка {number}»", "city": "Тверь"}) for number in range(400)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = new_desk(tmp_path)
    desk.do(CLIENTS, "Импорт клиентов")
    yield desk
    desk.close()


def spoil(folder: Path, damage: str) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME)) as db, db:
        db.execute(DAMAGE[damage])


def found(store: Store, text: str = "ромашка") -> int:
    condition, params = schema.search_condition("clients", text, "t")
    return int(store.db.execute(f"SELECT count(*) FROM clients t WHERE {condition}", params).fetchone()[0])


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_search_is_told_and_built_anew(desk: Desk, damage: str) -> None:
    assert desk.store.verify() == searches.mend(desk.store) == []
    spoil(desk.folder, damage)
    assert desk.store.verify() == ["Поиск находит не всё, что есть: Клиенты"]
    assert searches.mend(desk.store) == [searches.RENEWED]
    assert desk.store.verify() == []
    desk.do([Edit("clients", "c1", {"name": "Василёк"})], "Изменён клиент")
    assert (found(desk.store), found(desk.store, "василек")) == (len(CLIENTS) - 1, 1)


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_search_is_no_reason_not_to_draw_the_tables_again(desk: Desk, damage: str) -> None:
    spoil(desk.folder, damage)
    desk.store.redraw()
    assert desk.store.verify() == []
    assert found(desk.store) == len(CLIENTS)


def test_what_cannot_be_written_for_it_can_be_when_it_is_done_again(desk: Desk) -> None:
    spoil(desk.folder, "its format unknown")
    with closing(Desk.open(desk.folder)) as again:
        with pytest.raises(Refused, match=searches.AGAIN):
            again.do([Edit("clients", "c1", {"name": "Василёк"})], "Изменён клиент")
        assert again.store.one("SELECT name FROM clients WHERE id = 'c1'") == "ООО «Ромашка 1»"
        again.do([Edit("clients", "c1", {"name": "Василёк"})], "Изменён клиент")
        assert (found(again.store, "василек"), again.store.verify()) == (1, [])


@pytest.mark.parametrize("damage", ["its words lost", "its format unknown"])
def test_a_question_that_it_cannot_answer_is_answered_when_it_is_asked_again(desk: Desk, damage: str) -> None:
    spoil(desk.folder, damage)
    with pytest.raises(sqlite3.DatabaseError), reading(desk.folder) as store:
        found(store)
    with reading(desk.folder) as store:
        assert found(store) == len(CLIENTS)


def test_a_hub_builds_its_search_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(Hub.create(tmp_path)) as hub:
        hub.write(CLIENTS)
    spoil(tmp_path, "its words lost")
    hub_main(["hub", "--data", str(tmp_path), "verify"])
    assert "Поиск находит не всё, что есть: Клиенты" in capsys.readouterr().err
    assert hub_main(["hub", "--data", str(tmp_path), "heal"]) == 0
    assert searches.RENEWED in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", ["malformed inverted index for FTS5 table main.clients_search", 'fts5: corruption found reading blob 10 from table "x"']
)
def test_words_of_a_newer_sqlite_about_a_search_are_not_taken_for_a_damaged_file(words: str) -> None:
    assert file.is_of_search(words)
    assert not file.is_of_search("no such module: fts5")
    assert not file.is_of_search("row 3 missing from index sqlite_autoindex_clients_1")
