"""Days without a year around New Year: those of the winter that it is."""

from __future__ import annotations

from datetime import date

import pytest

from shared.dates import find_date, find_moment
from shared.periods import read_period

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
