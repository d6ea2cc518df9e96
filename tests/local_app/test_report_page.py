"""What a report of the laptop says: its cells, its foot, its file."""

from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from local_app.asking import ask
from local_app.desk import Desk
from local_app.pages.reports import html_of, readable, told
from local_app.passing import exported
from local_app.widgets.exporting import write_report
from local_app.widgets.longwork import Work
from shared.change import Edit, Refused
from shared.entity import MICRO
from shared.reports import read_reports

SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("Сумма, ₽", 1234.5, f"1{SPACE}234,50"),
        ("Сумма, ₽", -0.05, "−0,05"),
        ("Сумма, ₽", 0, "—"),
        ("Количество", 21425.0, f"21{SPACE}425"),
        ("Количество", 0.195, "0,195"),
        ("Рентабельность, %", -7.5, "−7,5"),
        ("Рентабельность, %", 95.0, "95,0"),
        ("Заказов", 1204, f"1{SPACE}204"),
        ("Месяц", "2026-03", "март 2026"),
        ("Дата", "2026-03-12", "12.03.2026"),
        ("Клиент", "<b>Ромашка</b>", "<b>Ромашка</b>"),
        ("Группа", None, ""),
    ],
)
def test_a_cell_is_written_as_people_write_it(name: str, value: object, words: str) -> None:
    assert told(name, value) == words


REPORT = next(report for report in read_reports() if report.name == "margin_by_order")
ORDERS = 30


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Thirty orders of a tenth of a rouble and a kopeck more each."""
    with closing(Desk.open(tmp_path, create=True)) as desk:
        for number in range(ORDERS):
            order = Edit("orders", f"o{number}", {"number": f"{number}", "date": "2026-03-12"})
            price = (10 + number) * MICRO // 100
            desk.do([order, Edit("order_lines", f"l{number}", {"order_id": f"o{number}", "quantity": MICRO, "price": price})], "Заказ")
    return tmp_path


def test_the_foot_adds_up_all_rows_and_not_only_those_that_are_drawn(folder: Path) -> None:
    found = ask(folder, REPORT.sql, REPORT.bound(), 2, lambda: False)
    assert found
    assert (len(found.rows), found.total) == (2, ORDERS)
    kopecks = sum(10 + number for number in range(ORDERS))
    assert found.sums == {"Сумма без НДС, ₽": kopecks, "Закупка, ₽": 0, "Затраты, ₽": 0, "Маржа, ₽": kopecks}
    foot = html_of(found).partition("<tfoot>")[2]
    assert foot.startswith("<tr><td>Итого</td><td></td><td></td>")
    assert 'class="number">7,35</td><td class="number">—</td>' in foot


def test_the_foot_adds_up_orders_and_not_what_is_counted_twice(tmp_path: Path) -> None:
    categories = ("delivery", "packing")
    edits = [Edit("expense_categories", row, {"name": row}) for row in categories]
    edits += [Edit("orders", f"o{month}", {"number": f"{month}", "date": f"2026-{month:02}-12"}) for month in (3, 4)]
    edits += [Edit("expenses", f"of-{row}", {"order_id": "o3", "category_id": row, "amount": 100}) for row in categories]
    with closing(Desk.open(tmp_path, create=True)) as desk:
        desk.do(edits, "Заказы с затратами")
    feet = {}
    for report in read_reports():
        if report.name in ("sales_by_month", "expenses_by_category"):
            found = ask(tmp_path, report.sql, report.bound(), 2, lambda: False)
            assert found
            feet[report.name] = html_of(found).partition("<tfoot>")[2]
    assert feet["sales_by_month"].startswith('<tr><td>Итого</td><td class="number">2</td><td class="number">—</td>')
    assert feet["expenses_by_category"].startswith('<tr><td>Итого</td><td class="number">2</td><td></td>')  # both are of one order


def test_one_row_needs_no_foot(folder: Path) -> None:
    found = ask(folder, f"{REPORT.sql} LIMIT 1", REPORT.bound(), 2, lambda: False)
    assert found
    assert "Итого" not in html_of(found)


def test_the_file_holds_every_row_with_exact_sums_and_real_dates(folder: Path) -> None:
    path = exported(folder, f"{REPORT.title}.xlsx")
    assert write_report(folder, path, REPORT, {"date_from": "12.03.2026", "tab": "of no report"}, Work("")) == ORDERS
    rows = list(load_workbook(path).worksheets[0].iter_rows(values_only=True))
    assert rows[0][:4] == ("Заказ", "Дата", "Клиент", "Сумма без НДС, ₽")
    assert rows[1][:2] == ("9", datetime(2026, 3, 12))  # noqa: DTZ001 - a cell has no zone
    assert [row[3] for row in reversed(rows[1:])] == [(10 + number) / 100 for number in sorted(range(ORDERS), key=str)]


def test_there_is_no_file_of_nothing(folder: Path) -> None:
    path = exported(folder, f"{REPORT.title}.xlsx")
    with pytest.raises(Refused, match="данных нет"):
        write_report(folder, path, REPORT, {"date_from": "01.01.2199"}, Work(""))
    assert not path.exists()


def test_a_day_in_the_address_is_read_as_people_write_it_and_left_out_when_it_is_none() -> None:
    assert readable({"date_from": "01.01.1997", "date_to": "31.02.1997", "tab": "x"}) == {"date_from": "1997-01-01", "tab": "x"}
