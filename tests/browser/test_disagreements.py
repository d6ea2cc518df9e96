"""What people disagree about, as a salesperson meets it: in «Расхождения» and at the discount of an order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from shared.change import Edit
from shared.entity import MICRO
from tests.browser.closing import close
from tests.browser.order_desk import NBSP, OrderScreen, Shop


@pytest.fixture
def listed(shop: Shop) -> Iterator[Page]:
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/sync")
    yield page
    close(page)


def about(page: Page, name: str) -> Locator:
    """One disagreement, by what its row is called."""
    return page.locator(".conflict", has=page.get_by_role("link", name=name, exact=True))


def test_what_belongs_to_an_order_says_to_which_and_leads_there(shop: Shop, listed: Page) -> None:
    order_id = shop.order({"price": 10 * MICRO})
    payment = f"{order_id}-paid"
    shop.desk.do([Edit("payments", payment, {"order_id": order_id, "date": "2026-11-24", "amount": 1_234_50})], "Оплата")
    shop.from_another_laptop("order_lines", f"{order_id}-1", {"price": 11 * MICRO})
    shop.from_another_laptop("payments", payment, {"amount": 1_000_00})
    order = f"Заказ Т-{shop.orders} от 23.11.2026 · ООО «Вектор»"
    expect(about(listed, f"Строка заказа Строка 1 · {order}")).to_be_visible()
    about(listed, f"Оплата 24.11.2026 1000,00 · {order}").get_by_role("link").click()
    listed.wait_for_url(f"**/orders/{order_id}?section=payments")
    expect(listed.get_by_role("tabpanel", name="Оплаты")).to_be_visible()
    listed.go_back()
    about(listed, f"Строка заказа Строка 1 · {order}").get_by_role("link").click()
    expect(listed.get_by_label("Цена, строка 1", exact=True)).to_be_visible()


def test_edits_against_a_deletion_are_one_choice_which_is_in_force(shop: Shop, listed: Page) -> None:
    shop.desk.do([Edit("clients", "gone", {"name": "Ушедший"})], "Клиент")
    shop.from_another_laptop("clients", "gone", {"deleted": 1}, knowing=True)
    shop.desk.do([Edit("clients", "gone", {"city": "Уфа"})], "Город", shop.desk.view()._replace(place=0))
    shop.from_another_laptop("clients", "gone", {"phone": "+7 1"})
    found = about(listed, "Клиент Ушедший")
    choices = found.locator(".sides .head").filter(has=listed.get_by_role("button"))
    expect(choices).to_have_count(2)
    expect(choices.first).to_contain_text("Не удалять: изменено «Город», «Телефон»")
    expect(choices.first).to_contain_text("Смирнов Олег")
    expect(choices.first).to_contain_text("Без имени")
    expect(choices.first).to_contain_text("сейчас действует")
    expect(choices.last).to_contain_text("Удалить")
    choices.first.get_by_role("button", name="Оставить это").click()
    expect(found).to_have_count(0)
    expect(listed.locator(".notice")).to_contain_text("Расхождение снято")
    expect(listed.locator(".notice").get_by_role("button", name="Отменить")).to_have_count(0)
    assert (shop.desk.store.row("clients", "gone") or {})["deleted"] == 0


def test_a_colleague_of_a_long_name_pushes_no_button_out_of_sight(shop: Shop, listed: Page) -> None:
    name = (shop.desk.store.row("employees", "oleg") or {})["name"]
    shop.desk.do([Edit("employees", "oleg", {"name": "Олег" * 60})], "Имя")
    shop.desk.do([Edit("clients", "named", {"name": "Спорный"}), Edit("clients", "named", {"city": "Уфа"})], "Клиент")
    shop.from_another_laptop("clients", "named", {"city": "Самара"})
    other = about(listed, "Клиент Спорный").locator(".sides .head", has_text="Олег" * 60).get_by_role("button")
    expect(other).to_be_visible()
    box = other.bounding_box()
    shop.desk.do([Edit("employees", "oleg", {"name": name})], "Имя")
    assert box
    assert box["x"] + box["width"] <= 1366


def test_the_discount_on_an_order_has_its_mark(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    page = screen.page
    mark = page.get_by_role("button", name="Показать расхождение о скидке на заказ")
    shop.desk.do([Edit("orders", order_id, {"discount_percent": None, "discount_sum": 10_00})], "Скидка")
    shop.from_another_laptop("orders", order_id, {"discount_percent": 50 * MICRO, "discount_sum": None})
    mark.click()
    expect(screen.listed()).to_contain_text([f"50{NBSP}%", f"10,00{NBSP}₽"])
    box = screen.listed().first.bounding_box()
    assert box
    assert box["x"] + box["width"] <= 1366
    screen.listed().nth(1).click()
    expect(mark).to_have_count(0)
    expect(page.locator(".lines-totals input")).to_have_value("10,00")
    assert shop.desk.store.conflicts(order_id) == []
