"""A new laptop fetches everything at once: the hub's snapshot, piece by piece, resumable, verified, taken in one step."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from local_app.moving import Moving, Report, silent
from shared.change import UPDATE, SyncTrouble
from shared.locking import held
from shared.store import Store
from shared.store.snapshot import Snapshot, Spoilt, adopt, unpack

WORTHWHILE = 5_000
"""Changes to catch up from which a snapshot can be cheaper than the log."""
CHEAPER = 3
"""A change of the log costs about as much as three of a snapshot."""
SNAPSHOT, TAKEN = "Снимок данных", "Снимок данных проверяется"
LOCK = "snapshot.lock"
PIECE = 4 << 20
"""Bytes of a file that are read at once."""
Get = Callable[[str], Any]
"""Fetches a path of the hub: JSON as a dictionary, anything else as bytes."""


def far_behind(place: int, last: int) -> bool:
    """Whether the snapshot is the cheaper way from a laptop's place to the hub's last one."""
    return last - place >= WORTHWHILE and (last - place) * CHEAPER > last


def fetch(store: Store, get: Get, report: Report = silent) -> None:
    """Brings a store to the place of the hub's snapshot. Raises SyncTrouble; what was loaded is kept for the next time."""
    with ExitStack() as lock:
        try:
            lock.enter_context(held(store.path.parent / LOCK))
        except (BlockingIOError, PermissionError) as error:
            if error.filename:  # it is not held by somebody: the folder cannot be written
                raise
            raise SyncTrouble("Снимок данных уже загружает другая программа в этой же папке. Дождитесь её") from error
        fetch_alone(store, get, report)


def fetch_alone(store: Store, get: Get, report: Report) -> None:
    """Of two programs at one folder the second would write into the files from which the first one fills the store."""
    wanted = read_snapshot(get(f"/api/v1/snapshot?from={store.log.state().place}"))
    packed = store.path.parent / f"{wanted.sha256[:16]}.snapshot"
    bare = packed.with_suffix(".bare")
    try:
        with closing(ahead(loaded(packed, wanted, get, report))) as pieces:
            unpack(pieces, bare, wanted)
    except Spoilt:
        packed.unlink(missing_ok=True)
        raise
    report(Moving(TAKEN, 0, 0))
    try:
        adopt(store, bare)
        report(Moving(SNAPSHOT, wanted.size, wanted.size, in_bytes=True))
    finally:
        for path in (*store.path.parent.glob("*.snapshot"), *store.path.parent.glob("*.bare*")):
            path.unlink(missing_ok=True)


def read_snapshot(found: object) -> Snapshot:
    """Raises SyncTrouble when the hub said something else."""
    if not isinstance(found, dict):
        raise SyncTrouble("Сервер ответил непонятно. Обновите программу", UPDATE)
    place, head, sha256, size = (found.get(name) for name in Snapshot._fields)
    if type(place) is not int or type(size) is not int or not isinstance(head, str) or not isinstance(sha256, str):
        raise SyncTrouble("Сервер ответил непонятно. Обновите программу", UPDATE)
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise SyncTrouble("Сервер ответил непонятно. Обновите программу", UPDATE)
    return Snapshot(place, head, sha256, size)


def loaded(packed: Path, wanted: Snapshot, get: Get, report: Report) -> Generator[bytes, None, None]:
    """The compressed file piece by piece: what was loaded before, then what the hub sends, kept for the next time. Raises SyncTrouble."""
    with packed.open("a+b") as file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece
        while file.tell() < wanted.size:
            piece = get(f"/api/v1/snapshot/{wanted.sha256}?offset={file.tell()}")
            if not isinstance(piece, bytes) or not piece:
                raise SyncTrouble("Снимок данных загрузился не до конца. Продолжим позже")
            file.write(piece)
            file.flush()
            report(Moving(SNAPSHOT, file.tell(), wanted.size, in_bytes=True))
            yield piece


def ahead(pieces: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    """The same pieces; while one is in use, the next one is on its way."""
    with closing(pieces), ThreadPoolExecutor(1) as beside:
        coming = beside.submit(next, pieces, b"")
        while piece := coming.result():
            coming = beside.submit(next, pieces, b"")
            yield piece
