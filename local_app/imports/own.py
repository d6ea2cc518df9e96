"""The user's own fields («Дополнительные параметры») among the columns of an import, and so of the exports that come back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import count
from types import MappingProxyType

from local_app.customs import definitions, named
from local_app.imports.columns import CUSTOM, KINDS, Column, Vocabulary, shown
from local_app.imports.plan import Row
from shared.store import Store

HOMES = MappingProxyType({"order-lines": ("order_lines", "orders"), "clients": ("clients",), "products": ("products",)})
"""Kind of import -> the entities of the rows that a file makes, that of one row of it first."""
OF = MappingProxyType({"order_lines": "строки", "orders": "заказа", "clients": "клиента", "products": "товара"})


def columns_of(store: Store, kind: str) -> Vocabulary:
    """All that an import knows: what the business declares, then what the user has defined."""
    return {**KINDS[kind], **own_columns(store, kind)}


def own_columns(store: Store, kind: str) -> Vocabulary:
    """Those that the user has defined for the rows that a file makes, each by a name that nothing else has."""
    claimed = {heading for column in KINDS[kind].values() for heading in (shown(column.key), *column.headers)}
    found: dict[str, Column] = {}
    for home in HOMES[kind]:
        for custom in definitions(store, home):
            column = _column(custom, claimed)
            found[column.key] = column
            claimed.update(column.headers)
    return found


def _column(custom: Row, claimed: Collection[str]) -> Column:
    """Known by its name; by «Цена (параметр товара)» where that is a usual heading or the name of another field, as our exports head it."""
    name = " ".join(str(custom["name"]).split())
    whose = f"{name} (параметр {OF[custom['home']]})"
    free = [heading for heading in (name, whose) if shown(heading) not in claimed]
    label = free[0] if free else next(f"{whose} {number}" for number in count(2) if shown(f"{whose} {number}") not in claimed)
    return Column(
        f"{CUSTOM}{label}", label, replace(named(custom), label=label), tuple(shown(heading) for heading in free or [label]), custom=custom
    )


def grouped(columns: Vocabulary) -> dict[str, tuple[Column, ...]]:
    """Those of the user by whose they are: «Параметры заказа», «Параметры строки»."""
    found: dict[str, tuple[Column, ...]] = {}
    for column in columns.values():
        if column.custom:
            heading = f"Параметры {OF[column.custom['home']]}"
            found[heading] = (*found.get(heading, ()), column)
    return found
