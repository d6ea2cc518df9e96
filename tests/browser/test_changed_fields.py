"""Custom fields that were given another kind or other options while values of them are there already."""

from __future__ import annotations

from playwright.sync_api import expect

from shared.change import Edit
from shared.rules.custom import set_value
from tests.browser.order_desk import OrderScreen, Shop


def test_a_value_stays_in_sight_when_its_field_becomes_another_one(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    shop.desk.do([
        Edit("custom_fields", "route", {"home": "orders", "name": "Маршрут", "value_kind": "choice", "options": "Почта\nКурьер"}),
        Edit("custom_fields", "fitting", {"home": "orders", "name": "Замер", "value_kind": "date"}),
    ], "Поля")  # fmt: skip
    for row, value in (("route", "Курьер"), ("fitting", "2026-11-28")):
        shop.desk.do(set_value(dict(shop.desk.store.row("custom_fields", row) or {}), order_id, value), "Значение")
    changed = [Edit("custom_fields", "route", {"options": "Почта"}), Edit("custom_fields", "fitting", {"value_kind": "flag"})]
    screen.page.get_by_role("tab", name="Дополнительные параметры").click()
    panel = screen.page.get_by_role("tabpanel", name="Дополнительные параметры")
    expect(panel.get_by_label("Маршрут")).to_have_value("Курьер")
    shop.desk.do(changed, "Другие поля")
    expect(panel.get_by_label("Маршрут").locator("option:checked")).to_have_text("Курьер (нет в списке)")
    expect(panel.get_by_text("Здесь было «2026-11-28»: отметьте, если да")).to_be_visible()
    panel.get_by_label("Маршрут").select_option("Почта")
    expect(panel.get_by_label("Маршрут").locator("option", has_text="нет в списке")).to_have_count(0)
    shop.desk.do([Edit("custom_fields", row, {"deleted": 1}) for row in ("route", "fitting")], "Убраны")


def test_fields_without_a_place_stand_behind_the_others_in_the_order_in_which_they_were_made(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, _, screen = lined
    shop.desk.do([Edit("custom_fields", f"f{place}", {"home": "orders", "name": name}) for place, name in enumerate("ВАБ")], "Поля")
    screen.page.get_by_role("tab", name="Дополнительные параметры").click()
    panel = screen.page.get_by_role("tabpanel", name="Дополнительные параметры")
    expect(panel.locator(".label .cut")).to_have_text(["Предоплата по договору", "Способ доставки", "В", "А", "Б"])
