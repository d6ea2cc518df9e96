"""The foot of a report of which a page shows the first rows only: how many there are, and what all of them come to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from shared.reports import Report, is_added
from shared.schema import quoted


class Foot(NamedTuple):
    rows: int
    sums: list[float | None]  # by columns; [] when there is nothing to add up


def footing(datasette: Any, database: str, reports: Mapping[str, Report]) -> Callable[..., Awaitable[Foot]]:  # noqa: ANN401
    """For templates, which wait for it: `await foot_of(name, columns, parameters)`."""

    async def foot_of(name: str, columns: Sequence[str], parameters: Mapping[str, str]) -> Foot:
        report = reports[name]
        summed = [column for column in columns if is_added(column)]
        counted = ", ".join(["COUNT(*)", *(f"ROUND(SUM({quoted(column)}), 2)" for column in summed)])
        sql = f"SELECT {counted} FROM ({report.sql})"
        found = await datasette.get_database(database).execute(sql, report.bound(**parameters))
        rows, *sums = found.first()
        added = dict(zip(summed, sums, strict=True))
        return Foot(rows, [added.get(column) for column in columns] if summed else [])

    return foot_of
