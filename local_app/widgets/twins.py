"""Rows that seem to be the same as the open one: two laptops can create one client offline, so the card looks all the time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from local_app.repeats import candidates, told_apart
from local_app.widgets.fields import name_of
from shared.entity import Value
from shared.rules.duplicates import likely_same
from shared.store import Store


class Twin(NamedTuple):
    """A row that seems to be the same, and why."""

    row: str
    title: str
    reason: str


def twins_of(store: Store, entity: str, row: Mapping[str, Value]) -> list[Twin]:
    """Living rows that share a number, an address or a name with this one; the rule says which of them count.

    A deleted row has none: one that was merged would look like the row that it was merged into.
    """
    if entity not in ("clients", "products") or not row.get("id") or row.get("deleted"):
        return []
    found = [likely for likely in likely_same(entity, [*candidates(store, entity, row), row]) if row["id"] in likely.ids]
    others = {key: likely.reason for likely in found for key in likely.ids if key != row["id"]}
    apart = told_apart(store) if others else set()
    return [Twin(key, name_of(store, entity, key), why) for key, why in others.items() if frozenset((key, row["id"])) not in apart]
