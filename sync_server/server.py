"""Serving on a port: waitress for the hub; a clean end on Ctrl+C and on a request of the system; plain words for a port in use."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol, cast

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import ErrorTask

from shared.change import Refused
from shared.system import WINDOWS
from sync_server.app import LARGEST_BODY, UNKNOWN, WORDS

THREADS = 8
CONNECTIONS = 400 if WINDOWS else 1000
"""At once; `select`, by which waitress waits, takes 512 on Windows and fails with more."""
FREE_PORTS = 1024
"""From here on no system asks for an administrator; Windows keeps some ports for itself, and says «no right» of a port that is held."""
OF_THE_PROXY = ("x-forwarded-for", "x-forwarded-proto")
"""What a TLS proxy on this machine says of the visitor: whom to slow down, and that a cookie may be marked secure."""
SLACK = 64 * 1024
"""The application itself refuses a body that is a little too large; waitress the ones that are far too large, unread."""

LARGEST_HEADERS = 32 * 1024
IN_MEMORY = 64 * 1024
"""Bytes of a request that wait in memory, the rest in a file: a thousand slow senders must not fill the computer."""
OWN = "Укажите 127.0.0.1 — только он сам, 0.0.0.0 — все его адреса — или один из них."
"""What an address to listen on may be."""
M_MMAP_THRESHOLD = -3
LARGE_BLOCK = 256 * 1024


class Server(Protocol):
    """What we use of a waitress server."""

    effective_port: int

    def run(self) -> None: ...

    def close(self) -> None: ...


class JsonErrorTask(ErrorTask):  # type: ignore[misc]
    """What waitress itself turns away (no HTTP, too large) is told as the application tells it."""

    def execute(self) -> None:
        status = self.request.error.code
        message = WORDS.get(status, UNKNOWN if status < 500 else "Сервер не справился с запросом.")
        body = json.dumps({"error": "http", "message": message}, ensure_ascii=False).encode()
        self.status = f"{status} {self.request.error.reason}"
        self.response_headers = [("Content-Length", str(len(body))), ("Content-Type", "application/json"), ("Connection", "close")]
        self.close_on_finish = True
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    error_task_class = JsonErrorTask


def make_server(app: Flask, host: str, port: int) -> Server:
    """A waitress server on the port (0: any free one), not running yet. Refused: the port is taken or not allowed."""
    give_memory_back()
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a queue is no trouble at 09:00
    server = create_server(
        app, sockets=[listening(host, port)], threads=THREADS, ident=None,
        max_request_body_size=LARGEST_BODY + SLACK, max_request_header_size=LARGEST_HEADERS, inbuf_overflow=IN_MEMORY,
        connection_limit=CONNECTIONS,
        trusted_proxy="127.0.0.1", trusted_proxy_headers=set(OF_THE_PROXY), clear_untrusted_proxy_headers=True,
    )  # fmt: skip
    server.channel_class = Channel
    return cast("Server", server)


def give_memory_back() -> None:
    """Without this glibc keeps for ever what a few large messages needed once: it raises its bound for what goes back to the system."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # another C library, which needs no telling
            ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there. Refused: somebody listens there already, it is no port, or it is not allowed to us.

    An empty address, which the system takes for all of them, is a variable of a script that was not set.
    """
    if not host.strip():
        raise Refused(f"Адрес этого компьютера пуст. {OWN}")
    if not 0 <= port <= 65535:
        raise Refused(f"Порта {port} не бывает. Укажите число от 1024 до 65535.")
    with port_explained(host, port):
        door = socket.socket(family_of(host))
        try:
            if os.name == "posix":  # a port that was left a second ago is free; on Windows this option would allow a taken one
                door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind((host, port))
            door.listen(1024)
        except OSError:
            door.close()
            raise
    return door


def family_of(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


@contextmanager
def port_explained(host: str, port: int) -> Iterator[None]:
    try:
        yield
    except UnicodeError as error:  # a part of it is empty or too long
        raise Refused(f"Адреса «{host}» у этого компьютера нет. {OWN}") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Refused(f"Порт {port} уже занят другой программой. Закройте её или укажите другой порт.") from error
        if error.errno == errno.EACCES and port >= FREE_PORTS:
            raise Refused(f"Порт {port} занят или оставлен системой за собой. Укажите другой порт.") from error
        if error.errno == errno.EACCES:
            raise Refused(f"Порт {port} разрешён только администратору компьютера. Укажите порт от 1024 до 65535.") from error
        raise Refused(f"Адреса «{host}» у этого компьютера нет. {OWN}") from error


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """SIGTERM ends the program as Ctrl+C does: what runs is finished, files are closed."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    except KeyboardInterrupt:
        return
    finally:
        signal.signal(signal.SIGTERM, before)
