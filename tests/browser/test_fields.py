"""The fields of a form by the keyboard: references, and the values of a disagreement."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from shared.change import Edit
from shared.entity import Value
from tests.browser.closing import close
from tests.browser.order_desk import HOLD, OrderScreen, Shop

KEPT = "() => Object.keys(localStorage).some((key) => key.endsWith('/pay_until'))"


@pytest.mark.parametrize(("name", "label", "rival"), [("number", "Номер", "Т-900"), ("client_id", "Клиент", "stranger")])
def test_the_values_of_a_disagreement_are_closed_by_escape_and_by_going_elsewhere(shop: Shop, name: str, label: str, rival: str) -> None:
    order_id = shop.order()
    shop.from_another_laptop("orders", order_id, {name: rival})
    screen = shop.open(order_id)
    field = screen.page.locator(".field", has=screen.page.get_by_label(label, exact=True))
    mark, values = field.locator(".mark"), field.locator(".rival button")
    mark.click()
    expect(values.first).to_be_focused()
    screen.keys("<ArrowDown>")
    expect(values.last).to_be_focused()
    screen.keys("<Escape>")
    expect(values).to_have_count(0)
    expect(mark).to_be_focused()
    screen.keys("<Enter>")
    expect(values.first).to_be_focused()
    screen.page.locator(".card-head h1").click()
    expect(values).to_have_count(0)
    mark.click()
    expect(values.first).to_be_focused()
    mark.click()
    expect(values).to_have_count(0)
    screen.keys("<Enter>", "<Shift+Tab>", "<Shift+Tab>")
    expect(values).to_have_count(0)
    mark.click()
    values.last.click()
    expect(mark).to_have_count(0)
    expect(screen.page.get_by_label(label, exact=True)).to_be_focused()
    screen.keys("<Escape>", "<Escape>")
    expect(screen.page).to_have_url(re.compile("/orders(\\?.*)?$"))
    close(screen.page)


def test_tab_takes_the_row_that_stands_out_and_keeps_a_text_that_names_none(shop: Shop) -> None:
    order_id = shop.order()
    screen = shop.open(order_id)
    client = screen.page.get_by_label("Клиент", exact=True)
    head = screen.page.locator(".card-head a")
    client.click()
    screen.page.keyboard.insert_text("чужая")
    expect(screen.page.get_by_role("option", name="Чужая фирма")).to_be_visible()
    screen.keys("<Tab>")
    expect(client).to_have_value("Чужая фирма")
    expect(client).not_to_be_focused()
    expect(head).to_have_text("Чужая фирма")
    client.click()
    screen.page.keyboard.insert_text("Никого такого")
    expect(screen.page.get_by_role("option", name="Создать «Никого такого»")).to_be_visible()
    screen.keys("<Tab>")
    told = screen.page.get_by_role("alert").filter(has_text="Выберите из списка или создайте")
    expect(told).to_be_visible()
    expect(client).to_have_value("Никого такого")
    assert (shop.desk.store.row("orders", order_id) or {})["client_id"] == "stranger"
    screen.page.reload()
    expect(client).to_have_value("Никого такого")
    expect(told).to_be_visible()
    client.click()
    screen.keys("<Escape>")
    expect(client).to_have_value("Чужая фирма")
    expect(told).to_have_count(0)
    close(screen.page)


def test_enter_in_an_emptied_or_untouched_field_takes_nothing_and_an_arrow_begins_at_what_stands_there(shop: Shop) -> None:
    order_id = shop.order(manager_id=None)
    screen = shop.open(order_id)
    page = screen.page
    options, chosen = page.get_by_role("listbox").get_by_role("option"), page.locator(".option.at")
    client, manager = page.get_by_label("Клиент", exact=True), page.get_by_label("Ответственный", exact=True)
    client.focus()
    screen.keys("<Delete>")
    expect(options.first).to_be_visible()
    expect(page.locator(".card-head a")).not_to_have_text("ООО «Вектор»")
    screen.keys("<Enter>")
    expect(options).to_have_count(0)
    expect(client).to_have_value("")
    manager.click()
    expect(options.first).to_be_visible()
    expect(chosen).to_have_count(0)
    screen.keys("<Enter>")
    expect(options).to_have_count(0)
    screen.keys("<ArrowDown>")
    expect(chosen).to_contain_text("Иванова")
    screen.keys("<Enter>")
    expect(manager).to_have_value(re.compile("Иванова"))
    order = shop.desk.store.row("orders", order_id) or {}
    assert (order["client_id"], order["manager_id"]) == (None, "anna")
    manager.click()
    expect(options.first).to_be_visible()
    screen.keys("<ArrowDown>")
    expect(chosen).to_contain_text("Смирнов")
    screen.keys("<Escape>")
    client.click()
    page.keyboard.insert_text("чужая")
    screen.keys("<Enter>")
    expect(page.locator(".card-head a")).to_have_text("Чужая фирма")
    close(page)


def test_an_arrow_that_is_quicker_than_the_answer_counts(shop: Shop) -> None:
    page = shop.open(shop.order()).page
    manager, marked = page.get_by_label("Ответственный", exact=True), page.locator(".option.at")
    options = page.get_by_role("listbox").get_by_role("option")
    manager.click()
    expect(options.first).to_be_visible()
    page.keyboard.press("Escape")
    page.evaluate(HOLD)
    manager.click()
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(marked).to_contain_text("Смирнов")
    page.keyboard.press("Enter")  # waits for the answer
    page.evaluate("held.forEach((go) => go())")
    expect(manager).to_have_value(re.compile("Смирнов"))
    close(page)


def test_a_quick_tab_waits_for_the_answer_to_what_was_typed(shop: Shop) -> None:
    screen = shop.open(shop.order())
    client = screen.page.get_by_label("Клиент", exact=True)
    client.click()
    expect(screen.page.get_by_role("option", name="Чужая фирма")).to_be_visible()
    screen.page.evaluate(HOLD)
    screen.page.keyboard.insert_text("чужая")
    screen.keys("<Tab>")
    expect(client).not_to_be_focused()
    expect(client).to_have_value("чужая")
    assert screen.page.evaluate("held.length") == 1
    screen.page.evaluate("held.forEach((go) => go())")
    expect(screen.page.locator(".card-head a")).to_have_text("Чужая фирма")
    close(screen.page)


@pytest.mark.parametrize("label", ["Дата отгрузки", "Контактное лицо"], ids=["a date", "a reference"])
def test_a_reason_that_comes_under_a_field_does_not_move_the_button_that_is_being_pressed(shop: Shop, label: str) -> None:
    screen = shop.open(shop.order(client_id=None))
    page = screen.page
    field, button = page.get_by_label(label, exact=True), page.get_by_role("button", name="Добавить товар или услугу")
    field.click()
    page.keyboard.insert_text("31.02")
    if label == "Контактное лицо":
        expect(page.get_by_role("option", name="Создать «31.02»").or_(page.get_by_text("Ничего не найдено"))).to_be_visible()
    box = button.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 3)
    page.mouse.down()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.mouse.up()
    expect(page.get_by_role("dialog", name="Добавить товар или услугу")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_visible()
    close(page)


def test_the_values_of_a_disagreement_stand_under_the_field_and_a_flag_has_its_mark(shop: Shop) -> None:
    shop.desk.do([Edit("clients", "client", {"potential": 1, "phone": "+7 1"})], "Своё")
    shop.from_another_laptop("clients", "client", {"potential": 0, "phone": "+7 2"})
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/clients/client")
    phone, flag = (page.locator(".field", has=page.get_by_label(label, exact=True)) for label in ("Телефон", "Потенциальный"))
    phone.locator(".mark").click()
    control, values = page.get_by_label("Телефон", exact=True).bounding_box(), phone.locator(".pop").bounding_box()
    assert control
    assert values
    assert values["y"] >= control["y"] + control["height"]
    page.keyboard.press("Escape")
    page.goto(f"{shop.program.url}/sync")
    told = page.locator(".conflict", has_text="Потенциальный")
    expect(told.get_by_text("да", exact=True)).to_be_visible()
    expect(told.get_by_text("нет", exact=True)).to_be_visible()
    page.go_back()
    flag.locator(".mark").click()
    expect(flag.locator(".rival button")).to_have_count(2)
    flag.locator(".rival button").last.click()
    expect(flag.locator(".mark")).to_have_count(0)
    close(page)


def test_a_custom_field_whose_first_value_was_undone_takes_the_next_one(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    tab, field = screen.page.get_by_role("tab", name="Дополнительные параметры"), screen.page.get_by_label("Предоплата по договору")
    tab.click()
    field.fill("1 500")
    field.press("Enter")
    expect(tab).to_have_text("Дополнительные параметры1")
    field.blur()
    screen.page.keyboard.press("Control+z")
    expect(tab).to_have_text("Дополнительные параметры")
    field.fill("1 700")
    field.press("Enter")
    expect(tab).to_have_text("Дополнительные параметры1")
    expect(field).to_have_value(re.compile("1.700"))
    sql = "SELECT value FROM custom_values WHERE order_id = ? AND deleted = 0"
    assert shop.desk.store.rows(sql, (order_id,)) == [{"value": "1700.00"}]


def test_choices_are_asked_for_only_of_a_field_that_is_a_choice(shop: Shop) -> None:
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/directory/custom_fields/urgent")
    kind, options = page.get_by_label("Тип", exact=True), page.get_by_label("Варианты", exact=True)
    page.get_by_label("Название", exact=True).fill("Срочность")
    expect(options).to_be_hidden()
    kind.select_option("Выбор из списка")
    expect(options).to_be_visible()
    order = shop.context.new_page()
    order.goto(f"{shop.program.url}/orders/{shop.order()}?section=custom_values")
    expect(order.get_by_text("Выбирать не из чего")).to_be_visible()
    options.fill("Сегодня\nЗавтра")
    order.get_by_label("Срочность").select_option("Завтра")
    expect(order.get_by_text("Выбирать не из чего")).to_be_hidden()
    close(order)
    kind.select_option("Текст")
    expect(options).to_be_hidden()
    shop.desk.do([Edit("custom_fields", "urgent", {"deleted": 1})], "Удалён")
    close(page)


def test_a_field_that_is_defined_or_deleted_while_another_is_typed_takes_no_letter_away(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    page = screen.page
    page.get_by_role("tab", name="Дополнительные параметры").click()
    labels = page.get_by_role("tabpanel").locator(".label .cut")
    way = page.get_by_label("Способ доставки", exact=True)
    way.press_sequentially("само")
    first: dict[str, Value] = {"home": "orders", "name": "Срочность", "value_kind": "text", "position": 0}
    shop.desk.do([Edit("custom_fields", "urgency", first)], "Параметр")
    expect(labels).to_have_text(["Срочность", "Предоплата по договору", "Способ доставки"])
    page.keyboard.insert_text("вы")  # wherever the caret is
    shop.desk.do([Edit("custom_fields", "urgency", {"deleted": 1})], "Удалено")
    expect(labels).to_have_text(["Предоплата по договору", "Способ доставки"])
    page.keyboard.insert_text("воз")
    page.keyboard.press("Enter")
    expect(way).to_have_value("самовывоз")
    expect(page.locator(".saved")).to_contain_text("Сохранено")
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.endsWith('/way'))")
    assert shop.desk.store.rows("SELECT value FROM custom_values WHERE order_id = ?", (order_id,)) == [{"value": "самовывоз"}]


@pytest.mark.parametrize("label", ["Оплатить до", "Номер"])
def test_what_escape_gives_up_in_a_field_is_not_sent_again_on_leaving(shop: Shop, label: str) -> None:
    order_id = shop.order()
    screen = shop.open(order_id)
    field, head = screen.page.get_by_label(label, exact=True), screen.page.locator(".saved")
    before, alert = field.input_value(), screen.page.locator(".field [role=alert]")
    field.fill("31.02.2026" if label == "Оплатить до" else "А" * 3000)
    screen.keys("<Enter>")
    expect(alert).to_have_count(1)
    field.focus()
    shop.freeze()
    screen.keys("<Escape>")
    screen.page.get_by_label("Тема", exact=True).fill("Доски")
    screen.page.get_by_label("Тема", exact=True).press("Enter")
    shop.thaw()
    expect(head).to_contain_text("Сохранено")
    expect(field).to_have_value(before)
    expect(alert).to_have_count(0)
    close(screen.page)


@pytest.mark.parametrize("typed", [["31.02.2026", "05.03.2026"], ["05.03.2026"]])
def test_what_stands_there_already_is_not_written_again(shop: Shop, typed: list[str]) -> None:
    order_id = shop.order(pay_until="2026-03-05")
    screen = shop.open(order_id)
    page, field = screen.page, screen.page.get_by_label("Оплатить до", exact=True)
    written = shop.desk.store.log.last_seq()
    for text in typed:
        field.fill(text)
        page.wait_for_function(f"() => !({KEPT})()")  # the program has heard of it
    screen.keys("<Tab>")
    page.get_by_label("Тема", exact=True).fill("Доски")
    page.get_by_label("Тема", exact=True).press("Enter")
    expect(page.locator(".saved")).to_contain_text("Сохранено")
    expect(field).to_have_value("05.03.2026")
    expect(page.locator(".field [role=alert]")).to_have_count(0)
    assert shop.desk.store.log.last_seq() == written + 1
    close(page)
