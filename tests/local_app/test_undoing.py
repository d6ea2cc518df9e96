"""Undo and redo after a sync: what a colleague has written since is never taken away in silence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_app.desk import NotWritten
from local_app.widgets.longwork import Stopped
from shared.change import Edit, Refused
from tests.support.office import Office, rivals, value


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.close()


def test_a_value_that_stands_against_a_colleagues_is_not_undone_in_silence(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop("u2")
    office.put(anna, "o", subject="base", note="base")
    office.sync(anna, boris)
    office.put(boris, "o", subject="Boris's")
    office.put(anna, "o", subject="Anna's", note="Anna's")
    office.sync(boris, anna)
    assert value(anna, "o") == "Anna's"
    assert anna.desk.undo() == "works; остались правки: u2"
    assert (value(anna, "o", "note"), rivals(anna, "o")) == ("base", ["Anna's", "Boris's"])


def test_what_only_stands_against_a_colleagues_value_cannot_be_undone_and_says_so(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop()
    office.put(anna, "o", subject="base")
    office.sync(anna, boris)
    office.put(boris, "o", subject="Boris's")
    office.put(anna, "o", subject="Anna's")
    office.sync(boris, anna)
    with pytest.raises(Refused, match="изменены"):
        anna.desk.undo()
    assert rivals(anna, "o") == ["Anna's", "Boris's"]


def test_redo_does_not_write_over_what_a_colleague_has_written_after_the_undo(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop("u2")
    office.put(anna, "o", subject="base", note="base")
    office.put(anna, "o", subject="Anna's", note="Anna's")
    anna.desk.undo()
    office.sync(anna, boris)
    office.put(boris, "o", subject="Boris's")
    office.sync(boris, anna)
    assert anna.desk.redo().endswith("; остались правки: u2")
    assert (value(anna, "o"), value(anna, "o", "note")) == ("Boris's", "Anna's")


def test_a_redo_of_which_nothing_is_left_says_so(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop()
    office.put(anna, "o", subject="base")
    office.put(anna, "o", subject="Anna's")
    anna.desk.undo()
    office.sync(anna, boris)
    office.put(boris, "o", subject="Boris's")
    office.sync(boris, anna)
    with pytest.raises(Refused, match="нельзя вернуть"):
        anna.desk.redo()
    assert value(anna, "o") == "Boris's"


@pytest.mark.parametrize("work", [
    Edit("orders", "o", {"note": "Boris's"}),
    Edit("payments", "p", {"order_id": "o", "amount": 100_00}),
    Edit("order_lines", "l", {"price": 5_000_000}),
])  # fmt: skip
def test_an_order_in_which_a_colleague_has_worked_does_not_go_with_the_undo_of_its_making(office: Office, work: Edit) -> None:
    anna, boris = office.laptop(), office.laptop()
    made = [Edit("orders", "o", {"subject": "Anna's"}), Edit("order_lines", "l", {"order_id": "o", "price": 1_000_000})]
    anna.desk.do(made, "Создан заказ")
    office.sync(anna, boris)
    boris.desk.do([work], "works")
    office.sync(boris, anna)
    with pytest.raises(Refused, match="изменены"):
        anna.desk.undo()
    assert value(anna, "o", "deleted") == 0


def test_an_import_is_undone_but_for_the_rows_that_a_colleague_has_worked_with(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop("u2")
    anna.desk.do_many([[Edit("clients", f"c{number}", {"name": f"Клиент {number}"})] for number in range(3)], "Импорт")
    office.sync(anna, boris)
    office.put(boris, "c1", entity="clients", inn="7707083893")
    office.sync(boris, anna)
    assert anna.desk.undo() == "Импорт; остались правки: u2"
    assert [value(anna, f"c{number}", "deleted", "clients") for number in range(3)] == [1, 0, 1]


def test_after_an_undo_the_own_work_at_another_laptop_is_named_as_ones_own(office: Office) -> None:
    anna, at_home = office.laptop(), office.laptop()
    office.put(anna, "o", subject="base", note="base")
    office.sync(anna, at_home)
    office.put(anna, "o", subject="Anna's", note="Anna's")
    office.sync(anna, at_home)
    office.put(at_home, "o", subject="at home")
    office.sync(at_home, anna)
    assert anna.desk.undo() == "works; остались правки: вы на другом ноутбуке"
    assert (value(anna, "o"), value(anna, "o", "note")) == ("at home", "base")


def test_an_order_that_stays_because_of_a_payment_names_who_has_entered_it(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop("u2")
    anna.desk.do_many([[Edit("orders", row, {"subject": row})] for row in ("o", "p")], "Импорт")
    office.sync(anna, boris)
    boris.desk.do([Edit("payments", "pay", {"order_id": "o", "amount": 100_00})], "Оплата")
    office.sync(boris, anna)
    assert anna.desk.undo() == "Импорт; остались правки: u2"
    assert (value(anna, "o", "deleted"), value(anna, "p", "deleted")) == (0, 1)


def test_a_typing_during_which_the_laptop_finds_itself_copied_is_taken_back_whole(office: Office) -> None:
    anna = office.laptop()
    office.put(anna, "o", subject="base")
    office.sync(anna)
    copy = office.copy(anna)
    office.put(copy, "p", subject="the copy's")
    office.sync(copy)
    half = anna.desk.do([Edit("orders", "o", {"subject": "half"})], "typed", anna.desk.view())
    office.sync(anna)
    assert anna.store.log.state().device == "label1", "it goes on under another label"
    anna.desk.do([Edit("orders", "o", {"subject": "whole"})], "typed", anna.desk.view(), half.batch)
    assert (anna.desk.undo(), value(anna, "o")) == ("typed", "base")
    assert (anna.desk.redo(), value(anna, "o")) == ("typed", "whole")
    anna.desk.undo()
    assert (anna.desk.undo(), value(anna, "o", "deleted"), value(anna, "p")) == ("works", 1, "the copy's")


def test_what_can_never_be_undone_is_said_once_and_the_next_undo_takes_back_what_was_before_it(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop()
    office.put(anna, "o", subject="base", note="base")
    office.sync(anna, boris)
    office.put(anna, "o", subject="Anna's")
    office.put(anna, "o", note="Anna's")
    office.sync(anna, boris)
    office.put(boris, "o", note="Boris's")
    office.sync(boris, anna)
    with pytest.raises(Refused, match="изменены"):
        anna.desk.undo()
    assert anna.desk.undo() == "works"
    assert (value(anna, "o"), value(anna, "o", "note")) == ("base", "Boris's")
    assert anna.desk.redo() == "works"
    assert (value(anna, "o"), value(anna, "o", "note")) == ("Anna's", "Boris's")
    with pytest.raises(Refused, match="Возвращать нечего"):
        anna.desk.redo()


def test_an_issued_paper_hinders_no_undo_of_what_was_done_before_it(office: Office) -> None:
    anna = office.laptop()
    office.put(anna, "o", subject="base")
    office.put(anna, "o", subject="Anna's")
    issued = {"document_type": "invoice", "state": "issued", "number": "1", "order_id": "o"}
    anna.desk.do([Edit("documents", "d", {"state": "draft"})], "Черновик")
    anna.desk.do([Edit("documents", "d", issued)], "Выставлен счёт")
    for _ in range(2):
        with pytest.raises(Refused, match="выставлен, менять его нельзя"):
            anna.desk.undo()
    assert anna.desk.undo() == "works"
    assert (value(anna, "o"), value(anna, "d", "state", "documents")) == ("base", "issued")


def test_a_step_that_the_disk_or_its_user_has_stopped_is_undone_later(office: Office) -> None:
    anna = office.laptop()
    office.put(anna, "o", subject="base")
    office.put(anna, "o", subject="Anna's")
    anna.store.db.execute("PRAGMA query_only = ON")
    with pytest.raises(NotWritten):
        anna.desk.undo()
    anna.store.db.execute("PRAGMA query_only = OFF")

    def stop(*_: object) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        anna.desk.undo(stop)
    assert anna.desk.undo() == "works"
    assert value(anna, "o") == "base"


def test_what_can_never_be_done_again_is_said_once_and_the_next_redo_goes_on(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop()
    office.put(anna, "o", subject="base", note="base")
    office.put(anna, "o", subject="Anna's")
    office.put(anna, "o", note="Anna's")
    for _ in range(2):
        anna.desk.undo()
    office.sync(anna, boris)
    office.put(boris, "o", subject="Boris's")
    office.sync(boris, anna)
    with pytest.raises(Refused, match="нельзя вернуть"):
        anna.desk.redo()
    assert anna.desk.redo() == "works"
    assert (value(anna, "o"), value(anna, "o", "note")) == ("Boris's", "Anna's")
    with pytest.raises(Refused, match="Возвращать нечего"):
        anna.desk.redo()


def test_what_has_changed_nothing_is_passed_over_and_nothing_is_written_for_it(office: Office) -> None:
    anna = office.laptop()
    office.put(anna, "o", subject="base", note="")
    office.put(anna, "o", subject="Anna's")
    office.put(anna, "o", subject="Anna's", note="", manager_id=None)
    last = anna.store.log.last_seq()
    with pytest.raises(Refused, match="это действие ничего не изменило"):
        anna.desk.undo()
    assert anna.store.log.last_seq() == last
    assert (anna.desk.undo(), value(anna, "o")) == ("works", "base")


def test_an_undo_writes_only_what_it_changes(office: Office) -> None:
    anna = office.laptop()
    office.put(anna, "o", subject="base", note="base")
    office.put(anna, "o", subject="Anna's", note="base")
    anna.desk.undo()
    anna.desk.redo()
    patches = [patch for (patch,) in anna.store.db.execute("SELECT patch FROM log WHERE row = 'o' ORDER BY seq DESC LIMIT 2")]
    assert patches == ['{"subject":"Anna\'s"}', '{"subject":"base"}']
