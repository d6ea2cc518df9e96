"""Slows down guessing: after a few wrong attempts under one key the next ones wait, longer each time. Memory is bounded."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from shared.change import Refused
from shared.formats import SPACE, lasting
from sync_server.access.book import Clock

FREE_ATTEMPTS = 5
FIRST_WAIT_MS = 5_000
LONGEST_WAIT_MS = 15 * 60_000
KEYS = 10_000


class Throttled(Refused):
    """Too many attempts; `seconds` says how long to wait."""

    def __init__(self, seconds: int) -> None:
        wait = f"{seconds}{SPACE}с" if seconds < 60 else lasting(-(-seconds // 60) * 60_000)
        super().__init__(f"Слишком много попыток. Подождите {wait} и попробуйте ещё раз.")
        self.seconds = seconds


class Throttle:
    """Counts attempts per key (login and address). An attempt counts as wrong until `passed` is called.

    `ticks`: milliseconds that only go on. A clock that is put right must keep nobody out for the time it was wrong by.
    """

    def __init__(self, ticks: Clock) -> None:
        self._ticks = ticks
        self._lock = Lock()
        self._attempts: OrderedDict[str, tuple[int, int]] = OrderedDict()  # key -> how many, when the next is allowed

    def check(self, key: str) -> None:
        """Count an attempt. Throttled: it comes too early, and is not looked at."""
        now = self._ticks()
        with self._lock:
            count, allowed_ms = self._attempts.get(key, (0, 0))
            if now < allowed_ms:
                raise Throttled(1 + (allowed_ms - now) // 1000)
            self._attempts[key] = (count + 1, now + _wait_ms(count + 1))
            self._attempts.move_to_end(key)
            if len(self._attempts) > KEYS:
                self._attempts.popitem(last=False)

    def passed(self, key: str) -> None:
        with self._lock:
            self._attempts.pop(key, None)


def _wait_ms(count: int) -> int:
    """5 attempts at once, then 5 s, 10 s, 20 s … 15 minutes."""
    return min(FIRST_WAIT_MS << min(count - FREE_ATTEMPTS, 20), LONGEST_WAIT_MS) if count >= FREE_ATTEMPTS else 0
