"""A report as a table for a file: roubles and percents as exact numbers, days as dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from local_app.exports.entities import Cell, Table
from shared.entity import Kind


def report_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """All rows of an answer; at least one."""
    headers = list(rows[0])
    return Table(headers, ([cell(value) for value in row.values()] for row in rows), len(rows), [kind(name, rows) for name in headers])


def kind(name: str, rows: Sequence[Mapping[str, Any]]) -> Kind:
    """How wide a column is and how its numbers look."""
    if name.endswith("₽"):
        return Kind.MONEY
    if any(isinstance(row[name], int | float) for row in rows):
        return Kind.QUANTITY
    return Kind.DATE if any(isinstance(cell(row[name]), date) for row in rows) else Kind.TEXT


def cell(value: object) -> Cell:
    """SQLite's numbers are doubles: the shortest spelling of one is the decimal that was meant."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, str) and len(value) == len("2026-03-12"):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value if isinstance(value, int) or value is None else str(value)
