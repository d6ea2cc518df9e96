"""LIKE that folds Cyrillic: «ромашка» finds «Ромашка», е finds ё. SQLite's own folds Latin letters only."""

from __future__ import annotations

import re
from functools import lru_cache

WILD = {"%": ".*", "_": "."}


def like(pattern: object, value: object) -> bool | None:
    """SQLite's `value LIKE pattern`; NULL of either gives NULL."""
    if pattern is None or value is None:
        return None
    return compiled(str(pattern)).fullmatch(plain(str(value))) is not None


@lru_cache(maxsize=64)
def compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(WILD.get(letter) or re.escape(letter) for letter in plain(pattern)), re.DOTALL)


def plain(text: str) -> str:
    """Punctuation stays: it is part of what a pattern asks for."""
    return text.casefold().replace("ё", "е")
