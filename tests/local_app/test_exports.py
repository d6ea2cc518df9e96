"""Export of lists: Russian headers, exact numbers, real dates, and texts that stay texts."""

import csv
import errno
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from local_app import passing
from local_app.desk import Desk
from local_app.exports.entities import Cell, Table, entity_table
from local_app.exports.files import write_file
from local_app.exports.lines import lines_table
from local_app.imports.sheet import read_sheet
from shared.change import Edit, Refused
from shared.entities import ENTITIES
from shared.entity import MICRO, Value
from tests.support.laptops import NORTHWIND, SALES, new_desk, new_rows, run_import

TEXTS = ["=1+1", "+7 916 123-45-67", "-скидка", "@имя", "#Н/Д", "обычный; «текст»"]
NOTE = "первая строка\n=вторая"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = new_desk(tmp_path / "laptop")
    yield desk
    desk.close()


def exported(desk: Desk, path: Path, entity: str) -> int:
    return write_file(path, entity_table(desk.store, ENTITIES[entity]), ENTITIES[entity].plural, lambda *_: None)


def clients(desk: Desk) -> None:
    desk.do([Edit("clients", f"c{number}", {"name": text, "note": NOTE}) for number, text in enumerate(TEXTS)], "Проба")


def order(desk: Desk) -> None:
    desk.do(
        [
            Edit("clients", "c1", {"name": "Ромашка"}),
            Edit("orders", "o1", {"number": "007", "date": "2026-11-23", "client_id": "c1", "vat_mode": "none"}),
            Edit("order_lines", "l1", {"order_id": "o1", "quantity": 195_000, "price": 1198 * MICRO, "vat_mode": "none"}),
            Edit("orders", "o2", {"number": "Удалённый", "deleted": 1}),
        ],
        "Проба",
    )


def test_a_csv_keeps_every_text_a_text_and_our_import_reads_it_back(desk: Desk, tmp_path: Path) -> None:
    clients(desk)
    assert exported(desk, tmp_path / "c.csv", "clients") == len(TEXTS)
    with (tmp_path / "c.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    names, notes = ({row[header] for row in rows} for header in ("Название", "Примечание"))
    assert notes == {NOTE}
    assert names == {"'=1+1", "'+7 916 123-45-67", "'-скидка", "'@имя", "#Н/Д", "обычный; «текст»"}
    read = {row[0] for row in read_sheet(tmp_path / "c.csv").rows}
    assert {"=1+1", "+7 916 123-45-67", "-скидка", "@имя"} < read


def test_a_workbook_keeps_every_text_a_text(desk: Desk, tmp_path: Path) -> None:
    clients(desk)
    exported(desk, tmp_path / "c.xlsx", "clients")
    sheet = load_workbook(tmp_path / "c.xlsx").active
    assert sheet is not None
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.value for cell in cells} == set(TEXTS)
    assert {cell.data_type for cell in cells} == {"s"}


def test_an_order_comes_out_with_names_dates_and_money(desk: Desk, tmp_path: Path) -> None:
    order(desk)
    exported(desk, tmp_path / "o.xlsx", "orders")
    sheet = load_workbook(tmp_path / "o.xlsx").active
    assert sheet is not None
    headers, *rows = sheet.iter_rows(values_only=True)
    row = dict(zip(headers, rows[0], strict=True))
    assert (len(rows), row["Номер"], row["Дата"], row["Клиент"]) == (1, "007", datetime.fromisoformat("2026-11-23"), "Ромашка")
    assert (row["НДС"], row["Всего"], row["Долг"]) == ("Без НДС", 233.61, 233.61)


def test_money_looks_like_money_and_the_table_can_be_filtered(desk: Desk, tmp_path: Path) -> None:
    order(desk)
    exported(desk, tmp_path / "o.xlsx", "orders")
    page = load_workbook(tmp_path / "o.xlsx").active
    assert page is not None
    looks = {page.cell(1, column).value: page.cell(2, column) for column in range(1, page.max_column + 1)}
    assert (looks["Всего"].value, looks["Всего"].number_format, looks["Всего"].data_type) == (233.61, "#,##0.00", "n")
    assert (looks["Скидка, ₽"].value, looks["Скидка, %"].number_format, looks["Дата"].number_format) == (None, "General", "DD.MM.YYYY")
    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", f"A1:{page.cell(2, page.max_column).coordinate}")
    assert page.column_dimensions["B"].width < page.column_dimensions["C"].width
    exported(desk, tmp_path / "l.xlsx", "order_lines")
    lines = load_workbook(tmp_path / "l.xlsx").active
    assert lines is not None
    assert (lines["G1"].value, lines["G2"].value, lines["G2"].number_format) == ("Цена", 1198, "#,##0.00####")


def test_a_csv_has_decimal_commas_and_russian_dates(desk: Desk, tmp_path: Path) -> None:
    order(desk)
    exported(desk, tmp_path / "l.csv", "order_lines")
    with (tmp_path / "l.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file, delimiter=";")
    assert (row["Заказ"], row["Количество"], row["Цена"]) == ("007 от 23.11.2026", "0,195", "1198")


def test_products_go_out_and_come_back_without_a_change(desk: Desk, tmp_path: Path) -> None:
    run_import(desk, NORTHWIND / "sales.csv", columns=SALES)
    for name in ("p.csv", "p.xlsx"):
        exported(desk, tmp_path / name, "products")
        outcome = run_import(desk, tmp_path / name, "products", {"sku": "Артикул", "product": "Название"})
        assert (outcome.plan.problems, outcome.plan.acts, new_rows(outcome), outcome.plan.rows) == ([], [], {}, 77)


@pytest.mark.parametrize("name", ["c.csv", "c.xlsx"])
def test_clients_that_go_out_come_whole_into_an_empty_base(desk: Desk, tmp_path: Path, name: str) -> None:
    told: list[dict[str, Value]] = [
        {"name": "=cmd|' /C calc'!A0", "code": "0007", "potential": 1, "inn": "0105019290", "note": "'=1+1\n+7"},
        {"name": "Иванов Иван", "legal_form": "person", "inn": "500100732259", "phone": "''-7"},
        {"name": "ИП Ёлкин 日本", "legal_form": "sole_trader"},
    ]
    desk.do([Edit("clients", f"c{place}", patch) for place, patch in enumerate(told)], "Клиенты")
    exported(desk, tmp_path / name, "clients")
    same = run_import(desk, tmp_path / name, "clients")
    assert (same.plan.problems, same.plan.acts) == ([], [])
    other = new_desk(tmp_path / "other")
    run_import(other, tmp_path / name, "clients")
    sql = "SELECT name, code, potential, inn, note, legal_form, phone FROM clients ORDER BY name"
    assert other.store.rows(sql) == desk.store.rows(sql) != []
    other.close()


def test_a_selection_can_be_exported(desk: Desk) -> None:
    order(desk)
    table = entity_table(desk.store, ENTITIES["clients"], "t.name LIKE ?", ["Ром%"])
    assert (table.total, [row[0] for row in table.rows]) == (1, ["Ромашка"])
    assert entity_table(desk.store, ENTITIES["clients"], "t.name = ?", ["Нет"]).total == 0


def test_a_file_of_another_kind_or_place_is_refused_and_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"в \.csv или \.xlsx"):
        exported(desk, tmp_path / "c.pdf", "clients")
    with pytest.raises(Refused, match=r"Папки .* нет"):
        exported(desk, tmp_path / "нет" / "c.csv", "clients")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["laptop"]


def test_the_lines_of_orders_go_out_and_come_back_without_a_change(desk: Desk, tmp_path: Path) -> None:
    run_import(desk, NORTHWIND / "sales.csv", columns=SALES)
    line = desk.store.rows("SELECT id, order_id FROM order_lines ORDER BY id LIMIT 2")
    told: list[dict[str, Value]] = [{"discount_percent": MICRO // 2}, {"discount_percent": None, "discount_sum": 7}]
    desk.do([Edit("order_lines", row["id"], patch) for row, patch in zip(line, told, strict=True)], "Скидки")
    desk.do([Edit("orders", line[0]["order_id"], {"vat_mode": "on_top"})], "НДС")
    before = desk.store.rows("SELECT * FROM order_lines ORDER BY id")
    for name in ("l.csv", "l.xlsx"):
        assert write_file(tmp_path / name, lines_table(desk.store), "Строки", lambda *_: None) == len(before)
        outcome = run_import(desk, tmp_path / name)
        assert (outcome.plan.problems, outcome.plan.warnings, outcome.plan.acts, outcome.plan.rows) == ([], [], [], len(before))
    assert desk.store.rows("SELECT * FROM order_lines ORDER BY id") == before


def test_a_line_that_was_typed_without_a_product_comes_back_as_it_was(desk: Desk, tmp_path: Path) -> None:
    order(desk)
    desk.do([Edit("order_lines", "l1", {"name": "Доставка «до двери»"})], "Название")
    write_file(tmp_path / "l.xlsx", lines_table(desk.store), "Строки", lambda *_: None)
    before = desk.store.rows("SELECT * FROM order_lines")
    assert run_import(desk, tmp_path / "l.xlsx").plan.acts == []
    assert desk.store.rows("SELECT * FROM order_lines") == before
    desk.do([Edit("products", "p9", {"name": "Доставка «до двери»"})], "Услуга")
    assert new_rows(run_import(desk, tmp_path / "l.xlsx")) == {}
    assert desk.store.one("SELECT product_id FROM order_lines") == "p9", "what is a product by now is found as one"
    assert [row["id"] for row in desk.store.rows("SELECT id FROM order_lines")] == ["l1"]
    assert lines_table(desk.store, "t.number = ?", ("008",)).total == 0


def test_a_file_that_is_written_twice_at_once_is_whole_both_times(desk: Desk, tmp_path: Path) -> None:
    clients(desk)
    table, path = entity_table(desk.store, ENTITIES["clients"]), tmp_path / "c.csv"

    def meanwhile() -> Iterator[list[Cell]]:
        for row in table.rows:
            exported(desk, path, "clients")
            yield row

    assert write_file(path, table._replace(rows=meanwhile()), "Клиенты", lambda *_: None) == len(TEXTS)
    assert len(read_sheet(path).rows) == len(TEXTS)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["c.csv", "laptop"]


def test_half_a_file_that_a_killed_program_has_left_goes_and_what_was_exported_stays(desk: Desk) -> None:
    whole = passing.exported(desk.folder, "Клиенты.csv")
    clients(desk)
    exported(desk, whole, "clients")
    whole.with_name(f".Клиенты.csv.0a1b2c3d{passing.UNFINISHED}").touch()
    passing.forget_halves(desk.folder)
    assert [each.name for each in whole.parent.iterdir()] == ["Клиенты.csv"]


def test_a_file_that_cannot_be_written_is_named_as_it_was_asked_for(tmp_path: Path) -> None:
    def full() -> Iterator[list[Cell]]:
        yield ["первая"]
        raise OSError(errno.ENOSPC, "No space left on device", "a name that nobody knows")

    with pytest.raises(OSError, match="No space") as told:
        write_file(tmp_path / "o.csv", Table(["Имя"], full(), 2), "Лист", lambda *_: None)
    assert (told.value.filename, list(tmp_path.iterdir())) == (str(tmp_path / "o.csv"), [])


def test_a_name_may_be_as_long_as_the_disk_takes(desk: Desk, tmp_path: Path) -> None:
    assert exported(desk, tmp_path / f"{'о' * 120}.csv", "clients") == 0


def test_a_folder_of_that_name_is_told(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "o.csv").mkdir()
    with pytest.raises(Refused, match="— папка, а нужен файл"):
        exported(desk, tmp_path / "o.csv", "clients")
