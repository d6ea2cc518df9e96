"""Which VAT stands in a line: the regime of our organization and the rate of the product on the day of shipment (НК РФ, ст. 145, 164)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from shared.entity import MICRO
from shared.money import VatMode
from shared.rules.office import Row

GENERAL, EXEMPT = "general", "simplified"
"""Keys of `REGIMES`: ОСНО, and УСН that pays no VAT."""
SPECIAL: Mapping[str, int] = {"simplified_5": 5 * MICRO, "simplified_7": 7 * MICRO}


def regime_on(regimes: Iterable[Row], organization_id: str | None, day: str) -> str:
    """How the organization is taxed on a day ('YYYY-MM-DD'); 'general' when nobody wrote it down."""
    since = [row for row in regimes if row["organization_id"] == organization_id and (row["since"] or "") <= day]
    latest = max(since, key=lambda row: (row["since"] or "", row["id"]), default=None)
    return str(latest["regime"]) if latest else GENERAL


def usual_mode(regime: str) -> str:
    """The VAT mode of a new order: «Без НДС» for the exempt, «НДС в сумме» for all others."""
    return VatMode.NONE.value if regime == EXEMPT else VatMode.INCLUDED.value


def percent_of(rate_id: str | None, rates: Sequence[Row], regime: str, day: str) -> int | None:
    """VAT of a product with this rate, in millionths of a percent; None is «Без НДС».

    «Без НДС» and 0 % of the product itself stand under every regime that pays VAT; a special rate of the simplified regime
    takes the place of all others; a product that names no rate has the main one.
    """
    if regime == EXEMPT:
        return None
    own = next((rate for rate in rates if rate["id"] == rate_id), None)
    if own is not None and not own["percent"]:
        return _percent(own)
    if regime in SPECIAL:
        return SPECIAL[regime]
    return _percent(rate_on(rates, own, day)) if own else main_percent(rates, day)


def main_percent(rates: Iterable[Row], day: str) -> int | None:
    """The highest rate that is valid on the day, in millionths of a percent."""
    return max((rate["percent"] for rate in rates if rate["percent"] is not None and _valid(rate, day)), default=None)


def rate_on(rates: Sequence[Row], rate: Row, day: str) -> Row:
    """The rate that stands in the place of `rate` on the day: 20 % became 22 % on 2026-01-01. Without a successor it stays."""
    passed: set[str] = set()
    found = rate
    while not _valid(found, day):
        passed.add(found["id"])
        following = [row for row in rates if row["id"] not in passed and _follows(found, row, day)]
        if not following:
            return rate
        found = min(following, key=lambda row: (abs((row["percent"] or 0) - (found["percent"] or 0)), row["id"]))
    return found


def _valid(rate: Row, day: str) -> bool:
    return bool((rate["valid_from"] or "") <= day <= (rate["valid_to"] or "9999"))


def _follows(rate: Row, other: Row, day: str) -> bool:
    """Does `other` begin the day after `rate` ends, or end the day before it begins, on the way to `day`?"""
    if rate["percent"] is None or other["percent"] is None:
        return False
    if rate["valid_to"] and day > rate["valid_to"]:
        return bool(other["valid_from"] == _shifted(rate["valid_to"], 1))
    return bool(other["valid_to"] == _shifted(rate["valid_from"], -1))


def _shifted(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _percent(rate: Row) -> int | None:
    percent = rate["percent"]
    return int(percent) if percent is not None else None
