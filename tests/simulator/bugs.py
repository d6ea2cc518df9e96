"""What the known bugs are made of: each takes a sound function of the product and answers the one with the bug."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from local_app.desk import Desk
from shared import merge
from shared.change import View
from shared.cutter import Cutter
from shared.merge import Branches, Fate, Settled, Write
from shared.store.chain import Chain
from shared.store.courier import Courier
from shared.store.drawing import Drawing
from sync_server.offers import Known

Code = Any
"""A function of the product."""


# ------------------------------------------------------------------ merging
def nobody_sees_others(_: Code) -> Code:
    return lambda later, earlier, _: earlier.device == later.device and earlier.n < later.n


def all_own_changes_count_as_seen(_: Code) -> Code:
    """A form that was opened before an own edit and saved after it overwrites it."""

    def had_seen(later: Write, earlier: Write, branches: Branches) -> bool:
        if earlier.place <= later.read_to or merge.names(later.also, earlier.id):
            return True
        return merge.is_ancestor(branches, earlier.branch, earlier.n, later.branch, later.n - 1)

    return had_seen


def names_are_not_read(_: Code) -> Code:
    return lambda *_: False


def newest_stamp_wins(sound: Code) -> Code:
    """A clock that runs ahead beats those who had seen it."""

    def settle_field(field: str, writes: Sequence[Write], branches: Branches) -> Settled:
        settled: Settled = sound(field, writes, branches)
        return Settled(max(writes, key=lambda write: write.rank), settled.rivals)

    return settle_field


def blank_is_no_value(sound: Code) -> Code:
    """`!=` of SQL instead of a comparison that knows null."""

    def settle_field(field: str, writes: Sequence[Write], branches: Branches) -> Settled:
        settled: Settled = sound(field, writes, branches)
        values = {rival.patch[field] for rival in settled.rivals} - {None}
        return settled if len(values) > 1 else Settled(settled.winner, ())

    return settle_field


def delete_wins(sound: Code) -> Code:
    def fate(writes: Sequence[Write], of_children: Any, branches: Branches) -> Fate:
        marks = [write for write in writes if "deleted" in write.patch]
        return Fate(bool(marks) and bool(max(marks, key=lambda write: write.rank).patch["deleted"]), ())

    return fate


def children_do_not_count(sound: Code) -> Code:
    return lambda writes, _, branches: sound(writes, (), branches)


# ------------------------------------------------------------------ drawing
def old_conflicts_stay(sound: Code) -> Code:
    """Conflict rows are not cleared: once open, open for ever."""

    def resettle(self: Drawing, *asked: Any) -> None:
        kept = self.db.execute("SELECT row, field, seq, entity, winner FROM conflicts").fetchall()
        sound(self, *asked)
        self.db.executemany("INSERT OR IGNORE INTO conflicts (row, field, seq, entity, winner) VALUES (?, ?, ?, ?, ?)", kept)

    return resettle


def totals_ignore_the_lines(sound: Code) -> Code:
    """Money is not counted again when a line changes or moves."""

    def touch(self: Drawing, entity: Any, rows: list[str], touched: Any, *rest: Any, **named: Any) -> None:
        before = set(touched.orders)
        sound(self, entity, rows, touched, *rest, **named)
        if entity.name != "orders":
            touched.orders.intersection_update(before)

    return touch


def refused_is_drawn(sound: Code) -> Code:
    return lambda self, changes, *rest: sound(self, [change._replace(refused="") for change in changes], *rest)


# ------------------------------------------------------------------ the desk
def saving_is_seeing(sound: Code) -> Code:
    """What was seen belongs to the moment of saving, not to the form."""
    return lambda self, edits, words, *_: sound(self, edits, words)


def equal_value_is_no_edit(sound: Code) -> Code:
    """«Оставить как есть» is dropped as a no-op."""

    def do(self: Desk, edits: Any, words: str, view: View | None = None) -> Any:
        wanted = [
            edit for edit in edits if any((self.store.row(edit.entity, edit.row) or {}).get(k, "") != v for k, v in edit.patch.items())
        ]
        return sound(self, wanted or edits, words, view) if wanted else None

    return do


def open_forms_forget_the_cut(_: Code) -> Code:
    return lambda _, view: view


def lost_changes_are_not_named_in_forms(_: Code) -> Code:
    return lambda *_: b""


# ------------------------------------------------------------------ the exchange
def promise(sound: Code) -> Code:
    def take_page(self: Courier, offer: Any, head: Mapping[str, Any], *rest: Any) -> Any:
        vars(self)["promised"] = (head["end"], bytes.fromhex(head["head"]))
        return sound(self, offer, head, *rest)

    return take_page


def cursor_before_data(sound: Code) -> Code:
    """The place is remembered in a commit of its own, before what stands there."""

    def adjusted(self: Courier, *rest: Any) -> Any:
        place, head = vars(self)["promised"]
        self.chain.keep(place, head, [])
        for sql in ("UPDATE state SET gate = 0", "COMMIT", "BEGIN IMMEDIATE", "UPDATE state SET gate = 1"):
            self.store.db.execute(sql)
        return sound(self, *rest)

    return adjusted


def sent_is_acknowledged(sound: Code) -> Code:
    """What was sent is never sent again, whether or not it came back with a place."""

    def offer(self: Courier) -> Any:
        found = sound(self)
        with self.store.transaction():
            self.store.log.set_state(sent=max([self.store.log.state().sent, *found.seqs]))
        return found

    return offer


def facts_of_the_hub_are_ignored(_: Code) -> Code:
    return lambda _, offer, __: (offer.changes, {})


def pages_cut_acts(_: Code) -> Code:
    def full(self: Cutter, act: object, size: int, **_: bool) -> bool:
        self.count_left -= 1
        return self.count_left < 0

    return full


def page_may_end_anywhere(_: Code) -> Code:
    return lambda *_: 0


def clone_goes_unnoticed(_: Code) -> Code:
    return lambda *_: None


def restored_hub_goes_unnoticed(sound: Code) -> Code:
    """Only the place is compared, not the head."""

    def head_at(self: Chain, place: int) -> bytes | None:
        head = sound(self, place)
        return Same(head) if head is not None else None

    return head_at


class Same(bytes):
    """A head that equals any other."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = bytes.__hash__


def cut_does_not_say_again(_: Code) -> Code:
    """Places of a lost history stay in what was read: used again, they stand for changes nobody has seen."""
    return lambda *_: None


def seen_is_not_named_after_a_cut(_: Code) -> Code:
    return lambda *_, **__: b""


def only_the_own_row_is_named_after_a_cut(_: Code) -> Code:
    """A deletion forgets that its author had seen the lines, a line that its author had seen the deletion."""
    return lambda *_: False


def clocks_are_not_held_back(_: Code) -> Code:
    return lambda changes, *_: [change.stamp for change in changes]


def branches_outlive_a_rollback(_: Code) -> Code:
    return lambda *_: None


def verdict_splits_an_act(sound: Code) -> Code:
    """Only the change that oversteps is refused, the rest of its act is let in."""
    return lambda change, stamp, place, refused: sound(change, stamp, place, refused if change.entity == "employees" else "")


def never_again(_: Code) -> Code:
    """What was sent once is there for ever, whatever happens to the hub's disk."""
    return 1 << 60


def repeated_offers_are_new(_: Code) -> Code:
    return lambda _, changes: Known(changes, [0] * len(changes))


# ------------------------------------------------------------------ repeats
def brings_nothing(_: Code) -> Code:
    return lambda *_: []
