"""The day of an upgrade and the days around it, as the one who keeps the hub meets them."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from shutil import copytree

import pytest

from shared.change import Refused
from sync_server.access import Access
from sync_server.hub import Hub
from sync_server.people import add_user
from tests.sync_server.conftest import PASSWORD, QUICK, START_MS


@pytest.fixture
def another(office_folder: Path, tmp_path: Path) -> Path:
    return Path(copytree(office_folder, tmp_path / "hub"))


def test_two_administrators_who_add_one_person_at_once_make_one_account_and_one_employee(another: Path) -> None:
    """The other one comes in the moment in which the first has made sure that the login is free."""
    with closing(Access.open(another, hasher=QUICK)) as second, closing(Hub.open(another)) as its_hub:
        second.book.db.conn.execute("PRAGMA busy_timeout = 0")

        def meanwhile() -> int:
            with suppress(sqlite3.OperationalError, Refused):
                add_user(its_hub, second, "new", "Новый", "reader", PASSWORD)
            return START_MS

        with closing(Access.open(another, hasher=QUICK)) as first, closing(Hub.open(another, meanwhile)) as hub:
            add_user(hub, first, "new", "Новый", "salesperson", PASSWORD)
            with pytest.raises(Refused, match="уже занято"):
                add_user(its_hub, second, "new", "Новый", "reader", PASSWORD)
            (employee,) = hub.rows("SELECT role FROM employees WHERE login = 'new'")
            assert employee["role"] == first.users.get("new").role == "salesperson"
