"""A register that was left and comes back: its filters, its place, and what has changed meanwhile."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Opening, Program
from tests.browser.test_registers import first
from tests.support.laptops import answered


def test_escape_leads_back_to_the_list_as_it_was(opened: Opening, program: Program) -> None:
    page = opened(program, "/orders")
    page.get_by_role("tab", name=re.compile("Завершён")).click()
    page.get_by_label("Найти в реестре").fill("РОМАШК")
    expect(page.locator(".totals")).to_contain_text("20 заказов")
    expect(first(page, "client_id")).to_have_text("ООО «Ромашка»")  # the sums may come before the rows
    first(page, "number").dblclick()
    expect(page.get_by_role("tab", name="Оплаты")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Найти в реестре")).to_have_value("РОМАШК")
    expect(page.locator(".totals")).to_contain_text("20 заказов")
    page.get_by_role("link", name="Заказы и документы").click()
    expect(page.locator(".totals")).to_contain_text("240 заказов")


def test_escape_leads_back_to_the_row_that_was_opened(opened: Opening, program: Program) -> None:
    """A register comes back with its place, its selection and its focus, and with what has changed meanwhile."""
    page = opened(program, "/orders")
    page.wait_for_function("document.querySelector('.ag-body-viewport')?.scrollHeight > 32 * 200")
    page.locator(".ag-body-viewport").evaluate("viewport => viewport.scrollTo(0, 32 * 120)")
    row = page.locator(".ag-row[row-index='122']")
    expect(row.locator("[col-id='number']")).to_contain_text("З-")
    number = row.locator("[col-id='number']").inner_text()
    row.click()
    page.keyboard.press("Enter")
    expect(page.locator(".crumbs")).to_contain_text(number)
    answered("desk", "--data", str(program.folder), "set", "orders", number, "subject=Пока её не было")
    page.keyboard.press("Escape")
    expect(row).to_be_in_viewport()
    expect(row.locator("[col-id='subject']")).to_have_text("Пока её не было")
    expect(row).to_have_class(re.compile("ag-row-selected"))
    expect(row.locator(".ag-cell-focus")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".crumbs")).to_contain_text(re.compile("Заказ З-"))
    expect(page.locator(".crumbs")).not_to_contain_text(number)
    answered("desk", "--data", str(program.folder), "undo")


def test_a_register_that_comes_back_with_other_filters_begins_at_its_top(opened: Opening, program: Program) -> None:
    page = opened(program, "/orders")
    expect(first(page, "number")).to_contain_text("З-")
    top = first(page, "number").inner_text()
    page.get_by_role("tab", name=re.compile("Завершён")).click()
    expect(page.locator(".totals")).to_contain_text("80 заказов")
    expect(first(page, "number")).not_to_have_text(top)
    first(page, "number").click()
    page.get_by_role("link", name="Клиенты").click()
    expect(first(page, "name")).to_be_visible()
    page.get_by_role("link", name="Заказы и документы").click()
    expect(page.locator(".totals")).to_contain_text("240 заказов")
    expect(first(page, "number")).to_have_text(top)
    expect(page.locator(".ag-row-selected")).to_have_count(0)


def test_the_first_screen_that_was_left_comes_back_with_what_was_written_meanwhile(opened: Opening, program: Program) -> None:
    page = opened(program, "/")
    debts = page.locator(".panel", has_text="Долги клиентов").locator("tbody tr")
    expect(debts.first).to_be_visible()
    owing = debts.first.inner_text()
    client = owing.split("\t")[0]
    page.get_by_role("link", name="Настройки").click()
    expect(debts).to_have_count(0)
    answered("desk", "--data", str(program.folder), "set", "clients", client, "name=ООО «Переименовано»")
    page.get_by_role("link", name="Главная").click()
    expect(debts.first).to_have_text(re.compile("ООО «Переименовано»"))
    answered("desk", "--data", str(program.folder), "undo")
    expect(debts.first).to_have_text(re.compile(re.escape(client)))
