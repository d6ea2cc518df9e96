"""Reading tables: encodings, delimiters, workbooks, and files that are no tables."""

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from local_app.imports import sheet as sheets
from local_app.imports.encodings import decode, encoding_of
from local_app.imports.sheet import read_sheet, read_text_table
from local_app.imports.workbook import text_of
from shared.change import Refused
from tests.support.laptops import NORTHWIND

TABLE = "номер;дата;клиент;товар\n1;01.02.2026;ООО Ромашка;Гвозди 100 мм\n"


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "cp866", "koi8-r"])
def test_a_russian_table_is_read_in_any_usual_encoding(encoding: str) -> None:
    sheet = read_text_table(TABLE.encode(encoding), "t.csv")
    assert sheet.headers == ["номер", "дата", "клиент", "товар"]
    assert sheet.rows == [["1", "01.02.2026", "ООО Ромашка", "Гвозди 100 мм"]]


@pytest.mark.parametrize("encoding", ["cp1251", "cp866"])
@pytest.mark.parametrize("text", ["имя\nЗАО ЁЛКА\n", "name,inn\nЩука,1\n", "ИНН\n123\n", "НОМЕР;КЛИЕНТ\n1;ООО РОМАШКА\n"])
def test_even_a_few_russian_words_tell_the_code_page(text: str, encoding: str) -> None:
    assert encoding_of(text.encode(encoding)) == encoding


def test_a_western_code_page_is_not_taken_for_russian() -> None:
    sheet = read_text_table("Company;City\nVins ét alcools;Reims\nToms Spezialitäten;Münster\n".encode("cp1252"), "t.csv")
    assert sheet.rows == [["Vins ét alcools", "Reims"], ["Toms Spezialitäten", "Münster"]]


def test_a_given_encoding_is_obeyed_and_a_wrong_one_is_told() -> None:
    assert read_text_table(TABLE.encode("cp866"), "t.csv", encoding="cp866").rows[0][2] == "ООО Ромашка"
    with pytest.raises(Refused, match="не читается в кодировке utf-8"):
        read_text_table(TABLE.encode("cp1251"), "t.csv", encoding="utf-8")
    with pytest.raises(Refused, match="неизвестна"):
        read_text_table(TABLE.encode(), "t.csv", encoding="cp9999")


@pytest.mark.parametrize("parts", [("cp1251", "utf-8"), ("utf-8", "cp1251"), ("utf-8-sig", "cp866")])
def test_a_file_of_two_encodings_is_told_and_not_guessed(parts: tuple[str, str]) -> None:
    content = "Название;ИНН\n".encode(parts[0]) + "\nООО Ромашка;7707083893\n".encode(parts[1])
    with pytest.raises(Refused, match=r"в двух кодировках: строка [13] — в utf-8, строка [13] — нет"):
        decode(content)
    assert decode(content, "koi8-r")[1] == "koi8-r", "whoever names one is obeyed"


def test_a_line_that_happens_to_fit_utf_8_makes_no_second_encoding() -> None:
    text = "Артикул;Название\n№ 5;Гвозди\nВ»;5\n"
    assert decode(text.encode("cp1251")) == (text, "cp1251")


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found_out(delimiter: str) -> None:
    text = TABLE.replace(";", delimiter)
    assert read_text_table(text.encode(), "t.csv").rows[0] == ["1", "01.02.2026", "ООО Ромашка", "Гвозди 100 мм"]


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    sheet = read_text_table(b"\na;b\n1;2\n;\n3;4\n", "t.csv")
    assert (sheet.headers, sheet.numbers) == (["a", "b"], [3, 5])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "пуст"),
        (b"\n\n;;\n", "пуст"),
        (b'a;b\n1;"2\n3;4\n', "строка 3: не закрыты или лишние кавычки"),
        (b'a;b\n1;"OOO "X""\n', "строка 2"),
        (b"PK\x03\x04\0\0\0\0", "двоичные данные"),
    ],
)
def test_a_broken_table_is_told_in_plain_words(content: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read_text_table(content, "t.csv")


@pytest.mark.parametrize("cell", ["x" * 140_000, "слово, " * 20_000, "x\n" * 70_000])
@pytest.mark.parametrize("delimiter", ["", ";"])
def test_a_cell_that_is_too_long_is_told_by_its_row(cell: str, delimiter: str) -> None:
    row = 3 + cell[:131_072].count("\n")
    with pytest.raises(Refused, match=rf"«t.csv», строка {row}: ячейка длиннее 131\s072 знаков. Сократите её"):
        read_text_table(f'a;b\n1;2\n3;"{cell}"\n'.encode(), "t.csv", delimiter=delimiter)


def test_a_missing_file_and_a_broken_workbook_are_told(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="не найден"):
        read_sheet(tmp_path / "нет.csv")
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 this is no workbook")
    with pytest.raises(Refused, match="не читается как таблица Excel"):
        read_sheet(broken)


def test_a_workbook_gives_plain_texts(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "t.xlsx", [["a", "b", "c", "d"], [7707083893, 1234.5, date(2026, 3, 12), "  текст "], [None, 0.1 + 0.2, True, 5.0]]
    )
    assert read_sheet(path).rows == [["7707083893", "1234.5", "2026-03-12", "  текст "], ["", "0.3", "1", "5"]]


def test_a_number_that_excel_has_cut_keeps_its_exponent() -> None:
    assert text_of(40702810500000012345.0) == "4.07028105000000e+19"
    assert text_of(33.33333333333333) == "33.333333"
    assert text_of(datetime.fromisoformat("2026-03-12T14:05")) == "2026-03-12T14:05"


def test_the_sample_is_read_whole() -> None:
    sheet = read_sheet(NORTHWIND / "sales.csv")
    assert (len(sheet.rows), len(sheet.headers), sheet.numbers[0], sheet.encoding) == (2155, 16, 2, "utf-8")


def test_a_text_table_is_read_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_CELLS", 7)
    with pytest.raises(Refused, match="больше 7 ячеек"):
        read_text_table(TABLE.encode(), "t.csv")


def test_decimal_commas_are_no_delimiters_where_rows_end_early() -> None:
    rows = ["Номер;Цена;Скидка, %;Примечание", *(f"{number};10,50{';5;хрупкое' if number % 3 == 0 else ''}" for number in range(20))]
    assert read_text_table("\n".join(rows).encode(), "t.csv").headers == ["Номер", "Цена", "Скидка, %", "Примечание"]
    numbers = ["a,b,c", *(f"{number},{number},{number}" for number in range(20))]
    assert read_text_table("\n".join(numbers).encode(), "t.csv").headers == ["a", "b", "c"]
