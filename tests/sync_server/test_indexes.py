"""An index that says something else than its table: no comparison that goes by it would notice."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from local_app.desk import Desk
from shared.change import Edit
from shared.store import FILE_NAME
from shared.store.verify import digests
from tests.sync_server.conftest import Laptop
from tests.sync_server.test_healing import command, synced


@pytest.fixture
def desk(laptop: Laptop, tmp_path: Path) -> Desk:
    """A laptop with some clients, and one edit that is not sent yet."""
    opened = laptop(tmp_path / "laptop")
    rows = [opened.new_id() for _ in range(9)]
    opened.do_many([[Edit("clients", row, {"name": f"Клиент {number}"})] for number, row in enumerate(rows)], "Импорт")
    synced(opened)
    opened.do([Edit("clients", rows[0], {"note": "Ещё не отправлено"})], "Изменён клиент")
    return opened


def raw(desk: Desk, *statements: str) -> None:
    """On a connection of its own, which reads the schema anew."""
    with closing(sqlite3.connect(desk.folder / FILE_NAME, isolation_level=None)) as db:
        for sql in statements:
            db.execute(sql)


LYING = {  # index: what it says, what the table says after all, and what heals it
    "clients_name": ("name = 'Я' || name WHERE key = 7", "name = substr(name, 2) WHERE key = 7", "Таблицы нарисованы из журнала заново\n"),
    "log_branch": (
        "n = n + 9 WHERE seq = (SELECT max(seq) FROM log)",
        "n = n - 9 WHERE seq = (SELECT max(seq) FROM log)",
        "Указатели журнала построены заново\n",
    ),
}


@pytest.mark.parametrize("index", LYING)
def test_an_index_that_lies_is_told_and_built_anew(desk: Desk, index: str, capsys: pytest.CaptureFixture[str]) -> None:
    before, table = digests(desk.store), index.partition("_")[0]
    said_by_it, told_by_the_table, healed = LYING[index]
    raw(desk, "UPDATE state SET gate = 1", f"UPDATE {table} SET {said_by_it}")
    kept = desk.store.db.execute("SELECT * FROM sqlite_master WHERE name = ?", (index,)).fetchone()
    raw(desk, "PRAGMA writable_schema = ON", f"DELETE FROM sqlite_master WHERE name = '{index}'")
    raw(desk, f"UPDATE {table} SET {told_by_the_table}", "UPDATE state SET gate = 0")
    raw(desk, "PRAGMA writable_schema = ON", "INSERT INTO sqlite_master VALUES ({}, {}, {}, {}, {})".format(*map(repr, kept)))
    code, said = command(desk, "verify", capsys)
    assert (code, "повреж" in said or "не совпадают" in said or "не хватает" in said) == (1, True)
    assert command(desk, "heal", capsys) == (0, healed)
    assert (command(desk, "verify", capsys)[0], digests(desk.store), desk.store.unsent()) == (0, before, 1)
