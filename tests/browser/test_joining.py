"""A laptop is connected to a hub by its user: by one hurried click too many, by what a phone has read, and to a hub that has moved."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Opening, Program
from tests.browser.test_sync import Office, alone, join, office, out_of_reach

__all__ = ["alone", "office"]


def test_a_double_click_spends_the_code_once(opened: Opening, alone: Program, office: Office) -> None:
    page = opened(alone, "/sync")
    page.get_by_label("Адрес сервера").fill(f"{office.url} {office.code('maria')}")
    page.get_by_role("button", name="Подключить").dblclick()
    expect(page.locator(".top .me")).to_contain_text("Мария Иванова")
    assert len(office.access.devices.all()) == 2


def test_a_click_without_a_code_says_what_is_missing(opened: Opening, alone: Program, office: Office) -> None:
    page = opened(alone, "/sync")
    page.get_by_label("Адрес сервера").fill(office.url)
    page.get_by_role("button", name="Подключить").click()
    expect(page.get_by_role("alert")).to_contain_text("Введите одноразовый код")


def test_a_laptop_follows_a_hub_that_has_moved(opened: Opening, alone: Program, office: Office) -> None:
    page = opened(alone, "/sync")
    join(page, office, "maria")
    out_of_reach(alone)
    page.reload()
    expect(page.get_by_text("Сервер: ", exact=False)).to_contain_text("http://127.0.0.1:9")
    expect(page.get_by_label("Адрес сервера")).to_be_hidden()
    page.get_by_role("button", name="Другой адрес или код").click()
    expect(page.get_by_label("Адрес сервера")).to_have_value("http://127.0.0.1:9")
    join(page, office, "maria")
    expect(page.get_by_text(f"Сервер: {office.url}")).to_be_visible()
