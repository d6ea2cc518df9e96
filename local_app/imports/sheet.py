"""Reading a table from a file (csv, xlsx, xls, ods) into texts, with the row numbers that a person sees in Excel."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

from local_app.imports.encodings import decode, delimiter_of
from shared.change import Refused

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
LARGEST = 500 * 1024 * 1024
"""Bytes of a file that is read at once into memory."""

Cell = str | int | float | bool | date | datetime | time | timedelta | None


class Sheet(NamedTuple):
    """A table of texts. `numbers[i]` is the number of `rows[i]` as a person sees it: the header stands in row 1."""

    headers: list[str]
    numbers: list[int]
    rows: list[list[str]]
    encoding: str = ""


def read_sheet(path: Path, encoding: str = "", delimiter: str = "") -> Sheet:
    """The first table of a file. Refused when the file is missing, empty, too large or broken."""
    if not path.is_file():
        raise Refused(f"Файл «{path}» не найден. Проверьте имя и папку")
    if path.stat().st_size > LARGEST:
        raise Refused(f"Файл «{path.name}» больше 500 МБ. Разделите его на части")
    if path.suffix.lower() in WORKBOOKS:
        return sheet_of([[text_of(cell) for cell in row] for row in _workbook_rows(path)], path.name)
    return read_text_table(path.read_bytes(), path.name, encoding, delimiter)


def read_text_table(content: bytes, name: str, encoding: str = "", delimiter: str = "") -> Sheet:
    """A csv table from its bytes; encoding and delimiter are found out when not given."""
    if b"\0" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(f"Файл «{name}» — не таблица csv: внутри двоичные данные. Сохраните его как csv или xlsx")
    text, used = decode(content, encoding)
    cut = {"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter) or delimiter_of(text)
    if len(cut) != 1:
        raise Refused(f"Разделитель «{delimiter}» должен быть одним знаком, например «;», или словом tab")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=cut, strict=True)
    try:
        rows = list(reader)
    except csv.Error:
        raise Refused(
            f"Файл «{name}», строка {reader.line_num}: не закрыты или лишние кавычки. Исправьте строку или сохраните таблицу заново"
        ) from None
    return sheet_of([[_unquoted(cell) for cell in row] for row in rows], name)._replace(encoding=used)


def sheet_of(rows: list[list[str]], name: str) -> Sheet:
    """Headers from the first row that is not empty; empty rows are passed over but counted."""
    filled = [(number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    if not filled:
        raise Refused(f"Файл «{name}» пуст. Нужна таблица: названия столбцов, ниже — строки")
    headers = [" ".join(header.split()) for header in filled[0][1]]
    while headers and not headers[-1]:
        headers.pop()
    return Sheet(headers, [number for number, _ in filled[1:]], [row for _, row in filled[1:]])


def text_of(cell: Cell) -> str:
    """A workbook's cell as text: dates in ISO 8601, numbers plain; what Excel has cut to 15 digits keeps its exponent and so is told."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, int | float):
        return _number_text(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="minutes") if cell.time() != time() else cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _number_text(number: float) -> str:
    """15 digits, as Excel keeps and shows; fractions that Excel has computed are cut to the 6 decimals we keep."""
    if abs(number) >= 1e15:
        return f"{number:.14e}"
    whole = int(number)
    if whole == number:
        return str(whole)
    digits = max(0, min(6, 15 - len(str(abs(whole)))))
    return f"{number:.{digits}f}".rstrip("0").rstrip(".")


def _unquoted(cell: str) -> str:
    """Our own export writes «'=1+1», so that a spreadsheet takes it for text; the apostrophe is not part of it."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in {"=", "+", "-", "@"} else cell


def _workbook_rows(path: Path) -> list[list[Cell]]:
    from python_calamine import CalamineError, CalamineWorkbook  # 12 ms, and only workbooks need it

    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        rows = [list[Cell](row) for row in sheet.to_python(skip_empty_area=False)]
    except (CalamineError, OSError, ValueError) as error:
        raise Refused(f"Файл «{path.name}» не читается как таблица Excel: он повреждён или защищён паролем") from error
    return rows
