"""What the window of a draft asks before the paper is issued."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from shared.change import Edit
from shared.entity import MICRO
from tests.browser.order_desk import Shop
from tests.browser.test_documents import papers

__all__ = ["papers"]


def test_a_wrong_tag_is_asked_about_before_the_paper_is_issued(papers: tuple[Shop, str, Locator]) -> None:
    shop, order_id, panel = papers
    page = panel.page
    own = {"name": "Свой", "document_type": "invoice", "format": "html", "body": "<h1>{{ client.name }}</h1>{{ client.inm }}"}
    shop.desk.do([Edit("templates", f"{order_id}-own", own)], "Шаблон")
    panel.get_by_role("button", name="Создать счёт").click()
    expect(page.get_by_text("При выставлении получит номер ")).to_be_visible()
    issue, question = page.get_by_role("button", name="Выставить", exact=True), page.get_by_role("dialog", name="Выставить документ?")
    issue.click()
    expect(question).to_contain_text("В шаблоне неверный тег, строка 1: client.inm")
    question.get_by_role("button", name="Не выставлять").click()
    expect(question).to_have_count(0)
    assert shop.desk.store.rows("SELECT state FROM documents WHERE order_id = ?", (order_id,)) == [{"state": "draft"}]
    issue.click()
    with page.context.expect_page():
        question.get_by_role("button", name="Всё равно выставить").click()
    expect(panel.get_by_text("Выставлен", exact=True)).to_be_visible()
    shop.desk.do([Edit("templates", f"{order_id}-own", {"deleted": 1})], "Шаблон удалён")


def test_what_people_disagree_about_is_said_before_it_is_on_a_paper(papers: tuple[Shop, str, Locator]) -> None:
    shop, order_id, panel = papers
    page = panel.page
    shop.from_another_laptop("order_lines", f"{order_id}-1", {"price": 11 * MICRO})
    shop.from_another_laptop("clients", "client", {"name": "ООО «Вектор плюс»", "note": "Заходил"})
    panel.get_by_role("button", name="Создать счёт").click()
    expect(page.locator(".flaw", has_text="Есть расхождения")).to_contain_text("Строка заказа Строка 1: «Цена»")
    page.get_by_role("button", name="Выставить", exact=True).click()
    question = page.get_by_role("dialog", name="Выставить документ?")
    expect(question).to_contain_text("Клиент ООО «Вектор плюс»: «Название»; Строка заказа Строка 1: «Цена»")
    question.get_by_role("button", name="Не выставлять").click()
    seen = shop.desk.view()
    shop.desk.do(
        [Edit("order_lines", f"{order_id}-1", {"price": 11 * MICRO}), Edit("clients", "client", {"name": "ООО «Вектор»"})], "Решено", seen
    )
    expect(page.locator(".flaw", has_text="Есть расхождения")).to_have_count(0)
    page.get_by_role("button", name="Выставить", exact=True).click()
    expect(panel.get_by_text("Выставлен", exact=True)).to_be_visible()
