"""On a usual screen words stand whole where they are looked for most."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from shared.change import Edit
from tests.browser.closing import close
from tests.browser.order_desk import Shop

CUT = "parts => parts.filter(part => part.scrollWidth > part.clientWidth).map(part => part.textContent)"

ON_TOP = "part => { const { x, y } = part.getBoundingClientRect(); return part.contains(document.elementFromPoint(x + 9, y + 9)) }"


def cut(parts: Locator) -> list[str]:
    found: list[str] = parts.evaluate_all(CUT)
    return found


def test_the_search_everywhere_tells_date_client_and_sum_of_an_order(shop: Shop) -> None:
    shop.desk.do([Edit("clients", "long", {"name": "АО «Новосибирский инструмент»"})], "Клиент")
    order_id = shop.order({"price": 9_999_999_990_000}, client_id="long", number="Поиск-77")
    page = shop.open(order_id).page
    page.keyboard.press("Control+k")
    page.keyboard.insert_text("Поиск-77")
    expect(page.locator(".seek .option").first).to_contain_text("Новосибирский")
    assert cut(page.locator(".seek .option span")) == []
    close(page)


def test_roles_and_headings_of_the_employees_are_whole(shop: Shop) -> None:
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/directory/employees")
    expect(page.locator(".ag-cell[col-id='role']").first).to_have_text("Менеджер по продажам")
    assert cut(page.locator(".ag-cell[col-id='role'], .ag-header-cell-text")) == []
    close(page)


def test_a_full_name_and_an_address_have_half_of_a_card(shop: Shop) -> None:
    page = shop.context.new_page()
    for path in ("directory/organizations/firm", "clients/client"):
        page.goto(f"{shop.program.url}/{path}")
        for label in ("Полное название", "Юридический адрес", "Почтовый адрес"):
            field = page.get_by_label(label, exact=True)
            field.fill("142600, Московская обл., г. Орехово-Зуево, ул. Ленина, д. 5, офис 12")
            assert cut(field) == [], (path, label)
    close(page)


def test_what_a_condition_of_a_register_offers_lies_over_its_menu(shop: Shop) -> None:
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/orders")
    page.get_by_role("button", name="Ответственный").click()
    expect(page.get_by_role("combobox", name="Найти")).to_be_focused()
    page.keyboard.type("Иванова")
    option = page.get_by_role("option", name="Иванова Анна Сергеевна")
    expect(option).to_be_visible()
    page.wait_for_function(ON_TOP, arg=option.element_handle())
    close(page)


def test_headings_of_the_vat_rates_and_names_of_people_are_whole(shop: Shop) -> None:
    shop.desk.do([Edit("organizations", "exempt", {"director": "Александрова Екатерина Константиновна"})], "Руководитель")
    page = shop.context.new_page()
    for name, column in (("vat_rates", "valid_to"), ("vat_regimes", "since"), ("organizations", "director"), ("employees", "name")):
        page.goto(f"{shop.program.url}/directory/{name}")
        expect(page.locator(f".ag-cell[col-id='{column}']").first).to_be_visible()
        assert cut(page.locator(f".ag-cell[col-id='{column}'], .ag-header-cell-text")) == [], name
    close(page)


def test_beside_a_long_client_the_one_responsible_is_told_whole(shop: Shop) -> None:
    name = "Общество с ограниченной ответственностью «Торгово-промышленная компания Вектор»"
    shop.desk.do([Edit("clients", "longest", {"name": name})], "Клиент")
    page = shop.open(shop.order({"price": 9_999_999_990_000}, client_id="longest")).page
    manager = page.locator(".order-manager")
    expect(manager).to_have_text("Иванова\N{NO-BREAK SPACE}А.\N{NO-BREAK SPACE}С.")
    assert cut(manager) == []
    close(page)


def test_long_names_among_the_conditions_take_no_line_of_their_own(shop: Shop) -> None:
    shop.desk.do(
        [Edit("clients", "longer", {"name": "Общество с ограниченной ответственностью «Торгово-промышленная компания»"})], "Клиент"
    )
    shop.order(client_id="longer")
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/orders?client_id=longer&manager_id=anna&from=2026-11-01&to=2026-11-30")
    expect(page.locator(".chip")).to_have_count(2)
    expect(page.locator(".chip > span").first).to_have_attribute("title", re.compile("Торгово-промышленная компания"))
    tools = page.locator(".register > .toolbar").first.bounding_box()
    assert tools
    assert tools["height"] < 80  # two lines
    close(page)


def test_what_is_selected_is_told_under_a_notice_and_what_nothing_found_lies_over_can_be_clicked(shop: Shop) -> None:
    shop.desk.do([Edit("clients", each, {"name": f"Выбор {each}"}) for each in ("one", "two")], "Клиенты")
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/clients?q=Выбор")
    expect(page.locator(".ag-row")).to_have_count(2)
    page.locator(".ag-row[row-index='0']").click()
    page.locator(".ag-row[row-index='1']").click(modifiers=["Shift"])
    page.locator(".selection").get_by_role("button", name="Изменить").click()
    responsible = page.get_by_role("dialog").get_by_role("combobox", name="Ответственный")
    responsible.fill("Ыыы")
    nothing = page.get_by_text("Ничего не найдено")
    expect(nothing).to_be_visible()
    assert not nothing.evaluate(ON_TOP)
    responsible.fill("Смирнов")
    page.get_by_role("option", name="Смирнов Олег").click()
    page.get_by_role("dialog").get_by_role("button", name="Изменить").click()
    expect(page.locator(".notice")).to_contain_text("Изменено: 2 клиента")
    expect(page.get_by_role("dialog")).to_have_count(0)
    for told in ("Выбрано: 2 клиента", "2 клиента"):
        assert page.locator(".register").get_by_text(told, exact=True).evaluate(ON_TOP), told
    close(page)


def test_rows_of_an_order_are_as_close_as_a_register_and_long_texts_have_room(shop: Shop) -> None:
    order = shop.order()
    purpose = "Оплата по счёту № 1 от 01.11.2026 за пиломатериалы, в том числе НДС 22 % — 2226,24"
    shop.desk.do([Edit("payments", "paid", {"order_id": order, "date": "2026-11-03", "amount": 10_000, "purpose": purpose})], "Оплата")
    summary = "Клиент просит ускорить отгрузку; склад подтверждает наличие всех позиций, кроме доски обрезной. Ответить до пятницы."
    talk = {"order_id": order, "moment": "2026-11-02T11:30", "contact_id": "boss", "employee_id": "anna", "summary": summary}
    shop.desk.do([Edit("interactions", "talk", {**talk})], "Отношение")
    page = shop.open(order).page
    page.get_by_role("tab", name="Оплаты").click()
    row = page.locator("tr.link:visible")
    box = row.bounding_box()
    assert box
    assert box["height"] <= 33  # one line
    row.click()
    field = page.get_by_role("dialog").get_by_label("Назначение платежа")
    expect(field).to_have_value(purpose)
    assert cut(field) == []
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Отношения").click()
    when = page.get_by_role("cell", name="02.11.2026 11:30")
    expect(when).to_have_css("white-space", "nowrap")
    box = row.bounding_box()
    assert box
    assert box["height"] <= 53  # two lines
    close(page)


def test_a_long_name_is_told_whole_under_the_mouse(shop: Shop) -> None:
    name = "Согласованный со службой безопасности порядок передачи груза на складе покупателя в выходные дни, по пропускам и с охраной"
    shop.desk.do([Edit("statuses", "longest", {"name": name})], "Статус")
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/directory/statuses/longest")
    for part in (page.locator(".crumbs .cut"), page.locator(".card-head h1")):
        expect(part).to_have_text(name)
        part.hover()
        expect(part).to_have_attribute("title", name)
    page.get_by_label("Название", exact=True).fill("Согласован")
    page.get_by_label("Название", exact=True).press("Enter")
    expect(page.locator(".card-head h1")).to_have_text("Согласован")
    page.locator(".card-head h1").hover(position={"x": 2, "y": 2})
    expect(page.locator(".card-head h1")).not_to_have_attribute("title", name)
    shop.desk.do([Edit("statuses", "longest", {"deleted": 1})], "Удалён")
    close(page)


def test_the_longest_module_keeps_its_distance_in_its_mark(shop: Shop) -> None:
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/orders")
    left = "here => here.getBoundingClientRect().right - Math.max(...[...document.querySelectorAll('.nav .entry .words')].map(words => {"
    left += " const range = document.createRange(); range.selectNodeContents(words); return range.getBoundingClientRect().right }))"
    assert page.locator(".nav .entry.here").evaluate(left) >= 6
    close(page)


def test_a_very_long_custom_field_leaves_the_list_of_columns_narrow(shop: Shop) -> None:
    name = "Согласованный со службой безопасности порядок передачи груза на складе покупателя в выходные дни"
    shop.desk.do([Edit("custom_fields", "longest", {"home": "orders", "name": name, "value_kind": "flag"})], "Параметр")
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/orders")
    page.get_by_label("Столбцы").click()
    box = page.get_by_role("group", name="Столбцы").bounding_box()
    assert box
    assert box["width"] <= 360
    shop.desk.do([Edit("custom_fields", "longest", {"deleted": 1})], "Удалён")
    close(page)
