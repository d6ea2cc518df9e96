"""Reading a table from a file (csv, xlsx, xls, ods) into texts, with the row numbers that a person sees in Excel."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from local_app.imports.encodings import decode, delimiter_of
from local_app.imports.marks import LARGEST, MOST_CELLS
from local_app.imports.opening import open_book
from local_app.imports.workbook import is_text, is_workbook
from shared.change import Refused
from shared.formats import whole

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
_PAGE = 10_000
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]")
"""Signs without a look of their own, which come along from pages and letters: «А‑1» with one of them would be another артикул."""


class Sheet(NamedTuple):
    """A table of texts. `numbers[i]` is the number of `rows[i]` as a person sees it: the header stands in row 1."""

    headers: list[str]
    numbers: list[int]
    rows: list[list[str]]
    encoding: str = ""
    name: str = ""  # of the workbook's sheet
    others: tuple[str, ...] = ()  # sheets of the workbook that were not read
    joined: frozenset[tuple[int, int]] = frozenset()  # cells, by the row's number and the column from 0, filled from a joined one above


def read_sheet(path: Path, encoding: str = "", delimiter: str = "", sheet: str = "", look: Callable[[], object] = lambda: None) -> Sheet:
    """The first table of a file, or the sheet of that name. Refused when the file is missing, empty, too large or broken.

    What is inside counts, not the ending of the name: a text «выгрузка.xls» and a workbook «прайс.csv» are read as what they are.

    `look` is called while a workbook is opened: what it raises ends the reading.
    """
    if path.is_dir():
        raise Refused(f"«{path}» — папка, а нужен файл. Укажите файл в ней")
    if not path.is_file():
        raise Refused(f"Файл «{path}» не найден. Проверьте имя и папку")
    if path.stat().st_size > LARGEST:
        raise Refused(f"Файл «{path.name}» больше 500 МБ. Разделите его на части")
    content = path.read_bytes()
    if is_workbook(content) or (path.suffix.lower() in WORKBOOKS and not is_text(content)):
        book = open_book(content, path.name, sheet, look)
        joined = frozenset((row + 1, column) for row, column in book.joined)
        return sheet_of(book.rows, path.name)._replace(name=book.sheet, others=tuple(book.others), joined=joined)
    if sheet:
        raise Refused(f"Файл «{path.name}» — не книга Excel, листов в нём нет. Уберите --sheet")
    return read_text_table(content, path.name, encoding, delimiter)


def read_text_table(content: bytes, name: str, encoding: str = "", delimiter: str = "") -> Sheet:
    """A csv table from its bytes; encoding and delimiter are found out when not given."""
    if b"\0" in content[:4096] and not encoding and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(f"Файл «{name}» — не таблица csv: внутри двоичные данные. Сохраните его как csv или xlsx")
    text, used = decode(content, encoding)
    cut = {"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter) or delimiter_of(text)
    if len(cut) != 1:
        raise Refused(f"Разделитель «{delimiter}» должен быть одним знаком, например «;», или словом tab")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=cut, strict=True)
    try:
        rows = _bounded(reader, name)
    except csv.Error as error:
        raise Refused(f"Файл «{name}», строка {reader.line_num}: {_why_not_cut(error)}") from None
    return sheet_of([[_unquoted(cell) for cell in row] for row in rows], name)._replace(encoding=used)


def _why_not_cut(error: csv.Error) -> str:
    if "field limit" in str(error):
        most = whole(csv.field_size_limit())
        return f"ячейка длиннее {most} знаков. Сократите её; если она короче, проверьте кавычки в этой строке и выше"
    return "не закрыты или лишние кавычки. Исправьте строку или сохраните таблицу заново"


def _bounded(reader: Iterable[list[str]], name: str) -> list[list[str]]:
    """All rows, or Refused before they fill the memory."""
    rows: list[list[str]] = []
    cells, rest = 0, iter(reader)
    while page := list(islice(rest, _PAGE)):
        rows += page
        cells += sum(map(len, page))
        if cells > MOST_CELLS:
            raise Refused(f"Файл «{name}» слишком велик: в нём больше {whole(MOST_CELLS)} ячеек. Разделите его на части")
    return rows


def sheet_of(rows: list[list[str]], name: str) -> Sheet:
    """Headers from the first row that is not empty; empty rows are passed over but counted."""
    seen = ([cell if cell.isprintable() else _UNSEEN.sub("", cell) for cell in row] for row in rows)
    filled = [(number, row) for number, row in enumerate(seen, 1) if any(cell.strip() for cell in row)]
    if not filled:
        raise Refused(f"Файл «{name}» пуст. Нужна таблица: названия столбцов, ниже — строки")
    return Sheet(headers_of(filled[0][1]), [number for number, _ in filled[1:]], [row for _, row in filled[1:]])


def headers_of(row: list[str]) -> list[str]:
    """A row as names of columns, without the blanks at its end."""
    headers = [" ".join(header.split()) for header in row]
    while headers and not headers[-1]:
        headers.pop()
    return headers


def _unquoted(cell: str) -> str:
    """Our own export writes «'=1+1», so that a spreadsheet takes it for text; the apostrophe is not part of it."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'").startswith(("=", "+", "-", "@")) else cell
