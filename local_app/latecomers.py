"""Latecomers of a merge: what a colleague, still offline, made for a row that was merged away follows it to the row that stayed.

Two colleagues may each have merged the same two rows, one into the other and the other into the one: then one of them comes back.
"""

from __future__ import annotations

import orjson

from local_app.desk import Desk
from local_app.undoing import leave_out
from shared.change import Edit
from shared.entity import Value
from shared.exchange import LONGEST_ACT
from shared.rules.merging import MERGED, Pointer, circles, heirs, pointing_fields, repointed
from shared.store import Store
from shared.store.log import AMONG


def bring_latecomers(desk: Desk, since: int) -> int:
    """Repoints what came since a log row, in acts of the program's own; how many rows. Two laptops do the same and agree.

    The laptop of somebody who may only read leaves it to the others: its user would be told that the hub has refused his work.
    """
    if desk.store.one("SELECT role FROM employees WHERE id = ?", (desk.author,)) == "reader":
        return 0
    count = 0
    for found, words in (
        (one_of_each_circle, "Возвращена одна из объединённых друг с другом"),
        (merged_on, "Объединённая запись ушла вслед за той, с которой её объединили"),
        (late_references, "Перенесено на объединённые записи"),
    ):
        view = desk.view()  # what a sync or a person writes before the act is there stands beside it, not under it
        edits = [edit for entity in MERGED for edit in found(desk.store, entity, since)]
        if edits:
            leave_out(desk.store, desk.do(edits, words, view).act)
        count += len(edits)
    return count


def merged_away(store: Store, entity: str) -> dict[str, str]:
    """{row that is deleted: what it was merged into}

    Also where the mark of the merge stands against an emptied one: an undo leaves a deletion that is doubted, and takes the mark alone.
    """
    doubted = (
        f"SELECT t.id, max(log.patch ->> '$.merged_into') FROM conflicts c JOIN log USING (seq) JOIN {entity} t ON t.id = c.row "
        "WHERE c.field = 'merged_into' AND c.entity = ? AND t.deleted = 1 AND t.merged_into = '' AND log.patch <> '' GROUP BY t.id"
    )
    marked = store.db.execute(f"SELECT id, merged_into FROM {entity} WHERE deleted = 1 AND merged_into <> ''").fetchall()
    return dict([*marked, *((row, heir) for row, heir in store.db.execute(doubted, (entity,)) if heir)])


def torn(store: Store, entity: str) -> dict[str, str]:
    """{row: what it was merged into}, of rows that live for one reason: somebody who did not know of it merged others into them."""
    sql = (
        "SELECT c.row, t.merged_into, log.branch, log.act, log.patch "
        f"FROM conflicts c JOIN log USING (seq) JOIN {entity} t ON t.id = c.row "
        "WHERE c.field = 'deleted' AND c.entity = ? AND t.merged_into <> ''"
    )
    sides: dict[tuple[str, str], list[tuple[dict[str, Value], bool]]] = {}
    for row, heir, branch, act, patch in store.db.execute(sql, (entity,)):
        written = orjson.loads(patch or "{}")
        bare = written == {"deleted": 0} and took_in(store, row, branch, act)
        sides.setdefault((row, heir), []).append((written, bare))
    return {row: heir for (row, heir), found in sides.items() if all(bare or patch.get("merged_into") for patch, bare in found)}


def took_in(store: Store, row: str, branch: int, act: int) -> bool:
    """Whether an act has merged something into a row."""
    named = "patch <> '' AND json_extract(patch, '$.merged_into') = ?"
    sql = f"SELECT 1 FROM log WHERE branch = ? AND n BETWEEN ? AND ? AND act = ? AND {named}"
    return bool(store.one(sql, (branch, act, act + LONGEST_ACT, act, row)))


def merged_on(store: Store, entity: str, _: int) -> list[Edit]:
    """A row that was merged away while others were merged into it goes all the same, as soon as a row that nobody doubts stands for it."""
    doubtful = torn(store, entity)
    sure = f"SELECT 1 FROM {entity} WHERE id = ? AND deleted = 0 AND id NOT IN (SELECT row FROM conflicts WHERE field = 'deleted')"
    standing = heirs(merged_away(store, entity) | doubtful, lambda row: bool(store.one(sure, (row,))))
    return [Edit(entity, row, {"deleted": 1}) for row in doubtful if row in standing]


def news_since(store: Store, since: int) -> set[str]:
    return {row for (row,) in store.db.execute("SELECT DISTINCT row FROM log WHERE seq > ?", (since,))}


def one_of_each_circle(store: Store, entity: str, since: int) -> list[Edit]:
    """Of rows that were merged into each other none is left: the same one everywhere comes back, unless a person has deleted it since."""
    found = circles(merged_away(store, entity) | torn(store, entity))
    news = news_since(store, since) if found else set[str]()
    return [
        Edit(entity, circle[0], {"deleted": 0, "merged_into": ""})
        for circle in found
        if not news.isdisjoint(circle) and all(deleted_by_its_merge(store, row) for row in circle)
    ]


def deleted_by_its_merge(store: Store, row: str) -> bool:
    deletions = [write.patch for write in store.log.writes_of([row])[row] if write.patch.get("deleted")]
    return bool(deletions[-1].get("merged_into"))


def late_references(store: Store, entity: str, since: int) -> list[Edit]:
    """Rows that refer to a row which was merged away: all of them after a merge that is news here, else the news among them."""
    merged = merged_away(store, entity)
    if not merged:
        return []
    news = news_since(store, since)
    standing = heirs(merged, lambda row: bool(store.one(f"SELECT 1 FROM {entity} WHERE id = ? AND deleted = 0", (row,))))
    found: dict[str, list[Pointer]] = {}
    for holder, field in pointing_fields(store.catalogue, entity):
        sql = f"SELECT id, {field.name} FROM {holder.name} WHERE {field.name} {AMONG}"
        for row, lost in store.db.execute(sql, (orjson.dumps(list(standing)).decode(),)):
            if row in news or lost in news:
                found.setdefault(standing[lost], []).append(Pointer(holder.name, row, field.name))
    return [edit for heir, pointers in found.items() for edit in repointed(heir, pointers)]
