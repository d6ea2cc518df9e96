"""The calendar: reminders as a list by day, overdue ones first."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from local_app.session import MINUTE, Query, Session
from local_app.widgets.fields import name_of, path_of
from local_app.widgets.rowdialog import RowDialog
from local_app.widgets.tags import Part, Pieces, Tag, button, div, empty, link, span
from shared.change import Edit
from shared.entities import ENTITIES
from shared.formats import NO_TIME, plural, when, whole

STEP = 200
"""Reminders at once; the next ones are asked for."""
OPEN = "coalesce(moment, '') = '', moment, id"
DONE = "moment DESC, id"
MINE = " AND coalesce(employee_id, ?) = ?"
FORMS = ("напоминания", "напоминаний", "напоминаний")
MARKS = "[...document.querySelectorAll('.row-line [type=checkbox]')]"
TICKED = f"(event) => emit(event.target.checked, {MARKS}.indexOf(event.target))"
NEXT = f"setTimeout(() => document.activeElement === document.body && {MARKS}.slice(0, %d + 1).at(-1)?.focus(), 50)"


class Line(NamedTuple):
    """A reminder as it is shown: its moment in words, whether it is overdue, what it is about with its address; whose it is."""

    row: Mapping[str, Any]
    moment: str
    late: bool
    subjects: list[tuple[str, str]]
    whose: str  # '' for one's own, and for everyone's


def page(session: Session) -> None:
    session.entitle("Календарь")
    with div("page narrow"):
        bar = Part("head", lambda: dict(session.query), lambda _: toolbar(session))
        shown = Days(session)
        rest = Part("head", partial(beyond, session), partial(further, session))

    def refresh() -> None:
        shown.refresh()
        rest.refresh()

    def ask_again(_: Query) -> None:
        bar.refresh()
        refresh()

    session.listen({"reminders", "orders", "clients", MINUTE}, refresh)
    session.on_query(ask_again)


def toolbar(session: Session) -> None:
    chosen = (session.query.get("whose", ""), session.query.get("done", ""))
    with div("segments grow", role="tablist"):
        for label, query in (("Мои", {}), ("Все", {"whose": "all"}), ("Сделанные", {"done": "1"})):
            on = chosen == (query.get("whose", ""), query.get("done", ""))
            Tag(
                "a",
                f"btn flat {'chosen' if on else ''}",
                label,
                href=f"/calendar?{'&'.join(f'{k}={v}' for k, v in query.items())}",
                role="tab",
            )
    button("Новое напоминание", lambda: new_reminder(session), kind="main", icon="add", data_key_new="1")


def read(session: Session) -> dict[str, list[Line]]:
    """Reminders by the headings of their days."""
    now = session.app.clock()
    return {heading: [line_of(session, row, now) for row in rows] for heading, rows in by_day(reminders(session), now).items()}


class Days:
    """Each day with its heading."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.found: dict[str, list[Line]] = {}
        self.lines: dict[str, tuple[Tag, Pieces[Line]]] = {}
        purpose = "Здесь звонки, встречи и дела, о которых нужно вспомнить в своё время."
        self.nothing = empty(purpose, "Новое напоминание", lambda: new_reminder(session))
        self.panels = Pieces("stack", lambda: {heading: heading for heading in self.found}, self._panel)
        self.refresh()

    def refresh(self) -> None:
        self.found = read(self.session)
        self.panels.refresh()
        self.nothing.set_visibility(not self.found)
        for heading, found in self.found.items():
            count, lines = self.lines[heading]
            count.set_text(plural(len(found), ENTITIES["reminders"].forms))
            lines.refresh()

    def _panel(self, heading: str) -> Tag:
        with div("panel") as panel:
            with div("title"):
                span("danger grow" if heading == "Просрочено" else "grow", heading)
                count = span("caption")
            lines = Pieces("rows", lambda: by_row(self.found[heading]), partial(reminder_line, self.session))
        self.lines[heading] = count, lines
        return panel


def by_row(lines: list[Line]) -> dict[Hashable, Line]:
    return {line.row["id"]: line for line in lines}


def beyond(session: Session) -> tuple[int, int]:
    """How many reminders are shown, and of how many."""
    where, bound = asked(session)
    total = int(session.store.one(f"SELECT count(*) FROM reminders WHERE {where}", bound))
    return min(most(session), total), total


def further(session: Session, counts: tuple[int, int]) -> None:
    """What is not shown is told, and comes when it is asked for."""
    shown, total = counts
    if shown < total:
        span("caption grow", f"Показаны первые {whole(shown)} из {plural(total, FORMS)}.")
        button("Показать ещё", partial(show_further, session, shown + STEP))


def show_further(session: Session, count: int) -> None:
    session.ask({**session.query, "most": str(count)}, replace=True)
    session.asked()


def most(session: Session) -> int:
    given = session.query.get("most", "")
    return max(STEP, int(given[:6])) if given.isascii() and given.isdecimal() else STEP


def asked(session: Session) -> tuple[str, tuple[str, ...]]:
    """Which reminders: mine or all, open or done; as SQL."""
    done, me = bool(session.query.get("done")), session.desk.author
    mine = not done and not session.query.get("whose")
    return f"deleted = 0 AND done = {int(done)}{MINE if mine else ''}", (me, me) if mine else ()


def reminders(session: Session) -> list[dict[str, Any]]:
    where, bound = asked(session)
    order = DONE if session.query.get("done") else OPEN
    return list(session.store.rows(f"SELECT * FROM reminders WHERE {where} ORDER BY {order} LIMIT ?", (*bound, most(session))))


def by_day(rows: list[dict[str, Any]], now: datetime) -> dict[str, list[dict[str, Any]]]:
    """Overdue ones first, then day by day; what has no moment comes last."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(heading_of(row, now), []).append(row)
    return found


def heading_of(row: Mapping[str, Any], now: datetime) -> str:
    moment = row["moment"]
    if not moment:
        return "Без срока"
    if moment[:10] < now.date().isoformat() and not row["done"]:
        return "Просрочено"
    words = when(moment[:10], now)
    return words[0].upper() + words[1:]


def line_of(session: Session, row: Mapping[str, Any], now: datetime) -> Line:
    moment = row["moment"] or ""
    late = bool(moment) and not row["done"] and moment < f"{now:%Y-%m-%dT%H:%M}" and moment != f"{now:%Y-%m-%d}T{NO_TIME}"
    subjects = [
        (name_of(session.store, entity, row[name]), path_of(entity, row[name]))
        for name, entity in (("order_id", "orders"), ("client_id", "clients"))
        if row[name]
    ]
    whose = "" if row["employee_id"] == session.desk.author else name_of(session.store, "employees", row["employee_id"])
    return Line(row, spoken(moment, now) if moment else "", late, subjects, whose)


def spoken(moment: str, now: datetime) -> str:
    """«сегодня, 14:05», «30 ноября, 14:05»: of whatever day, the hour is what a reminder is for."""
    day, time = when(moment[:10], now), moment[11:16]
    return day if time in ("", NO_TIME) else f"{day}, {time}"


def reminder_line(session: Session, line: Line) -> Tag:
    """One reminder: done with a click, opened with a click on its text."""
    row = line.row
    with div("row-line") as made:
        mark = Tag("input", "", type="checkbox", checked=bool(row["done"]), aria_label="Сделано", title="Сделано")
        mark.on("change", lambda event: tick(session, row, done=event.args[0], place=event.args[1]), js_handler=TICKED)
        span(f"numbers whole when {'danger' if line.late else 'secondary'}", line.moment)
        text = Tag(
            "a",
            "grow cut",
            row["text"] or "Без текста",
            on_click=lambda: RowDialog(session, "reminders", row["id"]).show(),
            tabindex=0,
            style="color:inherit",
        )
        text.on("keydown.enter", lambda _: RowDialog(session, "reminders", row["id"]).show(), args=[])
        if line.whose:
            span("caption whole", line.whose)
        for name, path in line.subjects:
            link(name, path, "caption whole")
    return made


def tick(session: Session, row: Mapping[str, Any], *, done: bool, place: int) -> None:
    """The row goes from the list; who works with the keyboard stands at the next one and not at the top of the page."""
    words = "сделано" if done else "снова открыто"
    if session.do([Edit("reminders", row["id"], {"done": int(done)})], f"Напоминание «{row['text']}»: {words}"):
        session.say(f"Напоминание: {words}", True)
        session.client.run_javascript(NEXT % place)


def new_reminder(session: Session) -> None:
    RowDialog(session, "reminders", session.desk.new_id(), {"employee_id": session.desk.author or None, "done": 0}).show()
