"""Places in a list as short texts that sort as they stand: a row moves without touching its neighbours, also on two laptops at once."""

from __future__ import annotations

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""In the order of their bytes, so that SQLite, Python and JavaScript sort alike."""
_BASE = len(DIGITS)
_WIDTH = 4
_MIDDLE = _BASE // 2


def between(before: str, after: str) -> str:
    """A place after `before` and before `after`; '' is an open end. ValueError when no text fits there (equal or foreign places)."""
    _check(before)
    _check(after)
    if after and before >= after:
        raise ValueError(f"nothing lies between {before!r} and {after!r}")
    if after and before:
        return _halfway(before, after)
    if before:
        return _stepped(before, 1) or _halfway(before, "")
    if after:
        return _stepped(after, -1) or _halfway("", after)
    return _written(_BASE**_WIDTH // 2 + _MIDDLE)


def several(before: str, after: str, count: int) -> list[str]:
    """`count` places in their order, all between the two."""
    places: list[str] = []
    for _ in range(count):
        places.append(between(places[-1] if places else before, after))
    return places


def _check(place: str) -> None:
    if any(sign not in DIGITS for sign in place) or place.endswith("0"):
        raise ValueError(f"{place!r} is not a place")


def _stepped(place: str, way: int) -> str:
    """The next round place at an open end: 119,000 rows can be appended before a place grows beyond four signs."""
    number = _number(place[:_WIDTH].ljust(_WIDTH, "0"))
    step = (number // _BASE + way) * _BASE + _MIDDLE
    return _written(step) if 0 <= step < _BASE**_WIDTH else ""


def _halfway(before: str, after: str) -> str:
    """The shortest middle, digit by digit; '' as `after` is the end of everything."""
    shared = 0
    while after and shared < len(after) and (before[shared : shared + 1] or "0") == after[shared]:
        shared += 1
    if shared:
        return after[:shared] + _halfway(before[shared:], after[shared:])
    low = DIGITS.index(before[0]) if before else 0
    high = DIGITS.index(after[0]) if after else _BASE
    if high - low > 1:
        return DIGITS[(low + high) // 2]
    if len(after) > 1:
        return after[0]
    return DIGITS[low] + _halfway(before[1:], "")


def _number(place: str) -> int:
    number = 0
    for sign in place:
        number = number * _BASE + DIGITS.index(sign)
    return number


def _written(number: int) -> str:
    signs = ""
    for _ in range(_WIDTH):
        number, digit = divmod(number, _BASE)
        signs = DIGITS[digit] + signs
    return signs
