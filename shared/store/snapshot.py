"""A whole store as one compressed file: the hub makes it for a new laptop, the laptop takes it in one step and goes on from its place."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import zstandard

from shared.change import ROOT, Change, SyncTrouble
from shared.entities import ENTITIES
from shared.entity import Catalogue
from shared.store import file
from shared.store.chain import Chain
from shared.store.compact import THINNED
from shared.store.log import State
from shared.store.proof import is_sound
from shared.store.rows import uncollected
from shared.store.store import Store
from shared.store.verify import file_is_whole

Standing = tuple[int, State]
PACKERS = 2
"""Threads that pack a snapshot: a third of the time less; each of more would cost memory of its own."""
PIECE = 1 << 20
"""Bytes that are written at once."""
ONCE = 50
"""Pages that a connection keeps which reads each of them once: more than the processor's own cache holds cost a tenth of the time."""
STEPS = 50
"""In so many steps the pages of a snapshot are copied into a store."""
ON_THE_WAY = "он повреждён в пути"


class Spoilt(SyncTrouble):
    """What came is not a whole snapshot, or not the one that the hub named."""


class Unfit(SyncTrouble):
    """This store cannot go on from that snapshot; the log will do."""


class Snapshot(NamedTuple):
    """What names a snapshot: where it stands, and the digest and size of its compressed file."""

    place: int
    head: str
    sha256: str
    size: int  # bytes


def make(store_path: Path, target: Path) -> Snapshot:
    """Writes the compressed snapshot of a hub's store to `target`, whole or not at all. Other threads go on writing meanwhile.

    Whether the log is sound is not asked here: the laptop proves what it gets from end to end.
    """
    bare, part = target.with_suffix(".bare"), target.with_suffix(".part")
    file.gone(bare)
    try:
        with file.explained(store_path):
            copy_of(store_path, bare)
            place, head = stripped(bare)
            made = Snapshot(place, head, *pack(bare, part))
        part.replace(target)
    finally:
        bare.unlink(missing_ok=True)
        part.unlink(missing_ok=True)
    return made


def pack(bare: Path, target: Path) -> tuple[str, int]:
    """Compresses a file; returns the digest and the size of what was written, taken on the way."""
    digest, packer = hashlib.sha256(), zstandard.ZstdCompressor(level=1, threads=PACKERS)
    with bare.open("rb") as source, target.open("wb") as kept, packer.stream_reader(source, bare.stat().st_size) as packed:
        while piece := packed.read(PIECE):
            digest.update(piece)
            kept.write(piece)
        return digest.hexdigest(), kept.tell()


def copy_of(source: Path, target: Path) -> None:
    """A copy for the moment: what a crash leaves of it is thrown away, so the disk need not keep it."""
    db, copy = file.connect(source), scratch(target)
    db.execute(f"PRAGMA cache_size = {ONCE}")
    try:
        db.backup(copy)
    finally:
        copy.close()
        db.close()


def scratch(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    return db


def stripped(path: Path) -> tuple[int, str]:
    """Makes a copied hub store into one that belongs to nobody yet: no label, no acts, no notes but of what its log has forgotten."""
    db = scratch(path)
    try:
        db.execute("DELETE FROM notes WHERE name <> ?", (THINNED,))
        place, head = db.execute("SELECT place, head FROM state").fetchone()
        db.executescript("BEGIN; DELETE FROM acts; DELETE FROM ranges;")
        if place:
            db.execute("INSERT INTO ranges VALUES (1, ?, 1)", (place,))
        db.execute("UPDATE state SET hub = 0, device = '', prefix = '', author = '', n = 0, tip = ?, sent = place", (bytes(16),))
        db.execute("COMMIT")
        return place, bytes(head).hex()
    finally:
        db.close()


def unpack(pieces: Iterable[bytes], target: Path, wanted: Snapshot) -> None:
    """Unpacks a compressed snapshot while it comes, and verifies it. Raises Spoilt; whatever it raises, nothing is left at `target`."""
    digest, size = hashlib.sha256(), 0
    try:
        with told(target):
            file.gone(target)  # a program that was killed while it took this one has left there what it had carried over
            with target.open("wb") as bare, zstandard.ZstdDecompressor().stream_writer(bare, closefd=False) as unpacked:
                for piece in pieces:
                    digest.update(piece)
                    size += len(piece)
                    unpacked.write(piece)
            if (digest.hexdigest(), size) != (wanted.sha256, wanted.size):
                raise file.Damaged(ON_THE_WAY)
            must_stand_at(target, wanted)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def must_stand_at(path: Path, wanted: Snapshot) -> None:
    """The file is ours and stands where the hub said; what is in it is proven when it is adopted."""
    try:
        with opened(path, read_only=True) as store:
            state = store.log.state()
    except (file.StoreTrouble, sqlite3.DatabaseError) as error:
        raise file.Damaged(str(error)) from error
    if (state.place, state.head.hex()) != (wanted.place, wanted.head):
        raise file.Damaged("он стоит не на том месте истории")


def must_be_whole(store: Store) -> None:
    if wrong := next(file_is_whole(store), ""):
        raise file.Damaged(wrong)


def prove(path: Path) -> None:
    """Raises Damaged when the file is not whole or its log is not what its ids and kept heads name."""
    with file.explained(path):
        with opened(path, read_only=True) as store:
            must_be_whole(store)
        must_be_sound(path)


def must_be_sound(path: Path) -> None:
    """Raises Damaged when the log of a store is not what its ids and kept heads name."""
    with opened(path, read_only=True) as store, uncollected():
        if not is_sound(store):
            raise file.Damaged("Журнал изменений повреждён")


def adopt(store: Store, path: Path) -> None:
    """Fills a store with an unpacked snapshot in one step; its identity and what it has not sent yet stay. Raises SyncTrouble.

    While it is filled others may read the file but are refused to write; after a crash in the middle the store is as before. The
    snapshot's chain is proven from end to end meanwhile, and the last of its pages is copied only after that.
    """
    with ThreadPoolExecutor(1) as beside, opened(path, store.catalogue) as ready, told(store.path):
        ready.db.execute("PRAGMA synchronous = OFF")  # whatever a crash leaves of it is thrown away
        proof = beside.submit(must_be_sound, path)
        must_be_whole(ready)
        with store.transaction():
            store.db.execute("UPDATE state SET closed = unixepoch()")
        try:
            copy_once(ready, store, proof.result, carry_over(store, ready))
        finally:
            store.db.execute("UPDATE state SET closed = 0")
    store.reopened()


def copy_once(ready: Store, store: Store, proven: Callable[[], object], carried: Standing) -> None:
    """ONE commit. What `proven` raises stops it before the last page, and nothing is changed; so does what is not among the `carried`.

    From the first page on SQLite keeps others from writing. Before it they wait at a door that opens by itself after a minute, lest a
    crash close it for ever: a computer that slept meanwhile, or whose clock was set, has let them through.
    """
    step = max(ready.one("PRAGMA page_count") // STEPS, 1)

    def before_the_last(_: int, remaining: int, __: int) -> None:
        if not 0 < remaining <= step:
            return
        proven()
        with opened(store.path, store.catalogue, read_only=True) as shown:
            if standing(shown) != carried:
                raise SyncTrouble("Пока загружался снимок, с данными работали. Сделанное цело, снимок загрузим заново")

    ready.db.backup(store.db, pages=step, progress=before_the_last)


def standing(store: Store) -> Standing:
    """Where a store stands: whoever writes into it moves one of the two."""
    return store.log.last_seq(), store.log.state()


@contextmanager
def opened(path: Path, catalogue: Catalogue = ENTITIES, *, read_only: bool = False) -> Iterator[Store]:
    """A store as it lies there, whoever drew it."""
    store = Store(path, file.open_file(path, read_only=read_only), catalogue)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def told(path: Path) -> Iterator[None]:
    """What is wrong with a snapshot, in words for the user."""
    try:
        with file.explained(path):
            yield
    except (zstandard.ZstdError, file.Damaged) as error:
        why = error if isinstance(error, file.Damaged) else ON_THE_WAY
        raise Spoilt(f"Снимок данных не прошёл проверку: {why}. Загрузим его заново") from error


def carry_over(store: Store, ready: Store) -> Standing:
    """Identity, acts, cuts and unsent changes of a store go over to the snapshot that will replace it. Returns where it stood then."""
    stood, chain = standing(store), Chain(store.db)
    _, state = stood
    if Chain(ready.db).head_at(state.place) != state.head:
        raise Unfit("История сервера другая, обмен пойдёт по журналу")
    unsent = [change for first, last in store.log.unsent_ranges() for change in chain.changes(first, last)]
    unsent = [change for change in unsent if not ready.log.knows(change.device, change.n, change.id)]  # sent, and the answer was lost
    with ready.transaction():
        if any(change.prev != ROOT and change.prev not in {known.id for known in unsent} and not knows(ready, change) for change in unsent):
            raise Unfit("Часть своей истории сервер ещё не знает, обмен пойдёт по журналу")
        for table in ("acts", "cuts", "notes"):
            rows = [row for row in store.db.execute(f"SELECT * FROM {table}") if row[0] != THINNED]  # that is said of the log that goes
            marks = ", ".join("?" * len(rows[0])) if rows else ""
            ready.db.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows) if rows else None
        ready.commit(unsent)
        identity = {"device": state.device, "prefix": state.prefix, "author": state.author, "n": state.n, "tip": state.tip}
        ready.log.set_state(**identity, stamp=max(state.stamp, ready.log.state().stamp))
    return stood


def knows(ready: Store, change: Change) -> bool:
    return ready.log.knows(change.device, change.n - 1, change.prev)


def digest_of(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
