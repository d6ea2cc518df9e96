"""A discount that two laptops give at once, one as a percent and one as a sum: one of them applies, and choosing settles both halves."""

from __future__ import annotations

from typing import Any

import pytest

from local_app.ordering.rows import sheet
from local_app.pages.order_line_acts import commit
from local_app.pages.order_rivals import rivals, settle
from local_app.widgets.disputes import settled_at
from local_app.widgets.longwork import Work
from local_app.widgets.witness import chosen, wording
from shared.change import Edit
from shared.entities import ENTITIES
from shared.entity import MICRO
from shared.formats import money, percent
from shared.store import Conflict
from tests.sync_server.conftest import Serving
from tests.sync_server.test_two_laptops import MINUTE_MS, Laptop, laptops

__all__ = ["laptops"]
PERCENT, SUM = percent(50 * MICRO), money(2_000)
Two = tuple[Laptop, Laptop]


def discounted(laptop: Laptop, order: str, entity: str, row: str, text: str) -> None:
    """What is typed into the discount of an order or of a line."""
    message = {"id": "order" if entity == "orders" else row, "field": "discount", "text": text}
    laptop.desk.do(commit(laptop.desk.store, sheet(laptop.desk.store, order), message, laptop.desk.view()).edits, "Скидка")


def sync(a: Laptop, b: Laptop) -> None:
    for laptop in (a, b, a):
        laptop.syncer.sync_once()


def parted(two: Two, serving: Serving, entity: str) -> str:
    """The row of a discount of 10 roubles that becomes 50 % on one laptop and later, unseen, 20 roubles on the other."""
    a, b = two
    order = a.order("А-1", 100)
    row = order if entity == "orders" else a.desk.store.one("SELECT id FROM order_lines")
    discounted(a, order, entity, row, "10")
    sync(a, b)
    discounted(b, order, entity, row, "50%")
    serving.clock.ms += MINUTE_MS
    discounted(a, order, entity, row, "20")
    sync(a, b)
    return str(row)


def given(laptop: Laptop, entity: str, row: str) -> tuple[Any, Any]:
    found = laptop.desk.store.row(entity, row) or {}
    return found["discount_percent"], found["discount_sum"]


def open_ones(laptop: Laptop, row: str) -> list[Conflict]:
    return laptop.desk.store.conflicts(row)


@pytest.mark.parametrize("entity", ["orders", "order_lines"])
def test_the_later_discount_applies_alone_and_both_stand_whole_in_the_disagreement(laptops: Two, serving: Serving, entity: str) -> None:
    row = parted(laptops, serving, entity)
    for laptop in laptops:
        assert given(laptop, entity, row) == (None, 2_000)
        conflicts = open_ones(laptop, row)
        assert [conflict.field for conflict in conflicts] == ["discount_percent", "discount_sum"]
        for conflict in conflicts:
            words = [wording(laptop.desk.store, ENTITIES[entity], conflicts, conflict, rival) for rival in conflict.values]
            assert words == [SUM, PERCENT]


@pytest.mark.parametrize("entity", ["orders", "order_lines"])
@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize(("side", "expected"), [(0, (None, 2_000)), (1, (50 * MICRO, None))])
def test_who_chooses_in_one_half_settles_the_other_as_its_author_has_left_it(
    laptops: Two, serving: Serving, entity: str, half: int, side: int, expected: tuple[int | None, int | None]
) -> None:
    row = parted(laptops, serving, entity)
    desk = laptops[0].desk
    conflicts = open_ones(laptops[0], row)
    patch = chosen(desk.store, conflicts, conflicts[half], conflicts[half].values[side])
    desk.do([Edit(entity, row, patch)], "Выбрано")
    sync(*laptops)
    for laptop in laptops:
        assert (given(laptop, entity, row), open_ones(laptop, row)) == (expected, [])


@pytest.mark.parametrize("entity", ["orders", "order_lines"])
def test_the_mark_lists_each_discount_once_and_settles_it_whole(laptops: Two, serving: Serving, entity: str) -> None:
    row = parted(laptops, serving, entity)
    store = laptops[1].desk.store
    order, key = (row, "order") if entity == "orders" else (str((store.row(entity, row) or {})["order_id"]), row)
    listed = rivals(store, order)[key]["discount"]
    assert [each["name"] for each in listed] == [SUM, PERCENT]
    laptops[1].desk.do(settle(store, order, {"id": key, "name": listed[1]["field"], "change": listed[1]["change"]}), "Выбрано")
    assert (given(laptops[1], entity, row), open_ones(laptops[1], row)) == ((50 * MICRO, None), [])


def test_all_at_once_takes_the_discount_of_one_author_whole(laptops: Two, serving: Serving) -> None:
    row = parted(laptops, serving, "orders")
    desk = laptops[0].desk
    settled_at(desk, Work("Расхождения"), author=laptops[1].desk.author)
    assert (given(laptops[0], "orders", row), open_ones(laptops[0], row)) == ((50 * MICRO, None), [])


def test_a_discount_that_was_taken_away_is_chosen_whole_too(laptops: Two) -> None:
    a, b = laptops
    order = a.order("А-1", 100)
    discounted(a, order, "orders", order, "10")
    sync(a, b)
    discounted(b, order, "orders", order, "50%")
    discounted(a, order, "orders", order, "")
    sync(a, b)
    conflicts = open_ones(a, order)
    words = {wording(a.desk.store, ENTITIES["orders"], conflicts, conflicts[0], rival): rival for rival in conflicts[0].values}
    assert words.keys() == {"", PERCENT}
    a.desk.do([Edit("orders", order, chosen(a.desk.store, conflicts, conflicts[0], words[""]))], "Выбрано")
    assert (given(a, "orders", order), open_ones(a, order)) == ((None, None), [])
