"""A sheet with its columns understood: values by column key, and the problems of its cells by row. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from local_app.imports.cells import NOTHING, date_form, read_column, reader_of, tax_numbers
from local_app.imports.columns import Column, Vocabulary, find_columns, header_place
from local_app.imports.plan import Problem, Wanted
from local_app.imports.sheet import Sheet, headers_of
from shared.entity import Kind, Value
from shared.fold import fold
from shared.formats import plural
from shared.progress import Progress, silent
from shared.rules.custom import set_value
from shared.rules.pasted import counted, is_sum

STEP = 1_000
"""Rows between two words about how far the check is."""
ABOVE = 20
"""Rows of titles that may stand above the names of the columns."""
_OF_ONE_LINE = frozenset(("quantity", "discount_sum"))
"""What is counted: a cell joined over several lines tells it once, not of each of them."""
_TOGETHER = MappingProxyType({"quantity": "unit", "inn": "kpp"})
"""What people write into one cell, and the column of the second part."""


class Table(NamedTuple):
    """Columns of values, equally long. `bad` are the indexes of rows that cannot be imported."""

    numbers: list[int]
    columns: dict[str, list[Value]]
    headers: dict[str, str]  # column key -> its header in the file
    problems: list[Problem]
    bad: set[int]
    customs: dict[str, list[Column]]  # entity -> the columns of the file that hold the user's own fields of its rows

    def column(self, key: str) -> list[Value]:
        """The values under a key; blanks when the file has no such column."""
        return self.columns.get(key) or [None] * len(self.numbers)

    def cell(self, key: str, index: int) -> Value:
        """One value; a blank when the file has no such column."""
        column = self.columns.get(key)
        return column[index] if column else None

    def own(self, entity: str, index: int, row: str) -> Iterator[Wanted]:
        """What a row of the file says in the user's own fields of a row; an empty cell says nothing."""
        for column in self.customs.get(entity, ()):
            value = self.columns[column.key][index]
            if column.custom is not None and value is not None and value != "":
                for edit in set_value(column.custom, row, value):
                    yield Wanted(edit.entity, edit.row, edit.patch, {}, there=not edit.patch["value"])

    def wrong(self, index: int, key: str, reason: str) -> None:
        """Takes a row out and says why."""
        self.problems.append(Problem(self.numbers[index], self.headers.get(key, ""), reason))
        self.bad.add(index)


def read_table(
    known: Vocabulary, sheet: Sheet, mapping: Mapping[str, str], dates: str = "", progress: Progress = silent, units: Collection[str] = ()
) -> Table:
    """All mapped columns of a sheet. `mapping` is {column key: header}, empty to recognise the headers; `dates` the form of dates.

    `units`: folded names of the directory, by which «10 рулонов» is a quantity.
    """
    places = find_columns(known, sheet.headers, mapping)
    table = Table(sheet.numbers, {}, {key: sheet.headers[place] for key, place in places.items()}, [], set(), {})
    for key in places:
        if custom := known[key].custom:
            table.customs.setdefault(custom["home"], []).append(known[key])
    rows = _evened(sheet, table)
    texts = {key: [row[place] for row in rows] for key, place in places.items()}
    for key in _OF_ONE_LINE & places.keys():
        told = zip(sheet.numbers, texts[key], strict=True)
        texts[key] = ["" if (number, places[key]) in sheet.joined else text for number, text in told]
    _part(known, table, texts, units)
    for done, (key, column) in enumerate(texts.items()):
        progress("Проверка столбцов", done, len(texts))
        _read(table, known[key], column, dates)
    return table


def under_its_header(known: Vocabulary, sheet: Sheet, mapping: Mapping[str, str]) -> Sheet:
    """The sheet without the titles that a report has above the names of its columns."""
    first = [sheet.headers, *sheet.rows[:ABOVE]]
    place = header_place(known, first, mapping)
    if not place:
        return sheet
    return sheet._replace(headers=headers_of(first[place]), numbers=sheet.numbers[place:], rows=sheet.rows[place:])


def without_sums(sheet: Sheet) -> tuple[Sheet, list[Problem]]:
    """The sheet without the rows of its totals («Итого»), and the word about each."""
    sums = {place for place, row in enumerate(sheet.rows) if is_sum(row)}
    if not sums:
        return sheet, []
    kept = [place for place in range(len(sheet.rows)) if place not in sums]
    said = [Problem(sheet.numbers[place], "", "строка итогов, пропущена") for place in sorted(sums)]
    return sheet._replace(numbers=[sheet.numbers[place] for place in kept], rows=[sheet.rows[place] for place in kept]), said


def beside(sheet: Sheet) -> list[Problem]:
    """What a workbook holds to the right of the last column that has a name: not loaded, but told."""
    width = len(sheet.headers)
    found = [number for number, row in zip(sheet.numbers, sheet.rows, strict=True) if any(cell.strip() for cell in row[width:])]
    if not found or not sheet.name:
        return []
    words = f"не загружается то, что правее столбца «{sheet.headers[-1]}»: у тех столбцов нет названия"
    return [Problem(0, "", f"{words} (строка {found[0]}{' и другие' if found[1:] else ''})")]


def ended_early(sheet: Sheet) -> list[Problem]:
    """Rows of a text that end before its last column: their other cells are empty, and that is told."""
    width = len(sheet.headers)
    short = [number for number, row in zip(sheet.numbers, sheet.rows, strict=True) if len(row) < width]
    if not short or sheet.name:
        return []
    words = plural(len(short), ("строка кончается", "строки кончаются", "строк кончаются"))
    return [Problem(0, "", f"{words} раньше последнего столбца (первая из них — {short[0]}): недостающие ячейки считаются пустыми")]


def _part(known: Vocabulary, table: Table, texts: dict[str, list[str]], units: Collection[str]) -> None:
    """What one cell tells of two columns («10 шт», «7707083893/773601001») is parted; where the second one has a cell, that counts."""
    for key, other in _TOGETHER.items():
        if key not in texts or other not in known:
            continue
        parted = {text: _quantity(text, units) if key == "quantity" else tax_numbers(text) for text in set(texts[key])}
        if not any(second for _, second in parted.values()):
            continue
        seconds = [parted[text][1] for text in texts[key]]
        own = texts.get(other, texts[key])
        if own != texts[key]:  # one column may have been chosen for both
            seconds = [cell if cell.strip() else second for cell, second in zip(own, seconds, strict=True)]
        texts[other] = seconds
        texts[key] = [parted[text][0] for text in texts[key]]
        table.headers.setdefault(other, table.headers[key])


def _quantity(text: str, units: Collection[str]) -> tuple[str, str]:
    """A unit that only its number tells makes no new one in the directory."""
    number, unit = counted(text, units)
    return number, unit if fold(unit) in units else ""


def _read(table: Table, column: Column, texts: Sequence[str], dates: str) -> None:
    form = date_form(texts, dates) if column.field.kind is Kind.DATE else ""
    table.columns[column.key], wrong = read_column(texts, reader_of(column.key, column.field, form, table.headers[column.key]))
    for index, reason in wrong:
        if index not in table.bad or table.problems[-1].row != table.numbers[index]:
            table.wrong(index, column.key, reason)
    if not column.required:
        return
    for index, value in enumerate(table.columns[column.key]):
        if (value is None or value == "") and texts[index].strip() in NOTHING and index not in table.bad:
            table.wrong(index, column.key, "пусто, а это обязательно")


def _evened(sheet: Sheet, table: Table) -> list[list[str]]:
    """Rows as wide as the header. What ends early has empty cells; a text with more cells is broken, for its values stand in wrong columns.

    In a workbook every cell has its place: what stands to the right of the table is beside it.
    """
    width = len(sheet.headers)
    rows = []
    for index, row in enumerate(sheet.rows):
        if not sheet.name and any(cell.strip() for cell in row[width:]):
            table.wrong(index, "", f"ячеек {len(row)}, а столбцов {width}: проверьте разделители и кавычки")
        rows.append([*row, *[""] * (width - len(row))] if len(row) < width else row)
    return rows
