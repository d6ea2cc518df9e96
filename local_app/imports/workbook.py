"""Reading one sheet of a workbook (xlsx, xlsb, xls, ods) into texts, within bounds, with its errors and percents.

Runs in a child process (`python -m local_app.imports.workbook NAME SHEET`): a damaged file can end the reader of workbooks for good.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import orjson

from local_app.imports.marks import Marks, marks_of
from shared.change import Refused

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

Cell = str | int | float | bool | date | datetime | time | timedelta | None
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MEMORY = 4 << 30
"""Bytes of memory: ten million cells take a third."""
BROKEN = "не читается как таблица Excel: он повреждён или защищён паролем"


Spans = Sequence[tuple[tuple[int, int], tuple[int, int]]]
"""Joined cells: the row and the column, from 0, of the first one and of the last."""


class Book(NamedTuple):
    """One sheet of a workbook as texts, its name, and the names of the sheets beside it that a person sees."""

    rows: list[list[str]]
    sheet: str
    others: list[str]
    joined: list[tuple[int, int]]  # the cells, by row and column from 0, that have their text from the one they are joined with


def main() -> None:
    """One workbook in, one line of JSON out."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints goes elsewhere
    bound_memory()
    name, sheet = sys.argv[1:]
    try:
        said: dict[str, object] = read_book(sys.stdin.buffer.read(), name, sheet)._asdict()
    except Refused as refused:
        said = {"wrong": str(refused)}
    answer.write(orjson.dumps(said))
    answer.close()


def bound_memory() -> None:
    """Windows has no such bound and macOS may refuse it."""
    if sys.platform != "win32":
        import resource

        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def read_book(content: bytes, name: str, sheet: str = "") -> Book:
    """The sheet of that name, or the first that is not hidden. What is inside counts, not the ending of the name. Raises Refused."""
    must_be_a_workbook(content, name)
    from python_calamine import CalamineError, CalamineWorkbook  # 12 ms, and only workbooks need it

    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        chosen, others = _chosen(book, name, sheet)
        marks = marks_of(content, name, chosen)
        page = book.get_sheet_by_name(chosen)
        cells, spans = page.to_python(skip_empty_area=False), page.merged_cell_ranges or ()
    except (CalamineError, OSError, ValueError) as error:
        raise Refused(f"Файл «{name}» {BROKEN}") from error
    rows = [[text_of(cell) for cell in row] for row in cells]
    _mark(rows, marks)
    return Book(rows, chosen, others, fill_joined(rows, spans))


def fill_joined(rows: list[list[str]], spans: Spans) -> list[tuple[int, int]]:
    """Cells joined downwards hold one text, and a person sees it in each of their rows: the number of an order beside its lines.

    Rows that hold nothing of their own stay empty, and so do cells joined beyond what the sheet holds. Answers which cells were filled.
    """
    filled = [any(cell.strip() for cell in row) for row in rows]
    joined: list[tuple[int, int]] = []
    for (top, column), (bottom, _) in spans:
        told = [text for row in rows[top : top + 1] for text in row[column : column + 1] if text.strip()]
        for row in range(top + 1, min(bottom + 1, len(rows))) if told else ():
            if filled[row]:
                rows[row][column] = told[0]
                joined.append((row, column))
    return joined


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


def is_workbook(content: bytes) -> bool:
    return content.startswith((_ZIP, _OLE))


def is_text(content: bytes) -> bool:
    """Is it plain text, which programs save under the name of a workbook, too?"""
    begins = content.lstrip(b"\xef\xbb\xbf \r\n\t")
    binary = is_workbook(content) or b"\0" in content[:4096]
    return content.startswith((b"\xff\xfe", b"\xfe\xff")) or (bool(begins) and not binary and not begins.startswith(b"<"))


def must_be_a_workbook(content: bytes, name: str) -> None:
    """Programs save pages under the name of a workbook; then it is said what they are."""
    if not content.strip(b"\0"):
        raise Refused(f"Файл «{name}» пуст. Нужна таблица: названия столбцов, ниже — строки")
    if is_workbook(content):
        return
    if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        raise Refused(f"Файл «{name}» — не книга Excel, внутри страница HTML или XML. Откройте его в Excel и сохраните как xlsx")
    raise Refused(f"Файл «{name}» {BROKEN}")


def _chosen(book: CalamineWorkbook, name: str, wanted: str) -> tuple[str, list[str]]:
    from python_calamine import SheetVisibleEnum

    seen = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible] or book.sheet_names
    if not seen:
        raise Refused(f"В файле «{name}» нет ни одного листа")
    if not wanted:
        return seen[0], seen[1:]
    found = next((sheet for sheet in book.sheet_names if sheet.strip().casefold() == wanted.strip().casefold()), None)
    if found is None:
        raise Refused(f"В файле «{name}» нет листа «{wanted}». Есть: {', '.join(book.sheet_names)}")
    return found, []


def _mark(rows: list[list[str]], marks: Marks) -> None:
    """Errors and formulas without a value come as blanks, and a percent as a share of one: here they get their words back."""
    for row, column in marks.percents:
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = _percent_text(rows[row][column])
    for (row, column), words in marks.errors.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = words


def _percent_text(text: str) -> str:
    """A cell that shows «10 %» holds 0.1."""
    try:
        return f"{_number_text(round(float(text) * 100, 10))}%"
    except ValueError:
        return text


if __name__ == "__main__":
    main()
