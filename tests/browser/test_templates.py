"""«Справочники» → «Шаблоны документов»: a template is begun, looked at and put back beside what it makes of an order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from local_app.documents.standard import standard
from shared.change import Edit
from tests.browser.closing import close
from tests.browser.order_desk import Shop

SHEET = "iframe[title='Как будет напечатан документ']"


@pytest.fixture
def begun(shop: Shop) -> Iterator[tuple[Shop, Page]]:
    """The card of a new template in a firm that has one order, by name."""
    shop.order({"name": "Кабель"})
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/directory/templates")
    page.get_by_role("button", name="Добавить").first.click()
    name = page.get_by_label("Название")
    expect(name).to_be_focused()
    name.fill("Наш счёт")
    name.press("Tab")
    expect(page.locator(".card-head h1")).to_have_text("Наш счёт")
    yield shop, page
    close(page)
    made = [row["id"] for row in shop.desk.store.rows("SELECT id FROM templates WHERE deleted = 0")]
    shop.desk.do([Edit("templates", row, {"deleted": 1}) for row in made], "Шаблоны удалены")


def test_a_new_template_begins_as_a_copy_and_shows_what_it_makes(begun: tuple[Shop, Page]) -> None:
    shop, page = begun
    text, sheet, back = page.get_by_label("Текст: HTML с тегами"), page.frame_locator(SHEET), page.get_by_text("Вернуть стандартный текст")
    expect(text).to_have_value(standard("invoice").body)
    expect(sheet.get_by_text("Кабель")).to_be_visible()
    expect(back).to_be_hidden()
    text.fill("<h1>Наш счёт для {{ client.name }}</h1>\n{{ client.inm }}")
    expect(sheet.get_by_role("heading", name="Наш счёт для ООО «Вектор»")).to_be_visible()
    expect(page.get_by_text("В шаблоне неверный тег, строка 2: client.inm")).to_be_visible()
    text.fill("<h1>Наш счёт</h1>\n{% if client.name %}")
    expect(page.get_by_text("не закрыт {% for %} или {% if %}")).to_be_visible()
    back.click()
    expect(text).to_have_value(standard("invoice").body)
    expect(sheet.get_by_text("Кабель")).to_be_visible()
    page.locator(".notice").get_by_role("button", name="Отменить").click()
    expect(text).to_have_value("<h1>Наш счёт</h1>\n{% if client.name %}")
    page.get_by_role("tab", name="Теги").click()
    expect(page.get_by_role("button", name="Всего прописью")).to_be_visible()
    (row,) = shop.desk.store.rows("SELECT name, document_type, format FROM templates WHERE deleted = 0")
    assert row == {"name": "Наш счёт", "document_type": "invoice", "format": "html"}


def test_an_unchanged_text_follows_the_kind_of_paper(begun: tuple[Shop, Page]) -> None:
    _, page = begun
    text, kind, sheet = page.get_by_label("Текст: HTML с тегами"), page.get_by_label("Вид документа"), page.frame_locator(SHEET)
    kind.select_option("Акт выполненных работ")
    expect(text).to_have_value(standard("act").body)
    expect(sheet.get_by_role("heading", name="Акт №")).to_be_visible()
    text.fill("<h1>{{ document.name }}</h1>")
    expect(sheet.get_by_role("heading", name="Акт выполненных работ")).to_be_visible()
    kind.select_option("Договор")
    expect(sheet.get_by_role("heading", name="Договор")).to_be_visible()
    expect(text).to_have_value("<h1>{{ document.name }}</h1>")
