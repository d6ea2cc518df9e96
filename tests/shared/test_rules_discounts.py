"""A discount is a percent or a sum: one value in two fields."""

from __future__ import annotations

from shared.entity import MICRO
from shared.rules.orders import both_halves, change_discount
from tests.shared.test_rules_orders import Line, only, row


def test_one_kind_of_discount_clears_the_other_and_both_are_written() -> None:
    order = row("orders", "o")
    assert only(change_discount("orders", order, "5%")) == {"discount_percent": 5 * MICRO, "discount_sum": None}
    percent = {**order, "discount_percent": 5 * MICRO}
    assert only(change_discount("orders", percent, "500")) == {"discount_percent": None, "discount_sum": 50_000}
    assert only(change_discount("orders", percent, "")) == {"discount_percent": None, "discount_sum": None}
    assert change_discount("orders", percent, "5 %") == []
    assert change_discount("orders", order, "0") == []


def test_a_half_of_a_discount_takes_the_other_one_along() -> None:
    given: Line = {"discount_percent": None, "discount_sum": 500}
    assert both_halves({"discount_percent": 5 * MICRO}, given) == {"discount_percent": 5 * MICRO, "discount_sum": None}
    assert both_halves({"discount_percent": None, "note": ""}, given) == {**given, "note": ""}
    assert both_halves({"discount_sum": None}, given) == {"discount_percent": None, "discount_sum": None}
    assert both_halves({"note": ""}, given) == {"note": ""}
