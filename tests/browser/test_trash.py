"""The trash of the orders: found in the register, restored from there."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Opening, Program
from tests.browser.sample import row_id
from tests.browser.test_registers import first
from tests.support.laptops import answered


def test_a_deleted_order_is_found_in_the_trash_and_restored_from_there(opened: Opening, program: Program) -> None:
    data = ("desk", "--data", str(program.folder))
    made = answered(*data, "new", "orders", "number=В-1", "date=2026-11-23")["id"]
    answered(*data, "delete", "orders", made)
    page = opened(program, "/orders")
    page.get_by_role("button", name="Удалённые").click()
    expect(page.locator(".totals")).to_contain_text("1 заказ")
    expect(first(page, "number")).to_have_text("В-1")
    first(page, "number").click(button="right")
    page.get_by_role("menuitem", name="Восстановить").click()
    expect(page.get_by_text("Восстановлено: 1 заказ")).to_be_visible()
    expect(page.locator(".totals")).to_contain_text("0 заказов")
    page.goto(f"{program.url}/orders?q=В-1")
    expect(first(page, "number")).to_have_text("В-1")
    answered(*data, "delete", "orders", made)


def test_the_notice_of_a_deletion_tells_what_goes_on_showing_the_row(opened: Opening, program: Program) -> None:
    page = opened(program, f"/clients/{row_id('clients', 'ИП Ёлкин')}")
    page.get_by_role("button", name="Удалить", exact=True).click()
    notice = page.locator(".notice")
    expect(notice).to_contain_text("Удалено: ИП Ёлкин. По-прежнему показывают эту запись: заказы (60)")
    notice.get_by_role("button", name="Отменить").click()
    expect(notice).to_contain_text("Отменено: Клиент ИП Ёлкин: удаление")


def test_an_empty_trash_says_what_it_is_for(opened: Opening, program: Program) -> None:
    page = opened(program, "/products")
    page.get_by_role("button", name="Удалённые").click()
    expect(page.get_by_text("Удалённого здесь нет.")).to_be_visible()
    page.get_by_role("button", name="К списку").click()
    expect(page.locator(".totals")).to_contain_text("2 ")


def test_the_button_of_a_notice_turns_what_the_notice_tells_of_and_nothing_that_was_done_since(opened: Opening, program: Program) -> None:
    data = ("desk", "--data", str(program.folder))
    path = f"/clients/{row_id('clients', 'ИП Ёлкин')}"
    page = opened(program, path)
    page.get_by_role("button", name="Удалить", exact=True).click()
    notice, other = page.locator(".notice"), row_id("clients", "ООО «Ромашка»")
    expect(notice).to_contain_text("Удалено: ИП Ёлкин")
    notice.get_by_role("button", name="Отменить").hover()  # it stays
    answered(*data, "set", "clients", other, "city=Тверь")
    notice.get_by_role("button", name="Отменить").click()
    expect(notice).to_contain_text("После этого сделано другое. Отменяйте по порядку: Ctrl+Z")
    assert answered(*data, "show", "clients", other)["city"] == "Тверь"
    page.keyboard.press("Control+z")
    expect(notice).to_contain_text("Отменено: Изменён клиент ООО «Ромашка»")
    page.keyboard.press("Control+z")
    expect(notice).to_contain_text("Отменено: Клиент ИП Ёлкин: удаление")
    answered(*data, "set", "clients", other, "city=Псков")
    notice.get_by_role("button", name="Вернуть").click()
    expect(notice).to_contain_text("После этого сделано другое. Возвращайте по порядку: Ctrl+Y")
    answered(*data, "undo")
