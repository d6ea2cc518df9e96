"""How far this computer's clock is from the hub's, by the `Date` of an answer, and what the user is told of it."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from shared.formats import lasting

LIMIT_MS = 5 * 60_000
"""So much is not worth a word: the hub bounds what a clock that is ahead can do, and nothing is lost by one that is behind."""
WHOLE_SECOND_MS = 999
"""A `Date` has no parts of a second."""


def off_ms(sent_ms: int, received_ms: int, date: str) -> int:
    """How far a clock is ahead (behind: less than 0) of the one in a `Date`; 0 when it may be right, or is not told.

    The date was written between the question and the answer, so a slow line makes no clock wrong.
    """
    try:
        written = parsedate_to_datetime(date)
        told_ms = int(written.timestamp() * 1000) if written.tzinfo else sent_ms
    except (TypeError, ValueError, OverflowError):
        return 0
    return min(received_ms - told_ms, 0) or max(sent_ms - told_ms - WHOLE_SECOND_MS, 0)


def words(off: int) -> str:
    """For the banner and `desk status`; '' for a clock that is right enough."""
    if abs(off) <= LIMIT_MS:
        return ""
    how = f"отстают на {lasting(-off)} от часов сервера" if off < 0 else f"спешат на {lasting(off)} по сравнению с часами сервера"
    return (
        f"Часы этого компьютера {how}. Проверьте дату и время: по ним ставятся даты заказов и видно, чья правка позже. "
        "Если здесь они верны, сообщите администратору сервера"
    )
