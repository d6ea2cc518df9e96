"""Workbooks as companies have them: sheets beside sheets, percents, errors, stray cells, bombs, and files that are no workbooks."""

import base64
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from local_app.desk import Desk
from local_app.imports import marks
from local_app.imports.sheet import read_sheet
from local_app.imports.workbook import read_book
from shared.change import Refused
from shared.entity import MICRO
from tests.support.laptops import net, new_desk, new_rows, run_import

HEADERS = ["Номер", "Дата", "Клиент", "Товар", "Количество", "Цена"]
LINE = ["1", date(2024, 2, 1), "ООО Ромашка", "Болт", 2, 100]

DAMAGED_XLS = (
    "eNrtWEtIVFEY/s7MmYemzoyNgkY2CFmZiJmGVM6MohmBYm16IJSmi7A0phbVJtNcBoGroo1gixZZbXpQQUGLFoFRiyAItJatgoII9fadf+6V0QgcKMO43+X85/yv85973v"
    "e+nopMj98rncESxOHFvJUDf4ZMMeU4TBjUW5YpOnmQyXKxqpAT5ED6fXic/ypgxtCM9ww8uKufkwIfmbpwGh2DA32xFUSztKFbmTY0kircoKQAJdKqQqHHha4VekcsnwhN"
    "iuSK0EbaTqsjmEp0VDbYs/iQp1x0BTD1PhCf9yLZhiK8NLP44lWVtvWhKXWi++QqU5TpPEyAA9rWN9CXMnwIN5ELtLRUt7dXHyamEeVgT+CbFQO+Oqv6WcyVr6xcgfLvi+"
    "WB38iDHMSl8jGPBoZgHZNFMopinNFGE1AbdFLHdZ2u0Tt0g57FsGzQJvmg1lO1W9fTRENFadPM5Icq1btoXK8bKaBZOc1qqUnqXKOLi7aN+ibqa8nTu0LMa/QaqDJtnhhi"
    "UnuN3qt3ktImIq7NrIVHiGw54UVbTr4sxTzSXoSkHJEFGWZ7Z299edPe05k4KpIheYP0YbTRvDssXDIedC4winMeOLVWisdWocNS6zoplwqNsh+YV3QW2YU9I2JzWbQVjL"
    "Nd8DaxKaO8meXRz/sflo1+SmxhebJt5kJ08l1iHOU8HHvpb54RVKkqdf2awaOEkyt74/ogtOSXTSzoCdttt+wTN4Q5s2yJiNA0Z3pHLXAeu6/SnJecd4HT5PQC5yPns+Oo"
    "JXGesm1K4vhlg61+YfrC+CmJ4LdrURLBDJyX/a0kQp3dN2mJiXL7R9ep1n1jybinEPdlQJIZF4lcuHDhwoULFy5cuPhHUHKBhFwZtVwR01fngP1fZ45p3v1N8t/iAAb5nO"
    "VHZSsGmKdwPqv5UwyfcupSy/Rx/hcaHGT0FPrRI+3oz3r+8oNKZb7Psh3Df24JZRt/Ppt2/uX4PwFSZuAh"
)
"""A packed xls whose one wrong byte says that it holds two thousand million texts."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = new_desk(tmp_path / "laptop")
    yield made
    made.close()


def sheet_with(book: Workbook, *rows: list[Any], title: str = "") -> Any:
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    return sheet


def saved(book: Workbook, path: Path) -> Path:
    if len(book.worksheets) > 1 and book.worksheets[0].max_row <= 1 and book.worksheets[0]["A1"].value is None:
        book.remove(book.worksheets[0])
    book.save(path)
    return path


def test_a_cell_that_shows_a_percent_is_that_percent(desk: Desk, tmp_path: Path) -> None:
    book = Workbook()
    sheet = sheet_with(book, [*HEADERS, "Скидка", "Ставка НДС"], [*LINE, 0.1, 0.2], [*LINE, 0.005, 0.1])
    for row in (2, 3):
        sheet.cell(row, 7).number_format = "0.0%"
        sheet.cell(row, 8).number_format = "0%"
    assert run_import(desk, saved(book, tmp_path / "s.xlsx")).written
    found = desk.store.rows("SELECT discount_percent, vat_percent FROM order_lines ORDER BY position")
    assert [tuple(row.values()) for row in found] == [(10 * MICRO, 20 * MICRO), (MICRO // 2, 10 * MICRO)]
    assert net(desk) == 200_00 - 20_00 + 200_00 - 1_00


def test_an_error_in_a_cell_and_a_formula_without_a_value_are_told_not_taken_for_blanks(desk: Desk, tmp_path: Path) -> None:
    book = Workbook()
    sheet = sheet_with(book, [*HEADERS, "Скидка"], [*LINE, "#DIV/0!"], [*LINE, "=5+5"], [*LINE, 5])
    sheet["G2"].data_type = "e"
    outcome = run_import(desk, saved(book, tmp_path / "s.xlsx"))
    assert not outcome.written
    assert [str(problem) for problem in outcome.plan.problems] == [
        "строка 2, столбец «Скидка»: в ячейке ошибка Excel #DIV/0!",
        "строка 3, столбец «Скидка»: в ячейке формула без значения: откройте файл в Excel и сохраните его",
    ]


def test_cells_joined_over_the_lines_of_an_order_belong_to_each_of_them(desk: Desk, tmp_path: Path) -> None:
    book = Workbook()
    heads = [*HEADERS, "Скидка, ₽"]
    sheet = sheet_with(book, heads, [*LINE, 30], [None, None, None, "Гайка", 5, 10], ["2", date(2024, 2, 2), "АО Лютик", "Болт", 1, 100])
    for joined in ("A2:A3", "B2:B3", "C2:C3", "G2:G3", "A4:A9"):
        sheet.merge_cells(joined)
    assert run_import(desk, saved(book, tmp_path / "s.xlsx")).written
    found = desk.store.rows(
        "SELECT o.number, c.name AS client, l.name, l.discount_sum FROM order_lines l JOIN orders o ON o.id = l.order_id "
        "JOIN clients c ON c.id = o.client_id ORDER BY o.number, l.position"
    )
    assert [tuple(row.values()) for row in found] == [
        ("1", "ООО Ромашка", "Болт", 30_00), ("1", "ООО Ромашка", "Гайка", None), ("2", "АО Лютик", "Болт", None),
    ]  # fmt: skip


@pytest.mark.parametrize("beyond", ["T2:T3", "G1:G9", "A8:A9"])
def test_cells_joined_where_the_sheet_holds_nothing_are_no_obstacle(desk: Desk, tmp_path: Path, beyond: str) -> None:
    book = Workbook()
    sheet_with(book, HEADERS, LINE, [*LINE[:3], "Гайка", 5, 10]).merge_cells(beyond)
    assert run_import(desk, saved(book, tmp_path / "s.xlsx")).written


def test_a_quantity_joined_over_two_lines_is_not_counted_twice(desk: Desk, tmp_path: Path) -> None:
    book = Workbook()
    sheet = sheet_with(book, HEADERS, LINE, [*LINE[:3], "Гайка", None, 10])
    sheet.merge_cells("E2:E3")
    assert [str(each) for each in run_import(desk, saved(book, tmp_path / "s.xlsx")).plan.problems] == [
        "строка 3, столбец «Количество»: пусто, а это обязательно"
    ]


def test_names_of_columns_in_two_rows_of_which_some_are_joined_are_found(desk: Desk, tmp_path: Path) -> None:
    book = Workbook()
    sheet = sheet_with(
        book,
        ["Наименование", "ИНН", "Контакты", None],
        [None, None, "Телефон", "E-mail"],
        ["ООО Ромашка", "7701234560", "8 916 1", "a@b.ru"],
    )
    for joined in ("A1:A2", "B1:B2", "C1:D1"):
        sheet.merge_cells(joined)
    assert run_import(desk, saved(book, tmp_path / "s.xlsx"), "clients").written
    assert desk.store.rows("SELECT name, inn, phone, email FROM clients") == [
        {"name": "ООО Ромашка", "inn": "7701234560", "phone": "8 916 1", "email": "a@b.ru"}
    ]


def test_what_stands_to_the_right_of_the_table_breaks_no_rows_and_is_told(desk: Desk, tmp_path: Path) -> None:
    book = Workbook()
    sheet_with(book, HEADERS, [*LINE, None, "позвонить"], [*LINE[:3], "Гайка", 5, 10])
    outcome = run_import(desk, saved(book, tmp_path / "s.xlsx"))
    assert (outcome.plan.problems, net(desk)) == ([], 250_00)
    assert [str(each) for each in outcome.plan.warnings] == [
        "не загружается то, что правее столбца «Цена»: у тех столбцов нет названия (строка 2)"
    ]


def test_a_hidden_sheet_is_passed_over_and_sheets_that_are_not_read_are_named(desk: Desk, tmp_path: Path) -> None:
    book = Workbook()
    sheet_with(book, HEADERS, [*LINE[:2], "Скрытый", *LINE[3:]], title="Старое").sheet_state = "hidden"
    sheet_with(book, HEADERS, LINE, title="Январь")
    sheet_with(book, HEADERS, [*LINE[:2], "АО Лютик", *LINE[3:]], title="Февраль")
    book.active = 2
    path = saved(book, tmp_path / "s.xlsx")
    outcome = run_import(desk, path)
    assert [(each.row, "«Январь»" in str(each), "Февраль" in str(each)) for each in outcome.plan.warnings] == [(0, True, True)]
    assert desk.store.rows("SELECT name FROM clients") == [{"name": "ООО Ромашка"}]
    assert read_sheet(path, sheet="февраль").rows[0][2] == "АО Лютик"
    with pytest.raises(Refused, match="нет листа «Март»"):
        read_sheet(path, sheet="Март")


def test_a_first_sheet_that_is_no_table_leads_to_the_others(desk: Desk, tmp_path: Path) -> None:
    book = Workbook()
    sheet_with(book, ["Инструкция"], title="Читать")
    sheet_with(book, HEADERS, LINE, title="Продажи")
    path = saved(book, tmp_path / "s.xlsx")
    with pytest.raises(Refused, match=r"Не указаны столбцы.*«Читать».*Продажи.*--sheet"):
        run_import(desk, path)
    assert new_rows(run_import(desk, path, sheet="Продажи"))["order_lines"] == 1


def test_a_stray_cell_in_the_far_corner_is_told_and_does_not_eat_the_memory(tmp_path: Path) -> None:
    book = Workbook()
    sheet_with(book, HEADERS, LINE, title="Лист").cell(1_048_576, 16_384).value = "x"
    with pytest.raises(Refused, match=r"лист «Лист» слишком велик.*1048576"):
        read_sheet(saved(book, tmp_path / "s.xlsx"))


def test_a_bomb_and_a_package_that_lies_about_its_size_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Workbook()
    sheet_with(book, HEADERS, [*LINE[:2], "Ромашка" * 4000, *LINE[3:]], title="Лист")
    path = saved(book, tmp_path / "s.xlsx")
    monkeypatch.setattr(marks, "LARGEST", 50_000)
    with pytest.raises(Refused, match="распакованном виде"):
        read_book(path.read_bytes(), path.name)
    monkeypatch.undo()
    with zipfile.ZipFile(path) as packed:
        size = max(each.file_size for each in packed.infolist())
    path.write_bytes(path.read_bytes().replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little")))
    with pytest.raises(Refused, match="не читается"):
        read_sheet(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "пуст"),
        (b"\0" * 5000, "пуст"),
        (b"\xef\xbb\xbf<html><table>", "HTML"),
        (b"PK\x03\x04 and nothing more", "не читается"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "не читается"),
    ],
)
@pytest.mark.parametrize("ending", ["xlsx", "xls"])
def test_what_is_no_workbook_is_called_by_what_it_is(tmp_path: Path, content: bytes, words: str, ending: str) -> None:
    path = tmp_path / f"x.{ending}"
    path.write_bytes(content)
    with pytest.raises(Refused, match=words):
        read_sheet(path)


def test_a_workbook_under_another_ending_is_read_by_what_is_inside(tmp_path: Path) -> None:
    book = Workbook()
    sheet_with(book, HEADERS, LINE)
    book.remove(book.worksheets[0])
    book.save(tmp_path / "s.xlsx")
    path = (tmp_path / "s.xlsx").rename(tmp_path / "s.xls")
    assert read_sheet(path).rows[0][2] == "ООО Ромашка"


def test_a_workbook_called_csv_and_a_text_called_xls_are_read_as_what_they_are(tmp_path: Path) -> None:
    book = Workbook()
    sheet_with(book, HEADERS, LINE)
    book.remove(book.worksheets[0])
    book.save(tmp_path / "s.xlsx")
    assert read_sheet((tmp_path / "s.xlsx").rename(tmp_path / "s.csv")).rows[0][2] == "ООО Ромашка"
    for encoding in ("cp1251", "utf-8-sig", "utf-16"):
        (tmp_path / "t.xls").write_bytes("Номер\tКлиент\r\n1\tООО Ромашка\r\n".encode(encoding))
        assert read_sheet(tmp_path / "t.xls").rows == [["1", "ООО Ромашка"]]


def test_a_folder_in_the_place_of_a_file_is_called_a_folder(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="папка, а нужен файл"):
        read_sheet(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems bound no memory, and give a terabyte that nobody writes to")
def test_a_workbook_that_ends_its_reader_is_told_like_any_other_damaged_one(tmp_path: Path) -> None:
    path = tmp_path / "x.xls"
    path.write_bytes(zlib.decompress(base64.b64decode(DAMAGED_XLS)))
    with pytest.raises(Refused, match="не читается как таблица Excel"):
        read_sheet(path)
