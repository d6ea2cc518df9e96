"""The laptop's half of the exchange: every answer is applied wholly, once, and only where it belongs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_app.rounds import find_common
from shared import exchange
from shared.change import SyncTrouble
from shared.exchange import Base
from tests.simulator.machines import Laptop, disk_of
from tests.support.office import Office, all_equal, rivals, tables, value


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.close()


def test_an_answer_belongs_to_the_base_it_was_asked_from(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop()
    early = anna.courier.offer()
    office.put(boris, "o", subject="1")
    office.sync(boris)
    late_answer = office.hub.hub.handle(anna.guest, early.message)
    office.put(boris, "o", subject="2")
    office.sync(boris, anna)
    anna.courier.take(early, late_answer)
    assert value(anna, "o") == "2"
    assert all_equal(office)


def test_two_answers_to_one_offer_are_taken_once(office: Office) -> None:
    anna = office.laptop()
    office.put(anna, "o", subject="x")
    offers = [anna.courier.offer() for _ in range(2)]
    answers = [office.hub.hub.handle(anna.guest, offer.message) for offer in offers]
    for offer, answer in zip(reversed(offers), reversed(answers), strict=True):
        anna.courier.take(offer, answer)
    assert anna.store.one("SELECT count(*) FROM log WHERE row = 'o'") == 1
    assert all_equal(office)


@pytest.mark.parametrize("key", ["head", "end"])
def test_an_answer_whose_chain_does_not_fit_writes_nothing(office: Office, key: str) -> None:
    anna, boris = office.laptop(), office.laptop()
    office.put(boris, "o", subject="x")
    office.put(anna, "mine", subject="pending")
    office.sync(boris)
    offer = anna.courier.offer()
    message = office.hub.hub.handle(anna.guest, offer.message)
    head = exchange.unpack(message)
    lie = {"head": "00" * 16} if key == "head" else {"end": head["end"] + 1}
    forged = exchange.pack(head | lie, [exchange.block(exchange.read_blocks(head, message))])
    before, state = tables(anna.store), anna.store.log.state()
    with pytest.raises(SyncTrouble, match="не сходится"):
        anna.courier.take(offer, forged)
    assert (tables(anna.store), anna.store.log.state()) == (before, state)
    assert anna.store.unsent() == 1
    office.sync_all()
    assert all_equal(office)


@pytest.mark.parametrize(
    ("head", "words"),
    [({"kind": "update"}, "Обновите программу"), ({"kind": "weather"}, "непонятно"), ({}, "непонятно"), ({"kind": "page"}, "повреждён")],
)
def test_an_answer_of_a_stranger_is_trouble_in_words(office: Office, head: dict[str, object], words: str) -> None:
    anna = office.laptop()
    with pytest.raises(SyncTrouble, match=words):
        anna.courier.take(anna.courier.offer(), exchange.pack(head))


def test_a_damaged_answer_is_trouble_and_the_next_one_is_taken(office: Office) -> None:
    anna = office.laptop()
    office.put(anna, "o", subject="x")
    offer = anna.courier.offer()
    answer = office.hub.hub.handle(anna.guest, offer.message)
    with pytest.raises(SyncTrouble, match="повреждён в пути"):
        anna.courier.take(offer, answer[:-3])
    assert anna.store.unsent() == 1
    anna.courier.take(offer, answer)
    assert anna.store.unsent() == 0


def test_an_offer_holds_whole_acts_in_the_order_they_were_done(office: Office) -> None:
    anna = office.laptop()
    anna.page = 3
    for number in range(8):
        office.put(anna, f"o{number}", subject="x")
    acts = [change.n for change in anna.courier.offer().changes]
    assert acts == [1, 2, 3]


def test_the_tip_moves_on_when_a_restored_laptop_reads_itself_back(office: Office) -> None:
    anna = office.laptop()
    office.put(anna, "o", subject="1")
    backup = disk_of(anna.folder)
    for text in ("2", "3"):
        office.put(anna, "o", subject=text)
    office.sync(anna)
    tip = anna.store.log.state().tip
    anna.put_back(backup)
    office.sync(anna)
    assert (anna.store.log.state().n, anna.store.log.state().tip) == (3, tip)
    assert anna.courier.read_back == 2


def test_a_laptop_that_meets_a_copy_of_itself_takes_a_new_label_and_needs_a_new_prefix(office: Office) -> None:
    anna = office.laptop()
    office.put(anna, "o", subject="base")
    office.sync(anna)
    copy = office.copy(anna)
    office.put(anna, "o", subject="original")
    office.put(copy, "p", subject="copy")
    office.sync(anna, copy)
    state = copy.store.log.state()
    assert state.device != anna.store.log.state().device
    assert state.prefix == ""
    assert anna.store.log.state().prefix == "0"
    office.put(copy, "p", subject="under its new label")
    office.sync_all()
    assert value(anna, "p") == "under its new label"
    assert rivals(anna, "p") == []
    assert all_equal(office)


# ------------------------------------------------------------------ another history
def lengthened(office: Office, laptop: Laptop, count: int) -> None:
    for number in range(count):
        office.put(laptop, f"o{number}", subject="x")
    office.sync(laptop)


@pytest.mark.parametrize("kept", [0, 1, 299, 555, 599])
def test_the_last_common_place_of_two_histories_is_found_in_a_few_questions(office: Office, kept: int) -> None:
    anna = office.laptop()
    lengthened(office, anna, kept)
    backup = disk_of(office.hub.folder)
    common = office.hub.store.log.state().place
    lengthened(office, anna, 600 - kept)
    office.restore_the_hub(backup)
    asked: list[bytes] = []

    def ask(message: bytes) -> bytes:
        asked.append(message)
        return office.hub.hub.handle(anna.guest, message)

    offer = anna.courier.offer()
    find_common(anna.courier, ask, offer, anna.courier.take(offer, ask(offer.message)))
    assert anna.store.log.state().place == common
    assert anna.store.unsent() == 600 - kept
    assert len(asked) <= 4
    office.sync(anna)
    assert all_equal(office)


def test_a_cut_takes_places_back_names_what_was_seen_and_loses_nothing(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop()
    office.put(boris, "o", subject="Boris's")
    place = office.hub.store.log.state().place
    office.sync(anna)
    office.sync(boris, anna)
    office.put(anna, "o", subject="Anna has seen it")
    lost = anna.store.one("SELECT id FROM log WHERE row = 'o' ORDER BY seq LIMIT 1")
    base = Base(place, anna.courier.chain.head_at(place) or b"")
    assert anna.courier.cut(base)
    assert anna.store.unsent() == 2
    read_to, also = anna.store.db.execute("SELECT read_to, also FROM log WHERE row = 'o' ORDER BY seq DESC LIMIT 1").fetchone()
    assert (read_to, also) == (place, lost)
    assert anna.store.view().also == lost
    assert value(anna, "o") == "Anna has seen it"
    assert rivals(anna, "o") == []


def test_there_is_nothing_to_cut_where_the_histories_agree(office: Office) -> None:
    anna = office.laptop()
    office.sync(anna)
    state = anna.store.log.state()
    assert not anna.courier.cut(Base(state.place, state.head))
    assert not anna.courier.cut(Base(state.place - 1, bytes(16)))
    assert anna.store.log.state() == state
