"""The oracle: a small model of the rules that knows who had truly seen what, and draws tables, deletions and conflicts from that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from shared.entity import Catalogue, Entity, Value
from shared.money import Line, order_total

Row = tuple[str, str]
"""(entity, id)."""


class Known(NamedTuple):
    """A change as the model sees it. `bit` stands for it in what others have seen; `saw` are the bits its author had seen."""

    id: bytes
    bit: int
    saw: int
    entity: str
    row: str
    patch: Mapping[str, Value]
    rank: tuple[int, str, int, bytes]
    refused: bool


class Dispute(NamedTuple):
    """An open conflict: the changes that stand against each other, and the one whose value is shown (None for a deletion)."""

    rivals: frozenset[bytes]
    winner: bytes | None


class Picture(NamedTuple):
    """What a store must show."""

    rows: dict[Row, dict[str, Value]]
    disputes: dict[tuple[str, str], Dispute]
    totals: dict[str, tuple[int, ...]]


def saw(later: Known, earlier: Known) -> bool:
    return bool(later.saw & earlier.bit)


def standing(writes: Sequence[Known]) -> list[Known]:
    """Those that nobody replaced who had seen them."""
    return [write for write in writes if not any(saw(other, write) for other in writes)]


def draw(changes: Iterable[Known], catalogue: Catalogue) -> Picture:
    """Tables, disputes and money: a pure function of a set of changes."""
    by_row: dict[Row, list[Known]] = {}
    for change in changes:
        if not change.refused and change.entity in catalogue:
            by_row.setdefault((change.entity, change.row), []).append(change)
    picture = Picture({}, {}, {})
    for key, writes in by_row.items():
        picture.rows[key] = values_of(catalogue[key[0]], writes, picture)
    for key, writes in by_row.items():
        picture.rows[key]["deleted"] = int(is_deleted(key, writes, by_row, picture, catalogue))
    picture.totals.update(money(picture))
    return picture


def values_of(entity: Entity, writes: Sequence[Known], picture: Picture) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for field in entity.fields:
        left = standing([write for write in writes if field.name in write.patch])
        value: Value = None
        if left:
            best = max(left, key=lambda write: write.rank)
            value = best.patch[field.name]
            if any(write.patch[field.name] != value for write in left):
                picture.disputes[best.row, field.name] = Dispute(frozenset(write.id for write in left), best.id)
        values[field.name] = field.blank if value is None else value
    return values


def is_deleted(key: Row, writes: Sequence[Known], by_row: Mapping[Row, list[Known]], picture: Picture, catalogue: Catalogue) -> bool:
    """An edit that nobody compared with the deletion beats it, one of a child too; so does a restore."""
    marks = standing([write for write in writes if "deleted" in write.patch])
    gone = [write for write in marks if write.patch["deleted"]]
    if not gone:
        return False
    if len(gone) < len(marks):
        picture.disputes[key[1], "deleted"] = Dispute(frozenset(write.id for write in marks), None)
        return False
    family = [*writes, *(write for child in children(key, picture, catalogue) for write in by_row[child])]
    edits = [write for write in family if set(write.patch) - {"deleted"}]
    alive = [edit for edit in edits if not any(edit is mark or saw(edit, mark) or saw(mark, edit) for mark in gone)]
    if alive:
        picture.disputes[key[1], "deleted"] = Dispute(frozenset(write.id for write in [*marks, *alive]), None)
    return not alive


def children(key: Row, picture: Picture, catalogue: Catalogue) -> Iterator[Row]:
    """Rows that belong to this one by the value that is shown."""
    for other, values in picture.rows.items():
        owners = catalogue[other[0]].owners
        if any(field.target == key[0] and values[field.name] == key[1] for field in owners):
            yield other


def money(picture: Picture) -> Iterator[tuple[str, tuple[int, ...]]]:
    """(order, its totals), counted from scratch."""
    lines = {order: list(group) for order, group in groupby(sorted(lines_of(picture)), key=lambda line: line[0])}
    for (entity, order), values in picture.rows.items():
        if entity == "orders" and not values["deleted"]:
            its = [line for *_, line in lines.get(order, [])]
            paid, spent = (summed(picture, table, order) for table in ("payments", "expenses"))
            total = order_total(its, values["discount_percent"], values["discount_sum"], paid, spent)  # type: ignore[arg-type]
            yield order, (len(its), total.gross, total.discount, total.net, total.vat, total.total, paid, total.debt, spent, total.margin)


def lines_of(picture: Picture) -> Iterator[tuple[str, str, str, Line]]:
    names = ("quantity", "price", "discount_percent", "discount_sum", "vat_mode", "vat_percent", "cost")
    for (entity, row), values in picture.rows.items():
        if entity == "order_lines" and not values["deleted"] and values["order_id"]:
            yield str(values["order_id"]), str(values["position"]), row, Line(*(values[name] for name in names))  # type: ignore[arg-type]


def summed(picture: Picture, table: str, order: str) -> int:
    found = (values for (entity, _), values in picture.rows.items() if entity == table)
    return sum(int(values["amount"] or 0) for values in found if values["order_id"] == order and not values["deleted"])
