"""The window of one row: it does not go in silence with what was typed and not taken."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from playwright.sync_api import Locator, Page, expect

from shared.change import Edit
from tests.browser.closing import close
from tests.browser.conftest import Opening, Program
from tests.browser.order_desk import NBSP, OrderScreen, Shop
from tests.browser.sample import row_id


class Payment(NamedTuple):
    """The window of a new payment."""

    shop: Shop
    order_id: str
    page: Page

    @property
    def window(self) -> Locator:
        return self.page.locator(".dialog")

    @property
    def alert(self) -> Locator:
        return self.window.get_by_role("alert")

    def field(self, label: str) -> Locator:
        return self.window.get_by_label(label, exact=True)

    def press(self, name: str) -> None:
        self.window.get_by_role("button", name=name).click()

    def stored(self) -> list[dict[str, object]]:
        return self.shop.desk.store.rows("SELECT amount, purpose FROM payments WHERE order_id = ? AND deleted = 0", (self.order_id,))


@pytest.fixture
def payment(lined: tuple[Shop, str, OrderScreen]) -> Payment:
    shop, order_id, screen = lined
    screen.page.get_by_role("tab", name="Оплаты").click()
    screen.page.get_by_role("tabpanel", name="Оплаты").get_by_role("button", name="Добавить").click()
    found = Payment(shop, order_id, screen.page)
    expect(found.field("Сумма")).to_be_focused()
    return found


def test_tab_beyond_the_last_button_of_a_window_does_not_lose_where_it_was_opened(payment: Payment) -> None:
    payment.field("Сумма").fill("5")
    payment.window.get_by_role("button", name="Готово").focus()
    for key in ("Tab", "Tab", "Escape"):
        payment.page.keyboard.press(key)
    expect(payment.window).to_have_count(0)
    expect(payment.page.get_by_role("tabpanel", name="Оплаты").get_by_role("button", name="Добавить")).to_be_focused()


def test_a_new_person_of_a_client_is_asked_for_the_phone_before_the_words_for_a_contract(payment: Payment) -> None:
    page = payment.page
    page.goto(f"{payment.shop.program.url}/clients/client?section=contacts")
    page.get_by_role("button", name="Добавить").click()
    payment.field("Фамилия, имя, отчество").press("Tab")
    page.keyboard.press("Tab")
    expect(payment.field("Телефон")).to_be_focused()


def test_a_wrong_sum_keeps_the_window_open_and_is_explained(payment: Payment) -> None:
    payment.field("Сумма").fill("2 00o")
    payment.press("Готово")
    expect(payment.alert).to_contain_text("не похоже на число")
    expect(payment.field("Сумма")).to_be_focused()
    payment.field("Сумма").fill("2 000")
    payment.press("Готово")
    expect(payment.window).to_have_count(0)
    assert payment.stored() == [{"amount": 200_000, "purpose": ""}]


def test_a_begun_row_without_its_required_field_is_not_left_in_silence(payment: Payment) -> None:
    payment.field("Назначение платежа").fill("За доску")
    payment.press("Готово")
    expect(payment.alert).to_have_text("Поле «Сумма» нужно заполнить")
    expect(payment.field("Сумма")).to_be_focused()
    payment.press("Не сохранять")
    expect(payment.window).to_have_count(0)
    expect(payment.page.locator(".notice")).to_contain_text("Оплата: запись не сохранена")
    assert payment.stored() == []
    payment.page.locator(".notice").get_by_role("button", name="Отменить").click()
    expect(payment.page.locator(".notice")).to_contain_text("Отменено")
    assert payment.stored() == [{"amount": None, "purpose": "За доску"}]


def test_the_first_escape_shows_what_would_be_lost_and_the_second_leaves_it(payment: Payment) -> None:
    payment.field("Назначение платежа").fill("За доску")
    payment.field("Способ").focus()
    payment.page.keyboard.press("Escape")
    expect(payment.alert).to_have_text("Поле «Сумма» нужно заполнить")
    expect(payment.field("Сумма")).to_be_focused()
    payment.field("Способ").focus()
    payment.page.keyboard.press("Escape")
    expect(payment.window).to_have_count(0)
    expect(payment.page.locator(".notice")).to_contain_text("Оплата: запись не сохранена")
    assert payment.stored() == []


def test_a_window_in_which_nothing_was_typed_closes_at_once(payment: Payment) -> None:
    payment.page.keyboard.press("Escape")
    expect(payment.window).to_have_count(0)
    assert payment.stored() == []
    expect(payment.page.locator(".notice")).to_have_count(0)


def test_a_row_that_stood_there_keeps_its_value_when_a_wrong_one_is_left(payment: Payment) -> None:
    payment.field("Сумма").fill("25,50")
    payment.press("Готово")
    expect(payment.window).to_have_count(0)
    line = payment.page.get_by_role("tabpanel", name="Оплаты").locator("tbody tr")
    line.click()
    payment.field("Сумма").fill("много")
    payment.press("Готово")
    expect(payment.alert).to_contain_text("не похоже на число")
    payment.press("Не сохранять")
    expect(payment.page.locator(".notice")).to_contain_text("Оплата: не сохранено поле «Сумма»")
    expect(payment.window).to_have_count(0)
    line.click()
    expect(payment.field("Сумма")).to_have_value("25,50")
    expect(payment.alert).to_have_count(0)


def test_a_link_is_kept_without_a_name(lined: tuple[Shop, str, OrderScreen]) -> None:
    _, _, screen = lined
    screen.page.get_by_role("tab", name="Файлы").click()
    screen.page.get_by_role("button", name="Добавить ссылку").click()
    address = screen.page.get_by_label("Адрес", exact=True)
    expect(address).to_be_focused()
    expect(screen.page.locator(".dialog .required")).to_have_count(0)
    address.fill("example.com/plan")
    screen.page.get_by_role("button", name="Готово").click()
    expect(screen.page.locator(".dialog")).to_have_count(0)
    expect(screen.page.get_by_role("link", name="example.com/plan")).to_have_attribute("href", "https://example.com/plan")


def test_money_to_be_given_back_is_told_among_the_payments(payment: Payment) -> None:
    payment.field("Сумма").fill("84,68")
    payment.press("Готово")
    payments = payment.page.get_by_role("tabpanel", name="Оплаты")
    expect(payments).to_contain_text(f"К возврату клиенту 24,68{NBSP}₽")
    expect(payments.get_by_role("button", name="Внести остаток")).to_be_hidden()


def test_enter_on_the_cross_of_a_row_deletes_it_and_opens_nothing(payment: Payment) -> None:
    payment.field("Сумма").fill("100")
    payment.press("Готово")
    expect(payment.window).to_have_count(0)
    line = payment.page.get_by_role("tabpanel", name="Оплаты").get_by_role("row").nth(1)
    line.get_by_role("button", name="Удалить").focus()
    payment.page.keyboard.press("Enter")
    expect(payment.page.locator(".notice")).to_contain_text("Оплата: удалена")
    payment.page.locator(".notice").get_by_role("button", name="Отменить").click()
    expect(payment.page.locator(".notice")).to_contain_text("Отменено")  # by now the Enter would have opened the window, too
    expect(payment.window).to_have_count(0)
    line.focus()
    payment.page.keyboard.press("Enter")
    expect(payment.field("Сумма")).to_have_value("100,00")
    expect(payment.window).to_have_count(1)


def test_the_account_of_a_client_asks_for_no_firm_of_ours(shop: Shop) -> None:
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/clients/client")
    page.locator(".panel").get_by_role("button", name="Добавить").click()
    expect(page.locator(".dialog").get_by_label("Номер счёта", exact=True)).to_be_focused()
    expect(page.locator(".dialog").get_by_label("Своя организация")).to_have_count(0)
    close(page)


@pytest.mark.parametrize("way", ["Alt+2", "F1"])
def test_what_was_typed_in_a_window_waits_when_its_screen_is_left(payment: Payment, way: str) -> None:
    page = payment.page
    payment.field("Назначение платежа").fill("За доску")
    payment.field("Сумма").fill("2 00o")
    page.keyboard.press(way)
    expect(payment.window).to_have_count(0)
    expect(page.locator(".notice")).to_contain_text("Оплата: не всё сохранено")
    page.goto(f"{payment.shop.program.url}/orders/{payment.order_id}?section=payments")
    page.get_by_role("tabpanel", name="Оплаты").get_by_role("button", name="Добавить").click()
    expect(payment.window).to_contain_text("Здесь то, что вы не дописали")
    expect(payment.field("Назначение платежа")).to_have_value("За доску")
    expect(payment.field("Сумма")).to_have_value("2 00o")
    expect(payment.alert).to_contain_text("не похоже на число")
    payment.field("Сумма").fill("2 000")
    payment.press("Готово")
    expect(payment.window).to_have_count(0)
    assert payment.stored() == [{"amount": 200_000, "purpose": "За доску"}]
    page.get_by_role("tabpanel", name="Оплаты").get_by_role("button", name="Добавить").click()
    expect(payment.field("Сумма")).to_have_value("")
    expect(payment.window).not_to_contain_text("не дописали")


def test_back_of_the_browser_leaves_a_window_to_be_gone_on_with(shop: Shop) -> None:
    screen = shop.open(shop.order())
    page = screen.page
    page.keyboard.press("Alt+2")
    expect(page).to_have_url(re.compile("/clients$"))
    page.keyboard.press("Alt+5")
    expect(page).to_have_url(re.compile("/calendar$"))
    page.get_by_role("button", name="Новое напоминание").first.click()
    expect(page.get_by_label("Когда", exact=True)).to_be_focused()
    page.get_by_label("Когда", exact=True).fill("31.02")
    page.go_back()
    expect(page).to_have_url(re.compile("/clients$"))
    expect(page.locator(".notice")).to_contain_text("Напоминание: не всё сохранено")
    page.locator(".notice").get_by_role("button", name="Продолжить").click()
    expect(page.get_by_label("Когда", exact=True)).to_have_value("31.02")
    close(page)


def test_the_notice_about_a_left_window_opens_it_again(payment: Payment) -> None:
    page = payment.page
    payment.field("Сумма").fill("много")
    page.keyboard.press("Alt+2")
    page.locator(".notice").get_by_role("button", name="Продолжить").click()
    expect(payment.field("Сумма")).to_have_value("много")
    payment.press("Готово")
    payment.press("Не сохранять")
    expect(payment.window).to_have_count(0)
    assert payment.stored() == []


def test_a_new_row_that_was_being_typed_when_the_page_was_reloaded_is_gone_on_with(payment: Payment) -> None:
    page = payment.page
    payment.field("Сумма").fill("1 5")
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.endsWith('/amount'))")  # the program has heard of it
    page.keyboard.type("0")
    page.reload()
    page.get_by_role("tabpanel", name="Оплаты").get_by_role("button", name="Добавить").click()
    expect(payment.field("Сумма")).to_have_value(re.compile("^1.?50$"))


def test_a_window_whose_row_is_whole_is_left_without_a_word(payment: Payment) -> None:
    payment.field("Сумма").fill("25,50")
    payment.page.keyboard.press("Alt+2")
    expect(payment.page).to_have_url(re.compile("/clients"))
    expect(payment.window).to_have_count(0)
    expect(payment.page.locator(".notice")).to_have_count(0)
    assert payment.stored() == [{"amount": 2550, "purpose": ""}]


@pytest.mark.parametrize("keys", ["Alt+n", "Control+p", "Control+k", "Control+4"])
def test_the_keys_of_the_screen_do_nothing_under_a_window(payment: Payment, keys: str) -> None:
    payment.field("Сумма").fill("7")
    payment.page.keyboard.press(keys)
    payment.page.keyboard.type("8")
    expect(payment.field("Сумма")).to_have_value("78")
    expect(payment.window).to_have_count(1)
    payment.press("Готово")
    expect(payment.window).to_have_count(0)
    expect(payment.page.get_by_role("tab", name="Оплаты")).to_have_attribute("aria-selected", "true")
    papers = payment.shop.desk.store.rows("SELECT 1 FROM documents WHERE order_id = ? AND deleted = 0", (payment.order_id,))
    assert papers == []


def test_a_reminder_asks_for_its_moment_from_the_card_too_while_a_call_begins_now(opened: Opening, program: Program) -> None:
    page = opened(program)
    for section, begun in (("interactions", re.compile(r"^\d\d\.\d\d\.\d{4}")), ("reminders", "")):
        page.goto(f"{program.url}/clients/{row_id('clients', 'АО «Гранит»')}?section={section}")
        page.get_by_role("button", name="Добавить", exact=True).click()
        expect(page.get_by_role("dialog").get_by_label("Когда")).to_have_value(begun)
    expect(page.get_by_role("dialog").get_by_label("Когда")).to_be_focused()


def test_the_keys_of_undo_stay_within_the_window(payment: Payment) -> None:
    notice = payment.page.locator(".notice")
    payment.shop.desk.do([Edit("orders", payment.order_id, {"subject": "Доски"})], "Тема")
    payment.page.reload()
    payment.page.get_by_role("tabpanel", name="Оплаты").get_by_role("button", name="Добавить").click()
    payment.field("Сумма").fill("2 000")
    payment.page.keyboard.press("Enter")
    expect(payment.window.locator(".saved")).not_to_be_empty()
    payment.page.keyboard.press("Control+z")
    expect(notice).to_contain_text("Отменено")
    assert payment.stored() == []
    payment.page.keyboard.press("Control+z")
    expect(notice).to_contain_text("Пока открыто окно, отменяется только то, что в нём")
    payment.page.keyboard.press("Control+y")
    expect(notice).to_contain_text("Возвращено")
    assert [row["amount"] for row in payment.stored()] == [200_000]
    assert payment.shop.desk.store.one("SELECT subject FROM orders WHERE id = ?", (payment.order_id,)) == "Доски"
