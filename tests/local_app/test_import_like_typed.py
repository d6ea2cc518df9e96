"""What a file brings is as if a person had typed it: orders as «Новый заказ» makes them, whole discounts, wrong ИНН, own exports."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from local_app.desk import Desk
from local_app.exports.entities import entity_table
from local_app.exports.files import write_file
from local_app.exports.lines import lines_table
from local_app.imports.importing import Outcome
from local_app.pages.order_acts import new_order
from local_app.seed import seed
from shared.change import Edit
from shared.entities import ENTITIES
from shared.entity import MICRO
from tests.local_app.test_import_sales import lines
from tests.support.laptops import changed_rows, new_desk, new_rows, run_import, typed, write_table

HEADERS = ["Номер", "Дата", "Клиент", "Артикул", "Товар", "Количество", "Цена"]
NAILS = ["1", "01.02.2026", "ООО «Ромашка»", "А-1", "Гвозди", "2", "100"]
HAMMER = ["1", "01.02.2026", "ООО «Ромашка»", "А-2", "Молоток", "1", "1 200"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = new_desk(tmp_path / "laptop")
    seed(desk, organizations=True)
    yield desk
    desk.close()


def imported(desk: Desk, tmp_path: Path, *rows: list[str], headers: list[str] = HEADERS, **wishes: Any) -> Outcome:
    return run_import(desk, write_table(tmp_path / "sales.csv", [headers, *rows]), **wishes)


def row_of(desk: Desk, entity: str, name: str) -> str:
    return str(desk.store.one(f"SELECT id FROM {entity} WHERE name = ?", (name,)))


# ------------------------------------------------------------------ orders
def test_an_imported_order_has_what_a_new_order_has(desk: Desk, tmp_path: Path) -> None:
    author = desk.new_id()
    desk.do([Edit("employees", author, {"name": "Анна"})], "Сотрудник")
    desk.store.log.set_state(author=author)
    made = desk.store.row("orders", new_order(desk))
    assert made is not None
    desk.undo()
    imported(desk, tmp_path, NAILS)
    (found,) = desk.store.rows("SELECT * FROM orders WHERE NOT deleted")
    same = ("organization_id", "status_id", "manager_id", "vat_mode")
    assert [found[name] for name in same] == [made[name] for name in same]
    assert (found["manager_id"], found["vat_mode"]) == (author, "included")
    assert lines(desk, "l.vat_mode, l.vat_percent") == [("included", 22 * MICRO)]
    assert desk.store.one("SELECT total FROM order_totals") == 20_000


def test_what_the_file_says_counts_before_what_is_usual(desk: Desk, tmp_path: Path) -> None:
    told = [[*NAILS, "Согласование", "Борис", "ООО «Заря»"], ["2", "01.02.2024", *NAILS[2:], "", "", "ООО «Заря»"]]
    imported(desk, tmp_path, *told, headers=[*HEADERS, "Статус", "Ответственный", "Организация"])
    sql = (
        "SELECT s.name AS status, e.name AS manager, o.vat_mode FROM orders o JOIN statuses s ON s.id = o.status_id "
        "LEFT JOIN employees e ON e.id = o.manager_id ORDER BY o.number"
    )
    assert [tuple(row.values()) for row in desk.store.rows(sql)] == [("Согласование", "Борис", "included"), ("Новый", None, "none")]
    assert lines(desk, "l.vat_mode, l.vat_percent") == [("included", 5 * MICRO), ("none", None)], "the regime of the firm on the day"


def test_a_status_that_a_file_brings_is_not_the_one_of_new_orders(desk: Desk, tmp_path: Path) -> None:
    imported(desk, tmp_path, [*NAILS, "А оплачен"], ["2", *HAMMER[1:], "Архив"], headers=[*HEADERS, "Статус"])
    assert [row["name"] for row in desk.store.rows("SELECT name FROM statuses ORDER BY position")][-2:] == ["А оплачен", "Архив"]
    made = desk.store.row("orders", new_order(desk))
    assert made is not None
    assert made["status_id"] == row_of(desk, "statuses", "Новый")


def test_a_line_takes_the_rate_of_its_product_on_the_day_of_shipment(desk: Desk, tmp_path: Path) -> None:
    products = [["Артикул", "Название", "Ставка НДС"], ["А-1", "Гвозди", ""], ["А-2", "Молоток", "10%"], ["А-3", "Книга", "Без НДС"]]
    run_import(desk, write_table(tmp_path / "p.csv", products), "products")
    rows = [["1", "30.12.2025", "Р", article, "", "1", "100", "02.01.2026"] for article in ("А-1", "А-2", "А-3")]
    imported(desk, tmp_path, *rows, headers=[*HEADERS, "Дата отгрузки"])
    assert lines(desk, "l.vat_mode, l.vat_percent") == [("included", 22 * MICRO), ("included", 10 * MICRO), ("included", None)]
    imported(desk, tmp_path, *([*row[:-1], ""] for row in (["5", *row[1:]] for row in rows)), vat_mode="none")
    assert lines(desk, "l.vat_mode, l.vat_percent")[3:] == [("none", None)] * 3, "«Без НДС» was chosen"


def test_new_lines_of_an_order_that_is_there_follow_it(desk: Desk, tmp_path: Path) -> None:
    imported(desk, tmp_path, NAILS, vat_mode="on_top")
    imported(desk, tmp_path, NAILS, HAMMER)
    assert lines(desk, "o.vat_mode, l.vat_mode, l.vat_percent") == [("on_top", "on_top", 22 * MICRO)] * 2
    imported(desk, tmp_path, [*NAILS, "10%"], [*HAMMER, "Без НДС"], headers=[*HEADERS, "НДС"])
    assert lines(desk, "o.vat_mode, l.vat_mode, l.vat_percent") == [("on_top", "on_top", 10 * MICRO), ("on_top", "none", None)]


def test_an_exempt_firm_charges_vat_where_the_file_names_a_rate(desk: Desk, tmp_path: Path) -> None:
    rows = [[*NAILS, rate, "ИП Соколова М. А."] for rate in ("22%", "")]
    imported(desk, tmp_path, rows[0], ["2", *rows[1][1:]], headers=[*HEADERS, "НДС", "Организация"])
    assert lines(desk, "o.vat_mode, l.vat_mode, l.vat_percent") == [("included", "included", 22 * MICRO), ("none", "none", None)]


# ------------------------------------------------------------------ discounts
@pytest.mark.parametrize(
    ("header", "text", "before", "after"),
    [
        ("Скидка, %", "5", (None, 700), (5 * MICRO, None)),
        ("Скидка, ₽", "7", (5 * MICRO, None), (None, 700)),
        ("Скидка, доля", "0,05", (None, 700), (5 * MICRO, None)),
        ("Скидка, %", "", (None, 700), (None, 700)),
        ("Скидка, ₽", "", (None, 700), (None, None)),
    ],
)
def test_one_column_of_a_discount_writes_both_its_halves(
    desk: Desk, tmp_path: Path, header: str, text: str, before: tuple[int | None, ...], after: tuple[int | None, ...]
) -> None:
    imported(desk, tmp_path, NAILS)
    (line,) = desk.store.rows("SELECT id FROM order_lines")
    desk.do([Edit("order_lines", line["id"], dict(zip(("discount_percent", "discount_sum"), before, strict=True)))], "Скидка")
    imported(desk, tmp_path, [*NAILS, text], headers=[*HEADERS, header])
    assert lines(desk, "l.discount_percent, l.discount_sum") == [after]


def test_a_discount_of_a_new_line_is_told_whole(desk: Desk, tmp_path: Path) -> None:
    imported(desk, tmp_path, [*NAILS, "5"], headers=[*HEADERS, "Скидка, %"])
    (patch,) = desk.store.db.execute("SELECT patch FROM log WHERE entity = 'order_lines'").fetchone()
    assert '"discount_sum":null' in str(patch)


def test_a_discount_is_a_number_in_excel_and_comes_back_exactly(desk: Desk, tmp_path: Path) -> None:
    imported(desk, tmp_path, [*NAILS, "5"], [*HAMMER, "0,125%"], headers=[*HEADERS, "Скидка, %"])
    for name in ("l.xlsx", "l.csv"):
        write_file(tmp_path / name, lines_table(desk.store), "Строки", lambda *_: None)
        outcome = run_import(desk, tmp_path / name)
        assert (outcome.plan.problems, outcome.plan.warnings, outcome.plan.acts) == ([], [], [])
    page = load_workbook(tmp_path / "l.xlsx").active
    assert page is not None
    (column,) = [cells for cells in page.iter_cols() if cells[0].value == "Скидка, %"]
    assert [cell.value for cell in column[1:]] == [5, 0.125]


def test_percents_of_which_none_is_a_whole_one_may_be_shares(desk: Desk, tmp_path: Path) -> None:
    rows = [[*NAILS, "0,1"], [*HAMMER, "0,05"]]
    outcome = imported(desk, tmp_path, *rows, headers=[*HEADERS, "Скидка, %"])
    assert [(warning.row, warning.column, "доли" in warning.reason) for warning in outcome.plan.warnings] == [(0, "Скидка, %", True)]
    asked = imported(desk, tmp_path, *rows, headers=[*HEADERS, "Скидка"])
    assert [problem.row for problem in asked.plan.problems] == [2, 3], "a name without «%» tells nothing"


# ------------------------------------------------------------------ ИНН
def test_clients_with_a_wrong_inn_go_out_and_come_back_without_a_change(desk: Desk, tmp_path: Path) -> None:
    for place, inn in enumerate(("7707083894", "770708389", "123", "нет", "DE 811", "0000000000", "7707083893/773601001")):
        desk.do([Edit("clients", f"c{place}", {"name": f"Клиент {place}", "inn": inn})], "Клиент")
    before = desk.store.rows("SELECT * FROM clients ORDER BY id")[:-1]
    for name in ("c.csv", "c.xlsx"):
        write_file(tmp_path / name, entity_table(desk.store, ENTITIES["clients"], "t.id <> 'c6'"), "Клиенты", lambda *_: None)
        outcome = run_import(desk, tmp_path / name, "clients")
        assert (outcome.plan.problems, outcome.plan.acts) == ([], [])
        assert len([warning for warning in outcome.plan.warnings if warning.column == "ИНН"]) == 6
    assert desk.store.rows("SELECT * FROM clients ORDER BY id")[:-1] == before


def test_what_is_no_inn_makes_no_two_clients_one(desk: Desk, tmp_path: Path) -> None:
    rows = [["Название", "ИНН"], *([f"Клиент {inn}", inn] for inn in ("нет", "0000000000")), ["Ромашка", "нет"], ["Лютик", "0000000000"]]
    assert new_rows(run_import(desk, write_table(tmp_path / "c.csv", rows), "clients")) == {"clients": 4}


def test_a_client_whose_inn_has_lost_its_zero_is_found_by_the_whole_one(desk: Desk, tmp_path: Path) -> None:
    desk.do([Edit("clients", "c1", {"name": "Адыгея", "inn": "105019295"})], "Клиент")
    outcome = run_import(desk, write_table(tmp_path / "c.csv", [["Название", "ИНН"], ["ООО «Адыгея»", "0105019295"]]), "clients")
    assert (new_rows(outcome), changed_rows(outcome)) == ({}, {"clients": 1})
    assert row_of(desk, "clients", "ООО «Адыгея»") == "c1"


def test_a_field_is_advised_by_its_russian_name_and_the_command_adds_its_key(desk: Desk, tmp_path: Path) -> None:
    path = write_table(tmp_path / "s.csv", [[*HEADERS, "Скидка"], [*NAILS, "0,1"]])
    (problem,) = run_import(desk, path).plan.problems
    assert "«Скидка, доля»" in problem.reason
    assert "discount" not in problem.reason
    answer = typed("desk", "--data", str(desk.folder), "import", str(path), "--as", "order-lines")
    assert "В --columns поле «Скидка, доля» — discount_fraction" in answer.stdout.splitlines()
