"""On a usual screen words stand whole where they are looked for most."""

from __future__ import annotations

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
