"""Everybody can use the screens: contrast, names and roles, as axe-core checks them, in both themes; and by keys alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Opening, Program
from tests.browser.sample import row_id

CLIENT = f"/clients/{row_id('clients', 'ИП Ёлкин')}"
SCREENS = ("/", "/clients", CLIENT, "/orders", "/calendar", "/reports/sales_by_month", "/directory", "/sync", "/settings", "/help")


@pytest.fixture(scope="module", params=["light", "dark"])
def bare(browser: Browser, program: Program, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab that lets the checker in, which our own policy would not."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="ru-RU", color_scheme=request.param, reduced_motion="reduce", bypass_csp=True
    )  # without motion: a colour that is half way to another one has no contrast to speak of
    page = context.new_page()
    page.goto(program.entrance(f"checker {request.param}".encode().hex()))
    page.wait_for_url(program.url + "/")
    yield page
    context.close()


@pytest.mark.parametrize("path", SCREENS)
def test_a_screen_has_no_fault_of_access(bare: Page, program: Program, path: str) -> None:
    bare.goto(program.url + path)
    expect(bare.locator(".nicegui-sub-pages > *").first).to_be_visible()
    if path in ("/clients", "/orders"):
        expect(bare.locator(".ag-row").first).to_be_visible()
    faults = Axe().run(bare).response["violations"]
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in faults] == []


def faults_of(page: Page, within: str = "html") -> list[tuple[str, list[str]]]:
    return [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in Axe().run(page, context=within).response["violations"]]


def test_what_opens_over_a_register_has_no_fault_of_access(bare: Page, program: Program) -> None:
    bare.goto(program.url + "/orders")
    expect(bare.locator(".ag-row").first).to_be_visible()
    bare.get_by_role("button", name="Период").click()
    expect(bare.get_by_role("menuitem", name="Этот месяц")).to_be_visible()
    assert faults_of(bare, "[role=menu]") == []
    bare.get_by_role("menuitem", name="Выбрать даты…").click()
    expect(bare.get_by_role("dialog")).to_be_visible()
    assert faults_of(bare, "[role=dialog]") == []
    bare.keyboard.press("Escape")
    expect(bare.get_by_role("dialog")).to_have_count(0)
    bare.get_by_role("button", name="Клиент", exact=True).click()
    bare.get_by_role("group", name="Клиент").get_by_role("combobox").fill("в")
    expect(bare.get_by_role("option").first).to_be_visible()
    assert faults_of(bare, ".q-menu") == []
    bare.keyboard.press("Escape")
    bare.keyboard.press("Escape")
    expect(bare.locator(".q-menu")).to_have_count(0)  # the list first, then the menu
    bare.get_by_label("Поиск везде").fill("вектор")
    expect(bare.get_by_role("option").first).to_be_visible()
    assert faults_of(bare, ".seek") == []


def test_a_warning_under_a_field_can_be_read(bare: Page, program: Program) -> None:
    bare.goto(program.url + CLIENT)
    bare.get_by_label("ОГРН", exact=True).fill("1027700132196")
    bare.keyboard.press("Enter")
    expect(bare.locator(".field.warned .under")).to_contain_text("не сходится контрольная цифра")
    assert faults_of(bare, ".field.warned") == []
    bare.get_by_label("ОГРН", exact=True).fill("")
    bare.keyboard.press("Enter")
    expect(bare.locator(".field.warned")).to_have_count(0)


@pytest.mark.parametrize("path", [f"{CLIENT}?section=contacts", "/directory/nothing", "/reports/nothing", "/reports/debts"])
def test_a_list_within_a_card_and_an_address_of_nothing_have_no_fault_of_access(bare: Page, program: Program, path: str) -> None:
    bare.goto(program.url + path)
    expect(bare.locator(".nicegui-sub-pages > *").first).to_be_visible()
    assert faults_of(bare) == []


@pytest.mark.parametrize("side", ["Документ", "Шаблон", "Теги"])
def test_the_window_of_a_draft_has_no_fault_of_access(bare: Page, program: Program, side: str) -> None:
    bare.goto(f"{program.url}/orders/{row_id('orders', '7')}")
    bare.get_by_role("button", name="Счёт на оплату (Ctrl+P)").click()
    expect(bare.frame_locator("iframe").get_by_role("heading")).to_be_visible()
    tab = bare.get_by_role("dialog").get_by_role("tab", name=side, exact=True)
    tab.click()
    expect(tab).to_have_attribute("aria-selected", "true")
    faults = Axe().run(bare, context="[role=dialog]").response["violations"]
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in faults] == []


def test_an_order_is_found_and_opened_and_left_by_keys_alone(opened: Opening, program: Program) -> None:
    page = opened(program)
    page.keyboard.press("Alt+2")
    expect(page.locator(".ag-row").first).to_be_visible()
    page.keyboard.press("Control+f")
    page.keyboard.insert_text("вектор")
    expect(page.locator(".totals")).to_contain_text("1 клиент")
    page.keyboard.press("Enter")
    expect(page.locator(".ag-cell-focus")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/clients/.+"))
    expect(page.get_by_label("Название", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Найти в реестре")).to_have_value("вектор")
    expect(page.locator(".totals")).to_contain_text("1 клиент")
