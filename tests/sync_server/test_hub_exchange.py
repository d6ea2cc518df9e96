"""The hub's door: what it takes, what it refuses, what it answers, whoever knocks and however often."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import pytest

from local_app.rounds import exchange_all
from shared import exchange
from shared.change import ROOT, Change, Edit, change_id
from shared.exchange import Malformed
from shared.store.courier import Courier
from tests.simulator.machines import Guest, Laptop, disk_of, failing
from tests.support.office import Office, all_equal, is_open, tables, value

DAY_MS = 24 * 3_600_000


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.close()


def change(n: int = 1, prev: bytes = ROOT, act: int = 0, row: str = "r", **patch: Any) -> Change:
    """A change that no laptop of ours has to have made."""
    body = ("stranger", n, act or n, "u3", "orders", row, orjson.dumps(patch))
    return Change(change_id(prev, *body), prev, *body, stamp=1, read_to=0, own_n=0)


def offered(office: Office, *changes: Change, user: str = "u3") -> dict[str, Any]:
    """The head of the hub's answer."""
    head = {"protocol": exchange.PROTOCOL, "kind": "offer", "place": 0, "head": ROOT.hex()}
    message = exchange.pack(head, [exchange.block(changes)])
    return exchange.unpack(office.hub.hub.handle(Guest("stranger", user), message))


def count(office: Office) -> int:
    return int(office.hub.store.one("SELECT count(*) FROM log"))


# ------------------------------------------------------------------ what it takes
def test_a_change_whose_predecessor_is_unknown_is_not_taken_nor_what_came_with_it(office: Office) -> None:
    before = count(office)
    first = change(subject="first")
    second = change(2, first.id, subject="second")
    assert offered(office, second)["kind"] == "gap"
    assert count(office) == before
    assert offered(office, first, second)["kind"] == "page"
    assert count(office) == before + 2


def test_two_children_of_one_change_are_legal(office: Office) -> None:
    first = change(subject="first")
    one, other = change(2, first.id, subject="one"), change(2, first.id, subject="other")
    offered(office, first, one)
    assert offered(office, first, other)["kind"] == "page"
    assert is_open(office.hub, "r", "subject")


@pytest.mark.parametrize(
    "changes",
    [
        (change(2, subject="a root that is not the first"),),
        (change(subject="x"), change(3, change(subject="x").id, subject="a number was left out")),
        (change(2, ROOT, act=1, subject="the end of an act"),),
    ],
)
def test_numbers_follow_each_other_and_acts_come_whole(office: Office, changes: tuple[Change, ...]) -> None:
    before = count(office)
    with pytest.raises(Malformed):
        offered(office, *changes)
    assert count(office) == before


def test_another_version_of_the_protocol_is_told_so(office: Office) -> None:
    answer = office.hub.hub.handle(Guest("d", "u1"), exchange.pack({"protocol": exchange.PROTOCOL + 1, "kind": "offer"}))
    assert exchange.unpack(answer) == {"kind": "update", "protocol": exchange.PROTOCOL}


@pytest.mark.parametrize(
    "head", [{"kind": "weather"}, {"kind": "offer"}, {"kind": "offer", "place": -1, "head": ""}, {"kind": "probe", "pairs": [1]}]
)
def test_what_is_no_question_is_turned_away(office: Office, head: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        office.hub.hub.handle(Guest("d", "u1"), exchange.pack({"protocol": exchange.PROTOCOL} | head))


def test_a_base_of_another_history_is_told_apart_by_its_head(office: Office) -> None:
    state = office.hub.store.log.state()
    for place, head in ((state.place, bytes(16)), (state.place + 1, state.head)):
        question = exchange.pack({"protocol": exchange.PROTOCOL, "kind": "offer", "place": place, "head": head.hex()})
        assert exchange.unpack(office.hub.hub.handle(Guest("d", "u1"), question))["kind"] == "mismatch"


def test_what_the_hub_is_told_to_have_been_read_is_no_more_than_the_laptops_base(office: Office) -> None:
    offered(office, change(subject="x")._replace(read_to=10**6))
    assert office.hub.store.one("SELECT read_to FROM log WHERE row = 'r'") == 0


def test_stamps_of_the_future_are_held_back_act_by_act_in_their_order(office: Office) -> None:
    first = change(subject="1")._replace(stamp=(office.now_ms + DAY_MS) << 16)
    second = change(2, first.id, subject="2")._replace(stamp=(office.now_ms + 2 * DAY_MS) << 16)
    offered(office, first, second)
    stamps = [row["stamp"] for row in office.hub.store.rows("SELECT stamp FROM log WHERE row = 'r' ORDER BY seq")]
    assert stamps[0] < stamps[1]
    assert stamps[1] >> 16 <= office.now_ms


# ------------------------------------------------------------------ what it refuses
def test_a_reader_changes_nothing_and_keeps_what_he_tried(office: Office) -> None:
    office.give_role("u4", "reader")
    reader = office.laptop("u4")
    office.put(reader, "o", subject="tried")
    office.sync_all()
    assert value(office.hub, "o") is None
    assert "Только чтение" in reader.store.one("SELECT refused FROM log WHERE row = 'o'")
    assert all_equal(office)


@pytest.mark.parametrize("user", ["u1", "u2", "u3"])
@pytest.mark.parametrize("patch", [{"role": "administrator"}, {"login": "root"}, {"name": "Вера", "role": "reader"}])
def test_no_laptop_writes_logins_and_roles_not_even_an_administrators(office: Office, user: str, patch: dict[str, Any]) -> None:
    laptop = office.laptop(user)
    office.put(laptop, "u4", entity="employees", **patch)
    office.put(laptop, "u4", entity="employees", post="Кладовщик")
    office.sync_all()
    shown = office.hub.store.row("employees", "u4") or {}
    assert (shown["name"], shown["login"], shown["role"], shown["post"]) == ("u4", "", "salesperson", "Кладовщик")
    assert (
        laptop.store.one("SELECT refused FROM log WHERE refused <> ''") == "Имя для входа и роль меняет администратор на странице сервера"
    )
    assert all_equal(office)


def test_the_account_decides_what_a_laptop_may_not_the_row_of_its_employee(office: Office) -> None:
    office.hub.hub.write([Edit("employees", "u3", {"role": "reader"}), Edit("employees", "u4", {"role": "administrator"})])
    office.hub.accounts["u4"] = "reader"
    for user in ("u3", "u4"):
        office.put(office.laptop(user), f"of-{user}", subject="tried")
    office.sync_all()
    assert [value(office.hub, f"of-{user}") for user in ("u3", "u4")] == ["tried", None]


@pytest.mark.parametrize(
    "patch", [{"subject": 5}, {"date": "tomorrow"}, {"subject": ["x"]}, {"discount_sum": 1.5}, {"subject": "line\nbreak"}]
)
def test_a_value_of_a_wrong_shape_refuses_its_whole_act_and_no_other(office: Office, patch: dict[str, Any]) -> None:
    good = change(row="good", subject="x")
    wrong = change(2, good.id, row="wrong", **patch)
    same_act = change(3, wrong.id, act=2, row="same", subject="x")
    assert offered(office, good, wrong, same_act)["kind"] == "page"
    assert [value(office.hub, row) for row in ("good", "wrong", "same")] == ["x", None, None]
    assert office.hub.store.status()["refused"] == 2


def test_fields_and_entities_of_a_newer_program_are_kept_and_passed_on(office: Office) -> None:
    offered(office, change(subject="known", mood="unknown"))
    anna = office.laptop()
    office.sync(anna)
    assert value(anna, "r") == "known"
    assert orjson.loads(anna.store.one("SELECT patch FROM log WHERE row = 'r'"))["mood"] == "unknown"


def test_what_was_refused_stays_refused_when_a_lost_hub_gets_it_back(office: Office) -> None:
    vera = office.laptop("u3")
    office.put(vera, "u3", entity="employees", role="administrator")
    office.sync(vera)
    office.lose_the_hub()
    office.sync(vera)
    assert value(office.hub, "u3", "role", "employees") == "salesperson"
    assert office.hub.store.status()["refused"] == 1


# ------------------------------------------------------------------ what it answers
def test_an_echo_is_told_in_a_few_bytes_and_others_changes_in_full(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop()
    office.sync(anna, boris)
    note = "".join(chr(0x430 + number * number % 32) for number in range(2000))
    office.put(anna, "o", note=note)
    echo = office.answer(anna)
    assert len(echo) < 300
    assert len(office.answer(boris)) > len(echo)


def test_an_empty_question_gets_an_empty_page(office: Office) -> None:
    anna = office.laptop()
    office.sync(anna)
    offer = anna.courier.offer()
    answer = office.hub.hub.handle(anna.guest, offer.message)
    assert len(offer.message) + len(answer) < 400
    assert exchange.unpack(answer)["segments"] == []


def test_what_the_hub_writes_itself_reaches_everybody(office: Office) -> None:
    anna = office.laptop()
    office.sync(anna)
    office.hub.hub.write([Edit("employees", "u9", {"name": "Новенький"}), Edit("employees", "u2", {"name": "Борис"})])
    office.sync(anna)
    assert (value(anna, "u9", "name", "employees"), value(anna, "u2", "name", "employees")) == ("Новенький", "Борис")
    assert all_equal(office)


def test_a_hub_killed_in_the_middle_of_an_offer_knows_all_of_it_or_nothing(office: Office) -> None:
    anna = office.laptop()
    anna.desk.do([Edit("orders", f"o{number}", {"subject": "x"}) for number in range(30)], "works")
    before = tables(office.hub.store)
    for after in (5, 20, 60):
        with failing(office.hub.store.db, after, lambda: None), pytest.raises(Exception, match="interrupted"):
            office.answer(anna)
        assert tables(office.hub.store) == before
    office.sync(anna)
    assert all_equal(office)


def test_a_long_history_comes_to_a_new_laptop_in_pages_and_blocks(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop()
    for number in range(60):
        office.put(anna, f"o{number}", subject=str(number))
    office.sync(anna)
    office.hub.page, office.hub.block = 10, 4
    office.hub.put_back(disk_of(office.hub.folder))
    office.sync(boris)
    assert boris.store.one("SELECT count(*) FROM orders") == 60
    office.sync(anna)
    assert all_equal(office)


def test_many_laptops_at_one_moment_get_consecutive_places(office: Office) -> None:
    laptops = [office.laptop() for _ in range(4)]
    for number in range(10):
        for laptop in laptops:
            office.put(laptop, f"o{laptop.number}-{number}", subject="x")
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda laptop: all_sent(office, laptop), laptops))
    office.sync_all()
    state = office.hub.store.log.state()
    assert office.hub.store.one("SELECT count(*) FROM orders") == 40
    assert state.place == count(office)
    assert office.hub.store.verify() == []
    assert all_equal(office)


def all_sent(office: Office, laptop: Laptop) -> None:
    laptop.page = 3
    exchange_all(Courier(laptop.store, cutter=laptop.courier.cutter), lambda message: office.hub.hub.handle(laptop.guest, message))
