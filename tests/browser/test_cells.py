"""Cells of the lines under the mouse, and the list under a cell: where it stands, what it adds."""

from __future__ import annotations

from playwright.sync_api import FloatRect, Locator, expect

from shared.entity import MICRO
from tests.browser.order_desk import OrderScreen, Shop

Lined = tuple[Shop, str, OrderScreen]


def box(part: Locator) -> FloatRect:
    found = part.bounding_box()
    assert found
    return found


def test_a_click_into_the_cell_that_enter_has_come_to_chooses_it(lined: Lined) -> None:
    shop, order_id, screen = lined
    screen.cell("Цена", 1).click()
    screen.keys("15", "<Enter>")
    expect(screen.cell("Цена", 2)).to_be_focused()
    screen.cell("Цена", 2).click()
    screen.keys("34", "<Enter>")
    expect(screen.sum(2)).to_have_text("34,00")
    screen.cell("Цена", 2).dblclick()
    screen.keys("<End>", "5", "<Enter>")
    expect(screen.cell("Цена", 2)).to_have_value("34,005")
    screen.written()
    assert [line["price"] for line in shop.lines(order_id)] == [15 * MICRO, 34_005_000, 30 * MICRO]


def test_the_list_stands_under_its_cell_where_there_is_room_and_goes_with_it(lined: Lined) -> None:
    _, _, screen = lined
    screen.page.set_viewport_size({"width": 1366, "height": 700})
    screen.fresh.click()
    screen.keys("Погрузка")
    expect(screen.listed()).to_have_count(1)
    shown, cell = screen.page.locator(".lines-list"), screen.fresh
    assert box(cell)["y"] + 320 > 700  # ten choices would not fit
    assert box(shown)["y"] >= box(cell)["y"] + box(cell)["height"] - 1
    screen.page.set_viewport_size({"width": 1366, "height": 500})
    screen.keys(" вручную")
    before = box(cell)["y"]
    screen.page.mouse.move(box(cell)["x"] + 20, before + 5)
    screen.page.mouse.wheel(0, 60)
    screen.page.wait_for_function("y => document.activeElement.getBoundingClientRect().y !== y", arg=before)
    screen.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    edges = {box(shown)["y"] + box(shown)["height"] - box(cell)["y"], box(shown)["y"] - box(cell)["y"] - box(cell)["height"]}
    assert min(abs(edge) for edge in edges) < 2


def test_a_unit_that_the_directory_lacks_is_added_from_its_cell(lined: Lined) -> None:
    shop, order_id, screen = lined
    why = screen.page.get_by_role("alert").filter(has_text="Единицы «рейс» нет в справочнике")
    screen.cell("Единица", 1).click()
    screen.keys("рейс")
    expect(screen.listed()).to_have_text(["Добавить единицу «рейс»"])
    screen.keys("<Enter>")
    expect(why).to_be_visible()
    assert not shop.desk.store.rows("SELECT id FROM units WHERE name = 'рейс'")
    screen.page.reload()
    screen.ready()
    expect(why).to_be_visible()
    screen.cell("Единица", 1).click()
    screen.keys("рейс", "<ArrowDown>", "<Enter>")
    expect(why).to_have_count(0)
    expect(screen.cell("Единица", 2)).to_be_focused()
    expect(screen.cell("Единица", 1)).to_have_value("рейс")
    screen.written()
    (unit,) = shop.desk.store.rows("SELECT id FROM units WHERE name = 'рейс' AND deleted = 0")
    assert shop.lines(order_id)[0]["unit_id"] == unit["id"]
    screen.cell("Единица", 2).click()
    screen.keys("ре")
    expect(screen.listed()).to_have_text(["рейс"])


def test_a_unit_that_was_deleted_comes_back_when_it_is_asked_for(lined: Lined) -> None:
    shop, order_id, screen = lined
    screen.cell("Единица", 1).click()
    screen.keys("рейс", "<ArrowDown>", "<Enter>")
    expect(screen.cell("Единица", 1)).to_have_value("рейс")
    screen.written()
    unit = str(shop.lines(order_id)[0]["unit_id"])
    shop.from_another_laptop("units", unit, {"deleted": 1}, knowing=True)
    screen.page.reload()
    screen.ready()
    screen.cell("Единица", 2).click()
    screen.keys("рейс", "<ArrowDown>", "<Enter>")
    expect(screen.cell("Единица", 2)).to_have_value("рейс")
    screen.written()
    assert shop.lines(order_id)[1]["unit_id"] == unit
    assert shop.desk.store.rows("SELECT name FROM units WHERE id = ? AND deleted = 0", (unit,)) == [{"name": "рейс"}]


def test_a_reason_says_the_same_after_a_reload(lined: Lined) -> None:
    _, _, screen = lined
    screen.cell("Единица", 1).click()
    screen.keys("шт", "<Enter>")
    expect(screen.cell("Единица", 1)).to_have_value("шт")
    screen.cell("Количество", 1).click()
    screen.keys("2 кг", "<Enter>")
    why = screen.page.get_by_role("alert").filter(has_text="у строки другая единица")
    expect(why).to_be_visible()
    screen.page.reload()
    screen.ready()
    expect(screen.cell("Количество", 1)).to_have_value("2 кг")
    expect(why).to_be_visible()
