"""Known bugs, put back into the real code on purpose: a simulator that does not notice them proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from types import MappingProxyType
from typing import Any

from local_app import filesync, undoing
from local_app.desk import Desk
from shared import merge
from shared.change import View
from shared.cutter import Cutter
from shared.merge import Branches, Fate, Settled, Write
from shared.store import deletions, reading
from shared.store.chain import Chain
from shared.store.courier import Courier
from shared.store.drawing import Drawing
from shared.store.log import Log
from shared.store.naming import Names
from shared.store.page import Page
from sync_server import hub, offers
from sync_server.hub import Hub, Known

Code = Any
"""A function of the product."""
Place = tuple[Any, str, Callable[[Code], Code]]
"""Where a bug sits (room, name), and how it is made from the sound function."""


@contextmanager
def spoiled(name: str) -> Iterator[None]:
    """The product with the bug in it, for a while."""
    with ExitStack() as sound:
        for room, attribute, spoil in MUTANTS[name]:
            before = vars(room)[attribute]
            sound.callback(setattr, room, attribute, before)
            setattr(room, attribute, spoil(before))
        yield


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
    return lambda _, changes: [Known(change, 0) for change in changes]


RARE = frozenset({
    "the newest stamp wins", "open forms forget the cut", "branches outlive a rollback", "files asked about once",
    "page parts a compacted value from its heir",
})  # fmt: skip
"""Each of these needs a chain of events that few histories hold; a story of its own notices it."""

MUTANTS: Mapping[str, Sequence[Place]] = MappingProxyType(
    {
        "no seen-check": [(merge, "had_seen", nobody_sees_others)],
        "own_n ignored": [(merge, "had_seen", all_own_changes_count_as_seen)],
        "names of seen changes ignored": [(merge, "names", names_are_not_read)],
        "the newest stamp wins": [(merge, "settle_field", newest_stamp_wins)],
        "a comparison that does not know null": [(merge, "settle_field", blank_is_no_value)],
        "delete wins over edit": [(deletions, "fate", delete_wins)],
        "children do not keep their order": [(deletions, "fate", children_do_not_count)],
        "conflict rows not cleared": [(Drawing, "resettle", old_conflicts_stay)],
        "totals not counted again on move": [(Drawing, "_touch", totals_ignore_the_lines)],
        "refused changes drawn": [(Page, "__init__", refused_is_drawn)],
        "saving is seeing": [(Desk, "do", saving_is_seeing)],
        "resolution dropped as no-op": [(Desk, "do", equal_value_is_no_edit)],
        "open forms forget the cut": [(undoing, "carried", open_forms_forget_the_cut)],
        "lost changes not named in forms": [(reading, "foreign_unsent", lost_changes_are_not_named_in_forms)],
        "cursor before data": [(Courier, "_take_page", promise), (Courier, "_adjusted", cursor_before_data)],
        "ack at push": [(Courier, "offer", sent_is_acknowledged)],
        "facts of the hub ignored": [(Courier, "_adjusted", facts_of_the_hub_are_ignored)],
        "page cut inside an act": [(Cutter, "full", pages_cut_acts)],
        "page parts a compacted value from its heir": [(hub, "thinned_after", page_may_end_anywhere)],
        "clone unnoticed": [(Courier, "_follow", clone_goes_unnoticed)],
        "restored hub unnoticed": [(Chain, "head_at", restored_hub_goes_unnoticed)],
        "places of a lost history kept": [(Courier, "_say_again", cut_does_not_say_again)],
        "also missing after a cut": [(Names, "of", seen_is_not_named_after_a_cut)],
        "parents and children not named after a cut": [(Names, "_may_own", only_the_own_row_is_named_after_a_cut)],
        "clamp missing": [(hub, "clamped", clocks_are_not_held_back)],
        "branches outlive a rollback": [(Log, "forget", branches_outlive_a_rollback)],
        "verdict splits an act": [(offers, "adjusted_by_hub", verdict_splits_an_act)],
        "files asked about once": [(filesync, "CHECK_EVERY_MS", never_again)],
        "repeated offers are new": [(Hub, "_known", repeated_offers_are_new)],
    }
)
