"""The lines editor in a real browser: like a spreadsheet, and nothing typed is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from shared.change import Edit
from shared.entity import MICRO, Value
from tests.browser.closing import close
from tests.browser.order_desk import OrderScreen, Shop


def test_lines_are_typed_by_keyboard_alone(shop: Shop) -> None:
    order_id = shop.order()
    screen = shop.open(order_id)
    screen.fresh.click()
    screen.keys("доск")
    expect(screen.listed().first).to_contain_text("Доска обрезная")
    screen.keys("<Enter>", "12*3", "<Tab>", "1 234,5", "<Tab>", "5%", "<Enter>")
    expect(screen.sum(1)).to_have_text("42 219,90")
    screen.keys("Погрузка вручную")
    expect(screen.listed()).to_have_count(1)
    screen.keys("<Enter>", "-2", "<Tab>", "100", "<Tab>", "50", "<Enter>")
    expect(screen.sum(2)).to_have_text("−150,00")
    expect(screen.total("Без скидки")).to_have_text("44 242,00")
    expect(screen.total("К оплате")).to_have_text("42 069,90 ₽")
    expect(screen.total("К оплате")).to_have_attribute("title", "Сорок две тысячи шестьдесят девять рублей 90 копеек")
    expect(screen.total("В том числе НДС 22 %")).to_have_text("7 586,37")  # line by line; of the total it would be ,38
    board, loading = shop.lines(order_id)
    assert (board["product_id"], board["quantity"], board["price"]) == ("board", 36 * MICRO, 1_234_500_000)
    assert (board["discount_percent"], board["unit_id"], board["vat_percent"]) == (5 * MICRO, "piece", 22 * MICRO)
    assert (loading["product_id"], loading["name"]) == (None, "Погрузка вручную")
    assert (loading["quantity"], loading["discount_sum"]) == (-2 * MICRO, 5000)
    close(screen.page)


def test_a_barcode_and_enter_add_a_line_and_wait_for_the_next_code(shop: Shop) -> None:
    order_id = shop.order()
    screen = shop.open(order_id)
    screen.fresh.click()
    screen.keys("460000000000", "<Enter>", "460000000001", "<Enter>")
    expect(screen.sum(2)).to_have_text("100,00")
    assert [line["product_id"] for line in shop.lines(order_id)] == ["board", "nails"]
    screen.keys("469999999999", "<Enter>")
    expect(screen.page.get_by_role("alert")).to_contain_text("469999999999 нет в справочнике")
    assert len(shop.lines(order_id)) == 2
    close(screen.page)


def test_a_wrong_text_stays_is_explained_and_survives_a_reload(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    screen.cell("Цена", 2).click()
    screen.keys("дорого", "<Enter>")
    expect(screen.page.get_by_role("alert")).to_have_text("«дорого» не похоже на число. Напишите, например, 1 234,5 или 12*3")
    expect(screen.cell("Цена", 2)).to_have_attribute("aria-invalid", "true")
    screen.page.reload()
    screen.ready()
    expect(screen.cell("Цена", 2)).to_have_value("дорого")
    expect(screen.page.get_by_role("alert")).to_contain_text("не похоже на число")
    screen.cell("Цена", 2).click()
    screen.keys("<Escape>")
    expect(screen.cell("Цена", 2)).to_have_value("20,00")
    expect(screen.page.get_by_role("alert")).to_have_count(0)
    screen.cell("Количество", 1).click()
    screen.keys("5", "<Enter>")
    expect(screen.sum(1)).to_have_text("50,00")  # the program has answered this, so it has heard what came before
    screen.page.reload()
    screen.ready()
    expect(screen.cell("Цена", 2)).to_have_value("20,00")
    assert shop.lines(order_id)[1]["price"] == 20 * MICRO


def test_arrows_walk_f2_edits_escape_restores(lined: tuple[Shop, str, OrderScreen]) -> None:
    _, _, screen = lined
    screen.cell("Цена", 1).click()
    screen.keys("<ArrowDown>", "<ArrowLeft>")
    expect(screen.cell("Количество", 2)).to_be_focused()
    screen.keys("<F2>", "0", "<Enter>")
    expect(screen.sum(2)).to_have_text("200,00")
    expect(screen.cell("Количество", 3)).to_be_focused()
    screen.keys("7", "<Escape>", "<ArrowUp>")
    expect(screen.cell("Количество", 2)).to_be_focused()
    expect(screen.cell("Количество", 3)).to_have_value("1")
    screen.keys("<ArrowDown>", "<Enter>")
    expect(screen.fresh).to_be_focused()


def test_rows_from_a_spreadsheet_become_lines(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    screen.fresh.click()
    screen.paste("D-1\t2,5\t1 000\nНеизвестный товар\tмного\t7\r\n")
    expect(screen.sum(4)).to_have_text("2 500,00")
    expect(screen.cell("Количество", 5)).to_have_value("много")
    expect(screen.page.get_by_role("alert")).to_contain_text("«много» не похоже на число")
    screen.cell("Количество", 5).click()
    screen.keys("3", "<Enter>")
    expect(screen.sum(5)).to_have_text("21,00")
    assert [line["product_id"] for line in shop.lines(order_id)] == [None, None, None, "board", None]


def test_a_bill_copied_from_a_spreadsheet_is_read_by_its_headings_and_taken_back_in_one_act(shop: Shop) -> None:
    order_id = shop.order()
    screen = shop.open(order_id)
    screen.fresh.click()
    screen.paste("№\tНаименование\tЕд.\tКол-во\tЦена\tСумма\n1\tГвозди\tшт\t2\t110\t220\n2\tРазгрузка\tкг\t3\t7\t21\n")
    expect(screen.sum(2)).to_have_text("21,00")
    assert screen.names() == ["Гвозди", "Разгрузка"]
    assert [(line["product_id"], line["unit_id"]) for line in shop.lines(order_id)] == [("nails", "piece"), (None, "kilo")]
    notice = screen.page.locator(".notice")
    expect(notice).to_contain_text("Вставлено строк: 2")
    notice.get_by_role("button", name="Отменить").click()
    expect(notice).to_contain_text("Отменено")
    assert shop.lines(order_id) == []
    close(screen.page)


def test_a_column_of_numbers_fills_the_cells_downwards(lined: tuple[Shop, str, OrderScreen]) -> None:
    _, _, screen = lined
    screen.cell("Количество", 1).click()
    screen.paste("2\t11\n3\t22\n4")
    expect(screen.sum(1)).to_have_text("22,00")
    expect(screen.sum(2)).to_have_text("66,00")
    expect(screen.sum(3)).to_have_text("120,00")


def test_a_line_moves_with_alt_and_an_arrow_and_by_dragging(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    screen.cell("Цена", 3).click()
    screen.keys("<Alt+ArrowUp>")
    expect(screen.cell("Цена", 2)).to_be_focused()
    expect(screen.cell("Цена", 2)).to_have_value("30,00")
    screen.page.locator("td.number").first.drag_to(screen.sum(3), target_position={"x": 5, "y": 28})
    expect(screen.cell("Цена", 3)).to_have_value("10,00")
    screen.cell("Количество", 3).click()
    screen.keys("5", "<Enter>")
    expect(screen.sum(3)).to_have_text("50,00")  # the program has answered this, so it has heard of the moves
    screen.page.reload()
    screen.ready()
    for number, name in enumerate(("Строка 3", "Строка 2", "Строка 1"), 1):
        expect(screen.cell("Товар или услуга", number)).to_have_value(name)
    assert [line["id"] for line in shop.lines(order_id)] == [f"{order_id}-3", f"{order_id}-2", f"{order_id}-1"]


def test_a_colleague_who_moves_lines_takes_nobody_out_of_a_cell(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    screen.cell("Цена", 3).click()
    screen.keys("4")
    for position in ("A", "Z", "A"):  # to the top, to the end, to the top: whichever row the browser takes out to do it
        shop.from_another_laptop("order_lines", f"{order_id}-3", {"position": position})
        line = 1 if position == "A" else 3
        expect(screen.cell("Товар или услуга", line)).to_have_value("Строка 3")
        expect(screen.cell("Цена", line)).to_be_focused()
        screen.keys("5")
    screen.keys("<Enter>")
    expect(screen.sum(1)).to_have_text("4 555,00")


def test_a_removed_line_comes_back_with_undo(lined: tuple[Shop, str, OrderScreen]) -> None:
    _, _, screen = lined
    screen.cell("Цена", 2).click()
    screen.keys("<Control+Delete>")
    expect(screen.total("К оплате")).to_have_text("40,00 ₽")
    screen.page.get_by_role("button", name="Отменить").click()
    expect(screen.total("К оплате")).to_have_text("60,00 ₽")
    assert screen.names() == ["Строка 1", "Строка 2", "Строка 3"]


def test_the_order_discount_takes_percent_or_sum(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    field = screen.page.get_by_label("Скидка на заказ")
    field.fill("10%")
    field.press("Enter")
    expect(screen.total("К оплате")).to_have_text("54,00 ₽")
    field.fill("100")
    field.press("Enter")
    expect(screen.page.get_by_role("alert")).to_contain_text("больше самой суммы")
    expect(field).to_have_value("100")
    field.fill("6,50")
    field.press("Enter")
    expect(screen.total("К оплате")).to_have_text("53,50 ₽")
    order = shop.desk.store.row("orders", order_id)
    assert order is not None
    assert (order["discount_percent"], order["discount_sum"]) == (None, 650)


def test_a_colleagues_change_appears_without_touching_the_cell_being_typed(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    screen.cell("Цена", 1).click()
    screen.keys("77")
    shop.desk.do([
        Edit("order_lines", f"{order_id}-1", {"price": 11 * MICRO, "quantity": 2 * MICRO}),
        Edit("order_lines", f"{order_id}-2", {"price": 500 * MICRO}),
    ], "Изменено другим окном")  # fmt: skip
    expect(screen.sum(2)).to_have_text("500,00")
    expect(screen.cell("Количество", 1)).to_have_value("2")
    expect(screen.cell("Цена", 1)).to_have_value("77")
    expect(screen.cell("Цена", 1)).to_be_focused()
    screen.keys("<Enter>")
    expect(screen.sum(1)).to_have_text("154,00")


def test_what_is_typed_survives_a_killed_program(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    screen.cell("Цена", 1).click()
    screen.keys("1")
    shop.kill()
    screen.keys("23", "<Tab>", "<Tab>")
    screen.cell("Количество", 2).click()
    screen.keys("45")
    close(screen.page)  # it would load itself anew when the program is back, in the midst of what follows
    shop.start_again()
    shop.let_in()
    screen = shop.open(order_id)
    expect(screen.sum(1)).to_have_text("123,00")
    expect(screen.cell("Количество", 2)).to_have_value("45")
    expect(screen.cell("Количество", 2)).to_be_focused()
    screen.keys("<Enter>")
    expect(screen.sum(2)).to_have_text("900,00")
    close(screen.page)


def test_what_is_typed_survives_a_page_that_the_program_never_answers(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    screen.cell("Цена", 1).click()
    shop.freeze()
    screen.keys("123", "<Tab>")
    screen.cell("Количество", 2).click()
    screen.keys("45")
    shop.kill()
    close(screen.page)
    shop.start_again()
    shop.let_in()
    page = shop.context.new_page()
    page.route_web_socket("**/*", lambda _: None)  # as when it is killed again at once
    page.goto(f"{shop.program.url}/orders/{order_id}")
    expect(OrderScreen(page).cell("Количество", 2)).to_have_value("45")
    close(page)
    screen = shop.open(order_id)
    expect(screen.sum(1)).to_have_text("123,00")
    expect(screen.cell("Количество", 2)).to_have_value("45")
    close(screen.page)


def test_two_hundred_lines_are_edited_like_three(shop: Shop) -> None:
    lines: list[dict[str, Value]] = [{"price": number * MICRO, "position": f"V{number:03}"} for number in range(1, 201)]
    order_id = shop.order(*lines)
    screen = shop.open(order_id)
    screen.cell("Количество", 200).click()
    screen.keys("2", "<ArrowUp>", "3", "<Enter>")
    expect(screen.sum(200)).to_have_text("400,00")
    expect(screen.sum(199)).to_have_text("597,00")
    expect(screen.total("К оплате")).to_have_text("20 698,00 ₽")
    close(screen.page)


def test_a_disagreement_is_marked_on_the_cell_and_settled_there(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    shop.from_another_laptop("order_lines", f"{order_id}-2", {"price": 25 * MICRO})
    mark = screen.page.get_by_label("Показать расхождение")
    expect(mark).to_have_count(1)
    mark.click()
    expect(screen.listed()).to_have_count(2)
    screen.listed().filter(has_text="20,00").click()
    expect(mark).to_have_count(0)
    expect(screen.sum(2)).to_have_text("20,00")
    assert shop.desk.store.conflicts(f"{order_id}-2") == []


def test_what_a_colleague_changed_is_told_with_the_name(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    shop.from_another_laptop("order_lines", f"{order_id}-3", {"quantity": 4 * MICRO})
    expect(screen.sum(3)).to_have_text("120,00")
    expect(screen.page.locator(".lines-note")).to_contain_text("Строки изменил: Смирнов Олег")


@pytest.mark.parametrize("way", ["Escape", "Alt+2"])
def test_what_was_chosen_in_the_dialog_waits_when_it_is_left(shop: Shop, way: str) -> None:
    order_id = shop.order()
    screen = shop.open(order_id)
    page = screen.page
    page.get_by_role("button", name="Добавить товар или услугу").click()
    page.get_by_role("option", name="Гвозди").click()
    quantity = page.locator(".pick-chosen tbody input").first
    quantity.fill("12")
    quantity.press("Enter")
    page.get_by_label("Найти товар").focus()
    page.keyboard.press(way)
    expect(page.locator(".order-pick")).to_have_count(0)
    expect(page.locator(".notice")).to_contain_text("Не добавлено в заказ: 1 позиция")
    page.locator(".notice").get_by_role("button", name="Продолжить").click()
    expect(quantity).to_have_value("12")
    page.get_by_role("button", name="Добавить в заказ").click()
    expect(page.locator(".order-pick")).to_have_count(0)
    expect(page.locator(".notice")).to_contain_text("добавлена «Гвозди»")
    assert [(line["name"], line["quantity"]) for line in shop.lines(order_id)] == [("Гвозди", 12 * MICRO)]
    close(page)
