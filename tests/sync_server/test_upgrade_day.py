"""The day of an upgrade and the days around it, as the one who keeps the hub meets them: reports, its log, two administrators."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from shutil import copytree

import pytest
import requests

from shared import exchange
from shared.change import Refused
from shared.store import FILE_NAME
from sync_server.access import Access
from sync_server.hub import Hub
from sync_server.people import add_user
from sync_server.reporting import make_datasette
from tests.sync_server.conftest import PASSWORD, QUICK, START_MS, Serving
from tests.sync_server.test_api import BODY


def asked(serving: Serving, token: str, message: bytes) -> requests.Response:
    headers = {**BODY, "Authorization": f"Bearer {token}"}
    return requests.post(f"{serving.url}/api/v1/exchange", headers=headers, data=message, timeout=20)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "sync_server.app"]


def news() -> bytes:
    return exchange.pack({"protocol": exchange.PROTOCOL, "kind": "offer", "place": 0, "head": "0" * 32, "blocks": []})


def test_a_laptop_whose_message_the_hub_cannot_read_is_told_to_upgrade(serving: Serving) -> None:
    answer = asked(serving, serving.enrol("boris")["token"], b"of another time")
    assert (answer.status_code, answer.json()["error"]) == (400, "malformed")
    assert "Обновите программу" in answer.json()["message"]


def test_the_hubs_log_says_once_which_laptop_does_not_sync_and_why(serving: Serving, caplog: pytest.LogCaptureFixture) -> None:
    boris, anna = serving.enrol("boris", "Ноутбук Бориса"), serving.enrol("anna", "Ноутбук Анны")
    for _ in range(3):
        asked(serving, boris["token"], b"of another time")
    asked(serving, anna["token"], news())
    (line,) = warnings(caplog)
    assert line.startswith(f"Ноутбук «Ноутбук Бориса» ({boris['prefix']}) не обменивается: Сервер не разобрал")
    assert boris["token"] not in caplog.text
    assert asked(serving, boris["token"], news()).status_code == 200
    asked(serving, boris["token"], b"of another time")
    assert len(warnings(caplog)) == 2, "it had gone on meanwhile"


@pytest.fixture
def another(office_folder: Path, tmp_path: Path) -> Path:
    return Path(copytree(office_folder, tmp_path / "hub"))


def test_reports_do_not_open_tables_of_another_program_and_say_what_to_wait_for(another: Path) -> None:
    """They would show what the older program drew, and lack what this one draws, until somebody starts them again."""
    with closing(sqlite3.connect(another / FILE_NAME)) as db, db:
        db.execute("UPDATE state SET drawn = 'another program'")
    with closing(Access.open(another)) as access, pytest.raises(Refused, match="Запустите сервер этой версии, дождитесь"):
        make_datasette(another, access)


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
