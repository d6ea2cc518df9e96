"""What is typed into the fields of an own query: «1 000,50» is a number and «01.03.2026» a day, as in the cells. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14}|[1-9]\d{0,2}(?:[ \u00a0\u202f]\d{3}){1,4})(?:,\d{1,6}|\.\d{0,5}[1-9])?")
"""Not «007», not «1.50», not the twenty digits of an account: these are read as they stand."""
DAY = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")
OF_DATASETTE = re.compile(r"p\d+")
"""Its own conditions on a register; they know what they compare with."""


def meant(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """SQLite finds every number less than every text, so that "Всего" > :from with a text never holds.

    A column of texts takes a number for its text, so that an order is found by its number either way.
    """
    return defaultdict(str, {name: value if OF_DATASETTE.fullmatch(name) else read(value) for name, value in parameters.items()})


def read(value: Any) -> Any:  # noqa: ANN401 - whatever is to be bound
    if not isinstance(value, str):
        return value
    text = value.strip()
    if NUMBER.fullmatch(text):
        plain = re.sub(r"\s", "", text).replace(",", ".")
        return float(plain) if "." in plain else int(plain)
    return day(text) if DAY.fullmatch(text) else value


def day(text: str) -> str:
    try:
        return datetime.strptime(text, "%d.%m.%Y").date().isoformat()  # noqa: DTZ007 - a day of the calendar
    except ValueError:
        return text
