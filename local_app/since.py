"""What others have done since an act of this laptop, so that taking the act back takes none of it away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile

import orjson

from shared.change import Edit, View
from shared.entity import Kind, Value
from shared.merge import Write, had_seen, is_ancestor
from shared.rules import documents
from shared.rules.merging import pointing_fields
from shared.store import Store
from shared.store.log import AMONG

Workers = dict[str, set[str]]
"""{row: who has worked with it}"""


def disputed(store: Store, rows: Sequence[str]) -> set[tuple[str, str]]:
    """(row, field) where values stand against each other: whoever chooses has to see them all."""
    return set(store.db.execute(f"SELECT DISTINCT row, field FROM conflicts WHERE row {AMONG}", (listed(rows),)))


def borne(store: Store, document: str) -> dict[str, Value]:
    """What was issued as the paper of a document that is in disagreement; nothing of one that is not."""
    sql = (
        "SELECT log.patch FROM conflicts c JOIN documents d ON d.id = c.row JOIN log USING (seq) "
        "WHERE c.row = ? AND log.patch ->> '$.state' = 'issued' AND log.patch ->> '$.sha256' = d.sha256 LIMIT 1"
    )
    found: dict[str, Value] = orjson.loads(store.one(sql, (document,)) or "{}")
    return found


def worked_with(store: Store, first: int) -> Workers:
    """Rows that somebody else has written from a log row on, and every row to which such a living row refers; and who it was."""
    fresh, found = foreign(store, first), Workers()
    while fresh:
        for rows in fresh.values():
            found |= rows
        fresh = {name: left for name, rows in referred(store, fresh).items() if (left := new_among(rows, found))}
    return found


def new_among(rows: Workers, known: Workers) -> Workers:
    return {row: authors for row, authors in rows.items() if row not in known}


def writers(store: Store, fields: Iterable[tuple[str, str]], first: int) -> set[str]:
    """Who else has written one of these (row, field) from a log row on, or stands against its value."""
    wanted, mine, found = set(fields), own_chain(store), set[str]()
    rows = listed({row for row, _ in wanted})
    since = f"SELECT row, author, branch, n, patch FROM log WHERE row {AMONG} AND seq > ? AND refused = ''"
    for row, author, branch, n, patch in store.db.execute(since, (rows, first)):
        if not mine(branch, n) and any((row, field) in wanted for field in orjson.loads(patch or "{}")):
            found.add(author)
    against = f"SELECT c.row, c.field, log.author, log.branch, log.n FROM conflicts c JOIN log USING (seq) WHERE c.row {AMONG}"
    for row, field, author, branch, n in store.db.execute(against, (rows,)):
        if (row, field) in wanted and not mine(branch, n):
            found.add(author)
    return found


def called(store: Store, authors: Iterable[str]) -> str:
    """People by their names, in words."""
    me, known = store.log.state().author, dict(store.db.execute("SELECT id, name FROM employees").fetchall())
    return ", ".join(sorted({"вы на другом ноутбуке" if author == me else known.get(author) or "без имени" for author in authors}))


def disturbed(store: Store, first: int, parts: Sequence[Sequence[Edit]]) -> bool:
    """Whether what was written from a log row on may change an undo of these parts.

    Others' work may, and the user's in one of these rows; whoever types elsewhere meanwhile does not. What left no trace in the log may.
    """
    if store.log.last_seq() <= first:
        return True
    rows = {edit.row for part in parts for edit in part}
    written = store.db.execute("SELECT row FROM log WHERE seq > ?", (first,))
    return any(row in rows for (row,) in written) or bool(foreign(store, first))


def carried(store: Store, view: View) -> View:
    """A form's view after the hub was restored meanwhile: what it saw at lost places is named by id."""
    place, also = view.place, view.also
    for cut, gone in store.db.execute("SELECT place, gone FROM cuts WHERE id > ? ORDER BY id", (view.cut,)):
        if place > cut:
            place, also = cut, also + gone[: 16 * (place - cut)]
    return View(place, view.own_n, also, store.one("SELECT coalesce(max(id), 0) FROM cuts"))


def must_stay(store: Store, edits: Iterable[Edit]) -> None:
    """An issued document is never changed, by a screen, a command or an undo. Raises Refused."""
    for entity, row, patch in edits:
        if entity == "documents":
            documents.must_stay(store.row(entity, row), patch, borne(store, row))


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


def own_branches(store: Store) -> list[int]:
    """That branch and those it goes on from: a laptop that found itself copied has left one."""
    branches, found, at = store.log.branches(), list[int](), own_branch(store)
    while at:
        found.append(at)
        at = branches[at].parent
    return found


def own_chain(store: Store) -> Callable[[int, int], bool]:
    """Whether a change, by its branch and number, was made on the chain of this laptop."""
    own, n, branches = own_branch(store), store.log.state().n, store.log.branches()
    return lambda branch, number: is_ancestor(branches, branch, number, own, n)


def foreign(store: Store, first: int) -> dict[str, Workers]:
    """{entity: rows, and who wrote them} of the log from a row on, without what this laptop's own chain says, word for word or as well.

    Two programs that bring a latecomer of a merge to its row write the same: nobody has worked there.
    """
    mine, found = own_chain(store), dict[str, Workers]()
    sql = "SELECT entity, row, branch, n, patch, author FROM log WHERE seq > ? AND branch <> ? AND refused = ''"
    for entity, row, branch, n, patch, author in store.db.execute(sql, (first, own_branch(store))):
        if not mine(branch, n) and entity in store.catalogue and not written_too(store, row, patch, mine):
            found.setdefault(entity, {}).setdefault(row, set()).add(author)
    return found


def written_too(store: Store, row: str, patch: str, mine: Callable[[int, int], bool]) -> bool:
    """Whether the own chain says the very same of the row."""
    return any(mine(branch, n) for branch, n in store.db.execute("SELECT branch, n FROM log WHERE row = ? AND patch = ?", (row, patch)))


def referred(store: Store, rows: dict[str, Workers]) -> dict[str, Workers]:
    """{entity: rows} to which these rows refer, as long as they live; who wrote these has worked with those."""
    found: dict[str, Workers] = {}
    for name, ids in rows.items():
        for field in store.catalogue[name].fields:
            if field.kind is Kind.REFERENCE and field.target in store.catalogue:
                sql = f"SELECT id, {field.name} FROM {name} WHERE id {AMONG} AND deleted = 0 AND {field.name} <> ''"
                targets = found.setdefault(field.target, {})
                for row, target in store.db.execute(sql, (listed(ids),)):
                    targets.setdefault(target, set()).update(ids[row])
    return found


def followers(store: Store, entity: str, lost: str, kept: str) -> list[Edit]:
    """What was made for a row that had been merged away already, and followed it: edits that give it back to that row."""
    merges, against = merges_of(store, lost, kept), {(write.branch, write.act) for write in merges_of(store, kept, lost)}
    return [
        Edit(holder.name, row, {field.name: lost})
        for holder, field in pointing_fields(store.catalogue, entity)
        for row, writes in store.log.writes_of(once_of(store, holder.name, field.name, lost, kept)).items()
        if followed(store, [write for write in writes if field.name in write.patch], field.name, lost, merges, against)
    ]


def merges_of(store: Store, lost: str, kept: str) -> list[Write]:
    return [write for write in store.log.writes_of([lost]).get(lost, []) if write.patch.get("merged_into") == kept]


def once_of(store: Store, holder: str, field: str, lost: str, kept: str) -> list[str]:
    """Rows that refer to `kept` now and name `lost` somewhere in their log."""
    sql = f"SELECT DISTINCT row FROM log WHERE row IN (SELECT id FROM {holder} WHERE {field} = ?) AND instr(patch, ?)"
    return [row for (row,) in store.db.execute(sql, (kept, lost))]


def followed(store: Store, writes: list[Write], field: str, lost: str, merges: list[Write], against: set[tuple[int, int]]) -> bool:
    """Whether the reference was moved off `lost` last, by somebody who knew of the merge; two laptops may both have moved it.

    `against`: acts that merged the same two the other way round. What only they had brought to `lost` was never made for it.
    """
    kept, branches = writes[-1].patch[field], store.log.branches()
    movers = list(takewhile(lambda write: write.patch[field] == kept, reversed(writes)))
    before = writes[: len(writes) - len(movers)]
    if not before or before[-1].patch[field] != lost or (before[-1].branch, before[-1].act) in against:
        return False
    return any(had_seen(movers[-1], merge, branches) for merge in merges)


def listed(rows: Iterable[str]) -> str:
    return orjson.dumps(sorted(rows)).decode()
