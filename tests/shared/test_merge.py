"""The merge in small: who had seen what, who wins, what stays open, and when a deletion counts."""

from __future__ import annotations

import pytest

from shared.entity import Value
from shared.merge import NOWHERE, Branch, Write, fate, had_seen, is_ancestor, names, settle, undominated

BRANCHES = {1: Branch("anna", 0, 0), 2: Branch("boris", 0, 0), 3: Branch("anna", 1, 2), 4: Branch("label", 3, 4)}
"""Boris's chain, Anna's, a copy of hers that left it after her second change, and what the copy wrote under a label of its own."""


def write(
    branch: int, n: int, place: int = NOWHERE, *, read_to: int = 0, own_n: int = 0, stamp: int = 0, also: bytes = b"", **patch: Value
) -> Write:
    key = bytes([branch, n]) * 8
    return Write(place, place, key, branch, BRANCHES[branch].device, n, n, stamp or n, read_to, own_n, also, patch)


@pytest.mark.parametrize(
    ("branch", "n", "of_branch", "of_n", "expected"),
    [
        (1, 1, 1, 3, True),
        (1, 3, 1, 3, True),
        (1, 4, 1, 3, False),
        (1, 2, 3, 5, True),  # the copy was made after the second
        (1, 3, 3, 5, False),
        (1, 2, 4, 9, True),  # through the copy
        (3, 4, 4, 5, True),
        (3, 5, 4, 6, False),  # it took its own label after the fourth
        (2, 1, 1, 3, False),
    ],
)
def test_an_ancestor_lies_on_the_chain_that_leads_to_a_change(branch: int, n: int, of_branch: int, of_n: int, expected: bool) -> None:
    assert is_ancestor(BRANCHES, branch, n, of_branch, of_n) is expected


def test_what_stands_at_a_place_that_was_read_is_seen() -> None:
    earlier = write(2, 1, place=5, a=1)
    assert had_seen(write(1, 1, read_to=5, a=2), earlier, BRANCHES)
    assert not had_seen(write(1, 1, read_to=4, a=2), earlier, BRANCHES)


def test_an_own_change_is_seen_up_to_the_moment_the_form_was_opened() -> None:
    earlier = write(1, 2, a=1)
    assert had_seen(write(1, 4, own_n=2, a=2), earlier, BRANCHES)
    assert not had_seen(write(1, 4, own_n=1, a=2), earlier, BRANCHES)


def test_the_number_alone_does_not_make_a_change_of_a_copy_ones_own() -> None:
    assert not had_seen(write(1, 5, own_n=4, a=2), write(3, 3, a=1), BRANCHES)


def test_a_change_without_a_place_is_seen_when_it_is_named() -> None:
    earlier = write(2, 1, a=1)
    assert had_seen(write(1, 1, also=bytes(16) + earlier.id, a=2), earlier, BRANCHES)
    assert not had_seen(write(1, 1, also=bytes(16), a=2), earlier, BRANCHES)


def test_a_name_is_found_only_where_a_name_begins() -> None:
    key = bytes(range(16))
    assert names(bytes(16) + key, key)
    assert not names(bytes(8) + key + bytes(8), key)
    assert names(bytes(8) + key + bytes(8) + key, key)


def test_within_one_act_the_later_has_seen_the_earlier_whatever_the_form_had_seen() -> None:
    first = write(1, 1, a=1)
    second = write(1, 2, a=2)._replace(act=1)
    assert had_seen(second, first, BRANCHES)
    assert not had_seen(first, second, BRANCHES)


def test_a_stamp_decides_only_between_values_that_nobody_compared() -> None:
    unseen = write(2, 1, place=3, stamp=999, a="future")
    knowing = write(1, 1, place=4, stamp=1, read_to=3, a="knowing")
    unknowing = write(1, 1, place=4, stamp=1, read_to=2, a="unknowing")
    assert settle([unseen, knowing], BRANCHES)["a"].winner is knowing
    settled = settle([unseen, unknowing], BRANCHES)["a"]
    assert settled.winner is unseen
    assert [rival in (unseen, unknowing) for rival in settled.rivals] == [True, True]


def test_equal_values_and_equal_blanks_do_not_stand_against_each_other() -> None:
    for value in (None, "", 0, "x"):
        assert settle([write(1, 1, a=value), write(2, 1, a=value)], BRANCHES)["a"].rivals == ()
    assert len(settle([write(1, 1, a=None), write(2, 1, a="")], BRANCHES)["a"].rivals) == 2


def test_a_replaced_value_does_not_come_back_when_its_replacement_loses() -> None:
    chain = [write(1, 1, a="first"), write(1, 2, own_n=1, a="second")]
    other = write(2, 1, stamp=99, a="other")
    assert undominated([*chain, other], BRANCHES) == [chain[1], other]


def test_a_row_that_nobody_deleted_is_alive_and_undisputed() -> None:
    assert fate([write(1, 1, a=1)], [], BRANCHES) == (False, ())


def test_a_deletion_holds_against_what_its_author_saw() -> None:
    edit = write(2, 1, place=1, a=1)
    assert fate([edit, write(1, 1, read_to=1, deleted=1)], [], BRANCHES).deleted


@pytest.mark.parametrize("of_child", [False, True])
def test_an_edit_that_the_deleter_had_not_seen_keeps_the_row(of_child: bool) -> None:
    edit, deletion = write(2, 1, place=1, a=1), write(1, 1, deleted=1)
    decided = fate([deletion], [edit], BRANCHES) if of_child else fate([edit, deletion], [], BRANCHES)
    assert decided == (False, (deletion, edit))


def test_of_two_deletions_one_that_saw_the_edit_is_enough() -> None:
    edit = write(2, 1, place=1, a=1)
    seeing, blind = write(1, 1, read_to=1, deleted=1), write(3, 3, deleted=1)
    assert fate([edit, seeing, blind], [], BRANCHES).deleted


def test_a_restore_stands_against_a_deletion_that_had_not_seen_it() -> None:
    deletion, restore = write(1, 1, stamp=99, deleted=1), write(2, 1, deleted=0)
    assert fate([deletion, restore], [], BRANCHES) == (False, (deletion, restore))


def test_a_field_written_with_its_deletion_does_not_keep_the_row_alive() -> None:
    assert fate([write(1, 1, a=1, deleted=1)], [], BRANCHES).deleted


def test_a_forgotten_body_is_no_field_but_still_an_edit() -> None:
    forgotten = write(2, 1, place=1)._replace(patch={"": None})
    assert settle([forgotten], BRANCHES) == {}
    assert not fate([forgotten, write(1, 1, deleted=1)], [], BRANCHES).deleted
