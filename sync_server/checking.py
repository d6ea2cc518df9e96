"""Verifying a store from end to end: the file itself, the identity of every change, the hash chain with its heads."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from shared.change import ROOT, Change, chain_head, change_id
from shared.store import FILE_NAME, Store, StoreTrouble
from shared.store.chain import BLOCK, Chain

ADVICE = "Остановите сервер и восстановите файл из резервной копии: ноутбуки дошлют остальное сами"


def verified(folder: Path) -> int:
    """How many changes were checked. StoreTrouble: what is wrong, from which place on."""
    store = Store.open(folder / FILE_NAME, read_only=True)
    try:
        return check_file(store.db) or check_chain(store)
    except sqlite3.DatabaseError as error:
        raise StoreTrouble(f"Файл {store.path} повреждён: {error}. {ADVICE}") from error
    finally:
        store.close()


def check_file(db: sqlite3.Connection) -> int:
    found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise StoreTrouble(f"Файл данных повреждён: {found}. {ADVICE}")
    return 0


def check_chain(store: Store) -> int:
    """Every id is made again from its content and its past, every head from the one before."""
    state, chain = store.log.state(), Chain(store.db)
    kept = dict(store.db.execute("SELECT place, head FROM heads"))
    place, head = 0, ROOT
    for first, last in chain.spans(1, state.place):
        for change in chain.changes(first, last):
            place += 1
            if expected_id(change) != change.id:
                raise StoreTrouble(f"Изменение на месте {place} не то, каким было записано. {ADVICE}")
            head = chain_head(head, change.id, change.stamp, change.read_to, change.own_n, change.also, change.refused)
            if place % BLOCK == 0 and kept.get(place) != head:
                raise StoreTrouble(f"Журнал изменён до места {place}. {ADVICE}")
    if (place, head) != (state.place, state.head):
        raise StoreTrouble(f"Журнал обрывается на месте {place} из {state.place} или изменён. {ADVICE}")
    return place


def expected_id(change: Change) -> bytes:
    return change_id(change.prev, change.device, change.n, change.act, change.author, change.entity, change.row, change.patch)
