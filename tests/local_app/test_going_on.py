"""A text that the pauses of its typing have saved in pieces is one step of undo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local_app.desk import Desk
from local_app.undoing import leave_out
from shared.change import Edit
from shared.entity import Value
from tests.support.laptops import new_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = new_desk(tmp_path)
    yield desk
    desk.close()


def put(desk: Desk, row: str, **patch: Value) -> None:
    desk.do([Edit("orders", row, patch)], f"«{row}»")


def shown(desk: Desk, row: str, field: str = "subject", entity: str = "orders") -> Value:
    found = desk.store.row(entity, row)
    return found[field] if found else None


def by_the_program(desk: Desk) -> None:
    """Something that is not the user's to take back."""
    leave_out(desk.store, desk.do([Edit("clients", "c", {"name": "by itself"})], "").act)


def test_the_halves_of_one_typing_are_one_step_of_undo(desk: Desk) -> None:
    put(desk, "o", subject="before")
    batch = 0
    for half in ("Ром", "Ромаш", "Ромашка"):
        batch = desk.do([Edit("orders", "o", {"subject": half})], "typing", batch=batch).batch
    desk.undo()
    assert shown(desk, "o") == "before"
    desk.redo()
    assert shown(desk, "o") == "Ромашка"


@pytest.mark.parametrize("between", [lambda desk: put(desk, "o", note="another"), lambda desk: (desk.undo(), desk.redo()), by_the_program])
def test_what_was_done_in_the_middle_of_a_typing_parts_it(desk: Desk, between: Callable[[Desk], object]) -> None:
    put(desk, "o", subject="before")
    first = desk.do([Edit("orders", "o", {"subject": "Ром"})], "typing")
    between(desk)
    second = desk.do([Edit("orders", "o", {"subject": "Ромашка"})], "typing", batch=first.batch)
    assert second.batch == second.act
    desk.undo()
    assert (shown(desk, "o"), len(desk.store.rows("SELECT 1 FROM clients"))) == ("Ром", int(between is by_the_program))


def test_a_typing_that_was_undone_does_not_come_back_with_what_is_typed_after_it(desk: Desk) -> None:
    first = desk.do([Edit("orders", "o", {"subject": "Ром"})], "typing")
    desk.undo()
    second = desk.do([Edit("orders", "o", {"subject": "Лютик"})], "typing", batch=first.batch)
    assert second.batch == second.act
