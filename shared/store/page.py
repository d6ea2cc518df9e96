"""A page of changes on its way into the tables, grouped by entity and row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import orjson

from shared.change import Change
from shared.entity import Value
from shared.shapes import Patches, columns

Patch = Mapping[str, Value]


class Page:
    """{entity: {row: indexes}} over changes, their patches and their branches; refused and compacted changes are left out."""

    def __init__(self, changes: Sequence[Change], patches: Patches, branches: Sequence[int], first_seq: int) -> None:
        self.changes, self.patches, self.branches, self.first_seq = changes, patches, branches, first_seq
        self.rows: dict[str, dict[str, list[int]]] = {}
        for index, (_, _, _, _, _, _, entity, row, patch, _, _, _, _, refused) in enumerate(changes):
            if patch and not refused:
                rows = self.rows.get(entity)
                if rows is None:
                    rows = self.rows[entity] = {}
                if row in rows:
                    rows[row].append(index)
                else:
                    rows[row] = [index]

    def new_rows(self, entity: str) -> list[Group]:
        """All rows of an entity by the fields that they write; none when one of them is written twice, or by what does not count."""
        found = [each for each in self.patches.columns if each.entity == entity]
        if sum(len(each.indexes) for each in found) != len(self.rows[entity]):
            return []
        return [
            Group([self.changes[index].row for index in indexes], {name: plain(column) for name, column in values.items()})
            for _, indexes, values in found
        ]

    def deletions(self) -> dict[str, str]:
        """{row: entity} of the rows whose `deleted` is written."""
        writing = [index for index, patch in enumerate(self.patches) if "deleted" in patch]
        return {self.changes[index].row: self.changes[index].entity for index in writing if self._counts(index)}

    def _counts(self, index: int) -> bool:
        return index in self.rows.get(self.changes[index].entity, {}).get(self.changes[index].row, ())

    def touches(self, indexes: list[int], fields: frozenset[str]) -> bool:
        """Whether one of these changes writes one of the fields."""
        return any(not fields.isdisjoint(self.patches[index]) for index in indexes)

    def folded(self, indexes: list[int]) -> Patch:
        """Several writes of one row whose authors had seen each other: the last value of each field."""
        if len(indexes) == 1:
            return self.patches[indexes[0]]
        patch: dict[str, Value] = {}
        for index in indexes:
            patch.update(self.patches[index])
        return patch

    def seen_up_to(self, indexes: list[int]) -> int:
        """The hub's place up to which the authors of these changes of one row had all seen everything; -1 when one had not seen another."""
        return min(self.changes[index].read_to for index in indexes) if self.sequential(indexes) else -1

    def sequential(self, indexes: list[int]) -> bool:
        """Whether each change of a new row follows the one before it on one chain and had seen it."""
        return len(indexes) == 1 or all(self._follows(earlier, later) for earlier, later in pairwise(indexes))

    def _follows(self, earlier: int, later: int) -> bool:
        before, after = self.changes[earlier], self.changes[later]
        if self.branches[earlier] != self.branches[later] or after.n <= before.n:
            return False
        return after.act == before.act or after.own_n >= before.n


class Group(NamedTuple):
    """Rows that write the same fields."""

    rows: list[str]
    values: dict[str, tuple[Value, ...]]  # by field, as SQLite takes them


def grouped(rows: Iterable[tuple[str, Patch]]) -> list[Group]:
    """Rows by the fields they write: one statement for each group."""
    found: dict[tuple[str, ...], tuple[list[str], list[Patch]]] = defaultdict(lambda: ([], []))
    for row, patch in rows:
        keys, patches = found[tuple(patch)]
        keys.append(row)
        patches.append(patch)
    return [Group(keys, dict(zip(names, map(plain, columns(patches)), strict=True))) for names, (keys, patches) in found.items()]


def plain(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """What no kind knows (a newer program's, a hostile one's) becomes JSON text."""
    if set(map(type, values)) <= PLAIN:
        return values
    return tuple(value if type(value) in PLAIN else orjson.dumps(value).decode() for value in values)


PLAIN = frozenset({str, int, bool, type(None)})
