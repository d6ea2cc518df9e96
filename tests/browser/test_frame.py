"""The frame: navigation, search everywhere, keys, notices."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from local_app.widgets.frame import ENTRIES
from local_app.widgets.theme import SHEETS
from tests.browser.conftest import Opening, Program
from tests.browser.sample import CLIENTS, row_id

LATE = "() => { const plain = setTimeout; window.setTimeout = (work, after) => plain(work, after === 0 ? 600 : after); }"
"""As on a machine that has no time: what a grid asks for «at once» is asked for when its screen may have been left."""

SLOW_ANSWERS = (
    "() => { const plain = fetch; window.fetch = (...asked) => new Promise((go) => setTimeout(() => go(plain(...asked)), 600)); }"
)
"""Likewise: whoever types and presses Enter is quicker than the answer."""


@pytest.mark.parametrize(("label", "path", "_"), ENTRIES, ids=[path for _, path, _ in ENTRIES])
def test_every_entry_of_the_navigation_leads_to_a_screen(page: Page, program: Program, label: str, path: str, _: str) -> None:
    page.locator(".nav .entry", has_text=label).click()
    expect(page).to_have_url(program.url + path)
    expect(page.locator(".nav .entry.here")).to_have_text(re.compile(label))
    expect(page.locator(".nicegui-sub-pages")).not_to_contain_text("ошибки в программе")
    expect(page.locator(".nicegui-sub-pages > *").first).to_be_visible()


def test_an_unknown_address_is_told_in_russian(opened: Opening, program: Program) -> None:
    page = opened(program, "/nowhere")
    expect(page.get_by_text("Такой страницы нет")).to_be_visible()
    expect(page).to_have_title(re.compile("Нет такой страницы — "))
    expect(page.locator(".crumbs")).to_have_text("Нет такой страницы")
    page.get_by_role("link", name="На главную").click()
    expect(page).to_have_url(program.url + "/")


def test_search_everywhere_finds_a_client_in_any_letter_case_and_opens_it(page: Page, program: Program) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("ЕЛКИН")
    expect(page.get_by_role("option", name="ИП Ёлкин")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{program.url}/clients/{row_id('clients', 'ИП Ёлкин')}")
    expect(page.get_by_role("heading", name="ИП Ёлкин").first).to_be_visible()


def test_search_everywhere_finds_an_order_by_its_number(page: Page, program: Program) -> None:
    page.get_by_label("Поиск везде").fill("З-217")
    page.get_by_role("option", name=re.compile("№ З-217")).click()
    expect(page).to_have_url(f"{program.url}/orders/{row_id('orders', '217')}")


def test_search_everywhere_takes_letters_again_after_an_escape(opened: Opening, program: Program) -> None:
    page = opened(program, "/orders")
    page.keyboard.press("Control+k")
    page.keyboard.type("k-1")
    expect(page.get_by_role("option", name="Кабель ВВГ")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.get_by_label("Поиск везде")).to_be_focused()
    page.keyboard.type("led")
    expect(page.get_by_label("Поиск везде")).to_have_value("led")
    expect(page.get_by_role("option", name="Светильник LED")).to_be_visible()
    expect(page.get_by_label("Найти в реестре")).to_have_value("")


def test_the_same_words_searched_again_open_their_hit_for_a_quick_hand_too(page: Page, program: Program) -> None:
    page.evaluate(SLOW_ANSWERS)
    for _ in range(2):
        page.keyboard.press("Control+k")
        page.keyboard.insert_text("З-217")
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{program.url}/orders/{row_id('orders', '217')}")
        page.keyboard.press("Alt+1")
        expect(page).to_have_url(program.url + "/")


def test_modules_open_with_alt_and_a_digit(page: Page, program: Program) -> None:
    page.keyboard.press("Alt+2")
    expect(page).to_have_url(program.url + "/clients")
    page.keyboard.press("Alt+3")
    expect(page).to_have_url(program.url + "/orders")


def test_a_register_that_is_left_before_its_rows_have_come_ends_quietly(page: Page, program: Program) -> None:
    page.evaluate(LATE)
    page.keyboard.press("Alt+2")
    expect(page.locator(".ag-root")).to_be_visible()
    page.keyboard.press("Alt+3")
    expect(page).to_have_url(program.url + "/orders")
    expect(page.locator(".ag-row", has_text="З-")).not_to_have_count(0)  # asked for later than those of the register that was left


def test_the_question_mark_shows_the_keys(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_text("Отменить последнее действие")).to_be_visible()


def test_the_navigation_folds_and_stays_folded_after_a_reload(page: Page) -> None:
    page.get_by_label("Свернуть меню").click()
    expect(page.locator("body")).to_have_class(re.compile("folded"))
    page.reload()
    expect(page.locator("body")).to_have_class(re.compile("folded"))
    page.get_by_label("Свернуть меню").click()
    expect(page.locator("body")).not_to_have_class(re.compile("folded"))


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1093, 614), (911, 512)], ids=["100 %", "125 %", "150 %"])
def test_on_an_enlarged_screen_nothing_of_the_frame_lies_on_something_else(
    opened: Opening, program: Program, width: int, height: int
) -> None:
    page = opened(program, "/orders", width=width, height=height)
    expect(page.locator(".totals")).to_contain_text("240 заказов")
    bar = [page.locator(parts).last for parts in (".crumbs a", ".top .seek", ".top .sync", ".top .btn")]
    tools = [page.locator(parts).last for parts in (".register .seek", "[aria-label='Выгрузить в Excel']", ".toolbar .btn.main")]
    for row in (bar, tools):
        boxes = [box for shown in row if (box := shown.bounding_box())]
        assert len(boxes) == len(row)
        edges = [edge for box in boxes for edge in (box["x"], box["x"] + box["width"])]
        assert edges == sorted(edges)
        assert edges[-1] <= width


@pytest.mark.parametrize("width", [1366, 1200, 1024, 911])
def test_conditions_leave_the_buttons_of_a_register_on_the_screen(opened: Opening, program: Program, width: int) -> None:
    page = opened(program, f"/orders?from=2026-01-01&to=2026-12-31&client_id={row_id('clients', CLIENTS[0])}&debt=1", width=width)
    expect(page.locator(".totals")).to_contain_text("40 заказов")
    for part in page.locator(".register > .toolbar").first.locator(".btn, .chip, .seek").all():
        box = part.bounding_box()
        assert box is None or box["x"] + box["width"] <= width, part.inner_text()


@pytest.mark.parametrize("width", [1366, 1280, 1093])
def test_without_conditions_the_toolbar_of_a_register_is_one_line(opened: Opening, program: Program, width: int) -> None:
    page = opened(program, "/orders", width=width)
    expect(page.locator(".totals")).to_contain_text("240 заказов")
    box = page.locator(".register > .toolbar").first.bounding_box()
    assert box
    assert box["height"] < 2 * 32


def test_on_a_narrow_home_the_clients_and_sums_of_recent_orders_can_be_read(opened: Opening, program: Program) -> None:
    page = opened(program, "/", width=1024)
    row = page.locator(".panel", has_text="Последние заказы").get_by_role("row").first
    row.locator(".status").evaluate("(shown) => { shown.textContent = 'Предложение отправлено'; }")
    row.get_by_role("cell").last.evaluate("(shown) => { shown.textContent = '28 648 180,00 ₽'; }")
    client, total = row.get_by_role("cell").nth(2).bounding_box(), row.get_by_role("cell").last.bounding_box()
    assert client
    assert total
    assert client["width"] > 60
    assert total["x"] + total["width"] <= 1024


def test_at_two_hundred_percent_every_part_of_the_bar_and_of_an_order_can_be_reached(opened: Opening, program: Program) -> None:
    page = opened(program, "/orders", width=683, height=384)
    page.locator(".crumbs a", has_text="Реестр документов").click()
    expect(page).to_have_url(re.compile("tab=documents"))
    page.goto(f"{program.url}/orders/{row_id('orders', '217')}")
    expect(page.locator(".order-head h1")).to_be_visible()
    for part in (".facts b >> nth=2", "[title='Ещё']", "[data-key-print]", "[title='Клавиши (?)']"):
        box = page.locator(part).bounding_box()
        assert box, part
        assert box["x"] + box["width"] <= 683, part
    date = page.get_by_label("Дата", exact=True)
    assert date.evaluate("input => input.scrollWidth <= input.clientWidth")


def test_the_search_does_not_move_with_the_words_of_the_sync(page: Page) -> None:
    seek, words = page.locator(".top .seek"), page.locator(".top .sync > span").last
    before = seek.bounding_box()
    for text in ("Не отправлено: 1", "Синхронизировано только что", "Нет связи · данные от 09:12"):
        words.evaluate("(shown, text) => { shown.textContent = text; }", text)
        assert seek.bounding_box() == before


def test_the_dark_theme_is_remembered(page: Page, program: Program) -> None:
    page.goto(program.url + "/settings")
    page.get_by_role("radio", name="Тёмная").click()
    expect(page.locator("body")).to_have_class(re.compile("body--dark"))
    page.reload()
    expect(page.locator("body")).to_have_class(re.compile("body--dark"))
    page.get_by_role("radio", name="Как в системе").click()
    expect(page.locator("body")).not_to_have_class(re.compile("body--dark"))


def test_the_browser_goes_back_and_forward_between_screens(page: Page, program: Program) -> None:
    page.locator(".nav .entry", has_text="Клиенты").click()
    page.locator(".ag-row", has_text=CLIENTS[0]).first.dblclick()
    expect(page).to_have_url(re.compile("/clients/.+"))
    page.go_back()
    expect(page).to_have_url(program.url + "/clients")
    expect(page.locator(".ag-row").first).to_be_visible()
    page.go_forward()
    expect(page).to_have_url(re.compile("/clients/.+"))


def test_home_shows_orders_by_status_and_debts(page: Page) -> None:
    expect(page.get_by_role("row", name=re.compile("В работе")).first).to_contain_text("80")
    expect(page.locator(".panel", has_text="Долги клиентов")).to_contain_text("40 заказов")


def test_a_notice_stays_while_the_pointer_or_the_focus_is_on_it_and_goes_when_it_has_been_read(opened: Opening, program: Program) -> None:
    page = opened(program, "/settings")
    page.get_by_role("button", name="Сделать копию сейчас").click()
    notice = page.locator(".notice", has_text="Резервная копия сделана")  # not the one that it is being made
    reading = "() => document.querySelector('.notice').getAnimations().find((each) => each.animationName === 'read')"
    expect(notice).to_be_visible()
    notice.hover()
    page.wait_for_function(f"() => !({reading})()")
    notice.get_by_role("button", name="Закрыть").focus()
    page.mouse.move(0, 0)
    assert page.evaluate(f"() => !({reading})()")
    page.evaluate("document.activeElement.blur()")
    page.evaluate(f"({reading})().finish()")  # as after its seven seconds
    expect(page.locator(".notice")).to_have_count(0)
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name="Сделать копию сейчас").click()
    expect(notice).to_be_visible()
    page.evaluate(f"({reading})().finish()")
    expect(page.locator(".notice")).to_have_count(0)


def test_a_page_asks_for_no_style_sheet_that_the_browser_has(opened: Opening, program: Program) -> None:
    opened(program)
    page = opened(program, "/clients")
    asked = page.evaluate("performance.getEntriesByType('resource').map(each => [new URL(each.name).pathname, each.transferSize])")
    sheets = {path.rpartition("/")[2]: size for path, size in asked if path.startswith("/static/") and path.endswith(".css")}
    assert len(sheets) == len(SHEETS)
    assert set(sheets.values()) == {0}
