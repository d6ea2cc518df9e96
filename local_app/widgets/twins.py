"""Rows that seem to be the same as the open one: two laptops can create one client offline, so the card looks all the time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from local_app.widgets.fields import name_of
from shared.entity import Value
from shared.fold import fold, phones
from shared.rules.duplicates import likely_same
from shared.schema import search_condition
from shared.store import Store

LOOKED_AT = 50
"""Candidates for each number or name; a name that more rows share tells nothing."""


class Twin(NamedTuple):
    """A row that seems to be the same, and why."""

    row: str
    title: str
    reason: str


def twins_of(store: Store, entity: str, row: Mapping[str, Value]) -> list[Twin]:
    """Living rows that share a number, an address or a name with this one; the rule says which of them count."""
    if entity not in ("clients", "products") or not row.get("id"):
        return []
    candidates = {found["id"]: found for needle in needles(entity, row) for found in holding(store, entity, needle)}
    candidates[str(row["id"])] = dict(row)
    found = [likely for likely in likely_same(entity, candidates.values()) if row["id"] in likely.ids]
    return [Twin(key, name_of(store, entity, key), likely.reason) for likely in found for key in likely.ids if key != row["id"]]


def needles(entity: str, row: Mapping[str, Value]) -> Iterator[str]:
    """What the search index can be asked for: numbers as they are, of a name its longest word."""
    texts = [str(row.get(name) or "") for name in (("inn", "email") if entity == "clients" else ("sku",))]
    yield from (text for text in texts if text.strip())
    if entity == "clients":
        yield from phones(str(row.get("phone") or ""))
    yield from sorted(fold(str(row.get("name") or "")).split(), key=len)[-1:]


def holding(store: Store, entity: str, text: str) -> list[dict[str, Value]]:
    condition, params = search_condition(entity, text, "t")
    return store.rows(f"SELECT * FROM {entity} t WHERE t.deleted = 0 AND {condition} LIMIT {LOOKED_AT}", params)
