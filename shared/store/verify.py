"""Checking a store from end to end: the file, every id of the log, the hub's chain, and that the tables are the drawing of the log."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from hashlib import blake2b
from typing import TYPE_CHECKING

from shared import schema
from shared.store import compare, file, indexes, searches, unsent
from shared.store.chain import BLOCK, Chain, genuine
from shared.store.proof import is_sound
from shared.store.rows import uncollected

if TYPE_CHECKING:
    from shared.store.store import Store


def verify(store: Store) -> list[str]:
    """What is wrong, in plain Russian; an empty list when all is well. Nothing is changed."""
    try:
        with uncollected():
            lying = list(indexes.lying(store))
            under = [*(file_is_whole(store) if lying else ()), *in_log(store)]
            return under or [*guards_stand(store), *tables_are_drawn(store), *searches.told(store)] or lying
    except sqlite3.DatabaseError as error:
        if any(words in str(error) for words in file.OTHERWISE_DRAWN):
            return [file.OTHER_VERSION.format(path=store.path)]
        return [f"Файл не читается до конца: {error}. Восстановите его из резервной копии"]
    except (TypeError, ValueError, AttributeError) as error:
        return [f"В журнале стоит то, чего программа не пишет: {error}"]


def file_is_whole(store: Store) -> Iterator[str]:
    for answer in indexes.answers(store, "quick_check"):
        yield f"Файл повреждён: {answer}"


def in_log(store: Store) -> Iterator[str]:
    """What is wrong with the log; the passes that say where come only when the one that is quick finds something."""
    if not is_sound(store) or unsent.broken(store):
        yield from ids_fit(store)
        yield from chain_fits(store)


def ids_fit(store: Store) -> Iterator[str]:
    """Every change still has the contents that its id names; a compacted one has none."""
    last = store.log.last_seq()
    (count,) = store.db.execute("SELECT count(*) FROM log").fetchone()
    if last != count:
        yield f"В журнале не хватает записей: {last - count}"
        return
    unknown = count
    for change in Chain(store.db).changes(1, last):
        unknown -= 1
        if not genuine(change):
            device = change.device.encode(errors="replace").decode()
            yield f"Запись журнала {device}/{change.n} изменена в обход программы"
    if unknown:
        yield f"В журнале есть записи неизвестных устройств: {unknown}"
    elif found := [item for item in unsent.broken(store) if item.change is None]:
        yield f"В журнале не хватает последних записей: {len(found)}"


def chain_fits(store: Store) -> Iterator[str]:
    """The chain of the hub's places leads to the kept heads."""
    chain, state = Chain(store.db), store.log.state()
    kept = dict(store.db.execute("SELECT place, head FROM heads WHERE place <= ?", (state.place,)).fetchall())
    place, head = 0, bytes(16)
    for first, last in chain.spans(1, state.place):
        place, head, heads = chain.extend(place, head, chain.changes(first, last))
        for at, found in heads:
            if kept.get(at) != found:
                yield f"Цепочка истории не сходится между местами {at - BLOCK + 1} и {at}"
                return
    if (place, head) != (state.place, state.head):
        yield f"Цепочка истории не сходится в конце, на месте {state.place}"
    elif state.hub and (beyond := store.log.last_seq() - state.place) > 0:
        yield f"В журнале сервера есть записи, которых он не принимал: {beyond}"


def guards_stand(store: Store) -> Iterator[str]:
    """The triggers that refuse every writer but the store are there."""
    there = {name for (name,) in store.db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    for table in [*store.catalogue, *(["order_totals"] if "orders" in store.catalogue else [])]:
        if lacking := {sql.split()[2] for sql in schema.guard_sql(table)} - there:
            yield f"Снята защита таблицы {table} от чужой записи: {', '.join(sorted(lacking))}"


def tables_are_drawn(store: Store) -> Iterator[str]:
    for table in compare.differing(store):
        yield f"Таблица {table} не совпадает с журналом"


def digests(store: Store) -> dict[str, bytes]:
    """A digest of the rows of every drawn table, whatever order they were drawn in."""
    found = {}
    totals = ["order_totals"] if "orders" in store.catalogue else []
    for table in [*store.catalogue, *totals]:
        key = "order_id" if table == "order_totals" else "id"
        columns = [name for _, name, *_ in store.db.execute(f"PRAGMA table_info({table})") if name != "key"]
        digest = blake2b(digest_size=16)
        for row in store.db.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {key}"):
            digest.update(repr(row).encode())
        found[table] = digest.digest()
    return found


def fingerprint(store: Store) -> str:
    """One short digest of all drawn tables: stores with equal logs have equal ones, a laptop's and its hub's."""
    whole = blake2b(digest_size=8)
    for table, digest in sorted(digests(store).items()):
        whole.update(table.encode() + digest)
    return whole.hexdigest()
