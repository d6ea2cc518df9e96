"""A real hub in a process of its own, on a real port, and laptops that know how many bytes they have moved."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from requests import Response

from local_app.desk import Desk
from local_app.sync import Syncer
from sync_server.access import Access
from sync_server.hub import Hub
from sync_server.people import add_user

LOGIN = "anna"


class RunningHub:
    """The hub of a folder while it serves."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes], port: int) -> None:
        self.folder, self.process, self.port = folder, process, port
        self.url = f"http://127.0.0.1:{port}"
        self.access = Access.open(folder)

    def code(self) -> str:
        """A one-time code for one more laptop."""
        return self.access.codes.issue(self.access.users.get(LOGIN).id)

    def peak_mb(self) -> float:
        return peak_mb(self.process.pid)


@contextmanager
def running_hub(folder: Path) -> Iterator[RunningHub]:
    """Makes a hub with one manager and serves it until the block ends."""
    folder.mkdir(parents=True)
    hub, access = Hub.create(folder), Access.open(folder, create=True)
    add_user(hub, access, LOGIN, "Иванова Анна Сергеевна", "manager", "correct horse battery")
    hub.close()
    access.close()
    command = [sys.executable, "-m", "sync_server", "hub", "--data", str(folder), "serve", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            running = RunningHub(folder, process, json.loads(first_line(process))["port"])
            yield running
            running.access.close()
        finally:
            process.terminate()


def first_line(process: subprocess.Popen[bytes]) -> bytes:
    """What a program says when it is ready."""
    return process.stdout.readline() if process.stdout else b""


def peak_mb(pid: int) -> float:
    """The most memory a process has held so far, in MB; where the system does not say, what it holds now."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024
    return resident_mb(pid)


def resident_mb(pid: int) -> float:
    """Memory a process holds now, in MB."""
    import psutil

    return float(psutil.Process(pid).memory_info().rss / (1 << 20))


class CountingSyncer(Syncer):
    """The real sync; it also adds up the bytes of messages, and of HTTP with its headers."""

    sent = received = wire = requests = 0

    def _post(self, url: str, body: bytes, headers: dict[str, str], token: str) -> Response:
        answer = super()._post(url, body, headers, token)
        self.requests += 1
        self.sent += len(body)
        self.received += len(answer.content)
        self.wire += len(body) + len(answer.content) + head_bytes(answer)
        return answer

    def forget(self) -> None:
        """Begin to count anew."""
        self.sent = self.received = self.wire = self.requests = 0


def head_bytes(answer: Response) -> int:
    """The lines of HTTP around the two messages, and its Host line."""
    asked = answer.request
    lines = [f"{asked.method} {asked.path_url} HTTP/1.1", f"HTTP/1.1 {answer.status_code} {answer.reason}", f"Host: {asked.url}"]
    lines += [f"{name}: {value}" for headers in (asked.headers, answer.headers) for name, value in headers.items()]
    return sum(len(line) + 2 for line in lines) + 4


def new_laptop(hub: RunningHub, folder: Path) -> CountingSyncer:
    """An empty laptop that the hub knows."""
    Desk.open(folder, create=True).close()
    syncer = CountingSyncer(folder)
    syncer.enrol(hub.url, hub.code())
    return syncer
