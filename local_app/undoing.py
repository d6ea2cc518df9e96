"""Undo and redo: the edits that take an act back, from the log alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import orjson

from shared.change import Edit, Refused, View
from shared.entity import Entity, Value
from shared.merge import Branches, Write, settle_field
from shared.progress import Progress, silent
from shared.store import Store

UNDONE = "Отмена: "
LOOKED, WRITTEN = "Проверено записей", "Запись"
PAGE = 1_000
"""Rows that are looked up at once."""
Values = dict[str, Value]


class Step(NamedTuple):
    """A batch of acts to take back or to do again."""

    batch: int
    words: str
    edits: list[Edit]


def last_done(store: Store, progress: Progress = silent) -> Step:
    """The newest batch that was not undone, as edits that take it back. Raises Refused."""
    return _step(store, *_newest_done(store), back=True, progress=progress)


def last_undone(store: Store, progress: Progress = silent) -> Step:
    """The batch undone last, if nothing was done after it, as edits that do it again. Raises Refused."""
    return _step(store, *_newest_undone(store), back=False, progress=progress)


def leave_out(store: Store, act: int) -> None:
    """What the program did by itself is not the user's to take back: undo passes it over."""
    with store.transaction():
        store.db.execute("DELETE FROM acts WHERE act = ?", (act,))


def changes_to_turn(store: Store, *, back: bool) -> int:
    """How many changes the next undo (`back`) or redo has to look at. Raises Refused."""
    first, last = span(store, (_newest_done if back else _newest_undone)(store)[0])
    return last - first + 1


def _newest_done(store: Store) -> tuple[int, str]:
    """Its batch and its words."""
    found = store.db.execute("SELECT batch, words FROM acts WHERE undone = 0 AND batch > 0 ORDER BY act DESC LIMIT 1").fetchone()
    if not found:
        raise Refused("Отменять нечего")
    return found[0], found[1]


def _newest_undone(store: Store) -> tuple[int, str]:
    found = store.db.execute("SELECT batch, words FROM acts WHERE undone > 0 AND batch > 0 ORDER BY undone DESC LIMIT 1").fetchone()
    if not found or store.one("SELECT 1 FROM acts WHERE undone = 0 AND batch > ? LIMIT 1", (found[0],)):
        raise Refused("Возвращать нечего")
    return found[0], found[1]


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


def _step(store: Store, batch: int, words: str, *, back: bool, progress: Progress) -> Step:
    """For each field the batch wrote: the value before it (or its own value again), unless somebody wrote it since."""
    written = _written(store, batch)
    before: dict[str, Values | None] = {}
    for page in _pages(written):
        progress(LOOKED, len(before), len(written))
        before |= _before(store, page)
    made = {row for row, values in before.items() if values is None}
    turned = [row for row in written if not _hidden(store, row, made)]
    edits = [edit for page in _pages(turned) for edit in _turned(store, page, before, back=back)]
    if not edits:
        raise Refused(f"«{words}» нельзя отменить: эти записи с тех пор изменены")
    return Step(batch, words, edits)


class Written(NamedTuple):
    entity: str
    row: str
    first: int
    last: int
    patch: Values


def _written(store: Store, batch: int) -> list[Written]:
    """What the batch wrote, row by row; last row first, so that lines go before their order. Raises Refused when nothing is left of it."""
    own, (first, last) = store.log.state(), span(store, batch)
    found = store.log.find_any(own.n, own.tip)
    rows = store.rows(
        "SELECT seq, entity, row, patch FROM log WHERE branch = ? AND n BETWEEN ? AND ? AND refused = '' AND patch <> '' ORDER BY seq",
        (found[1] if found else 0, first, last),
    )
    if not rows:
        raise Refused("Отменять нечего")
    return _by_row([row for row in rows if row["entity"] in store.catalogue])  # a newer program's rows wait for it


def span(store: Store, batch: int) -> tuple[int, int]:
    """The numbers of the first and the last change of a batch."""
    first, last = store.db.execute("SELECT min(act), max(last) FROM acts WHERE batch = ?", (batch,)).fetchone()
    return int(first), int(last)


def _by_row(rows: list[dict[str, object]]) -> list[Written]:
    found: dict[str, Written] = {}
    for row in rows:
        key, seq = str(row["row"]), int(str(row["seq"]))
        old = found.get(key)
        patch = {**(old.patch if old else {}), **orjson.loads(str(row["patch"]))}
        found[key] = Written(str(row["entity"]), key, old.first if old else seq, seq, patch)
    return list(reversed(found.values()))


def _pages(rows: list[Written]) -> Iterator[list[Written]]:
    return (rows[start : start + PAGE] for start in range(0, len(rows), PAGE))


def _hidden(store: Store, written: Written, made: set[str]) -> bool:
    """A new row of a new parent goes and comes with it."""
    return written.row in made and any(written.patch.get(field.name) in made for field in store.catalogue[written.entity].owners)


def _turned(store: Store, rows: list[Written], before: Mapping[str, Values | None], *, back: bool) -> Iterator[Edit]:
    now = _shown(store, rows) if back else {}
    for row in rows:
        values = before[row.row]
        patch = _taken_back(store.catalogue[row.entity], row, values, now.get(row.row, {})) if back else _done_again(row, values)
        if patch:
            yield Edit(row.entity, row.row, patch)


def _done_again(written: Written, before: Values | None) -> Values:
    return {"deleted": 0} if before is None else written.patch


def _taken_back(entity: Entity, written: Written, before: Values | None, now: Values) -> Values:
    """Empty when somebody has changed all of it since."""
    if before is None:
        return {} if now.get("deleted") else {"deleted": 1}
    blanks: Values = {field.name: field.blank for field in entity.fields} | {"deleted": 0}
    return {
        name: before.get(name, blanks.get(name))
        for name, value in written.patch.items()
        if now.get(name) == (blanks.get(name) if value is None else value)
    }


def _shown(store: Store, rows: list[Written]) -> dict[str, Values]:
    """What the tables show of these rows now."""
    found: dict[str, Values] = {}
    for name in {row.entity for row in rows}:
        ids = orjson.dumps([row.row for row in rows if row.entity == name]).decode()
        found |= {row["id"]: row for row in store.rows(f"SELECT * FROM {name} WHERE id IN (SELECT value FROM json_each(?))", (ids,))}
    return found


def _before(store: Store, rows: list[Written]) -> dict[str, Values | None]:
    """What each row showed before the batch; None when the batch made it. Of two values in conflict that is the winner."""
    writes, branches = store.log.writes_of([row.row for row in rows]), store.log.branches()
    return {row.row: _winning([write for write in writes.get(row.row, []) if write.seq < row.first], branches) for row in rows}


def _winning(writes: list[Write], branches: Branches) -> Values | None:
    if not writes:
        return None
    groups = {field: [write for write in writes if field in write.patch] for field in {field for write in writes for field in write.patch}}
    return {field: settle_field(field, group, branches).winner.patch[field] for field, group in groups.items()}
