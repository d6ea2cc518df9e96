"""Import of sales: exact sums, every bad row told, nothing doubled, equal lines kept, returns, undo."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_app.desk import Desk
from local_app.imports.importing import Outcome
from local_app.seed import seed
from shared.change import Edit, Refused
from shared.entity import MICRO
from tests.support.laptops import NORTHWIND, NORTHWIND_NET, SALES, changed_rows, net, new_desk, new_rows, run_import, write_table

HEADERS = ["Номер", "Дата", "Клиент", "Артикул", "Товар", "Количество", "Цена", "Скидка"]
FIRST = ["1", "01.02.2026", "ООО «Ромашка»", "А-1", "Гвозди", "2", "10,50", "5"]
SECOND = ["1", "01.02.2026", "ООО «Ромашка»", "А-2", "Молоток", "1", "1 200", ""]
THIRD = ["2", "03.02.2026", "ИП Ёлкин", "А-1", "Гвозди", "-2", "10,50", ""]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = new_desk(tmp_path / "laptop")
    yield desk
    desk.close()


def imported(desk: Desk, tmp_path: Path, *rows: list[str], headers: list[str] = HEADERS, **wishes: Any) -> Outcome:
    return run_import(desk, write_table(tmp_path / "sales.csv", [headers, *rows]), **wishes)


def lines(desk: Desk, fields: str) -> list[tuple[Any, ...]]:
    sql = f"SELECT {fields} FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE NOT l.deleted ORDER BY o.number, l.position"
    return [tuple(row) for row in desk.store.db.execute(sql)]


def test_northwind_comes_to_the_known_kopeck_and_a_second_run_changes_nothing(desk: Desk) -> None:
    outcome = run_import(desk, NORTHWIND / "sales.csv", columns=SALES)
    assert new_rows(outcome) == {"clients": 89, "products": 77, "orders": 830, "order_lines": 2155}
    assert (net(desk), desk.store.one("SELECT sum(lines) FROM order_totals")) == (NORTHWIND_NET, 2155)
    before = desk.store.status()["changes"]
    again = run_import(desk, NORTHWIND / "sales.csv", columns=SALES)
    assert (again.plan.acts, new_rows(again), changed_rows(again), again.plan.problems) == ([], {}, {}, [])
    assert (desk.store.status()["changes"], net(desk)) == (before, NORTHWIND_NET)


def test_two_laptops_that_import_one_file_make_the_same_rows(desk: Desk, tmp_path: Path) -> None:
    other = new_desk(tmp_path / "other")
    ids = "SELECT id FROM orders UNION SELECT id FROM order_lines UNION SELECT id FROM clients UNION SELECT id FROM products ORDER BY 1"
    for each in (desk, other):
        imported(each, tmp_path, FIRST, SECOND, THIRD)
    assert desk.store.rows(ids) == other.store.rows(ids) != []
    other.close()


def test_lines_keep_their_order_quantity_price_and_discount(desk: Desk, tmp_path: Path) -> None:
    imported(desk, tmp_path, FIRST, SECOND, THIRD)
    assert lines(desk, "o.number, l.name, l.quantity, l.price, l.discount_percent") == [
        ("1", "Гвозди", 2 * MICRO, 10_500_000, 5 * MICRO),
        ("1", "Молоток", MICRO, 1_200_000_000, None),
        ("2", "Гвозди", -2 * MICRO, 10_500_000, None),
    ]
    assert net(desk) == 2100 - 105 + 120_000 - 2100


def test_equal_lines_of_one_document_stay_two(desk: Desk, tmp_path: Path) -> None:
    assert new_rows(imported(desk, tmp_path, FIRST, FIRST))["order_lines"] == 2
    again = imported(desk, tmp_path, FIRST, FIRST)
    assert (new_rows(again), changed_rows(again), len(lines(desk, "l.id"))) == ({}, {}, 2)
    assert new_rows(imported(desk, tmp_path, FIRST, FIRST, FIRST)) == {"order_lines": 1}


def test_a_changed_price_changes_its_line_and_nothing_else(desk: Desk, tmp_path: Path) -> None:
    imported(desk, tmp_path, FIRST, SECOND)
    dearer = [*FIRST[:6], "11,00", "5"]
    again = imported(desk, tmp_path, dearer, SECOND)
    assert (new_rows(again), changed_rows(again), len(again.plan.acts)) == ({}, {"order_lines": 1}, 1)
    assert lines(desk, "l.price") == [(11_000_000,), (1_200_000_000,)]


def test_prices_with_four_decimals_and_returns_count_to_the_kopeck(desk: Desk, tmp_path: Path) -> None:
    imported(desk, tmp_path, ["7", "01.02.2026", "А", "1", "Товар", "-3", "33,3333", ""])
    assert (lines(desk, "l.price"), net(desk)) == ([(33_333_300,)], -10_000)


def test_every_bad_row_is_told_and_nothing_is_written(desk: Desk, tmp_path: Path) -> None:
    bad = [
        FIRST,
        ["", "01.02.2026", "А", "1", "Т", "1", "1", ""],
        ["3", "31.02.2026", "А", "1", "Т", "1", "1", ""],
        ["3", "01.02.2026", "А", "1", "Т", "много", "1", ""],
        ["3", "01.02.2026", "А", "", "", "1", "1", ""],
        ["1", "01.02.2026", "Другой клиент", "1", "Т", "1", "1", ""],
        ["4", "01.02.2026", "А", "1", "Т", "1", "1", "150"],
        ["5", "01.02.2026", "А"],
    ]
    outcome = imported(desk, tmp_path, *bad)
    assert not outcome.written
    assert [(problem.row, problem.column) for problem in outcome.plan.problems] == [
        (3, "Номер"), (4, "Дата"), (5, "Количество"), (6, "Товар"), (7, "Клиент"), (8, "Скидка"), (9, "Количество"),
    ]  # fmt: skip
    assert all(problem.reason for problem in outcome.plan.problems)
    assert (desk.store.status()["changes"], desk.store.one("SELECT count(*) FROM clients")) == (0, 0)


def test_going_on_writes_the_good_rows_only(desk: Desk, tmp_path: Path) -> None:
    outcome = imported(desk, tmp_path, FIRST, ["3", "01.02.2026", "А", "1", "Т", "много", "1", ""], THIRD, go_on=True)
    assert (outcome.written, [problem.row for problem in outcome.plan.problems]) == (True, [3])
    assert new_rows(outcome) == {"clients": 2, "products": 1, "orders": 2, "order_lines": 2}


def test_a_dry_run_writes_nothing(desk: Desk, tmp_path: Path) -> None:
    outcome = imported(desk, tmp_path, FIRST, dry_run=True)
    assert (outcome.written, new_rows(outcome)["orders"], desk.store.status()["changes"]) == (False, 1, 0)


def test_rows_made_by_hand_are_found_by_what_people_call_them(desk: Desk, tmp_path: Path) -> None:
    client, product, order, line = (desk.new_id() for _ in range(4))
    desk.do(
        [
            Edit("clients", client, {"name": 'ооо "РОМАШКА"'}),
            Edit("products", product, {"name": "Другое имя", "sku": "а-1", "cost": 7 * MICRO}),
            Edit("orders", order, {"number": "1", "date": "2026-02-01", "client_id": client, "note": "Моё"}),
            Edit("order_lines", line, {"order_id": order, "product_id": product, "position": "V", "price": MICRO}),
        ],
        "Проба",
    )
    outcome = imported(desk, tmp_path, FIRST, SECOND)
    assert new_rows(outcome) == {"products": 1, "order_lines": 1}
    assert desk.store.row("orders", order) | {"note": "Моё", "client_id": client} == desk.store.row("orders", order)  # type: ignore[operator]
    changed = desk.store.row("order_lines", line)
    assert changed is not None
    assert (changed["price"], changed["name"], changed["position"]) == (10_500_000, "Гвозди", "V")
    assert desk.store.row("products", product) | {"name": "Другое имя"} == desk.store.row("products", product)  # type: ignore[operator]


def test_a_client_renamed_since_the_first_run_is_still_the_same_client(desk: Desk, tmp_path: Path) -> None:
    imported(desk, tmp_path, FIRST)
    client = desk.store.one("SELECT id FROM clients")
    desk.do([Edit("clients", client, {"name": "Ромашка плюс"})], "Переименован")
    assert (new_rows(imported(desk, tmp_path, FIRST)), desk.store.one("SELECT name FROM clients")) == ({}, "Ромашка плюс")


def test_an_undone_import_can_be_done_again(desk: Desk, tmp_path: Path) -> None:
    imported(desk, tmp_path, FIRST, SECOND, THIRD)
    total = net(desk)
    assert (desk.undo(), net(desk)) == ("Импорт из файла sales.csv", 0)
    again = imported(desk, tmp_path, FIRST, SECOND, THIRD)
    assert (new_rows(again), changed_rows(again), net(desk)) == ({}, {"clients": 2, "products": 2, "orders": 2}, total)


def test_clients_with_one_name_and_two_inns_are_two(desk: Desk, tmp_path: Path) -> None:
    headers = [*HEADERS, "ИНН"]
    one, other = [*FIRST, "7707083893"], ["9", *FIRST[1:], "7805123456"]
    assert new_rows(imported(desk, tmp_path, one, other, headers=headers))["clients"] == 2
    assert new_rows(imported(desk, tmp_path, one, other, headers=headers)) == {}


def test_a_document_is_without_vat_when_that_is_told(desk: Desk, tmp_path: Path) -> None:
    seed(desk)
    imported(desk, tmp_path, FIRST, vat_mode="none")
    assert lines(desk, "o.vat_mode, l.vat_mode, l.vat_percent") == [("none", "none", None)]


def test_a_vat_column_is_kept_line_by_line(desk: Desk, tmp_path: Path) -> None:
    imported(desk, tmp_path, [*FIRST, "20%"], [*SECOND, "Без НДС"], headers=[*HEADERS, "Ставка НДС"])
    assert lines(desk, "o.vat_mode, l.vat_mode, l.vat_percent") == [("included", "included", 20 * MICRO), ("included", "none", None)]


def test_a_told_vat_mode_takes_the_main_rate_of_the_day(desk: Desk, tmp_path: Path) -> None:
    seed(desk)
    imported(desk, tmp_path, FIRST, ["8", "30.12.2025", *FIRST[2:]], vat_mode="on_top")
    assert lines(desk, "o.number, l.vat_mode, l.vat_percent") == [("1", "on_top", 22 * MICRO), ("8", "on_top", 20 * MICRO)]


def test_a_new_order_belongs_to_the_main_organization(desk: Desk, tmp_path: Path) -> None:
    seed(desk, organizations=True)
    imported(desk, tmp_path, FIRST)
    name = "SELECT g.name FROM orders o JOIN organizations g ON g.id = o.organization_id"
    assert desk.store.one(name) == "ООО «Северный ветер»"
    outcome = imported(desk, tmp_path, [*FIRST, "ООО «Заря»"], headers=[*HEADERS, "Организация"])
    assert (changed_rows(outcome), desk.store.one(name)) == ({"orders": 1}, "ООО «Заря»")
    wrong = imported(desk, tmp_path, [*FIRST, "ООО «Закат»"], headers=[*HEADERS, "Организация"])
    assert [problem.column for problem in wrong.plan.problems] == ["Организация"]


def test_two_discounts_on_one_line_are_told(desk: Desk, tmp_path: Path) -> None:
    outcome = imported(desk, tmp_path, [*FIRST, "100"], headers=[*HEADERS, "Скидка, ₽"])
    assert [str(problem) for problem in outcome.plan.problems] == ["строка 2, столбец «Скидка»: указано несколько скидок. Оставьте одну"]


def test_an_unknown_kind_or_vat_mode_is_refused(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Бывают: order-lines, clients, products"):
        imported(desk, tmp_path, FIRST, kind="orders")
    with pytest.raises(Refused, match="Режим НДС"):
        imported(desk, tmp_path, FIRST, vat_mode="x")


def test_titles_above_the_table_and_totals_below_it_are_no_lines(desk: Desk, tmp_path: Path) -> None:
    table = [["Отчёт о продажах, 2026 год"], ["ООО «Наша фирма»"], HEADERS, FIRST, SECOND, ["Итого:", *[""] * 5, "1210,50", ""]]
    outcome = run_import(desk, write_table(tmp_path / "report.csv", table))
    assert (outcome.written, outcome.plan.rows, net(desk)) == (True, 2, 2100 - 105 + 120_000)
    assert [(warning.row, "итогов" in warning.reason) for warning in outcome.plan.warnings] == [(6, True)]


def test_titles_do_not_hide_the_delimiter(desk: Desk, tmp_path: Path) -> None:
    path = write_table(tmp_path / "report.csv", [["Отчёт о продажах"], HEADERS, FIRST, SECOND], delimiter="\t")
    assert new_rows(run_import(desk, path))["order_lines"] == 2


def test_a_client_whose_name_begins_like_a_total_is_a_client(desk: Desk, tmp_path: Path) -> None:
    rows = [["Название", "Город"], ["Итого-Сервис", "Тула"], ["Всего хорошего, ООО", "Орёл"], ["Итого по отчёту", ""], ["Всего", ""]]
    assert new_rows(run_import(desk, write_table(tmp_path / "c.csv", rows), "clients")) == {"clients": 2}


def test_a_column_that_stands_twice_is_told_not_guessed(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="несколько столбцов «Цена»"):
        imported(desk, tmp_path, [*FIRST, "11"], headers=[*HEADERS, "Цена"])
    assert imported(desk, tmp_path, [*FIRST, "a", "b"], headers=[*HEADERS, "Сумма", "Сумма"]).written


def test_a_discount_that_is_more_than_its_line_is_told(desk: Desk, tmp_path: Path) -> None:
    headers = [*HEADERS[:7], "Скидка, ₽"]
    outcome = imported(desk, tmp_path, [*FIRST[:7], "21,01"], [*FIRST[:7], "21"], [*THIRD[:7], "21,01"], headers=headers)
    assert [(problem.row, problem.column) for problem in outcome.plan.problems] == [(2, "Скидка, ₽"), (4, "Скидка, ₽")]
    assert "21,01" in outcome.plan.problems[0].reason


def test_signs_that_nobody_sees_make_no_other_client_product_or_number(desk: Desk, tmp_path: Path) -> None:
    unseen = ["1", "01.02.2026", "ООО «Ром\u200bашка»", "\ufeffА-1\u2060", "Гвоз\u00adди", "2\u200b", "10,50", "5"]
    outcome = imported(desk, tmp_path, FIRST, unseen, headers=["\u200eНомер", *HEADERS[1:]])
    assert (outcome.plan.problems, new_rows(outcome)["products"], new_rows(outcome)["clients"]) == ([], 1, 1)
    assert lines(desk, "DISTINCT l.name") == [("Гвозди",)]


def test_columns_that_nothing_was_found_for_are_named(desk: Desk, tmp_path: Path) -> None:
    outcome = imported(desk, tmp_path, [*FIRST, "19,95", ""], headers=[*HEADERS, "Сумма", "Склад"])
    assert [str(warning) for warning in outcome.plan.warnings] == ["не загружаются столбцы: Сумма, Склад"]
    assert imported(desk, tmp_path, FIRST).plan.warnings == []


def test_a_client_named_by_a_name_that_several_bear_is_told(desk: Desk, tmp_path: Path) -> None:
    headers = [*HEADERS[:3], "ИНН", *HEADERS[3:]]
    told = [[number, *FIRST[1:3], inn, *FIRST[3:]] for number, inn in (("1", "7707083893"), ("2", "7736050003"), ("3", ""))]
    outcome = imported(desk, tmp_path, *told, headers=headers)
    assert [(warning.row, warning.column, "несколько" in warning.reason) for warning in outcome.plan.warnings] == [(4, "Клиент", True)]
    again = imported(desk, tmp_path, ["4", *FIRST[1:]])
    assert [(warning.row, "несколько" in warning.reason) for warning in again.plan.warnings] == [(2, True)]


def test_a_line_whose_sum_is_no_money_any_more_is_told(desk: Desk, tmp_path: Path) -> None:
    outcome = imported(desk, tmp_path, [*FIRST[:5], "99999999", "999999999", ""])
    assert [(problem.row, problem.column, "слишком большая" in problem.reason) for problem in outcome.plan.problems] == [(2, "Цена", True)]


def test_a_document_that_goes_on_without_some_of_its_lines_is_told(desk: Desk, tmp_path: Path) -> None:
    outcome = imported(desk, tmp_path, FIRST, [*SECOND[:5], "(1)", *SECOND[6:]], [*THIRD[:5], "две", *THIRD[6:]], go_on=True)
    assert [(problem.row, "скобк" in problem.reason) for problem in outcome.plan.problems] == [(3, True), (4, False)]
    assert [(warning.row, "заказ 1 неполон" in warning.reason) for warning in outcome.plan.warnings] == [(3, True)]
    assert net(desk) == 2100 - 105
