"""A disk that takes nothing, seen from the window: it is said where one looks, what was typed stays, and is written when there is room."""

from __future__ import annotations

import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from shared.entity import MICRO
from tests.browser import sample
from tests.browser.closing import close
from tests.browser.conftest import Opening, Program, launch, stop
from tests.browser.order_desk import NBSP, OrderScreen, Shop
from tests.support.laptops import answered

SAID = "Диск не принимает"


@contextmanager
def no_room(program: Program) -> Iterator[None]:
    """No file of the running program can be written any more."""
    usual = resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, (1, usual[1]))
    try:
        yield
    finally:
        resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, usual)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Program]:
    sample.fill(tmp_path)
    running = launch(tmp_path)
    yield running
    stop(running)


def note_of(program: Program, client: str) -> object:
    return answered("desk", "--data", str(program.folder), "show", "clients", client)["note"]


def notice(page: Page) -> Locator:
    return page.locator(".notice")


def test_a_field_says_that_it_is_not_written_and_is_written_when_there_is_room(opened: Opening, own: Program) -> None:
    client = sample.row_id("clients", sample.CLIENTS[0])
    page = opened(own, f"/clients/{client}")
    note, site = page.get_by_label("Примечание", exact=True), page.get_by_label("Сайт", exact=True)
    with no_room(own):
        note.fill("Звонить после обеда")
        expect(page.get_by_role("alert")).to_contain_text(SAID)
        note.press("Tab")
        page.reload()
        expect(note).to_have_value("Звонить после обеда")
        expect(page.get_by_role("alert")).to_contain_text(SAID)
        assert note_of(own, client) == ""
    site.fill("https://example.com")  # a pause in the typing saves it, before it is left
    expect(page.get_by_role("alert")).to_have_count(0)
    assert note_of(own, client) == "Звонить после обеда"


def test_the_same_field_can_be_saved_after_the_disk_has_room_again(opened: Opening, own: Program) -> None:
    client = sample.row_id("clients", sample.CLIENTS[1])
    page = opened(own, f"/clients/{client}")
    note = page.get_by_label("Примечание", exact=True)
    with no_room(own):
        note.fill("Важный")
        note.press("Tab")
        expect(page.get_by_role("alert")).to_contain_text(SAID)
    note.fill("Важный клиент")
    note.press("Tab")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert note_of(own, client) == "Важный клиент"


def test_a_line_the_vat_and_the_status_of_an_order_say_so_and_lose_nothing(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    page = screen.page
    with no_room(shop.program):
        screen.cell("Количество", 1).fill("7")
        screen.cell("Количество", 1).press("Enter")
        expect(page.locator(".lines [role=alert]")).to_contain_text(SAID)
        page.get_by_label("НДС", exact=True).select_option("on_top")
        expect(page.locator(".field [role=alert]")).to_contain_text(SAID)
        page.get_by_title("Сменить статус").click()
        page.get_by_role("menuitem", name="В работе").click()
        expect(notice(page)).to_contain_text(SAID)
        screen.fresh.fill("Разгрузка")
        screen.fresh.press("Tab")
        expect(page.locator(".lines [role=alert]")).to_have_count(2)
        page.reload()
        screen.ready()
        expect(screen.cell("Количество", 1)).to_have_value("7")
        expect(page.get_by_label("Товар или услуга, новая строка").first).to_have_value("Разгрузка")
        expect(page.get_by_label("НДС", exact=True)).to_have_value("on_top")
    page.reload()
    screen.ready()
    expect(screen.total("НДС 22 % сверху")).to_have_text("13,20")
    screen.cell("Количество", 1).focus()
    screen.cell("Количество", 1).press("Enter")
    expect(screen.sum(1)).to_have_text("70,00")
    page.get_by_label("Товар или услуга, новая строка").first.focus()
    page.get_by_label("Товар или услуга, новая строка").first.press("Enter")
    expect(page.locator(".lines [role=alert]")).to_have_count(0)
    expect(page.get_by_label("Товар или услуга, строка 4")).to_have_value("Разгрузка")
    expect(screen.sum(4)).to_have_text("—")  # the line itself stands there at once, its sum when it is written
    assert [line["name"] for line in shop.lines(order_id)][-1] == "Разгрузка"


def test_picked_products_wait_in_their_window_until_the_disk_takes_them(shop: Shop) -> None:
    screen = shop.open(shop.order())
    page = screen.page
    page.get_by_role("button", name="Добавить товар или услугу").click()
    page.get_by_role("option", name="Гвозди").click()
    with no_room(shop.program):
        page.get_by_role("button", name="Добавить в заказ").click()
        expect(notice(page)).to_contain_text(SAID)
    page.get_by_role("button", name="Добавить в заказ").click()
    price = shop.desk.store.one("SELECT price FROM products WHERE id = 'nails'") // MICRO
    expect(screen.sum(1)).to_have_text(f"{price},00")
    close(page)


def test_a_custom_field_keeps_what_was_typed(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, _, screen = lined
    screen.page.get_by_role("tab", name="Дополнительные параметры").click()
    way = screen.page.get_by_label("Способ доставки", exact=True)
    with no_room(shop.program):
        way.fill("Самовывоз")
        way.press("Enter")
        expect(screen.page.get_by_role("alert")).to_contain_text(SAID)
        expect(way).to_have_value("Самовывоз")
    screen.page.reload()
    screen.page.get_by_role("tab", name="Дополнительные параметры").click()
    expect(way).to_have_value("Самовывоз")
    expect(screen.page.get_by_role("alert")).to_have_count(0)


def test_a_new_order_and_an_undo_say_what_the_disk_says(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, _, screen = lined
    page = screen.page
    with no_room(shop.program):
        page.keyboard.press("Control+z")
        expect(notice(page)).to_contain_text(SAID)
        page.goto(f"{shop.program.url}/orders/new")
        expect(page.locator(".empty")).to_contain_text(SAID)
        expect(page.locator(".empty")).not_to_contain_text("ошибки в программе")
    page.get_by_role("button", name="Повторить").click()
    expect(notice(page)).to_contain_text("Создан заказ")
    screen.ready()


def test_a_new_payment_is_not_lost(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, _, screen = lined
    page = screen.page
    page.get_by_role("tab", name="Оплаты").click()
    page.get_by_role("tabpanel", name="Оплаты").get_by_role("button", name="Добавить").click()
    with no_room(shop.program):
        page.get_by_label("Сумма", exact=True).fill("25,50")
        page.get_by_role("button", name="Готово").click()
        expect(page.locator(".dialog .under[role=alert]")).to_contain_text(SAID)
        expect(page.get_by_label("Сумма", exact=True)).to_have_value("25,50")
    page.get_by_role("button", name="Готово").click()
    expect(page.locator(".dialog")).to_have_count(0)
    expect(page.locator(".card-head .facts")).to_contain_text(f"Долг34,50{NBSP}₽")


def test_enter_or_leaving_saves_what_the_disk_did_not_take(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    page, alert = screen.page, screen.page.locator(".field [role=alert]")

    def stored(name: str) -> object:
        return (shop.desk.store.row("orders", order_id) or {})[name]

    subject, vat = page.get_by_label("Тема", exact=True), page.get_by_label("НДС", exact=True)
    with no_room(shop.program):
        subject.fill("Забор")
        subject.press("Enter")
        expect(alert).to_contain_text(SAID)
    subject.press("Enter")
    expect(alert).to_have_count(0)
    assert stored("subject") == "Забор"
    with no_room(shop.program):
        subject.fill("")
        subject.press("Enter")
        expect(alert).to_contain_text(SAID)
    subject.press("Tab")
    expect(alert).to_have_count(0)
    assert stored("subject") == ""
    with no_room(shop.program):
        vat.select_option("none")
        expect(alert).to_contain_text(SAID)
        expect(vat).to_have_value("none")
    vat.press("Enter")
    expect(alert).to_have_count(0)
    assert stored("vat_mode") == "none"


def test_a_chosen_and_a_created_row_stay_in_sight_until_the_disk_takes_them(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, _, screen = lined
    page, alert = screen.page, screen.page.locator(".field [role=alert]")
    client, head = page.get_by_label("Клиент", exact=True), page.locator(".card-head a")
    with no_room(shop.program):
        client.click()
        screen.keys("чужая", "<Enter>")
        expect(alert).to_contain_text(SAID)
        expect(client).to_have_value("Чужая фирма")
        page.reload()
        screen.ready()
        expect(client).to_have_value("Чужая фирма")
        expect(alert).to_contain_text(SAID)
        client.focus()
        screen.keys("<Escape>")
        expect(client).to_have_value("ООО «Вектор»")
        client.click()
        screen.keys("чужая", "<Enter>")
        expect(alert).to_contain_text(SAID)
    screen.keys("<Enter>")
    expect(head).to_have_text("Чужая фирма")
    with no_room(shop.program):
        client.click()
        screen.keys("Фирма с диска", "<Enter>")
        expect(alert).to_contain_text(SAID)
        expect(client).to_have_value("Фирма с диска")
        screen.keys("<Escape>")
    client.click()
    screen.keys("Фирма с диска", "<Enter>")
    expect(head).to_have_text("Фирма с диска")
    expect(alert).to_have_count(0)


@pytest.mark.parametrize("typed", ["чужая", "Фирма с полного диска"])
def test_escape_before_the_answer_gives_up_what_is_refused(lined: tuple[Shop, str, OrderScreen], typed: str) -> None:
    shop, _, screen = lined
    page, alert = screen.page, screen.page.locator(".field [role=alert]")
    client, note = page.get_by_label("Клиент", exact=True), page.get_by_label("Примечание", exact=True)
    client.click()
    page.keyboard.insert_text(typed)
    expect(page.get_by_role("option").first).to_contain_text(re.compile(typed, re.IGNORECASE))
    with no_room(shop.program):
        shop.freeze()
        screen.keys("<Enter>", "<Escape>")
        note.fill("Ответ пришёл")
        shop.thaw()
        expect(alert).to_contain_text(SAID)  # of the note, which was typed after it
        expect(alert).to_have_count(1)
        expect(client).to_have_value("ООО «Вектор»")


def test_what_escape_gives_up_is_not_sent_again_on_leaving(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    page, alert = screen.page, screen.page.locator(".field [role=alert]")
    client, head = page.get_by_label("Клиент", exact=True), page.locator(".saved")
    with no_room(shop.program):
        client.click()
        screen.keys("чужая", "<Enter>")
        expect(alert).to_contain_text(SAID)
    shop.freeze()
    screen.keys("<Escape>", "<Tab>")
    page.get_by_label("Тема", exact=True).fill("Доски")
    page.get_by_label("Тема", exact=True).press("Enter")
    shop.thaw()
    expect(head).to_contain_text("Сохранено")
    expect(client).to_have_value("ООО «Вектор»")
    expect(alert).to_have_count(0)
    assert (shop.desk.store.row("orders", order_id) or {})["client_id"] == "client"
