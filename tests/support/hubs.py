"""A hub in a process of its own: started on a folder and a port, measured, stopped, killed, started again."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psutil
import requests

from sync_server.access import Access
from tests.house.files import ROOT
from tests.support.laptops import environment

SERVE = "from sync_server.cli import main; main()"


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class HubProcess:
    """The port stays the same over all its lives, as it would for the laptops of a company. `program` is what Python runs."""

    def __init__(self, folder: Path, program: str = SERVE) -> None:
        self.folder, self.program, self.port = folder, program, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.journal = folder.with_suffix(".log")

    def start(self) -> None:
        words = ("hub", "serve", "--data", str(self.folder), "--port", str(self.port))
        with self.journal.open("ab") as journal:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "-c", self.program, *words], stdout=subprocess.PIPE, stderr=journal, env=environment(), cwd=ROOT
            )
        assert self.process.stdout is not None
        told = self.process.stdout.readline()
        assert self.url in told.decode(), self.journal.read_text(encoding="utf-8")

    def kill(self) -> None:
        """At once, in the middle of whatever it does."""
        self.process.kill()
        self._gone()

    def stop(self) -> None:
        """As an operator does."""
        self.process.terminate()
        self._gone()

    def _gone(self) -> None:
        self.process.wait(timeout=60)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def memory(self) -> int:
        """Resident bytes."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def code(self, login: str) -> str:
        """A one-time code for a user."""
        with closing(Access.open(self.folder)) as access:
            return access.codes.issue(access.users.get(login).id)

    def enrol(self, login: str) -> dict[str, str]:
        """A new device of the user, as the hub tells it to the laptop."""
        told = requests.post(f"{self.url}/api/v1/enrol", json={"code": self.code(login)}, timeout=60).json()
        assert isinstance(told, dict)
        return told
