"""The choice of a period or of a day: a button that says which one holds, a menu of usual ones; others are typed or picked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from nicegui import ui
from nicegui.elements.input import Input

from local_app.session import Session
from local_app.widgets.tags import Tag, button, div, filter_button
from local_app.widgets.window import window
from shared.change import Refused
from shared.dates import find_date
from shared.formats import day
from shared.periods import PERIODS, period_dates, period_label, period_of, read_period

Chosen = Callable[[str, str], None]
Calendar = Callable[[Input, Callable[[], None]], None]
EXAMPLE = ("12.03.2026", "01.03.2026 – 15.03.2026")


def period_picker(session: Session, since: str, until: str, chosen: Chosen) -> Tag:
    """`since` and `until` are ISO dates, both included, '' for no limit; `chosen` gets new ones, of the day on which it is asked."""

    def today() -> date:
        return session.app.clock().date()

    with filter_button(f"Период: {period_label(since, until, today())}" if since or until else "Период") as made, ui.menu():
        for key, label in PERIODS.items():
            ui.menu_item(label[0].upper() + label[1:], lambda key=key: chosen(*period_of(key, today()))).props("role=menuitem")
        ui.menu_item("Выбрать даты…", lambda: ask_dates(session, since, until, chosen)).props("role=menuitem")
    return made


def day_picker(session: Session, words: str, chosen_day: str, chosen: Callable[[str], None]) -> None:
    """`chosen_day` is an ISO date, '' for today; `chosen` gets another."""
    today = session.app.clock().date()
    usual = {"Сегодня": "", "Конец прошлого месяца": period_of("last_month", today)[1], "Конец прошлого года": f"{today.year - 1}-12-31"}
    with filter_button(f"{words}: {day(chosen_day or today.isoformat())}"), ui.menu():
        for label, iso in usual.items():
            ui.menu_item(label, lambda iso=iso: chosen(iso))
        ui.menu_item("Выбрать дату…", lambda: ask_day(session, words, chosen_day or today.isoformat(), chosen))


def ask_day(session: Session, words: str, shown: str, chosen: Callable[[str], None]) -> None:
    def take(text: str) -> None:
        chosen(find_date(text, session.app.clock().date()) or "")

    def calendar(named: Input, show: Callable[[], None]) -> None:
        def picked(iso: str | None) -> None:
            named.set_value(day(iso or shown))
            show()

        ui.date(shown, on_change=lambda event: picked(event.value)).props("minimal first-day-of-week=1")

    _ask(session, words, day(shown), take, calendar)


def ask_dates(session: Session, since: str, until: str, chosen: Chosen) -> None:
    def take(text: str) -> None:
        chosen(*read_period(text, session.app.clock().date()))

    def calendar(named: Input, _: Callable[[], None]) -> None:
        def picked(value: object) -> None:
            first, last = (value["from"], value["to"]) if isinstance(value, dict) else (str(value or ""),) * 2
            named.set_value(period_dates(first, last))

        ui.date({"from": since, "to": until} if since and until else None, on_change=lambda event: picked(event.value)).props(
            "range minimal no-unset first-day-of-week=1"
        )

    _ask(session, "Период", period_dates(since, until), take, calendar)


def _ask(session: Session, words: str, shown: str, take: Callable[[str], None], calendar: Calendar) -> None:
    """The window: what is picked in the calendar is written above it, and what is written there counts."""
    with window(session, words, style="width:auto") as dialog:
        Tag("h1", "", words)
        named = ui.input(value=shown, placeholder=EXAMPLE[words == "Период"]).props(f"dense outlined autofocus aria-label='{words}'")
        named.on("focus", js_handler="(event) => event.target.select()")
        wrong = div("under wrong", role="alert")

        def show() -> None:
            try:
                take(str(named.value or ""))
            except Refused as refused:
                wrong.set_text(str(refused))
            else:
                dialog.close()

        named.on("keydown.enter", show, args=[])
        calendar(named, show)
        with div("head"):
            div("grow")
            button("Закрыть", dialog.close, kind="flat")
            button("Показать", show, kind="main")
    dialog.on("hide", dialog.delete)
