"""A hub as tests have it: real files, a real port, a clock and luck that repeat themselves."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from shutil import copytree
from threading import Thread
from typing import Any, NamedTuple

import pytest
import requests
from argon2 import PasswordHasher

from local_app.desk import Desk
from local_app.sync import Syncer
from shared.change import Edit
from sync_server.access import Access
from sync_server.app import make_app
from sync_server.hub import Hub
from sync_server.people import add_user
from sync_server.server import make_server

START_MS = 1_790_000_000_000
PASSWORD = "верная лошадь"
LINES = ((1_500, 3_000_000), (19_990_000, 7_000_000), (348_350_000, 16_000_000))
SECRET_NOTE = "тайна удалённого"


QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Weak on purpose: what is tested is not the strength of Argon2."""


class Clock:
    """A wall clock that moves when it is told to."""

    def __init__(self) -> None:
        self.ms = START_MS

    def __call__(self) -> int:
        return self.ms

    def pass_ms(self, ms: int) -> None:
        self.ms += ms


class Serving(NamedTuple):
    """A hub that answers on a port of this machine."""

    url: str
    hub: Hub
    access: Access
    clock: Clock

    def enrol(self, login: str, label: str = "Ноутбук") -> dict[str, str]:
        """A new device of the user, as the hub told it to the laptop."""
        code = self.access.codes.issue(self.access.users.get(login).id)
        found = requests.post(f"{self.url}/api/v1/enrol", json={"code": code, "label": label}, timeout=10).json()
        assert isinstance(found, dict)
        return found


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(tmp_path: Path, clock: Clock) -> Iterator[Access]:
    """Accounts without anybody in them."""
    opened = Access.open(tmp_path, clock=clock, luck=random.Random(7).randbytes, hasher=QUICK, create=True, ticks=clock)
    yield opened
    opened.close()


PEOPLE = (("anna", "Анна", "administrator"), ("maria", "Мария", "manager"), ("boris", "Борис", "salesperson"), ("rita", "Рита", "reader"))


@pytest.fixture(scope="session")
def office_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub with one user of every role, made once and copied for each test: passwords are slow on purpose."""
    folder = tmp_path_factory.mktemp("office")
    access, hub = (
        Access.open(folder, clock=Clock(), luck=random.Random(7).randbytes, hasher=QUICK, create=True),
        Hub.create(folder, Clock()),
    )
    access.book.set("title", "ООО «Ромашка»")
    for login, name, role in PEOPLE:
        add_user(hub, access, login, name, role, PASSWORD)
    hub.close()
    access.close()
    return folder


@pytest.fixture
def office(office_folder: Path, tmp_path: Path) -> Path:
    """The folder of a hub with one user of every role."""
    return Path(copytree(office_folder, tmp_path / "office"))


@pytest.fixture
def serving(office: Path, clock: Clock) -> Iterator[Serving]:
    """That hub, answering on a free port."""
    access, hub = Access.open(office, clock=clock, luck=random.Random(9).randbytes, hasher=QUICK, ticks=clock), Hub.open(office, clock)
    with served(hub, access) as url:
        yield Serving(url, hub, access, clock)
    hub.close()
    access.close()


@contextmanager
def served(hub: Hub, access: Access) -> Iterator[str]:
    """The address of the hub while it answers."""
    server: Any = make_server(make_app(hub, access), "127.0.0.1", 0)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:  # a test that fails must not leave a thread that keeps the process
        ended_by_its_loop(server)
        thread.join(timeout=10)
        server.task_dispatcher.shutdown()


def ended_by_its_loop(server: Any) -> None:
    """The loop closes its own sockets and ends. It may be awake for another reason: it must not close what is still being rung."""
    with server.trigger.lock:
        server.trigger.thunks.append(lambda: server.asyncore.close_all(server._map))
        server.trigger._physical_pull()


@pytest.fixture(scope="session")
def reports_folder(office_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three orders of two clients, one order and one client deleted."""
    folder = Path(copytree(office_folder, tmp_path_factory.mktemp("reports") / "office"))
    hub = Hub.open(folder, lambda: 1_790_000_000_000)
    clients = [hub.new_id() for _ in range(2)]
    hub.write([Edit("clients", row, {"name": name}) for row, name in zip(clients, ("ООО «Ёлка»", "АО «Берёза»"), strict=True)])
    for number, client in enumerate((*clients, clients[0])):
        order = hub.new_id()
        edits = [Edit("orders", order, {"number": f"{number + 1}", "date": f"2026-0{number + 1}-15", "client_id": client})]
        edits += [Edit("order_lines", hub.new_id(), {"order_id": order, "price": price, "quantity": quantity}) for price, quantity in LINES]
        hub.write(edits)
        if number == 2:
            hub.write([Edit("orders", order, {"deleted": 1, "note": SECRET_NOTE})])
    hub.write([Edit("clients", clients[1], {"deleted": 1, "note": SECRET_NOTE})])
    hub.close()
    return folder


@pytest.fixture(scope="session")
def url(reports_folder: Path) -> Iterator[str]:
    with reports_at(reports_folder) as url:
        yield url


@contextmanager
def reports_at(folder: Path) -> Iterator[str]:
    """The address of the reports while their process runs."""
    command = [sys.executable, "-m", "sync_server", "reports", "--data", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        found = re.search(r"http://[\d.]+:\d+", running.stdout.readline())
        assert found
        yield found[0]
        running.terminate()
        _, complaints = running.communicate(timeout=20)
        assert running.returncode == 0
        assert "Traceback" not in complaints


@pytest.fixture(scope="session")
def manager(url: str) -> Iterator[requests.Session]:
    from tests.sync_server.manager import browser

    with browser(url, "maria") as session:
        yield session


Laptop = Callable[..., Desk]


@pytest.fixture
def laptop(serving: Serving) -> Iterator[Laptop]:
    """Makes enrolled laptops: their folder, and whose they are."""
    with ExitStack() as opened:

        def made(folder: Path, login: str = "anna") -> Desk:
            Desk.open(folder, create=True).close()
            Syncer(folder).enrol(serving.url, serving.access.codes.issue(serving.access.users.get(login).id))
            return opened.enter_context(closing(Desk.open(folder)))

        yield made
