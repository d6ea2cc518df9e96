"""Reminders through a day: when one is overdue, what its row says, and that a screen follows the clock by itself."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import pytest
from nicegui.page import page

from local_app.main import close, open_application
from local_app.pages import calendar
from local_app.session import MINUTE, Application, Session
from local_app.widgets.frame import overdue_count
from shared.change import Edit
from tests.local_app.test_session import Tab
from tests.support.laptops import new_desk

Shown = tuple[int, dict[str, list[tuple[str, bool]]]]


async def at_times(folder: Path, moments: list[str], times: list[str]) -> list[Shown]:
    """The badge and the days of the calendar, as a tab that hears of nothing but the clock shows them."""
    new_desk(folder).close()
    application, found = open_application(folder, "Проба"), list[Shown]()
    application.desk.do(
        [Edit("reminders", f"r{place}", {"text": "Позвонить", "moment": moment or None}) for place, moment in enumerate(moments)], "Дела"
    )
    with Tab(page("/probe"), request=None) as tab:
        session = Session(application, tab)
        session.listen({MINUTE}, lambda: found.append(shown(session)))
        for time in times:
            at(application, time)
            session.pass_time()
    close(application)
    return found


def at(application: Application, time: str) -> None:
    application.clock = lambda: datetime.fromisoformat(time)


def shown(session: Session) -> Shown:
    return overdue_count(session), {
        heading: [(line.moment, line.late) for line in lines] for heading, lines in calendar.read(session).items()
    }


def test_a_reminder_comes_due_and_its_day_goes_by_without_anybody_writing(tmp_path: Path) -> None:
    times = ["2026-11-30T09:00:10", "2026-11-30T09:00:40", "2026-11-30T09:01:00", "2026-12-01T00:00:00"]
    assert asyncio.run(at_times(tmp_path, ["2026-11-30T09:00"], times)) == [
        (0, {"Сегодня": [("сегодня, 09:00", False)]}),
        (1, {"Сегодня": [("сегодня, 09:00", True)]}),
        (1, {"Просрочено": [("вчера, 09:00", True)]}),
    ]


def test_a_reminder_for_a_day_is_overdue_only_when_the_day_is_over(tmp_path: Path) -> None:
    assert asyncio.run(at_times(tmp_path, ["2026-11-30T00:00"], ["2026-11-30T18:00", "2026-12-01T00:00"])) == [
        (0, {"Сегодня": [("сегодня", False)]}),
        (1, {"Просрочено": [("вчера", True)]}),
    ]


@pytest.mark.parametrize(("moment", "words"), [("2026-12-09T15:30", "9 декабря, 15:30"), ("2027-01-31T08:00", "31 января 2027, 08:00")])
def test_the_hour_of_a_reminder_is_shown_on_any_day(tmp_path: Path, moment: str, words: str) -> None:
    [(_, days)] = asyncio.run(at_times(tmp_path, [moment], ["2026-11-30T18:00"]))
    assert [line for lines in days.values() for line in lines] == [(words, False)]


def test_overdue_ones_stand_first_and_what_has_no_moment_last(tmp_path: Path) -> None:
    [(_, days)] = asyncio.run(at_times(tmp_path, ["", "2026-12-01T10:00", "2026-11-01T10:00"], ["2026-11-30T18:00"]))
    assert list(days) == ["Просрочено", "Завтра", "Без срока"]
