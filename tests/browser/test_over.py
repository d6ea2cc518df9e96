"""What opens over a screen (menus, choosers, windows) takes the keys and gives them back."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Opening, Program
from tests.browser.sample import row_id
from tests.browser.test_registers import first
from tests.support.laptops import answered


def test_escape_in_the_menu_of_a_row_leaves_the_row_under_the_keys(opened: Opening, program: Program) -> None:
    page = opened(program, "/orders?q=З-123")
    expect(first(page, "number")).to_have_text("З-123")
    first(page, "number").click(button="right")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(first(page, "number")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{program.url}/orders/{row_id('orders', '123')}")


def test_the_chooser_of_columns_takes_the_keys_and_gives_them_back(opened: Opening, program: Program) -> None:
    page = opened(program, "/products")
    button, boxes = page.get_by_label("Столбцы", exact=True).first, page.get_by_role("group", name="Столбцы").get_by_role("checkbox")
    button.click()
    expect(boxes.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(boxes.nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    expect(boxes).to_have_count(0)
    expect(button).to_be_focused()
    button.click()
    expect(boxes.first).to_be_focused()
    button.click()
    expect(boxes).to_have_count(0)
    button.click()
    expect(boxes.first).to_be_focused()
    first(page, "name").click()
    expect(boxes).to_have_count(0)


def test_in_the_trash_the_menu_of_a_row_restores_and_says_so(opened: Opening, program: Program) -> None:
    answered("desk", "--data", str(program.folder), "new", "clients", "name=Ушедший")
    page = opened(program, "/clients?q=ушедший")
    expect(page.locator(".totals")).to_contain_text("1 клиент")
    expect(first(page, "name")).to_have_text("Ушедший")  # a row that is still on its way has no menu
    first(page, "name").click(button="right")
    expect(page.get_by_role("menuitem", name="Восстановить")).to_have_count(0)
    page.get_by_role("menuitem", name="Удалить").click()
    expect(page.locator(".totals")).to_contain_text("0 клиентов")
    page.get_by_role("button", name="Удалённые").click()
    expect(page.locator(".totals")).to_contain_text("1 клиент")
    expect(first(page, "name")).to_have_text("Ушедший")
    first(page, "name").click(button="right")
    expect(page.get_by_role("menuitem", name="Удалить")).to_have_count(0)
    page.get_by_role("menuitem", name="Восстановить").click()
    expect(page.locator(".notice")).to_contain_text("Восстановлено: 1 клиент")
    expect(page.locator(".totals")).to_contain_text("0 клиентов")


def test_a_window_of_a_row_gives_the_focus_back_though_the_list_is_drawn_anew(opened: Opening, program: Program) -> None:
    page = opened(program, f"/clients/{row_id('clients', 'АО «Гранит»')}?section=contacts")
    add, name = page.get_by_role("button", name="Добавить"), page.get_by_label("Фамилия, имя, отчество")
    expect(add).to_be_visible()
    page.keyboard.press("Alt+n")
    expect(name).to_be_focused()
    page.keyboard.insert_text("Гранитов")
    page.get_by_role("button", name="Готово").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("row", name="Гранитов")).to_be_visible()
    expect(add).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    name.fill("Базальтов")
    page.get_by_role("button", name="Готово").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("row", name="Базальтов")).to_be_focused()
