"""Known bugs, put back into the real code on purpose: a simulator that does not notice them proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from types import MappingProxyType
from typing import Any

from local_app import filesync, latecomers, since
from local_app.desk import Desk
from shared import merge
from shared.cutter import Cutter
from shared.store import deletions, reading
from shared.store.chain import Chain
from shared.store.courier import Courier
from shared.store.drawing import Drawing
from shared.store.log import Log
from shared.store.naming import Names
from shared.store.page import Page
from sync_server import hub, offers
from sync_server.hub import Hub
from tests.simulator import bugs
from tests.simulator.bugs import Code

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


RARE = frozenset({
    "the newest stamp wins", "open forms forget the cut", "branches outlive a rollback", "files asked about once",
    "page parts a compacted value from its heir",
})  # fmt: skip
"""Each of these needs a chain of events that few histories hold; a story of its own notices it."""

NOTICED_BY: Mapping[str, int] = MappingProxyType({
    "own_n ignored": 8, "names of seen changes ignored": 9, "children do not keep their order": 15, "totals not counted again on move": 28,
    "refused changes drawn": 5, "saving is seeing": 8, "lost changes not named in forms": 36, "places of a lost history kept": 9,
    "also missing after a cut": 9, "parents and children not named after a cut": 110, "clamp missing": 7, "verdict splits an act": 5,
    "latecomers of a merge stay behind": 12, "clients merged into each other are asked about": 8,
})  # fmt: skip
"""The first seed that noticed each of these. It is looked at before all others; where a history has become another one, they follow."""

MUTANTS: Mapping[str, Sequence[Place]] = MappingProxyType(
    {
        "no seen-check": [(merge, "had_seen", bugs.nobody_sees_others)],
        "own_n ignored": [(merge, "had_seen", bugs.all_own_changes_count_as_seen)],
        "names of seen changes ignored": [(merge, "names", bugs.names_are_not_read)],
        "the newest stamp wins": [(merge, "settle_field", bugs.newest_stamp_wins)],
        "a comparison that does not know null": [(merge, "settle_field", bugs.blank_is_no_value)],
        "delete wins over edit": [(deletions, "fate", bugs.delete_wins)],
        "children do not keep their order": [(deletions, "fate", bugs.children_do_not_count)],
        "conflict rows not cleared": [(Drawing, "resettle", bugs.old_conflicts_stay)],
        "totals not counted again on move": [(Drawing, "_touch", bugs.totals_ignore_the_lines)],
        "refused changes drawn": [(Page, "__init__", bugs.refused_is_drawn)],
        "saving is seeing": [(Desk, "do", bugs.saving_is_seeing)],
        "resolution dropped as no-op": [(Desk, "do", bugs.equal_value_is_no_edit)],
        "open forms forget the cut": [(since, "carried", bugs.open_forms_forget_the_cut)],
        "lost changes not named in forms": [(reading, "foreign_unsent", bugs.lost_changes_are_not_named_in_forms)],
        "cursor before data": [(Courier, "_take_page", bugs.promise), (Courier, "_adjusted", bugs.cursor_before_data)],
        "ack at push": [(Courier, "offer", bugs.sent_is_acknowledged)],
        "facts of the hub ignored": [(Courier, "_adjusted", bugs.facts_of_the_hub_are_ignored)],
        "page cut inside an act": [(Cutter, "full", bugs.pages_cut_acts)],
        "page parts a compacted value from its heir": [(hub, "thinned_after", bugs.page_may_end_anywhere)],
        "clone unnoticed": [(Courier, "_follow", bugs.clone_goes_unnoticed)],
        "restored hub unnoticed": [(Chain, "head_at", bugs.restored_hub_goes_unnoticed)],
        "places of a lost history kept": [(Courier, "_say_again", bugs.cut_does_not_say_again)],
        "also missing after a cut": [(Names, "of", bugs.seen_is_not_named_after_a_cut)],
        "parents and children not named after a cut": [(Names, "_may_own", bugs.only_the_own_row_is_named_after_a_cut)],
        "clamp missing": [(hub, "clamped", bugs.clocks_are_not_held_back)],
        "branches outlive a rollback": [(Log, "forget", bugs.branches_outlive_a_rollback)],
        "verdict splits an act": [(offers, "adjusted_by_hub", bugs.verdict_splits_an_act)],
        "files asked about once": [(filesync, "CHECK_EVERY_MS", bugs.never_again)],
        "repeated offers are new": [(Hub, "_known", bugs.repeated_offers_are_new)],
        "latecomers of a merge stay behind": [(latecomers, "late_references", bugs.brings_nothing)],
        "clients merged into each other are asked about": [(latecomers, "one_of_each_circle", bugs.brings_nothing)],
    }
)
