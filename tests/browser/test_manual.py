"""The manual inside the program: F1 opens it at the chapter of the screen, Esc leads back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Opening, Program
from tests.browser.sample import row_id


def chapter(page: Page, title: str) -> None:
    """The heading stands in sight and has the focus; the address, written after it, is the manual's."""
    heading = page.locator(".manual-text").get_by_role("heading", name=title, exact=True)
    expect(heading).to_be_in_viewport()
    expect(heading).to_be_focused()
    expect(page).to_have_url(re.compile("/help"))


def test_f1_opens_the_manual_at_the_chapter_of_the_screen_and_escape_leads_back(opened: Opening, program: Program) -> None:
    order = f"/orders/{row_id('orders', '123')}?section=payments"
    page = opened(program, order)
    expect(page.get_by_role("tab", name="Оплаты")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("F1")
    chapter(page, "Статус, оплаты и остальные разделы")
    page.keyboard.press("Escape")
    expect(page).to_have_url(program.url + order)
    page.keyboard.press("Alt+7")
    expect(page).to_have_url(program.url + "/directory")
    page.keyboard.press("F1")
    chapter(page, "Товары и справочники")
    page.reload()
    chapter(page, "Товары и справочники")
    page.get_by_role("link", name="Назад").click()
    expect(page).to_have_url(program.url + "/directory")


def test_f1_over_the_trash_tells_about_the_trash(opened: Opening, program: Program) -> None:
    page = opened(program, "/clients?deleted=1")
    expect(page.locator(".totals")).to_contain_text("клиент")
    page.keyboard.press("F1")
    chapter(page, "Отмена и корзина")
    page.keyboard.press("Escape")
    expect(page).to_have_url(program.url + "/clients?deleted=1")


def test_the_chapters_of_the_manual_lead_to_each_other_and_its_pictures_are_there(opened: Opening, program: Program) -> None:
    page = opened(program, "/help")
    chapter(page, "Начало")
    page.get_by_role("link", name="Отмена и корзина").click()
    chapter(page, "Отмена и корзина")
    expect(page).to_have_url(re.compile("chapter="))
    before = page.url
    page.locator(".manual-text").get_by_role("link", name="ниже").click()
    chapter(page, "Документы")
    expect(page).not_to_have_url(before)  # the address is written after the chapter is shown
    page.wait_for_function("[...document.querySelectorAll('.manual-text img')].every(picture => picture.naturalWidth > 0)")
    chapter(page, "Документы")
    assert page.locator(".manual-text a[href$='.md'], .manual-text a[href^='#']").count() == 0
    page.go_back()
    chapter(page, "Отмена и корзина")


def test_the_settings_and_the_list_of_keys_lead_to_the_manual(opened: Opening, program: Program) -> None:
    page = opened(program, "/settings")
    page.get_by_role("link", name="Руководство").click()
    chapter(page, "Настройки и резервные копии")
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_role("link", name="Руководство").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    chapter(page, "Начало")
    page.keyboard.press("Escape")
    expect(page).to_have_url(program.url + "/settings")
    page.goto(program.url + "/calendar")
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_role("link", name="Руководство").click()
    chapter(page, "Календарь")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_an_address_that_leads_back_to_another_machine_leads_home(opened: Opening, program: Program) -> None:
    for foreign in ("//example.org", "https://example.org", "javascript:alert(1)", "/help"):
        page = opened(program, f"/help?from={foreign}")
        expect(page.get_by_role("link", name="Назад")).to_have_attribute("href", "/")
        expect(page).to_have_url(re.compile("/help"))
