"""«Статус»: the stage the order is in, the way to another one, and how it came here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from local_app.pages import lists
from local_app.session import Session
from local_app.widgets.history import spoken_time
from local_app.widgets.tags import Pieces, Tag, div, empty, status_dot
from shared.entities.orders import STAGES
from shared.formats import form
from shared.rules.office import Row
from shared.store import Store
from shared.store.reading import Moment

GONE: Row = {"name": "Удалённый статус", "color": "gray"}


class Stay(NamedTuple):
    """How long the order was in one status."""

    status_id: str
    author: str
    since_ms: int
    until_ms: int | None


def statuses(store: Store) -> list[Row]:
    """In their order, deleted ones left out."""
    return list(store.rows("SELECT * FROM statuses WHERE deleted = 0 ORDER BY position NULLS LAST, name, id"))


def stays(moments: Sequence[Moment]) -> list[Stay]:
    """The history of the status, the newest first; refused changes and repetitions are passed over."""
    found: list[Stay] = []
    for moment in moments:
        if moment.field != "status_id" or moment.refused or moment.before == moment.after:
            continue
        if found:
            found[-1] = found[-1]._replace(until_ms=moment.at_ms)
        if moment.after:
            found.append(Stay(str(moment.after), moment.author, moment.at_ms, None))
    return found[::-1]


def draw(session: Session, order_id: str, change: Callable[[str], None]) -> None:
    """The statuses to choose from, and the history; both follow the data."""
    with div("panel narrow"):
        div("title", "Сменить статус")
        nothing = empty("Статусов пока нет.", lists.FILL, lambda: lists.fill(session))
        with div(role="radiogroup", aria_label="Статус заказа"):
            choices = Pieces("status-choices", lambda: {row["id"]: row for row in statuses(session.store)}, partial(_choice, change))
    past = div("panel narrow")

    def refresh() -> None:
        choices.refresh()
        nothing.set_visibility(not choices)
        current = (session.store.row("orders", order_id) or {}).get("status_id")
        for status, button in choices.drawn.values():
            here = status["id"] == current
            button.classes(add="on" if here else "", remove="" if here else "on")
            button.props["aria-checked"] = str(here).lower()
        past.clear()
        with past:
            div("title", "История статуса")
            _history(session, order_id)

    refresh()
    session.listen({"orders", "statuses", "employees"}, refresh)


def _choice(change: Callable[[str], None], status: Row) -> Tag:
    """Whether the order is in it is marked without a new drawing: who chooses by keys stays where he is."""
    attributes = {"type": "button", "role": "radio", "title": STAGES.get(status["stage"], "")}
    with Tag("button", "status-choice", on_click=partial(change, status["id"]), **attributes) as made:
        status_dot(status["name"], status["color"])
    return made


def _history(session: Session, order_id: str) -> None:
    found = stays(session.store.history("orders", order_id))
    if not found:
        empty("Здесь будет видно, кто и когда менял статус.")
        return
    names = {row["id"]: row for row in session.store.rows("SELECT id, name, color FROM statuses")}
    people = {row["id"]: row["name"] for row in session.store.rows("SELECT id, name FROM employees")}
    now = session.app.clock()
    with Tag("table", "table"):
        with Tag("thead"), Tag("tr"):
            for label in ("Статус", "С какого времени", "Сколько", "Кто поставил"):
                Tag("th", "", label)
        with Tag("tbody"):
            for stay in found:
                _stay(stay, names.get(stay.status_id, GONE), people.get(stay.author, "Без имени"), now)


def _stay(stay: Stay, status: Row, who: str, now: datetime) -> None:
    with Tag("tr"):
        with Tag("td"):
            status_dot(status["name"], status["color"])
        Tag("td", "numbers", spoken_time(stay.since_ms, now))
        Tag("td", "numbers secondary", lasted((stay.until_ms or now.timestamp() * 1000) - stay.since_ms))
        Tag("td", "", who)


def lasted(milliseconds: float) -> str:
    """«3 дня», «5 часов», «12 минут»; nothing under a minute."""
    span_of = timedelta(milliseconds=max(0, milliseconds))
    if span_of.days:
        return f"{span_of.days} {form(span_of.days, ('день', 'дня', 'дней'))}"
    minutes = span_of.seconds // 60
    if not minutes:
        return ""
    hours = minutes // 60
    return f"{hours} {form(hours, ('час', 'часа', 'часов'))}" if hours else f"{minutes} {form(minutes, ('минута', 'минуты', 'минут'))}"
