"""Undo and redo: the edits that take an act back, from the log alone; what a colleague has done since stays as it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

import orjson

from local_app import since
from shared.change import Edit, Refused
from shared.entity import Entity, Value
from shared.merge import Branches, Write, settle_field
from shared.progress import Progress, silent
from shared.rules.merging import MERGED
from shared.store import Store, compact
from shared.store.log import AMONG

UNDONE = "Отмена: "
LOOKED, WRITTEN = "Проверено записей", "Запись"
PAGE = 1_000
"""Rows that are looked up at once."""
Values = dict[str, Value]


class Never(Refused):
    """A step that nothing can take back any more, said once: whoever hears it leaves the batch out, and the one before it is next."""

    def __init__(self, batch: int, message: str) -> None:
        super().__init__(message)
        self.batch = batch


class Step(NamedTuple):
    """A batch of acts to take back or to do again. `left`: whose work it leaves as it is. `lost`: it leaves what nobody knows any more."""

    batch: int
    words: str
    edits: list[Edit]
    left: str
    lost: bool = False

    def told(self) -> str:
        """What its user is told of it."""
        told = f"{self.words}; остались правки: {self.left}" if self.left else self.words
        return f"{told}; часть прежних значений уже забыта и не возвращена" if self.lost else told


def last_done(store: Store, progress: Progress = silent) -> Step:
    """The newest batch that was not undone, as edits that take it back. Raises Refused."""
    return _step(store, *_newest_done(store), back=True, progress=progress)


def last_undone(store: Store, progress: Progress = silent) -> Step:
    """The batch undone last, if nothing was done after it, as edits that do it again. Raises Refused."""
    return _step(store, *_newest_undone(store), back=False, progress=progress)


def anew(store: Store, step: Step, progress: Progress, *, back: bool, begun: bool) -> Step:
    """What is left of a step after somebody has written; once it has begun there may be nothing. Raises Refused."""
    return _step(store, step.batch, step.words, back=back, progress=progress, begun=begun)


def leave_out(store: Store, batch: int) -> None:
    """What the program did by itself is not the user's to take back, and some things nobody can: undo and redo pass them over."""
    with store.transaction():
        store.db.execute("DELETE FROM acts WHERE batch = ?", (batch,))


def changes_to_turn(store: Store, *, back: bool) -> int:
    """How many changes the next undo (`back`) or redo has to look at. Raises Refused."""
    batch, _ = (_newest_done if back else _newest_undone)(store)
    return int(store.one("SELECT sum(last - act + 1) FROM acts WHERE batch = ?", (batch,)))


def concerns(store: Store, act: int, rows: Collection[str], *, back: bool) -> bool:
    """Was the next step done after that act, or did it write one of these rows? Raises Refused."""
    batch, _ = (_newest_done if back else _newest_undone)(store)
    wrote = f"SELECT 1 FROM log CROSS JOIN acts a ON n BETWEEN a.act AND a.last WHERE row {AMONG} AND branch {AMONG} AND a.batch = ?"
    named = (orjson.dumps(each).decode() for each in (list(rows), since.own_branches(store)))
    return bool(store.one("SELECT max(act) > ? FROM acts WHERE batch = ?", (act, batch)) or store.one(f"{wrote} LIMIT 1", (*named, batch)))


def next_batch(store: Store, *, back: bool) -> int:
    """What the next undo (`back`) or redo turns, 0 for nothing."""
    try:
        return (_newest_done if back else _newest_undone)(store)[0]
    except Refused:
        return 0


def going_on(store: Store, batch: int) -> int:
    """The batch, if it is the last thing that was done and an act can go on with it; else 0."""
    last = store.db.execute("SELECT a.batch, a.undone, a.last - s.n FROM acts a, state s ORDER BY a.act DESC LIMIT 1").fetchone()
    return batch if last == (batch, 0, 0) else 0


def is_undone(store: Store, batch: int) -> bool:
    return bool(store.one("SELECT undone FROM acts WHERE batch = ? LIMIT 1", (batch,)))


def _newest_done(store: Store) -> tuple[int, str]:
    """Its batch and its words."""
    found = store.db.execute("SELECT batch, words FROM acts WHERE undone = 0 AND batch > 0 ORDER BY act DESC LIMIT 1").fetchone()
    if not found:
        raise Refused("Отменять нечего")
    return found[0], found[1]


def _newest_undone(store: Store) -> tuple[int, str]:
    found = store.db.execute("SELECT batch, words FROM acts WHERE undone > 0 AND batch > 0 ORDER BY undone DESC LIMIT 1").fetchone()
    later = "SELECT 1 FROM acts WHERE undone = 0 AND batch > 0 AND act > (SELECT max(act) FROM acts WHERE batch = ?) LIMIT 1"
    if not found or store.one(later, (found[0],)):
        raise Refused("Возвращать нечего")
    return found[0], found[1]


def mark(store: Store, batch: int, *, undone: bool) -> None:
    """Remembers, inside the same transaction, that a batch is undone, and in which order."""
    turn = store.one("SELECT max(undone) + 1 FROM acts") if undone else 0
    store.db.execute("UPDATE acts SET undone = ? WHERE batch = ?", (turn, batch))


def _step(store: Store, batch: int, words: str, *, back: bool, progress: Progress, begun: bool = False) -> Step:
    """For each field the batch wrote: the value before it (or its own value again), unless somebody wrote it since."""
    written = _written(store, batch)
    if not written:
        raise Never(batch, f"«{words}»: {'отменять' if back else 'возвращать'} здесь уже нечего")
    before: dict[str, Past] = {}
    for page in _pages(written):
        progress(LOOKED, len(before), len(written))
        before |= _before(store, page)
    made = {row for row, past in before.items() if past.values is None}
    first = min(row.first for row in written)
    kept = since.worked_with(store, first) if made and back else since.Workers()
    turned = [row for row in written if not (_hidden(store, row, made) or (row.row in made and row.row in kept))]
    edits, fields, lost = list[Edit](), list[tuple[str, str]](), False
    for page in _pages(turned):
        some, theirs, forgotten = _turned(store, page, before, back=back)
        edits, fields, lost = edits + some, fields + theirs, lost or forgotten
    if back:
        edits += _latecomers(store, turned, edits)
    if not edits and not begun:
        idle = not made and not any(_changed(store.catalogue[row.entity], row, before[row.row]) for row in written)
        since_then = "это действие ничего не изменило" if idle else "эти записи с тех пор изменены"
        why = "прежние значения этих записей уже забыты. Введите их сами" if lost else since_then
        raise Never(batch, f"«{words}» нельзя {'отменить' if back else 'вернуть'}: {why}")
    try:
        since.must_stay(store, edits)
    except Refused as refused:
        raise Never(batch, str(refused)) from refused
    workers = since.writers(store, fields, first).union(*(kept.get(row, ()) for row in made)) if fields or kept else set[str]()
    return Step(batch, words, edits, since.called(store, workers), lost)


class Past(NamedTuple):
    """What a row showed before the batch (None when the batch made it), and the fields that another machine has written since.

    `thinned`: a compaction has forgotten older values since; what is not among these is not known any more.
    """

    values: Values | None
    theirs: frozenset[str]
    thinned: bool

    def knows(self, field: str) -> bool:
        return not self.thinned or field == "deleted" or field in (self.values or ())


class Written(NamedTuple):
    entity: str
    row: str
    first: int
    last: int
    patch: Values


def _written(store: Store, batch: int) -> list[Written]:
    """What the batch wrote, row by row; last row first, so that lines go before their order. Raises Refused.

    Only what its own acts wrote: somebody may have worked in another window between two pages of an import.
    """
    mine = since.own_chain(store)
    logged = store.rows(
        f"SELECT seq, branch, n, entity, row, patch FROM acts a CROSS JOIN log ON branch {AMONG} AND n BETWEEN a.act AND a.last "
        "WHERE a.batch = ? AND refused = '' AND patch <> '' ORDER BY seq",
        (orjson.dumps(since.own_branches(store)).decode(), batch),
    )
    written = _by_row([row for row in logged if mine(row["branch"], row["n"])])
    if not all(_is_known(store.catalogue.get(row.entity), row) for row in written):  # half of an act taken back would be told as all of it
        raise Refused("Это записала более новая программа. Отменить или вернуть это можно только в ней")
    return written


def _is_known(entity: Entity | None, written: Written) -> bool:
    return entity is not None and all(name == "deleted" or entity.field(name) for name in written.patch)


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


def _turned(store: Store, rows: list[Written], before: Mapping[str, Past], *, back: bool) -> tuple[list[Edit], list[tuple[str, str]], bool]:
    """The edits, the fields (of which row) that stay because others have written them, and whether some stay because nobody knows more."""
    now, disputed = _shown(store, rows), since.disputed(store, [row.row for row in rows])
    edits, stay, lost = list[Edit](), list[tuple[str, str]](), False
    for row in rows:
        entity, past = store.catalogue[row.entity], before[row.row]
        patch = _patch(entity, row, past, now.get(row.row, {}), back=back)
        theirs = {name for name in {*patch, *row.patch} if name in past.theirs or (row.row, name) in disputed}
        stay += [(row.row, name) for name in theirs if past.values is not None or name in patch]
        left = {name: value for name, value in patch.items() if name not in theirs and past.knows(name)}
        lost = lost or not all(map(past.knows, patch.keys() - theirs))
        if left:
            edits.append(Edit(row.entity, row.row, left))
    return edits, stay, lost


def _patch(entity: Entity, written: Written, past: Past, now: Values, *, back: bool) -> Values:
    """Empty when somebody has changed all of it since, or it is as it was before."""
    if past.values is None:
        return {} if bool(now.get("deleted")) is back else {"deleted": int(back)}
    changed = _changed(entity, written, past)
    return {name: old if back else new for name, (old, new, shown) in changed.items() if now.get(name) == shown[back]}


def _changed(entity: Entity, written: Written, past: Past) -> dict[str, tuple[Value, Value, tuple[Value, Value]]]:
    """{field: the value before, the written one, both as the table shows them}, where these differ, as far as anybody knows."""
    blanks: Values = {field.name: field.blank for field in entity.fields} | {"deleted": 0}
    found = {}
    for name, new in written.patch.items():
        old, blank = (past.values or {}).get(name, blanks.get(name)), blanks.get(name)
        shown = (blank if old is None else old, blank if new is None else new)
        if shown[0] != shown[1] or not past.knows(name):
            found[name] = old, new, shown
    return found


def _latecomers(store: Store, turned: list[Written], edits: list[Edit]) -> list[Edit]:
    """Of a merge that is taken back: what the program has brought to the row that stayed meanwhile goes back to the other one."""
    parted = {edit.row for edit in edits if edit.entity in MERGED and edit.patch.get("merged_into") == ""}
    return [
        edit
        for row in turned
        if row.row in parted and row.patch["merged_into"]
        for edit in since.followers(store, row.entity, row.row, str(row.patch["merged_into"]))
    ]


def _shown(store: Store, rows: list[Written]) -> dict[str, Values]:
    """What the tables show of these rows now."""
    found: dict[str, Values] = {}
    for name in dict.fromkeys(row.entity for row in rows):
        ids = orjson.dumps([row.row for row in rows if row.entity == name]).decode()
        found |= {row["id"]: row for row in store.rows(f"SELECT * FROM {name} WHERE id IN (SELECT value FROM json_each(?))", (ids,))}
    return found


def _before(store: Store, rows: list[Written]) -> dict[str, Past]:
    """Of two values in conflict before the batch the winner counts."""
    writes, branches, mine = store.log.writes_of([row.row for row in rows]), store.log.branches(), since.own_chain(store)
    found, thinned = dict[str, Past](), compact.thinned_to(store)
    for row in rows:
        all_of_it = writes.get(row.row, [])
        theirs = frozenset(chain(*(write.patch for write in all_of_it if write.seq > row.first and not mine(write.branch, write.n))))
        past = [write for write in all_of_it if write.seq < row.first]
        could_go = any(write.seq == row.first and write.place <= thinned for write in all_of_it)
        gone = max((write.seq for write in past if could_go and write.forgotten), default=0)
        found[row.row] = Past(_winning(past, branches, gone), theirs, thinned=gone > 0)
    return found


def _winning(writes: list[Write], branches: Branches, after: int) -> Values | None:
    """`after`: a value that was written before this one in the log may have been replaced by one that is forgotten."""
    if not writes:
        return None
    groups = {field: [write for write in writes if field in write.patch] for field in {field for write in writes for field in write.patch}}
    winners = {field: settle_field(field, group, branches).winner for field, group in groups.items()}
    return {field: write.patch[field] for field, write in winners.items() if write.seq > after}
