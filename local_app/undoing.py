"""Undo and redo: the edits that take an act back, from the log alone."""

from __future__ import annotations

from typing import NamedTuple

import orjson

from shared.change import Edit, Refused, View
from shared.entity import Value
from shared.merge import settle_field
from shared.store import Store

UNDONE = "Отмена: "


class Step(NamedTuple):
    """A batch of acts to take back or to do again."""

    batch: int
    words: str
    edits: list[Edit]


def last_done(store: Store) -> Step:
    """The newest batch that was not undone, as edits that take it back. Raises Refused."""
    found = store.rows("SELECT batch, words FROM acts WHERE undone = 0 AND batch > 0 ORDER BY act DESC LIMIT 1")
    if not found:
        raise Refused("Отменять нечего")
    return _step(store, found[0]["batch"], found[0]["words"], back=True)


def last_undone(store: Store) -> Step:
    """The batch undone last, if nothing was done after it, as edits that do it again. Raises Refused."""
    found = store.rows("SELECT batch, words FROM acts WHERE undone > 0 AND batch > 0 ORDER BY undone DESC LIMIT 1")
    newer = found and store.one("SELECT 1 FROM acts WHERE undone = 0 AND batch > ? LIMIT 1", (found[0]["batch"],))
    if not found or newer:
        raise Refused("Возвращать нечего")
    return _step(store, found[0]["batch"], found[0]["words"], back=False)


def mark(store: Store, batch: int, *, undone: bool) -> None:
    """Remembers, inside the same transaction, that a batch is undone, and in which order."""
    turn = store.one("SELECT max(undone) + 1 FROM acts") if undone else 0
    store.db.execute("UPDATE acts SET undone = ? WHERE batch = ?", (turn, batch))


def carried(store: Store, view: View) -> View:
    """A form's view after the hub was restored meanwhile: what it saw at lost places is named by id."""
    place, also = view.place, view.also
    for cut, gone in store.db.execute("SELECT place, gone FROM cuts WHERE id > ? ORDER BY id", (view.cut,)):
        if place > cut:
            place, also = cut, also + gone[: 16 * (place - cut)]
    return View(place, view.own_n, also, store.one("SELECT coalesce(max(id), 0) FROM cuts"))


def _step(store: Store, batch: int, words: str, *, back: bool) -> Step:
    """For each field the batch wrote: the value before it (or its own value again), unless somebody wrote it since."""
    own = store.log.state()
    spans = store.db.execute("SELECT min(act), max(last) FROM acts WHERE batch = ?", (batch,)).fetchone()
    found = store.log.find_any(own.n, own.tip)
    branch = found[1] if found else 0
    rows = store.rows(
        "SELECT seq, entity, row, patch FROM log WHERE branch = ? AND n BETWEEN ? AND ? AND refused = '' AND patch <> '' ORDER BY seq",
        (branch, *spans),
    )
    if not rows:
        raise Refused("Отменять нечего")
    written = _by_row([row for row in rows if row["entity"] in store.catalogue])  # a newer program's rows wait for it
    made = {row.row for row in written if _before(store, row) is None}
    edits = [edit for row in written if not _hidden(store, row, made) and (edit := _turned(store, row, back=back))]
    if not edits:
        raise Refused(f"«{words}» нельзя отменить: эти записи с тех пор изменены")
    return Step(batch, words, edits)


class Written(NamedTuple):
    entity: str
    row: str
    first: int
    last: int
    patch: dict[str, Value]


def _by_row(rows: list[dict[str, object]]) -> list[Written]:
    """What the batch wrote, row by row; last row first, so that lines go before their order."""
    found: dict[str, Written] = {}
    for row in rows:
        key, seq = str(row["row"]), int(str(row["seq"]))
        old = found.get(key)
        patch = {**(old.patch if old else {}), **orjson.loads(str(row["patch"]))}
        found[key] = Written(str(row["entity"]), key, old.first if old else seq, seq, patch)
    return list(reversed(found.values()))


def _hidden(store: Store, written: Written, made: set[str]) -> bool:
    """A new row of a new parent goes and comes with it."""
    owners = store.catalogue[written.entity].owners
    return written.row in made and any(written.patch.get(field.name) in made for field in owners)


def _turned(store: Store, written: Written, *, back: bool) -> Edit | None:
    now = store.row(written.entity, written.row) or {}
    before = _before(store, written)
    if not back:
        if before is None:
            return Edit(written.entity, written.row, {"deleted": 0})
        return Edit(written.entity, written.row, written.patch)
    if before is None:
        return None if now.get("deleted") else Edit(written.entity, written.row, {"deleted": 1})
    entity = store.catalogue[written.entity]
    blanks: dict[str, Value] = {field.name: field.blank for field in entity.fields} | {"deleted": 0}
    kept = {
        name: before.get(name, blanks.get(name))
        for name, value in written.patch.items()
        if now.get(name) == (blanks.get(name) if value is None else value)
    }
    return Edit(written.entity, written.row, kept) if kept else None


def _before(store: Store, written: Written) -> dict[str, Value] | None:
    """What the row showed before the batch; None when the batch made the row. Of two values in conflict that is the winner."""
    writes = [write for write in store.log.writes_of([written.row]).get(written.row, []) if write.seq < written.first]
    if not writes:
        return None
    fields = {field for write in writes for field in write.patch}
    groups = {field: [write for write in writes if field in write.patch] for field in fields}
    return {field: settle_field(field, group, store.log.branches()).winner.patch[field] for field, group in groups.items()}
