"""Exact exports: all rows in one statement, as CSV for programs and as XLSX for people. Datasette's own CSV may lose rows."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import sqlite3
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from math import isfinite
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO, TypeVar, cast
from urllib.parse import quote, unquote

from datasette import NotFound, Response
from datasette.filters import Filters
from datasette.utils import InvalidSql, validate_sql_select
from datasette.utils.asgi import AsgiStream
from datasette.views.base import DatasetteError

from shared.schema import quoted
from sync_server.datasette_plugin.cells import in_roubles, keys_of, moment_of
from sync_server.datasette_plugin.wording import error_words

if TYPE_CHECKING:
    from sync_server.datasette_plugin import ManagerPages

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
FORBIDDEN_IN_SHEETS = re.compile(r"[\[\]:*?/\\]")
EXPORT_LIMIT_MS = 120_000
LARGEST_FILE = 1 << 29
"""Characters of a CSV: a forgotten condition must not fill the disk. Half a million order lines with all columns take a third of it."""
PIECE = 1 << 16
LARGEST_SHEET = 1_048_575
"""Rows below the header that a sheet of xlsx can hold (ECMA-376)."""
COLUMN_WIDTH = 16
Taken = TypeVar("Taken")


class TooMuch(Exception):
    """The answer is larger than a file of its kind may be; says so in words."""


class Table(NamedTuple):
    title: str
    columns: list[str]
    rows: list[Sequence[Any]]


class Question(NamedTuple):
    title: str
    database: str
    sql: str
    parameters: dict[str, Any]


def export(pages: ManagerPages) -> Callable[..., Awaitable[Response]]:
    """The view of /-/export/reports/NAME.csv and /-/export/data/TABLE.xlsx with the filters of the page, and of /-/export/data.csv?sql=…"""

    async def view(request: Any, datasette: Any) -> Response:  # noqa: ANN401 - Datasette's own objects
        name, _, ending = unquote(request.url_vars["file"]).rpartition(".")
        kind, _, name = name.rpartition("/")
        question = asked(pages, kind, name, request.args, for_people=ending == "xlsx")
        if ending == "csv":
            return streamed(await answered(datasette, question, written), "text/csv; charset=utf-8", f"{question.title}.csv")
        if ending == "xlsx":
            columns, rows = await answered(datasette, question, held)
            body = await asyncio.to_thread(as_xlsx, Table(question.title, columns, rows))
            return Response(body, headers=as_file(f"{question.title}.xlsx"), content_type=XLSX)
        raise NotFound("Есть только .csv и .xlsx.")

    return view


def asked(pages: ManagerPages, kind: str, name: str, arguments: Any, *, for_people: bool) -> Question:  # noqa: ANN401 - MultiParams
    """NotFound: there is no such report or register."""
    from sync_server.datasette_plugin import REPORTS, TABLES

    if kind == "reports" and (report := pages.reports.get(name)):
        given = {key: arguments.get(key) or "" for key in report.parameters}
        return Question(report.title, REPORTS, report.sql, report.bound(**given))
    if kind == "data" and name in pages.registers:
        columns = pages.registers[name]
        shown = ", ".join(quoted(each) for each in columns if not (for_people and each in keys_of(name)))
        where, parameters = filtered(name, columns, arguments)
        return Question(name, TABLES, f"SELECT {shown} FROM {quoted(name)}{where}{ordered(columns, arguments)}", parameters)
    if (kind, name) == ("", "data") and arguments.get("sql"):
        given = defaultdict(str, {key: arguments.get(key) for key in arguments})  # as on the page: what is not given is ''
        return Question("Свой запрос", TABLES, arguments.get("sql"), given)
    raise NotFound("Такого отчёта нет.")


def filtered(name: str, columns: list[str], arguments: Any) -> tuple[str, dict[str, Any]]:  # noqa: ANN401
    """The WHERE that the page of the register has for the same address."""
    pairs = [(key, value) for key in arguments for value in arguments.getlist(key) if key.rpartition("__")[0] in columns or key in columns]
    clauses, parameters = Filters(sorted(pairs)).build_where_clauses(name)
    return (" WHERE " + " AND ".join(clauses) if clauses else ""), parameters


def ordered(columns: list[str], arguments: Any) -> str:  # noqa: ANN401
    """The column that was clicked, then the rest, so that equal values never change places."""
    for key, direction in (("_sort", ""), ("_sort_desc", " DESC")):
        if arguments.get(key) in columns:
            return f" ORDER BY {quoted(arguments.get(key))}{direction}, {quoted(columns[0])}"
    return ""


async def answered(datasette: Any, question: Question, take: Callable[[sqlite3.Cursor], Taken]) -> Taken:  # noqa: ANN401
    """What `take` makes of the rows while they are read. DatasetteError: this cannot be answered, in the words of the page."""
    try:
        validate_sql_select(question.sql)
        return cast("Taken", await datasette.get_database(question.database).read(question.sql, question.parameters, take))
    except (InvalidSql, sqlite3.DatabaseError, TooMuch) as trouble:
        raise DatasetteError(f"Запрос не выполнен. {error_words(trouble)}", status=400) from trouble


def held(rows: sqlite3.Cursor) -> tuple[list[str], list[Sequence[Any]]]:
    """All rows that a sheet can hold. Raises TooMuch."""
    found: list[Sequence[Any]] = [tuple(row) for row in rows.fetchmany(LARGEST_SHEET + 1)]
    if len(found) > LARGEST_SHEET:
        raise TooMuch(f"В листе XLSX помещается {LARGEST_SHEET} строк, а здесь больше. Возьмите CSV или добавьте условие.")
    return named(rows), found


def written(rows: sqlite3.Cursor) -> TextIO:
    """A file on the disk that vanishes when it is closed: an answer of any length takes no memory. Raises TooMuch."""
    file = TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115 - whoever sends it ends it
    try:
        write_csv(file, named(rows), rows)
    except BaseException:
        file.close()
        raise
    return file


def named(rows: sqlite3.Cursor) -> list[str]:
    return [each[0] for each in rows.description]


def write_csv(file: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """UTF-8 with a mark and semicolons: what a Russian Excel opens. A text that looks like a formula gets an apostrophe. Raises TooMuch."""
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    size = file.write("\ufeff") + writer.writerow(map(harmless, columns))
    for row in rows:
        size += writer.writerow([harmless(value) for value in row])
        if size > LARGEST_FILE:
            raise TooMuch("Файл выходит слишком большим. Добавьте условие или возьмите меньше столбцов.")


def harmless(value: Any) -> Any:  # noqa: ANN401 - whatever the database holds
    if isinstance(value, float):
        return f"{value:.15g}".replace(".", ",")
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def as_xlsx(table: Table) -> bytes:
    """One sheet; texts stay texts, days are dates; one control character, infinity or blob must not break the whole."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(FORBIDDEN_IN_SHEETS.sub(" ", table.title)[:31])
    sheet.freeze_panes = "A2"
    sheet.sheet_format.defaultColWidth = COLUMN_WIDTH

    def cell(column: str, value: Any) -> Any:  # noqa: ANN401
        if isinstance(value, str):
            return worded(value)
        if isinstance(value, bytes) or (isinstance(value, float) and not isfinite(value)):
            return worded(str(value))
        if not isinstance(value, float) or not in_roubles(column):
            return value
        made = WriteOnlyCell(sheet, value=value)
        made.number_format = "#,##0.00"
        return made

    def worded(text: str) -> Any:  # noqa: ANN401
        moment = moment_of(text)
        made = WriteOnlyCell(sheet, value=moment or CONTROL.sub("", text))
        if moment is None:
            made.data_type = "s"
        else:
            made.number_format = "DD.MM.YYYY HH:MM" if "T" in text else "DD.MM.YYYY"
        return made

    sheet.append([worded(column) for column in table.columns])
    for row in table.rows:
        sheet.append([cell(column, value) for column, value in zip(table.columns, row, strict=True)])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def streamed(file: TextIO, content_type: str, name: str) -> AsgiStream:
    """The file as it is read, which ends it."""

    async def send(answer: Any) -> None:  # noqa: ANN401 - Datasette's AsgiWriter
        with file:
            file.seek(0)
            while piece := file.read(PIECE):
                await answer.write(piece)

    return AsgiStream(send, headers=as_file(name), content_type=content_type)


def as_file(name: str) -> dict[str, str]:
    """The header by which a browser keeps an answer instead of showing it."""
    return {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
