"""What one cell tells of two columns, and rows of a text that end early."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_app.desk import Desk
from local_app.seed import seed
from shared.entity import MICRO
from tests.support.laptops import new_desk, new_rows, run_import, write_table

SALES = ["Номер", "Дата", "Клиент", "Товар", "Количество", "Цена"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = new_desk(tmp_path / "laptop")
    seed(desk)
    yield desk
    desk.close()


def lines(desk: Desk) -> list[tuple[object, ...]]:
    sql = "SELECT l.quantity, u.name FROM order_lines l LEFT JOIN units u ON u.id = l.unit_id WHERE NOT l.deleted ORDER BY l.position"
    return [tuple(row) for row in desk.store.db.execute(sql)]


def test_a_unit_beside_the_quantity_is_the_unit_of_the_line(desk: Desk, tmp_path: Path) -> None:
    rows = [["1", "01.02.2026", "А", "Песок", "2,5 кг", "10"], ["1", "01.02.2026", "А", "Гвозди", "1 000 шт.", "1"]]
    outcome = run_import(desk, write_table(tmp_path / "t.csv", [SALES, *rows, ["1", "01.02.2026", "А", "Плёнка", "3 уп", "1"]]))
    assert ("units" in new_rows(outcome), lines(desk)) == (False, [(2_500_000, "кг"), (1000 * MICRO, "шт"), (3 * MICRO, None)])


def test_a_column_of_units_counts_before_the_unit_in_the_quantity(desk: Desk, tmp_path: Path) -> None:
    rows = [["1", "01.02.2026", "А", "Песок", "2 шт", "10", "кг"], ["1", "01.02.2026", "А", "Гвозди", "3 шт", "1", ""]]
    run_import(desk, write_table(tmp_path / "t.csv", [[*SALES, "Ед."], *rows]))
    assert lines(desk) == [(2 * MICRO, "кг"), (3 * MICRO, "шт")]


def test_a_word_that_is_no_unit_leaves_no_number(desk: Desk, tmp_path: Path) -> None:
    outcome = run_import(desk, write_table(tmp_path / "t.csv", [SALES, ["1", "01.02.2026", "А", "Песок", "2,5 тыс", "10"]]))
    assert [(problem.row, problem.column) for problem in outcome.plan.problems] == [(2, "Количество")]


@pytest.mark.parametrize("columns", [{}, {"client": "Клиент", "inn": "ИНН / КПП", "kpp": "ИНН / КПП"}], ids=["found", "chosen twice"])
def test_inn_and_kpp_may_stand_in_one_column(desk: Desk, tmp_path: Path, columns: dict[str, str]) -> None:
    rows = [["ООО «Ромашка»", "7707083893/773601001"], ["ИП Ёлкин", "500100732259 / -"], ["ООО «Лютик»", "7736050003"]]
    outcome = run_import(desk, write_table(tmp_path / "t.csv", [["Клиент", "ИНН / КПП"], *rows]), "clients", columns)
    assert (outcome.plan.problems, outcome.plan.warnings) == ([], [])
    found = [tuple(row) for row in desk.store.db.execute("SELECT inn, kpp FROM clients ORDER BY inn")]
    assert found == [("500100732259", ""), ("7707083893", "773601001"), ("7736050003", "")]


def test_cells_that_a_text_leaves_out_at_the_end_of_a_row_are_empty_and_told(desk: Desk, tmp_path: Path) -> None:
    table = "Название;ИНН;Телефон;Примечание\nООО «Ромашка»;7707083893\nИП Ёлкин;;+7 916 000-33-44;да\nООО «Лютик»\n"
    (tmp_path / "t.csv").write_text(table, encoding="utf-8")
    outcome = run_import(desk, tmp_path / "t.csv", "clients")
    assert (outcome.written, new_rows(outcome)["clients"]) == (True, 3)
    assert [warning.reason for warning in outcome.plan.warnings] == [
        "2 строки кончаются раньше последнего столбца (первая из них — 2): недостающие ячейки считаются пустыми"
    ]
