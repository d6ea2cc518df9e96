"""New rows as the screens make them: an order with what is usual, a line with what its product and its order give."""

from __future__ import annotations

from collections.abc import Mapping

from local_app.desk import Desk
from local_app.ordering.rows import sheet
from local_app.pages.order_acts import new_order
from shared.change import Edit
from shared.entity import Entity, Value
from shared.rules.lines import from_product, from_text, places

_MADE = {"m": "Создан", "f": "Создана", "n": "Создано"}


def make(desk: Desk, entity: Entity, told: Mapping[str, Value]) -> str:
    """A row with what is told and otherwise with what is usual, in one act; returns its id. Raises Refused."""
    if entity.name == "orders":
        return new_order(desk, told)
    row = desk.new_id()
    edits = _line(desk, row, told) if entity.name == "order_lines" else [Edit(entity.name, row, told)]
    desk.do(edits, f"{_MADE[entity.gender]} {entity.label.lower()}")
    return row


def _line(desk: Desk, row: str, told: Mapping[str, Value]) -> list[Edit]:
    """At the end of its order."""
    order = sheet(desk.store, str(told["order_id"]))
    edits, (spot,) = places(order.lines, "", 1)
    product = desk.store.row("products", str(told.get("product_id")))
    usual = from_product(order, row, product, spot) if product else from_text(order, row, str(told.get("name", "")), spot)
    return [*edits, Edit("order_lines", row, {**usual.patch, **told})]
