"""The administrator's pages fit a small screen, whatever people and laptops are called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from sync_server.people import add_user
from tests.sync_server.conftest import PASSWORD, Serving, clock, office, office_folder, serving

__all__ = ["clock", "office", "office_folder", "serving"]

LONG = "Константинопольский-Заболотный Александр Вячеславович"
UNBROKEN = "Борис" * 60
LAPTOP = "Ноутбук отдела продаж и снабжения второго этажа"
TOO_WIDE = """[...document.querySelectorAll("main *")].filter(each => each.getBoundingClientRect().right >
    Math.min(innerWidth, each.closest(".panel")?.getBoundingClientRect().right ?? innerWidth)).map(each => each.outerHTML)"""


@pytest.fixture
def administrator(serving: Serving, browser: Browser) -> Iterator[Page]:
    """Logged in, on a hub of people and laptops with long names."""
    for number in range(3):
        name = UNBROKEN if number == 2 else f"{LONG} {number}"
        add_user(serving.hub, serving.access, f"long{number}", name, "salesperson", PASSWORD)
        device = serving.enrol(f"long{number}", f"{LAPTOP} {number}")["device"]
        if number:
            serving.access.devices.revoke(serving.access.devices.get(device), wipe=number == 2)
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="ru-RU", bypass_csp=True
    )  # the checker of access is let in
    page = context.new_page()
    page.goto(serving.url)
    page.get_by_label("Имя для входа").fill("anna")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Войти").click()
    expect(page.get_by_role("heading", name="Пользователи")).to_be_visible()
    yield page
    context.close()


@pytest.mark.parametrize("path", ["/users", "/devices", "/codes", "/password"])
def test_nothing_is_wider_than_the_screen_or_than_its_panel(administrator: Page, serving: Serving, path: str) -> None:
    administrator.goto(serving.url + path)
    expect(administrator.get_by_role("heading", level=1)).to_be_visible()
    assert administrator.evaluate(TOO_WIDE) == []


@pytest.mark.parametrize("path", ["/users", "/devices", "/codes", "/password"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_has_no_fault_of_access(administrator: Page, serving: Serving, path: str, scheme: Literal["light", "dark"]) -> None:
    administrator.emulate_media(color_scheme=scheme)
    administrator.goto(f"{serving.url}/codes")
    administrator.get_by_role("button", name="Выдать код").click()  # so that the list of codes is not empty
    expect(administrator.locator("svg.qr")).to_be_visible()
    administrator.goto(serving.url + path)
    faults = Axe().run(administrator).response["violations"]
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in faults] == []


def test_a_long_name_of_a_laptop_can_be_read_whole(administrator: Page, serving: Serving) -> None:
    administrator.goto(f"{serving.url}/devices")
    expect(administrator.get_by_title(f"{LAPTOP} 0")).to_be_visible()


def test_a_session_of_a_long_name_can_be_left(administrator: Page, serving: Serving) -> None:
    administrator.get_by_role("button", name="Выйти").click()
    administrator.get_by_label("Имя для входа").fill("long2")
    administrator.get_by_label("Пароль").fill("неверный пароль")
    administrator.get_by_role("button", name="Войти").click()
    expect(administrator.get_by_label("Пароль")).to_be_focused()
    administrator.keyboard.type(PASSWORD)
    administrator.keyboard.press("Enter")
    expect(administrator.get_by_role("heading", name="Мой пароль")).to_be_visible()
    assert administrator.evaluate("document.documentElement.scrollWidth <= innerWidth")
    administrator.get_by_role("button", name="Выйти").click()
    expect(administrator.get_by_role("heading", name="Вход на сервер")).to_be_visible()


def test_revoking_is_asked_about(administrator: Page, serving: Serving) -> None:
    administrator.goto(f"{serving.url}/devices")
    administrator.get_by_role("link", name="Отозвать доступ").click()
    expect(administrator.get_by_role("heading", name=f"Отозвать доступ: {LAPTOP} 0")).to_be_visible()
    faults = Axe().run(administrator).response["violations"]
    assert ([fault["id"] for fault in faults], administrator.evaluate(TOO_WIDE)) == ([], [])
    administrator.get_by_role("button", name="Отозвать доступ").click()
    expect(administrator.get_by_role("status")).to_contain_text("Доступ устройства отозван")


def test_locking_oneself_out_is_asked_about(administrator: Page, serving: Serving) -> None:
    add_user(serving.hub, serving.access, "second", "Второй", "administrator", PASSWORD)
    administrator.locator("tr", has=administrator.get_by_role("cell", name="anna", exact=True)).get_by_text("Закрыть доступ").click()
    expect(administrator.get_by_role("heading", name="Закрыть свой доступ")).to_be_visible()
    faults = Axe().run(administrator).response["violations"]
    assert ([fault["id"] for fault in faults], administrator.evaluate(TOO_WIDE)) == ([], [])
    administrator.get_by_role("link", name="Ничего не менять").click()
    expect(administrator.get_by_role("heading", name="Пользователи")).to_be_visible()
    assert not serving.access.users.get("anna").closed


def test_a_new_code_and_its_picture_need_no_scrolling(administrator: Page, serving: Serving) -> None:
    administrator.goto(f"{serving.url}/codes")
    administrator.get_by_label("Кому").select_option(label=f"{LONG} 0 (long0)")
    administrator.get_by_role("button", name="Выдать код").click()
    expect(administrator.locator("svg.qr")).to_be_in_viewport(ratio=1)
    assert administrator.evaluate(TOO_WIDE) == []
