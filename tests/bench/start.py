"""From the start of the program to its first page, and what an idle laptop keeps in memory."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from time import perf_counter

import requests

from tests.bench.hubs import resident_mb
from tests.bench.large import large_store
from tests.bench.measure import Limit, Line, Options, Rounds

LIMITS = [Limit("start_s", 3.0), Limit("idle_mb", 150)]
TRIES, PAUSE_S = 500, 0.02
SETTLED_S = 1.5
"""After the first page the timers have run and the memory stands still."""


def start(options: Options) -> Line:
    """`start_s`: the process begins … the first page is here. `idle_mb`: what it holds then, with nobody clicking."""
    count = options.sized(10_000)
    folder = options.work / "laptop"
    shutil.copytree(large_store(options.cache, count), folder)
    rounds = Rounds()
    for _ in range(options.rounds):
        rounds.add(**started(folder))
    return Line("start", {"orders": count}, rounds.medians(), LIMITS)


def started(folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "local_app", "app", "--data", str(folder), "--no-browser"]
    begun = perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment()) as process:
        try:
            first_page(address_of(process))
            spent = perf_counter() - begun
            time.sleep(SETTLED_S)
            return {"start_s": spent, "idle_mb": resident_mb(process.pid)}
        finally:
            process.terminate()


def environment() -> dict[str, str]:
    """As from a terminal: under pytest NiceGUI would take the program for a test."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "NICEGUI_"))}


def address_of(process: subprocess.Popen[bytes]) -> str:
    """The program prints where it is open as soon as it answers."""
    assert process.stdout is not None
    for text in process.stdout:
        if found := re.search(rb"http://\S+", text):
            return found[0].decode()
    raise RuntimeError("the program ended before it was open")


def first_page(address: str) -> None:
    """Through the one-time address to the page itself, as a browser goes."""
    session = requests.Session()
    answered(session, address).raise_for_status()
    session.get(address.partition("/enter")[0] + "/", timeout=30).raise_for_status()


def answered(session: requests.Session, address: str) -> requests.Response:
    """The address is printed a moment before the port is open."""
    for _ in range(TRIES):
        try:
            return session.get(address, timeout=30)
        except requests.ConnectionError:
            time.sleep(PAUSE_S)
    raise TimeoutError(address)
