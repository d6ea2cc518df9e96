"""Damage in what no hub has yet: it is named, never sent, and by a command emptied, so that what was done after it can be sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import orjson

from shared import schema
from shared.change import ROOT, Change, change_id
from shared.shapes import are_ids
from shared.store.chain import Chain, genuine
from shared.store.mend import Unmendable, put, redrawn

if TYPE_CHECKING:
    from shared.store.store import Store

EMPTY, UNKNOWN = b"{}", b""
SHOWN = 5


class Broken(NamedTuple):
    """A row of the log that is not what was written; `change` is None where it is missing."""

    seq: int
    change: Change | None


def broken(store: Store) -> list[Broken]:
    """What has no place yet and is missing or is not what its id names, in the order of the log."""
    found, gap = list[Broken](), False
    for seq, change in unsent(store):
        orphan = gap and change is not None and change.prev == UNKNOWN  # nothing is known against it but that its predecessor is gone
        gap = change is None
        if change is None or not (orphan or genuine(change)):
            found.append(Broken(seq, change))
    state = store.log.state()
    if not found and state.n and not store.log.find_any(state.n, state.tip):
        found.append(Broken(1 + store.log.last_seq(), None))
    return found


def unsent(store: Store) -> Iterator[tuple[int, Change | None]]:
    """Every row of the log that has no place yet; None where it is missing."""
    for first, last in store.log.unsent_ranges():
        there = dict(Chain(store.db).numbered(first, last))
        yield from ((seq, there.get(seq)) for seq in range(first, last + 1))


def words(store: Store, found: list[Broken]) -> str:
    """What is affected, for people: at most some of it by name."""
    names = list(dict.fromkeys(named(store, item.change) for item in found))
    more = f" и ещё {len(names) - SHOWN}" if len(names) > SHOWN else ""
    return "; ".join(names[:SHOWN]) + more


def named(store: Store, change: Change | None) -> str:
    """«Клиент «Ромашка»: Телефон, Город», as far as it can still be read."""
    if change is None or change.entity not in store.catalogue:
        return "запись, которую уже не прочитать"
    entity = store.catalogue[change.entity]
    title, fields = "", list[str]()
    with suppress(ValueError, TypeError):  # what is spoiled is no id, or no JSON
        title = store.one(f"SELECT {schema.title_sql(store.catalogue, entity, 't')} FROM {entity.name} t WHERE id = ?", (change.row,))
        fields = [field.label for name in orjson.loads(change.patch) if (field := entity.field(name))]
    return entity.label + (f" «{title}»" if title else "") + (f" ({', '.join(fields)})" if fields else "")


def empty(store: Store) -> None:
    """In ONE commit: broken changes lose their contents, and this laptop signs what follows anew. Raises Unmendable, StoreTrouble.

    The numbers stay, so that nothing else has to change but the ids. The user enters again what the emptied changes said.
    """
    with store.transaction():
        found = broken(store)
        if not found:
            return
        rows = [(seq, change) for seq, change in unsent(store) if seq >= found[0].seq]
        device = store.log.state().device
        if any(change and change.device != device for _, change in rows):
            raise Unmendable("Повреждена неотправленная запись с другого ноутбука. Восстановите данные из резервной копии: desk restore")
        n, tip = before(store, found[0])
        store.db.execute("DELETE FROM acts WHERE last > ?", (n,))
        store.db.executemany("DELETE FROM log WHERE seq = ?", [(seq,) for seq, _ in rows])
        lost = {item.seq for item in found}
        for (seq, _), change in zip(rows, list(signed(store, rows, lost, n, tip)), strict=True):
            put(store, seq, store.log.branch_for(change), change)
            n, tip = change.n, change.id
        store.log.set_state(n=n, tip=tip)
        redrawn(store)


def before(store: Store, first: Broken) -> tuple[int, bytes]:
    """Number and id of this laptop's last change before a broken one."""
    if first.change and store.log.find_any(first.change.n - 1, first.change.prev):
        return first.change.n - 1, first.change.prev
    sql = (
        "SELECT log.n, log.id FROM log JOIN branches b ON b.id = log.branch JOIN state s ON s.device = b.device "
        "WHERE seq < ? ORDER BY log.n DESC LIMIT 1"
    )
    return store.db.execute(sql, (first.seq,)).fetchone() or (0, ROOT)


def is_named(store: Store, change: Change) -> bool:
    """Whether it can still be read which row a broken change belongs to."""
    return change.entity in store.catalogue and are_ids([change.row])


def signed(store: Store, rows: list[tuple[int, Change | None]], lost: set[int], n: int, tip: bytes) -> Iterator[Change]:
    """The same changes as a chain that holds; what is lost says nothing, about the row of a neighbour when its own is unknown."""
    state = store.log.state()
    kept = {seq: change for seq, change in rows if change and seq not in lost}
    before_all = min((seq for seq, _ in rows), default=0) - 1
    neighbour = next(Chain(store.db).changes(before_all, before_all), None)
    for index, (seq, broken_one) in enumerate(rows):
        n += 1
        change = kept.get(seq)
        if change is None:
            following = next((kept[later] for later, _ in rows[index:] if later in kept), None)
            like = broken_one if broken_one and is_named(store, broken_one) else following or next(iter(kept.values()), neighbour)
            if like is None:
                raise Unmendable("Повреждены все неотправленные записи. Восстановите данные из резервной копии: desk restore")
            act = following.act if following and following.act <= n else n
            change = Change(b"", b"", state.device, n, act, state.author, like.entity, like.row, EMPTY, state.stamp, state.place, n - 1)
        key = change_id(tip, state.device, n, change.act, change.author, change.entity, change.row, change.patch)
        yield change._replace(id=key, prev=tip, device=state.device, n=n)
        tip = key
