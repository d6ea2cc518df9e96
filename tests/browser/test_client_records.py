"""What is written down beside a client: calls with his orders, files under other names."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.order_desk import OrderScreen, Shop
from tests.browser.test_dropping import DROPPED


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
