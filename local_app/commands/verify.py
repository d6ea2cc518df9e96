"""The command that proves a store whole: the file, the chain of every device, and the tables drawn anew from the log."""

from __future__ import annotations

import sqlite3
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from local_app.commands.output import Answer
from local_app.desk import Desk
from shared.change import ROOT, change_id
from shared.store import FILE_NAME, Store

_CHAIN = (
    "SELECT log.branch, b.device, log.n, log.act, log.author, log.entity, log.row, log.patch, log.id "
    "FROM log JOIN branches b ON b.id = log.branch ORDER BY log.branch, log.n"
)


def verify(desk: Desk, _: Namespace) -> Answer:
    """Reads everything, writes nothing here; the drawing is made on a copy in a temporary folder."""
    troubles = [*_file_troubles(desk.store), *_chain_troubles(desk.store), *_drawing_troubles(desk.store)]
    data = {
        "ok": not troubles,
        "changes": desk.store.one("SELECT count(*) FROM log"),
        "digest": digest_of(desk.store),
        "troubles": troubles,
    }
    text = "\n".join(troubles) or f"Всё цело: изменений {data['changes']}, отпечаток таблиц {data['digest']}"
    return Answer(data, text, f"Проверка нашла неисправностей: {len(troubles)}; первая: {troubles[0]}" if troubles else "")


def digest_of(store: Store) -> str:
    """One fingerprint of all drawn tables: stores with equal logs have equal ones."""
    whole = blake2b(digest_size=8)
    for name in _tables(store):
        whole.update(f"{name}:{table_digest(store, name)}\n".encode())
    return whole.hexdigest()


def table_digest(store: Store, name: str) -> str:
    """A fingerprint of a table's rows, whatever order they were written in."""
    key = "order_id" if name == "order_totals" else "id"
    names = [row["name"] for row in store.rows(f"PRAGMA table_info({name})") if row["name"] != "key"]
    digest = blake2b(digest_size=8)
    for row in store.db.execute(f"SELECT {', '.join(sorted(names))} FROM {name} ORDER BY {key}"):
        digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def _tables(store: Store) -> list[str]:
    return sorted([*store.catalogue, "order_totals"])


def _file_troubles(store: Store) -> list[str]:
    found = store.one("PRAGMA quick_check")
    return [] if found == "ok" else [f"Файл данных повреждён: {found}"]


def _chain_troubles(store: Store) -> Iterator[str]:
    """Each id must be the hash of the change and of the one before it."""
    tips: dict[int, bytes] = {}
    parents = {row["id"]: (row["parent"], row["fork_n"]) for row in store.rows("SELECT id, parent, fork_n FROM branches")}
    for branch, device, n, act, author, entity, row, patch, key in store.db.execute(_CHAIN):
        before = tips.get(branch)
        if before is None:
            before = _fork(store, *parents[branch])
        if change_id(before, device, n, act, author, entity, row, patch.encode()) != key:
            yield f"Изменение {n} устройства {device} не сходится со своим отпечатком"
        tips[branch] = key


def _fork(store: Store, parent: int, n: int) -> bytes:
    found = store.one("SELECT id FROM log WHERE branch = ? AND n = ?", (parent, n)) if parent else None
    return bytes(found) if found else ROOT


def _drawing_troubles(store: Store) -> list[str]:
    """Draws a copy of the store anew from its log and compares every table."""
    with tempfile.TemporaryDirectory() as folder:
        copy = _copied(store, Path(folder) / FILE_NAME)
        try:
            copy.redraw()
            differing = [name for name in _tables(store) if table_digest(store, name) != table_digest(copy, name)]
        finally:
            copy.close()
    return [f"Таблица {name} не совпадает с журналом" for name in differing]


def _copied(store: Store, path: Path) -> Store:
    target = sqlite3.connect(path)
    try:
        store.db.backup(target)
    finally:
        target.close()
    return Store.open(path, store.catalogue)
