"""The choice of a period or of a day: a button that says which one holds, a menu of usual ones, a calendar for any other."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from local_app.session import Session
from local_app.widgets.tags import Tag, button, div, filter_button
from local_app.widgets.window import window
from shared.formats import day
from shared.periods import PERIODS, period_label, period_of

Chosen = Callable[[str, str], None]


def period_picker(session: Session, since: str, until: str, chosen: Chosen) -> None:
    """`since` and `until` are ISO dates, both included, '' for no limit; `chosen` gets new ones."""
    today = session.app.clock().date()
    with filter_button(f"Период: {period_label(since, until, today)}" if since or until else "Период"), ui.menu():
        for key, label in PERIODS.items():
            ui.menu_item(label[0].upper() + label[1:], lambda key=key: chosen(*period_of(key, today))).props("role=menuitem")
        ui.menu_item("Выбрать даты…", lambda: ask_dates(session, since, until, chosen)).props("role=menuitem")


def day_picker(session: Session, words: str, chosen_day: str, chosen: Callable[[str], None]) -> None:
    """`chosen_day` is an ISO date, '' for today; `chosen` gets another."""
    today = session.app.clock().date()
    usual = {"Сегодня": "", "Конец прошлого месяца": period_of("last_month", today)[1], "Конец прошлого года": f"{today.year - 1}-12-31"}
    with filter_button(f"{words}: {day(chosen_day or today.isoformat())}"), ui.menu():
        for label, iso in usual.items():
            ui.menu_item(label, lambda iso=iso: chosen(iso))
        ui.menu_item("Выбрать дату…", lambda: ask_day(session, words, chosen_day or today.isoformat(), chosen))


def ask_day(session: Session, words: str, shown: str, chosen: Callable[[str], None]) -> None:
    with window(session, words, style="width:auto") as dialog:
        Tag("h1", "", words)

        def show(picked: str | None) -> None:
            dialog.close()
            if picked:
                chosen(picked)

        ui.date(shown, on_change=lambda event: show(event.value)).props("minimal first-day-of-week=1")
        with div("head"):
            div("grow")
            button("Закрыть", dialog.close, kind="flat")
    dialog.on("hide", dialog.delete)


def ask_dates(session: Session, since: str, until: str, chosen: Chosen) -> None:
    with window(session, "Период", style="width:auto") as dialog:
        Tag("h1", "", "Период")
        dates = ui.date({"from": since, "to": until} if since and until else None).props("range minimal first-day-of-week=1")

        def show() -> None:
            dialog.close()
            picked = dates.value
            chosen(*((picked["from"], picked["to"]) if isinstance(picked, dict) else (picked or "", picked or "")))

        with div("head"):
            div("grow")
            button("Закрыть", dialog.close, kind="flat")
            button("Показать", show, kind="main")
    dialog.on("hide", dialog.delete)
