"""Reports: the SQL files of `shared/reports` over the store of this laptop, shown as tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Any

from nicegui import background_tasks, ui

from local_app.asking import Answer, ask
from local_app.session import Query, Session
from local_app.widgets.exporting import export_report
from local_app.widgets.longwork import Stopped, Work, in_thread
from local_app.widgets.periodpicker import day_picker, period_picker
from local_app.widgets.tags import Part, button, div, empty, link, span
from shared.change import Refused
from shared.entity import MICRO
from shared.formats import DASH, day, money, quantity, share, whole
from shared.reports import PARAMETERS, Report, day_of, is_money, read_reports

MOST = 1000
"""Rows of a report that are drawn; whoever needs all of them exports the report."""


COUNTED = "Считается отчёт"
MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
MONTHS = ("январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь")


def page(session: Session) -> None:
    session.entitle("Отчёты")
    with div("page narrow"), div("panel"), div("rows"):
        for report in read_reports():
            with link("", f"/reports/{report.name}", "row-line tall"), div("grow"):
                div("", report.title)
                div("caption", report.about)


def one(session: Session, name: str) -> None:
    report = next((report for report in read_reports() if report.name == name), None)
    if report is None:
        session.entitle(("Отчёты", "/reports"), "Отчёт не найден")
        empty("Такого отчёта нет.", "Все отчёты", lambda: session.go("/reports"))
        return
    session.entitle(("Отчёты", "/reports"), report.title)
    session.query = readable(session.query)
    with div("page wide-page"):
        bar = Part("head", lambda: dict(session.query), lambda _: conditions(session, report))
        shown = Shown(session, report)

    def ask_again(_: Query) -> None:
        session.query = readable(session.query)
        bar.refresh()
        shown.ask()

    session.on_query(ask_again)
    session.listen(session.store.catalogue, shown.changed)


def readable(query: Query) -> dict[str, str]:
    """The address without days that cannot be read; the others as the report compares them."""
    found = dict(query)
    for name in PARAMETERS.keys() & found.keys():
        try:
            found[name] = day_of(name, found[name])
        except Refused:
            del found[name]
    return found


class Shown:
    """The answer of a report on the screen. It is counted in a thread: over half a million lines that takes seconds."""

    def __init__(self, session: Session, report: Report) -> None:
        self.session, self.report = session, report
        self.holder = div("panel scroll", tabindex=0, role="region", aria_label=report.title)  # a long one is scrolled by keys, too
        self.work = Work(COUNTED)
        self.running = self.stale = False
        session.on_leaving(lambda: self.work.stop())  # noqa: PLW0108 - the work of then
        self.ask()

    def ask(self) -> None:
        """Another question: what is being counted is not wanted any more."""
        self.work.stop()
        self.known: Answer | None = None
        background_tasks.create(self._count())

    def changed(self) -> None:
        """Something was committed: one count at a time, however often that happens."""
        self.stale = self.running
        if not self.running:
            background_tasks.create(self._count())

    async def _count(self) -> None:
        work = self.work = Work(COUNTED)
        bound = self.report.bound(**self.session.query)
        self.running, self.stale = True, False
        found: Answer | None
        try:
            found = await in_thread(self.session, work, partial(self._answer, bound))
        except Stopped:
            found = self.known  # what stands there is still right but for the last changes
        finally:
            self.running = self.running and work is not self.work  # the next change may ask again, whatever went wrong
        if work is self.work and not self.holder.is_deleted:
            self._show(found)
            if self.stale:
                self.changed()

    def _answer(self, bound: Mapping[str, str], work: Work) -> Answer | None:
        return ask(self.session.app.folder, self.report.sql, bound, MOST, lambda: work.stopped)

    def _show(self, found: Answer | None) -> None:
        if found and found == self.known:
            return
        self.known = found
        self.holder.clear()
        with self.holder:
            if found:
                table(found, "За это время данных нет." if "date_from" in self.report.parameters else "Данных пока нет.")
            else:
                empty("Отчёт не досчитан.", "Посчитать", self.ask)


def conditions(session: Session, report: Report) -> None:
    """The period, where the report asks for one; what the report is about."""
    span("caption grow", report.about)
    if "today" in report.parameters:
        day_picker(session, PARAMETERS["today"], session.query.get("today", ""), lambda iso: narrow(session, {"today": iso}))
    button("", partial(export_report, session, report), kind="flat icon", icon="o_file_download", tip="Выгрузить в Excel")
    if "date_from" not in report.parameters:
        return
    period_picker(
        session, session.query.get("date_from", ""), session.query.get("date_to", ""),
        lambda since, until: narrow(session, {"date_from": since, "date_to": until}),
    )  # fmt: skip


def narrow(session: Session, changed: dict[str, str]) -> None:
    session.ask({**session.query, **changed})
    session.asked()


def table(found: Answer, nothing: str) -> None:
    """The answer as a table: numbers at the right, sums as money; `nothing`: what is said of an empty one."""
    if not found.rows:
        empty(nothing)
        return
    ui.html(html_of(found), sanitize=False).classes("wide")
    if found.total > MOST:
        div("caption body", f"Показаны первые {whole(MOST)} строк из {whole(found.total)}, итог — по всем. Все строки — в файле Excel.")


def html_of(found: Answer) -> str:
    """One piece of HTML, every text in it escaped: a thousand rows of live elements would take seconds."""
    rows = found.rows
    names = list(rows[0])
    numbers = {name: is_number(name, rows) for name in names}
    heads = "".join(f'<th class="{"number" if numbers[name] else ""}">{escape(name)}</th>' for name in names)
    lines = (
        "".join(f'<td class="{tone(row[name], number=numbers[name])}">{escape(told(name, row[name]))}</td>' for name in names)
        for row in rows
    )
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f'<table class="table"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody>{foot_of(found, names)}</table>'


def foot_of(found: Answer, names: list[str]) -> str:
    """The sums of all rows, also of those that are not drawn; of one row there is nothing to add up."""
    if found.total < 2 or not found.sums:
        return ""
    cells = [
        f'<td class="{tone(found.sums[name], number=True)}">{summed(name, found.sums[name])}</td>'
        if name in found.sums
        else f"<td>{'' if place else 'Итого'}</td>"
        for place, name in enumerate(names)
    ]
    return f"<tfoot><tr>{''.join(cells)}</tr></tfoot>"


def summed(name: str, value: int) -> str:
    if not is_money(name):
        return whole(value)
    return money(value, "") if value else DASH


def is_number(name: str, rows: list[dict[str, Any]]) -> bool:
    return name.endswith(("₽", "%")) or any(isinstance(row[name], int | float) for row in rows)


def tone(value: object, *, number: bool) -> str:
    negative = isinstance(value, int | float) and value < 0
    return f"{'number' if number else ''}{' danger' if negative else ''}"


def told(name: str, value: object) -> str:
    """A cell: roubles with kopecks, dates as people write them."""
    if value is None:
        return ""
    if name.endswith("₽") and isinstance(value, int | float):
        return money(round(value * 100), "") if value else "—"
    if isinstance(value, int):
        return whole(value)
    if isinstance(value, float):
        return (share if name.endswith("%") else quantity)(round(value * MICRO))
    text = str(value)
    if month := MONTH.fullmatch(text):
        return f"{MONTHS[int(month[2]) - 1]} {month[1]}"
    return day(text) if len(text) == len("2026-03-12") and text[4] == text[7] == "-" else text
