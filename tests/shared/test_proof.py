"""A log proves itself, and nothing that is altered in it goes unseen: not in a long import, not among single edits, not between them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_app.desk import Desk
from shared.change import ROOT, Edit
from shared.ids import new_device
from shared.store import Store, proof
from shared.store.chain import BLOCK, Chain
from tests.support.laptops import new_desk

IMPORTED = BLOCK * 2 + 40
ALTERED = {
    "another id": "UPDATE log SET id = zeroblob(16) WHERE seq = :seq",
    "another number": "UPDATE log SET n = n + 100000 WHERE seq = :seq",
    "another act": "UPDATE log SET act = act + 1 WHERE seq = :seq",
    "another author": "UPDATE log SET author = 'somebody' WHERE seq = :seq",
    "another entity": "UPDATE log SET entity = 'payments' WHERE seq = :seq",
    "another row": "UPDATE log SET row = row || '0' WHERE seq = :seq",
    "another value": """UPDATE log SET patch = replace(patch, '{"', '{"x') WHERE seq = :seq""",
    "bytes for a text": "UPDATE log SET patch = x'ff' WHERE seq = :seq",
    "another time": "UPDATE log SET stamp = stamp + 1 WHERE seq = :seq",
    "a time that is no number": "UPDATE log SET stamp = 'noon' WHERE seq = :seq",
    "another view": "UPDATE log SET read_to = read_to + 1 WHERE seq = :seq",
    "another counter": "UPDATE log SET own_n = own_n + 1 WHERE seq = :seq",
    "seen what it had not": "UPDATE log SET also = zeroblob(16) WHERE seq = :seq",
    "refused by nobody": "UPDATE log SET refused = 'no' WHERE seq = :seq",
    "lost": "DELETE FROM log WHERE seq = :seq",
    "on another branch": "UPDATE log SET branch = 3 - branch WHERE seq = :seq",
    "on a branch that is none": "UPDATE log SET branch = 77 WHERE seq = :seq",
    "what its neighbour says": "UPDATE log SET (row, patch) = (SELECT row, patch FROM log WHERE seq = :seq - 1) WHERE seq = :seq",
}  # fmt: skip
PLACES = {
    "inside the import": 100, "the last of a block": BLOCK, "the first of a block": BLOCK + 1,
    "a single edit": IMPORTED + 5, "the first of another branch": IMPORTED + 11,
}  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with an import and then single edits, on two branches, placed and chained as a hub's is."""
    folder = tmp_path_factory.mktemp("log")
    desk = new_desk(folder)
    desk.do_many([[Edit("clients", f"c{number}", {"name": f"Клиент {number}"})] for number in range(IMPORTED)], "Импорт")
    for number in range(10):
        desk.do([Edit("clients", f"c{number}", {"note": f"Позвонить {number}"})], "Изменено поле")
    with desk.store.transaction():
        desk.store.log.set_state(device=new_device())
    for number in range(10):
        desk.do([Edit("clients", f"c{number}", {"note": f"Позвонили {number}"})], "Изменено поле")
    placed(desk)
    path = desk.store.path
    desk.close()
    return path


def placed(desk: Desk) -> None:
    log, chain = desk.store.log, Chain(desk.store.db)
    last = log.last_seq()
    with desk.store.transaction():
        chain.keep(*chain.extend(0, ROOT, list(chain.changes(1, last))))
        log.put_range(1, last, 1)


@pytest.fixture
def store(written: Path, tmp_path: Path) -> Iterator[Store]:
    with sqlite3.connect(written) as source, sqlite3.connect(tmp_path / "copy.sqlite") as copy:
        source.backup(copy)
    source.close()
    copy.close()
    store = Store.open(tmp_path / "copy.sqlite")
    yield store
    store.close()


def test_a_sound_log_proves_itself(store: Store) -> None:
    assert store.one("SELECT count(*) FROM branches") == 2
    assert proof.is_sound(store)


@pytest.mark.parametrize("at", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("sql", ALTERED.values(), ids=ALTERED)
def test_what_is_altered_is_seen(store: Store, sql: str, at: int) -> None:
    assert store.db.execute(sql, {"seq": at}).rowcount == 1
    assert not proof.is_sound(store)


def test_a_head_that_is_kept_is_compared(store: Store) -> None:
    store.db.execute("UPDATE heads SET head = zeroblob(16) WHERE place = ?", (BLOCK,))
    assert not proof.is_sound(store)


def test_a_compacted_change_has_nothing_to_prove_but_its_place(store: Store) -> None:
    store.db.execute("UPDATE log SET patch = '' WHERE seq IN (100, ?)", (IMPORTED + 5,))
    assert proof.is_sound(store)
    store.db.execute("UPDATE log SET stamp = stamp + 1 WHERE seq = 100")
    assert not proof.is_sound(store)


def test_both_ways_of_walking_lead_to_the_same_head(store: Store) -> None:
    chain, start = Chain(store.db), (ROOT, (0, 0, ROOT))
    walked = proof.along_run(chain, 1, BLOCK, start)
    assert walked is not None
    assert walked == proof.along(chain, 1, BLOCK, start)
    assert proof.along_run(chain, BLOCK * 2 + 1, IMPORTED + 15, walked) is None
