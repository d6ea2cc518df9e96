"""Where two laptops disagree about an order's lines or its discount: the mark, the values with their authors, the choice of one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from local_app.widgets.fields import name_of
from local_app.widgets.witness import GONE, chosen, sides, wording
from shared.change import Edit, Refused
from shared.entities.orders import ORDER_LINES, ORDERS
from shared.entity import Entity, Kind, Value
from shared.formats import show
from shared.rules.orders import HALVES
from shared.store import Conflict, Rival, Store

COLUMNS = {
    "name": "product", "product_id": "product", "unit_id": "unit", "quantity": "quantity", "price": "price",
    "discount_percent": "discount", "discount_sum": "discount", "vat_percent": "vat",
}  # fmt: skip
"""Field of a line -> the column of the editor that shows it."""
Cells = dict[str, list[dict[str, Any]]]
Rivals = dict[str, Cells]


def rivals(store: Store, order_id: str) -> Rivals:
    """Line id -> column -> the values that stand against each other, the one that is shown first; «order» has the discount on all of it."""
    sql = "SELECT DISTINCT row FROM conflicts WHERE row IN (SELECT id FROM order_lines WHERE order_id = ? AND deleted = 0)"
    found: Rivals = {"order": cells(store, ORDERS, order_id, dict.fromkeys(HALVES, "discount"))}
    for disputed in store.rows(sql, (order_id,)):
        found[disputed["row"]] = cells(store, ORDER_LINES, disputed["row"], COLUMNS)
    return found


def cells(store: Store, entity: Entity, row: str, columns: Mapping[str, str]) -> Cells:
    """Column -> the values of its disagreement. The two halves of a discount have one list."""
    conflicts, found, listed = store.conflicts(row), Cells(), list[tuple[str, dict[str, Value]]]()
    for conflict in conflicts:
        for side in sides(store, conflicts, conflict) if conflict.field in columns else ():
            column, rival = columns[conflict.field], side.rivals[0]
            if (column, side.patch) in listed:
                continue
            listed.append((column, side.patch))
            authors = "; ".join(who(store, each.author, each.at_ms) for each in side.rivals)
            told = {"name": spoken(store, entity, conflicts, conflict, rival), "sku": authors}
            found.setdefault(column, []).append({**told, "field": conflict.field, "change": rival.change, "rival": True})
    return found


def settle(store: Store, order_id: str, message: Mapping[str, Any]) -> list[Edit]:
    """The chosen value is written anew by someone who has seen them all, even when it is the one that is shown. Raises Refused.

    The list on the screen may be older than the store: the value is looked for by the change that wrote it.
    """
    entity, row = ("orders", order_id) if message["id"] == "order" else ("order_lines", message["id"])
    conflicts = store.conflicts(row)
    conflict = next((each for each in conflicts if each.field == message["name"]), None)
    rival = conflict.value_of(message["change"]) if conflict else None
    if conflict is None or rival is None:
        raise Refused(GONE)
    return [Edit(entity, row, chosen(store, conflicts, conflict, rival))]


def spoken(store: Store, entity: Entity, conflicts: Collection[Conflict], conflict: Conflict, rival: Rival) -> str:
    field = entity.field(conflict.field)
    if conflict.field in HALVES:
        return wording(store, entity, conflicts, conflict, rival) or "пусто"
    if field is None or rival.value in (None, ""):
        return "пусто"
    return name_of(store, field.target, rival.value) if field.kind is Kind.REFERENCE else show(field, rival.value)


def who(store: Store, author: str, at_ms: int) -> str:
    """«Смирнов Олег, 23.11 14:05»."""
    name = store.one("SELECT name FROM employees WHERE id = ?", (author,)) or "без имени"
    return f"{name}, {datetime.fromtimestamp(at_ms / 1000, UTC).astimezone():%d.%m %H:%M}"
