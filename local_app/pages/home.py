"""The first screen: what waits for me today, orders by status, recent orders, debts."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any, NamedTuple

from local_app.pages.calendar import Line, by_row, line_of, reminder_line
from local_app.session import MINUTE, Session
from local_app.widgets.query import LOST, NOTHING
from local_app.widgets.tags import Pieces, Tag, div, empty, link, span, status_dot
from shared.formats import DASH, day, money, plural, whole

TABLES = ("orders", "order_lines", "payments", "reminders", "clients", "statuses", "organizations")
REMINDERS = (
    """SELECT * FROM reminders WHERE deleted = 0 AND done = 0 AND moment < ? AND coalesce(employee_id, ?) = ? ORDER BY moment LIMIT 12"""
)
BY_STATUS = f"""SELECT id, name, color, count, total FROM (
  SELECT s.id, iif(s.deleted, s.name || ' (удалён)', s.name) AS name, s.color, count(t.key) AS count, coalesce(sum(t.total), 0) AS total,
    s.deleted AS gone, s.position FROM statuses s LEFT JOIN order_totals t ON t.status_id = s.id GROUP BY s.id
  UNION ALL SELECT '{NOTHING}', 'Без статуса', 'gray', count(*), coalesce(sum(total), 0), 1, NULL FROM order_totals WHERE status_id IS NULL)
  WHERE gone = 0 OR count > 0 ORDER BY gone, position NULLS LAST, id"""
"""Every order stands in one of the rows, also when its status was taken away: they add up to the register."""
RECENT = """SELECT t.order_id, t.number, t.date, t.total, iif(c.name = '', 'Без названия', c.name) AS client, s.name AS status, s.color
  FROM (SELECT key FROM order_totals ORDER BY date DESC, key DESC LIMIT 10) p CROSS JOIN order_totals t ON t.key = p.key
  LEFT JOIN clients c ON c.id = t.client_id LEFT JOIN statuses s ON s.id = t.status_id ORDER BY t.date DESC, t.key DESC"""
DEBTS = f"""SELECT c.id, iif(c.name = '', 'Без названия', c.name) AS name, d.debt, d.count
  FROM (SELECT client_id, sum(debt) AS debt, sum(count) AS count FROM (
    SELECT client_id, sum(debt) AS debt, count(*) AS count FROM order_totals WHERE debt > 0 GROUP BY client_id
    UNION ALL SELECT client_id, -sum(debt), -count(*) FROM order_totals WHERE debt > 0 AND status_id IN ({LOST}) GROUP BY client_id)
  WHERE client_id IS NOT NULL GROUP BY client_id HAVING sum(count) > 0 ORDER BY 2 DESC LIMIT 10) d
  CROSS JOIN clients c ON c.id = d.client_id ORDER BY d.debt DESC"""
"""What `OWING` says, as two sums of which each is answered by an index alone: of all orders, less the cancelled ones."""


FIRST_STEP = (
    "Начните со своей организации: от её имени выставляются счета. Если компания уже работает на сервере, подключите ноутбук "
    "в «Синхронизации», и всё придёт само."
)

Row = dict[str, Any]


class Answer(NamedTuple):
    """What was found when so much had been written."""

    written: tuple[int, int]
    rows: list[Row]


def page(session: Session) -> None:
    session.entitle("Главная")
    with div("page broad"), div("columns roomy"):
        with div("stack"):
            first = reminders(session), statuses(session)
        with div("stack"):
            second = recent(session), debts(session)

    def refresh() -> None:
        for part in (*first, *second):
            part()

    session.listen({*TABLES, MINUTE}, refresh)


def panel(title: str, href: str = "", words: str = "") -> Tag:
    """A titled surface; its content goes into the answer."""
    with div("panel"):
        with div("title"):
            span("grow", title)
            if href:
                link(words, href, "caption")
        return div("")


def reminders(session: Session) -> Callable[[], None]:
    def read() -> dict[Hashable, Line]:
        now, me = session.app.clock(), session.desk.author
        rows = session.store.rows(REMINDERS, (now.strftime("%Y-%m-%dT24:00"), me, me))
        return by_row([line_of(session, row, now) for row in rows])

    with panel("Напоминания на сегодня", "/calendar", "Все напоминания"):
        nothing = empty("На сегодня напоминаний нет.")
        return listed(nothing, Pieces("rows", read, partial(reminder_line, session)))


def statuses(session: Session) -> Callable[[], None]:
    with panel("Заказы по статусам", "/orders", "Реестр продаж"):
        first = empty(FIRST_STEP, "Добавить свою организацию", lambda: session.go(f"/directory/organizations/{session.desk.new_id()}"))
        nothing = empty("Заказов пока нет.", "Новый заказ", lambda: session.go("/orders/new"))
        rows = table(nothing, lambda: counted(session), partial(status_row, session))

    def refresh() -> None:
        rows()
        beginning = nothing.visible and not session.store.living("organizations")
        first.set_visibility(beginning)
        nothing.set_visibility(nothing.visible and not beginning)

    refresh()
    return refresh


def counted(session: Session) -> dict[Hashable, Row]:
    """None before the first order."""
    rows = over_all_orders(session, BY_STATUS)
    return {row["id"]: row for row in rows} if any(row["count"] for row in rows) else {}


def over_all_orders(session: Session, sql: str) -> list[Row]:
    """The answer of a question that goes through all orders; who comes back finds it there, if nothing was written since."""
    written = session.store.written()
    known = session.app.kept.get(sql)
    if not isinstance(known, Answer) or known.written != written:
        known = session.app.kept[sql] = Answer(written, session.store.rows(sql))
    return known.rows


def status_row(session: Session, row: Row) -> Tag:
    with Tag("tr", "link", on_click=partial(session.go, "/orders", {"status_id": row["id"]})) as line:
        with Tag("td"):
            status_dot(row["name"], row["color"])
        Tag("td", "number" if row["count"] else "number secondary", whole(row["count"]))
        Tag("td", "number" if row["total"] else "number secondary", money(row["total"]) if row["total"] else DASH)
    return line


def recent(session: Session) -> Callable[[], None]:
    with panel("Последние заказы"):
        nothing = empty("Здесь будут последние заказы.")
        return table(nothing, lambda: {row["order_id"]: row for row in session.store.rows(RECENT)}, partial(order_row, session))


def order_row(session: Session, row: Row) -> Tag:
    with Tag("tr", "link", on_click=partial(session.go, f"/orders/{row['order_id']}")) as line:
        Tag("td", "numbers", row["number"] or "б/н")
        Tag("td", "numbers secondary", day(row["date"]) if row["date"] else "")
        Tag("td", "cut half", row["client"] or "", title=row["client"] or "")
        with Tag("td", "cut half", title=row["status"] or ""):
            status_dot(row["status"] or "Без статуса", row["color"] or "gray")
        Tag("td", "number", money(row["total"]))
    return line


def debts(session: Session) -> Callable[[], None]:
    with panel("Долги клиентов", "/orders?debt=1", "Заказы с долгом"):
        nothing = empty("Долгов нет.")
        return table(nothing, lambda: {row["id"]: row for row in over_all_orders(session, DEBTS)}, partial(debt_row, session))


def debt_row(session: Session, row: Row) -> Tag:
    with Tag("tr", "link", on_click=partial(session.go, f"/clients/{row['id']}", {"section": "orders"})) as line:
        Tag("td", "", row["name"])
        Tag("td", "number secondary", plural(row["count"], ("заказ", "заказа", "заказов")))
        Tag("td", "number", money(row["debt"]))
    return line


def table(nothing: Tag, read: Callable[[], Mapping[Hashable, Row]], draw: Callable[[Row], Tag]) -> Callable[[], None]:
    with Tag("table", "table"):
        return listed(nothing, Pieces("", read, draw, name="tbody"))


def listed(nothing: Tag, pieces: Pieces[Any]) -> Callable[[], None]:
    """The answer looks anew; `nothing` stands there while there are no rows."""

    def refresh() -> None:
        pieces.refresh()
        nothing.set_visibility(not pieces)

    nothing.set_visibility(not pieces)
    return refresh
