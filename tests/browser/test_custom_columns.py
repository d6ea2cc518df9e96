"""Custom fields in a register: chosen, sorted, asked for, exported; they come, are renamed and go while it stands open."""

from __future__ import annotations

import re
from io import BytesIO

from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from shared.change import Edit
from shared.entity import Value
from shared.rules.custom import value_id
from tests.browser.closing import close
from tests.browser.order_desk import Shop

CONDITIONS = "Условия по дополнительным параметрам"


def opened(shop: Shop, path: str = "/orders") -> Page:
    page = shop.context.new_page()
    page.goto(shop.program.url + path)
    page.wait_for_selector(".ag-row")
    return page


def defined(shop: Shop, key: str, **patch: Value) -> str:
    """A colleague's custom field of orders; answers the name of its column."""
    shop.from_another_laptop("custom_fields", key, {"home": "orders", **patch}, knowing=True)
    return f"custom_{key}"


def kept(shop: Shop, key: str, order: str, text: str) -> None:
    shop.desk.do([Edit("custom_values", value_id(key, order), {"order_id": order, "field_id": key, "value": text})], "Параметр")


def box(page: Page, label: str) -> Locator:
    return page.get_by_role("group", name="Столбцы").get_by_label(label, exact=True)


def choose(page: Page, *labels: str) -> None:
    page.get_by_label("Столбцы").click()
    for label in labels:
        box(page, label).check()
    page.keyboard.press("Escape")


def cells(page: Page, column: str) -> list[str]:
    return page.locator(f".ag-center-cols-container .ag-row [col-id='{column}']").all_inner_texts()


def test_a_field_of_a_colleague_is_chosen_sorted_asked_for_and_exported(shop: Shop) -> None:
    orders = [shop.order(subject=f"Параметры {number}") for number in range(3)]
    page = opened(shop)
    way = defined(shop, "by", name="Доставка", value_kind="choice", options="Самовывоз\nКурьер")
    money = defined(shop, "money", name="Бюджет", value_kind="money")
    for order, text in zip(orders, ("200.00", "1234.50"), strict=False):
        kept(shop, "money", order, text)
    kept(shop, "by", orders[0], "Курьер")
    choose(page, "Доставка", "Бюджет")
    expect(page.locator(f".ag-row [col-id='{money}']", has_text="1 234,50 ₽")).to_be_visible()
    expect(page.locator(f".ag-row [col-id='{money}']", has_text="1 234,50 ₽")).to_have_css("text-align", "right")
    heading = page.locator(f".ag-header-cell[col-id='{money}']")
    heading.click()
    heading.click()
    expect(page.locator(f".ag-row[row-index='0'] [col-id='{money}']")).to_contain_text("1 234,50")
    expect(page.locator(f".ag-row[row-index='1'] [col-id='{money}']")).to_contain_text("200,00")
    page.get_by_role("button", name=CONDITIONS).click()
    page.get_by_role("group", name="Доставка").get_by_role("menuitem", name="Курьер").click()
    expect(page.locator(".chip")).to_contain_text("Доставка: Курьер")
    expect(page.locator(".totals")).to_contain_text("1 заказ")
    assert cells(page, way) == ["Курьер"]
    with page.expect_download() as download:
        page.get_by_label("Выгрузить в Excel").click()
    book = load_workbook(BytesIO(download.value.path().read_bytes()), read_only=True)
    assert book.active is not None
    heads, row = list(book.active.iter_rows(values_only=True))
    assert dict(zip(heads, row, strict=False)).items() >= {"Доставка": "Курьер", "Бюджет": 200}.items()
    book.close()
    page.get_by_label("Убрать фильтр Доставка").click()
    expect(page.locator(".totals")).not_to_contain_text("1 заказ")
    close(page)


def test_a_new_name_and_a_deletion_are_followed_and_a_view_that_asks_for_what_is_gone_opens(shop: Shop) -> None:
    order = shop.order(subject="Переименование")
    key, other = (defined(shop, each, name=name, value_kind="flag") for each, name in (("hurry", "Срочно"), ("far", "Далеко")))
    kept(shop, "hurry", order, "да")
    page = opened(shop, f"/orders?{key}=да&{other}=none")
    choose(page, "Срочно")
    page.get_by_label("Сохранить условия как вид").click()
    page.get_by_label("Название вида").fill("Срочные")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="Срочные")).to_be_visible()
    defined(shop, "hurry", name="Горит")
    expect(page.locator(f".ag-header-cell[col-id='{key}']")).to_contain_text("Горит")
    expect(page.locator(".chip", has_text="Горит: да")).to_be_visible()
    expect(page.locator(".totals")).to_contain_text("1 заказ")
    shop.from_another_laptop("custom_fields", "hurry", {"deleted": 1}, knowing=True)
    expect(page.locator(f".ag-header-cell[col-id='{key}']")).to_have_count(0)
    expect(page.locator(".chip")).to_have_count(1)
    page.get_by_role("tab", name="Все заказы").click()
    page.get_by_role("tab", name="Срочные").click()
    expect(page.locator(".chip")).to_contain_text("Далеко: нет")
    expect(page.locator(".ag-row").first).to_be_visible()
    page.reload()  # the columns are kept with the one that is gone
    expect(page.locator(".ag-row").first).to_be_visible()
    expect(page.locator(".ag-header-cell[col-id='number']")).to_be_visible()
    close(page)


def test_a_field_that_comes_later_waits_among_the_columns_to_be_chosen(shop: Shop) -> None:
    shop.order(subject="Позже")
    page = opened(shop)
    choose(page, "Примечание")  # from now on the columns are remembered
    expect(page.locator(".ag-header-cell[col-id='note']")).to_be_visible()
    close(page)
    late = defined(shop, "late", name="Позднее поле")
    page = opened(shop)
    expect(page.locator(".ag-header-cell[col-id='note']")).to_have_count(1)
    expect(page.locator(f".ag-header-cell[col-id='{late}']")).to_have_count(0)
    page.get_by_label("Столбцы").click()
    expect(box(page, "Позднее поле")).not_to_be_checked()
    expect(page).to_have_url(re.compile("/orders$"))
    close(page)


def test_the_history_of_a_client_tells_what_its_own_fields_held(shop: Shop) -> None:
    shop.from_another_laptop("custom_fields", "channel", {"home": "clients", "name": "Канал продаж"}, knowing=True)
    for text in ("Сайт", "Выставка"):
        held: dict[str, Value] = {"client_id": "client", "field_id": "channel", "value": text}
        shop.desk.do([Edit("custom_values", value_id("channel", "client"), held)], "Параметр")
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/clients/client?section=history")
    newest = page.locator(".moment").first
    expect(newest).to_contain_text("Канал продаж: Сайт → Выставка")
    close(page)


def test_a_definition_says_what_becomes_of_its_values_and_forms_count_and_tell_what_they_show(shop: Shop) -> None:
    order = shop.order({"price": 10_000_000})
    for home, key, name, kind in (("orders", "contract", "Договор", "text"), ("order_lines", "signed", "Дата замера", "date")):
        shop.from_another_laptop("custom_fields", key, {"home": home, "name": name, "value_kind": kind}, knowing=True)
    kept(shop, "contract", order, "Д-15")
    measured: dict[str, Value] = {"line_id": f"{order}-1", "field_id": "signed", "value": "2026-11-30"}
    shop.desk.do([Edit("custom_values", value_id("signed", f"{order}-1"), measured)], "Параметр")
    form, page = shop.open(order).page, shop.context.new_page()
    form.get_by_role("tab", name="Дополнительные параметры").click()
    expect(form.get_by_role("tab", name="Дополнительные параметры 1")).to_be_visible()
    expect(form.locator(".row-line", has_text="Дата замера: 30.11.2026")).to_be_visible()
    page.goto(f"{shop.program.url}/directory/custom_fields/contract")
    page.get_by_label("Тип").select_option("money")
    expect(page.get_by_text("Заполнено и то, что к этому типу не подходит: «Д-15»")).to_be_visible()
    page.get_by_label("Название").fill("Способ доставки")
    expect(page.get_by_text("Поле с таким названием у заказов уже есть")).to_be_visible()
    page.get_by_label("Где показывать").select_option("clients")
    expect(page.get_by_text("Не видно прежних значений: 1")).to_be_visible()
    form.reload()
    expect(form.get_by_role("tab", name="Дополнительные параметры")).to_have_text("Дополнительные параметры")
    close(page)
    close(form)


def test_a_condition_on_a_field_that_has_another_type_now_stays_in_sight(shop: Shop) -> None:
    order = shop.order(subject="Тип")
    column = defined(shop, "turned", name="Упаковка", value_kind="choice", options="Ящик")
    kept(shop, "turned", order, "Ящик")
    page = opened(shop, f"/orders?{column}=Ящик")
    expect(page.locator(".chip")).to_contain_text("Упаковка: Ящик")
    defined(shop, "turned", value_kind="text", name="Упаковка груза")
    expect(page.locator(".chip")).to_contain_text("Упаковка груза: Ящик")
    expect(page.locator(".totals")).to_contain_text("1 заказ")
    page.get_by_label("Убрать фильтр Упаковка груза").click()
    expect(page.locator(".totals")).not_to_contain_text("1 заказ")
    close(page)


def test_fields_are_defined_for_what_one_comes_from_and_namesakes_of_another_laptop_are_told(shop: Shop) -> None:
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/clients/client?section=custom_values")
    configure = page.get_by_role("button", name="Настроить поля").locator("visible=true")
    configure.click()
    expect(page.get_by_role("tab", name="Клиент", selected=True)).to_be_visible()
    page.get_by_role("button", name="Добавить").first.click()
    expect(page.get_by_label("Где показывать")).to_have_value("clients")
    name = page.get_by_label("Название")
    name.fill("Скидочная карта")
    name.press("Enter")
    expect(page.locator(".card-head h1")).to_have_text("Скидочная карта")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".ag-row", has_text="Скидочная карта")).to_be_visible()
    told = page.locator(".twin-bar")
    expect(told).to_have_count(0)
    shop.from_another_laptop("custom_fields", "card", {"home": "clients", "name": "скидочная карта"})
    expect(told).to_contain_text("Одно название у клиентов: «Скидочная карта», «скидочная карта»")
    shop.from_another_laptop("custom_fields", "card", {"home": "orders"}, knowing=True)
    expect(told).to_have_count(0)
    close(page)
