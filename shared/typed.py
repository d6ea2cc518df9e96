"""What is typed at a command line: letters that can be read, numbers that fit, and how much of it a complaint repeats."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from collections.abc import Sequence

from shared.formats import whole

LARGEST = 1_000_000_000
"""Of a number in a command: more than anybody has rows, days or ports, and far from what SQLite cannot take."""
LONGEST = 200
"""Signs of what was typed that a complaint repeats: a path is told whole, a text that was meant for another place is not."""
_HALF = re.compile("[\ud800-\udfff]")
"""What Python makes of a byte that is not UTF-8; no text has it."""
_LONG = re.compile(rf"(?<=«)([^»]{{{LONGEST}}})[^»]+|([^\s«»]{{{LONGEST}}})[^\s«»]+")


def unreadable(words: Sequence[str]) -> str:
    """What is wrong with a command whose bytes are not UTF-8; '' when nothing is."""
    place = next((place for place, word in enumerate(words, 1) if _HALF.search(word)), 0)
    return f"Аргумент {place} не в кодировке UTF-8. Проверьте кодировку терминала или файла команды" if place else ""


def number(text: str) -> int:
    """The whole number of an option. Raises what argparse tells of a wrong value."""
    try:
        value = int(text)
    except ValueError:
        raise ArgumentTypeError(f"«{text}» — не целое число") from None
    if abs(value) > LARGEST:
        raise ArgumentTypeError(f"«{text}» — слишком большое число, можно до {whole(LARGEST)}")
    return value


def count(text: str) -> int:
    """The same of an option that says how many: nothing is less than 0."""
    if (value := number(text)) < 0:
        raise ArgumentTypeError(f"«{text}» — отрицательное число, нужно целое от 0")
    return value


def complaint(message: str) -> str:
    """One line for stderr; of what is quoted, and of a word without an end, only the beginning."""
    return _LONG.sub(r"\1\2…", " ".join(message.split()))
