"""Whole orders over a real store: numbers, copies, what the form reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_app.desk import Desk
from local_app.ordering.rows import lines_of, product_named, search_products, sheet
from local_app.pages.order_acts import copy_of, new_order, number_warning
from local_app.pages.order_line_acts import Picked, add_picked, commit, paste
from local_app.pages.order_status import lasted
from shared.change import Edit, Refused
from shared.entity import MICRO
from shared.rules.lists import named, named_id
from tests.support.laptops import new_desk

AUTUMN_2026 = 1_795_000_000_000
"""Milliseconds since 1970; a day in November 2026 everywhere on earth."""
A_YEAR = 366 * 86_400_000

OTHER = "Другой даст «Ещё» — «Дать следующий номер»"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = new_desk(tmp_path)
    made.clock = lambda: AUTUMN_2026
    made.do([
        Edit("organizations", "firm", {"name": "ООО «Ромашка»", "main": 1}),
        Edit("organizations", "other", {"name": "ООО «Лютик»"}),
        Edit("vat_rates", "main", {"name": "22 %", "percent": 22 * MICRO, "valid_from": "2026-01-01"}),
        Edit("products", "board", {"name": "Доска сосновая", "sku": "D-1", "barcode": "4600000000017", "price": 5 * MICRO}),
        Edit("products", "oak", {"name": "Доска дубовая", "sku": "D-10", "price": 9 * MICRO}),
        Edit("products", "old", {"name": "Доска старая", "sku": "D-2", "archived": 1}),
    ], "Справочники")  # fmt: skip
    yield made
    made.close()


def number_of(desk: Desk, order_id: str) -> str:
    return str(desk.store.one("SELECT number FROM orders WHERE id = ?", (order_id,)))


def test_numbers_count_per_organization_and_year_and_are_never_given_again(desk: Desk) -> None:
    first, second = new_order(desk), new_order(desk)
    assert (number_of(desk, first), number_of(desk, second)) == ("1", "2")
    desk.do([Edit("orders", second, {"deleted": 1})], "Удалён заказ")
    third = new_order(desk)
    assert number_of(desk, third) == "3"
    desk.do([Edit("organizations", "firm", {"main": 0}), Edit("organizations", "other", {"main": 1})], "Другая фирма")
    assert number_of(desk, new_order(desk)) == "1"
    desk.clock = lambda: AUTUMN_2026 + A_YEAR
    assert number_of(desk, new_order(desk)) == "1"


def test_a_new_number_passes_over_what_was_typed_by_hand(desk: Desk) -> None:
    for typed in ("9", "10", "0011", "12/2", "13а", "1234567890123", ""):
        desk.do([Edit("orders", new_order(desk), {"number": typed})], "Номер изменён")
    assert number_of(desk, new_order(desk)) == "12"


def test_a_number_that_is_taken_is_told(desk: Desk) -> None:
    first, second = new_order(desk), new_order(desk)
    assert number_warning(desk.store, second, "2") == ""
    assert number_warning(desk.store, second, "1").startswith("Такой номер уже есть у заказа от ")
    assert "номера" in number_warning(desk.store, first, "")


@pytest.mark.parametrize("number", ["1", "А-1", "№ 7/ё", "---"])
def test_a_number_is_taken_whatever_else_the_other_order_says(desk: Desk, number: str) -> None:
    desk.do([Edit("orders", "mine", {"number": number}), Edit("orders", "bare", {"number": number})], "Заказы")
    assert number_warning(desk.store, "mine", number) == f"Такой номер уже есть у заказа без даты. {OTHER}"
    desk.do([Edit("orders", "bare", {"subject": "Ремонт склада", "date": "2026-02-01"})], "Тема")
    assert number_warning(desk.store, "mine", number) == ""  # numbers begin anew with each year
    desk.do([Edit("orders", "mine", {"date": "2026-12-31"})], "День")
    assert number_warning(desk.store, "mine", number) == f"Такой номер уже есть у заказа от 01.02.2026. {OTHER}"
    desk.do([Edit("orders", "bare", {"number": f"{number}0"})], "Другой номер")
    assert number_warning(desk.store, "mine", number) == ""
    desk.do([Edit("orders", "bare", {"number": number, "deleted": 1})], "Удалён")
    assert number_warning(desk.store, "mine", number) == ""


def test_one_undo_takes_a_new_order_back(desk: Desk) -> None:
    made = new_order(desk, {"client_id": "client"})
    assert desk.undo() == "Создан заказ 1"
    order = desk.store.row("orders", made)
    assert order is not None
    assert order["deleted"] == 1


def test_a_copy_has_the_lines_and_a_number_of_its_own(desk: Desk) -> None:
    first = new_order(desk)
    added = add_picked(sheet(desk.store, first), [Picked(dict(desk.store.row("products", "board") or {}), "2,5", "", "10%")], desk.new_id)
    desk.do(added.edits, added.words)
    copy = copy_of(desk, first)
    assert number_of(desk, copy) == "2"
    (line,) = lines_of(desk.store, copy)
    assert (line["quantity"], line["price"], line["discount_percent"]) == (2_500_000, 5 * MICRO, 10 * MICRO)
    assert line["vat_percent"] == 22 * MICRO


def test_products_are_found_by_name_article_and_barcode_and_sold_ones_only(desk: Desk) -> None:
    assert [row["id"] for row in search_products(desk.store, "доска")] == ["oak", "board"]
    assert [row["id"] for row in search_products(desk.store, "D-1")] == ["board", "oak"]
    assert [row["id"] for row in search_products(desk.store, "4600000000017")] == ["board"]
    assert (product_named(desk.store, "ДОСКА ДУБОВАЯ") or {})["id"] == "oak"
    assert product_named(desk.store, "доска") is None


def typed(row_id: str, field: str, text: str) -> dict[str, object]:
    return {"id": row_id, "field": field, "text": text, "choice": None, "keep": False, "first": False}


def test_a_cell_of_a_removed_line_is_refused_and_says_why(desk: Desk) -> None:
    order_id = new_order(desk)
    desk.do(commit(desk.store, sheet(desk.store, order_id), typed("line", "product", "Погрузка"), desk.view()).edits, "Строка")
    desk.do([Edit("order_lines", "line", {"deleted": 1})], "Удалена строка")
    with pytest.raises(Refused, match="удалили"):
        commit(desk.store, sheet(desk.store, order_id), typed("line", "quantity", "5"), desk.view())
    with pytest.raises(Refused, match="Сначала выберите товар"):
        commit(desk.store, sheet(desk.store, order_id), typed("another", "quantity", "5"), desk.view())


def test_numbers_pasted_below_the_last_line_are_told_not_lost_in_silence(desk: Desk) -> None:
    order_id = new_order(desk)
    desk.do(commit(desk.store, sheet(desk.store, order_id), typed("line", "product", "Погрузка"), desk.view()).edits, "Строка")
    message = {"at": "line", "column": "quantity", "rows": "2\r\n3\r\n4\r\n", "moment": AUTUMN_2026, "key": "k"}
    wish = paste(desk.store, sheet(desk.store, order_id), message)
    assert ([edit.patch for edit in wish.edits], "не вошли нижние значения (2)" in wish.words) == ([{"quantity": 2 * MICRO}], True)
    with pytest.raises(Refused, match="ещё нет товара"):
        paste(desk.store, sheet(desk.store, order_id), {**message, "at": "a line to be typed"})


def test_a_pasted_discount_is_taken_and_one_that_is_more_than_the_line_stays_to_be_typed_again(desk: Desk) -> None:
    order_id = new_order(desk)
    rows = "Товар\tКол-во\tЦена\tСкидка\nА\t2\t100\t5%\nБ\t2\t100\t199,50\nВ\t2\t100\t250"
    wish = paste(desk.store, sheet(desk.store, order_id), {"at": "", "column": "product", "rows": rows, "moment": AUTUMN_2026, "key": "k"})
    desk.do(wish.edits, "Вставка")
    found = [(line["discount_percent"], line["discount_sum"]) for line in lines_of(desk.store, order_id)]
    assert found == [(5 * MICRO, None), (None, 199_50), (None, None)]
    assert [list(reasons) for reasons in wish.wrong.values()] == [["discount"]]
    assert list(wish.texts.values()) == [{"discount": "250"}]


def test_units_of_a_pasted_table_are_found_however_they_are_typed_and_missing_ones_are_added(desk: Desk) -> None:
    order_id = new_order(desk)
    desk.do([named("units", "м³"), named("units", "шт"), Edit("units", "sign", {"name": "%"})], "Единицы")
    desk.do([Edit("units", named_id("units", "рейс"), {"name": "рейс", "deleted": 1})], "Удалена")
    rows = "Товар\tЕд.\tКол-во\nПесок\tм3\t10\nКирпич\tшт.\t500\nДоставка\tусл.\t1\nПогрузка\tУсл\t2\nВывоз\tрейс\t1\nТара\t\t1\nБрак\t-\t1"
    message = {"at": "", "column": "product", "rows": rows, "moment": AUTUMN_2026, "key": "k"}
    desk.do(paste(desk.store, sheet(desk.store, order_id), message).edits, "Вставка")
    names = {row["id"]: row["name"] for row in desk.store.rows("SELECT id, name FROM units")}
    found = [names.get(line["unit_id"]) for line in lines_of(desk.store, order_id)]
    assert found == ["м³", "шт", "усл.", "усл.", None, None, None]
    wish = commit(desk.store, sheet(desk.store, order_id), typed(lines_of(desk.store, order_id)[5]["id"], "unit", "М3"), desk.view())
    assert wish.edits[0].patch == {"unit_id": named_id("units", "м³")}


def test_a_paste_that_is_sent_twice_is_done_once(desk: Desk) -> None:
    order_id = new_order(desk)
    message = {"at": "", "column": "product", "rows": "D-1\t2\nКирпич\t3", "moment": AUTUMN_2026, "key": "k"}
    for _ in range(2):
        desk.do(paste(desk.store, sheet(desk.store, order_id), message).edits, "Вставка")
    assert [(line["name"], line["quantity"]) for line in lines_of(desk.store, order_id)] == [
        ("Доска сосновая", 2 * MICRO),
        ("Кирпич", 3 * MICRO),
    ]


def test_a_quantity_may_be_written_with_its_unit(desk: Desk) -> None:
    desk.do([Edit("units", "kg", {"name": "кг"}), Edit("units", "t", {"name": "т"})], "Единицы")
    order_id = new_order(desk)
    desk.do(commit(desk.store, sheet(desk.store, order_id), typed("line", "product", "Песок"), desk.view()).edits, "Строка")
    desk.do(commit(desk.store, sheet(desk.store, order_id), typed("line", "quantity", "2,5 кг"), desk.view()).edits, "Количество")
    (line,) = lines_of(desk.store, order_id)
    assert (line["quantity"], line["unit_id"]) == (2_500_000, "kg")
    message = {"at": "line", "column": "quantity", "rows": "3 кг\t100", "moment": AUTUMN_2026, "key": "k"}
    desk.do(paste(desk.store, sheet(desk.store, order_id), message).edits, "Вставка")
    (line,) = lines_of(desk.store, order_id)
    assert (line["quantity"], line["price"], line["unit_id"]) == (3 * MICRO, 100 * MICRO, "kg")
    with pytest.raises(Refused, match="другая единица"):
        commit(desk.store, sheet(desk.store, order_id), typed("line", "quantity", "2,5 т"), desk.view())


def test_how_long_a_status_stood_is_told_from_a_minute_on() -> None:
    assert [lasted(seconds * 1000) for seconds in (-5, 0, 59, 60, 7200, 3 * 86400)] == ["", "", "", "1 минута", "2 часа", "3 дня"]
