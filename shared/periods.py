"""Periods as people choose and type them: today, last quarter, «01.03.2026 – 15.03.2026». Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

from shared.change import Refused
from shared.dates import find_date
from shared.formats import day

PERIODS: Mapping[str, str] = MappingProxyType({
    "": "за всё время", "today": "сегодня", "week": "эта неделя", "month": "этот месяц", "last_month": "прошлый месяц",
    "quarter": "этот квартал", "last_quarter": "прошлый квартал", "year": "этот год", "last_year": "прошлый год",
})  # fmt: skip


_BETWEEN = re.compile(r"\s*(?:[–—…]|\.{2,}|\s-\s|\sпо\s)\s*|(?:(?<=[.][0-9]{4})|(?<=[.][0-9]{2}))-(?=[0-9])")


def period_of(key: str, today: date) -> tuple[str, str]:
    """First and last day of a period, both included, ISO 8601; ('', '') for all time."""
    month = today.replace(day=1)
    quarter = quarter_of(today)
    spans = {
        "today": (today, today),
        "week": (today - timedelta(days=today.weekday()), today + timedelta(days=6 - today.weekday())),
        "month": (month, end_of(month, 1)),
        "last_month": ((month - timedelta(days=1)).replace(day=1), month - timedelta(days=1)),
        "quarter": (quarter, end_of(quarter, 3)),
        "last_quarter": (quarter_of(quarter - timedelta(days=1)), quarter - timedelta(days=1)),
        "year": (date(today.year, 1, 1), date(today.year, 12, 31)),
        "last_year": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    }
    if key not in spans:
        return "", ""
    first, last = spans[key]
    return first.isoformat(), last.isoformat()


def quarter_of(day_of_it: date) -> date:
    """The first day of the quarter."""
    return day_of_it.replace(month=(day_of_it.month - 1) // 3 * 3 + 1, day=1)


def end_of(first: date, months: int) -> date:
    """The last day of so many months from the first day of a month on."""
    place = first.month - 1 + months
    return date(first.year + place // 12, place % 12 + 1, 1) - timedelta(days=1)


def period_label(since: str, until: str, today: date) -> str:
    """What a period is called: its name, or its dates."""
    for key, label in PERIODS.items():
        if period_of(key, today) == (since, until):
            return label
    return period_dates(since, until)


def period_dates(since: str, until: str) -> str:
    """A period by its dates, as `read_period` reads them; '' for all time."""
    if since and until:
        return f"{day(since)} – {day(until)}" if since != until else day(since)
    return f"с {day(since)}" if since else f"по {day(until)}" if until else ""


def read_period(text: str, today: date) -> tuple[str, str]:
    """First and last day of what was typed: two dates, «с …», «по …» or one day; a blank is all time. Raises Refused."""
    words = f" {text.casefold().strip()}"
    parts = _BETWEEN.split(words.replace(" с ", " ", 1) if words.startswith(" с ") else words)
    if len(parts) > 2:
        raise Refused("Дат больше двух. Напишите, например, 01.03.2026 – 15.03.2026")
    since, until = ((find_date(part, today, this_year=True) or "") for part in (parts[0], parts[-1]))
    if len(parts) == 1 and words.startswith(" с "):
        until = ""
    if since and until and since > until:
        raise Refused("Первый день позже последнего. Поменяйте даты местами")
    return since, until
