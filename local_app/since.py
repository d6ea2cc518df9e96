"""What others have done since an act of this laptop, so that taking the act back takes none of it away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile

import orjson

from shared.change import Edit, View
from shared.entity import Kind
from shared.merge import Write, had_seen, is_ancestor
from shared.rules.merging import pointing_fields
from shared.store import Store
from shared.store.log import AMONG


def disputed(store: Store, rows: Sequence[str]) -> set[tuple[str, str]]:
    """(row, field) where values stand against each other: whoever chooses has to see them all."""
    return set(store.db.execute(f"SELECT DISTINCT row, field FROM conflicts WHERE row {AMONG}", (listed(rows),)))


def worked_with(store: Store, first: int) -> set[str]:
    """Rows that somebody else has written from a log row on, and every row to which such a living row refers."""
    fresh = foreign(store, first)
    found: set[str] = set()
    while fresh:
        found |= set().union(*fresh.values())
        fresh = {name: left for name, rows in referred(store, fresh).items() if (left := rows - found)}
    return found


def unseen_deletion(store: Store, row: str, view: View) -> bool:
    """Whether a row was deleted by somebody else after the user had begun to type in it: what he types keeps it alive."""
    mine = own_chain(store)
    deletions = [write for write in store.log.writes_of([row]).get(row, []) if write.patch.get("deleted")]
    return bool(deletions) and all(write.place > view.place and not mine(write.branch, write.n) for write in deletions)


def own_branch(store: Store) -> int:
    """The branch on which this laptop works; 0 before its first change."""
    state = store.log.state()
    tip = store.log.find_any(state.n, state.tip)
    return tip[1] if tip else 0


def own_chain(store: Store) -> Callable[[int, int], bool]:
    """Whether a change, by its branch and number, was made on the chain of this laptop."""
    own, n, branches = own_branch(store), store.log.state().n, store.log.branches()
    return lambda branch, number: is_ancestor(branches, branch, number, own, n)


def foreign(store: Store, first: int) -> dict[str, set[str]]:
    """{entity: rows} of what stands in the log from a row on and was not made on this laptop's own chain, nor word for word there too.

    Two programs that bring a latecomer of a merge to its row write the same: nobody has worked there.
    """
    mine, found = own_chain(store), dict[str, set[str]]()
    sql = "SELECT entity, row, branch, n, patch FROM log WHERE seq > ? AND branch <> ? AND refused = ''"
    for entity, row, branch, n, patch in store.db.execute(sql, (first, own_branch(store))):
        if not mine(branch, n) and entity in store.catalogue and not written_too(store, row, patch, mine):
            found.setdefault(entity, set()).add(row)
    return found


def written_too(store: Store, row: str, patch: str, mine: Callable[[int, int], bool]) -> bool:
    """Whether the own chain says the very same of the row."""
    return any(mine(branch, n) for branch, n in store.db.execute("SELECT branch, n FROM log WHERE row = ? AND patch = ?", (row, patch)))


def referred(store: Store, rows: dict[str, set[str]]) -> dict[str, set[str]]:
    """{entity: rows} to which these rows refer, as long as they live."""
    found: dict[str, set[str]] = {}
    for name, ids in rows.items():
        for field in store.catalogue[name].fields:
            if field.kind is Kind.REFERENCE and field.target in store.catalogue:
                sql = f"SELECT DISTINCT {field.name} FROM {name} WHERE id {AMONG} AND deleted = 0 AND {field.name} <> ''"
                found.setdefault(field.target, set()).update(target for (target,) in store.db.execute(sql, (listed(ids),)))
    return found


def followers(store: Store, entity: str, lost: str, kept: str) -> list[Edit]:
    """What was made for a row that had been merged away already, and followed it: edits that give it back to that row."""
    merges = [write for write in store.log.writes_of([lost]).get(lost, []) if write.patch.get("merged_into") == kept]
    return [
        Edit(holder.name, row, {field.name: lost})
        for holder, field in pointing_fields(store.catalogue, entity)
        for row, writes in store.log.writes_of(once_of(store, holder.name, field.name, lost, kept)).items()
        if followed(store, [write for write in writes if field.name in write.patch], field.name, lost, merges)
    ]


def once_of(store: Store, holder: str, field: str, lost: str, kept: str) -> list[str]:
    """Rows that refer to `kept` now and name `lost` somewhere in their log."""
    sql = f"SELECT DISTINCT row FROM log WHERE row IN (SELECT id FROM {holder} WHERE {field} = ?) AND instr(patch, ?)"
    return [row for (row,) in store.db.execute(sql, (kept, lost))]


def followed(store: Store, writes: list[Write], field: str, lost: str, merges: list[Write]) -> bool:
    """Whether the reference was moved off `lost` last, by somebody who knew of the merge; two laptops may both have moved it."""
    kept, branches = writes[-1].patch[field], store.log.branches()
    movers = list(takewhile(lambda write: write.patch[field] == kept, reversed(writes)))
    before = writes[: len(writes) - len(movers)]
    return bool(before) and before[-1].patch[field] == lost and any(had_seen(movers[-1], merge, branches) for merge in merges)


def listed(rows: Iterable[str]) -> str:
    return orjson.dumps(list(rows)).decode()
