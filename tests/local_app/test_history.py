"""The history of an order: what happened to it and to all that belongs to it, act by act."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from local_app.widgets.history import deeds, title_of
from shared.change import Edit
from shared.entities import ENTITIES
from shared.entity import MICRO
from tests.support.laptops import new_desk


def test_lines_payments_and_documents_of_an_order_are_in_its_history_deleted_ones_too(tmp_path: Path) -> None:
    with closing(new_desk(tmp_path)) as desk:
        desk.do([Edit("orders", "o1", {"number": "1", "date": "2026-11-23"}), Edit("orders", "o2", {"number": "2"})], "Заказы")
        desk.do(
            [Edit("order_lines", "l1", {"order_id": "o1", "name": "Гвозди", "price": MICRO}), Edit("order_lines", "x", {"order_id": "o2"})],
            "+",
        )
        desk.do(
            [Edit("payments", "p1", {"order_id": "o1", "amount": 100}), Edit("documents", "d1", {"order_id": "o1", "number": "С-1"})], "+"
        )
        desk.do([Edit("order_lines", "l1", {"price": 2 * MICRO})], "Цена")
        desk.do([Edit("order_lines", "l1", {"deleted": 1})], "Удаление")
        found = list(deeds(desk.store, ENTITIES["orders"], "o1"))
        assert [(deed.row, deed.first) for deed in found] == [
            ("o1", True), ("l1", True), ("l1", False), ("l1", False), ("p1", True), ("d1", True),
        ]  # fmt: skip
        price = found[2].moments[0]
        assert (price.field, price.before, price.after) == ("price", MICRO, 2 * MICRO)
        assert title_of(desk.store, ENTITIES["order_lines"], "l1") == "Гвозди"
