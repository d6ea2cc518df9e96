"""Numbers of orders and documents: a counter per organization, year and laptop, so that two laptops offline never give one number twice."""

from __future__ import annotations

from collections.abc import Iterable

DASH = "-"


def next_number(prefix: str, taken: Iterable[str]) -> str:
    """«ИБ-124» after «ИБ-123». `prefix` is the node prefix that the hub gave this laptop; before that numbers are bare.

    `taken` are the numbers of the same organization and year, those of deleted rows too: a number is never given again.
    Numbers of other laptops and numbers typed by hand are passed over.
    """
    head = f"{prefix}{DASH}" if prefix else ""
    counters = [counter_of(number, head) for number in taken]
    return f"{head}{max(counters, default=0) + 1}"


def counter_of(number: str, head: str) -> int:
    """The counter of a number that begins with `head`; 0 when the number is none of this laptop's."""
    counter = number.removeprefix(head) if number.startswith(head) else ""
    return int(counter) if counter.isascii() and counter.isdigit() and len(counter) <= 9 else 0
