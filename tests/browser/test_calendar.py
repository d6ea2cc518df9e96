"""The calendar by the keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from shared.change import Edit
from tests.browser.closing import close
from tests.browser.order_desk import Shop


def test_reminders_are_ticked_off_one_after_the_other_with_the_space_bar(shop: Shop) -> None:
    names = ("Первое", "Второе", "Третье")
    edits = [Edit("reminders", f"tick{place}", {"text": name, "moment": f"2100-01-0{place + 1}T10:00"}) for place, name in enumerate(names)]
    shop.desk.do(edits, "Дела")
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/calendar")
    page.get_by_role("checkbox").nth(0).focus()
    for name in names[:2]:
        page.keyboard.press("Space")
        expect(page.get_by_text(name, exact=True)).to_have_count(0)
        expect(page.get_by_role("checkbox").nth(0)).to_be_focused()
    expect(page.get_by_role("checkbox")).to_have_count(1)
    shop.desk.do([Edit("reminders", each.row, {"deleted": 1}) for each in edits], "Дела")
    close(page)


def test_reminders_beyond_the_first_ones_are_told_and_shown(shop: Shop) -> None:
    shop.desk.do([Edit("reminders", f"many{place}", {"text": f"Дело {place}", "done": 1}) for place in range(401)], "Дела")
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/calendar?done=1")
    boxes, further = page.get_by_role("checkbox"), page.get_by_role("button", name="Показать ещё")
    expect(page.get_by_text(re.compile("Показаны первые 200 из 40. напомин"))).to_be_visible()
    expect(boxes).to_have_count(200)
    further.click()
    expect(boxes).to_have_count(400)
    further.click()
    expect(further).to_have_count(0)
    expect(page.get_by_text(re.compile("^Дело"))).to_have_count(401)
    close(page)


def test_a_reminder_of_a_colleague_tells_whose_it_is(shop: Shop) -> None:
    people = {"theirs": "oleg", "nobodys": None}
    edits = [Edit("reminders", row, {"text": row, "moment": "2100-01-01T10:00", "employee_id": who}) for row, who in people.items()]
    shop.desk.do(edits, "Дела")
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/calendar?whose=all")
    expect(page.locator(".row-line", has_text="theirs")).to_contain_text("Смирнов Олег")
    expect(page.locator(".row-line", has_text="nobodys").locator(".caption")).to_have_count(0)
    shop.desk.do([Edit("reminders", each.row, {"deleted": 1}) for each in edits], "Дела")
    close(page)


def test_what_is_to_be_done_begins_at_one_line_whatever_the_day(shop: Shop) -> None:
    moments = ("2100-05-01T00:00", "2100-09-30T23:58", "2100-12-31T22:00")
    edits = [Edit("reminders", f"line{place}", {"text": "Вровень", "moment": moment}) for place, moment in enumerate(moments)]
    shop.desk.do(edits, "Дела")
    page = shop.context.new_page()
    page.goto(f"{shop.program.url}/calendar?whose=all")
    found = page.get_by_text("Вровень", exact=True)
    expect(found).to_have_count(len(moments))
    assert len({each.evaluate("each => each.getBoundingClientRect().left") for each in found.all()}) == 1
    shop.desk.do([Edit("reminders", each.row, {"deleted": 1}) for each in edits], "Дела")
    close(page)
