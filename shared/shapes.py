"""The shape a value of each kind may have: the gate that the wire, the imports and the forms pass alike. Fast, for every cell of a sync."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from shared.change import Change, Edit
from shared.entity import MICRO, NUMERIC, Field, Kind, Value

LARGEST: Mapping[Kind, int] = {
    Kind.MONEY: 10**15,  # 10 trillion roubles
    Kind.PRICE: 10**15,  # a billion roubles
    Kind.QUANTITY: 10**14,  # a hundred million units
    Kind.PERCENT: 100 * MICRO,
    Kind.INTEGER: 10**15,
}
"""Bounds in the units of the log, all below 2^53, so that a screen's JavaScript shows every value exactly."""

LONGEST: Mapping[Kind, int] = {
    Kind.TEXT: 2_000,
    Kind.NOTE: 1_000_000,  # a document template with its pictures inside
    Kind.PHONE: 200,
    Kind.EMAIL: 500,
    Kind.LINK: 4_000,
    Kind.CHOICE: 64,
    Kind.DATA: 4_000_000,  # facts of a document with thousands of lines
}
"""Characters a text of each kind may have."""

ONE_LINE = frozenset({Kind.TEXT, Kind.PHONE, Kind.EMAIL, Kind.LINK})
WHOLE = frozenset({int, type(None)})
PLAIN = frozenset({str, int, type(None)})
"""Types whose equal values are alike: 1, 1.0 and True are equal, and only one of them is a number of ours."""

ROW_ID = re.compile(r"[0-9A-Za-z_.:-]{1,64}")
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
"""What one line of text may not hold: control characters break a spreadsheet, half a character breaks UTF-8."""
CONTROL_IN_NOTE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

_KEY = re.compile(r"[0-9A-Za-z_.:-]*")
_IDS = re.compile(rf"(?:{ROW_ID.pattern}\n)*+")  # of a whole column, a line each
_KEYS = re.compile(r"(?:[0-9A-Za-z_.:-]{0,64}\n)*+")
_ISO_DATE = re.compile(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]")
_ISO_TIME = re.compile(r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]")


def one_line(text: str, longest: int = 100) -> str:
    """A name that another computer tells, for people to read: one bounded line without what cannot be printed."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:longest].rstrip()


def check(field: Field, value: Value) -> str | None:
    """What is wrong with the shape of a value, in Russian, or None. What it means is the business of the rules.

    A choice may hold a key that only a newer program knows, and a required field may be blank: the log keeps both.
    """
    return CHECKS[field.kind](field.kind, value)


def check_column(field: Field, values: Sequence[Value]) -> str | None:
    """What `check` says about the first wrong one of many values of a field, or None; a column without a fault costs a glance."""
    kinds = set(map(type, values))
    if field.kind in NUMERIC and kinds <= WHOLE:
        found = [value for value in values if value is not None]
        if not found or (-LARGEST[field.kind] <= min(found) and max(found) <= LARGEST[field.kind]):  # type: ignore[operator]
            return None
    if not kinds <= PLAIN:
        return next((wrong for value in values if (wrong := check(field, value))), None)
    distinct = set(values)
    if AT_A_GLANCE[field.kind](distinct):
        return None
    return next((wrong for value in distinct if (wrong := check(field, value))), None)


class Columns(NamedTuple):
    """Patches of one entity that write the same fields in the same order."""

    entity: str
    indexes: list[int]  # of the patches, among all
    values: dict[str, tuple[Value, ...]]  # by field


class Patches(list[Mapping[str, Any]]):
    """The patches of many edits, and the same by columns, because columns repeat themselves: to look at them, and to write them."""

    def __init__(self, written: Sequence[Edit | Change], patches: Iterable[Mapping[str, Any]]) -> None:
        super().__init__(patches)
        self.written = written

    def of(self, indexes: Iterable[int]) -> Patches:
        """Some of them."""
        some = list(indexes)
        return Patches([self.written[index] for index in some], [self[index] for index in some])

    @cached_property
    def columns(self) -> list[Columns]:
        """Made once, from all of them."""
        found: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
        for index, (entity, patch) in enumerate(zip([each.entity for each in self.written], self, strict=True)):
            found[entity, tuple(patch)].append(index)
        return [
            Columns(entity, indexes, dict(zip(fields, columns(map(self.__getitem__, indexes)), strict=True)))
            for (entity, fields), indexes in found.items()
        ]


def columns(patches: Iterable[Mapping[str, Value]]) -> Iterator[tuple[Value, ...]]:
    """The values of patches that write the same fields in the same order, field by field."""
    return zip(*[patch.values() for patch in patches], strict=True)


def are_ids(texts: Collection[str]) -> bool:
    """Whether all are ids of rows, found out in one look."""
    return _all_match(_IDS, texts)


def _all_match(pattern: re.Pattern[str], texts: Collection[str]) -> bool:
    """`pattern` is of many lines: a text that holds a line break must not pass as two."""
    joined = "".join([f"{text}\n" for text in texts])
    return joined.count("\n") == len(texts) and pattern.fullmatch(joined) is not None


def _unknown(_: set[Value]) -> bool:
    """Numbers, dates and flags repeat themselves: one by one is as quick."""
    return False


def _are_references(values: set[Value]) -> bool:
    texts = values - {None}
    return all(type(text) is str for text in texts) and are_ids(texts)  # type: ignore[arg-type]


def _are_choices(values: set[Value]) -> bool:
    return all(type(text) is str for text in values) and _all_match(_KEYS, values)  # type: ignore[arg-type]


def _are_notes(values: set[Value]) -> bool:
    if not all(type(text) is str for text in values):
        return False
    joined = "".join(values)  # type: ignore[arg-type]
    return max(map(len, values), default=0) <= LONGEST[Kind.NOTE] and not CONTROL_IN_NOTE.search(joined)  # type: ignore[arg-type]


def _are_lines(values: set[Value]) -> bool:
    """A phone is the shortest of these kinds; longer texts are looked at one by one."""
    return all(type(text) is str for text in values) and is_plain_text(values, LONGEST[Kind.PHONE])  # type: ignore[arg-type]


def is_plain_text(texts: Collection[str], longest: int) -> bool:
    """Whether texts are short enough and printable throughout."""
    return max(map(len, texts), default=0) <= longest and "".join(texts).isprintable()


def _text(kind: Kind, value: Value) -> str | None:
    if type(value) is not str:
        return "Здесь должен быть текст"
    if len(value) > LONGEST[kind]:
        return f"Слишком длинный текст: знаков {len(value)}, а помещается {LONGEST[kind]}. Сократите его"
    if not value.isprintable() and CONTROL.search(value):
        return "В тексте есть перенос строки или служебный знак. Уберите его"
    return None


def _note(kind: Kind, value: Value) -> str | None:
    if type(value) is not str:
        return "Здесь должен быть текст"
    if len(value) > LONGEST[kind]:
        return f"Слишком длинный текст: знаков {len(value)}, а помещается {LONGEST[kind]}. Сократите его"
    return "В тексте есть служебный знак. Уберите его" if CONTROL_IN_NOTE.search(value) else None


def _choice(kind: Kind, value: Value) -> str | None:
    if type(value) is str and len(value) <= LONGEST[kind] and _KEY.fullmatch(value):
        return None
    return "Выберите значение из списка"


def _number(kind: Kind, value: Value) -> str | None:
    if value is None:
        return None
    if type(value) is not int:  # a bool is an int to isinstance
        return "Здесь должно быть число"
    if -LARGEST[kind] <= value <= LARGEST[kind]:
        return None
    if kind is Kind.PERCENT:
        return "Процент должен быть от −100 до 100. Проверьте число"
    return "Слишком большое число. Проверьте, нет ли лишних цифр"


def _flag(_: Kind, value: Value) -> str | None:
    return None if type(value) is int and value in (0, 1) else "Здесь должно быть «да» или «нет»"


def _date(_: Kind, value: Value) -> str | None:
    if value is None or (type(value) is str and _is_date(value)):
        return None
    return "Здесь должна быть дата, например 12.03.2026"


def _moment(_: Kind, value: Value) -> str | None:
    if value is None or (type(value) is str and _ISO_TIME.fullmatch(value[10:]) and _is_date(value[:10])):
        return None
    return "Здесь должны быть дата и время, например 12.03.2026 14:05"


def _reference(_: Kind, value: Value) -> str | None:
    if value is None or (type(value) is str and ROW_ID.fullmatch(value)):
        return None
    return "Здесь должна быть ссылка на запись. Выберите её из списка"


def _is_date(text: str) -> bool:
    if not _ISO_DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


Checker = Callable[[Kind, Value], str | None]
CHECKS: Mapping[Kind, Checker] = {
    Kind.TEXT: _text,
    Kind.NOTE: _note,
    Kind.PHONE: _text,
    Kind.EMAIL: _text,
    Kind.LINK: _text,
    Kind.MONEY: _number,
    Kind.PRICE: _number,
    Kind.QUANTITY: _number,
    Kind.PERCENT: _number,
    Kind.INTEGER: _number,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
    Kind.REFERENCE: _reference,
    Kind.DATA: _note,
}
AT_A_GLANCE: Mapping[Kind, Callable[[set[Value]], bool]] = {
    **dict.fromkeys(Kind, _unknown),
    **dict.fromkeys(ONE_LINE, _are_lines),
    Kind.NOTE: _are_notes,
    Kind.CHOICE: _are_choices,
    Kind.REFERENCE: _are_references,
}
"""True when all distinct values of a column are right, found out in one look; False is no answer."""
