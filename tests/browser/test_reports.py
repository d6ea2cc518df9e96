"""Reports on the screen: their day, their foot, their file."""

from __future__ import annotations

import re
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import expect

from shared.formats import money
from tests.browser.conftest import Opening, Program


def test_debts_are_shown_and_taken_home_on_a_day_that_is_chosen(opened: Opening, program: Program, tmp_path: Path) -> None:
    page = opened(program, "/reports/debts")
    foot = page.locator("tfoot td").last
    expect(foot).to_have_text(re.compile(r",\d\d$"))
    page.get_by_role("button", name="На дату").click()
    page.get_by_text("Конец прошлого года").click()
    expect(page).to_have_url(re.compile(r"today=\d{4}-12-31$"))
    expect(page.get_by_role("button", name=re.compile(r"На дату: 31\.12\.\d{4}"))).to_be_visible()
    with page.expect_download() as given:
        page.get_by_role("button", name="Выгрузить в Excel").click()
    given.value.save_as(tmp_path / "debts.xlsx")
    owed = [row[-1] for row in load_workbook(tmp_path / "debts.xlsx").worksheets[0].iter_rows(min_row=2, values_only=True)]
    expect(foot).to_have_text(money(sum(round(float(str(each)) * 100) for each in owed), ""))  # it is counted after the day is named


def test_a_period_and_a_day_are_typed_by_the_keyboard(opened: Opening, program: Program) -> None:
    page = opened(program, "/reports/sales_by_month")
    page.get_by_role("button", name="Период").click()
    page.get_by_role("menuitem", name="Выбрать даты…").click()
    expect(page.get_by_label("Период", exact=True).last).to_be_focused()
    page.keyboard.type("15.03.1997 - 1.3.1997")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Первый день позже последнего")).to_be_visible()
    page.keyboard.press("Control+A")
    page.keyboard.type("1.3.1997 - 15.03.1997")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Период: 01.03.1997 – 15.03.1997")).to_be_visible()
    page.get_by_role("button", name="Период").click()
    page.get_by_role("menuitem", name="Выбрать даты…").click()
    days = page.locator(".q-date__calendar-item button")
    days.get_by_text("3", exact=True).click()
    days.get_by_text("5", exact=True).click()
    expect(page.get_by_role("textbox", name="Период")).to_have_value("03.03.1997 – 05.03.1997")
    page.get_by_role("button", name="Показать").click()
    expect(page).to_have_url(re.compile("date_from=1997-03-03&date_to=1997-03-05$"))
    page.goto(f"{program.url}/reports/debts")
    page.get_by_role("button", name="На дату").click()
    page.get_by_text("Выбрать дату…").click()
    expect(page.get_by_role("textbox", name="На дату")).to_be_focused()
    page.keyboard.type("31.12.1997")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("today=1997-12-31$"))
