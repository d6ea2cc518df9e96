"""Two orders with one number, as after a restored backup: seen in the register, mended in the order."""

from __future__ import annotations

from playwright.sync_api import expect

from local_app import numbers
from tests.browser.closing import close
from tests.browser.order_desk import Shop


def test_orders_with_one_number_are_told_by_the_register_and_mended_from_the_menu(shop: Shop) -> None:
    mine, theirs = shop.order(number="АБ-5"), shop.order()
    shop.from_another_laptop("orders", theirs, {"number": "АБ-5"}, knowing=True)
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/orders")
    way = page.get_by_role("link", name="Одинаковые номера: 2")
    expect(page.locator(".ag-row").first).to_be_visible()
    numbers.refresh(shop.desk.store)
    way.click()
    expect(page.locator(".totals")).to_contain_text("2 заказа")
    expect(page.locator(".ag-center-cols-container .ag-row", has_text="АБ-5")).to_have_count(2)
    expect(page.locator(".ag-center-cols-container .ag-row")).to_have_count(2)
    page.locator(".ag-center-cols-container .ag-row").first.dblclick()
    expect(page.get_by_text("Такой номер уже есть у заказа")).to_be_visible()
    page.get_by_role("button", name="Ещё").click()
    page.get_by_role("menuitem", name="Дать следующий номер").click()
    expect(page.locator(".notice")).to_contain_text("номер")
    expect(page.get_by_text("Такой номер уже есть у заказа")).to_be_hidden()
    shop.desk.poll()
    assert shop.desk.store.one("SELECT count(*) FROM orders WHERE number = 'АБ-5' AND id IN (?, ?)", (mine, theirs)) == 1
    expect(page.locator(".q-menu, .pop")).to_have_count(0)  # an open menu takes Esc for itself
    page.keyboard.press("Escape")
    expect(page.get_by_text("Под эти условия ничего не подходит")).to_be_visible()
    expect(page.get_by_text("Одинаковые номера: ")).to_be_hidden()
    close(page)
