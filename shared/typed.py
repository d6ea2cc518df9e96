"""What is typed at a command line: letters that can be read, numbers that fit, and how much of it a complaint repeats."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HALF = re.compile("[\ud800-\udfff]")
"""What Python makes of a byte that is not UTF-8; no text has it."""


def unreadable(words: Sequence[str]) -> str:
    """What is wrong with a command whose bytes are not UTF-8; '' when nothing is."""
    place = next((place for place, word in enumerate(words, 1) if _HALF.search(word)), 0)
    return f"Аргумент {place} не в кодировке UTF-8. Проверьте кодировку терминала или файла команды" if place else ""
