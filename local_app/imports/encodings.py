"""Bytes of a text table to its text: which encoding, which delimiter. Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from contextlib import suppress

from shared.change import Refused

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_RUSSIAN = ("cp1251", "cp866", "koi8-r")
_COMMON = frozenset("оеаинтсрвлкмдпуяыь")
_RARE_PLACES = re.compile(r"[А-ЯЁ][а-яё]+|[а-яё]+|[А-ЯЁ]+")
_DELIMITERS = ";,\t|"
_DECIMAL = re.compile(r"(?<=[0-9]),(?=[0-9])")
"""Between two digits a comma parts nothing as long as another sign could be the delimiter: «1 234,50»."""
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_RUSSIAN_UTF8 = re.compile(rb"[\xd0\xd1][\x80-\xbf]" * 3)
"""Three Russian letters in UTF-8. No code page has a word of these bytes; two of them, «В»», happen."""
_SAMPLE = 200_000  # bytes that are enough to tell an encoding
_LINES = 30


def decode(content: bytes, encoding: str = "") -> tuple[str, str]:
    """The text and the name of its encoding; the encoding is found out when none is given. Refused when it does not fit."""
    chosen = encoding or encoding_of(content)
    if not encoding and (mixed := two_encodings(content)):
        raise Refused(mixed)
    try:
        return content.decode(chosen).removeprefix("\ufeff"), chosen
    except LookupError:
        raise Refused(f"Кодировка «{encoding}» неизвестна. Бывают: utf-8, cp1251, cp866") from None
    except UnicodeDecodeError:
        raise Refused(f"Файл не читается в кодировке {chosen}. Укажите другую: utf-8, cp1251 или cp866") from None


def encoding_of(content: bytes) -> str:
    """A mark at the start, else UTF-8 when it fits, else the Russian code page whose words look Russian, else a guess."""
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    if marked:
        return marked
    if _is_utf8(content):
        return "utf-8"
    sample = content[:_SAMPLE]
    best = max(_RUSSIAN, key=lambda name: russian_share(sample.decode(name, "replace")))
    if russian_share(sample.decode(best, "replace")) > 0.5:
        return best
    return _guess(sample)


def two_encodings(content: bytes) -> str:
    """Words about a file that was put together from two, or ''. A guess would load one half of it as «РћРћРћ», without a word."""
    found = None if content.startswith(_WIDE) else _RUSSIAN_UTF8.search(content)
    if found is None:
        return ""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        russian, other = (content.count(b"\n", 0, place) + 1 for place in (found.start(), error.start))
        where = f"строка {russian} — в utf-8, строка {other} — нет"
        return f"Файл в двух кодировках: {where}. Сохраните его в одной, например из Excel как «CSV UTF-8»"
    return ""


def russian_share(text: str) -> float:
    """The share of the foreign letters of a text that stand in Russian-looking words, weighed by how common the letters are."""
    foreign = sum(letter > "\x7f" for letter in text)
    if not foreign:
        return 0.0
    words = re.findall(r"\w+", text)
    good = sum(len(word) for word in words if _RARE_PLACES.fullmatch(word))
    common = sum(letter in _COMMON for letter in text.lower())
    return (good + common) / (2 * foreign)


def delimiter_of(text: str) -> str:
    """The delimiter that cuts most of the first lines into the most columns; a report has titles above its table."""
    lines = [line for line in text.splitlines()[:_LINES] if line.strip()]
    return max(_DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _evenness(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    told = [_DECIMAL.sub("", line) for line in lines] if delimiter == "," else lines
    widths: list[int] = []
    with suppress(csv.Error):  # a cell that is too long: whoever reads the table says so
        widths.extend(len(row) for row in csv.reader(told, delimiter=delimiter) if row)
    wide = [width for width in widths if width > 1]
    if not wide:
        return 0.0, 0
    usual = max(wide, key=wide.count)
    return wide.count(usual) / len(widths), usual


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(sample: bytes) -> str:
    from charset_normalizer import from_bytes  # 30 ms, and only foreign files need it

    found = from_bytes(sample).best()
    return found.encoding if found else "cp1251"
