"""A sync under an open form: what comes while somebody types, or before a draft is taken up again, is never overwritten unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from shared.change import Edit
from shared.entity import MICRO, Value
from shared.rules.custom import value_id
from tests.browser.closing import close
from tests.browser.order_desk import NBSP, OrderScreen, Shop

NOTE = "Примечание"


def values(shop: Shop, row: str, field: str) -> list[Value]:
    """What stands against each other in a field; nothing when there is no disagreement."""
    shop.desk.poll()
    found = [rival.value for conflict in shop.desk.store.conflicts(row) if conflict.field == field for rival in conflict.values]
    return sorted(found, key=str)


def opened(shop: Shop, path: str) -> Page:
    page = shop.context.new_page()
    page.goto(shop.program.url + path)
    page.wait_for_selector(".nav")
    return page


@pytest.fixture
def client(shop: Shop) -> Iterator[tuple[Page, str]]:
    """The open card of a client that has just been made."""
    shop.orders += 1
    row = f"client{shop.orders}"
    shop.desk.do([Edit("clients", row, {"name": f"Клиент {shop.orders}", "note": "прежнее"})], "Клиент")
    page = opened(shop, f"/clients/{row}")
    yield page, row
    close(page)


def typed(page: Page, label: str, text: str) -> None:
    """Letters and the pause after them, at which the program saves."""
    page.get_by_label(label, exact=True).press_sequentially(text)
    expect(page.locator(".saved")).to_contain_text("Сохранено")


def test_who_goes_on_typing_after_a_pause_does_not_overwrite_what_has_come_meanwhile(shop: Shop, client: tuple[Page, str]) -> None:
    page, row = client
    note = page.get_by_label(NOTE, exact=True)
    note.press("End")
    note.press_sequentially(" раз")
    shop.from_another_laptop("clients", row, {"note": "коллега"})
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.endsWith('/note'))")
    note.press_sequentially(" два")
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.endsWith('/note'))")
    note.blur()
    expect(page.locator(".field .mark")).to_have_count(1)
    assert values(shop, row, "note") == ["коллега", "прежнее раз два"]


def type_into_the_note(page: Page) -> None:
    note = page.get_by_label(NOTE, exact=True)
    note.press("End")
    page.keyboard.insert_text(" раз")


def choose_a_manager(page: Page) -> None:
    manager = page.get_by_label("Ответственный", exact=True)
    manager.click()
    page.get_by_role("option", name="Смирнов Олег").click()


HANDS = {
    "a text": ("note", "коллега", type_into_the_note, ["коллега", "прежнее раз"]),
    "a list": (
        "legal_form",
        "person",
        lambda page: page.get_by_label("Вид", exact=True).select_option("sole_trader"),
        ["person", "sole_trader"],
    ),
    "a flag": ("potential", 1, lambda page: page.get_by_label("Потенциальный").uncheck(), [0, 1]),
    "a row": ("manager_id", "anna", choose_a_manager, ["anna", "oleg"]),
}


@pytest.mark.parametrize(("field", "theirs", "hand", "found"), HANDS.values(), ids=HANDS)
def test_what_comes_before_the_program_has_heard_of_what_is_done_is_not_overwritten(
    shop: Shop, field: str, theirs: Value, hand: Callable[[Page], object], found: list[Value]
) -> None:
    shop.orders += 1
    row = f"client{shop.orders}"
    shop.desk.do([Edit("clients", row, {"name": f"Клиент {shop.orders}", "note": "прежнее", "potential": 1})], "Клиент")
    page, acts, late = shop.context.new_page(), list[str | bytes](), Event()
    program: list[WebSocketRoute] = []

    def joined(browser: WebSocketRoute) -> None:
        program.append(browser.connect_to_server())
        browser.on_message(lambda said: acts.append(said) if late.is_set() else program[-1].send(said))

    page.route_web_socket("**/*", joined)
    page.goto(f"{shop.program.url}/clients/{row}")
    expect(page.get_by_label(NOTE, exact=True)).to_have_value("прежнее")
    shop.desk.do([Edit("clients", row, {"country": "Россия"})], "Страна")
    expect(page.get_by_label("Страна", exact=True)).to_have_value("Россия")  # the program and the page have met
    late.set()
    hand(page)
    shop.from_another_laptop("clients", row, {field: theirs, "city": "Омск"})
    expect(page.get_by_label("Город", exact=True)).to_have_value("Омск")
    late.clear()
    for said in acts:
        program[-1].send(said)
    page.get_by_label(NOTE, exact=True).focus()
    page.get_by_label("Город", exact=True).focus()
    expect(page.locator(".saved")).to_contain_text("Сохранено")
    expect(page.locator(".field .mark")).to_have_count(1)
    assert values(shop, row, field) == found
    close(page)


def product(shop: Shop) -> str:
    """One that no other test sells."""
    shop.orders += 1
    row = f"product{shop.orders}"
    shop.desk.do([Edit("products", row, {"name": f"Краска {shop.orders}", "price": 100 * MICRO})], "Товар")
    return row


def test_a_number_that_was_not_taken_yet_stands_against_what_has_come_before_the_card_is_opened_again(shop: Shop) -> None:
    row = product(shop)
    page = opened(shop, f"/products/{row}")
    price = page.get_by_label("Цена", exact=True)
    price.fill("")
    price.press_sequentially("112")
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.endsWith('/price'))")
    shop.kill()
    close(page)
    shop.from_another_laptop("products", row, {"price": 130 * MICRO})
    shop.start_again()
    shop.let_in()
    page = opened(shop, f"/products/{row}")
    expect(page.locator(".field .mark")).to_have_count(1)
    assert values(shop, row, "price") == [112 * MICRO, 130 * MICRO]
    close(page)


def test_what_only_the_browser_has_kept_stands_against_what_has_come_meanwhile(shop: Shop) -> None:
    row = product(shop)
    page = opened(shop, f"/products/{row}")
    price = page.get_by_label("Цена", exact=True)
    shop.freeze()  # not even the first letter reaches the program
    price.fill("")
    price.press_sequentially("1150")
    shop.kill()
    close(page)
    shop.from_another_laptop("products", row, {"price": 1300 * MICRO})
    shop.start_again()
    shop.let_in()
    page = opened(shop, f"/products/{row}")
    expect(page.get_by_label("Цена", exact=True)).to_have_value(f"1{NBSP}150,00")
    expect(page.locator(".field .mark")).to_have_count(1)
    assert values(shop, row, "price") == [1150 * MICRO, 1300 * MICRO]
    close(page)


def test_a_cell_that_was_not_taken_stands_against_what_has_come_before_the_order_is_opened_again(
    lined: tuple[Shop, str, OrderScreen],
) -> None:
    shop, order_id, screen = lined
    screen.cell("Цена", 1).click()
    screen.keys("1x2", "<Enter>")
    expect(screen.page.get_by_role("alert").first).to_be_visible()
    shop.from_another_laptop("order_lines", f"{order_id}-1", {"price": 77 * MICRO})
    again = shop.open(order_id)
    again.cell("Цена", 1).click()
    again.keys("<F2>", "<Home>", "<Delete>", "<Delete>", "<Enter>")
    expect(again.sum(1)).to_contain_text("2,00")
    assert values(shop, f"{order_id}-1", "price") == [2 * MICRO, 77 * MICRO]
    close(again.page)


@pytest.fixture
def custom(lined: tuple[Shop, str, OrderScreen]) -> Iterator[tuple[Shop, Page, str]]:
    """The section with the custom fields of an order, and the id of the value of «Предоплата по договору»."""
    shop, order_id, screen = lined
    close(screen.page)
    page = opened(shop, f"/orders/{order_id}?section=custom_values")
    yield shop, page, order_id
    close(page)


def from_colleague(shop: Shop, order_id: str, field: str, value: str) -> str:
    row = value_id(field, order_id)
    shop.from_another_laptop("custom_values", row, {"order_id": order_id, "field_id": field, "value": value})
    return row


def come(shop: Shop, page: Page, order_id: str) -> None:
    """What a colleague has written last shows in the header, so the page has heard of what he wrote before it."""
    number = f"К-{shop.foreign}"
    shop.from_another_laptop("orders", order_id, {"number": number}, knowing=True)
    expect(page.locator(".order-head h1")).to_contain_text(number)


def test_a_value_that_comes_while_a_custom_field_is_typed_does_not_take_the_text_away(custom: tuple[Shop, Page, str]) -> None:
    shop, page, order_id = custom
    money = page.get_by_label("Предоплата по договору", exact=True)
    money.press_sequentially("100")
    row = from_colleague(shop, order_id, "delivery", "50000")
    come(shop, page, order_id)
    expect(money).to_have_value("100")
    money.press("Enter")
    expect(page.locator(".field .mark")).to_have_count(1)
    assert len(values(shop, row, "value")) == 2


def test_who_goes_on_typing_in_a_custom_field_does_not_overwrite_what_has_come_meanwhile(custom: tuple[Shop, Page, str]) -> None:
    shop, page, order_id = custom
    way = page.get_by_label("Способ доставки", exact=True)
    way.press_sequentially("само")
    row = from_colleague(shop, order_id, "way", "курьер")
    come(shop, page, order_id)
    way.press_sequentially("вывоз")
    way.press("Enter")
    expect(page.locator(".field .mark")).to_have_count(1)
    assert values(shop, row, "value") == ["курьер", "самовывоз"]
    page.locator(".field .mark").click()
    page.locator(".rival", has_text="курьер").get_by_role("button").click()
    expect(page.locator(".field .mark")).to_have_count(0)
    expect(way).to_have_value("курьер")


def test_what_is_typed_into_a_disagreement_stays_when_it_grows_and_when_another_comes(shop: Shop) -> None:
    shop.orders += 1
    row, other = f"disputed{shop.orders}", f"b-disputed{shop.orders}"
    shop.desk.do([Edit("clients", key, {"name": key, "city": "Пермь"}) for key in (row, other)], "Клиенты")
    shop.from_another_laptop("clients", row, {"city": "Самара"})
    page = opened(shop, "/sync")
    dispute = page.locator(".conflict", has=page.get_by_role("link", name=f"Клиент {row}", exact=True))
    mine = dispute.get_by_label("Город: своё значение")
    mine.press_sequentially("Кинель")
    shop.from_another_laptop("clients", other, {"city": "Уфа"})
    expect(page.locator(".conflict", has_text=f"Клиент {other}")).to_be_visible()
    expect(mine).to_be_focused()
    mine.press_sequentially("-Черкассы")
    shop.from_another_laptop("clients", row, {"city": "Омск"})
    expect(dispute).to_contain_text("Омск")
    expect(mine).to_have_value("Кинель-Черкассы")
    dispute.get_by_role("button", name="Записать своё").click()
    expect(dispute).to_have_count(0)
    assert values(shop, row, "city") == []
    assert shop.desk.store.one("SELECT city FROM clients WHERE id = ?", (row,)) == "Кинель-Черкассы"
    close(page)


def test_a_payment_that_a_colleague_deletes_under_its_window_says_so_and_can_be_restored(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    close(screen.page)
    row = f"pay-{order_id}"
    shop.desk.do([Edit("payments", row, {"order_id": order_id, "amount": 100_00, "date": "2026-11-20"})], "Оплата")
    page = opened(shop, f"/orders/{order_id}?section=payments")
    page.locator("tr.link").first.click()
    window = page.get_by_role("dialog")
    expect(window.get_by_label("Сумма", exact=True)).to_be_visible()
    expect(window.locator(".deleted-bar")).to_be_hidden()
    shop.from_another_laptop("payments", row, {"deleted": 1}, knowing=True)
    expect(window.get_by_role("alert").filter(has_text="Эта запись удалена")).to_be_visible()
    window.get_by_role("button", name="Восстановить").click()
    expect(window.locator(".deleted-bar")).to_be_hidden()
    assert shop.desk.store.one("SELECT deleted FROM payments WHERE id = ?", (row,)) == 0
    close(page)


def test_a_line_that_a_colleague_deletes_stays_under_the_typing_and_lives_by_it(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    screen.cell("Цена", 2).click()
    screen.keys("5")
    shop.from_another_laptop("order_lines", f"{order_id}-2", {"deleted": 1}, knowing=True)
    expect(screen.page.locator(".lines-note")).to_contain_text("Смирнов Олег")
    screen.keys("7", "<Enter>")
    expect(screen.sum(2)).to_contain_text("57,00")
    assert sorted(map(str, values(shop, f"{order_id}-2", "deleted"))) == ["1", "57000000"]


def test_a_line_that_a_colleague_deletes_goes_when_the_typing_in_it_is_given_up(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    screen.cell("Цена", 2).click()
    screen.keys("5")
    shop.from_another_laptop("order_lines", f"{order_id}-2", {"deleted": 1}, knowing=True)
    expect(screen.page.locator(".lines-note")).to_contain_text("Смирнов Олег")
    assert screen.names() == ["Строка 1", "Строка 2", "Строка 3"]
    screen.keys("<Escape>")
    expect(screen.page.locator(".lines tbody tr[data-id]:not(.ghost)")).to_have_count(2)
    assert shop.desk.store.one("SELECT deleted FROM order_lines WHERE id = ?", (f"{order_id}-2",)) == 1
