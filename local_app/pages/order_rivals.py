"""Lines on which two laptops disagree: the mark on the cell, both values with their authors, and the choice of one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from local_app.widgets.fields import name_of
from local_app.widgets.witness import GONE, chosen, wording
from shared.change import Edit, Refused
from shared.entities.orders import ORDER_LINES
from shared.entity import Kind
from shared.formats import show
from shared.rules.orders import HALVES
from shared.store import Conflict, Rival, Store

COLUMNS = {
    "name": "product", "product_id": "product", "unit_id": "unit", "quantity": "quantity", "price": "price",
    "discount_percent": "discount", "discount_sum": "discount", "vat_percent": "vat",
}  # fmt: skip
"""Field of a line -> the column of the editor that shows it."""
Rivals = dict[str, dict[str, list[dict[str, Any]]]]


def rivals(store: Store, order_id: str) -> Rivals:
    """Line id -> column -> the values that stand against each other, the one that is shown first."""
    sql = "SELECT DISTINCT row FROM conflicts WHERE row IN (SELECT id FROM order_lines WHERE order_id = ? AND deleted = 0)"
    found: Rivals = {}
    for disputed in store.rows(sql, (order_id,)):
        conflicts = store.conflicts(disputed["row"])
        for conflict in conflicts:
            column = COLUMNS.get(conflict.field)
            for rival in conflict.values if column else ():
                cells = found.setdefault(conflict.row, {}).setdefault(str(column), [])
                if conflict.field in HALVES and any(cell["change"] == rival.change for cell in cells):
                    continue  # the other half of a discount that is listed already
                told = {"name": spoken(store, conflicts, conflict, rival), "sku": who(store, rival.author, rival.at_ms)}
                cells.append({**told, "field": conflict.field, "change": rival.change, "rival": True})
    return found


def settle(store: Store, message: Mapping[str, Any]) -> list[Edit]:
    """The chosen value is written anew by someone who has seen them all, even when it is the one that is shown. Raises Refused.

    The list on the screen may be older than the store: the value is looked for by the change that wrote it.
    """
    conflicts = store.conflicts(message["id"])
    conflict = next((each for each in conflicts if each.field == message["name"]), None)
    rival = conflict.value_of(message["change"]) if conflict else None
    if conflict is None or rival is None:
        raise Refused(GONE)
    return [Edit("order_lines", message["id"], chosen(store, conflicts, conflict, rival))]


def spoken(store: Store, conflicts: Collection[Conflict], conflict: Conflict, rival: Rival) -> str:
    field = ORDER_LINES.field(conflict.field)
    if conflict.field in HALVES:
        return wording(store, ORDER_LINES, conflicts, conflict, rival) or "пусто"
    if field is None or rival.value in (None, ""):
        return "пусто"
    return name_of(store, field.target, rival.value) if field.kind is Kind.REFERENCE else show(field, rival.value)


def who(store: Store, author: str, at_ms: int) -> str:
    """«Смирнов Олег, 23.11 14:05»."""
    name = store.one("SELECT name FROM employees WHERE id = ?", (author,)) or "без имени"
    return f"{name}, {datetime.fromtimestamp(at_ms / 1000, UTC).astimezone():%d.%m %H:%M}"
