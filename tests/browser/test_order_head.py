"""The header of an order, and the way back from a new one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from shared.change import Edit
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


def test_what_is_left_of_an_order_stands_above_its_expenses(shop: Shop) -> None:
    order_id = shop.order({"price": 122_000_000, "vat_mode": "included"})
    screen = shop.open(order_id)
    expenses = screen.page.get_by_role("tabpanel", name="Затраты")
    screen.page.get_by_role("tab", name="Затраты").click()
    expect(expenses).to_contain_text(f"Маржа заказа 100,00{NBSP}₽")
    for number, amount in enumerate((4_000, -1_000)):
        shop.desk.do([Edit("expenses", f"e{number}", {"order_id": order_id, "date": "2026-11-23", "amount": amount})], "Затрата")
    expect(expenses).to_contain_text(f"Потрачено 30,00{NBSP}₽, маржа заказа 70,00{NBSP}₽")
    expect(expenses.locator("td.danger")).to_have_text([f"−10,00{NBSP}₽"])
    close(screen.page)


def test_the_menu_of_an_order_breaks_none_of_its_lines(shop: Shop) -> None:
    screen = shop.open(shop.order())
    screen.page.get_by_role("button", name="Ещё").click()
    entries = screen.page.locator(".q-menu .q-item")
    expect(entries.filter(has_text="Дать следующий номер")).to_be_visible()
    assert len({box["height"] for entry in entries.all() if (box := entry.bounding_box())}) == 1
    close(screen.page)


def test_what_the_keys_do_is_told_whole_on_a_usual_screen(shop: Shop) -> None:
    screen = shop.open(shop.order())
    screen.page.set_viewport_size({"width": 1351, "height": 768})  # 1366 less the bar to scroll by, which a browser under test hides
    told = screen.page.locator(".order-goods .caption")
    expect(told).to_contain_text("переставить")
    assert told.evaluate("part => part.scrollWidth <= part.clientWidth")
    close(screen.page)


def test_a_narrow_first_screen_is_one_column(shop: Shop) -> None:
    shop.order()
    page = shop.context.new_page()
    page.set_viewport_size({"width": 911, "height": 512})  # a usual screen at a zoom of 150 %
    page.goto(shop.program.url)
    expect(page.locator(".columns .stack")).to_have_count(2)
    one, other = (part.bounding_box() for part in page.locator(".columns .stack").all())
    assert one
    assert other
    assert one["x"] == other["x"]
    close(page)
