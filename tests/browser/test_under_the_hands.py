"""News of others (here: of a second desk on the folder) takes nothing away from under a press, the focus, an open menu or a letter."""

from __future__ import annotations

import re
from threading import Event

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from shared.change import Edit
from shared.entity import Value
from tests.browser.closing import close
from tests.browser.order_desk import HOLD, Shop

LATE = "window.late = []; const real = setTimeout; window.setTimeout = (work, ms) => (ms === 10 ? late.push(work) : real(work, ms))"
"""What the framework puts off until the connection stands waits for the test instead."""
LATE_DAY, LAST_DAY = "2100-12-30", "2100-12-31"
"""Orders of these days stand above all that other tests have made, and go with the test."""
DRAFT: dict[str, Value] = {"document_type": "invoice", "state": "draft"}


def opened(shop: Shop, path: str) -> Page:
    page = shop.context.new_page()
    page.goto(shop.program.url + path)
    return page


def press_on(page: Page, what: Locator) -> None:
    what.hover()  # which waits until it stands still
    page.mouse.down()


def test_what_is_done_before_the_connection_stands_comes_in_its_order(shop: Shop) -> None:
    shop.desk.do([Edit("clients", "early", {"name": "Ранний"})], "Клиент")
    page, held, free = shop.context.new_page(), list[tuple[WebSocketRoute, str | bytes]](), Event()

    def joined(browser: WebSocketRoute) -> None:
        browser.connect_to_server().on_message(lambda said: browser.send(said) if free.is_set() else held.append((browser, said)))

    page.route_web_socket("**/*", joined)
    page.add_init_script(LATE)
    page.goto(f"{shop.program.url}/clients/early")
    field = page.get_by_label("ОГРН", exact=True)
    field.press_sequentially("1")
    free.set()
    for browser, said in held:
        browser.send(said)
    page.wait_for_function("socket.connected")
    field.press("Enter")
    expect(page.locator(".saved")).to_contain_text("Сохранено")
    page.evaluate("late.splice(0).forEach(work => work())")
    page.keyboard.press("Control+z")
    expect(page.locator(".notice")).to_contain_text("Отменено")
    expect(field).to_have_value("")
    close(page)


def test_the_way_back_is_followed_though_the_press_on_it_has_saved_another_title(shop: Shop) -> None:
    shop.desk.do([Edit("clients", "titled", {"name": "Прежнее"})], "Клиент")
    page = opened(shop, "/clients/titled")
    page.get_by_label("Название", exact=True).fill("Новое")
    press_on(page, page.locator(".crumbs a"))
    expect(page.locator(".crumbs")).to_contain_text("Новое")
    page.mouse.up()
    expect(page).to_have_url(re.compile("/clients$"))
    close(page)


def test_a_row_of_a_list_keeps_the_focus_and_its_button_the_press_while_others_come(shop: Shop) -> None:
    contacts = [Edit("contacts", f"person{place}", {"client_id": "crowd", "name": f"Человек {place}"}) for place in range(3)]
    shop.desk.do([Edit("clients", "crowd", {"name": "Толпа"}), contacts[1]], "Клиент")
    page = opened(shop, "/clients/crowd?section=contacts")
    row = page.get_by_role("row", name="Человек 1")
    row.focus()
    shop.desk.do([contacts[0]], "Человек")
    expect(page.get_by_role("row", name="Человек 0")).to_be_visible()
    expect(row).to_be_focused()
    press_on(page, page.get_by_role("button", name="Добавить"))
    shop.desk.do([contacts[2]], "Человек")
    expect(page.get_by_role("row", name="Человек 2")).to_be_visible()
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_be_visible()
    close(page)


def test_the_menu_of_documents_stays_open_while_one_comes(shop: Shop) -> None:
    order = shop.order()
    page = opened(shop, f"/orders/{order}?section=documents")
    page.get_by_role("button", name="Другой документ").click()
    offer = page.get_by_role("menuitem").first
    press_on(page, offer)
    shop.desk.do([Edit("documents", "first paper", {"order_id": order, **DRAFT})], "Документ")
    expect(page.get_by_role("button", name="Удалить черновик")).to_be_visible()
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_be_visible()
    close(page)


def test_a_status_that_is_defined_meanwhile_takes_no_choice_away(shop: Shop) -> None:
    order = shop.order(status_id="new")
    page, register = opened(shop, f"/orders/{order}"), opened(shop, "/orders")
    segment, item = register.get_by_role("tab", name=re.compile("В работе")), page.get_by_role("menuitem", name="В работе")
    segment.focus()
    page.locator(".order-status").click()
    press_on(page, item)
    shop.desk.do([Edit("statuses", "late", {"name": "Поздний", "position": 3, "color": "red"})], "Статус")
    expect(page.get_by_role("menuitem", name="Поздний")).to_be_visible()
    page.mouse.up()
    expect(page.locator(".order-status")).to_contain_text("В работе")
    expect(register.get_by_role("tab", name=re.compile("Поздний"))).to_be_visible()
    expect(segment).to_be_focused()
    shop.desk.do([Edit("statuses", "late", {"deleted": 1})], "Статус")
    close(page)
    close(register)


def test_a_status_that_is_chosen_by_keys_keeps_the_focus(shop: Shop) -> None:
    page = opened(shop, f"/orders/{shop.order(status_id='new')}?section=status")
    choice = page.get_by_role("radio", name="В работе")
    choice.focus()
    page.keyboard.press("Enter")
    expect(choice).to_have_attribute("aria-checked", "true")
    expect(page.get_by_role("radio", name="Новый")).to_have_attribute("aria-checked", "false")
    expect(choice).to_be_focused()
    close(page)


@pytest.mark.parametrize("path", ["/", "/calendar"])
def test_a_reminder_keeps_the_focus_while_others_come(shop: Shop, path: str) -> None:
    first, second = shop.desk.new_id(), shop.desk.new_id()
    shop.desk.do([Edit("reminders", first, {"text": "Позвонить", "moment": "2026-01-02T10:00", "done": 0})], "Напоминание")
    page = opened(shop, path)
    page.get_by_label("Сделано").first.focus()
    shop.desk.do([Edit("reminders", second, {"text": "Написать", "moment": "2026-01-01T10:00", "done": 0})], "Напоминание")
    expect(page.get_by_text("Написать")).to_be_visible()
    focused = page.locator(".row-line", has=page.locator(":focus"))
    expect(focused).to_contain_text("Позвонить")
    shop.desk.do([Edit("reminders", row, {"deleted": 1}) for row in (first, second)], "Напоминания")
    expect(page.get_by_text(re.compile("^(Позвонить|Написать)$"))).to_have_count(0)
    close(page)


def test_an_order_of_the_first_screen_opens_though_another_has_changed_under_the_press(shop: Shop) -> None:
    other, order = shop.order(date=LATE_DAY), shop.order(date=LAST_DAY)
    page = opened(shop, "/")
    press_on(page, page.get_by_role("row", name=re.compile(f"Т-{shop.orders} ")))
    shop.desk.do([Edit("orders", other, {"number": "Сосед"})], "Заказ")
    expect(page.get_by_role("row", name=re.compile("Сосед"))).to_be_visible()
    page.mouse.up()
    expect(page).to_have_url(re.compile(f"/orders/{order}"))
    shop.desk.do([Edit("orders", row, {"deleted": 1}) for row in (other, order)], "Заказы")
    close(page)


def test_a_quantity_that_is_typed_while_one_more_product_is_on_its_way_keeps_its_letters(shop: Shop) -> None:
    page = opened(shop, f"/orders/{shop.order()}")
    page.get_by_role("button", name="Добавить товар или услугу").click()
    page.get_by_role("option", name="Доска").click()
    quantity = page.get_by_label("Количество: Доска обрезная")
    expect(quantity).to_be_visible()
    shop.freeze()
    page.get_by_role("option", name="Гвозди").click()
    quantity.click()
    page.keyboard.type("7")
    shop.thaw()
    expect(page.get_by_label("Количество: Гвозди")).to_be_visible()
    page.keyboard.type("5")
    expect(quantity).to_have_value("75")
    close(page)


def test_one_choice_for_all_disagreements_stays_open_while_one_more_comes(shop: Shop) -> None:
    def disagree() -> None:
        shop.from_another_laptop("orders", shop.order(), {"number": f"Чужой {shop.orders}"})  # two of one number would be told of

    disagree()
    disagree()
    page = opened(shop, "/sync")
    page.get_by_role("button", name="Решить все сразу").click()
    press_on(page, page.get_by_role("menuitem", name="Оставить везде"))
    numbers = page.locator(".conflict", has_text="Чужой")  # other tests may have left a disagreement of another kind
    known = numbers.count()
    disagree()
    expect(numbers).to_have_count(known + 1)
    page.mouse.up()
    expect(numbers).to_have_count(0)
    close(page)


def test_enter_opens_the_row_that_was_focused_though_another_has_come_above_it(shop: Shop) -> None:
    order, newer = shop.order(date=LATE_DAY), shop.desk.new_id()
    page = opened(shop, "/orders")
    page.locator(".ag-row", has_text=f"Т-{shop.orders}").first.locator("[col-id='number']").click()
    expect(page.locator(".ag-cell-focus")).to_have_text(f"Т-{shop.orders}")
    shop.desk.do([Edit("orders", newer, {"number": "Новее", "date": LAST_DAY, "client_id": "client"})], "Заказ")
    expect(page.locator(".ag-row[row-index='0']")).to_contain_text("Новее")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{shop.program.url}/orders/{order}")
    shop.desk.do([Edit("orders", row, {"deleted": 1}) for row in (newer, order)], "Заказы")
    close(page)


def test_a_row_that_was_focused_while_rows_were_on_their_way_is_the_one_that_enter_opens(shop: Shop) -> None:
    order, newer = shop.order(date=LATE_DAY), shop.desk.new_id()
    page = opened(shop, "/orders")
    row = page.locator(".ag-row", has_text=f"Т-{shop.orders}").first.locator("[col-id='number']")
    expect(row).to_be_visible()
    page.evaluate(HOLD)
    shop.desk.do([Edit("clients", "client", {"city": "Пермь"})], "Город")
    page.wait_for_function("held.length >= 2")
    row.click()
    expect(page.locator(".ag-cell-focus")).to_have_text(f"Т-{shop.orders}")
    shop.desk.do([Edit("orders", newer, {"number": "Новее", "date": LAST_DAY, "client_id": "client"})], "Заказ")
    page.evaluate("window.fetch = asked; held.forEach((go) => go())")
    expect(page.locator(".ag-row[row-index='0']")).to_contain_text("Новее")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{shop.program.url}/orders/{order}")
    shop.desk.do([Edit("orders", row, {"deleted": 1}) for row in (newer, order)], "Заказы")
    close(page)


def test_a_choice_between_two_records_keeps_the_focus_and_the_act_its_press(shop: Shop) -> None:
    twins = [Edit("clients", "twin", {"name": "Близнец", "city": "Орёл"}), Edit("clients", "other", {"name": "Близнец", "city": "Тула"})]
    shop.desk.do(twins, "Клиенты")
    page = opened(shop, "/duplicates?entity=clients&one=twin&other=other")
    choice = page.get_by_role("button", name="Город: Тула")
    choice.focus()
    page.keyboard.press("Enter")
    expect(choice).to_have_attribute("aria-pressed", "true")
    expect(choice).to_be_focused()
    press_on(page, page.get_by_role("button", name="Объединить"))
    shop.order(client_id="other")
    expect(page.get_by_text("Будет удалена, 1 ссылка")).to_be_visible()
    page.mouse.up()
    expect(page.locator(".notice")).to_contain_text("Записи объединены")
    assert (shop.desk.store.row("clients", "twin") or {})["city"] == "Тула"
    shop.desk.do([Edit("clients", "twin", {"deleted": 1})], "Клиент")
    close(page)
