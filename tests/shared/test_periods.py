"""Periods as people name them."""

from datetime import date

import pytest

from shared.change import Refused
from shared.periods import PERIODS, period_label, period_of, read_period

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("", "", ""),
        ("today", "2026-11-23", "2026-11-23"),
        ("week", "2026-11-23", "2026-11-29"),
        ("month", "2026-11-01", "2026-11-30"),
        ("last_month", "2026-10-01", "2026-10-31"),
        ("quarter", "2026-10-01", "2026-12-31"),
        ("last_quarter", "2026-07-01", "2026-09-30"),
        ("year", "2026-01-01", "2026-12-31"),
        ("last_year", "2025-01-01", "2025-12-31"),
    ],
)
def test_a_named_period_has_both_its_days(key: str, first: str, last: str) -> None:
    assert period_of(key, TODAY) == (first, last)
    assert period_label(first, last, TODAY) == PERIODS[key]


def test_the_last_quarter_of_winter_is_autumn() -> None:
    assert period_of("last_quarter", date(2026, 3, 31)) == ("2025-10-01", "2025-12-31")


def test_the_last_month_of_january_is_december() -> None:
    assert period_of("last_month", date(2026, 1, 31)) == ("2025-12-01", "2025-12-31")


@pytest.mark.parametrize(
    ("since", "until", "label"),
    [("2026-03-01", "2026-03-05", "01.03.2026 – 05.03.2026"), ("2026-03-01", "", "с 01.03.2026"), ("", "2026-03-05", "по 05.03.2026")],
)
def test_any_other_period_is_called_by_its_days(since: str, until: str, label: str) -> None:
    assert period_label(since, until, TODAY) == label


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("01.03.2026 – 15.03.2026", "2026-03-01", "2026-03-15"),
        ("1.3.26-15.3.26", "2026-03-01", "2026-03-15"),
        ("01.03.2026-15.03.2026", "2026-03-01", "2026-03-15"),
        ("01.03 - 15.03", "2026-03-01", "2026-03-15"),
        ("2026-03-01 - 2026-03-15", "2026-03-01", "2026-03-15"),
        ("с 1 марта по 15 марта", "2026-03-01", "2026-03-15"),
        ("вчера – сегодня", "2026-11-22", "2026-11-23"),
        ("15.03.2026", "2026-03-15", "2026-03-15"),
        ("С 15.03.2026", "2026-03-15", ""),
        ("по 15.03.2026", "", "2026-03-15"),
        ("", "", ""),
    ],
)
def test_a_period_may_be_typed(text: str, since: str, until: str) -> None:
    assert read_period(text, TODAY) == (since, until)


@pytest.mark.parametrize("text", ["15.03.2026 – 01.03.2026", "31.02.2026 – 15.03.2026", "март", "01.01 – 02.01 – 03.01"])
def test_what_is_no_period_is_told(text: str) -> None:
    with pytest.raises(Refused):
        read_period(text, TODAY)
