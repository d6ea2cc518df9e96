"""The computers of the simulated world: a laptop and a hub, each the real code over its own folder, which can be copied and put back."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from shutil import rmtree
from typing import NamedTuple

from local_app.desk import Desk
from shared.change import Edit, View
from shared.cutter import Cutter
from shared.entities import ENTITIES
from shared.entity import Catalogue
from shared.filestore import FOLDER as FILES
from shared.store import FILE_NAME, Store
from shared.store.courier import Courier
from sync_server.hub import Hub

if sys.platform != "win32":
    import resource

Clock = Callable[[], int]
Disk = dict[str, bytes]
"""A folder as it stood at one moment: name -> content."""
NAMES = (
    "clients", "contacts", "employees", "products", "orders", "order_lines", "payments", "expenses", "attachments", "templates",
    "documents", "custom_fields", "custom_values", "distinct_pairs",
)  # fmt: skip
NEW = Catalogue(*(ENTITIES[name] for name in NAMES))
OLD = Catalogue(
    *(
        replace(entity, fields=tuple(field for field in entity.fields if field.name not in {"subject", "document_number"}))
        for name, entity in NEW.items()
        if name != "clients"
    )
)
"""What an older program knows of the business."""
PEOPLE = {"u1": "administrator", "u2": "manager", "u3": "salesperson", "u4": "salesperson"}


class Guest(NamedTuple):
    """Who speaks to the hub, with what the accounts say of him at this moment."""

    id: str
    user: str
    accounts: Mapping[str, str] = PEOPLE

    @property
    def role(self) -> str:
        return self.accounts[self.user]


class Form(NamedTuple):
    """A form that stays open: what the program remembers of it, and what its user has truly seen, as bits."""

    view: View
    saw: int


class Laptop:
    """The app of one person: a desk and a courier, on one connection or (as in the real app) on two."""

    def __init__(
        self,
        number: int,
        folder: Path,
        disk: Disk,
        clock: Clock,
        new_label: Callable[[], str],
        page: int,
        accounts: Mapping[str, str] = PEOPLE,
    ) -> None:
        self.number, self.folder, self.clock, self.new_label, self.page, self.accounts = number, folder, clock, new_label, page, accounts
        self.catalogue = NEW
        self.skew = 0
        self.apart = bool(number % 2)
        self.forms: list[Form] = []
        self.revoked = False
        self.is_copy = False  # its next change must differ from the original's: equal bodies after equal pasts are one change
        put(folder, disk)

    def open(self) -> None:
        path = self.folder / FILE_NAME
        store = opened(path, self.catalogue)
        self.desk = Desk(store, self.folder, lambda: self.clock() + self.skew)
        own = opened(path, self.catalogue) if self.apart else store
        self.courier = Courier(own, new_label=self.new_label, cutter=lambda: Cutter(10**6, self.page))
        self.guest = Guest(f"laptop {self.number}", self.desk.author, self.accounts)

    @property
    def store(self) -> Store:
        return self.desk.store

    def look_for_a_double(self) -> None:
        """It has read back what another machine of its name has done, and goes on from there, perhaps with the same as that one."""
        self.is_copy = self.is_copy or self.courier.read_back > 0
        self.courier.read_back = 0

    def close(self) -> None:
        """Forms do not outlive the program."""
        self.look_for_a_double()
        self.forms.clear()
        self.desk.close()
        self.courier.store.close()

    def kill(self) -> None:
        """The program has no time to say goodbye."""
        self.look_for_a_double()
        self.forms.clear()
        self.courier.store.close()
        self.store.close()

    def put_back(self, disk: Disk) -> None:
        self.kill()
        put(self.folder, disk)
        self.open()


class Server:
    """The hub of the world."""

    def __init__(self, folder: Path, disk: Disk, clock: Clock, page: int, block: int = 4) -> None:
        self.folder, self.clock, self.page, self.block, self.skew = folder, clock, page, block, 0
        self.catalogue = NEW
        self.accounts = dict(PEOPLE)  # in a file of their own, which no story loses: {user: role}
        put(folder, disk)
        self.open()

    def open(self) -> None:
        store = opened(self.folder / FILE_NAME, self.catalogue)
        self.hub = Hub(store, self.folder, lambda: self.clock() + self.skew, cutter=lambda: Cutter(10**6, self.page), block=self.block)
        self.hub.recent.most = self.block

    @property
    def store(self) -> Store:
        return self.hub.store

    def close(self) -> None:
        self.hub.close()

    def put_back(self, disk: Disk) -> None:
        self.close()
        put(self.folder, disk)
        self.open()


def opened(path: Path, catalogue: Catalogue) -> Store:
    """The disk of a simulated computer keeps what it is told at once; only the simulator can break it."""
    store = Store.open(path, catalogue)
    store.db.execute("PRAGMA synchronous = OFF")
    store.db.execute("PRAGMA busy_timeout = 50")
    return store


def disk_of(folder: Path) -> Disk:
    """What a copy of the folder would hold, or the disk after the plug was pulled."""
    stores = (folder / f"{FILE_NAME}{end}" for end in ("", "-wal"))
    files = (file for file in (*stores, *folder.glob(f"{FILES}/??/*")) if file.exists())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def put(folder: Path, disk: Disk) -> None:
    if folder.exists():
        rmtree(folder)
    folder.mkdir()
    with growing_to(-1):  # on another computer a disk may be full at this moment
        for name, content in disk.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)


@contextmanager
def failing(db: sqlite3.Connection, after: int, struck: Callable[[], None]) -> Iterator[None]:
    """The database refuses to go on after so many steps of its machine, in the middle of whatever it does."""
    left = [after]

    def tick() -> int:
        left[0] -= 1
        if left[0] == 0:
            struck()
        return left[0] == 0

    db.set_progress_handler(tick, 10)
    try:
        yield
    finally:
        db.set_progress_handler(None, 0)


@contextmanager
def full(folder: Path, room: int) -> Iterator[None]:
    """The write-ahead log cannot grow by more than some bytes: a real write fails, in the middle of a page."""
    wal = folder / f"{FILE_NAME}-wal"
    with growing_to((wal.stat().st_size if wal.exists() else 0) + room):
        yield


@contextmanager
def growing_to(size: int) -> Iterator[None]:
    """No file of this process may grow beyond so many bytes; -1 lifts the limit."""
    before = limit(size)
    try:
        yield
    finally:
        limit(before)


def limit(size: int) -> int:
    """Sets the limit; the one before. Windows has none: there disks are never full."""
    if sys.platform != "win32":
        before, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        return before
    return size


@cache
def blank_laptop() -> Disk:
    """A new laptop, made once."""
    with tempfile.TemporaryDirectory() as name:
        Store.create(Path(name) / FILE_NAME, "new", NEW).close()
        return disk_of(Path(name))


@cache
def blank_hub() -> Disk:
    """A new hub without anybody."""
    with tempfile.TemporaryDirectory() as name:
        Store.create(Path(name) / FILE_NAME, "hub", NEW, hub=True).close()
        return disk_of(Path(name))


@cache
def peopled_hub() -> Disk:
    """A new hub that knows its people."""
    with tempfile.TemporaryDirectory() as name:
        server = Server(Path(name), blank_hub(), lambda: 10**9, page=1000)
        server.hub.write([Edit("employees", user, {"name": user, "role": role}) for user, role in PEOPLE.items()])
        server.close()
        return disk_of(Path(name))
