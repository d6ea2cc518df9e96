"""Programs of the demo: started, watched until they answer, and stopped, each by its own handle and no other."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from shared.change import Refused

PACKAGES = Path(__file__).resolve().parents[2]
"""Where `local_app` and `sync_server` lie side by side, in a checkout and installed alike."""
START_SECONDS = 60
STOP_SECONDS = 8
_PAUSE = 0.05
_ADDRESS = re.compile(r"http://([\w.]+):([0-9]+)/\S*")


class Program(NamedTuple):
    """What to start: its name for people, the module's command line, the file for what it says; whether its user may end it."""

    name: str
    words: tuple[str, ...]
    log: Path
    ends: bool = False


class Started(NamedTuple):
    """A program that runs; its log holds what it said since then."""

    program: Program
    process: subprocess.Popen[bytes]

    def address(self) -> str:
        """The address that the program has announced, or '' until it answers there."""
        found = _ADDRESS.search(self.program.log.read_text(encoding="utf-8", errors="replace"))
        return found[0] if found and _listens(found[1], int(found[2])) else ""

    def last_words(self) -> str:
        lines = self.program.log.read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "журнал пуст")


def start(program: Program) -> Started:
    """Starts a program of ours in a session of its own, so that a Ctrl+C reaches it only through us."""
    program.log.parent.mkdir(parents=True, exist_ok=True)
    with program.log.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 our own modules
            command(program.words),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment(),
            start_new_session=True,
        )
    return Started(program, process)


def wait_for(started: Sequence[Started]) -> list[str]:
    """The addresses that the programs announce, once they all answer there. Refused when one of them ends or is too slow."""
    deadline = time.monotonic() + START_SECONDS
    while not all(addresses := [each.address() for each in started]):
        for each in started:
            if each.process.poll() is not None:
                raise Refused(f"{each.program.name}: не запускается. {each.last_words()}")
        if time.monotonic() > deadline:
            slow = next(each for each, address in zip(started, addresses, strict=True) if not address)
            raise Refused(f"{slow.program.name}: не отвечает {START_SECONDS} секунд. Журнал: {slow.program.log}")
        time.sleep(_PAUSE)
    return addresses


def _listens(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def watch(started: Sequence[Started], ended: Callable[[Program], object]) -> None:
    """Waits for ever. `ended` hears of a program that its user has ended. Refused with the last words of one that has ended by itself."""
    running = list(started)
    while True:
        for each in tuple(running):
            code = each.process.poll()
            if code == 0 and each.program.ends:
                running.remove(each)
                ended(each.program)
            elif code is not None:
                raise Refused(f"{each.program.name}: программа остановилась. Последнее, что она сказала: {each.last_words()}")
        time.sleep(_PAUSE * 4)


def stop(started: Sequence[Started]) -> None:
    """Asks all to end and waits; the one that does not is ended. An impatient second Ctrl+C changes nothing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for each in started:
        if each.process.poll() is None:
            each.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for each in started:
        try:
            each.process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            each.process.kill()
            each.process.wait()


def ask(words: Sequence[str], typed: str = "") -> str:
    """Runs a command of ours to its end and returns what it prints. Refused with its line when it does not succeed."""
    done = subprocess.run(command(words), input=typed, capture_output=True, text=True, encoding="utf-8", env=environment(), check=False)  # noqa: S603
    if done.returncode:
        raise Refused(done.stderr.strip() or f"Команда {words[0]} не выполнена")
    return done.stdout.strip()


def command(words: Sequence[str]) -> list[str]:
    """`-P`: a folder named `shared` where the user stands must not be taken for ours."""
    return [sys.executable, "-P", "-m", *words]


def environment() -> Mapping[str, str]:
    paths = [str(PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Whatever asks us to end does it as Ctrl+C does, so that everything is stopped on the way out."""

    def interrupt(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    before = {number: signal.signal(number, interrupt) for name in names if (number := getattr(signal, name, None))}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
