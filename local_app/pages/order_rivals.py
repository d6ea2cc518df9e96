"""Lines on which two laptops disagree: the mark on the cell, both values with their authors, and the choice of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local_app.widgets.fields import name_of
from local_app.widgets.witness import GONE
from shared.change import Edit, Refused
from shared.entities.orders import ORDER_LINES
from shared.entity import Kind, Value
from shared.formats import show
from shared.store import Store

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
        for conflict in store.conflicts(disputed["row"]):
            column = COLUMNS.get(conflict.field)
            for rival in conflict.values if column else ():
                told = {"name": spoken(store, conflict.field, rival.value), "sku": who(store, rival.author, rival.at_ms)}
                cells = found.setdefault(conflict.row, {}).setdefault(str(column), [])
                cells.append({**told, "field": conflict.field, "change": rival.change, "rival": True})
    return found


def settle(store: Store, message: Mapping[str, Any]) -> list[Edit]:
    """The chosen value is written anew by someone who has seen them all, even when it is the one that is shown. Raises Refused.

    The list on the screen may be older than the store: the value is looked for by the change that wrote it.
    """
    conflict = next((each for each in store.conflicts(message["id"]) if each.field == message["name"]), None)
    rival = conflict.value_of(message["change"]) if conflict else None
    if rival is None:
        raise Refused(GONE)
    return [Edit("order_lines", message["id"], {message["name"]: rival.value})]


def spoken(store: Store, name: str, value: Value) -> str:
    field = ORDER_LINES.field(name)
    if field is None or value in (None, ""):
        return "пусто"
    return name_of(store, field.target, value) if field.kind is Kind.REFERENCE else show(field, value)


def who(store: Store, author: str, at_ms: int) -> str:
    """«Смирнов Олег, 23.11 14:05»."""
    name = store.one("SELECT name FROM employees WHERE id = ?", (author,)) or "без имени"
    return f"{name}, {datetime.fromtimestamp(at_ms / 1000, UTC).astimezone():%d.%m %H:%M}"
