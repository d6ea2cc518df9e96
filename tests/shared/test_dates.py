"""Days without a year around New Year are those of the winter that it is; moments are read as people type them."""

from __future__ import annotations

from datetime import date

import pytest

from shared.change import Refused
from shared.dates import find_date, find_moment
from shared.periods import read_period

TODAY = date(2026, 11, 23)
NOVEMBER, JANUARY = date(2026, 11, 27), date(2027, 1, 11)


@pytest.mark.parametrize(
    ("today", "text", "iso"),
    [
        (NOVEMBER, "1 янв", "2027-01-01"),
        (NOVEMBER, "10.01", "2027-01-10"),
        (NOVEMBER, "10.01.26", "2026-01-10"),
        (NOVEMBER, "1 марта", "2026-03-01"),
        (JANUARY, "28.12", "2026-12-28"),
        (JANUARY, "28.12.2027", "2027-12-28"),
        (JANUARY, "1 июля", "2027-07-01"),
        (date(2029, 1, 1), "29.12", "2028-12-29"),
    ],
)
def test_a_day_without_a_year_is_never_far_from_today_around_new_year(today: date, text: str, iso: str) -> None:
    assert (find_date(text, today), find_moment(f"{text} в 10", today)) == (iso, f"{iso}T10:00")


def test_a_period_without_years_is_within_this_year() -> None:
    assert read_period("01.01 – 31.03", NOVEMBER) == ("2026-01-01", "2026-03-31")
    assert read_period("с 1 января", NOVEMBER) == ("2026-01-01", "")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("12.03.2026 14:05", "2026-03-12T14:05"),
        ("2026-03-12T14:05", "2026-03-12T14:05"),
        ("2026-03-12 14:05:59", "2026-03-12T14:05"),
        ("12.03, 9:00", "2026-03-12T09:00"),
        ("завтра 9:00", "2026-11-24T09:00"),
        ("завтра в 9", "2026-11-24T09:00"),
        ("завтра в 9 утра", "2026-11-24T09:00"),
        ("10 часов утра", "2026-11-23T10:00"),
        ("в пятницу, в 3 часа дня", "2026-11-27T15:00"),
        ("в 11 дня", "2026-11-23T11:00"),
        ("12 марта 12 дня", "2026-03-12T12:00"),
        ("7:30 вечера", "2026-11-23T19:30"),
        ("в 2 ночи", "2026-11-23T02:00"),
        ("в пятницу в 14:30", "2026-11-27T14:30"),
        ("12 декабря, в 10 часов", "2026-12-12T10:00"),
        ("через неделю в 9 ч.", "2026-11-30T09:00"),
        ("в 16", "2026-11-23T16:00"),
        ("14:05", "2026-11-23T14:05"),
        ("12.03.2026", "2026-03-12T00:00"),
        ("", None),
    ],
)
def test_moments_are_read_as_people_type_them(text: str, iso: str | None) -> None:
    assert find_moment(text, TODAY) == iso


@pytest.mark.parametrize("text", ["12.03.2026 25:00", "завтра в 24", "завтра в 12 ночи", "в 3 вечера"])
def test_a_time_that_no_clock_shows_or_that_may_be_of_two_days_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="нет такого времени"):
        find_moment(text, TODAY)


def test_a_pasted_page_is_no_moment_and_does_not_keep_the_program_busy() -> None:
    with pytest.raises(Refused, match="не похоже на дату"):
        find_moment("1 " * 1_000_000, TODAY)
