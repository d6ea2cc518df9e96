"""Cells of the lines whose text means something else than it seems, or has stood there since before a reload."""

from __future__ import annotations

from playwright.sync_api import expect

from shared.entity import MICRO
from tests.browser.order_desk import OrderScreen, Shop


def test_a_click_selects_what_was_being_typed_before_a_reload(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    screen.cell("Цена", 2).click()
    screen.keys("12")
    screen.page.reload()
    screen.ready()
    expect(screen.cell("Цена", 2)).to_have_value("12")
    screen.cell("Цена", 2).click()
    screen.keys("34", "<Enter>")
    expect(screen.sum(2)).to_have_text("34,00")
    assert shop.lines(order_id)[1]["price"] == 34 * MICRO


def test_a_pasted_number_in_brackets_is_asked_about_and_never_becomes_a_sale(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    asked = screen.page.get_by_role("alert").filter(has_text="число в скобках. Если это минус, поставьте его вместо скобок")
    screen.fresh.click()
    screen.paste("Гвозди\t(500)\t100\n")
    expect(asked).to_have_count(1)
    screen.cell("Количество", 1).click()
    screen.paste("(2)\t11\n3\t22\n")
    expect(asked).to_have_count(2)
    screen.cell("Количество", 4).click()
    screen.keys("<F2>", "<Enter>")
    screen.page.reload()
    screen.ready()
    expect(asked).to_have_count(2)
    expect(screen.cell("Количество", 4)).to_have_value("(500)")
    screen.cell("Количество", 4).click()
    screen.keys("-500", "<Enter>")
    expect(asked).to_have_count(1)
    assert [line["quantity"] for line in shop.lines(order_id)] == [MICRO, 3 * MICRO, MICRO, -500 * MICRO]
