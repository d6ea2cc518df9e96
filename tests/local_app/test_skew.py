"""A clock that is wrong: found by the hub's `Date`, told in plain words, and nothing is kept back by it."""

from __future__ import annotations

import pytest

from local_app import skew

NOON_MS = 1_790_000_000_000
DATE = "Mon, 21 Sep 2026 14:13:20 GMT"
MINUTE = 60_000


@pytest.mark.parametrize(
    ("sent", "received", "off"),
    [
        (0, 100, 0),
        (-1, 999, 0),
        (-10 * MINUTE, 10 * MINUTE, 0),
        (-20 * MINUTE, -10 * MINUTE, -10 * MINUTE),
        (10 * MINUTE, 20 * MINUTE, 10 * MINUTE - 999),
        (999, 2000, 0),
    ],
    ids=["the same", "within its second", "a slow line", "behind", "ahead", "parts of a second"],
)
def test_a_clock_is_wrong_by_what_no_delay_explains(sent: int, received: int, off: int) -> None:
    assert skew.off_ms(NOON_MS + sent, NOON_MS + received, DATE) == off


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Sep 2026 14:13:20 GMT", "Mon, 21 Sep 2026 14:13:20 -0000"])
def test_an_answer_without_a_date_says_nothing(date: str) -> None:
    assert skew.off_ms(0, 0, date) == 0


def test_it_is_told_from_five_minutes_on() -> None:
    assert skew.words(5 * MINUTE) == skew.words(-5 * MINUTE) == skew.words(0) == ""
    behind, ahead = (skew.words(off).replace("\N{NO-BREAK SPACE}", " ") for off in (-130 * MINUTE, 6 * MINUTE))
    assert behind.startswith("Часы этого компьютера отстают на 2 ч 10 мин от часов сервера. Проверьте дату и время: ")
    assert ahead.startswith("Часы этого компьютера спешат на 6 мин по сравнению с часами сервера. Проверьте дату и время: ")
