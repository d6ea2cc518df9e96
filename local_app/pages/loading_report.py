"""The third and the fourth step of a loading: what would be done and what is wrong, row by row; then what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from pathlib import Path

from nicegui import ui

from local_app.exports.entities import Cell, Table
from local_app.exports.files import write_file
from local_app.imports.choosing import Choice
from local_app.imports.plan import Plan, Problem, Tally
from local_app.imports.sheet import Sheet
from local_app.pages.loading_acts import SEEN_FIRST, Done, Loading, seen_order, summary
from local_app.passing import exported
from local_app.session import Session
from local_app.widgets.fields import entity_path
from local_app.widgets.longwork import Stopped, Work, in_thread
from local_app.widgets.tags import Tag, button, div, link, span
from shared.change import Refused
from shared.entities import ENTITIES
from shared.formats import DASH, money, plural, whole

SHOWN = 200
ROWS = ("строка", "строки", "строк")
IN_ROWS = ("строке", "строках", "строках")


def checked_report(session: Session, loading: Loading, choice: Choice, plan: Plan) -> None:
    """What stands in the file, what would become of it, every bad row and what is doubtful."""
    with div("panel"):
        with div("title"):
            ui.icon("o_description")
            span("cut", loading.name)
            span("caption whole", plural(plan.rows, ROWS))
            span("grow")
            if plan.net is not None:
                span("caption whole", "Сумма строк с учётом скидок")
                Tag("b", "numbers whole", money(plan.net))
        tally_table(plan.tallies, ("Будет создано", "Будет изменено", "Уже есть"))
    if plan.problems:
        with div("panel"):
            with div("title"):
                ui.icon("o_error_outline").classes("danger")
                span("grow", f"Ошибки в {plural(plan.bad_rows, IN_ROWS)}: эти строки не загрузятся")
                save = partial(save_bad_rows, session, loading.name, choice.sheet, plan.problems)
                button("Все ошибочные строки в Excel", save, icon="o_file_download", tip="Скачать эти строки с причинами, чтобы исправить")
            problem_table(plan.problems)
    if plan.warnings:
        with div("panel"):
            with div("title"):
                ui.icon("o_info").classes("attention")
                span("grow", f"Обратите внимание: {whole(len(plan.warnings))}. Это загрузке не мешает")
            problem_table(plan.warnings)


def done_report(session: Session, loading: Loading, done: Done, *, undone: bool) -> None:
    """What was written, with the ways to it; or that it was taken back."""
    if undone:
        with div("panel"), div("title"):
            ui.icon("o_undo")
            span("grow", f"Загрузка отменена: «{loading.name}». Вернуть её — Ctrl+Y")
        return
    with div("panel"):
        with div("title"):
            ui.icon("o_pause_circle" if done.stopped else "o_check_circle").classes("attention" if done.stopped else "good")
            span("grow", summary(done))
        with div("body stack"):
            if done.stopped:
                div("", "Записанное цело. «Продолжить» или тот же файл в другой раз допишет остальное, ничего не удваивая.")
            if done.plan.bad_rows:
                div("attention", f"Не загружено строк с ошибками: {whole(done.plan.bad_rows)}. Исправьте их и загрузите файл ещё раз.")
            with div("head wrap"):
                for name in (each for each in SEEN_FIRST if each in done.rows):
                    link(ENTITIES[name].plural, entity_path(name), "btn")
                if done.plan.problems and loading.choice:
                    save = partial(save_bad_rows, session, loading.name, loading.choice.sheet, done.plan.problems)
                    button("Ошибочные строки в Excel", save, icon="o_file_download")
        if not done.stopped:
            tally_table(done.plan.tallies, ("Создано", "Изменено", "Было и раньше"))


def tally_table(tallies: Mapping[str, Tally], labels: Sequence[str]) -> None:
    """One row for each list that the file tells about."""
    with Tag("table", "table loading-tally"):
        with Tag("thead"), Tag("tr"):
            Tag("th", "", "Список", scope="col")
            for label in labels:
                Tag("th", "number", label, scope="col")
        with Tag("tbody"):
            for name in seen_order(tallies):
                with Tag("tr"):
                    Tag("td", "", ENTITIES[name].plural)
                    for count in tallies[name]:
                        Tag("td", "number" if count else "number secondary", whole(count) if count else DASH)


def problem_table(problems: Sequence[Problem]) -> None:
    """The first of them, as one piece of HTML with every text in it escaped."""
    rows = "".join(
        f'<tr><td class="number">{whole(row) if row else ""}</td><td>{escape(column)}</td><td>{escape(sentence(reason))}</td></tr>'
        for row, column, reason in problems[:SHOWN]
    )
    heads = '<th class="number" scope="col">Строка</th><th scope="col">Столбец</th><th scope="col">Что не так</th>'
    html = f'<table class="table loading-problems"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    ui.html(html, sanitize=False).classes("wide")
    if len(problems) > SHOWN:
        div("caption body", f"Показаны первые {whole(SHOWN)} из {whole(len(problems))}.")


def sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


async def save_bad_rows(session: Session, name: str, sheet: Sheet, problems: Sequence[Problem]) -> None:
    """As a workbook that can be mended and loaded."""
    path = exported(session.app.folder, f"Ошибки — {Path(name).stem}.xlsx")
    try:
        await in_thread(session, Work("Готовится файл Excel"), partial(_write, path, sheet, problems))
    except (Stopped, Refused) as ended:
        session.say(str(ended) or "Файл не скачан")
        return
    ui.download.file(path, path.name)


def _write(path: Path, sheet: Sheet, problems: Sequence[Problem], work: Work) -> int:
    return write_file(path, bad_rows_table(sheet, problems), "Ошибки", work.tell)


def bad_rows_table(sheet: Sheet, problems: Sequence[Problem]) -> Table:
    """Every bad row as it stands in the file, with its number and all that is wrong with it before it."""
    reasons: dict[int, list[str]] = {}
    for row, column, reason in problems:
        reasons.setdefault(row, []).append(f"{column}: {reason}" if column else reason)
    rows: list[list[Cell]] = [
        [number, "; ".join(reasons[number]), *row] for number, row in zip(sheet.numbers, sheet.rows, strict=True) if number in reasons
    ]
    return Table(["Строка файла", "Что не так", *sheet.headers], iter(rows), len(rows))
