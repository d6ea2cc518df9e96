"""An act travels whole, in one message: the desk makes none that would not fit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_app.desk import Desk
from local_app.parting import ROWS_A_COMMIT, UNDONE_AT_ONCE
from local_app.undoing import LOOKED, PAGE, WRITTEN, changes_to_turn
from local_app.widgets.longwork import Stopped, Work
from shared.change import Edit, Refused
from shared.exchange import LARGEST_ACT, LONGEST_ACT
from shared.progress import Progress
from tests.support.laptops import new_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = new_desk(tmp_path)
    yield opened
    opened.close()


def alive(desk: Desk) -> int:
    return int(desk.store.one("SELECT count(*) FROM clients WHERE deleted = 0"))


def test_a_large_import_is_taken_back_in_several_acts_but_one_step(desk: Desk) -> None:
    count = UNDONE_AT_ONCE + 1
    desk.do_many(([Edit("clients", f"c{number}", {"name": "Клиент"})] for number in range(count)), "Импорт")
    assert (desk.undo(), alive(desk)) == ("Импорт", 0)
    assert desk.store.one("SELECT max(count) FROM (SELECT count(*) AS count FROM log GROUP BY act)") == UNDONE_AT_ONCE
    assert (desk.redo(), alive(desk)) == ("Импорт", count)


def imported(desk: Desk, count: int) -> None:
    desk.do_many(([Edit("clients", f"c{number}", {"name": "Клиент"})] for number in range(count)), "Импорт")


def test_a_large_undo_tells_how_far_it_is(desk: Desk) -> None:
    imported(desk, 2 * PAGE + 1)
    told: list[tuple[str, int, int]] = []
    desk.undo(lambda *step: told.append(step))
    assert told == [(LOOKED, done, 2 * PAGE + 1) for done in (0, PAGE, 2 * PAGE)] + [(WRITTEN, 0, 0)]


def test_an_undo_that_is_stopped_changes_nothing_and_can_be_asked_for_again(desk: Desk) -> None:
    imported(desk, 2 * PAGE)
    work = Work("Отмена")

    def told(words: str, done: int, total: int) -> None:
        work.tell(words, done, total)
        work.stop()

    with pytest.raises(Stopped):
        desk.undo(told)
    assert (alive(desk), desk.undo(), alive(desk)) == (2 * PAGE, "Импорт", 0)


def test_what_somebody_writes_while_an_undo_is_looked_up_is_not_taken_back(desk: Desk) -> None:
    desk.do([Edit("clients", "c", {"name": "Ромашка", "city": "Омск"})], "Новый клиент")
    desk.do([Edit("clients", "c", {"name": "Лютик", "city": "Томск"})], "Правка")
    other, told = Desk.open(desk.folder), list[str]()

    def interrupted(words: str, _done: int, _total: int) -> None:
        if not told:
            with other.store.transaction():  # as a sync writes: no act of this laptop
                other.store.db.execute("UPDATE clients SET city = 'Тверь' WHERE id = 'c'")
        told.append(words)

    desk.undo(interrupted)
    other.close()
    assert told == [LOOKED, WRITTEN, LOOKED]
    assert desk.store.rows("SELECT name, city FROM clients") == [{"name": "Ромашка", "city": "Тверь"}]


def test_what_is_typed_between_two_pages_of_an_import_is_a_step_of_its_own(desk: Desk) -> None:
    desk.do([Edit("clients", "mine", {"name": "Ромашка"})], "Новый клиент")
    window, count = Desk.open(desk.folder), ROWS_A_COMMIT + 1

    def typed(done: int) -> None:
        if done == ROWS_A_COMMIT:
            window.do([Edit("clients", "mine", {"name": "Лютик"})], "Правка")

    def mine() -> str:
        return str(desk.store.one("SELECT name FROM clients WHERE id = 'mine'"))

    desk.do_many([[Edit("clients", f"c{number}", {"name": "Клиент"})] for number in range(count)], "Импорт", typed)
    assert changes_to_turn(desk.store, back=True) == count
    assert (desk.undo(), alive(desk), mine()) == ("Импорт", 1, "Лютик")
    assert (desk.redo(), alive(desk), mine()) == ("Импорт", 1 + count, "Лютик")
    assert (desk.undo(), desk.undo(), alive(desk), mine()) == ("Импорт", "Правка", 1, "Ромашка")
    assert (desk.redo(), desk.redo(), alive(desk), mine()) == ("Правка", "Импорт", 1 + count, "Лютик")
    window.close()


class Killed(Exception):
    """As when the power goes between two parts."""


def killed_after(parts: int) -> Progress:
    told = list[str]()

    def progress(words: str, _done: int, _total: int) -> None:
        told.append(words)
        if told.count(WRITTEN) > parts:
            raise Killed

    return progress


def test_an_undo_or_a_redo_that_is_killed_halfway_goes_on_with_what_is_left(desk: Desk) -> None:
    count = 2 * UNDONE_AT_ONCE + 1
    imported(desk, count)
    with pytest.raises(Killed):
        desk.undo(killed_after(1))
    assert alive(desk) == count - UNDONE_AT_ONCE
    desk.do([Edit("clients", "after", {"name": "После"})], "Новый клиент")
    assert (desk.undo(), alive(desk)) == ("Новый клиент", count - UNDONE_AT_ONCE)
    assert (desk.undo(), alive(desk)) == ("Импорт", 0)
    with pytest.raises(Killed):
        desk.redo(killed_after(2))
    assert alive(desk) == 2 * UNDONE_AT_ONCE
    assert (desk.redo(), alive(desk)) == ("Импорт", count)
    assert desk.store.verify() == []


def test_what_somebody_writes_between_the_parts_of_an_undo_is_not_taken_back(desk: Desk) -> None:
    imported(desk, 2 * UNDONE_AT_ONCE)
    desk.do_many(([Edit("clients", f"c{number}", {"city": "Омск"})] for number in range(2 * UNDONE_AT_ONCE)), "Города")
    other, told = Desk.open(desk.folder), list[str]()

    def between(words: str, _done: int, _total: int) -> None:
        told.append(words)
        if told.count(WRITTEN) == 2 and told[-1] == WRITTEN:
            other.do([Edit("clients", "c0", {"city": "Тверь"})], "Город")

    assert desk.undo(between) == "Города"
    assert desk.store.rows("SELECT id, city FROM clients WHERE city <> ''") == [{"id": "c0", "city": "Тверь"}]
    other.close()


def test_the_last_thing_that_is_left_may_vanish_between_the_parts(desk: Desk) -> None:
    imported(desk, UNDONE_AT_ONCE)
    desk.do_many(([Edit("clients", f"c{number}", {"city": "Омск"})] for number in range(UNDONE_AT_ONCE)), "Города")
    desk.do([Edit("clients", f"c{number}", {"note": "н"}) for number in range(UNDONE_AT_ONCE)], "Примечания")
    desk.do(
        [*(Edit("clients", f"c{number}", {"city": "Уфа"}) for number in range(UNDONE_AT_ONCE)), Edit("clients", "z", {"name": "Я"})], "Уфа"
    )
    other, told = Desk.open(desk.folder), list[str]()

    def between(words: str, _done: int, _total: int) -> None:
        told.append(words)
        if told.count(WRITTEN) == 2 and told[-1] == WRITTEN:
            other.do([Edit("clients", "c0", {"city": "Тверь"})], "Город")

    desk.undo(between)
    assert desk.store.one("SELECT count(*) FROM clients WHERE city = 'Омск'") == UNDONE_AT_ONCE - 1
    assert desk.store.one("SELECT city FROM clients WHERE id = 'c0'") == "Тверь"
    other.close()


@pytest.mark.parametrize(
    "edits",
    [
        [Edit("clients", f"c{number}", {"note": "я" * 1_000_000}) for number in range(LARGEST_ACT // 2_000_000 + 1)],
        [Edit("clients", f"c{number}", {"name": "Клиент"}) for number in range(LONGEST_ACT + 1)],
    ],
    ids=["too many bytes", "too many rows"],
)
def test_an_act_that_no_message_carries_is_refused_whole(desk: Desk, edits: list[Edit]) -> None:
    with pytest.raises(Refused, match="Разделите"):
        desk.do(edits, "Слишком много")
    assert alive(desk) == 0
