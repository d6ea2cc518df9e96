"""The manager's pages on a telephone: the report that was asked for comes first, and the page itself never scrolls sideways."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.sync_server.conftest import PASSWORD, office_folder, reports_folder, url
from tests.sync_server.manager import table

__all__ = ["office_folder", "reports_folder", "url"]


@pytest.fixture
def telephone(browser: Browser, url: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 800}, locale="ru-RU")
    page = context.new_page()
    page.goto(url)
    page.get_by_label("Имя для входа").fill("maria")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Войти").click()
    expect(page.get_by_role("heading", level=1, name="Отчёты")).to_be_visible()
    yield page
    context.close()


@pytest.mark.parametrize("path", ["/reports/sales_by_client", "/reports/debts", table("Заказы"), "/data?sql=select+1", "/reports/nothing"])
def test_what_was_asked_for_stands_at_the_top(telephone: Page, url: str, path: str) -> None:
    telephone.goto(url + path)
    expect(telephone.get_by_role("heading", level=1)).to_be_in_viewport(ratio=1)
    assert telephone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    telephone.get_by_role("link", name="Все отчёты и таблицы").click()
    telephone.locator("nav").get_by_role("link", name="Продажи по месяцам").click()
    expect(telephone).to_have_url(re.compile("/reports/sales_by_month$"))
    expect(telephone.get_by_role("cell", name=re.compile("январь 2026"))).to_be_in_viewport()
