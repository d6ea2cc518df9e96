"""Dates and moments as people type them: «12.03.2026», «12 марта», «завтра в 9», «в пятницу 14:30», «через неделю», «2026-03-12»."""

from __future__ import annotations

import re
from datetime import date, timedelta

from shared.change import Refused
from shared.formats import MONTHS

_NUMERIC = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})(?:[./-]([0-9]{4}|[0-9]{2}))?[.]?(?: ?г\.?)?")
_ISO = re.compile(r"([0-9]{4})[-./]([0-9]{1,2})[-./]([0-9]{1,2})")
_SPOKEN = re.compile(r"([0-9]{1,2}) ([а-яё]{3,})\.?(?: ([0-9]{4}|[0-9]{2}))?(?: ?г(?:\.|ода)?)?")
_PARTS = {"утра": range(1, 12), "дня": range(10, 19), "вечера": range(16, 24), "ночи": range(1, 6)}
"""The hours that each part of a day may have."""
_PART = "|".join(_PARTS)
_HOUR = rf"(?:в |(?=.* (?:{_PART})$))([0-9]{{1,2}})(?: ?ч(?:\.|ас(?:а|ов)?)?)?"
_CLOCK = rf"(?:в )?([0-9]{{1,2}}):([0-9]{{2}})(?::[0-9]{{2}}(?:\.[0-9]+)?)?|{_HOUR}"
_TIME = re.compile(rf"(?:(.*?)(?:,? +|t))??(?:{_CLOCK})(?: ({_PART}))?")
_NEAR = {"вчера": -1, "сегодня": 0, "завтра": 1, "послезавтра": 2}
_WEEK = ("понедельник", "вторник", "сред[ау]", "четверг", "пятниц[ау]", "суббот[ау]", "воскресенье")
_WEEKDAY = re.compile("(?:во? )?(?:" + "|".join(f"({name})" for name in _WEEK) + ")")
_LATER = re.compile(r"через (?:([0-9]{1,3}) д(?:ень|ня|ней)|(?:([0-9]{1,2}) )?недел[юиь])")
_LONGEST = 80
"""No moment is longer: a pasted page must not keep the program busy."""
_EXAMPLE = "Напишите, например, 12.03.2026"
_FAR = 300
"""Days from today: around New Year «10 января» and «28 декабря» are those of the winter that it is."""


def find_date(text: str, today: date | None, *, this_year: bool = False) -> str | None:
    """ISO date or None for a blank. A day without a year is of the year of `today`, unless that is far from it and not `this_year`.

    Refused when it is no date.
    """
    cleaned = " ".join(text.casefold().split())
    if not cleaned:
        return None
    found = _near(cleaned, today) or _written(_without_midnight(cleaned), text, today, far=366 if this_year else _FAR)
    if not 1900 <= found.year <= 2199:
        raise Refused(f"«{_short(text)}»: год {found.year} не подходит. {_EXAMPLE}")
    return found.isoformat()


def find_moment(text: str, today: date | None) -> str | None:
    """ISO moment to the minute or None for a blank; a time alone is of `today`, a date alone is its midnight."""
    cleaned = " ".join(text.casefold().split())
    if not cleaned:
        return None
    found = _TIME.fullmatch(cleaned) if len(cleaned) < _LONGEST else None
    if not found:
        return f"{find_date(cleaned, today)}T00:00"
    day, hours, minutes = found[1] or "сегодня", int(found[2] or found[4]), int(found[3] or 0)
    if found[5]:
        hours = next((hour for hour in (hours, hours + 12) if hour in _PARTS[found[5]]), 24)
    if hours > 23 or minutes > 59:
        raise Refused(f"«{_short(text)}»: нет такого времени. Напишите, например, 12.03.2026 14:05")
    return f"{find_date(day, today)}T{hours:02}:{minutes:02}"


def _near(words: str, today: date | None) -> date | None:
    """A day that is told by its distance from today; a weekday is the next one, never today's."""
    weekday, later = _WEEKDAY.fullmatch(words), _LATER.fullmatch(words)
    if words not in _NEAR and not weekday and not later:
        return None
    if today is None:
        raise Refused(f"«{words}»: здесь нужна дата целиком. {_EXAMPLE}")
    if weekday:
        return today + timedelta(days=(int(weekday.lastindex or 1) - 2 - today.weekday()) % 7 + 1)
    if later:
        return today + timedelta(days=int(later[1] or 0) or 7 * int(later[2] or 1))
    return today + timedelta(days=_NEAR[words])


def _written(cleaned: str, text: str, today: date | None, far: int) -> date:
    year, month, day = _parts(cleaned, text)
    if not year and today is None:
        raise Refused(f"«{_short(text)}»: не хватает года. {_EXAMPLE}")
    full = _full_year(year) if year else today.year if today else 0
    try:
        found = date(full, month, day)
        if year or today is None or abs(away := (found - today).days) < far:
            return found
        return found.replace(year=full + (1 if away < 0 else -1))
    except ValueError:
        raise Refused(f"«{_short(text)}»: нет такого дня в календаре. Проверьте день и месяц") from None


def _parts(cleaned: str, text: str) -> tuple[str, int, int]:
    if found := _ISO.fullmatch(cleaned):
        return found[1], int(found[2]), int(found[3])
    if found := _NUMERIC.fullmatch(cleaned):
        return found[3] or "", int(found[2]), int(found[1])
    if (found := _SPOKEN.fullmatch(cleaned)) and (month := _month(found[2])):
        return found[3] or "", month, int(found[1])
    raise Refused(f"«{_short(text)}» не похоже на дату. {_EXAMPLE}")


def _full_year(year: str) -> int:
    """Two digits: up to 49 this century, the rest are birthdays of the last one."""
    number = int(year)
    if len(year) == 4:
        return number
    return number + (2000 if number < 50 else 1900)


def _month(word: str) -> int | None:
    """«марта», «март», «мар» are the third: the genitive, a beginning of it, or the nominative."""
    for number, month in enumerate(MONTHS, 1):
        if month.startswith(word) or word in (f"{month[:-1]}ь", f"{month[:-1]}й"):
            return number
    return None


def _without_midnight(cleaned: str) -> str:
    """Spreadsheets write a date as «2026-03-12 00:00:00»."""
    return re.sub(r"[t ]00:00(:00(\.0+)?)?$", "", cleaned)


def _short(text: str) -> str:
    return text.strip() if len(text) <= 40 else f"{text.strip()[:40]}…"
