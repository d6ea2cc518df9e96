"""Attached files in the simulated world: they travel in small pieces, over the real routes of the hub and the real line of the laptop."""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import requests
from argon2 import PasswordHasher
from flask import Flask
from requests.adapters import HTTPAdapter
from urllib3.response import HTTPResponse
from werkzeug.exceptions import HTTPException

from local_app.filesync import sync_files
from local_app.hubline import VERSION, HubAddress, Hubline
from shared import filestore
from shared.change import SyncTrouble
from sync_server.access import Access
from sync_server.app import out_of_order, turned_away
from sync_server.files import make_files
from sync_server.hub import Hub
from tests.simulator.machines import Laptop
from tests.simulator.world import Violation, World

PIECE = 64
"""Bytes that travel at once here: a file has several pieces, and stays small."""
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NAMED = "SELECT DISTINCT sha256 FROM attachments WHERE sha256 <> ''"


class Gate(NamedTuple):
    """One account and one device for all histories: who may come in is not what they are about. Nothing is written here after the first."""

    folder: tempfile.TemporaryDirectory[str]
    access: Access
    token: str


@cache
def gate() -> Gate:
    folder = tempfile.TemporaryDirectory()
    access = Access.open(Path(folder.name), clock=lambda: 0, hasher=QUICK, create=True)
    access.users.add("u1", "anna", "Анна", "administrator", "длинный пароль")
    return Gate(folder, access, access.enrol(access.codes.issue("u1"), "Ноутбук", VERSION).token)


class Road(HTTPAdapter):
    """From the laptop's requests to the hub's routes: requests are lost, answers are lost, bodies are cut."""

    def __init__(self, world: World, app: Flask, *, good: bool) -> None:
        super().__init__()
        self.world, self.app, self.good = world, app, good

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        self.may_be_lost()
        body = request.body if isinstance(request.body, bytes) else b""
        with self.app.test_client() as client:
            told = client.open(request.path_url, method=request.method, data=self.cut(body), headers=dict(request.headers))
        self.may_be_lost()
        headers = {name: value for name, value in told.headers if name != "Content-Length"}  # a cut piece must be noticed without it
        return self.build_response(request, HTTPResponse(BytesIO(self.cut(told.data)), headers, told.status_code, preload_content=False))

    def may_be_lost(self) -> None:
        if not self.good and self.world.chance(0.1):
            self.world.faults["pieces lost"] += 1
            raise requests.ConnectionError

    def cut(self, body: bytes) -> bytes:
        if self.good or not body or not self.world.chance(0.05):
            return body
        self.world.faults["pieces cut"] += 1
        return body[: self.world.luck.randrange(len(body))]


@contextmanager
def small_pieces() -> Iterator[None]:
    gate()  # not while a disk is full
    before = filestore.PIECE
    filestore.PIECE = PIECE
    try:
        yield
    finally:
        filestore.PIECE = before


@lru_cache(maxsize=1)
def routes_of(hub: Hub) -> Flask:
    """The routes of the files alone: to make all of them takes longer than the rest of a history."""
    app = Flask("files")
    app.register_blueprint(make_files(hub, gate().access))
    app.register_error_handler(HTTPException, turned_away)
    app.register_error_handler(OSError, out_of_order)
    app.register_error_handler(sqlite3.OperationalError, out_of_order)
    return app


def line_of(world: World, *, good: bool) -> Hubline:
    line = Hubline(HubAddress("http://hub", gate().token))
    line.session.mount("http://", Road(world, routes_of(world.server.hub), good=good))
    return line


def carry(world: World, laptop: Laptop, *, good: bool = False) -> None:
    """One round of the files, as after each exchange. Disks may be full, on either side."""
    trouble = not good and world.chance(0.1)
    try:
        with world.full_disk(laptop if world.chance(0.5) else world.server) if trouble else nullcontext():
            moved = sync_files(laptop.store, line_of(world, good=good), clock=world.clock)
            world.faults["files sent"] += moved.up
            world.faults["files fetched"] += moved.down
            world.faults["files kept waiting"] += bool(moved.troubles)
            if good and moved.troubles:
                raise Violation(f"a file does not come through: {moved.troubles[0]}")
    except (SyncTrouble, OSError) as trouble:
        if good:
            raise Violation(f"a file does not come through: {trouble}") from trouble
        world.faults["files kept waiting"] += 1


def check_files(world: World) -> None:
    """Every file that a row names, and that somebody still has, is whole on every computer."""
    folders = [world.server.folder, *(laptop.folder for laptop in world.welcome)]
    for (sha256,) in world.server.store.db.execute(NAMED):
        having = [folder for folder in folders if filestore.is_here(folder, sha256)]
        if having and len(having) < len(folders):
            raise Violation(f"a file is on {len(having)} of {len(folders)} computers")
        for folder in having:
            if hashlib.sha256(filestore.path_of(folder, sha256).read_bytes()).hexdigest() != sha256:
                raise Violation("a file is not what its name says")
