"""What becomes of the rest when rows are deleted (some shows them as before, some goes from sight with them), and the way back."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from shared.change import Edit
from shared.entity import Catalogue
from shared.formats import whole
from shared.rules.merging import pointing_fields
from shared.schema import alive
from shared.store import Store

NOT_TOLD = frozenset({"distinct_pairs"})
"""Nobody looks at them beside the two rows themselves."""


def brought_back(store: Store, entity: str, row: str) -> Edit:
    """What brings a deleted row back. One that was merged away stands for itself again: deleted once more it has no heir."""
    merged = store.catalogue[entity].field("merged_into") and (store.row(entity, row) or {}).get("merged_into")
    return Edit(entity, row, {"deleted": 0, "merged_into": ""} if merged else {"deleted": 0})


def told(store: Store, entity: str, rows: Collection[str]) -> str:
    """«. По-прежнему показывают эту запись: заказы (12). Скрыты вместе с ней: документы (2)», or ''; asked before the deletion."""
    stay, go = (", ".join(counted(store, entity, rows, owned=owned)) for owned in (False, True))
    these, them, named = ("эту запись", "ней", "этой записью") if len(rows) == 1 else ("эти записи", "ними", "этими записями")
    with_them = them if stay else named
    return (f". По-прежнему показывают {these}: {stay}" if stay else "") + (f". Скрыты вместе с {with_them}: {go}" if go else "")


def counted(store: Store, entity: str, rows: Collection[str], *, owned: bool) -> Iterator[str]:
    """«заказы (12)»: living rows that refer to one of these, and belong to it or (not `owned`) do not."""
    for name, fields in holders(store.catalogue, entity, owned=owned).items():
        among = " OR ".join(f"t.{field} IN (SELECT value FROM json_each(?1))" for field in fields)
        filled = " AND t.value <> ''" if name == "custom_values" else ""
        sql = f"SELECT count(*) FROM {name} t WHERE ({among}){filled} AND {alive(store.catalogue, store.catalogue[name])}"
        if count := int(store.one(sql, (json.dumps(list(rows)),))):
            label = store.catalogue[name].plural
            yield f"{label[0].lower()}{label[1:]}\N{NO-BREAK SPACE}({whole(count)})"


def holders(catalogue: Catalogue, entity: str, *, owned: bool) -> dict[str, list[str]]:
    """The fields that refer to such rows, by entity. Values of a custom field have no other place to be seen in: they go with it."""
    if entity == "custom_fields":
        return {"custom_values": ["field_id"]} if owned else {}
    names: dict[str, list[str]] = {}
    for holder, field in pointing_fields(catalogue, entity):
        if field.owner is owned and holder.name not in NOT_TOLD:
            names.setdefault(holder.name, []).append(field.name)
    return names
