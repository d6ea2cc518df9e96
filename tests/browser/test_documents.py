"""Papers of an order in a real browser: looked at, issued, opened as PDF, made by a template of one's own."""

from __future__ import annotations

import io

import pytest
from playwright.sync_api import Locator, expect
from pypdf import PdfReader

from local_app.documents.standard import standard
from shared.change import Edit
from shared.entity import MICRO, Value
from tests.browser.order_desk import NBSP, OrderScreen, Shop


@pytest.fixture
def papers(lined: tuple[Shop, str, OrderScreen]) -> tuple[Shop, str, Locator]:
    """The section of an order of one client by a firm that has an account."""
    shop, order_id, screen = lined
    account = {"organization_id": "firm", "account": "40702810138250123017", "bic": "044525225", "bank": "ПАО Сбербанк"}
    shop.desk.do([Edit("bank_accounts", "account", account)], "Счёт")
    screen.page.get_by_role("tab", name="Документы и шаблоны").click()
    panel = screen.page.get_by_role("tabpanel", name="Документы и шаблоны")
    expect(panel).to_be_visible()  # else what is typed next may still be typed into the section that is going
    return shop, order_id, panel


def test_an_invoice_is_looked_at_issued_and_opened(papers: tuple[Shop, str, Locator]) -> None:
    shop, order_id, panel = papers
    page = panel.page
    panel.get_by_role("button", name="Создать счёт").click()
    sheet = page.frame_locator("iframe[title='Как будет напечатан документ']")
    expect(sheet.get_by_role("heading", name="Счёт на оплату")).to_be_visible()
    expect(sheet.get_by_text(f"60,00{NBSP}руб").or_(sheet.locator(".words"))).to_contain_text("Шестьдесят рублей 00 копеек")
    expect(page.get_by_text("При выставлении получит номер ")).to_be_visible()
    page.get_by_label("Основание или примечание").fill("Договор № 5")
    expect(sheet.get_by_text("Договор № 5")).to_be_visible()
    with page.context.expect_event("request", lambda asked: "/papers/" in asked.url) as opened:
        page.get_by_role("button", name="Выставить", exact=True).click()
    expect(panel.get_by_role("link", name="Счёт на оплату № ")).to_be_visible()
    expect(page.get_by_role("button", name="Выставить", exact=True)).to_have_count(0)
    answer = page.request.get(opened.value.url)
    assert answer.headers["content-type"] == "application/pdf"
    assert "Договор № 5" in PdfReader(io.BytesIO(answer.body())).pages[0].extract_text()
    (row,) = shop.desk.store.rows("SELECT * FROM documents WHERE order_id = ?", (order_id,))
    assert (row["state"], row["total"]) == ("issued", 6000)
    with page.expect_download() as download:
        panel.get_by_role("button", name="Скачать PDF").click()
    assert download.value.suggested_filename.startswith(f"Счёт на оплату № {row['number']} от ")


def test_an_issued_document_is_cancelled_after_a_question(papers: tuple[Shop, str, Locator]) -> None:
    shop, order_id, panel = papers
    page = panel.page
    page.keyboard.press("Control+p")
    page.get_by_role("button", name="Выставить", exact=True).click()
    expect(panel.get_by_text("Выставлен", exact=True)).to_be_visible()
    shop.desk.do([Edit("orders", order_id, {"subject": "Доски"})], "Тема")
    panel.get_by_role("button", name="Аннулировать").click()
    question = page.get_by_role("dialog", name="Аннулировать документ?")  # the draft's own window may still be on its way out
    expect(question).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.locator(".notice")).to_contain_text("Пока открыто окно")
    assert shop.desk.store.one("SELECT subject FROM orders WHERE id = ?", (order_id,)) == "Доски"
    question.get_by_role("button", name="Аннулировать").click()
    expect(panel.get_by_text("Аннулирован", exact=True)).to_be_visible()
    assert shop.desk.store.rows("SELECT state FROM documents WHERE order_id = ?", (order_id,)) == [{"state": "cancelled"}]


def test_an_invoice_that_the_order_has_left_behind_is_not_handed_out_as_if_it_were_of_today(papers: tuple[Shop, str, Locator]) -> None:
    shop, order_id, panel = papers
    page = panel.page
    page.keyboard.press("Control+p")
    page.get_by_role("button", name="Выставить", exact=True).click()
    expect(panel.get_by_text("Выставлен", exact=True)).to_be_visible()
    expect(panel.get_by_text("в заказе теперь")).to_have_count(0)
    shop.desk.do([Edit("order_lines", f"{order_id}-1", {"quantity": 3 * MICRO})], "Клиент передумал")
    expect(panel.get_by_text(f"в заказе теперь 80,00{NBSP}₽", exact=True)).to_be_visible()
    page.get_by_role("tab", name="Основное").click()
    expect(panel).to_be_hidden()
    page.keyboard.press("Control+p")
    expect(page.locator(".notice")).to_contain_text("выставлен до изменений")
    panel.get_by_role("button", name="Аннулировать").click()
    page.get_by_role("dialog").get_by_role("button", name="Аннулировать и создать новый").click()
    expect(page.frame_locator("iframe[title='Как будет напечатан документ']").locator(".words")).to_contain_text("Восемьдесят рублей")
    states = shop.desk.store.rows("SELECT state FROM documents WHERE order_id = ? ORDER BY id", (order_id,))
    assert [row["state"] for row in states] == ["cancelled", "draft"]


def test_what_was_typed_and_not_accepted_keeps_the_paper_back(papers: tuple[Shop, str, Locator]) -> None:
    shop, order_id, panel = papers
    page = panel.page
    page.get_by_role("tab", name="Основное").click()
    cell = page.get_by_label("Количество, строка 2", exact=True)
    cell.fill("2о")
    cell.press("Enter")
    expect(page.get_by_text("«2о» не похоже на число")).to_be_visible()
    page.keyboard.press("Control+p")
    expect(page.get_by_role("dialog").get_by_text("В заказе не принято набранное: «2о»")).to_be_visible()
    page.get_by_role("button", name="Выставить", exact=True).click()
    expect(page.get_by_text("Документ не выставлен. В заказе не принято")).to_be_visible()
    page.get_by_role("button", name="Закрыть").last.click()
    cell.click()
    cell.press("Escape")
    panel_tab = page.get_by_role("tab", name="Документы и шаблоны")
    panel_tab.click()
    panel.get_by_role("button", name="Посмотреть и выставить").first.click()
    expect(page.get_by_text("При выставлении получит номер ")).to_be_visible()
    expect(page.get_by_text("В заказе не принято набранное")).to_have_count(0)
    assert shop.desk.store.rows("SELECT state FROM documents WHERE order_id = ?", (order_id,)) == [{"state": "draft"}]


def test_a_paper_is_not_issued_with_its_former_date_while_the_typed_one_is_not_accepted(papers: tuple[Shop, str, Locator]) -> None:
    shop, order_id, panel = papers
    page = panel.page
    panel.get_by_role("button", name="Создать счёт").click()
    date = page.get_by_role("dialog").get_by_label("Дата", exact=True)
    date.fill("31.02.2026")
    date.press("Tab")
    expect(date).to_have_attribute("aria-invalid", "true")
    issue, notice = page.get_by_role("button", name="Выставить", exact=True), page.locator(".notice")
    issue.click()
    expect(notice).to_contain_text("Документ не выставлен. В черновике не принято набранное: «31.02.2026»")
    assert shop.desk.store.rows("SELECT state FROM documents WHERE order_id = ?", (order_id,)) == [{"state": "draft"}]
    date.fill("28.02.2026")
    issue.click()
    expect(panel.get_by_text("Выставлен", exact=True)).to_be_visible()
    sql = "SELECT state, date FROM documents WHERE order_id = ?"
    assert shop.desk.store.rows(sql, (order_id,)) == [{"state": "issued", "date": "2026-02-28"}]


def test_a_draft_of_another_year_says_that_its_number_will_be_of_it(papers: tuple[Shop, str, Locator]) -> None:
    _, _, panel = papers
    page = panel.page
    panel.get_by_role("button", name="Создать счёт").click()
    date, number = page.get_by_role("dialog").get_by_label("Дата", exact=True), page.get_by_role("dialog").get_by_label("Номер", exact=True)
    expect(page.get_by_text("При выставлении получит номер ")).to_be_visible()
    expect(page.get_by_text("датирован не этим годом")).to_have_count(0)
    date.fill("31.12.2020")
    date.press("Tab")
    expect(page.get_by_text("Документ датирован не этим годом: номер он получит за 2020 год")).to_be_visible()
    number.fill("К-7")
    number.press("Tab")
    expect(page.get_by_text("Документ датирован не этим годом", exact=True)).to_be_visible()


def test_what_is_missing_is_said_and_keeps_the_paper_back(papers: tuple[Shop, str, Locator]) -> None:
    shop, _, panel = papers
    page = panel.page
    shop.desk.do([Edit("bank_accounts", "account", {"deleted": 1})], "Счёт удалён")
    panel.get_by_role("button", name="Создать счёт").click()
    expect(page.get_by_text("У нашей организации нет расчётного счёта")).to_be_visible()
    page.get_by_role("button", name="Выставить", exact=True).click()
    expect(page.get_by_text("Документ не выставлен")).to_be_visible()
    shop.desk.do([Edit("bank_accounts", "account", {"deleted": 0})], "Счёт вернули")
    expect(page.get_by_text("У нашей организации нет расчётного счёта: ")).to_have_count(0)


def test_a_template_of_ones_own_is_edited_beside_the_paper(papers: tuple[Shop, str, Locator]) -> None:
    shop, _, panel = papers
    page = panel.page
    panel.get_by_role("button", name="Создать счёт").click()
    page.get_by_role("tab", name="Шаблон", exact=True).click()
    page.get_by_role("button", name="Сделать свой шаблон").click()
    text = page.get_by_label("Текст: HTML с тегами")
    expect(text).to_have_value(standard("invoice").body)
    assert shop.desk.store.one("SELECT body FROM templates") == standard("invoice").body
    text.fill("<h1>Наш счёт для {{ client.name }}</h1>{{ client.inm }}")
    sheet = page.frame_locator("iframe[title='Как будет напечатан документ']")
    expect(sheet.get_by_role("heading", name="Наш счёт для")).to_be_visible()
    expect(page.get_by_text("В шаблоне неверный тег, строка 1: client.inm")).to_be_visible()
    text.fill("<h1>{{ client.name </h1>")
    expect(page.get_by_text("тег записан неверно")).to_be_visible()
    page.get_by_role("tab", name="Теги", exact=True).click()
    expect(page.get_by_role("button", name="Всего прописью")).to_be_visible()
    page.get_by_role("button", name="Закрыть").click()
    panel.get_by_role("button", name="Удалить черновик").click()
    expect(panel.get_by_text("Создайте счёт, предложение или акт")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(panel.get_by_role("button", name="Посмотреть и выставить").first).to_be_visible()


def test_an_undo_under_an_open_draft_takes_it_away_and_says_so(papers: tuple[Shop, str, Locator]) -> None:
    _, _, panel = papers
    page = panel.page
    panel.get_by_role("button", name="Создать счёт").click()
    expect(page.get_by_text("При выставлении получит номер ")).to_be_visible()
    page.locator(".paper h1").click()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("dialog").get_by_text("Этого документа больше нет")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Закрыть").click()
    expect(panel.get_by_text("Создайте счёт, предложение или акт")).to_be_visible()


def test_a_second_template_of_ones_own_has_a_name_of_its_own(papers: tuple[Shop, str, Locator]) -> None:
    shop, order_id, panel = papers
    page, made = panel.page, "SELECT name FROM templates WHERE document_type = 'offer' AND deleted = 0 ORDER BY id"
    patch: dict[str, Value] = {"order_id": order_id, "document_type": "offer", "date": "2026-11-23"}
    shop.desk.do([Edit("documents", shop.desk.new_id(), patch) for _ in range(2)], "Черновики")
    names = ["Коммерческое предложение: свой", "Коммерческое предложение: свой 2"]
    for place, name in enumerate(names):
        panel.get_by_role("button", name="Коммерческое предложение").nth(place).click()
        page.get_by_role("tab", name="Шаблон", exact=True).click()
        page.get_by_role("button", name="Сделать свой шаблон").dblclick()
        expect(page.get_by_label("Название", exact=True)).to_have_value(name)
        page.get_by_role("button", name="Закрыть").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert [each["name"] for each in shop.desk.store.rows(made)] == names
