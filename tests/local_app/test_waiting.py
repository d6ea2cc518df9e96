"""The program opens late when a large store is drawn again: the browser shows how far it is, on the port where the program will be."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import requests

from local_app.single import HOST
from local_app.waiting import waiting
from shared import progress
from shared.store import FILE_NAME
from tests.support.hubs import free_port
from tests.support.laptops import NORTHWIND, SALES, environment, new_desk, run_import


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def test_the_browser_is_told_how_far_a_large_store_is(capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    url = f"http://{HOST}:{port}"
    with waiting(port, show=False) as tell:
        tell("Таблицы", 0, progress.LARGE - 1)
        assert not answers(port), "a small store is quicker than a page"
        tell("Таблицы", 10_000, 40_000)
        page = requests.get(f"{url}/orders", timeout=10)
        assert "Данные готовятся" in page.content.decode()
        assert requests.get(f"{url}/waiting", timeout=10).content.decode() == "Таблицы: 10000 из 40000 (25 %)"
        tell("Суммы", 40_000, 40_000)
        assert requests.get(f"{url}/waiting", timeout=10).content.decode() == "Суммы: 40000 из 40000 (100 %)"
    assert not answers(port)
    assert "Таблицы: 10000 из 40000" in capsys.readouterr().err


def test_the_program_takes_the_port_over_when_the_store_is_drawn(tmp_path: Path) -> None:
    with closing(new_desk(tmp_path)) as desk:
        run_import(desk, NORTHWIND / "sales.csv", columns=SALES)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db, db:
        db.execute("UPDATE state SET drawn = 'another program'")
    program = "import sys; from shared import progress; progress.LARGE = 100; from local_app.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "app", "--data", str(tmp_path), "--no-browser", "--port", str(free_port())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment()) as app:
        assert app.stdout is not None
        told = app.stdout.readline()
        assert "Заказник открыт: http://" in told
        page = requests.get(told.split(": ", 1)[1].strip(), timeout=20)
        assert "Данные готовятся" not in page.content.decode()
        os.kill(app.pid, signal.SIGINT)
        _, complaints = app.communicate(timeout=60)
    assert "Считаются суммы заказов: 830 из 830" in complaints
