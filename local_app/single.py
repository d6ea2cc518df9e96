"""One program on one folder: the lock, the address of the one that runs, and a free port."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from shared.change import Refused
from shared.locking import lock

HOST = "127.0.0.1"
FIRST_PORT = 8420
TRIED = 40
LAST_PORT = 65_535


class Running(NamedTuple):
    """Where a program that holds the folder listens, and the secret its opening addresses are signed with."""

    port: int
    secret: str


class Taken(Exception):
    """Another program holds the folder; `running` is None in the moment between its lock and its address."""

    def __init__(self, running: Running | None) -> None:
        super().__init__("Эта папка уже открыта в другом окне программы")
        self.running = running


@contextlib.contextmanager
def held(folder: Path) -> Iterator[IO[str]]:
    """The lock of a folder, until the block ends or the process dies. Taken says who holds it."""
    path = folder / "app.lock"
    with path.open("a+", encoding="utf-8") as file:
        path.chmod(0o600)  # the secret in it opens the program
        try:
            lock(file)
        except OSError:
            raise Taken(read(path)) from None
        try:
            yield file
        finally:
            write(file, None)


def write(file: IO[str], running: Running | None) -> None:
    """Tell later starts where to go."""
    file.seek(0)
    file.truncate()
    file.write(json.dumps(running._asdict()) if running else "")
    file.flush()


def read(path: Path) -> Running | None:
    with contextlib.suppress(ValueError, TypeError):
        return Running(**json.loads(path.read_text(encoding="utf-8")))
    return None


@contextlib.contextmanager
def claimed(wanted: int | None) -> Iterator[int]:
    """The wanted port, or the first free one of ours, kept from other programs of ours while the block runs. Refused when there is none.

    Two programs that start in one moment would both find a port free, for its server opens later. The claim is the UDP port of the same
    number, which nobody uses and only one can hold.
    """
    if wanted is not None and not 0 <= wanted <= LAST_PORT:
        raise Refused(f"Порта {wanted} не бывает. Укажите число от 1024 до {LAST_PORT} или ничего: программа найдёт свободный сама")
    claim = next(filter(None, map(claim_of, [wanted] if wanted is not None else range(FIRST_PORT, FIRST_PORT + TRIED))), None)
    if claim is None and wanted is not None:
        raise Refused(f"Порт {wanted} занят другой программой. Укажите другой порт или никакого: программа найдёт свободный сама")
    if claim is None:
        raise Refused(f"Порты с {FIRST_PORT} по {FIRST_PORT + TRIED - 1} заняты. Закройте лишние программы или укажите порт: --port")
    with claim:
        yield int(claim.getsockname()[1])


def claim_of(port: int) -> socket.socket | None:
    """The claim of a free port; None when a server or another claim holds it."""
    claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        claim.bind((HOST, port))
    except (OSError, OverflowError):
        claim.close()
        return None
    if is_free(port):
        return claim
    claim.close()
    return None


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name != "nt":  # there it would let us share a busy port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            return False
        return True
