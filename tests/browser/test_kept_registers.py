"""The rows a register shows and works with are its own: not those of another card, nor those that have left it meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from shared.change import Edit
from shared.entity import MICRO
from tests.browser.closing import close
from tests.browser.order_desk import Shop

NEWEST = "2099-12-31"
"""The orders of this day stand above all that other tests have made."""
WATCH = """text => {
  window.shown = [];
  const look = () => document.querySelector(".grid-holder")?.innerText.includes(text) && window.shown.push(location.pathname);
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}"""

AWAY = """part => {
  const ask = fetch;
  window.fetch = (address, ...wishes) => address.includes(part) ? Promise.reject(new TypeError("away")) : ask(address, ...wishes);
}"""
"""Questions of such an address find nobody there."""


def opened(shop: Shop, path: str) -> Page:
    page = shop.context.new_page()
    page.goto(shop.program.url + path)
    page.wait_for_selector(".ag-row")
    return page


def go(page: Page, path: str) -> None:
    """To another screen within the page, as a link does."""
    page.evaluate(
        "path => { const way = document.createElement('a'); way.href = path; document.querySelector('.nav').append(way); way.click(); }",
        path,
    )


def test_the_orders_of_another_client_never_stand_in_a_card(shop: Shop) -> None:
    theirs, mine = shop.order(client_id="client", subject="чужое", date=NEWEST), shop.order(client_id="stranger", date=NEWEST)
    number = f"Т-{theirs.removeprefix('order')}"
    page = opened(shop, "/clients/client?section=orders")
    expect(page.get_by_text(number, exact=True)).to_be_visible()
    go(page, "/clients")
    expect(page.locator(".ag-row", has_text="Чужая фирма")).to_be_visible()
    page.evaluate(WATCH, number)
    go(page, "/clients/stranger?section=orders")
    expect(page.get_by_text(f"Т-{mine.removeprefix('order')}", exact=True)).to_be_visible()
    assert page.evaluate("window.shown") == []
    close(page)


def test_rows_of_other_filters_do_not_stay_when_their_successors_do_not_come(shop: Shop) -> None:
    order = shop.order(status_id="new", date=NEWEST)
    number = f"Т-{order.removeprefix('order')}"
    page = opened(shop, "/orders")
    expect(page.get_by_text(number, exact=True)).to_be_visible()
    page.evaluate(AWAY, "status_id=work")
    page.get_by_role("tab", name="В работе").click()
    expect(page.get_by_text(number, exact=True)).to_be_hidden()
    close(page)


@pytest.fixture
def chosen(shop: Shop) -> Iterator[tuple[Page, list[str]]]:
    """The register of a status of its own, with all of its three orders selected."""
    shop.orders += 1
    status = f"chosen{shop.orders}"
    shop.desk.do([Edit("statuses", status, {"name": f"На выбор {shop.orders}", "position": 9})], "Статус")
    orders = [shop.order(status_id=status) for _ in range(3)]
    page = opened(shop, f"/orders?status_id={status}")
    rows = page.locator(".ag-center-cols-container .ag-row")
    expect(rows.filter(has_text="Т-")).to_have_count(3)  # a row that is still on its way cannot be chosen
    rows.first.click()
    page.keyboard.press("Control+a")
    expect(page.locator(".selection")).to_contain_text("Выбрано: 3")
    yield page, orders
    close(page)


def deleted(shop: Shop, orders: list[str]) -> list[int]:
    return [shop.desk.store.one("SELECT deleted FROM orders WHERE id = ?", (order,)) for order in orders]


def test_what_a_colleague_moves_out_of_the_list_is_not_deleted_with_the_selected(shop: Shop, chosen: tuple[Page, list[str]]) -> None:
    page, orders = chosen
    shop.from_another_laptop("orders", orders[0], {"status_id": "work"}, knowing=True)
    expect(page.locator(".selection")).to_contain_text("Выбрано: 2")
    page.locator(".selection").get_by_role("button", name="Удалить").click()
    expect(page.locator(".notice")).to_contain_text("Удалено: 2 заказа")
    assert deleted(shop, orders) == [0, 1, 1]


def test_a_press_of_the_button_counts_though_a_row_leaves_the_list_under_the_pointer(shop: Shop, chosen: tuple[Page, list[str]]) -> None:
    page, orders = chosen
    page.locator(".selection").get_by_role("button", name="Удалить").hover()
    page.mouse.down()
    shop.from_another_laptop("orders", orders[0], {"status_id": "work"}, knowing=True)
    expect(page.locator(".selection")).to_contain_text("Выбрано: 2")
    page.mouse.up()
    expect(page.locator(".notice")).to_contain_text("Удалено: 2 заказа")


def test_a_click_in_the_moment_before_the_list_has_heard_acts_on_what_it_still_has(shop: Shop, chosen: tuple[Page, list[str]]) -> None:
    page, orders = chosen
    button = page.locator(".selection").get_by_role("button", name="Удалить")
    expect(button).to_be_visible()
    shop.freeze()
    shop.from_another_laptop("orders", orders[0], {"status_id": "work"}, knowing=True)
    button.click()
    shop.thaw()
    expect(page.locator(".notice")).to_contain_text("Удалено: 2 заказа")
    assert deleted(shop, orders) == [0, 1, 1]


def asked_alone(page: Page, column: str, order: str) -> None:
    """A click on the heading asks for the first rows in that order, and for no others; again only if there was news meanwhile."""
    questions: set[str] = set()
    wanted = f"start=0&end=100&sort={column}+{order}"
    page.on("request", lambda request: questions.add(request.url) if wanted in request.url else None)
    with page.expect_response(lambda answer: wanted in answer.url):
        page.locator(f".ag-header-cell[col-id='{column}'] .ag-header-cell-label").click()
    page.wait_for_function("document.querySelectorAll('.ag-row-loading').length === 0")
    assert len(questions) == 1


def test_a_click_on_a_heading_asks_for_the_rows_of_the_columns_that_are_shown_and_no_others(shop: Shop) -> None:
    shop.order(date=NEWEST)
    page = opened(shop, "/orders")
    asked_alone(page, "number", "asc")
    page.get_by_label("Столбцы").click()
    chooser = page.get_by_role("group", name="Столбцы")
    expect(chooser).to_be_visible()  # it opens by way of the program
    for box in chooser.get_by_role("checkbox").all():
        box.check()
    page.keyboard.press("Escape")
    page.locator(".ag-row[row-index='0'] .ag-cell").last.click()
    page.keyboard.press("Home")  # each that came was brought into sight
    asked_alone(page, "number", "desc")
    close(page)


def test_a_chosen_status_leaves_the_other_conditions_as_they_stand(shop: Shop) -> None:
    shop.order(status_id="work")
    page = opened(shop, "/orders")
    page.evaluate("document.querySelectorAll('.filters > *').forEach((each) => { each.marked = true; })")
    page.get_by_role("tab", name="В работе").click()
    expect(page.get_by_role("button", name="Сбросить")).to_be_visible()
    fresh = "[...document.querySelectorAll('.filters > *')].filter((each) => !each.marked).map((each) => each.title)"
    assert page.evaluate(fresh) == ["Сбросить"]
    close(page)


def test_the_choice_of_a_status_moves_nothing_on_a_small_laptop(shop: Shop) -> None:
    shop.order()
    shop.desk.do([Edit("custom_fields", "hurry", {"home": "orders", "name": "Срочно", "value_kind": "flag"})], "Поле")
    page = opened(shop, "/orders")
    tools = page.locator(".register > .toolbar").first
    expect(page.get_by_role("button", name="Условия по дополнительным параметрам")).to_be_visible()
    before = tools.bounding_box()
    page.get_by_role("tab", name="Новый").click()
    expect(page.get_by_role("button", name="Сбросить", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Сохранить условия как вид")).to_be_visible()
    assert tools.bounding_box() == before
    close(page)


def stand(shop: Shop, orders: list[str], field: str) -> list[object]:
    return [shop.desk.store.one(f"SELECT {field} FROM orders WHERE id = ?", (order,)) for order in orders]


def test_a_value_is_set_for_all_selected_at_once_and_taken_back_in_one_step(shop: Shop, chosen: tuple[Page, list[str]]) -> None:
    page, orders = chosen
    before = stand(shop, orders, "status_id")
    page.locator(".selection").get_by_role("button", name="Изменить").click()
    window = page.get_by_role("dialog", name="Изменить 3 заказа")
    expect(window.get_by_label("Статус")).to_be_focused()
    page.keyboard.type("В работе")
    expect(page.get_by_role("option", name="В работе")).to_be_visible()
    page.keyboard.press("Enter")
    window.get_by_label("Оплатить до").fill("40.13.2026")
    window.get_by_role("button", name="Изменить").click()
    expect(window).to_contain_text("нет такого дня в календаре")
    assert stand(shop, orders, "status_id") == before
    window.get_by_label("Оплатить до").fill("24.12.2026")
    window.get_by_role("button", name="Изменить").click()
    expect(page.locator(".notice")).to_contain_text("Изменено: 3 заказа")
    assert stand(shop, orders, "status_id") == ["work"] * 3
    assert stand(shop, orders, "pay_until") == ["2026-12-24"] * 3
    page.locator(".notice").get_by_role("button", name="Отменить").click()
    expect(page.locator(".notice")).to_contain_text("Отменено")
    assert stand(shop, orders, "status_id") == before
    assert stand(shop, orders, "pay_until") == [None] * 3


def test_the_rate_of_vat_follows_a_day_of_shipment_that_is_set_for_many_orders(shop: Shop, chosen: tuple[Page, list[str]]) -> None:
    page, orders = chosen
    line = shop.desk.new_id()
    shop.desk.do([
        *(Edit("orders", order, {"date": "2025-12-20", "vat_mode": "included"}) for order in orders),
        Edit("order_lines", line, {
            "order_id": orders[0], "quantity": MICRO, "price": 122 * MICRO, "vat_mode": "included", "vat_percent": 20 * MICRO,
        }),
    ], "Пример")  # fmt: skip
    expect(page.locator(".ag-row", has_text="20.12.2025")).to_have_count(3)  # the register has seen it
    page.locator(".selection").get_by_role("button", name="Изменить").click()
    window = page.get_by_role("dialog", name="Изменить 3 заказа")
    window.get_by_label("Дата отгрузки").fill("15.01.2026")
    window.get_by_role("button", name="Изменить").click()
    expect(page.locator(".notice")).to_contain_text("Изменено: 3 заказа, вслед за этим 1 строка")
    assert stand(shop, orders, "shipment_date") == ["2026-01-15"] * 3
    assert shop.desk.store.one("SELECT vat_percent FROM order_lines WHERE id = ?", (line,)) == 22 * MICRO
    page.locator(".notice").get_by_role("button", name="Отменить").click()
    expect(page.locator(".notice")).to_contain_text("Отменено")
    assert shop.desk.store.one("SELECT vat_percent FROM order_lines WHERE id = ?", (line,)) == 20 * MICRO


def test_a_window_for_many_rows_in_which_nothing_was_set_writes_nothing(shop: Shop, chosen: tuple[Page, list[str]]) -> None:
    page, _ = chosen
    acts = shop.desk.store.one("SELECT max(act) FROM acts")
    page.locator(".selection").get_by_role("button", name="Изменить").click()
    window = page.get_by_role("dialog", name="Изменить 3 заказа")
    window.get_by_role("button", name="Изменить").click()
    expect(page.locator(".notice")).to_contain_text("Заполните поле, которое нужно изменить")
    page.keyboard.press("Escape")
    expect(window).to_be_hidden()
    assert shop.desk.store.one("SELECT max(act) FROM acts") == acts


def test_a_flag_is_set_for_many_rows_in_words_and_a_row_that_is_gone_meanwhile_stays_gone(shop: Shop) -> None:
    shop.desk.do([Edit("products", f"plank{number}", {"name": f"Планка {number}"}) for number in range(3)], "Товары")
    page = opened(shop, "/products?q=Планка")
    rows = page.locator(".ag-center-cols-container .ag-row")
    expect(rows.filter(has_text="Планка")).to_have_count(3)
    rows.first.click()
    page.keyboard.press("Control+a")
    page.locator(".selection").get_by_role("button", name="Изменить").click()
    window = page.get_by_role("dialog", name="Изменить 3 позиции")
    window.get_by_label("Снят с продажи").select_option(label="Да")
    shop.desk.do([Edit("products", "plank0", {"deleted": 1})], "Удалено")
    window.get_by_role("button", name="Изменить").click()
    expect(page.locator(".notice")).to_contain_text("Изменено: 2 позиции")
    sql = "SELECT id, archived, deleted FROM products WHERE id LIKE 'plank%' ORDER BY id"
    assert [tuple(row.values()) for row in shop.desk.store.rows(sql)] == [("plank0", 0, 1), ("plank1", 1, 0), ("plank2", 1, 0)]
    close(page)


def test_the_list_in_a_window_stands_under_its_field_though_the_window_was_still_growing(chosen: tuple[Page, list[str]]) -> None:
    page, _ = chosen
    page.emulate_media(reduced_motion="no-preference")
    page.locator(".selection").get_by_role("button", name="Изменить").click()
    field = page.get_by_role("dialog").get_by_role("combobox", name="Статус")
    expect(field).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_be_visible()
    left = "part => Math.round(document.querySelector(part).getBoundingClientRect().left)"
    page.wait_for_function(f"() => new Set(['.dialog .list', '.dialog .box:has(.list)'].map({left})).size === 1")
