"""Latecomers of a merge: what a colleague, still offline, made for a row that was merged away follows it to the row that stayed."""

from __future__ import annotations

import orjson

from local_app.desk import Desk
from local_app.undoing import leave_out
from shared.change import Edit
from shared.rules.merging import MERGED, Pointer, heirs, pointing_fields, repointed
from shared.store import Store
from shared.store.log import AMONG


def bring_latecomers(desk: Desk, since: int) -> int:
    """Repoints what came since a log row, in an act of the program's own; how many rows. Two laptops do the same and agree."""
    edits = [edit for entity in MERGED for edit in late_references(desk.store, entity, since)]
    if edits:
        leave_out(desk.store, desk.do(edits, "Перенесено на объединённые записи").act)
    return len(edits)


def late_references(store: Store, entity: str, since: int) -> list[Edit]:
    """Rows that refer to a row which was merged away: all of them after a merge that is news here, else the news among them."""
    merged = dict(store.db.execute(f"SELECT id, merged_into FROM {entity} WHERE deleted = 1 AND merged_into <> ''").fetchall())
    if not merged:
        return []
    news = {row for (row,) in store.db.execute("SELECT DISTINCT row FROM log WHERE seq > ?", (since,))}
    standing = heirs(merged, lambda row: bool(store.one(f"SELECT 1 FROM {entity} WHERE id = ? AND deleted = 0", (row,))))
    found: dict[str, list[Pointer]] = {}
    for holder, field in pointing_fields(store.catalogue, entity):
        sql = f"SELECT id, {field.name} FROM {holder.name} WHERE {field.name} {AMONG}"
        for row, lost in store.db.execute(sql, (orjson.dumps(list(standing)).decode(),)):
            if row in news or lost in news:
                found.setdefault(standing[lost], []).append(Pointer(holder.name, row, field.name))
    return [edit for heir, pointers in found.items() for edit in repointed(heir, pointers)]
