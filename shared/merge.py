"""Winners and conflicts: a pure function of a set of writes and of who had seen what. Order of arrival plays no part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from shared.entity import Value

NOWHERE = 1 << 62
"""The place of a change that the hub has not placed yet: greater than every `read_to`."""


class Branch(NamedTuple):
    """An unforked stretch of one device's chain. It leaves `parent` after the parent's change number `fork_n`; 0 is no parent."""

    device: str
    parent: int
    fork_n: int


class Write(NamedTuple):
    """A logged change as the merge sees it."""

    seq: int
    place: int
    id: bytes
    branch: int
    device: str
    n: int
    act: int
    stamp: int
    read_to: int
    own_n: int
    also: bytes
    patch: Mapping[str, Value]

    @property
    def rank(self) -> tuple[int, str, int, bytes]:
        """Decides only between values that nobody compared."""
        return (self.stamp, self.device, self.n, self.id)

    @property
    def forgotten(self) -> bool:
        """Its values were compacted away: that it was written is all that is known."""
        return "" in self.patch


class Settled(NamedTuple):
    """One field of one row: the winning write, and all undominated ones when their values differ."""

    winner: Write
    rivals: tuple[Write, ...]


class Fate(NamedTuple):
    """Whether a row is deleted, and the writes that disagree about it."""

    deleted: bool
    rivals: tuple[Write, ...]


Branches = Mapping[int, Branch]


def is_ancestor(branches: Branches, branch: int, n: int, of_branch: int, of_n: int) -> bool:
    """Whether change `n` of `branch` lies on the chain that leads to change `of_n` of `of_branch`."""
    limit = of_n
    while of_branch:
        if of_branch == branch:
            return n <= limit
        _, of_branch, fork_n = branches[of_branch]
        limit = min(limit, fork_n)
    return False


def names(also: bytes, change: bytes) -> bool:
    """Whether `also`, ids of 16 bytes joined, holds the id."""
    at = also.find(change)
    while at >= 0 and at % 16:
        at = also.find(change, at + 1)
    return at >= 0


def had_seen(later: Write, earlier: Write, branches: Branches) -> bool:
    """Had the author of `later` seen `earlier`? Everything in the merge follows from this one relation."""
    if earlier.branch == later.branch and earlier.act == later.act:
        return earlier.n < later.n
    if earlier.place <= later.read_to:
        return True
    if later.also and names(later.also, earlier.id):
        return True
    return earlier.n <= later.own_n and is_ancestor(branches, earlier.branch, earlier.n, later.branch, later.n)


def undominated(writes: Sequence[Write], branches: Branches) -> list[Write]:
    """Those writes of one field that no other of them had seen."""
    last = writes[-1]
    if all(had_seen(last, other, branches) for other in writes[:-1]):
        return [last]
    return [write for write in writes if not any(other is not write and had_seen(other, write, branches) for other in writes)]


def settle_field(field: str, writes: Sequence[Write], branches: Branches) -> Settled:
    """`writes` are all writes of the field in one row, in order of arrival."""
    if len(writes) == 1:
        return Settled(writes[0], ())
    standing = undominated(writes, branches)
    winner = max(standing, key=lambda write: write.rank)
    value = winner.patch[field]
    if all(write.patch[field] == value for write in standing):
        return Settled(winner, ())
    return Settled(winner, tuple(standing))


def settle(writes: Iterable[Write], branches: Branches) -> dict[str, Settled]:
    """Every field of one row but `deleted`, which needs its children too (`fate`)."""
    by_field: dict[str, list[Write]] = {}
    for write in writes:
        for field in write.patch:
            by_field.setdefault(field, []).append(write)
    for special in ("deleted", ""):  # '' is the field of a write whose body was forgotten
        by_field.pop(special, None)
    return {field: settle_field(field, group, branches) for field, group in by_field.items()}


def fate(writes: Sequence[Write], of_children: Iterable[Write], branches: Branches) -> Fate:
    """Edit beats an unseeing deletion, of the row or of a child; a restore is never beaten by a deletion that had not seen it."""
    marks = [write for write in writes if "deleted" in write.patch]
    if not marks:
        return Fate(deleted=False, rivals=())
    standing = undominated(marks, branches)
    deletions = [write for write in standing if write.patch["deleted"]]
    if len(deletions) < len(standing):
        return Fate(deleted=False, rivals=tuple(standing) if deletions else ())
    edits = [write for write in (*writes, *of_children) if any(field != "deleted" for field in write.patch)]
    unseen = tuple(edit for edit in edits if all(concurrent(edit, deletion, branches) for deletion in deletions))
    return Fate(deleted=not unseen, rivals=(*standing, *unseen) if unseen else ())


def concurrent(one: Write, other: Write, branches: Branches) -> bool:
    """Neither author had seen the other's write."""
    return one.id != other.id and not had_seen(other, one, branches) and not had_seen(one, other, branches)
