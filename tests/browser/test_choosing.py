"""Choosing one of the values that stand against each other, while others come: what was clicked is what is taken."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from shared.change import Edit, View
from shared.entity import MICRO, Value
from tests.browser.order_desk import OrderScreen, Shop


def prices(shop: Shop, line: str) -> list[int]:
    """What stands against each other in the price of a line; nothing when there is no disagreement."""
    found = [rival.value for conflict in shop.desk.store.conflicts(line) if conflict.field == "price" for rival in conflict.values]
    return sorted(int(value or 0) // MICRO for value in found)


def test_the_value_that_is_clicked_in_an_old_list_is_taken_and_what_came_since_stays_against_it(
    lined: tuple[Shop, str, OrderScreen],
) -> None:
    shop, order_id, screen = lined
    line = f"{order_id}-2"
    shop.from_another_laptop("order_lines", line, {"price": 25 * MICRO})
    screen.page.get_by_label("Показать расхождение").click()
    expect(screen.listed()).to_have_count(2)
    shop.from_another_laptop("order_lines", line, {"price": 31 * MICRO})  # greater than both: it stands first from now on
    expect(screen.sum(2)).to_have_text("31,00")
    expect(screen.listed()).to_have_count(2)
    screen.listed().filter(has_text="25,00").click()
    expect(screen.sum(2)).to_have_text("25,00")
    shop.desk.poll()
    assert prices(shop, line) == [25, 31]


def test_a_value_that_somebody_has_settled_meanwhile_is_said_to_be_gone(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    line = f"{order_id}-2"
    shop.from_another_laptop("order_lines", line, {"price": 25 * MICRO})
    screen.page.get_by_label("Показать расхождение").click()
    expect(screen.listed()).to_have_count(2)
    shop.from_another_laptop("order_lines", line, {"price": 40 * MICRO}, knowing=True)
    expect(screen.sum(2)).to_have_text("40,00")
    screen.listed().filter(has_text="25,00").click()
    expect(screen.page.locator(".notice")).to_contain_text("уже нет")
    expect(screen.sum(2)).to_have_text("40,00")


@pytest.mark.parametrize(("field", "colleagues", "shown"), [
    ("vat_mode", "none", "НДС в сумме"),
    ("organization_id", "exempt", "ООО «Ромашка»"),
    ("client_id", "stranger", "ООО «Вектор»"),
    ("date", "2020-01-01", "23.11.2026"),
])  # fmt: skip
def test_the_value_in_force_is_confirmed_at_the_mark_of_a_field_that_carries_others(
    lined: tuple[Shop, str, OrderScreen], field: str, colleagues: Value, shown: str
) -> None:
    shop, order_id, screen = lined
    kept = shop.desk.store.row("orders", order_id) or {}
    line = f"{order_id}-2"
    for row, entity in [(order_id, "orders"), (line, "order_lines")][: 1 + (field == "vat_mode")]:
        shop.from_another_laptop(entity, row, {field: colleagues})
        shop.desk.do([Edit(entity, row, {field: kept[field]})], "Своё", View(0, shop.desk.view().own_n))
    mark = screen.page.locator(".field .mark")
    mark.click()
    screen.page.locator(".rival", has_text=shown).get_by_role("button").click()
    expect(mark).to_have_count(0)
    assert [*shop.desk.store.conflicts(order_id), *shop.desk.store.conflicts(line)] == []
    assert (shop.desk.store.row("orders", order_id) or {})[field] == kept[field]


def test_a_discount_is_chosen_whole_at_the_mark_of_one_of_its_halves(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    line = f"{order_id}-2"
    shop.from_another_laptop("order_lines", line, {"discount_percent": None, "discount_sum": 500})
    own: dict[str, Value] = {"discount_percent": 50 * MICRO, "discount_sum": None}
    shop.desk.do([Edit("order_lines", line, own)], "Своё", View(0, shop.desk.view().own_n))
    screen.page.goto(f"{shop.program.url}/directory/order_lines/{line}")
    mark = screen.page.locator(".field .mark")
    expect(mark).to_have_count(2)
    mark.first.click()
    expect(screen.page.locator(".rival")).to_contain_text(["50", "5,00"])
    screen.page.locator(".rival", has_text="5,00").get_by_role("button").click()
    expect(mark).to_have_count(0)
    kept = shop.desk.store.row("order_lines", line) or {}
    assert (kept["discount_percent"], kept["discount_sum"]) == (None, 500)
