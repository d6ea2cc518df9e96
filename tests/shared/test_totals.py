"""The money of new orders is counted from the lines that have just been drawn, and is what the tables would give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest

from local_app.desk import Desk
from shared.change import Change, Edit, change_id
from shared.entity import Value
from shared.store import totals
from tests.support.laptops import new_desk

LINE: Mapping[str, Value] = {
    "order_id": "order", "position": "a1", "quantity": 3_000_000, "price": 333_335_000, "vat_mode": "on_top", "vat_percent": 22_000_000,
}  # fmt: skip
SECOND: Mapping[str, Value] = {**LINE, "position": "a0", "price": 10_000_000, "discount_percent": 10_000_000, "cost": 5_000_000}
WRITES: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "as a screen writes them": [LINE, SECOND],
    "equal but for their VAT and place": [{**LINE, "vat_percent": 100_000_000}, {**LINE, "vat_mode": "none", "position": "a0"}],
    "in another order of fields": [LINE, dict(reversed(list(SECOND.items())))],
    "with next to nothing said": [{"order_id": "order", "price": 7_000_000}, LINE],
    "with blanks said": [{**LINE, "quantity": None, "vat_mode": None, "position": None}, SECOND],
    "one of them deleted at once": [LINE, {**SECOND, "deleted": 1}],
    "of no order at all": [LINE, {**SECOND, "order_id": None}],
    "a number as a text": [LINE, {**SECOND, "quantity": "2000000"}],
    "a flag for a number": [LINE, {**SECOND, "discount_sum": True}],
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = new_desk(tmp_path)
    yield desk
    desk.close()


@pytest.fixture
def read(desk: Desk) -> list[str]:
    """What SQLite is told, statement by statement."""
    told = list[str]()
    desk.store.db.set_trace_callback(told.append)
    return told


def was_read(told: list[str]) -> list[bool]:
    """Of each look at the lines: whether those of the order were asked for."""
    return ["= 'order'" in statement for statement in told if statement.startswith(totals.LINES.partition("{")[0])]


@pytest.mark.parametrize("lines", WRITES.values(), ids=WRITES)
def test_the_money_of_a_new_order_is_what_its_table_gives(desk: Desk, lines: Sequence[Mapping[str, Any]]) -> None:
    written(
        desk, [("orders", "order", {"number": "1", "discount_sum": 7})] + [("order_lines", f"l{n}", line) for n, line in enumerate(lines)]
    )
    assert desk.store.one("SELECT count(*) FROM order_totals WHERE total <> 0") == 1
    assert desk.store.verify() == []


def test_lines_that_come_with_their_order_are_not_read_back(desk: Desk, read: list[str]) -> None:
    desk.do([Edit("orders", "order", {"number": "1"}), Edit("order_lines", "l1", LINE), Edit("order_lines", "l2", SECOND)], "Заказ")
    assert was_read(read) == [False]


def test_an_order_that_had_lines_before_is_read_whole(desk: Desk, read: list[str]) -> None:
    desk.do([Edit("orders", "order", {"number": "1"}), Edit("order_lines", "l1", LINE)], "Заказ")
    desk.do([Edit("order_lines", "l2", SECOND)], "Строка")
    assert was_read(read) == [False, True]
    assert desk.store.one("SELECT lines FROM order_totals") == 2


def test_a_line_that_moves_to_a_new_order_counts_there(desk: Desk) -> None:
    desk.do([Edit("orders", "order", {"number": "1"}), Edit("order_lines", "l1", LINE)], "Заказ")
    new = [Edit("orders", "other", {"number": "2"}), Edit("order_lines", "l2", {**SECOND, "order_id": "other"})]
    desk.do([*new, Edit("order_lines", "l1", {"order_id": "other"})], "Перенос")
    assert desk.store.rows("SELECT order_id, lines FROM order_totals ORDER BY 1") == [
        {"order_id": "order", "lines": 0},
        {"order_id": "other", "lines": 2},
    ]
    assert desk.store.verify() == []


def written(desk: Desk, rows: Sequence[tuple[str, str, Mapping[str, Any]]]) -> None:
    """One act through the door of the store, past the checks of the desk."""
    state, prev, changes = desk.store.log.state(), bytes(16), list[Change]()
    for n, (entity, row, patch) in enumerate(rows, 1):
        text = orjson.dumps(patch)
        prev_of, prev = prev, change_id(prev, "another", n, 1, state.author, entity, row, text)
        changes.append(Change(prev, prev_of, "another", n, 1, state.author, entity, row, text, state.stamp + 1, 0, 0))
    with desk.store.transaction():
        desk.store.commit(changes)


@pytest.mark.parametrize(("entity", "field", "values"), [
    ("payments", "paid", {"date": "2026-02-01", "amount": 70_000}),
    ("order_lines", "total", {"position": "a1", "quantity": 1_000_000, "price": 700_000_000}),
])  # fmt: skip
def test_what_moves_to_another_order_is_counted_there_and_no_more_here(
    desk: Desk, entity: str, field: str, values: Mapping[str, Value]
) -> None:
    desk.do([Edit("orders", order, {"number": order}) for order in ("first", "second")], "Заказы")
    desk.do([Edit(entity, "moving", {**values, "order_id": "first"})], "Записано")
    assert counted(desk, field) == {"first": 70_000, "second": 0}
    desk.do([Edit(entity, "moving", {"order_id": "second"})], "Перенесено")
    assert counted(desk, field) == {"first": 0, "second": 70_000}
    assert desk.store.verify() == []


def counted(desk: Desk, field: str) -> dict[str, int]:
    return {row["order_id"]: row[field] for row in desk.store.rows(f"SELECT order_id, {field} FROM order_totals")}
