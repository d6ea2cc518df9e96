"""Who wrote what: the values that stand against each other in a field, and the colleague who has just changed it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple, TypedDict

from local_app import leftovers
from local_app.widgets.fields import as_typed, name_of
from shared.entity import Entity, Field, Kind, Value
from shared.formats import show
from shared.rules.orders import HALVES, both_halves
from shared.store import Conflict, Rival, Store

GONE = "Этого значения среди расхождений уже нет: кто-то написал другое. Посмотрите и выберите снова"


class Told(TypedDict):
    """One of the values of a disagreement, as field.js shows it; `change` names it when it is chosen."""

    text: str
    who: str
    change: str


class Side(NamedTuple):
    """One choice of a disagreement: what is written when it is taken, and the values that come to that."""

    patch: dict[str, Value]
    rivals: list[Rival]

    @property
    def stands(self) -> bool:
        """It is what the row says now."""
        return any(rival.winner for rival in self.rivals)


def disagreements(store: Store, row: str) -> dict[str, Conflict]:
    """The open disagreements of a row by their fields."""
    return {conflict.field: conflict for conflict in store.conflicts(row)}


def rivals(store: Store, entity: Entity, conflicts: Mapping[str, Conflict], field: str) -> list[Told]:
    """Every value of a disagreement about a field of a row with who wrote it and when; none without one."""
    conflict = conflicts.get(field)
    if conflict is None:
        return []
    return [
        {
            "text": wording(store, entity, conflicts.values(), conflict, side.rivals[0]),
            "who": "; ".join(whose(store, rival.author, rival.at_ms) for rival in side.rivals),
            "change": side.rivals[0].change,
        }
        for side in sides(store, conflicts.values(), conflict)
    ]


def sides(store: Store, conflicts: Collection[Conflict], conflict: Conflict) -> list[Side]:
    """The choices of a disagreement: values that come to the same are one. `conflicts`: those of the row."""
    found: dict[tuple[tuple[str, Value], ...], Side] = {}
    for rival in conflict.values:
        patch = chosen(store, conflicts, conflict, rival)
        found.setdefault(tuple(sorted(patch.items())), Side(patch, [])).rivals.append(rival)
    return list(found.values())


def chosen(store: Store, conflicts: Collection[Conflict], conflict: Conflict, rival: Rival) -> dict[str, Value]:
    """What is written when a value is chosen: of a discount both halves, as its author has left them; about a deletion yes or no.

    `conflicts`: those of the row.
    """
    if conflict.field == "deleted":
        return dict(leftovers.brought_back(store, conflict.entity, conflict.row).patch) if rival.winner else {"deleted": 1}
    said = {each.field: beside.value for each in conflicts if (beside := each.value_of(rival.change))}
    return both_halves({conflict.field: rival.value}, {**(store.row(conflict.entity, conflict.row) or {}), **said})


def wording(store: Store, entity: Entity, conflicts: Collection[Conflict], conflict: Conflict, rival: Rival) -> str:
    """A value of a disagreement in words: a discount whole, as a percent or as a sum, whichever was given."""
    if conflict.field not in HALVES:
        return spoken(store, entity.field(conflict.field), rival.value)
    given = chosen(store, conflicts, conflict, rival).items()
    return next((show(field, value) for name, value in given if value and (field := entity.field(name))), "")


def spoken(store: Store, field: Field | None, value: Value) -> str:
    """A value in words: the name behind a reference, the words of a choice."""
    if field is None:
        return "" if value is None else str(value)
    if field.kind is Kind.REFERENCE:
        return name_of(store, field.target, value)
    if field.kind is Kind.FLAG:
        return "да" if value else "нет"
    return (field.choices or {}).get(str(value), "") if field.kind is Kind.CHOICE else as_typed(field, value)


def whose(store: Store, author: str, at_ms: int) -> str:
    """«Петров Олег, 12.03 14:05» from an employee's id and milliseconds since 1970."""
    person = store.one("SELECT name FROM employees WHERE id = ?", (author,)) or "Без имени"
    return f"{person}, {datetime.fromtimestamp(at_ms / 1000):%d.%m %H:%M}"  # noqa: DTZ006 - the local time of the user


def last_foreign(store: Store, entity: Entity, row: str, field: str, me: str) -> str:
    """Who has changed the field last, '' when it was I."""
    moments = [moment for moment in store.history(entity.name, row) if moment.field == field]
    return whose(store, moments[-1].author, moments[-1].at_ms) if moments and moments[-1].author != me else ""
