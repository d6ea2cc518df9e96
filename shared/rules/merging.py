"""Two rows that are one: the merged values, every reference repointed, the row that is given up deleted. One act, which can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from shared.change import Edit, Refused
from shared.entity import Catalogue, Entity, Field, Kind, Value
from shared.ids import derived_id
from shared.rules.custom import OWNERS, alive, value_id

Row = Mapping[str, Value]
MERGED = ("clients", "products")
"""What can be merged: what two laptops may create twice."""

APART = MappingProxyType({"clients": ("client_id", "other_client_id"), "products": ("product_id", "other_product_id")})
"""The fields of a pair of which somebody has said that its two are different."""


class Pointer(NamedTuple):
    """A field of some row that refers to the row which is given up."""

    entity: str
    row: str
    field: str


def pointing_fields(catalogue: Catalogue, target: str) -> Iterator[tuple[Entity, Field]]:
    """Every field of the business that can refer to a row of `target`; values of custom fields are merged apart."""
    for entity in catalogue.values():
        if entity.name != "custom_values":
            yield from ((entity, field) for field in entity.fields if field.kind is Kind.REFERENCE and field.target == target)


def told_apart(entity: str, one: str, other: str) -> Edit:
    """Somebody knows that these are two: one row for the pair, whoever says it, on whichever laptop; it may have been taken back once."""
    first, second = sorted((one, other))
    names = APART[entity]
    return Edit("distinct_pairs", derived_id(0, "distinct_pairs", first, second), {names[0]: first, names[1]: second, "deleted": 0})


def differing(entity: Entity, kept: Row, lost: Row) -> list[Field]:
    """Fields in which the rows differ, in the order of the form; what a former merge left in them (`merged_into`) is nobody's choice."""
    return [field for field in entity.fields if kept[field.name] != lost[field.name] and field.name != "merged_into"]


def proposed(entity: Entity, kept: Row, lost: Row) -> dict[str, Value]:
    """What the merged row holds unless somebody chooses otherwise: the kept value, and the other one where the kept one is blank."""
    return {
        field.name: lost[field.name] if field.kind is not Kind.FLAG and kept[field.name] in (None, "", field.blank) else kept[field.name]
        for field in differing(entity, kept, lost)
    }


def merge(
    entity: Entity, kept: Row, lost: Row, chosen: Mapping[str, Value], pointers: Iterable[Pointer], values: Iterable[Row] = ()
) -> list[Edit]:
    """`chosen`: values of the merged row, field by field; `values`: the custom values of both rows. Raises Refused."""
    if entity.name not in MERGED:
        raise Refused(f"{entity.plural} объединять нельзя")
    if kept["id"] == lost["id"]:
        raise Refused("Запись нельзя объединить с самой собой")
    if kept["deleted"] or lost["deleted"]:
        raise Refused("Одна из записей уже удалена. Обновите список повторов")
    patch = {name: value for name, value in chosen.items() if kept[name] != value}
    edits = [Edit(entity.name, str(kept["id"]), {**patch, "deleted": 0})]  # it lives: a deletion that had not seen the merge is asked about
    edits += repointed(str(kept["id"]), pointers)
    edits += custom_values(entity.name, str(kept["id"]), str(lost["id"]), list(values))
    return [*edits, Edit(entity.name, str(lost["id"]), {"deleted": 1, "merged_into": str(kept["id"])})]


def heirs(merged: Mapping[str, str], living: Callable[[str], bool]) -> dict[str, str]:
    """{row that was given up: the living row that stands for it now}. `merged`: what each was merged into, which may be merged itself."""
    found: dict[str, str] = {}
    for lost in merged:
        heir, passed = lost, {lost}
        while (heir := merged.get(heir, "")) and heir not in passed and not living(heir):
            passed.add(heir)
        if heir and living(heir):
            found[lost] = heir
    return found


def circles(merged: Mapping[str, str]) -> list[list[str]]:
    """Groups of rows that were merged into each other by people who did not know of it, sorted: nothing stands for them.

    `merged`: as for `heirs`.
    """
    found, passed = list[list[str]](), set[str]()
    for lost in merged:
        way, at = list[str](), lost
        while at in merged and at not in passed:
            passed.add(at)
            way.append(at)
            at = merged[at]
        if at in way:
            found.append(sorted(way[way.index(at) :]))
    return found


def repointed(kept: str, pointers: Iterable[Pointer]) -> list[Edit]:
    rows: dict[tuple[str, str], dict[str, Value]] = {}
    for pointer in pointers:
        rows.setdefault((pointer.entity, pointer.row), {})[pointer.field] = kept
    return [Edit(name, row, patch) for (name, row), patch in rows.items()]


def custom_values(home: str, kept: str, lost: str, values: list[Row]) -> list[Edit]:
    """The id of a custom value follows from its row, so it is written anew; what the kept row has itself stays."""
    owner = OWNERS[home]
    there = {value["field_id"]: value for value in values if value[owner] == kept}
    filled = {field for field, value in there.items() if value["value"] and not value["deleted"]}
    return [
        Edit(
            "custom_values",
            value_id(str(value["field_id"]), kept),
            {owner: kept, "field_id": value["field_id"], "value": value["value"], **alive(there.get(value["field_id"]))},
        )
        for value in values
        if value[owner] == lost and value["value"] and not value["deleted"] and value["field_id"] not in filled
    ]
