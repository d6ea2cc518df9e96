"""The order form in a real browser: header, nine sections, fields that carry others along."""

from __future__ import annotations

import hashlib
import re
from threading import Event

from playwright.sync_api import FilePayload, Route, expect

from shared.change import Edit
from shared.entity import MICRO
from tests.browser.closing import close
from tests.browser.order_desk import NBSP, OrderScreen, Shop


def test_the_vat_mode_changes_every_line_in_one_act(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    screen.page.get_by_label("НДС", exact=True).select_option("on_top")
    expect(screen.total("К оплате")).to_have_text("73,20 ₽")
    expect(screen.total("НДС 22 % сверху")).to_have_text("13,20")
    assert {line["vat_mode"] for line in shop.lines(order_id)} == {"on_top"}
    screen.page.locator(".card-head h1").click()
    screen.page.keyboard.press("Control+z")
    expect(screen.total("К оплате")).to_have_text("60,00 ₽")
    assert {line["vat_mode"] for line in shop.lines(order_id)} == {"included"}


def test_the_dialog_adds_several_products_at_once(shop: Shop) -> None:
    order_id = shop.order()
    screen = shop.open(order_id)
    screen.page.get_by_role("button", name="Добавить товар или услугу").click()
    search = screen.page.get_by_label("Найти товар")
    search.fill("гвозд")
    expect(screen.page.locator(".pick-option")).to_have_count(1)
    screen.page.get_by_role("option", name="Гвозди").click()
    search.fill("доск")
    expect(screen.page.locator(".pick-option")).to_have_text(re.compile("Доска обрезная"))
    for key in ("ArrowDown", "Enter", "Tab"):
        screen.page.keyboard.press(key)
    rows = screen.page.locator(".pick-chosen tbody tr")
    expect(rows).to_have_count(2)
    quantity, discount = (screen.page.get_by_role("textbox", name=f"{what}: Гвозди") for what in ("Количество", "Скидка"))
    expect(quantity).to_be_focused()
    quantity.fill("много")
    quantity.press("Enter")
    expect(screen.page.locator(".pick-chosen")).to_contain_text("не похоже на число")
    expect(screen.page.get_by_role("button", name="Добавить в заказ")).to_be_disabled()
    quantity.fill("10")
    discount.fill("5%")
    discount.press("Enter")
    expect(screen.page.get_by_role("button", name="Добавить в заказ")).to_be_enabled()
    screen.page.get_by_role("button", name="Добавить в заказ").click()
    expect(screen.sum(1)).to_have_text("950,00")
    expect(screen.total("К оплате")).to_have_text("2 148,00 ₽")
    close(screen.page)


def test_a_product_is_picked_though_the_list_follows_the_letters_under_the_pointer(shop: Shop) -> None:
    screen = shop.open(shop.order())
    screen.page.get_by_role("button", name="Добавить товар или услугу").click()
    screen.page.get_by_role("option", name="Гвозди").hover()
    screen.page.mouse.down()
    screen.page.get_by_label("Найти товар").evaluate("input => { input.value = 'гвозд'; input.dispatchEvent(new Event('input')); }")
    expect(screen.page.locator(".pick-option")).to_have_count(1)
    screen.page.get_by_role("option", name="Гвозди").hover()
    screen.page.mouse.up()
    expect(screen.page.locator(".pick-chosen")).to_contain_text("Гвозди")
    close(screen.page)


def test_nine_sections_stand_in_their_order_and_keys_switch_them(lined: tuple[Shop, str, OrderScreen]) -> None:
    _, _, screen = lined
    names = [
        "Основное", "Документы и шаблоны", "Оплаты", "Статус", "Файлы", "Исполнители", "Отношения", "Затраты", "Дополнительные параметры",
    ]  # fmt: skip
    tabs = screen.page.get_by_role("tab")
    assert [tab.locator("span").first.inner_text() for tab in tabs.all()] == names
    expect(tabs.first).to_have_text("Основное3")
    for number, name in enumerate(names, 1):
        screen.page.keyboard.press(f"Control+{number}")
        expect(screen.page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
        expect(screen.page.get_by_role("tabpanel", name=name)).to_be_visible()


def test_a_payment_lowers_the_debt_in_the_header(lined: tuple[Shop, str, OrderScreen]) -> None:
    _, _, screen = lined
    facts = screen.page.locator(".card-head .facts")
    expect(facts).to_contain_text(f"Долг60,00{NBSP}₽")
    screen.page.get_by_role("tab", name="Оплаты").click()
    screen.page.get_by_role("tabpanel", name="Оплаты").get_by_role("button", name="Добавить").click()
    screen.page.get_by_label("Сумма", exact=True).fill("25,50")
    screen.page.get_by_label("Сумма", exact=True).press("Enter")
    expect(facts).to_contain_text(f"Долг34,50{NBSP}₽")
    expect(screen.page.get_by_role("tab", name="Оплаты")).to_have_text("Оплаты1")


def test_the_status_is_switched_in_the_header_and_its_history_is_kept(lined: tuple[Shop, str, OrderScreen]) -> None:
    _, _, screen = lined
    screen.page.get_by_title("Сменить статус").click()
    screen.page.get_by_role("menuitem", name="В работе").click()
    expect(screen.page.get_by_title("Сменить статус")).to_contain_text("В работе")
    screen.page.get_by_role("tab", name="Статус").click()
    panel = screen.page.get_by_role("tabpanel", name="Статус")
    expect(panel.get_by_role("radio", name="В работе")).to_have_attribute("aria-checked", "true")
    expect(panel.locator("tbody tr")).to_have_count(2)
    panel.get_by_role("radio", name="Новый").click()
    expect(panel.locator("tbody tr")).to_have_count(3)


def test_a_file_is_kept_by_its_content(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    screen.page.get_by_role("tab", name="Файлы").click()
    content = "Договор № 5".encode()
    with screen.page.expect_file_chooser() as chooser:
        screen.page.get_by_role("button", name="Добавить файлы").click()
    chooser.value.set_files({"name": "Договор.txt", "mimeType": "text/plain", "buffer": content})
    expect(screen.page.get_by_role("button", name="Договор.txt")).to_be_visible()
    digest = hashlib.sha256(content).hexdigest()
    assert (shop.program.folder / "files" / digest[:2] / digest).read_bytes() == content
    (row,) = shop.desk.store.rows("SELECT * FROM attachments WHERE order_id = ?", (order_id,))
    assert (row["name"], row["sha256"], row["size"], row["client_id"]) == ("Договор.txt", digest, len(content), "client")
    with screen.page.expect_download() as download:
        screen.page.get_by_role("button", name="Договор.txt").click()
    assert download.value.suggested_filename == "Договор.txt"


def test_of_several_files_the_first_one_that_has_come_does_not_break_off_the_others(lined: tuple[Shop, str, OrderScreen]) -> None:
    _, _, screen = lined
    page, came, names, free = screen.page, list[Route](), ["Один.txt", "Два.txt", "Три.txt"], Event()

    def hold(route: Route) -> None:
        came.append(route)
        if len(came) == 1 or free.is_set():
            route.continue_()

    page.route("**/upload/**", hold)
    page.get_by_role("tab", name="Файлы").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Добавить файлы").click()
    chooser.value.set_files([FilePayload(name=name, mimeType="text/plain", buffer=name.encode()) for name in names])
    expect(page.get_by_role("button", name=re.compile(r"\.txt$"))).to_have_count(1)
    free.set()
    for route in came[1:]:
        route.continue_()
    for name in names:
        expect(page.get_by_role("button", name=name)).to_be_visible()


def test_a_custom_field_keeps_its_value(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    screen.page.get_by_role("tab", name="Дополнительные параметры").click()
    field = screen.page.get_by_label("Предоплата по договору")
    field.fill("много")
    field.press("Enter")
    expect(screen.page.get_by_text("«много» не похоже на число")).to_be_visible()
    field.fill("1 500,5")
    field.press("Enter")
    expect(screen.page.get_by_role("tab", name="Дополнительные параметры")).to_have_text("Дополнительные параметры1")
    (row,) = shop.desk.store.rows("SELECT * FROM custom_values WHERE order_id = ?", (order_id,))
    assert (row["field_id"], row["value"]) == ("delivery", "1500.50")


def test_a_custom_field_gives_its_former_text_back_on_escape_though_a_pause_has_saved_a_half(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    screen.page.get_by_role("tab", name="Дополнительные параметры").click()
    field, count = screen.page.get_by_label("Способ доставки"), screen.page.get_by_role("tab", name="Дополнительные параметры")
    field.click()
    screen.keys("Самовывоз", "<Escape>")
    expect(field).to_have_value("")
    screen.keys("Самовывоз")
    expect(count).to_have_text("Дополнительные параметры1")
    field.press("Escape")
    expect(field).to_have_value("")
    expect(count).to_have_text("Дополнительные параметры")
    assert shop.desk.store.rows("SELECT value FROM custom_values WHERE order_id = ?", (order_id,)) == [{"value": ""}]


def test_a_new_order_is_made_by_the_rule_and_a_client_is_created_in_it(shop: Shop) -> None:
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/orders/new")
    screen = OrderScreen(page)
    expect(page).not_to_have_url(f"{shop.program.url}/orders/new")
    order_id = page.url.rpartition("/")[2]
    expect(page.get_by_label("Клиент", exact=True)).to_be_focused()
    page.keyboard.type("Новая фирма")
    page.get_by_role("option", name="Создать «Новая фирма»").click()
    expect(page.locator(".card-head a")).to_have_text("Новая фирма")
    expect(page.locator(".notice")).to_contain_text("Добавлено в «Клиенты»: Новая фирма")
    page.keyboard.press("Insert")
    expect(page.get_by_label("Товар или услуга, новая строка")).to_be_focused()
    order = shop.desk.store.row("orders", order_id)
    assert order is not None
    assert (order["organization_id"], order["status_id"], order["vat_mode"]) == ("firm", "new", "included")
    assert order["number"]
    close(screen.page)


def test_another_organization_takes_the_vat_out_of_the_lines(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    field = screen.page.get_by_label("Наша организация")
    field.click()
    field.fill("упрощ")
    screen.page.get_by_role("option", name="ИП Упрощёнка").click()
    expect(screen.page.locator(".lines-totals")).to_contain_text("Без НДС")
    expect(screen.page.get_by_label("НДС", exact=True)).to_have_value("none")
    assert {(line["vat_mode"], line["vat_percent"]) for line in shop.lines(order_id)} == {("none", None)}


def test_the_rest_of_the_debt_is_paid_in_one_step(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    screen.page.get_by_role("tab", name="Оплаты").click()
    screen.page.get_by_role("button", name="Внести остаток").click()
    expect(screen.page.locator(".card-head .facts")).to_contain_text("Долг—")
    (payment,) = shop.desk.store.rows("SELECT amount, method FROM payments WHERE order_id = ?", (order_id,))
    assert payment == {"amount": 6000, "method": "bank"}


def test_a_field_gives_its_former_text_back_on_escape(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    number = screen.page.get_by_label("Номер", exact=True)
    was = number.input_value()
    number.press("End")
    screen.keys("7", "<Escape>")
    expect(number).to_have_value(was)
    assert (shop.desk.store.row("orders", order_id) or {})["number"] == was


def test_ctrl_n_starts_another_order_of_the_same_client(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    screen.page.keyboard.press("Alt+n")
    expect(screen.page.locator(".card-head h1")).not_to_contain_text("Т-")
    expect(screen.page.locator(".card-head a")).to_have_text("ООО «Вектор»")
    expect(screen.page).not_to_have_url(re.compile(f"/orders/(new|{order_id})"))
    made = screen.page.url.rpartition("/")[2]
    assert (shop.desk.store.row("orders", made) or {})["client_id"] == "client"
    expect(screen.page.get_by_label("Товар или услуга, новая строка")).to_be_focused()


def test_a_date_is_replaced_by_typing_and_takes_the_rates_of_its_day(shop: Shop) -> None:
    order_id = shop.order({"price": 120 * MICRO, "product_id": "board"})
    screen = shop.open(order_id)
    field = screen.page.get_by_label("Дата отгрузки")
    for typed, rate in (("25.12.2025", "20"), ("12.01.2026", "22")):
        field.click()
        screen.keys(typed, "<Tab>")
        expect(screen.total(f"В том числе НДС {rate} %")).to_be_visible()
    expect(screen.page.locator(".notice")).to_contain_text("НДС в строках заказа изменился")
    close(screen.page)


def test_only_people_of_the_client_are_offered(lined: tuple[Shop, str, OrderScreen]) -> None:
    _, _, screen = lined
    screen.page.get_by_label("Контактное лицо").click()
    expect(screen.page.locator(".list [role=option]")).to_have_text(["Кузнецов Пётр"])
    screen.page.keyboard.press("Escape")
    screen.page.get_by_role("tab", name="Исполнители").click()
    screen.page.get_by_role("tabpanel", name="Исполнители").get_by_role("button", name="Добавить").click()
    expect(screen.page.get_by_label("Наш сотрудник")).to_be_focused()
    screen.page.get_by_label("Сотрудник клиента").click()
    expect(screen.page.locator(".list [role=option]")).to_have_text(["Кузнецов Пётр"])


def test_the_history_of_an_order_names_its_lines(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    shop.desk.do([Edit("order_lines", f"{order_id}-1", {"price": 77 * MICRO})], "Цена")
    shop.desk.do([Edit("payments", f"{order_id}-paid", {"order_id": order_id, "amount": 12_300})], "Оплата")
    screen.page.get_by_role("button", name="Ещё").click()
    screen.page.get_by_role("menuitem", name="История").click()
    told = screen.page.get_by_role("dialog").locator(".moment")
    expect(told.first).to_contain_text("Оплата")
    expect(told.first).to_contain_text("Сумма: 123,00")
    expect(told.nth(1)).to_contain_text("Строка заказа «Строка 1»: Цена: ")
    expect(told.nth(1).locator("del")).to_be_visible()
    expect(told.nth(1)).to_contain_text("77")
    expect(told.last).to_contain_text("Создание. Номер: Т-")


def test_clients_products_and_lines_have_their_custom_fields_too(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    for home, name in (("clients", "Код договора"), ("products", "Страна"), ("order_lines", "Цвет")):
        shop.desk.do([Edit("custom_fields", f"own-{home}", {"home": home, "name": name, "value_kind": "text"})], "Параметр")
    page = screen.page
    page.get_by_role("tab", name="Дополнительные параметры").click()
    row = page.get_by_role("button", name="Строка 1", exact=False)
    expect(row).to_have_css("border-width", "0px 0px 1px")
    row.click()
    page.get_by_role("dialog").get_by_label("Цвет").fill("Красный")
    page.get_by_role("dialog").get_by_role("button", name="Готово").click()
    expect(page.get_by_text("Цвет: Красный")).to_be_visible()
    for path, label in (("/clients/client", "Код договора"), ("/products/board", "Страна")):
        page.goto(f"{shop.program.url}{path}?section=custom_values")
        page.get_by_label(label).fill("Да")
        page.get_by_label(label).press("Enter")
        expect(page.get_by_role("tab", name="Дополнительные параметры").locator(".count")).to_have_text("1")
        expect(page.get_by_role("button", name="Настроить поля")).to_be_visible()
    sql = "SELECT client_id, product_id, line_id FROM custom_values WHERE field_id LIKE 'own-%' ORDER BY field_id"
    assert [tuple(row.values()) for row in shop.desk.store.rows(sql)] == [
        ("client", None, None), (None, None, f"{order_id}-1"), (None, "board", None),
    ]  # fmt: skip
