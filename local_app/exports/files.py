"""Tables into files: xlsx with real numbers and dates, csv as Russian spreadsheets read it. A text stays a text."""

from __future__ import annotations

import csv
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from local_app.exports.entities import Cell, Table
from local_app.passing import UNFINISHED
from shared.change import Refused
from shared.entity import Kind

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

Progress = Callable[[str, int, int], None]
_STEP = 500
_WIDTH = 22
_WIDTHS: Mapping[Kind, int] = MappingProxyType({
    Kind.DATE: 12, Kind.MOMENT: 17, Kind.MONEY: 16, Kind.PRICE: 16, Kind.QUANTITY: 12, Kind.PERCENT: 12, Kind.FLAG: 12, Kind.NOTE: 40,
})  # fmt: skip
_FORMATS: Mapping[Kind, str] = MappingProxyType({Kind.MONEY: "#,##0.00", Kind.PRICE: "#,##0.00####"})
"""How a spreadsheet shows the numbers of a column: 1234.5 roubles are «1 234,50»."""
LARGEST_SHEET = 1_048_575
"""Rows below the header that a sheet of xlsx can hold (ECMA-376)."""
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LONGEST_CELL = 32_767


def write_file(path: Path, table: Table, sheet: str, progress: Progress) -> int:
    """Writes the whole file or leaves what was there; returns how many rows. The kind of file follows from its name. Raises Refused."""
    writers: dict[str, Callable[[Path, Table, str, Progress], int]] = {".csv": write_csv, ".xlsx": write_xlsx}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise Refused(f"Файл «{path.name}»: можно выгрузить в .csv или .xlsx")
    check_place(path)
    unfinished = path.with_name(f".{token_hex(8)}{UNFINISHED}")  # of its own: who clicks twice writes the file twice at once
    try:
        count = writer(unfinished, table, sheet, progress)
        put_in_place(unfinished, path)
    except OSError as error:
        error.filename = str(path)  # the one that was asked for: nobody knows of the other
        raise
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def check_place(path: Path) -> None:
    """Refused: no file can stand there."""
    if path.is_dir():
        raise Refused(f"«{path}» — папка, а нужен файл. Укажите файл в ней")
    if not path.parent.is_dir():
        raise Refused(f"Папки «{path.parent}» нет. Создайте её или укажите другую")


def put_in_place(unfinished: Path, path: Path) -> None:
    """Refused: Excel has the old file open, which Windows does not replace then."""
    try:
        os.replace(unfinished, path)  # noqa: PTH105 Path.replace is the same call
    except PermissionError as error:
        raise Refused(f"Файл «{path.name}» открыт в другой программе. Закройте его там и повторите") from error


def write_csv(path: Path, table: Table, _: str, progress: Progress) -> int:
    """Semicolons, decimal commas, UTF-8 with its mark: what a Russian Excel opens by a double click."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([csv_text(header) for header in table.headers])
        for count, row in enumerate(table.rows, 1):
            writer.writerow([csv_text(cell) for cell in row])
            if count % _STEP == 0:
                progress("Запись файла", count, table.total)
    progress("Запись файла", count, count)
    return count


def csv_text(cell: Cell) -> str:
    """A cell of csv. An apostrophe keeps «=1+1» and «+7 916 …» texts in a spreadsheet; our import takes it off again."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = _ILLEGAL.sub("", cell)
        return f"'{text}" if text.lstrip("'").startswith(_FORMULA_SIGNS) else text  # one more before «'=», for import takes one off
    if isinstance(cell, datetime):
        return cell.strftime("%d.%m.%Y %H:%M")
    if isinstance(cell, date):
        return cell.strftime("%d.%m.%Y")
    return f"{cell:f}".replace(".", ",") if isinstance(cell, Decimal) else str(cell)


def write_xlsx(path: Path, table: Table, sheet: str, progress: Progress) -> int:
    """One sheet, written row by row in little memory."""
    from openpyxl import Workbook  # 300 ms, and only this needs it
    from openpyxl.utils import get_column_letter

    if table.total > LARGEST_SHEET:
        raise Refused(f"В листе xlsx помещается {LARGEST_SHEET} строк, а здесь {table.total}. Выгрузите в csv или сузьте отбор")
    book = Workbook(write_only=True)
    page: Any = book.create_sheet(sheet[:31])
    page.freeze_panes = "A2"
    for number, kind in enumerate(table.kinds or [Kind.TEXT] * len(table.headers), 1):
        page.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(kind, _WIDTH)
    page.auto_filter.ref = f"A1:{get_column_letter(len(table.headers))}{table.total + 1}"
    try:
        count = _fill(page, table, progress)
    except Exception as error:
        if not str(error).startswith("IO_"):  # what lxml makes of the system's word about openpyxl's file for the rows
            raise
        with suppress(type(error)):
            page.close()
        folder = tempfile.gettempdir()
        raise Refused(f"В папке временных файлов {folder} кончилось место. Освободите его и повторите выгрузку") from error
    packed = BytesIO()  # a full disk in the middle of openpyxl's own writing leaves it complaining to the terminal
    book.save(packed)
    path.write_bytes(packed.getbuffer())
    progress("Запись файла", count, count)
    return count


def _fill(page: Any, table: Table, progress: Progress) -> int:  # noqa: ANN401 openpyxl's own sheet
    from openpyxl.cell import WriteOnlyCell

    count = 0
    page.append([_xlsx_cell(page, header, bold=True) for header in table.headers])
    shown: dict[int, Any] = {}  # one cell for each column of money, filled anew in every row
    for column, kind in enumerate(table.kinds):
        if kind in _FORMATS:
            shown[column] = WriteOnlyCell(page)
            shown[column].number_format = _FORMATS[kind]
    for count, row in enumerate(table.rows, 1):
        cells = [_xlsx_cell(page, cell) for cell in row]
        for column, cell in shown.items():
            cell.value = row[column]
            cells[column] = cell
        page.append(cells)
        if count % _STEP == 0:
            progress("Запись файла", count, table.total)
    return count


def _xlsx_cell(page: WriteOnlyWorksheet, cell: Cell, *, bold: bool = False) -> Any:  # noqa: ANN401 openpyxl's own cell, or a plain value
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    if isinstance(cell, date):
        made = WriteOnlyCell(page, cell)  # type: ignore[arg-type] # a plain date is taken too
        made.number_format = "DD.MM.YYYY HH:MM" if isinstance(cell, datetime) else "DD.MM.YYYY"
        return made
    if not isinstance(cell, str):
        return cell
    text = _ILLEGAL.sub("", cell)[:_LONGEST_CELL]
    if not bold and not text.startswith(("=", "#")):
        return text
    made = WriteOnlyCell(page, text)
    made.data_type = "s"  # else «=1+1» becomes a formula and «#Н/Д» an error
    if bold:
        made.font = Font(bold=True)
    return made
