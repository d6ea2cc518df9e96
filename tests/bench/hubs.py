"""A real hub in a process of its own, on a real port, and laptops that know how many bytes they have moved."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from requests import Response

from local_app.desk import Desk
from local_app.hubline import Answer, HubAddress, Hubline
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

    def cpu(self) -> float:
        """Processor seconds of this process and of all that it has started (the hub, laptops) so far."""
        import psutil

        me = psutil.Process()
        times = [process.cpu_times() for process in (me, *me.children(recursive=True))]
        return sum(float(each.user + each.system) for each in times)

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


@dataclass(slots=True)
class Traffic:
    """Bytes of messages both ways, and of HTTP with its headers."""

    sent: int = 0
    received: int = 0
    wire: int = 0
    requests: int = 0

    def clear(self) -> None:
        """Begin to count anew."""
        self.sent = self.received = self.wire = self.requests = 0

    def syncer(self, folder: Path) -> Syncer:
        """The real sync of a folder, over lines that add up here."""
        return Syncer(folder, line=lambda address, _: CountingLine(address, self))


class CountingLine(Hubline):
    """The real line; it also adds up what goes over it."""

    def __init__(self, address: HubAddress, traffic: Traffic) -> None:
        super().__init__(address)
        self.traffic = traffic
        self.session.hooks["response"].append(self.head)

    def head(self, answer: Response, **_: object) -> None:
        self.traffic.wire += head_bytes(answer)

    def _ask(self, verb: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        answer = super()._ask(verb, path, body, headers)
        self.traffic.requests += 1
        self.traffic.sent += len(body)
        self.traffic.received += len(answer.body)
        self.traffic.wire += len(body) + len(answer.body)
        return answer


def head_bytes(answer: Response) -> int:
    """The lines of HTTP around the two messages, and its Host line."""
    asked = answer.request
    lines = [f"{asked.method} {asked.path_url} HTTP/1.1", f"HTTP/1.1 {answer.status_code} {answer.reason}", f"Host: {asked.url}"]
    lines += [f"{name}: {value}" for headers in (asked.headers, answer.headers) for name, value in headers.items()]
    return sum(len(line) + 2 for line in lines) + 4


def new_laptop(hub: RunningHub, folder: Path, traffic: Traffic | None = None) -> Syncer:
    """An empty laptop that the hub knows."""
    Desk.open(folder, create=True).close()
    syncer = traffic.syncer(folder) if traffic else Syncer(folder)
    syncer.enrol(hub.url, hub.code())
    return syncer
