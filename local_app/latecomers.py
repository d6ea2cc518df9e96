"""Latecomers of a merge: what a colleague, still offline, made for a row that was merged away follows it to the row that stayed.

Two colleagues may each have merged the same two rows, one into the other and the other into the one: then one of them comes back.
"""

from __future__ import annotations

import orjson

from local_app.desk import Desk
from local_app.undoing import leave_out
from shared.change import Edit
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
        (late_references, "Перенесено на объединённые записи"),
    ):
        view = desk.view()  # what a sync or a person writes before the act is there stands beside it, not under it
        edits = [edit for entity in MERGED for edit in found(desk.store, entity, since)]
        if edits:
            leave_out(desk.store, desk.do(edits, words, view).act)
        count += len(edits)
    return count


def merged_away(store: Store, entity: str) -> dict[str, str]:
    """{row that is deleted: what it was merged into}"""
    return dict(store.db.execute(f"SELECT id, merged_into FROM {entity} WHERE deleted = 1 AND merged_into <> ''").fetchall())


def news_since(store: Store, since: int) -> set[str]:
    return {row for (row,) in store.db.execute("SELECT DISTINCT row FROM log WHERE seq > ?", (since,))}


def one_of_each_circle(store: Store, entity: str, since: int) -> list[Edit]:
    """Of rows that were merged into each other none is left: the same one everywhere comes back, unless a person has deleted it since."""
    found = circles(merged_away(store, entity))
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
