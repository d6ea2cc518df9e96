"""The header of an order, and the way back from a new one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from shared.entity import MICRO
from tests.browser.closing import close
from tests.browser.order_desk import NBSP, Shop


def test_the_header_shows_nothing_as_a_dash_and_what_is_below_it_in_the_colour_of_danger(shop: Shop) -> None:
    screen = shop.open(shop.order({"price": 10_000_000, "quantity": -MICRO}, number=""))
    total, paid, debt = screen.page.locator(".order-head .facts b").all()
    expect(total).to_have_class("danger")
    expect(screen.page.locator(".order-head .facts")).to_contain_text(f"К возврату10,00{NBSP}₽")
    expect(debt).to_have_class("danger")
    expect(paid).to_have_text("—")
    expect(screen.page.locator(".order-head h1")).to_have_text("Без номера от 23.11.2026")
    close(screen.page)


@pytest.mark.parametrize("how", ["click", "double click", "key", "address"])
def test_back_leads_from_a_new_order_to_where_it_was_begun(shop: Shop, how: str) -> None:
    screen = shop.open(shop.order())
    page = screen.page
    page.keyboard.press("Alt+3")
    expect(page).to_have_url(re.compile("/orders$"))
    known = shop.desk.store.one("SELECT count(*) FROM orders")
    new = page.get_by_role("button", name="Новый заказ")
    if how == "key":
        expect(new).to_be_visible()
        page.keyboard.press("Alt+n")
    elif how == "address":
        page.goto(f"{shop.program.url}/orders/new")
    else:
        new.click() if how == "click" else new.dblclick()
    expect(page).to_have_url(re.compile("/orders/[0-9a-f-]{30,}$"))
    screen.ready()
    page.go_back()
    expect(page).to_have_url(re.compile("/orders$"))
    expect(page.locator(".totals")).to_contain_text("Долг")
    assert shop.desk.store.one("SELECT count(*) FROM orders") == known + 1
    close(page)
