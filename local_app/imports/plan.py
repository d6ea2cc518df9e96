"""What an import would do: the acts to be done, every problem by its row, and how much is new, changed or the same. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from shared.change import Edit
from shared.entity import Value
from shared.formats import form
from shared.rules.orders import both_halves

Row = Mapping[str, Any]
"""A row of a drawn table."""


class Problem(NamedTuple):
    """What is wrong in the file; `row` is the number that a spreadsheet shows, 0 for the whole file; `column` the header there."""

    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        if not self.row:
            return self.reason
        place = f"строка {self.row}" + (f", столбец «{self.column}»" if self.column else "")
        return f"{place}: {self.reason}"


class Wanted(NamedTuple):
    """How the import wants a row to be. `initial` counts only when the row is new; `fill` leaves what a person wrote alone.

    `there`: only if there is such a row, for where there is none nothing has to be taken away.
    """

    entity: str
    row: str
    patch: Mapping[str, Value]
    initial: Mapping[str, Value]
    fill: bool = False
    there: bool = False


class Tally(NamedTuple):
    """Rows of one entity: new, changed, the same as they are."""

    new: int = 0
    changed: int = 0
    same: int = 0


class Plan(NamedTuple):
    """The import before it is written. Each inner list of `acts` is done wholly or not at all."""

    rows: int
    acts: list[list[Edit]]
    problems: list[Problem]
    warnings: list[Problem]
    tallies: dict[str, Tally]
    net: int | None = None  # kopecks of the good order lines after their discounts; None for other tables

    @property
    def bad_rows(self) -> int:
        return len({problem.row for problem in self.problems})


Current = Callable[[str, Iterable[str]], Mapping[str, Row]]
"""The rows that exist already, by entity and ids; deleted ones too."""


def edits_of(groups: Iterable[Sequence[Wanted]], current: Current) -> tuple[list[list[Edit]], dict[str, Tally]]:
    """The acts that bring the store to what is wanted, without those that change nothing."""
    kept = list(groups)
    existing = _existing(kept, current)
    counts: dict[str, list[int]] = {}
    acts: list[list[Edit]] = []
    for group in kept:
        act: list[Edit] = []
        for wanted in group:
            row = existing.get((wanted.entity, wanted.row))
            patch = difference(wanted, row)
            counts.setdefault(wanted.entity, [0, 0, 0])[2 if not patch else 0 if row is None else 1] += 1
            if patch:
                act.append(Edit(wanted.entity, wanted.row, patch))
        if act:
            acts.append(act)
    return acts, {entity: Tally(*count) for entity, count in counts.items()}


def difference(wanted: Wanted, row: Row | None) -> Mapping[str, Value]:
    """What has to be written: everything for a new row, else only what differs; a deleted row comes back. Half a discount is none."""
    if wanted.there and (row is None or row["deleted"]):
        return {}
    if row is None:
        return both_halves({**wanted.initial, **wanted.patch}, {})
    patch = {
        name: value for name, value in wanted.patch.items() if row[name] != value and not (wanted.fill and row[name] not in ("", None))
    }
    if row["deleted"]:
        patch["deleted"] = 0
    return both_halves(patch, row)


def summary(problems: Sequence[Problem]) -> str:
    """One line for a person: how many problems, and the first of them."""
    word = form(len(problems), ("ошибка", "ошибки", "ошибок"))
    return f"в файле {len(problems)} {word}; {problems[0]}"


def _existing(groups: Iterable[Sequence[Wanted]], current: Current) -> dict[tuple[str, str], Row]:
    ids: dict[str, list[str]] = {}
    for group in groups:
        for wanted in group:
            ids.setdefault(wanted.entity, []).append(wanted.row)
    return {(entity, row): values for entity, rows in ids.items() for row, values in current(entity, rows).items()}
