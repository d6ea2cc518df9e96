"""Ctrl+Z over what nobody can undo any more: it is said once, and the key goes on."""

from __future__ import annotations

from playwright.sync_api import expect

from shared.change import Edit
from tests.browser.order_desk import OrderScreen, Shop


def test_the_key_goes_on_after_what_a_colleague_has_written_over(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    shop.desk.do([Edit("orders", order_id, {"subject": "Срочно"})], "Тема")
    shop.desk.do([Edit("orders", order_id, {"note": "Позвонить"})], "Примечание")
    shop.from_another_laptop("orders", order_id, {"note": "Звонил"}, knowing=True)
    note, subject = (screen.page.get_by_label(label, exact=True) for label in ("Примечание", "Тема"))
    expect(note).to_have_value("Звонил")
    screen.page.locator("body").press("Control+z")
    expect(screen.page.locator(".notice")).to_contain_text("«Примечание» нельзя отменить: эти записи с тех пор изменены. Следующее Ctrl+Z")
    expect(subject).to_have_value("Срочно")
    screen.page.locator("body").press("Control+z")
    expect(subject).to_have_value("")
    expect(note).to_have_value("Звонил")
