"""Machines of a company as processes: a hub that serves on a port, and laptops that are worked on by commands alone."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any, NamedTuple

from local_app.cli import main as desk_main
from sync_server.cli import main as hub_main
from tests.house.files import ROOT
from tests.support.laptops import answered, environment, typed

PASSWORD = "верная лошадь"
PEOPLE = (("anna", "Анна", "administrator"), ("boris", "Борис", "salesperson"))


class Machine(NamedTuple):
    """A laptop: its data folder."""

    folder: Path

    def desk(self, *words: str) -> Any:
        """The answer of a command that must succeed; in this process, which is ten times quicker than in one of its own."""
        return json.loads(spoken(desk_main, "desk", "--data", str(self.folder), *words, "--json"))

    def client(self, name: str) -> str:
        return str(self.desk("new", "clients", f"name={name}")["id"])

    def clients(self) -> list[str]:
        return [row["name"] for row in self.desk("sql", "SELECT name FROM clients WHERE deleted = 0 ORDER BY name")]

    def sync(self) -> Any:
        """In a process of its own, as every program of the story that changes the other side."""
        return answered("desk", "--data", str(self.folder), "sync")

    def turned_away(self) -> str:
        """Why a sync does not succeed."""
        done = typed("desk", "--data", str(self.folder), "sync")
        assert done.returncode == 1
        return done.stderr

    def news(self) -> list[str]:
        """What the user was told, the oldest first."""
        found = self.desk("sql", "SELECT value FROM notes WHERE name LIKE 'news:%' ORDER BY name")
        return [row["value"] for row in found]

    def digest(self) -> str:
        """One fingerprint of all tables; the whole store is verified on the way."""
        found = self.desk("verify")
        assert found["ok"]
        return str(found["digest"])

    def copied_to(self, folder: Path) -> Machine:
        return Machine(Path(copytree(self.folder, folder)))


class HubMachine(NamedTuple):
    """A hub: its data folder; nothing runs until `serving`."""

    folder: Path

    def run(self, *words: str, stdin: str = "") -> str:
        """What a command that must succeed prints; in this process likewise."""
        with typing_in(stdin):
            return spoken(hub_main, "hub", "--data", str(self.folder), *words).strip()

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json"))

    def add_people(self) -> None:
        for login, name, role in PEOPLE:
            self.run("user", login, "--name", name, "--role", role, stdin=PASSWORD + "\n")

    def lose(self) -> None:
        """The disk is gone."""
        rmtree(self.folder)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Its address while it runs."""
        command = [sys.executable, "-m", "sync_server", "hub", "--data", str(self.folder), "serve", "--port", "0"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment(), cwd=ROOT
        ) as running:
            assert running.stdout is not None
            found = re.search(r"http://[\d.:]+", running.stdout.readline())
            assert found
            try:
                yield found[0]
            finally:
                running.send_signal(signal.SIGTERM)
                _, told = running.communicate(timeout=30)
            complaints = [line for line in told.splitlines() if "не обменивается" not in line]  # whom it turns away the log may name
            assert (running.returncode, complaints) == (0, [])

    def enrol(self, url: str, laptop: Machine, login: str) -> Any:
        return laptop.desk("enrol", url, self.json("code", login)["code"])

    def digest(self) -> str:
        """As of a laptop."""
        return str(self.json("verify")["digest"])


@contextmanager
def typing_in(text: str) -> Iterator[None]:
    before, sys.stdin = sys.stdin, io.StringIO(text)
    try:
        yield
    finally:
        sys.stdin = before


def spoken(program: Callable[[Sequence[str]], int], *words: str) -> str:
    said, complaints = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(complaints):
        code = program(words)
    assert code == 0, complaints.getvalue()
    return said.getvalue()


def new_hub(folder: Path) -> HubMachine:
    """Made, with its people."""
    hub = HubMachine(folder)
    hub.run("init", "--title", "ООО «Ромашка»")
    hub.add_people()
    return hub
