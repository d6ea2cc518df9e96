"""Planning an import of clients or products, one row per card. Pure."""

from __future__ import annotations

from local_app.imports.directories import Directories
from local_app.imports.known import Known
from local_app.imports.plan import Problem, Wanted
from local_app.imports.table import Table


def card_groups(kind: str, table: Table, known: Known) -> tuple[list[list[Wanted]], list[Problem]]:
    """What the file wants, and which of its rows repeat a card of an earlier row. `kind`: clients or products."""
    directories = Directories(known, table, authority=kind)
    first: dict[str, int] = {}
    repeated = []
    for index, number in enumerate(table.numbers):
        if index in table.bad:
            continue
        row = directories.client(index) if kind == "clients" else directories.product(index)
        before = first.setdefault(row, number)
        if before != number:
            repeated.append(Problem(number, "", f"то же самое уже есть в строке {before}: взято оттуда, отсюда — только недостающее"))
    return directories.groups(), repeated
