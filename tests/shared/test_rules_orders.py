"""The rules of orders and their lines, on plain rows."""

from __future__ import annotations

from typing import Any

import pytest

from shared.change import Edit, Refused
from shared.entities import ENTITIES
from shared.entity import MICRO, Value
from shared.rules.lines import change_cell, change_product, from_product, from_text, move, pasted_line, places
from shared.rules.numbering import next_number
from shared.rules.office import Office, Sheet, in_order
from shared.rules.orders import (
    Birth,
    change_client,
    change_day,
    change_discount,
    change_organization,
    change_vat_mode,
    copy_order,
    new_order,
)
from shared.rules.pasted import Pasted, read_table

Line = dict[str, Any]


def row(entity: str, row_id: str, **given: Value) -> Line:
    blanks = {field.name: field.blank for field in ENTITIES[entity].fields}
    return {"id": row_id, "deleted": 0, **blanks, **given}


RATES = [
    row("vat_rates", "r18", name="18 %", percent=18 * MICRO, valid_from="2004-01-01", valid_to="2018-12-31"),
    row("vat_rates", "r20", name="20 %", percent=20 * MICRO, valid_from="2019-01-01", valid_to="2025-12-31"),
    row("vat_rates", "r22", name="22 %", percent=22 * MICRO, valid_from="2026-01-01"),
    row("vat_rates", "r10", name="10 %", percent=10 * MICRO),
    row("vat_rates", "r0", name="0 %", percent=0),
    row("vat_rates", "none", name="Без НДС"),
]
OFFICE = Office(
    organizations=[
        row("organizations", "a", name="Альфа"),
        row("organizations", "main", name="Ромашка", main=1),
        row("organizations", "usn", name="Упрощёнка"),
        row("organizations", "usn5", name="Упрощёнка с НДС"),
    ],
    statuses=[
        row("statuses", "done", name="Выполнен", position=1, stage="won"),
        row("statuses", "new", name="Новый", position=10),
        row("statuses", "work", name="В работе", position=20),
    ],
    regimes=[
        row("vat_regimes", "v1", organization_id="usn", since="2020-01-01", regime="simplified"),
        row("vat_regimes", "v2", organization_id="usn5", since="2020-01-01", regime="general"),
        row("vat_regimes", "v3", organization_id="usn5", since="2026-01-01", regime="simplified_5"),
    ],
    rates=RATES,
)
BOARD = row("products", "board", name="Доска", sku="D-1", price=1198 * MICRO, cost=900 * MICRO, unit_id="m", vat_rate_id="r20")
BOOK = row("products", "book", name="Книга", price=100 * MICRO, vat_rate_id="r10")
LICENCE = row("products", "licence", name="Лицензия", price=5 * MICRO, vat_rate_id="none")
PRODUCTS = {product["id"]: product for product in (BOARD, BOOK, LICENCE)}


def sheet(*lines: Line, **order: Value) -> Sheet:
    given: dict[str, Value] = {"date": "2026-03-01", "organization_id": "main", **order}
    return Sheet(row("orders", "o", **given), in_order(lines), PRODUCTS, OFFICE)


def line(line_id: str, position: str, **given: Value) -> Line:
    return row("order_lines", line_id, order_id="o", position=position, name=line_id, **given)


def after(lines: tuple[Line, ...] | list[Line], edits: list[Edit]) -> list[Line]:
    """The lines as they stand when the edits are done."""
    rows = {each["id"]: dict(each) for each in lines}
    for edit in edits:
        rows.setdefault(edit.row, {"id": edit.row}).update(edit.patch)
    return in_order(rows.values())  # type: ignore[return-value]


def names(lines: list[Line]) -> str:
    return "".join(each["id"] for each in lines)


def only(edits: list[Edit]) -> dict[str, Value]:
    (edit,) = edits
    return dict(edit.patch)


def test_a_new_order_takes_the_main_organization_the_first_working_status_today_and_its_author() -> None:
    (edit,) = new_order(Birth("o", "ИБ-1", "2026-03-01", "ivan"), OFFICE, {"client_id": "c"})
    assert edit == Edit("orders", "o", {
        "number": "ИБ-1", "date": "2026-03-01", "status_id": "new", "manager_id": "ivan",
        "client_id": "c", "organization_id": "main", "vat_mode": "included",
    })  # fmt: skip


def test_a_status_without_a_place_is_not_the_one_of_new_orders() -> None:
    placed = [row("statuses", key, name=key, stage="open", position=place) for key, place in (("b", 2), ("a", None), ("c", 1))]
    assert only(new_order(Birth("o", "1", "2026-03-01", ""), OFFICE._replace(statuses=placed)))["status_id"] == "c"


def test_a_new_order_of_an_exempt_organization_is_without_vat() -> None:
    office = OFFICE._replace(organizations=[row("organizations", "usn", name="Упрощёнка")])
    assert only(new_order(Birth("o", "1", "2026-03-01", ""), office))["vat_mode"] == "none"


def test_what_is_told_of_a_new_order_decides_its_vat_mode_unless_that_is_told_too() -> None:
    office = OFFICE._replace(organizations=[*OFFICE.organizations, row("organizations", "usn", name="Упрощёнка")])
    birth, told = Birth("o", "1", "2026-03-01", "ivan"), {"organization_id": "usn"}
    assert only(new_order(birth, office, told))["vat_mode"] == "none"
    assert only(new_order(birth, office, {**told, "vat_mode": "on_top"}))["vat_mode"] == "on_top"


def test_a_new_order_stands_in_an_empty_company_too() -> None:
    patch = only(new_order(Birth("o", "1", "2026-03-01", ""), Office([], [], [], [])))
    assert (patch["organization_id"], patch["status_id"], patch["manager_id"], patch["vat_mode"]) == (None, None, None, "included")


def test_numbers_count_within_the_laptop_and_pass_over_foreign_and_typed_ones() -> None:
    assert next_number("ИБ", []) == "ИБ-1"
    assert next_number("ИБ", ["ИБ-9", "ИБ-10", "АА-99", "ИБ-12/2", "77", "ИБ-"]) == "ИБ-11"
    assert next_number("", ["7", "ИБ-9", "сто"]) == "8"


def test_a_line_copies_the_product_and_takes_the_rate_of_the_day() -> None:
    edit = from_product(sheet(vat_mode="on_top"), "l", BOARD, "V")
    assert edit.patch == {
        "order_id": "o", "position": "V", "quantity": MICRO, "product_id": "board", "name": "Доска", "unit_id": "m",
        "price": 1198 * MICRO, "cost": 900 * MICRO, "vat_mode": "on_top", "vat_percent": 22 * MICRO,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("order", "product", "percent"),
    [
        ({"shipment_date": "2025-12-31"}, BOARD, 20),
        ({"shipment_date": "2018-06-01"}, BOARD, 18),
        ({"shipment_date": "2001-06-01"}, BOARD, 20),  # no rate of that time is known: the product's own stays
        ({}, BOOK, 10),
        ({}, LICENCE, None),
        ({"organization_id": "usn"}, BOARD, None),
        ({"organization_id": "usn5"}, BOARD, 5),
        ({"organization_id": "usn5"}, LICENCE, None),
        ({"organization_id": "usn5", "date": "2025-12-31"}, BOARD, 20),  # the regime is dated
    ],
)
def test_the_rate_follows_the_shipment_the_product_and_the_regime(order: dict[str, Value], product: Line, percent: int | None) -> None:
    patch = from_product(sheet(**order), "l", product, "V").patch
    assert patch["vat_percent"] == (percent if percent is None else percent * MICRO)


def test_a_line_without_a_product_has_a_name_and_the_main_rate() -> None:
    patch = from_text(sheet(), "l", "  Доставка \n до склада ", "V").patch
    assert (patch["name"], patch["vat_percent"], patch["quantity"]) == ("Доставка до склада", 22 * MICRO, MICRO)
    with pytest.raises(Refused, match="название"):
        from_text(sheet(), "l", "  ", "V")


def test_another_product_keeps_quantity_and_discount() -> None:
    old = line("l", "V", product_id="book", quantity=5 * MICRO, discount_sum=100)
    patch = only(change_product(sheet(old), old, BOARD))
    assert patch["name"] == "Доска"
    assert not patch.keys() & {"quantity", "discount_sum", "discount_percent", "position"}


def test_cells_take_what_people_type() -> None:
    old = line("l", "V")
    assert only(change_cell(old, "quantity", "12*3")) == {"quantity": 36 * MICRO}
    assert only(change_cell(old, "quantity", "-0,195")) == {"quantity": -195_000}
    assert only(change_cell(old, "price", "1 234,5")) == {"price": 1_234_500_000}
    assert change_cell(old, "quantity", "1") == []
    assert only(change_cell(old, "vat_percent", "10 %")) == {"vat_percent": 10 * MICRO}
    with pytest.raises(Refused, match="не похоже на число"):
        change_cell(old, "price", "дорого")
    with pytest.raises(Refused, match="не может быть пустым"):
        change_cell(old, "name", " ")
    with pytest.raises(Refused):
        change_cell(old, "order_id", "x")


def test_a_discount_never_takes_more_than_there_is() -> None:
    with pytest.raises(Refused, match="100"):
        change_discount("orders", row("orders", "o"), "101%")
    with pytest.raises(Refused, match="больше самой суммы"):
        change_discount("order_lines", line("l", "V"), "500", base=40_000)
    assert change_discount("order_lines", line("l", "V"), "500", base=-50_000)  # a return


def test_the_vat_mode_goes_to_the_order_and_every_line_at_once() -> None:
    first, second = line("a", "V", vat_percent=22 * MICRO), line("b", "W", vat_mode="none", product_id="book")
    edits = change_vat_mode(sheet(first, second), "on_top")
    assert [(edit.row, dict(edit.patch)) for edit in edits] == [
        ("o", {"vat_mode": "on_top"}),
        ("a", {"vat_mode": "on_top"}),
        ("b", {"vat_mode": "on_top", "vat_percent": 10 * MICRO}),
    ]
    assert change_vat_mode(sheet(line("a", "V")), "included") == []
    with pytest.raises(Refused, match="НДС сверху"):
        change_vat_mode(sheet(), "sideways")


def test_an_exempt_firm_may_charge_vat_of_its_own_will() -> None:
    old = line("a", "V", vat_mode="none", product_id="board")
    edits = change_vat_mode(sheet(old, organization_id="usn", vat_mode="none"), "on_top")
    assert dict(edits[1].patch) == {"vat_mode": "on_top", "vat_percent": 22 * MICRO}


def test_another_organization_brings_its_vat_into_every_line() -> None:
    usual, by_hand = line("a", "V", product_id="board", vat_percent=22 * MICRO), line("b", "W", product_id="board", vat_percent=0)
    edits = change_organization(sheet(usual, by_hand), "usn")
    assert [(edit.row, dict(edit.patch)) for edit in edits] == [
        ("o", {"organization_id": "usn", "vat_mode": "none"}),
        ("a", {"vat_percent": None, "vat_mode": "none"}),
        ("b", {"vat_mode": "none"}),
    ]
    assert [edit.row for edit in change_organization(sheet(usual), "a")] == ["o"]
    assert change_organization(sheet(usual), "main") == []


def test_leaving_the_exemption_brings_vat_back() -> None:
    exempt = line("a", "V", product_id="board", vat_mode="none")
    edits = change_organization(sheet(exempt, organization_id="usn", vat_mode="none"), "main")
    assert [dict(edit.patch) for edit in edits] == [
        {"organization_id": "main", "vat_mode": "included"},
        {"vat_percent": 22 * MICRO, "vat_mode": "included"},
    ]


def test_the_shipment_date_moves_the_usual_rates_and_leaves_those_chosen_by_hand() -> None:
    usual, by_hand = line("a", "V", product_id="board", vat_percent=22 * MICRO), line("b", "W", product_id="board", vat_percent=10 * MICRO)
    edits = change_day(sheet(usual, by_hand), "shipment_date", "2025-12-30")
    assert [(edit.row, dict(edit.patch)) for edit in edits] == [("o", {"shipment_date": "2025-12-30"}), ("a", {"vat_percent": 20 * MICRO})]
    assert [edit.row for edit in change_day(sheet(usual, shipment_date="2026-05-05"), "date", "2025-01-01")] == ["o"]


def test_another_client_takes_the_contact_along() -> None:
    assert only(change_client(row("orders", "o", client_id="c", contact_id="p"), "d")) == {"client_id": "d", "contact_id": None}
    assert change_client(row("orders", "o", client_id="c"), "c") == []


def test_a_copy_is_a_new_order_with_the_same_goods_and_todays_vat() -> None:
    old = line("a", "V", product_id="board", vat_percent=20 * MICRO, quantity=3 * MICRO, price=7 * MICRO, discount_percent=MICRO)
    source = sheet(old, date="2025-05-01", client_id="c", number="ИБ-1", status_id="done", shipment_date="2025-06-01", note="срочно")
    order, copied = copy_order(source, Birth("o2", "ИБ-2", "2026-03-01", "ivan"), ["a2"])
    assert order.patch["number"] == "ИБ-2"
    assert (order.patch["status_id"], order.patch["client_id"], order.patch["note"]) == ("new", "c", "срочно")
    assert "shipment_date" not in order.patch
    assert copied.row == "a2"
    assert (copied.patch["order_id"], copied.patch["quantity"], copied.patch["price"]) == ("o2", 3 * MICRO, 7 * MICRO)
    assert (copied.patch["discount_percent"], copied.patch["vat_percent"]) == (MICRO, 22 * MICRO)


def test_a_line_moves_alone() -> None:
    lines = [line(name, place) for name, place in zip("abcd", places([], None, 4)[1], strict=True)]
    for name, index, expected in (("a", 3, "bcda"), ("d", 0, "dabc"), ("b", 2, "acbd"), ("c", 99, "abdc")):
        edits = move(lines, name, index)
        assert [edit.row for edit in edits] == [name]
        assert names(after(lines, edits)) == expected
    assert move(lines, "b", 1) == []
    assert move(lines, "gone", 1) == []


def test_equal_and_foreign_places_are_put_right_when_a_line_moves_between_them() -> None:
    lines = [line("a", ""), line("b", "V"), line("c", "V"), line("d", "10")]
    lines = in_order(lines)  # type: ignore[assignment]
    assert names(lines) == "adbc"
    assert names(after(lines, move(lines, "a", 2))) == "dbac"


def test_new_lines_stand_after_the_chosen_one() -> None:
    lines = [line("a", "V"), line("b", "W")]
    for chosen, expected in ((None, "xyab"), ("a", "axyb"), ("b", "abxy"), ("gone", "abxy")):
        edits, (x, y) = places(lines, chosen, 2)
        assert edits == []
        assert names(after([*lines, line("x", x), line("y", y)], [])) == expected
    with pytest.raises(Refused, match="не больше"):
        places(lines, None, 2000)


def test_a_pasted_table_becomes_lines_and_bad_cells_stay_to_be_typed_again() -> None:
    rows = read_table('Доска\t12,5\t100\r\n\r\n"Труба ""1/2"""\tмного\nКнига')
    assert rows == [Pasted("Доска", "12,5", "100"), Pasted('Труба "1/2"', "много"), Pasted("Книга")]
    edit, wrong = pasted_line(sheet(), "l", rows[0], BOARD, "V", {})
    assert (edit.patch["product_id"], edit.patch["quantity"], edit.patch["price"]) == ("board", 12_500_000, 100 * MICRO)
    assert wrong == {}
    edit, wrong = pasted_line(sheet(), "l", rows[1], None, "V", {})
    assert (edit.patch["name"], edit.patch["quantity"]) == ('Труба "1/2"', None)
    assert "не похоже на число" in wrong["quantity"]
    edit, wrong = pasted_line(sheet(), "l", Pasted("Доска", "(500)", "100", discount="(5)%"), BOARD, "V", {})
    assert (edit.patch["quantity"], sorted(wrong)) == (None, ["discount", "quantity"])


def test_a_line_without_a_product_has_the_unit_that_was_copied_with_it() -> None:
    edit, _ = pasted_line(sheet(), "l", Pasted("Разгрузка", "2", unit="Шт."), None, "V", {"шт": "piece"})
    assert edit.patch["unit_id"] == "piece"
