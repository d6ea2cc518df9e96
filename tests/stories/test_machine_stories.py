"""Stories of machines: copied and restored laptops, hubs restored and lost; nothing is lost, doubled or silently overwritten."""

from __future__ import annotations

from shared.change import Edit
from shared.entity import Value
from tests.simulator.machines import Laptop, disk_of
from tests.simulator.mutants import spoiled
from tests.support.office import Office, all_equal, rivals, value

YEARS_AHEAD_MS = 30 * 365 * 24 * 3_600_000


# ------------------------------------------------------------------ copies
def test_a_copied_laptop_does_not_overwrite_what_the_original_did_later(office: Office, anna: Laptop) -> None:
    office.put(anna, "o", subject="base")
    office.sync(anna)
    copy = office.copy(anna)
    office.put(anna, "o", subject="original")
    office.sync(anna)
    office.put(copy, "o", subject="copy")
    office.sync_all()
    assert rivals(office.hub, "o") == ["copy", "original"]
    assert anna.store.log.state().device != copy.store.log.state().device


def test_what_was_unsent_when_a_laptop_was_copied_arrives_once(office: Office, anna: Laptop) -> None:
    office.put(anna, "z", subject="0")
    office.sync(anna)
    first = office.copy(anna)
    office.put(first, "o", subject="1")
    second = office.copy(first)
    office.put(anna, "z", subject="9")
    office.sync(anna, first)
    office.put(second, "o", subject="2")
    office.sync_all()
    assert office.hub.store.one("SELECT count(*) FROM log WHERE row IN ('o', 'z')") == 4
    assert rivals(office.hub, "o") == []
    assert all_equal(office)


def test_the_same_first_edit_in_both_copies_is_one_change(office: Office, anna: Laptop) -> None:
    office.put(anna, "o", subject="base")
    office.sync(anna)
    copy = office.copy(anna)
    for laptop in (anna, copy):
        office.put(laptop, "o", subject="paid")
    office.sync_all()
    assert office.hub.store.one("SELECT count(*) FROM log WHERE row = 'o'") == 2
    assert rivals(copy, "o") == []
    assert all_equal(office)


def test_a_laptop_restored_from_a_backup_reads_itself_back_and_goes_on(office: Office, anna: Laptop) -> None:
    office.put(anna, "o", subject="yesterday")
    backup = disk_of(anna.folder)
    office.put(anna, "o", subject="today")
    office.sync(anna)
    label = anna.store.log.state().device
    anna.put_back(backup)
    office.sync(anna)
    office.put(anna, "o", subject="tomorrow")
    office.sync(anna)
    assert anna.store.log.state().device == label
    assert value(office.hub, "o") == "tomorrow"
    assert rivals(office.hub, "o") == []


# ------------------------------------------------------------------ a hub with another history
def test_a_place_used_again_by_a_restored_hub_counts_as_unseen(office: Office, anna: Laptop, boris: Laptop, vera: Laptop) -> None:
    office.put(anna, "o", subject="base")
    office.sync(anna, boris, vera)
    backup = disk_of(office.hub.folder)
    office.put(boris, "p", subject="x")
    office.sync(boris, anna)
    office.put(anna, "o", subject="Anna's")
    office.restore_the_hub(backup)
    office.put(vera, "o", subject="Vera's")
    office.sync(vera)
    office.sync_all()
    assert rivals(office.hub, "o") == ["Anna's", "Vera's"]
    assert all_equal(office)


def with_a_form_open_over_a_restore(office: Office, anna: Laptop, boris: Laptop, vera: Laptop) -> list[Value]:
    """Anna's form was opened in the lost history; when she saves it, Vera's edit stands at a place that her form says was read."""
    office.put(anna, "o", subject="base")
    office.sync(anna, boris, vera)
    backup = disk_of(office.hub.folder)
    office.put(boris, "p", subject="x")
    office.sync(boris, anna)
    form = anna.desk.view()
    office.restore_the_hub(backup)
    office.put(vera, "o", subject="Vera's")
    office.sync(vera, anna)
    office.put(anna, "o", form, subject="Anna's")
    office.put(anna, "p", form, subject="Anna has seen x")
    office.sync_all()
    return rivals(office.hub, "o")


def test_a_form_open_over_a_restore_has_seen_what_it_showed_and_no_more(office: Office, anna: Laptop, boris: Laptop, vera: Laptop) -> None:
    assert with_a_form_open_over_a_restore(office, anna, boris, vera) == ["Anna's", "Vera's"]
    assert value(office.hub, "p") == "Anna has seen x"
    assert rivals(office.hub, "p") == []


def test_and_a_form_that_forgot_the_restore_would_overwrite_unseen(office: Office, anna: Laptop, boris: Laptop, vera: Laptop) -> None:
    with spoiled("open forms forget the cut"):
        assert with_a_form_open_over_a_restore(office, anna, boris, vera) == []


def test_what_a_lost_history_showed_can_be_deleted_before_it_has_come_back(
    office: Office, anna: Laptop, boris: Laptop, vera: Laptop
) -> None:
    office.put(anna, "q", subject="0")
    office.sync(anna, boris)
    backup = disk_of(office.hub.folder)
    office.put(anna, "o", subject="A")
    office.sync(anna, boris)
    office.restore_the_hub(backup)
    office.put(vera, "r", subject="z")
    office.sync(vera)
    office.put(boris, "o", deleted=1)
    office.sync_all()
    assert value(anna, "o", "deleted") == 1
    assert anna.store.conflicts() == []


def test_a_hub_that_is_lost_altogether_comes_back_from_the_laptops(office: Office, anna: Laptop, boris: Laptop) -> None:
    office.put(anna, "o", subject="Anna's")
    office.sync_all()
    office.put(boris, "o", subject="Boris's")
    office.sync(boris)
    people = office.hub.store.rows("SELECT id, role FROM employees ORDER BY id")
    office.lose_the_hub()
    office.sync_all()
    assert value(office.hub, "o") == "Boris's"
    assert office.hub.store.rows("SELECT id, role FROM employees ORDER BY id") == people
    assert office.hub.store.status()["refused"] == 0
    assert all_equal(office)


def test_laptops_that_bring_the_same_lost_changes_back_agree_on_their_facts(
    office: Office, anna: Laptop, boris: Laptop, vera: Laptop
) -> None:
    backup = disk_of(office.hub.folder)
    for number, laptop in enumerate((anna, boris, vera) * 2):
        office.put(laptop, "o", subject=str(number))
        office.sync(laptop)
    office.sync_all()
    office.restore_the_hub(backup)
    for laptop in (vera, anna, boris):
        office.answer(laptop)
    office.sync_all()
    assert value(office.hub, "o") == "5"
    assert all_equal(office)


# ------------------------------------------------------------------ people and versions
def test_a_refused_act_is_left_out_everywhere_and_kept_with_its_reason(office: Office, anna: Laptop, vera: Laptop) -> None:
    office.put(vera, "o", subject="honest")
    vera.desk.do([Edit("employees", "u3", {"role": "administrator"}), Edit("orders", "p", {"subject": "same act"})], "works")
    office.sync_all()
    assert [value(machine, "p") for machine in (anna, vera, office.hub)] == [None, None, None]
    assert value(anna, "o") == "honest"
    assert vera.store.status()["refused"] == 2
    assert "на странице сервера" in vera.store.one("SELECT refused FROM log WHERE row = 'p'")
    assert all_equal(office)


def test_a_lost_hub_takes_back_what_it_had_accepted_whoever_brings_it(office: Office, anna: Laptop, vera: Laptop) -> None:
    office.give_role("u4", "manager")
    office.sync_all()
    office.lose_the_hub()
    office.sync(vera)
    assert value(office.hub, "u4", "role", "employees") == "manager"
