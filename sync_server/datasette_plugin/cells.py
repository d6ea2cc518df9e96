"""How a value of a report or a register looks: roubles, dates and counts as Russians write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from shared.entities import ENTITIES
from shared.entity import MICRO, Kind
from shared.formats import DASH, MONTHS, day, moment, money, quantity, share, whole
from shared.reports import is_added, is_money
from shared.schema import TOTAL_LABELS

ROUBLES = frozenset(TOTAL_LABELS.values()) | {
    field.label for entity in ENTITIES.values() for field in entity.fields if field.kind in (Kind.MONEY, Kind.PRICE)
}
KEY = "Код"
CODED = frozenset(entity.plural for entity in ENTITIES.values() if entity.field("code"))
"""Registers where «Код» is a field of people and not the key of the row."""
LETTERS = {
    entity.plural: frozenset({field.label})
    for entity in ENTITIES.values()
    if (field := entity.field(entity.order_by)) and field.kind is Kind.TEXT and not field.listed
}
"""Letters that only keep rows in their order: «V00V»."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
NOMINATIVE = {"марта": "март", "мая": "май", "августа": "август"}


def shown(column: str, value: object) -> str | None:
    """What a cell shows; None leaves it as it is."""
    if isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool)):
        return amount(column, value)
    if isinstance(value, str):
        return calendar(column, value)
    return None


def amount(column: str, value: float) -> str:
    """Roubles with kopecks (none are a dash), percents and quantities with what they have, counts with groups of three."""
    if in_roubles(column):
        return money(round(value * 100), "") if value else DASH
    if column.endswith("%"):
        return share(round(value * MICRO))
    return whole(value) if isinstance(value, int) else quantity(round(value * MICRO))


def in_roubles(column: str) -> bool:
    return is_money(column) or column in ROUBLES


def moment_of(value: str) -> datetime | None:
    """The day or the moment that a text of the store is; None for any other."""
    if not (DAY.fullmatch(value) or MOMENT.fullmatch(value)):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def calendar(column: str, value: str) -> str | None:
    if DAY.fullmatch(value):
        return day(value)
    if MOMENT.fullmatch(value):
        return moment(value)
    if column == "Месяц" and MONTH.fullmatch(value):
        return f"{month(int(value[5:]))} {value[:4]}"
    return None


def keys_of(register: str) -> frozenset[str]:
    """Columns that only programs need: they stand in JSON and CSV, people do not see them."""
    keys = frozenset() if register in CODED else frozenset({KEY})
    return keys | LETTERS.get(register, frozenset())


def month(number: int) -> str:
    """«ноябрь»."""
    name = MONTHS[number - 1]
    return NOMINATIVE.get(name, name[:-1] + "ь")


def is_number(value: object) -> bool:
    return isinstance(value, int | float)


def totals(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> list[float | None]:
    """The sum of every column that is added up, None under the others; [] when there is nothing to add up."""
    listed = list(rows)
    added = [sum_of(place, listed) if is_added(name) else None for place, name in enumerate(columns)]
    return added if len(listed) > 1 and any(each is not None for each in added) else []


def sum_of(place: int, rows: list[Sequence[object]]) -> float:
    values = (row[place] for row in rows)
    return round(sum(value for value in values if isinstance(value, int | float)), 2)
