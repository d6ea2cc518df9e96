"""The desk: an act is all or nothing, undo gives back what was shown, screens hear what has changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local_app.desk import Desk, NotWritten
from shared.change import Edit, Refused
from shared.entity import Value
from shared.exchange import LONGEST_ACT
from shared.store import StoreTrouble
from tests.simulator.machines import NEW
from tests.support.office import Office, rivals, tables, value

NOON_MS = 1_800_000_000_000


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk.open(tmp_path, clock=lambda: NOON_MS, create=True, catalogue=NEW)
    yield desk
    desk.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.close()


def put(desk: Desk, row: str, **patch: Value) -> None:
    desk.do([Edit("orders", row, patch)], f"«{row}»")


def edit(row: str) -> Edit:
    return Edit("orders", row, {"subject": "new"})


def shown(desk: Desk, row: str, field: str = "subject", entity: str = "orders") -> Value:
    found = desk.store.row(entity, row)
    return found[field] if found else None


# ------------------------------------------------------------------ acts
@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (Edit("orders", "p", {"subject": 5}), "Заказ, Тема"),
        (Edit("orders", "p", {"date": "31.12.2026"}), "Заказ, Дата"),
        (Edit("orders", "p", {"discount_sum": 1.5}), "Скидка"),  # type: ignore[dict-item]
        (Edit("orders", "p", {"deleted": 2}), "Удалён"),
        (Edit("orders", "p", {"colour": "red"}), "нет поля colour"),
        (Edit("spaceships", "p", {"name": "x"}), "Нет такого справочника"),
    ],
)
def test_one_wrong_value_refuses_the_whole_act_in_words(desk: Desk, edit: Edit, words: str) -> None:
    with pytest.raises(Refused, match=words):
        desk.do([Edit("orders", "o", {"subject": "right"}), edit], "works")
    assert desk.store.one("SELECT count(*) FROM log") == 0
    assert shown(desk, "o") is None


@pytest.mark.parametrize("act", [lambda desk: put(desk, "o", subject="new"), Desk.undo, lambda desk: desk.do_many([[edit("p")]], "many")])
def test_what_the_disk_says_is_a_refusal_for_a_screen_and_a_trouble_for_who_repeats(desk: Desk, act: Callable[[Desk], object]) -> None:
    put(desk, "o", subject="old")
    desk.store.db.execute("PRAGMA query_only = ON")
    with pytest.raises(Refused, match="Нет права читать и менять файл") as said:
        act(desk)
    assert isinstance(said.value, NotWritten)
    assert isinstance(said.value, StoreTrouble)
    desk.store.db.execute("PRAGMA query_only = OFF")
    assert shown(desk, "o") == "old"
    act(desk)


def test_an_act_too_large_to_travel_is_refused_before_anything_is_written(desk: Desk) -> None:
    with pytest.raises(Refused, match="Разделите"):
        desk.do([Edit("orders", f"o{number}", {}) for number in range(LONGEST_ACT + 1)], "works")
    assert desk.store.one("SELECT count(*) FROM log") == 0


def test_changes_of_one_act_share_a_stamp_and_the_next_act_has_a_later_one_on_a_standing_clock(desk: Desk) -> None:
    desk.do([Edit("orders", "o", {}), Edit("orders", "p", {})], "works")
    put(desk, "o", subject="x")
    assert [row["act"] for row in desk.store.rows("SELECT act FROM log ORDER BY seq")] == [1, 1, 3]
    first, second, third = (row["stamp"] for row in desk.store.rows("SELECT stamp FROM log ORDER BY seq"))
    assert first == second < third


def test_a_clock_that_jumps_back_makes_no_stamp_go_back(tmp_path: Path) -> None:
    times = iter([NOON_MS, NOON_MS, NOON_MS - 10**9, NOON_MS - 10**9, 0, 0, 0])
    desk = Desk.open(tmp_path, clock=lambda: next(times, 0), create=True, catalogue=NEW)
    for text in ("1", "2", "3"):
        put(desk, "o", subject=text)
    stamps = [row["stamp"] for row in desk.store.rows("SELECT stamp FROM log ORDER BY seq")]
    assert stamps == sorted(set(stamps))
    desk.close()


def test_an_act_without_edits_leaves_no_trace(desk: Desk) -> None:
    assert desk.do([], "works").touched == frozenset()
    with pytest.raises(Refused, match="Отменять нечего"):
        desk.undo()


def test_a_bulk_of_acts_is_told_as_it_goes_and_undone_as_one(desk: Desk) -> None:
    steps: list[int] = []
    desk.do_many(([Edit("orders", f"o{number}", {"subject": "x"})] for number in range(10)), "Импорт", steps.append)
    assert steps[-1] == 10
    assert desk.store.one("SELECT count(*) FROM orders WHERE deleted = 0") == 10
    assert desk.undo() == "Импорт"
    assert desk.store.one("SELECT count(*) FROM orders WHERE deleted = 0") == 0
    assert desk.redo() == "Импорт"
    assert desk.store.one("SELECT count(*) FROM orders WHERE deleted = 0") == 10


# ------------------------------------------------------------------ undo
def test_undo_gives_every_kind_of_value_back_and_redo_takes_it_again(desk: Desk) -> None:
    put(desk, "o", subject="before", discount_sum=5)
    put(desk, "o", subject="after", discount_sum=None, date="2026-01-01")
    assert desk.undo() == "«o»"
    assert (shown(desk, "o"), shown(desk, "o", "discount_sum"), shown(desk, "o", "date")) == ("before", 5, None)
    desk.redo()
    assert (shown(desk, "o"), shown(desk, "o", "discount_sum"), shown(desk, "o", "date")) == ("after", None, "2026-01-01")


def test_undo_of_a_new_order_takes_its_lines_along_and_redo_brings_them_back(desk: Desk) -> None:
    desk.do(
        [Edit("orders", "o", {}), Edit("order_lines", "l", {"order_id": "o", "quantity": 1_000_000, "price": 1_000_000})], "Новый заказ"
    )
    desk.undo()
    assert desk.store.rows("SELECT * FROM order_totals") == []
    desk.redo()
    assert desk.store.rows("SELECT lines, total FROM order_totals") == [{"lines": 1, "total": 100}]
    assert shown(desk, "l", "deleted", "order_lines") == 0


def test_undo_of_a_deletion_restores_and_undo_of_a_restore_deletes(desk: Desk) -> None:
    put(desk, "o", subject="x")
    put(desk, "o", deleted=1)
    desk.undo()
    assert shown(desk, "o", "deleted") == 0
    put(desk, "o", deleted=1)
    put(desk, "o", deleted=0)
    desk.undo()
    assert shown(desk, "o", "deleted") == 1


def test_acts_are_undone_from_the_newest_back_and_redone_in_turn(desk: Desk) -> None:
    for text in ("1", "2", "3"):
        put(desk, "o", subject=text)
    seen = []
    for step in (desk.undo, desk.undo, desk.redo, desk.redo, desk.undo):
        step()
        seen.append(shown(desk, "o"))
    assert seen == ["2", "1", "2", "3", "2"]


def test_after_a_new_act_there_is_nothing_to_redo(desk: Desk) -> None:
    put(desk, "o", subject="1")
    put(desk, "o", subject="2")
    desk.undo()
    put(desk, "o", note="something else")
    with pytest.raises(Refused, match="Возвращать нечего"):
        desk.redo()


def test_undo_touches_nothing_that_somebody_else_has_changed_since(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop()
    office.put(anna, "o", subject="base", note="base")
    office.put(anna, "o", subject="Anna's", note="Anna's")
    office.sync(anna, boris)
    office.put(boris, "o", subject="Boris's")
    office.sync(boris, anna)
    anna.desk.undo()
    assert (value(anna, "o"), value(anna, "o", "note")) == ("Boris's", "base")


def test_an_act_that_others_have_replaced_whole_cannot_be_undone_and_says_so(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop()
    office.put(anna, "o", subject="base")
    office.put(anna, "o", subject="Anna's")
    office.sync(anna, boris)
    office.put(boris, "o", subject="Boris's")
    office.sync(boris, anna)
    with pytest.raises(Refused, match="изменены"):
        anna.desk.undo()
    assert value(anna, "o") == "Boris's"


def test_undo_after_a_conflict_gives_back_the_value_that_was_shown(office: Office) -> None:
    """The loser may have come later than the winner: what was shown is not what was logged last."""
    anna, boris = office.laptop(), office.laptop()
    office.put(anna, "o", subject="base")
    office.sync(anna, boris)
    office.put(boris, "o", subject="loser")
    office.put(anna, "o", subject="winner")
    office.sync(boris, anna)
    assert rivals(anna, "o") == ["loser", "winner"]
    assert value(anna, "o") == "winner"
    office.put(anna, "o", subject="decision")
    anna.desk.undo()
    assert value(anna, "o") == "winner"


def test_undo_is_an_act_like_any_other_and_travels(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop()
    office.put(anna, "o", subject="1")
    office.put(anna, "o", subject="2")
    office.sync(anna, boris)
    anna.desk.undo()
    office.sync(anna, boris)
    assert value(boris, "o") == "1"
    assert tables(boris.store) == tables(anna.store)


# ------------------------------------------------------------------ screens
def test_listeners_hear_which_tables_changed_until_they_stop(desk: Desk) -> None:
    heard: list[frozenset[str]] = []
    stop = desk.listen(heard.append)
    desk.do([Edit("orders", "o", {}), Edit("order_lines", "l", {"order_id": "o"})], "works")
    stop()
    put(desk, "o", subject="unheard")
    assert heard == [frozenset({"orders", "order_lines"})]


def test_an_edit_is_settled_though_the_clock_jumps_back(tmp_path: Path) -> None:
    now = [1_790_000_000_000]
    desk = Desk.open(tmp_path, create=True, clock=lambda: now[0])
    desk.do([Edit("clients", "c1", {"name": "ООО"})], "Клиент")
    assert desk._unsettled
    now[0] -= 24 * 3600 * 1000
    desk.poll()
    assert not desk._unsettled
    desk.close()


def test_a_poll_hears_what_another_connection_wrote_and_is_silent_otherwise(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop()  # the second laptop's courier has a connection of its own
    heard: list[frozenset[str]] = []
    boris.desk.listen(heard.append)
    assert boris.desk.poll() == frozenset()
    office.put(anna, "o", subject="x")
    office.sync(anna, boris)
    assert "orders" in boris.desk.poll()
    assert boris.desk.poll() == frozenset()
    assert len(heard) == 1


def test_a_poll_hears_what_came_before_an_edit_of_ones_own_too(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop()  # the second laptop's courier has a connection of its own
    office.put(anna, "c", entity="clients", name="Ромашка")
    office.sync(anna, boris)
    office.put(boris, "o", subject="x")
    assert "clients" in boris.desk.poll()
    assert boris.desk.poll() == frozenset()


def test_who_hears_of_an_own_edit_hears_at_once_of_what_others_wrote_before_it(office: Office) -> None:
    """A screen that is drawn anew shows both: a choice on it must not count as made without having seen the others' work."""
    anna, boris = office.laptop(), office.laptop()
    heard: list[frozenset[str]] = []
    boris.desk.listen(heard.append)
    office.put(anna, "c", entity="clients", name="Ромашка")
    office.sync(anna, boris)
    office.put(boris, "o", subject="x")
    own, others = heard
    assert own == {"orders"}
    assert {"clients", "state"} <= others
    assert boris.desk.poll() == frozenset()


def test_a_poll_tells_of_all_tables_when_a_fuller_store_has_taken_the_place_of_this_one(desk: Desk, tmp_path: Path) -> None:
    """As a snapshot does: what it has in the first rows of its log was never here."""
    fuller = Desk.open(tmp_path / "fuller", clock=lambda: NOON_MS, create=True, catalogue=NEW)
    fuller.do([Edit("clients", "c", {"name": "Ромашка"})], "Клиент")
    fuller.do([edit("o"), edit("p")], "Заказы")
    put(desk, "mine")
    fuller.store.db.backup(other := sqlite3.connect(desk.store.path))
    other.close()
    fuller.close()
    assert "clients" in desk.poll()


def test_a_desk_that_was_closed_tells_nothing(desk: Desk) -> None:
    """A long work beside the screens comes to its end after the program did."""
    desk.close()
    assert desk.poll() == frozenset()
