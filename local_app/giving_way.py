"""What a laptop has filled in by itself while it was alone gives way to what the hub says of the same rows, once, after the first sync."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import orjson

from local_app.desk import Desk
from local_app.undoing import leave_out
from shared.change import Edit
from shared.entity import Value
from shared.store import Store

MARK = "gives way"


class Side(NamedTuple):
    """One write that stands in a disagreement, and whether it is of an act that gives way."""

    mine: bool
    patch: dict[str, Value]


def will_give_way(store: Store, act: int) -> None:
    """Remembers an act of this laptop that nobody has decided."""
    with store.transaction():
        store.note({f"{MARK} {store.log.state().device} {act}": ""})


def give_way(desk: Desk) -> int:
    """Settles what such an act has put in question; how many fields. After it the acts are like all others."""
    acts = marked(desk.store)
    if not acts:
        return 0
    view = desk.view()  # whoever works meanwhile is not overwritten
    edits = [
        Edit(entity, row, {field: value})
        for (entity, row, field), sides in questioned(desk.store, acts).items()
        for value in told(field, sides)
    ]
    if edits:
        leave_out(desk.store, desk.do(edits, "Справочники взяты с сервера", view).act)
    with desk.store.transaction():
        desk.store.db.execute("DELETE FROM notes WHERE name LIKE ?", (f"{MARK} %",))
    return len(edits)


def marked(store: Store) -> set[tuple[str, int]]:
    """{(device, act)}"""
    names = [name for (name,) in store.db.execute("SELECT name FROM notes WHERE name LIKE ?", (f"{MARK} %",))]
    return {(device, int(act)) for device, act in (name.removeprefix(f"{MARK} ").split(" ") for name in names)}


def questioned(store: Store, acts: set[tuple[str, int]]) -> dict[tuple[str, str, str], list[Side]]:
    """The open disagreements, each with all its sides."""
    sql = (
        "SELECT c.entity, c.row, c.field, b.device, log.act, log.patch FROM conflicts c JOIN log USING (seq) "
        "JOIN branches b ON b.id = log.branch ORDER BY c.row, c.field, log.stamp"
    )
    found: dict[tuple[str, str, str], list[Side]] = {}
    for entity, row, field, device, act, patch in store.db.execute(sql):
        found.setdefault((entity, row, field), []).append(Side((device, act) in acts, orjson.loads(patch or "{}")))
    return found


def told(field: str, sides: Sequence[Side]) -> set[Value]:
    """The one value that the others agree on; none where nothing of ours is in question, or where people disagree among themselves."""
    others = [side.patch for side in sides if not side.mine]
    if len(others) == len(sides) or any(field not in patch for patch in others):  # an edit stands against a deletion
        return set()
    values = {patch[field] for patch in others}
    return values if len(values) == 1 else set()
