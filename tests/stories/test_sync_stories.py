"""Stories of a few people and a hub, each the smallest one in which some sync has lost, doubled or silently overwritten something."""

from __future__ import annotations

from shared.change import Edit
from tests.simulator.machines import Laptop, disk_of
from tests.simulator.mutants import spoiled
from tests.support.office import Office, all_equal, is_open, rivals, value

YEARS_AHEAD_MS = 30 * 365 * 24 * 3_600_000


# ------------------------------------------------------------------ who had seen what
def test_two_values_typed_apart_stand_side_by_side_until_somebody_who_sees_both_decides(
    office: Office, anna: Laptop, boris: Laptop
) -> None:
    office.put(anna, "o", subject="base")
    office.sync(anna, boris)
    office.put(anna, "o", subject="Anna's")
    office.put(boris, "o", subject="Boris's")
    office.sync_all()
    assert rivals(anna, "o") == rivals(boris, "o") == ["Anna's", "Boris's"]
    assert value(anna, "o") == value(boris, "o")
    office.put(anna, "o", subject=value(anna, "o"))  # «оставить как есть»
    office.sync_all()
    assert [rivals(machine, "o") for machine in (anna, boris, office.hub)] == [[], [], []]
    assert all_equal(office)


def test_the_same_value_on_both_sides_is_no_conflict(office: Office, anna: Laptop, boris: Laptop) -> None:
    office.put(anna, "o", subject="base")
    office.sync(anna, boris)
    office.put(anna, "o", subject="paid")
    office.put(boris, "o", subject="paid")
    office.sync_all()
    assert rivals(anna, "o") == []
    assert value(boris, "o") == "paid"


def test_a_blank_against_a_value_is_a_conflict(office: Office, anna: Laptop, boris: Laptop) -> None:
    office.put(anna, "o", date="2026-01-01")
    office.sync(anna, boris)
    office.put(anna, "o", date=None)
    office.put(boris, "o", date="2026-02-02")
    office.sync_all()
    assert rivals(anna, "o", "date") == ["2026-02-02", None]


def test_different_fields_of_one_row_merge_without_a_word(office: Office, anna: Laptop, boris: Laptop) -> None:
    office.put(anna, "o", subject="base", note="base")
    office.sync(anna, boris)
    office.put(anna, "o", subject="Anna's")
    office.put(boris, "o", note="Boris's")
    office.sync_all()
    assert (value(anna, "o"), value(anna, "o", "note")) == ("Anna's", "Boris's")
    assert anna.store.conflicts() == []


def test_a_form_opened_before_a_sync_has_not_seen_what_the_sync_brought(office: Office, anna: Laptop, boris: Laptop) -> None:
    office.put(anna, "o", subject="base")
    office.sync(anna, boris)
    form = anna.desk.view()
    office.put(boris, "o", subject="Boris's")
    office.sync(boris, anna)
    office.put(anna, "o", form, subject="Anna's")
    assert rivals(anna, "o") == ["Anna's", "Boris's"]


def test_two_windows_of_one_person_do_not_overwrite_each_other(office: Office, anna: Laptop) -> None:
    office.put(anna, "o", subject="base")
    form = anna.desk.view()
    office.put(anna, "o", subject="first window")
    office.put(anna, "o", form, subject="second window")
    assert rivals(anna, "o") == ["first window", "second window"]


def test_of_a_chain_of_offline_edits_only_the_last_stands_in_the_conflict(office: Office, anna: Laptop, boris: Laptop) -> None:
    office.put(anna, "o", subject="base")
    office.sync(anna, boris)
    for text in ("1", "2"):
        office.put(anna, "o", subject=text)
    office.put(boris, "o", subject="B")
    office.sync_all()
    assert rivals(boris, "o") == ["2", "B"]


def test_the_same_row_made_on_two_laptops_is_one_row(office: Office, anna: Laptop, boris: Laptop) -> None:
    office.put(anna, "tag", subject="urgent")
    office.put(boris, "tag", subject="urgent", note="by phone")
    office.sync_all()
    assert office.hub.store.rows("SELECT id, subject, note FROM orders") == [{"id": "tag", "subject": "urgent", "note": "by phone"}]
    assert anna.store.conflicts() == []


# ------------------------------------------------------------------ deletion
def test_an_edit_beats_a_deletion_that_had_not_seen_it_and_both_are_told(office: Office, anna: Laptop, boris: Laptop) -> None:
    office.put(anna, "o", subject="base")
    office.sync(anna, boris)
    office.put(anna, "o", deleted=1)
    office.put(boris, "o", note="still wanted")
    office.sync_all()
    assert value(anna, "o", "deleted") == value(boris, "o", "deleted") == 0
    assert is_open(anna, "o", "deleted")
    assert is_open(boris, "o", "deleted")


def test_a_line_added_elsewhere_keeps_the_order_with_all_its_lines(office: Office, anna: Laptop, boris: Laptop) -> None:
    office.put(anna, "o", subject="base")
    office.put(anna, "l1", entity="order_lines", order_id="o", name="old")
    office.sync(anna, boris)
    office.put(anna, "o", deleted=1)
    office.put(boris, "l2", entity="order_lines", order_id="o", name="new")
    office.sync_all()
    assert value(anna, "o", "deleted") == 0
    assert anna.store.rows("SELECT id FROM order_lines WHERE deleted = 0 ORDER BY id") == [{"id": "l1"}, {"id": "l2"}]


def test_a_deletion_by_somebody_who_saw_the_edit_deletes(office: Office, anna: Laptop, boris: Laptop, vera: Laptop) -> None:
    office.put(anna, "o", subject="base")
    office.sync(anna, boris, vera)
    office.put(anna, "o", subject="edit")
    office.sync(anna, boris)
    office.put(boris, "o", deleted=1)
    office.put(vera, "o", deleted=1)
    office.sync_all()
    assert value(office.hub, "o", "deleted") == 1


def test_an_edit_in_the_trash_by_somebody_who_saw_the_deletion_revives_nothing(office: Office, anna: Laptop, boris: Laptop) -> None:
    office.put(anna, "o", subject="base")
    office.put(anna, "o", deleted=1)
    office.sync(anna, boris)
    office.put(boris, "o", note="kept for the record")
    office.sync_all()
    assert value(anna, "o", "deleted") == 1
    assert anna.store.conflicts() == []


def test_a_restore_is_not_beaten_by_a_deletion_that_had_not_seen_it(office: Office, anna: Laptop, boris: Laptop, vera: Laptop) -> None:
    office.put(anna, "o", subject="base")
    office.put(anna, "o", deleted=1)
    office.sync(anna, boris, vera)
    office.put(boris, "o", deleted=0)
    office.put(vera, "o", deleted=1)
    office.sync_all()
    assert value(vera, "o", "deleted") == 0
    assert is_open(vera, "o", "deleted")


def test_a_line_moved_to_another_order_is_paid_for_there_only(office: Office, anna: Laptop, boris: Laptop) -> None:
    for order in ("from", "to"):
        office.put(anna, order, subject=order)
    office.put(anna, "l", entity="order_lines", order_id="from", quantity=1_000_000, price=5_000_000)
    office.sync(anna, boris)
    office.put(boris, "l", entity="order_lines", order_id="to")
    office.sync_all()
    totals = anna.store.rows("SELECT order_id, lines, total FROM order_totals ORDER BY order_id")
    assert totals == [{"order_id": "from", "lines": 0, "total": 0}, {"order_id": "to", "lines": 1, "total": 500}]


# ------------------------------------------------------------------ clocks
def test_a_clock_years_ahead_wins_nothing_over_those_who_have_seen_its_edit(office: Office, anna: Laptop, boris: Laptop) -> None:
    anna.skew = YEARS_AHEAD_MS
    office.put(anna, "o", subject="from the future")
    office.sync(anna, boris)
    office.put(boris, "o", subject="now")
    office.sync_all()
    assert value(anna, "o") == "now"
    assert anna.store.conflicts() == []


def test_a_clock_that_jumps_back_does_not_hide_the_persons_own_later_edit(office: Office, anna: Laptop) -> None:
    anna.skew = YEARS_AHEAD_MS
    office.put(anna, "o", subject="first")
    office.sync(anna)
    anna.skew = -YEARS_AHEAD_MS
    office.put(anna, "o", subject="second")
    office.sync(anna)
    assert value(office.hub, "o") == "second"


def test_the_hub_holds_stamps_of_the_future_back_and_the_laptop_learns_them(office: Office, anna: Laptop) -> None:
    anna.skew = YEARS_AHEAD_MS
    office.put(anna, "o", subject="from the future")
    office.sync(anna)
    stamp = anna.store.one("SELECT stamp FROM log WHERE row = 'o'")
    assert stamp == office.hub.store.one("SELECT stamp FROM log WHERE row = 'o'")
    assert stamp >> 16 <= office.now_ms


def after_two_clampings(office: Office, anna: Laptop, boris: Laptop) -> object:
    """Anna's edit comes from the future and is held back twice, the second time to a moment after the edit of Boris, who had seen hers."""
    office.put(boris, "q", subject="0")
    office.sync(boris, anna)
    backup = disk_of(office.hub.folder)
    anna.skew = YEARS_AHEAD_MS
    office.put(anna, "o", subject="A")
    office.answer(anna)
    office.sync(boris)
    office.put(boris, "o", subject="B after A")
    office.restore_the_hub(backup)
    office.now_ms += YEARS_AHEAD_MS // 2
    office.sync_all()
    return value(office.hub, "o")


def test_a_stamp_held_back_twice_does_not_reverse_two_edits(office: Office, anna: Laptop, boris: Laptop) -> None:
    assert after_two_clampings(office, anna, boris) == "B after A"


def test_and_a_merge_that_believed_stamps_would_reverse_them(office: Office, anna: Laptop, boris: Laptop) -> None:
    with spoiled("the newest stamp wins"):
        assert after_two_clampings(office, anna, boris) == "A"


# ------------------------------------------------------------------ the network
def test_a_pending_edit_stays_on_the_screen_until_the_log_brings_its_outcome(office: Office, anna: Laptop, boris: Laptop) -> None:
    office.put(anna, "o", subject="base")
    office.sync(anna, boris)
    office.put(boris, "o", subject="Boris's")
    office.answer(boris)  # the answer is lost
    assert value(boris, "o") == "Boris's"
    assert boris.store.unsent() == 1
    office.sync_all()
    assert value(anna, "o") == "Boris's"
    assert boris.store.unsent() == 0


def test_a_request_sent_again_is_the_same_bytes_and_changes_nothing(office: Office, anna: Laptop) -> None:
    office.put(anna, "o", subject="once")
    first, second = anna.courier.offer(), anna.courier.offer()
    assert first.message == second.message
    answers = [office.hub.hub.handle(anna.guest, offer.message) for offer in (first, second)]
    assert answers[0] == answers[1]
    for answer in answers:
        anna.courier.take(first, answer)
    assert office.hub.store.one("SELECT count(*) FROM log WHERE row = 'o'") == 1
    assert all_equal(office)


def test_an_act_larger_than_a_page_is_seen_whole_or_not_at_all(office: Office, anna: Laptop, boris: Laptop) -> None:
    anna.page = boris.page = office.hub.page = 3
    anna.desk.do([Edit("orders", f"o{number}", {"subject": "one act"}) for number in range(20)], "imports")
    office.put(anna, "later", subject="another act")
    office.sync(anna)
    seen = set()
    for _ in range(20):
        offer = boris.courier.offer()
        boris.courier.take(offer, office.hub.hub.handle(boris.guest, offer.message))
        seen.add(boris.store.one("SELECT count(*) FROM orders"))
    assert seen <= {0, 20, 21}
    assert all_equal(office)
