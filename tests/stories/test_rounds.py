"""The rounds of an exchange: a message is under way while the answer before it is applied, and nothing depends on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local_app.moving import Moving
from local_app.rounds import exchange_all
from shared.change import SyncTrouble
from tests.simulator.machines import Laptop, disk_of
from tests.support.office import Office, all_equal, value

ORDERS = 12


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found = Office(tmp_path)
    yield found
    found.close()


def filled(office: Office, word: str) -> Laptop:
    """A laptop with orders that need several pages."""
    laptop = office.laptop()
    laptop.page = 3
    for number in range(ORDERS):
        office.put(laptop, f"{word}{number}", subject=f"{word} {number}")
    return laptop


def exchanged(office: Office, laptop: Laptop, on_the_way: Callable[[int, bytes], bytes] = lambda _, answer: answer) -> int:
    """By a line of its own, as the program does; how many messages it took. `on_the_way`: what becomes of an answer."""
    asked = 0

    def ask(message: bytes) -> bytes:
        nonlocal asked
        asked += 1
        return on_the_way(asked, office.hub.hub.handle(laptop.guest, message))

    with ThreadPoolExecutor(1) as line:
        exchange_all(laptop.courier, ask, line=line)
    return asked


def test_pages_of_both_sides_arrive_whole_and_once(office: Office) -> None:
    anna, boris = filled(office, "anna"), filled(office, "boris")
    office.hub.page = 4
    assert exchanged(office, anna) > 3
    assert exchanged(office, boris) > 6, "his pages and hers"
    exchanged(office, anna)
    assert anna.store.one("SELECT count(*) FROM orders") == 2 * ORDERS
    assert all_equal(office)
    assert office.hub.store.verify() == []


def test_what_is_done_while_pages_are_under_way_is_sent_too(office: Office) -> None:
    office.laptop()
    anna = filled(office, "anna")
    assert anna.apart, "the desk and the courier have a connection each, as in the program"
    for store in (anna.desk.store, anna.courier.store):
        store.db.execute("PRAGMA busy_timeout = 20000")

    def done_meanwhile(asked: int, answer: bytes) -> bytes:
        if asked == 2:
            office.put(anna, "late", subject="late")
        return answer

    exchanged(office, anna, done_meanwhile)
    office.sync_all()
    assert value(office.hub, "late") == "late"
    assert all_equal(office)


def test_an_answer_that_is_cut_on_the_way_stops_the_exchange_and_the_next_one_goes_on(office: Office) -> None:
    anna = filled(office, "anna")
    with pytest.raises(SyncTrouble, match="повреждён"):
        exchanged(office, anna, lambda asked, answer: answer[:-3] if asked == 3 else answer)
    assert 0 < anna.store.unsent() < ORDERS
    exchanged(office, anna)
    assert anna.store.unsent() == 0
    assert all_equal(office)


def test_a_hub_that_is_put_back_between_two_pages_gets_everything_again(office: Office) -> None:
    anna = filled(office, "anna")
    before = disk_of(office.hub.folder)

    def put_back(asked: int, answer: bytes) -> bytes:
        if asked == 3:
            office.restore_the_hub(before)
        return answer

    exchanged(office, anna, put_back)
    office.sync_all()
    assert office.hub.store.one("SELECT count(*) FROM orders") == ORDERS
    assert all_equal(office)


def test_what_a_lost_hub_gets_again_is_counted_as_sent(office: Office) -> None:
    anna = filled(office, "anna")
    exchanged(office, anna)
    office.lose_the_hub()
    told = list[Moving]()
    sent, received = exchange_all(anna.courier, lambda message: office.hub.hub.handle(anna.guest, message), told.append)
    assert sent == anna.store.log.state().place - received >= ORDERS
    assert {moving.what for moving in told} == {"Отправлено"}
    assert all(moving.done <= moving.total for moving in told)
    assert [moving.done for moving in told] == sorted(moving.done for moving in told)
    assert len({moving.done for moving in told}) > 3
