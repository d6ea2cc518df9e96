"""What a rule about orders may ask: the rows of one order, and the reference lists of the company."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

Row = Mapping[str, Any]
"""A row of a drawn table: `id`, every field of the entity, `deleted`."""


class Office(NamedTuple):
    """The reference lists: rows that are not deleted."""

    organizations: Sequence[Row]
    statuses: Sequence[Row]
    regimes: Sequence[Row]
    rates: Sequence[Row]


class Sheet(NamedTuple):
    """One order as a rule sees it: its row, its live lines sorted by (position, id), and the products they name."""

    order: Row
    lines: Sequence[Row]
    products: Mapping[str, Row]
    office: Office


def main_organization(organizations: Iterable[Row]) -> Row | None:
    """The firm of a new order: the one marked as main, otherwise the first by name."""
    return min(organizations, key=lambda row: (not row["main"], row["name"], row["id"]), default=None)


def first_status(statuses: Iterable[Row]) -> Row | None:
    """The stage of a new order: the first one in which work goes on. One that was given no place is behind the others."""

    def place(row: Row) -> tuple[bool, bool, int, str, str]:
        return row["stage"] != "open", row["position"] is None, row["position"] or 0, row["name"], row["id"]

    return min(statuses, key=place, default=None)


def in_order(lines: Iterable[Row]) -> list[Row]:
    """Lines as they stand on the screen and on paper; equal places of two laptops fall back on the id."""
    return sorted(lines, key=lambda line: (line["position"], line["id"]))
