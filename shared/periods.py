"""Periods as people choose them: today, this month, last quarter. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

from shared.formats import day

PERIODS: Mapping[str, str] = MappingProxyType({
    "": "за всё время", "today": "сегодня", "week": "эта неделя", "month": "этот месяц", "last_month": "прошлый месяц",
    "quarter": "этот квартал", "last_quarter": "прошлый квартал", "year": "этот год", "last_year": "прошлый год",
})  # fmt: skip


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
    if since and until:
        return f"{day(since)} – {day(until)}" if since != until else day(since)
    return f"с {day(since)}" if since else f"по {day(until)}"
