"""Duplicates: the normal form of what makes two clients or two products one, because two laptops may create the same one offline."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from shared.entity import Value
from shared.fold import fold, phones

Row = Mapping[str, Value]

_FORMS_IN_FULL = re.compile(
    r"\b(?:(?:непубличное|публичное|открытое|закрытое) )?акционерное общество\b"
    r"|\bобщество с ограниченной ответственностью\b|\bиндивидуальный предприниматель\b"
)
_FORMS = frozenset({
    "ооо", "оао", "зао", "пао", "нао", "ао", "ип", "пбоюл", "гуп", "муп", "фгуп", "ано", "нко", "тоо", "llc", "ltd", "inc", "gmbh",
})  # fmt: skip
_CYRILLIC, _LATIN = "авекмнорстух", "abekmhopctyx"
_LATIN_TWINS, _CYRILLIC_TWINS = str.maketrans(_CYRILLIC, _LATIN), str.maketrans(_LATIN, _CYRILLIC)
_SHORTEST_PHONE = 7
_WORDS = {
    "inn": "одинаковый ИНН",
    "phone": "один телефон",
    "email": "одна электронная почта",
    "name": "одинаковое название",
    "sku": "одинаковый артикул",
}


class Likely(NamedTuple):
    """Rows that seem to be one: ids in the order they came, and why, in words for the user."""

    ids: tuple[str, ...]
    reason: str


def duplicate_keys(entity_name: str, row: Row) -> set[str]:
    """The keys of a row, as «phone:79161234567». Rows without a common key are no duplicates; those with one are candidates."""
    make = _KEYS.get(entity_name)
    return make(row) if make else set()


def likely_same(entity_name: str, rows: Iterable[Row]) -> list[Likely]:
    """Groups of rows (each with its `id`) that seem to be one. Branches of a firm, with one ИНН and different КПП, are not."""
    candidates: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for key in sorted(duplicate_keys(entity_name, row)):
            candidates[key].append(row)
    reasons: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for key, sharing in candidates.items():
        if len(sharing) < 2:
            continue
        for group in _compatible(entity_name, sharing):
            reasons[group].append(_WORDS[key.partition(":")[0]])
    return [Likely(ids, ", ".join(dict.fromkeys(words))) for ids, words in reasons.items()]


def plain_name(text: str) -> str:
    """A firm's name without its legal form, quotes, spaces and «ё»: «ООО „Алёна-М“» and «Алена М, ооо» are «аленам»."""
    return "".join(map(one_alphabet, name_words(text)))


def name_words(text: str) -> list[str]:
    """The folded words of a firm's name without its legal form, in whichever letters that was typed."""
    return [word for word in _FORMS_IN_FULL.sub(" ", fold(text)).split() if not {word, word.translate(_CYRILLIC_TWINS)} & _FORMS]


def one_alphabet(word: str) -> str:
    """A folded word in which Latin letters stand among Cyrillic ones, as a keyboard that was not switched leaves them: all Cyrillic."""
    return word.translate(_CYRILLIC_TWINS) if not word.isascii() else word


def plain_sku(text: str) -> str:
    """An article number without signs and case; Cyrillic letters that look like Latin ones become Latin."""
    return fold(text).replace(" ", "").translate(_LATIN_TWINS)


def sku_spellings(text: str) -> list[str]:
    """How an article number may stand elsewhere: with look-alikes of one alphabet only, and without the signs between its parts."""
    folded = fold(text)
    scripts = (folded, folded.translate(_LATIN_TWINS), folded.translate(_CYRILLIC_TWINS))
    return list(dict.fromkeys(spelling for script in scripts for spelling in (script, script.replace(" ", ""))))


def _compatible(entity_name: str, sharing: list[Row]) -> list[tuple[str, ...]]:
    """Split rows that share a key into groups without a contradiction: each joins the first group it agrees with."""
    groups: list[tuple[list[str], list[str]]] = []
    for row in sharing:
        marks = _marks(entity_name, row)
        home = next((group for group in groups if not any(map(_disagree, group[0], marks))), None)
        if home is None:
            groups.append((marks, [str(row["id"])]))
        else:
            home[0][:] = [known or mark for known, mark in zip(home[0], marks, strict=True)]
            home[1].append(str(row["id"]))
    return [tuple(ids) for _, ids in groups if len(ids) > 1]


def _marks(entity_name: str, row: Row) -> list[str]:
    """The numbers that tell two rows apart, whatever else they share; a blank one tells nothing."""
    if entity_name == "products":
        return [plain_sku(_text(row, "sku"))]
    return [_text(row, "inn"), _text(row, "kpp")]


def _disagree(one: str, other: str) -> bool:
    return bool(one and other and one != other)


def _client_keys(row: Row) -> set[str]:
    found = {f"phone:{number}" for number in phones(_text(row, "phone")) if len(number) >= _SHORTEST_PHONE}
    found |= {f"email:{address}" for address in re.split(r"[,;\s]+", _text(row, "email").casefold()) if address}
    return found | _keys(inn=_text(row, "inn"), name=plain_name(_text(row, "name")))


def _product_keys(row: Row) -> set[str]:
    return _keys(sku=plain_sku(_text(row, "sku")), name="".join(map(one_alphabet, fold(_text(row, "name")).split())))


def _keys(**parts: str) -> set[str]:
    return {f"{name}:{part}" for name, part in parts.items() if part}


def _text(row: Row, field: str) -> str:
    value = row.get(field)
    return value.strip() if isinstance(value, str) else ""


_KEYS: Mapping[str, Callable[[Row], set[str]]] = {"clients": _client_keys, "products": _product_keys}
