"""Folding for search: SQLite knows no case of Cyrillic letters, so text and query are brought to one plain form here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_ACCENTS = re.compile("[\u0300-\u0305\u0307-\u036f]")  # all but the breve of «й»: so «ё» becomes «е», and «é» becomes «e»
_DROPPED = re.compile("[\u00ad\u200b-\u200d\ufeff'’`´]")  # soft hyphens, zero widths and apostrophes stand inside words
_RUSSIAN = re.compile("[ -&(-_a-~А-Яа-яЁё№«»—–]*")  # no accents but those of «ё» and «й», no apostrophes
_JOINT = "\ua66e"  # a Cyrillic letter of one manuscript of the fifteenth century, which `_RUSSIAN` does not know
_LATIN, _CYRILLIC = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`{}:\"<>~", "йцукенгшщзхъфывапролджэячсмитьбюёхъжэбюё"
_KEYS = {**str.maketrans(_CYRILLIC[::-1], _LATIN[::-1]), **str.maketrans(_LATIN, _CYRILLIC)}
_RAISED = str.maketrans("²³", "23")
_TWINS = str.maketrans("abcehkmoptxy", "авсенкмортху")
_NUMBER = re.compile(r"[abcehkmoptxy]{1,3}[ -]?[0-9]+")
_BETWEEN = re.compile(r"[\W_]+")
_EXTENSION = re.compile(r"\b(?:доб|вн|внутр|ext)\b.*", re.IGNORECASE | re.DOTALL)
_PHONES = re.compile(r"[,;/\n]|\s{2,}")
_SHORTEST_PHONE = 3  # of the digits after the code of the country
_PHONE_QUERY = re.compile(r"(?:\+7|[78](?=[ (-])|[78](?=[0-9]{10}$))([-() 0-9]+)")


def fold(text: str) -> str:
    """Lower case, «ё» as «е», without accents; whatever is no letter and no digit is one space: «ООО „Алёна-М“» is «ооо алена м»."""
    if _RUSSIAN.fullmatch(text):  # nearly every text: the same answer, in a third of the time
        return _BETWEEN.sub(" ", text).strip().casefold().replace("ё", "е")
    if not text.isascii():
        text = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))
    return _BETWEEN.sub(" ", _DROPPED.sub("", text)).strip().casefold()


def fold_all(texts: Sequence[str]) -> list[str]:
    """`fold` of each of them. Many are folded as one text, with a letter between them that none of them has."""
    if not _RUSSIAN.fullmatch("".join(texts)):
        return [fold(text) for text in texts]
    return [text.strip() for text in _BETWEEN.sub(" ", _JOINT.join(texts)).casefold().replace("ё", "е").split(_JOINT)] if texts else []


def other_layout(text: str) -> str:
    """What the same keys write when the keyboard is switched: «cnhjq» is «строй»."""
    return text.casefold().translate(_KEYS)


def cyrillic_number(text: str) -> str:
    """The number of a paper whose letters came in Latin, as a client's bank writes them: they look the same; '' for any other text."""
    told = text.strip().casefold()
    return told.translate(_TWINS) if _NUMBER.fullmatch(told) else ""


def plain(text: str) -> str:
    """Folded, and «м³» as «м3»: units are compared as a keyboard writes them, «%» as itself. Ids and search hold to `fold`."""
    return fold(text).translate(_RAISED) or text.strip().casefold()


def digits(text: str) -> str:
    """Only the digits 0-9 of a text."""
    return "".join(sign for sign in text if sign in "0123456789")


def phones(text: str) -> list[str]:
    """The numbers in a phone field, digits only, Russian ones in the form 79161234567 however they were typed; extensions are left out."""
    found = (_phone(digits(_EXTENSION.sub("", part))) for part in _PHONES.split(text))
    return [number for number in found if number]


def needles(query: str) -> list[str]:
    """The pieces that a row must hold, all of them, to answer the query. A phone is one piece, without its +7 or 8.

    Other numbers are folded as text: «2026-000123» is no phone, and the parts of «916 123-45-67» all stand in its digits.
    """
    found = _PHONE_QUERY.fullmatch(query.strip())
    number = digits(found[1]) if found else ""
    return [number] if len(number) >= _SHORTEST_PHONE else fold(query).split()


def _phone(number: str) -> str:
    if len(number) == 11 and number[0] in "78":
        return f"7{number[1:]}"
    return f"7{number}" if len(number) == 10 else number
