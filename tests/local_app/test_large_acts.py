"""An act travels whole, in one message: the desk makes none that would not fit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_app.desk import Desk
from local_app.parting import UNDONE_AT_ONCE
from local_app.undoing import LOOKED, PAGE, WRITTEN
from local_app.widgets.longwork import Stopped, Work
from shared.change import Edit, Refused
from shared.exchange import LARGEST_ACT, LONGEST_ACT
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
