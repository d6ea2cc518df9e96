"""Exact exports: all rows in one statement, as CSV for programs and as XLSX for people. Datasette's own CSV may lose rows."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import sqlite3
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, unquote

from datasette import NotFound, Response
from datasette.database import QueryInterrupted
from datasette.filters import Filters
from datasette.utils import InvalidSql, validate_sql_select
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
LARGEST_SHEET = 1_048_575
"""Rows below the header that a sheet of xlsx can hold (ECMA-376)."""
COLUMN_WIDTH = 16


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
        table = await answered(datasette, question)
        if ending == "csv":
            return download(as_csv(table), "text/csv; charset=utf-8", f"{table.title}.csv")
        if ending == "xlsx":
            return download(await asyncio.to_thread(as_xlsx, table), XLSX, f"{table.title}.xlsx")
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


async def answered(datasette: Any, question: Question) -> Table:  # noqa: ANN401
    """DatasetteError: what was asked cannot be answered, in the words of the page."""
    database = datasette.get_database(question.database)
    try:
        validate_sql_select(question.sql)
        found = await database.execute(question.sql, question.parameters, truncate=False, custom_time_limit=EXPORT_LIMIT_MS)
    except (InvalidSql, QueryInterrupted, sqlite3.DatabaseError) as trouble:
        raise DatasetteError(f"Запрос не выполнен. {error_words(trouble)}", status=400) from trouble
    return Table(question.title, [each[0] for each in found.description], [tuple(row) for row in found.rows])


def as_csv(table: Table) -> bytes:
    """UTF-8 with a mark and semicolons: what a Russian Excel opens. A text that looks like a formula gets an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([harmless(value) for value in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def harmless(value: Any) -> Any:  # noqa: ANN401 - whatever the database holds
    if isinstance(value, float):
        return f"{value:.15g}".replace(".", ",")
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def as_xlsx(table: Table) -> bytes:
    """One sheet; texts stay texts, days are dates, one control character must not break the whole. DatasetteError: too many rows."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    if len(table.rows) > LARGEST_SHEET:
        raise DatasetteError(f"В листе XLSX помещается {LARGEST_SHEET} строк, а здесь {len(table.rows)}. Возьмите CSV.", status=400)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(FORBIDDEN_IN_SHEETS.sub(" ", table.title)[:31])
    sheet.freeze_panes = "A2"
    sheet.sheet_format.defaultColWidth = COLUMN_WIDTH

    def cell(column: str, value: Any) -> Any:  # noqa: ANN401
        if isinstance(value, str):
            return worded(value)
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


def download(body: bytes, content_type: str, name: str) -> Response:
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(body, headers=headers, content_type=content_type)
