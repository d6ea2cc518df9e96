"""The usual periods of a report as links: a click instead of two dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from shared.periods import PERIODS, period_of


class Span(NamedTuple):
    label: str
    query: str  # of the report's address
    here: bool  # the one that is shown


def periods(parameters: Mapping[str, str], today: date | None = None) -> list[Span]:
    """By the clock of the server; none for a report that knows no period."""
    if "date_from" not in parameters:
        return []
    shown = (parameters["date_from"], parameters["date_to"])
    spans = [(label, period_of(key, today or date.today())) for key, label in PERIODS.items()]  # noqa: DTZ011 - the day of the office
    return [Span(label, urlencode({"date_from": since, "date_to": until}), (since, until) == shown) for label, (since, until) in spans]
