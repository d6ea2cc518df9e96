"""What is written down beside a client: calls with his orders, whom an order is given to, files under other names."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Opening, Program
from tests.browser.order_desk import OrderScreen, Shop
from tests.browser.sample import CLIENTS, row_id
from tests.browser.test_dropping import DROPPED


def new_call(opened: Opening, program: Program) -> Page:
    page = opened(program, f"/clients/{row_id('clients', 'АО «Гранит»')}?section=interactions")
    page.get_by_role("button", name="Добавить", exact=True).click()
    return page


def test_a_call_begins_with_its_kind_and_offers_the_latest_orders_of_its_client(opened: Opening, program: Program) -> None:
    page = new_call(opened, program)
    window = page.get_by_role("dialog")
    expect(window.get_by_label("Вид", exact=True)).to_be_focused()
    window.get_by_label("Заказ", exact=True).click()
    options = window.get_by_role("option")
    expect(options).to_have_count(30)
    expect(options.first).to_have_text(re.compile(r"^№ З-\d+ от 28\.10\.20261.000,00.₽$"))
    numbers = [int(found[1]) for text in options.all_inner_texts() if (found := re.search(r"З-(\d+)", text))]
    assert {number % len(CLIENTS) for number in numbers} == {CLIENTS.index("АО «Гранит»")}
    width = options.first.locator(".title").evaluate("title => title.scrollWidth - title.clientWidth")
    assert width == 0  # the date is not cut


def test_a_list_lies_over_its_window_and_does_not_make_it_scroll(opened: Opening, program: Program) -> None:
    page = new_call(opened, program)
    window = page.locator(".dialog")
    for field in ("Заказ", "Наш сотрудник"):
        window.get_by_label(field, exact=True).press("ArrowDown")
        expect(window.get_by_role("option").first).to_be_visible()
        assert window.evaluate("box => box.scrollHeight <= box.clientHeight")
        lowest = window.get_by_role("listbox").bounding_box()
        assert lowest
        assert 0 <= lowest["y"] < lowest["y"] + lowest["height"] <= 768


def test_a_reminder_for_a_whole_day_stays_one_when_it_is_moved_by_the_calendar(opened: Opening, program: Program) -> None:
    page = opened(program, "/calendar")
    page.get_by_role("button", name="Новое напоминание").first.click()
    moment = page.get_by_role("dialog").get_by_label("Когда", exact=True)
    moment.fill("12.03.2030")
    moment.press("Tab")
    expect(moment).to_have_value("12.03.2030")
    page.get_by_role("button", name="Календарь", exact=True).click()
    page.locator(".q-date").get_by_role("button", name="15", exact=True).click()
    expect(moment).to_have_value("15.03.2030")


def test_a_file_under_another_name_keeps_the_ending_that_opens_it(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    page = screen.page
    page.get_by_role("tab", name="Файлы").click()
    place = page.get_by_role("tabpanel", name="Файлы").locator(".panel")
    place.dispatch_event("drop", {"dataTransfer": page.evaluate_handle(DROPPED)})
    place.locator(".file-line", has_text="Чертёж.txt").get_by_role("button", name="Переименовать").click()
    name = page.get_by_role("dialog").get_by_label("Название", exact=True)
    expect(name).to_be_focused()
    page.keyboard.type("Договор от 12.03.2026")
    page.keyboard.press("Enter")
    expect(name).to_have_value("Договор от 12.03.2026.txt")
    page.get_by_role("button", name="Готово").click()
    with page.expect_download() as download:
        place.get_by_text("Договор от 12.03.2026.txt").click()
    assert download.value.suggested_filename == "Договор от 12.03.2026.txt"
    rows = shop.desk.store.rows("SELECT name FROM attachments WHERE order_id = ? AND deleted = 0 ORDER BY name", (order_id,))
    assert [row["name"] for row in rows] == ["Договор от 12.03.2026.txt", "Договор.txt"]


def test_a_link_without_a_name_is_named_by_its_address_when_it_is_deleted(lined: tuple[Shop, str, OrderScreen]) -> None:
    page = lined[2].page
    page.get_by_role("tab", name="Файлы").click()
    page.get_by_role("button", name="Добавить ссылку").click()
    page.get_by_label("Адрес", exact=True).fill("example.com/plan")
    page.get_by_role("button", name="Готово").click()
    page.locator(".file-line").get_by_role("button", name="Удалить").click()
    expect(page.locator(".notice")).to_contain_text("Удалено: Ссылка на сайт «example.com/plan»")


def test_enter_after_a_search_that_finds_nothing_leaves_the_words_to_be_mended(opened: Opening, program: Program) -> None:
    page = opened(program, "/clients")
    expect(page.locator(".ag-row").first).to_be_visible()
    box = page.get_by_label("Найти в реестре")
    box.fill("Громашка")
    box.press("Enter")
    expect(page.get_by_text("Под эти условия ничего не подходит.")).to_be_visible()
    expect(box).to_be_focused()
    box.fill("Ромашка")
    box.press("Enter")
    expect(page.locator(".ag-cell-focus")).to_have_text("ООО «Ромашка»")
