"""The manager's pages: on a telephone the report that was asked for comes first, on a desk what a long table is read by stays in sight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from shared.change import Edit
from shared.entity import Value
from sync_server.hub import Hub
from tests.sync_server.conftest import PASSWORD, START_MS, office_folder, reports_at, reports_folder, url
from tests.sync_server.manager import table

__all__ = ["office_folder", "reports_folder", "url"]


LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) SELECT i AS first, {} FROM n"


@pytest.fixture
def telephone(browser: Browser, url: str) -> Iterator[Page]:
    yield from entered(browser, url, ViewportSize(width=390, height=800))


@pytest.fixture
def desktop(browser: Browser, url: str) -> Iterator[Page]:
    yield from entered(browser, url, ViewportSize(width=1366, height=768))


def entered(browser: Browser, url: str, size: ViewportSize) -> Iterator[Page]:
    context = browser.new_context(viewport=size, locale="ru-RU")
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


def test_headings_and_the_bar_to_scroll_sideways_stay_in_sight(desktop: Page, url: str) -> None:
    wide = ", ".join(f"'слово {number}' AS column_{number}" for number in range(30))
    desktop.goto(f"{url}/data?sql={quote(LONG.format(wide))}")
    sheet = desktop.locator(".scroll")
    expect(sheet).to_be_in_viewport(ratio=1)
    desktop.get_by_role("cell", name="300", exact=True).scroll_into_view_if_needed()
    expect(desktop.get_by_role("columnheader", name="first")).to_be_in_viewport(ratio=1)
    assert desktop.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert sheet.evaluate("each => each.scrollWidth > each.clientWidth")


def test_ten_columns_of_sums_need_no_scrolling_sideways(desktop: Page, url: str) -> None:
    sums = ("Сумма", "Скидки", "НДС", "Оплачено", "Долг", "Переплата", "Маржа")
    asked = ", ".join(f'{110_277.29 if name in sums[::3] else 7_206.1} AS "{name}, ₽"' for name in sums)
    sql = f'SELECT \'Rattlesnake Canyon Grocery\' AS "Клиент", 28 AS "Заказов", {asked}, \'1998-05-06\' AS "Последний заказ"'
    desktop.goto(f"{url}/data?sql={quote(sql)}")
    expect(desktop.get_by_role("columnheader")).to_have_count(10)
    assert desktop.locator(".scroll").evaluate("each => each.scrollWidth <= each.clientWidth")


def test_a_long_name_is_read_whole_and_pushes_no_sums_out_of_sight(browser: Browser, office_folder: Path, tmp_path: Path) -> None:
    folder, name = Path(copytree(office_folder, tmp_path / "office")), "Федеральное государственное учреждение " * 5
    hub = Hub.open(folder, lambda: START_MS)
    client, order = hub.new_id(), hub.new_id()
    line: dict[str, Value] = {"order_id": order, "price": 1_234_567_890_000, "quantity": 1_000_000, "discount_percent": 10_000_000}
    hub.write([
        Edit("clients", client, {"name": name.strip()}), Edit("orders", order, {"date": "2026-12-31", "client_id": client}),
        Edit("order_lines", hub.new_id(), line), Edit("payments", hub.new_id(), {"order_id": order, "amount": 123_456_789}),
    ])  # fmt: skip
    hub.close()
    fits = []
    with reports_at(folder) as url:
        for page in entered(browser, url, ViewportSize(width=1366, height=768)):
            page.goto(f"{url}/reports/sales_by_client")
            found = (page.locator(".scroll"), page.get_by_role("cell", name=name.strip()))
            fits = [each.evaluate("each => each.scrollWidth <= each.clientWidth") for each in found]
    assert fits == [True, True]
