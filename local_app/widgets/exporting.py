"""Any register or report into an Excel file: what the filter leaves, in a thread, with a count and «Отменить»."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from nicegui import ui

from local_app.asking import ask, reading
from local_app.exports.entities import entity_table
from local_app.exports.files import LARGEST_SHEET, write_file
from local_app.exports.lines import lines_table
from local_app.exports.reports import report_table
from local_app.passing import exported
from local_app.session import Session
from local_app.widgets import query
from local_app.widgets.columns import Register, shelf
from local_app.widgets.longwork import Stopped, Work, in_thread
from shared.change import Refused
from shared.formats import whole
from shared.reports import Report

LINES = "Строки заказов"


async def export(session: Session, register: Register, filters: Mapping[str, str], sort: str = "", *, lines: bool = False) -> None:
    """Write the file, then hand it to the browser. `sort`: «column asc»; `lines`: the lines of the orders, by day, instead."""
    path = exported(session.app.folder, f"{LINES if lines else register.entity.plural}.xlsx")
    job = write_lines if lines else partial(write, sort=sort)
    await hand_over(session, path, partial(job, session.app.folder, path, register, dict(filters)))


async def export_report(session: Session, report: Report) -> None:
    """All rows of a report with the conditions of the screen."""
    path = exported(session.app.folder, f"{report.title}.xlsx")
    await hand_over(session, path, partial(write_report, session.app.folder, path, report, dict(session.query)))


async def hand_over(session: Session, path: Path, job: Callable[[Work], int | None]) -> None:
    try:
        count = await in_thread(session, Work("Готовится файл Excel"), job)
    except (Stopped, Refused) as ended:
        session.say(str(ended) or "Выгрузка отменена")
        return
    ui.download.file(path, path.name)
    session.say(f"Выгружено строк: {whole(count)}")


def write(folder: Path, path: Path, register: Register, filters: Mapping[str, str], work: Work, sort: str = "") -> int:
    """What the screen shows, in its order. Runs in a thread of its own."""
    trash = bool(filters.get("deleted"))
    found = query.placed(shelf(register, deleted=trash), filters, sort)
    with reading(folder) as store:
        table = entity_table(store, register.entity, params=found.params, placed=found.text, trash=trash)
        return write_file(path, table, register.entity.plural, work.tell)


def write_report(folder: Path, path: Path, report: Report, conditions: Mapping[str, str], work: Work) -> int | None:
    """Likewise; None when nobody waits for it any more. Refused: there is nothing to write."""
    found = ask(folder, report.sql, report.bound(**conditions), LARGEST_SHEET, lambda: work.stopped)
    if found is None:
        return None
    if not found.rows:
        raise Refused("За это время данных нет, выгружать нечего")
    return write_file(path, report_table(found.rows), report.title, work.tell)


def write_lines(folder: Path, path: Path, register: Register, filters: Mapping[str, str], work: Work) -> int:
    """The lines of the orders that the filter leaves. Likewise."""
    trash = bool(filters.get("deleted"))
    found = query.matching(shelf(register, deleted=trash), filters)
    with reading(folder) as store:
        return write_file(path, lines_table(store, found.text, found.params, trash=trash), LINES, work.tell)
