"""The calendar: reminders as a list by day, overdue ones first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from local_app.session import Session
from local_app.widgets.fields import name_of
from local_app.widgets.rows import RowDialog
from local_app.widgets.tags import Tag, button, div, empty, link, span
from shared.change import Edit
from shared.entities import ENTITIES
from shared.formats import plural, when

MOST = 200
OPEN = "SELECT * FROM reminders WHERE deleted = 0 AND done = 0 {mine} ORDER BY moment LIMIT ?"
DONE = "SELECT * FROM reminders WHERE deleted = 0 AND done = 1 {mine} ORDER BY moment DESC LIMIT ?"
MINE = "AND coalesce(employee_id, ?) = ?"


def page(session: Session) -> None:
    session.entitle("Календарь")
    with div("page narrow"):
        bar = div("head")
        holder = div("stack")

    def refresh() -> None:
        bar.clear()
        with bar:
            toolbar(session)
        holder.clear()
        with holder:
            days(session)

    refresh()
    session.listen({"reminders", "orders", "clients"}, refresh)
    session.on_query(lambda _: refresh())


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


def days(session: Session) -> None:
    """Reminders under the headings of their days."""
    rows, now = reminders(session), session.app.clock()
    if not rows:
        empty("Здесь звонки, встречи и дела, о которых нужно вспомнить в своё время.", "Новое напоминание", lambda: new_reminder(session))
        return
    for heading, found in by_day(rows, now).items():
        with div("panel"):
            with div("title"):
                span("danger grow" if heading == "Просрочено" else "grow", heading)
                span("caption", plural(len(found), ENTITIES["reminders"].forms))
            with div("rows"):
                for row in found:
                    reminder_line(session, row, now)


def reminders(session: Session) -> list[dict[str, Any]]:
    mine = "" if session.query.get("whose") or session.query.get("done") else MINE
    me = session.desk.author
    sql = (DONE if session.query.get("done") else OPEN).format(mine=mine)
    return list(session.store.rows(sql, (*((me, me) if mine else ()), MOST)))


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
    spoken = when(moment[:10], now)
    return spoken[0].upper() + spoken[1:]


def reminder_line(session: Session, row: Mapping[str, Any], now: datetime) -> None:
    """One reminder: done with a click, opened with a click on its text."""
    late = bool(row["moment"]) and row["moment"] < now.strftime("%Y-%m-%dT%H:%M") and not row["done"]
    with div("row-line"):
        mark = Tag("input", "", type="checkbox", checked=bool(row["done"]), aria_label="Сделано", title="Сделано")
        mark.on("change", lambda event: tick(session, row, done=bool(event.args)), js_handler="(event) => emit(event.target.checked)")
        span("numbers danger" if late else "numbers secondary", when(row["moment"], now) if row["moment"] else "")
        text = Tag(
            "a",
            "grow cut",
            row["text"] or "Без текста",
            on_click=lambda: RowDialog(session, "reminders", row["id"]).show(),
            tabindex=0,
            style="color:inherit",
        )
        text.on("keydown.enter", lambda _: RowDialog(session, "reminders", row["id"]).show(), args=[])
        for name, path in (("order_id", "/orders/"), ("client_id", "/clients/")):
            if row[name]:
                entity = "orders" if name == "order_id" else "clients"
                link(name_of(session.store, entity, row[name]), f"{path}{row[name]}", "caption")


def tick(session: Session, row: Mapping[str, Any], *, done: bool) -> None:
    words = "сделано" if done else "снова открыто"
    if session.do([Edit("reminders", row["id"], {"done": int(done)})], f"Напоминание «{row['text']}»: {words}"):
        session.say(f"Напоминание: {words}", True)


def new_reminder(session: Session) -> None:
    RowDialog(session, "reminders", session.desk.new_id(), {"employee_id": session.desk.author or None, "done": 0}).show()
