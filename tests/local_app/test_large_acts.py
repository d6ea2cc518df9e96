"""An act travels whole, in one message: the desk makes none that would not fit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_app.desk import UNDONE_AT_ONCE, Desk
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
