"""Reports: the SQL files of `shared/reports` over the store of this laptop, shown as tables."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from nicegui import ui

from local_app.session import Query, Session
from local_app.widgets.periodpicker import period_picker
from local_app.widgets.tags import Part, div, empty, link, span
from shared.formats import day, money, whole
from shared.reports import Report, read_reports

MOST = 1000
"""Rows of a report that are drawn; whoever needs all of them exports the report."""


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
        empty("Такого отчёта нет.", "Все отчёты", lambda: session.go("/reports"))
        return
    session.entitle(("Отчёты", "/reports"), report.title)
    with div("page wide-page"):
        bar = Part("head wrap", lambda: dict(session.query), lambda _: conditions(session, report))
        answer = Part("panel scroll", lambda: session.store.rows(report.sql, report.bound(**session.query)), table)

    def ask_again(_: Query) -> None:
        bar.refresh()
        answer.refresh()

    session.on_query(ask_again)
    session.listen(session.store.catalogue, answer.refresh)


def conditions(session: Session, report: Report) -> None:
    """The period, where the report asks for one; what the report is about."""
    span("caption grow", report.about)
    if "date_from" not in report.parameters:
        return
    period_picker(
        session, session.query.get("date_from", ""), session.query.get("date_to", ""),
        lambda since, until: ask(session, {"date_from": since, "date_to": until}),
    )  # fmt: skip


def ask(session: Session, changed: dict[str, str]) -> None:
    session.ask({**session.query, **changed})
    session.asked()


def table(rows: list[dict[str, Any]]) -> None:
    """The answer as a table: numbers at the right, sums as money."""
    if not rows:
        empty("За это время данных нет.")
        return
    ui.html(html_of(rows[:MOST]), sanitize=False).classes("wide")
    if len(rows) > MOST:
        div("caption body", f"Показаны первые {whole(MOST)} строк из {whole(len(rows))}.")


def html_of(rows: list[dict[str, Any]]) -> str:
    """One piece of HTML, every text in it escaped: a thousand rows of live elements would take seconds."""
    names = list(rows[0])
    numbers = {name: is_number(name, rows) for name in names}
    heads = "".join(f'<th class="{"number" if numbers[name] else ""}">{escape(name)}</th>' for name in names)
    lines = (
        "".join(f'<td class="{tone(row[name], number=numbers[name])}">{escape(told(name, row[name]))}</td>' for name in names)
        for row in rows
    )
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f'<table class="table"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


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
        return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",").replace("-", "−")
    text = str(value)
    if month := MONTH.fullmatch(text):
        return f"{MONTHS[int(month[2]) - 1]} {month[1]}"
    return day(text) if len(text) == len("2026-03-12") and text[4] == text[7] == "-" else text
