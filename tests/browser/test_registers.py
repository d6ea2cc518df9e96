"""Registers: search, segments, filters in the address, order, totals, menu, columns, selection, export."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from local_app.widgets.turning import LARGE
from shared.store import FILE_NAME
from tests.browser.conftest import Opening, Program
from tests.browser.sample import row_id
from tests.browser.test_frame import LATE
from tests.support.laptops import answered, write_table

WHOLE_ROWS = """() => {
    const bottom = document.querySelector('.ag-body-viewport').getBoundingClientRect().bottom + 1;
    const rows = [...document.querySelectorAll('.ag-center-cols-container .ag-row')];
    return rows.filter(row => row.getBoundingClientRect().bottom <= bottom).length;
}"""
MONEY = "\N{NO-BREAK SPACE}"


def first(page: Page, column: str) -> Locator:
    """A cell of the first row."""
    return page.locator(f".ag-row[row-index='0'] [col-id='{column}']")


def heard(page: Page) -> None:
    """The program has answered this, so it has heard what came before."""
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_the_orders_register_shows_eighteen_rows_on_a_small_laptop(opened: Opening, program: Program) -> None:
    page = opened(program, "/orders")
    expect(page.locator(".ag-row[row-index='17']")).to_be_visible()
    page.wait_for_function(f"({WHOLE_ROWS})() >= 18")


def test_totals_are_those_of_the_whole_filter_and_not_of_the_page(opened: Opening, program: Program) -> None:
    page = opened(program, "/orders")
    expect(page.locator(".totals")).to_contain_text("240 заказов")
    expect(page.locator(".totals")).to_contain_text(f"Всего: 240{MONEY}000,00{MONEY}₽")
    expect(page.locator(".totals")).to_contain_text(f"Долг: 160{MONEY}000,00{MONEY}₽")


def test_a_status_segment_filters_and_its_address_can_be_shared(opened: Opening, program: Program) -> None:
    page = opened(program, "/orders")
    page.get_by_role("tab", name=re.compile("Завершён")).click()
    expect(page.locator(".totals")).to_contain_text("80 заказов")
    expect(page).to_have_url(re.compile(f"status_id={row_id('statuses', 'Завершён')}"))
    page.reload()
    expect(page.locator(".totals")).to_contain_text("80 заказов")
    page.go_back()
    expect(page.locator(".totals")).to_contain_text("240 заказов")


def test_typing_anywhere_searches_orders_by_number_and_client(opened: Opening, program: Program) -> None:
    page = opened(program, "/orders")
    expect(first(page, "number")).to_be_visible()
    page.keyboard.type("217")
    expect(page.locator(".totals")).to_contain_text("1 заказ")
    expect(first(page, "number")).to_have_text("З-217")
    page.get_by_label("Найти в реестре").fill("РОМАШК")
    expect(page.locator(".totals")).to_contain_text("60 заказов")
    expect(first(page, "client_id")).to_have_text("ООО «Ромашка»")
    expect(page).to_have_url(re.compile("q="))


def test_no_answer_takes_a_letter_out_of_the_search(opened: Opening, program: Program) -> None:
    page = opened(program, "/orders")
    expect(first(page, "number")).to_be_visible()
    box = page.get_by_label("Найти в реестре")
    for pause in range(190, 270, 20):  # around the time after which the letters typed so far are asked for
        box.fill("")
        box.press_sequentially("РОМАШК", delay=pause)
        expect(box).to_have_value("РОМАШК")
    expect(page.locator(".totals")).to_contain_text("60 заказов")


def test_documents_have_a_register_of_their_own(opened: Opening, program: Program) -> None:
    page = opened(program, "/orders")
    page.get_by_role("tab", name="Реестр документов").click()
    expect(page.get_by_role("tab", name=re.compile("Выставлен"))).to_be_visible()
    expect(page.locator(".totals")).to_contain_text("документ")
    page.get_by_role("tab", name="Реестр продаж").click()
    expect(page.locator(".totals")).to_contain_text("240 заказов")


def test_a_search_without_an_answer_offers_a_way_back(opened: Opening, program: Program) -> None:
    page = opened(program, "/orders?q=такогонет")
    page.get_by_role("button", name="Сбросить условия").click()
    expect(page.locator(".totals")).to_contain_text("240 заказов")


def test_a_click_on_a_heading_sorts(opened: Opening, program: Program) -> None:
    page = opened(program, "/orders")
    expect(first(page, "date")).to_have_text("28.10.2026")
    page.locator(".ag-header-cell[col-id='date']").click()
    expect(first(page, "date")).to_have_text("01.01.2026")
    heard(page)
    page.reload()
    expect(first(page, "date")).to_have_text("01.01.2026")
    page.locator(".ag-header-cell[col-id='date']").click()
    expect(first(page, "date")).to_have_text("28.10.2026")


def test_a_period_is_chosen_by_its_name(opened: Opening, program: Program) -> None:
    page = opened(program, "/orders?from=2026-03-01&to=2026-03-31")
    expect(page.locator(".totals")).to_contain_text("24 заказа")
    page.get_by_role("button", name=re.compile("Период: 01.03.2026 – 31.03.2026")).click()
    page.get_by_text("За всё время").click()
    expect(page.locator(".totals")).to_contain_text("240 заказов")


def test_a_chosen_manager_stands_as_a_chip_that_can_be_taken_away(opened: Opening, program: Program) -> None:
    page = opened(program, "/clients")
    page.get_by_role("button", name="Ответственный").click()
    page.locator(".q-menu input").fill("петр")
    page.get_by_role("option", name="Петров Олег").click()
    expect(page.locator(".chip")).to_contain_text("Ответственный: Петров Олег")
    expect(page.locator(".totals")).to_have_text(re.compile(r"^\d+ клиент"))
    page.get_by_label("Убрать фильтр Ответственный").click()
    expect(page.locator(".chip")).to_have_count(0)


def test_a_double_click_opens_the_order_and_enter_too(opened: Opening, program: Program) -> None:
    page = opened(program, "/orders?q=З-123")
    expect(first(page, "number")).to_have_text("З-123")
    first(page, "number").dblclick()
    expect(page).to_have_url(f"{program.url}/orders/{row_id('orders', '123')}")
    page.go_back()
    expect(first(page, "number")).to_have_text("З-123")
    first(page, "number").click()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{program.url}/orders/{row_id('orders', '123')}")


@pytest.mark.parametrize("late", [False, True], ids=["as they come", "while the rows from before still stand there"])
def test_two_quick_enters_in_the_search_open_the_row_that_is_searched_for(opened: Opening, program: Program, late: bool) -> None:
    page = opened(program, "/orders")
    expect(first(page, "number")).to_be_visible()
    if late:
        page.evaluate(LATE)
    page.keyboard.press("Control+f")
    page.keyboard.insert_text("З-217")
    page.keyboard.press("Enter")
    expect(page.locator(".ag-cell-focus")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{program.url}/orders/{row_id('orders', '217')}")


def test_the_right_click_menu_begins_with_the_card_of_the_client(opened: Opening, program: Program) -> None:
    page = opened(program, "/orders?q=З-123")
    expect(first(page, "number")).to_have_text("З-123")
    first(page, "number").click(button="right")
    expect(page.get_by_role("menuitem").first).to_have_text("Карточка клиента")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{program.url}/clients/{row_id('clients', 'АО «Гранит»')}")


def test_filters_are_kept_under_a_name_and_come_back_by_a_click(opened: Opening, program: Program) -> None:
    page = opened(program, "/orders")
    save = page.get_by_label("Сохранить условия как вид")
    expect(page.locator(".totals")).to_contain_text("240 заказов")
    expect(save).to_be_hidden()
    page.get_by_role("tab", name=re.compile("Завершён")).click()
    page.get_by_label("Найти в реестре").fill("РОМАШК")
    expect(page.locator(".totals")).to_contain_text("20 заказов")
    save.click()
    page.get_by_label("Название вида").fill("Все заказы")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Назовите вид иначе")
    page.get_by_label("Название вида").fill("  Ромашка:  готово ")
    page.keyboard.press("Enter")
    tab = page.get_by_role("tab", name="Ромашка: готово")
    expect(tab).to_have_attribute("aria-selected", "true")
    expect(save).to_be_hidden()
    page.get_by_role("tab", name="Все заказы").click()
    expect(page.locator(".totals")).to_contain_text("240 заказов")
    page.reload()
    tab.click()
    expect(page.locator(".totals")).to_contain_text("20 заказов")
    expect(page.get_by_label("Найти в реестре")).to_have_value("РОМАШК")
    page.get_by_label("Убрать вид «Ромашка: готово»").click()
    expect(tab).to_have_count(0)
    expect(page.locator(".totals")).to_contain_text("20 заказов")
    expect(save).to_be_visible()


def test_a_hidden_column_stays_hidden_until_it_is_wanted_again(opened: Opening, program: Program) -> None:
    page = opened(program, "/products")
    heading = page.locator(".ag-header-cell[col-id='sku']")
    expect(heading).to_be_visible()
    page.get_by_label("Столбцы").click()
    page.get_by_label("Артикул").uncheck()
    expect(heading).to_have_count(0)
    heard(page)
    page.reload()
    expect(page.locator(".ag-header-cell[col-id='name']")).to_be_visible()
    expect(heading).to_have_count(0)
    page.get_by_label("Столбцы").click()
    page.get_by_role("button", name="Вернуть как было").click()
    expect(heading).to_be_visible()


def test_selected_rows_are_deleted_and_brought_back(opened: Opening, program: Program) -> None:
    page = opened(program, "/directory/interaction_kinds")
    for name in ("Выставка", "Вебинар"):
        page.get_by_role("button", name="Добавить").first.click()
        page.get_by_label("Название").fill(name)
        page.get_by_label("Название").press("Enter")
        expect(page.locator(".saved")).to_contain_text("Сохранено")
        page.goto(program.url + "/directory/interaction_kinds")
    page.locator(".ag-row", has_text="Выставка").click()
    page.locator(".ag-row", has_text="Вебинар").click(modifiers=["Control"])
    expect(page.locator(".selection")).to_contain_text("Выбрано: 2 вида")
    page.locator(".selection").get_by_role("button", name="Удалить").click()
    undo = page.locator(".notice").get_by_role("button", name="Отменить")
    undo.focus()  # so it stays
    expect(page.locator(".totals")).to_contain_text("0 видов")
    undo.click()
    expect(page.locator(".totals")).to_contain_text("2 вида")


def test_the_register_is_exported_to_excel_as_it_is_filtered(opened: Opening, program: Program) -> None:
    page = opened(program, "/orders?q=ромашка")
    expect(page.locator(".totals")).to_contain_text("60 заказов")
    with page.expect_download() as download:
        page.get_by_label("Выгрузить в Excel").click()
    book = load_workbook(BytesIO(download.value.path().read_bytes()), read_only=True)
    assert book.active is not None
    days = [str(row[1]) for row in book.active.iter_rows(min_row=2, values_only=True)]
    assert (len(days), days) == (60, sorted(days, reverse=True))  # as on the screen, the newest first
    book.close()


def test_a_change_made_by_another_program_leaves_the_place_and_the_selection(opened: Opening, program: Program) -> None:
    page = opened(program, "/orders")
    page.wait_for_function("document.querySelector('.ag-body-viewport')?.scrollHeight > 32 * 200")  # the grid knows how many there are
    page.locator(".ag-body-viewport").evaluate("viewport => viewport.scrollTo(0, 32 * 150)")
    rows = [page.locator(f".ag-row[row-index='{number}']") for number in (152, 154)]
    for row in rows:
        expect(row.locator("[col-id='number']")).to_contain_text("З-")  # before it has come it cannot be chosen
    rows[0].click()
    rows[1].click(modifiers=["Control"])
    expect(page.locator(".selection")).to_contain_text("Выбрано: 2 заказа")
    number = rows[0].locator("[col-id='number']").inner_text()
    answered("desk", "--data", str(program.folder), "set", "orders", number, "subject=Срочно")
    expect(rows[0].locator("[col-id='subject']")).to_have_text("Срочно")
    expect(page.locator(".selection")).to_contain_text("Выбрано: 2 заказа")
    expect(rows[0]).to_be_in_viewport()
    everything = page.get_by_role("tab", name=re.compile("^Все"), exact=False).last
    expect(everything).to_contain_text("240")
    answered("desk", "--data", str(program.folder), "delete", "orders", number)
    expect(page.locator(".totals")).to_contain_text("239 заказов")
    expect(everything).to_contain_text("239")
    answered("desk", "--data", str(program.folder), "undo")
    expect(everything).to_contain_text("240")


def test_a_change_made_by_another_program_shows_by_itself(opened: Opening, program: Program) -> None:
    page = opened(program, "/clients")
    expect(page.locator(".totals")).to_contain_text("клиент")
    answered("desk", "--data", str(program.folder), "new", "clients", "name=Пришедший со стороны")
    expect(page.get_by_text("Пришедший со стороны")).to_be_visible()


def test_an_import_made_beside_the_program_is_taken_back_by_one_key(opened: Opening, program: Program, tmp_path: Path) -> None:
    count = 2 * LARGE
    file = write_table(tmp_path / "clients.csv", [["Название"], *([f"Загруженный {number}"] for number in range(count))])
    page = opened(program, "/clients?q=загруженный")
    expect(page.locator(".totals")).to_contain_text("0 клиентов")
    answered("desk", "--data", str(program.folder), "import", str(file), "--as", "clients")
    expect(page.locator(".totals")).to_contain_text(f"{count // 1000}{MONEY}{count % 1000:03} клиентов")
    page.locator("body").press("Control+z")
    expect(page.locator(".notice")).to_contain_text("Отменено: Импорт из файла clients.csv")
    expect(page.locator(".totals")).to_contain_text("0 клиентов")
    page.locator("body").press("Control+y")  # the notice may be gone by now
    expect(page.locator(".notice")).to_contain_text("Возвращено: Импорт из файла clients.csv")
    page.locator("body").press("Control+z")
    expect(page.locator(".totals")).to_contain_text("0 клиентов")


def test_a_list_that_cannot_be_read_says_so(opened: Opening, program: Program) -> None:
    page = opened(program, "/clients")
    expect(first(page, "name")).to_be_visible()
    with closing(sqlite3.connect(program.folder / FILE_NAME)) as db:
        db.execute("ALTER TABLE clients RENAME COLUMN city TO lost")  # as a program of another version draws it
        page.get_by_placeholder("Найти", exact=True).fill("ром")
        expect(page.locator(".notice")).to_contain_text("Список не удалось прочитать")
        db.execute("ALTER TABLE clients RENAME COLUMN lost TO city")
