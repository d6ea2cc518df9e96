"""A hub forgets old values: nothing that is shown, disputed or young goes, and laptops old and new stay equal to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from local_app.desk import Desk
from local_app.rounds import exchange_all
from shared.change import Edit, Refused
from shared.cutter import Cutter
from shared.store import snapshot
from shared.store.compact import compact
from shared.store.courier import Courier
from shared.store.verify import digests
from sync_server.hub import Hub
from tests.simulator.machines import disk_of, put

DAY = 24 * 3600 * 1000
START = 1_790_000_000_000


class Guest(NamedTuple):
    id: str
    user: str
    role: str = "salesperson"


class Office:
    """A hub and laptops on one clock."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now, self.desks = folder, START, list[Desk]()
        self.hub = Hub.create(folder / "hub", lambda: self.now)
        self.hub.write([Edit("employees", "anna", {"name": "Анна", "role": "salesperson"})])

    def laptop(self, name: str) -> Desk:
        self.desks.append(Desk.open(self.folder / name, clock=lambda: self.now, create=True))
        return self.desks[-1]

    def sync(self, *desks: Desk) -> None:
        for desk in desks:
            self.now += 1000
            exchange_all(Courier(desk.store), lambda message: self.hub.handle(Guest("d", "anna"), message))

    def name(self, desk: Desk, *names: str, **more: str) -> None:
        """The same client gets one name after the other."""
        for name in names:
            self.now += 1000
            desk.do([Edit("clients", "c", {"name": name, **more})], "Правка")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.hub.close()
    for desk in made.desks:
        desk.close()


def bodies(office: Office) -> list[str]:
    return [row["patch"] for row in office.hub.rows("SELECT patch FROM log WHERE entity = 'clients' ORDER BY seq")]


def test_replaced_values_go_and_the_tables_and_the_chain_stay(office: Office) -> None:
    desk = office.laptop("a")
    office.name(desk, "Первое", phone="1")
    office.name(desk, "Второе", "Третье")
    office.sync(desk)
    before = digests(office.hub.store)
    assert compact(office.hub.store, office.now + DAY).changes == 1
    assert [body != "" for body in bodies(office)] == [True, False, True]  # the first still holds the phone
    assert digests(office.hub.store) == before
    assert office.hub.verify() == []
    assert compact(office.hub.store, office.now + DAY).changes == 0


def test_what_is_young_stays(office: Office) -> None:
    desk = office.laptop("a")
    office.name(desk, "Первое", "Второе")
    office.sync(desk)
    assert compact(office.hub.store, START).changes == 0


def test_both_sides_of_an_open_conflict_stay(office: Office) -> None:
    one, two = office.laptop("a"), office.laptop("b")
    office.name(one, "Общее")
    office.sync(one, two)
    office.name(one, "Одно")
    office.name(two, "Другое")
    office.sync(one, two, one)
    assert compact(office.hub.store, office.now + DAY).changes == 0
    assert {rival.value for rival in office.hub.store.conflicts()[0].values} == {"Одно", "Другое"}


def test_what_both_sides_of_an_open_conflict_had_seen_stays(office: Office) -> None:
    """Their texts are merged over it: over an older one the merged text would hold what both have left alone twice."""
    one, two = office.laptop("a"), office.laptop("b")
    office.name(one, "Самое старое", phone="1")
    office.name(one, "Основа")
    office.sync(one, two)
    office.now += 2 * DAY
    office.name(one, "Одно")
    office.name(two, "Другое")
    office.sync(one, two, one)
    compact(one.store, office.now - DAY)
    assert one.store.conflict_base("c", "name") == "Основа"


def test_a_new_laptop_reads_a_compacted_log_and_a_late_one_still_conflicts(office: Office) -> None:
    desk, late = office.laptop("a"), office.laptop("late")
    office.name(desk, "Первое")
    office.sync(desk, late)
    office.name(late, "Опоздавшее")
    office.name(desk, "Второе", "Третье")
    office.sync(desk)
    assert compact(office.hub.store, office.now + DAY).changes == 2
    new = office.laptop("new")
    office.sync(new, late, new, desk)
    assert digests(new.store) == digests(late.store) == digests(desk.store) == digests(office.hub.store)
    assert {rival.value for rival in new.store.conflicts("c")[0].values} == {"Третье", "Опоздавшее"}
    assert new.store.verify() == []


def test_a_page_ends_behind_what_replaced_the_values_that_went(office: Office) -> None:
    desk, slow = office.laptop("a"), office.laptop("slow")
    office.name(desk, "Первое")
    office.sync(desk)
    disk = disk_of(office.hub.folder)
    office.name(desk, "Второе", "Третье")
    office.sync(desk)
    assert compact(office.hub.store, office.now + DAY).changes == 2
    desk.close()
    office.hub.cutter = lambda: Cutter(count_limit=2)
    courier = Courier(slow.store)
    offer = courier.offer()
    courier.take(offer, office.hub.handle(Guest("d", "anna"), offer.message))
    office.hub.close()
    put(office.hub.folder, disk)
    office.hub = Hub.open(office.hub.folder, lambda: office.now)
    office.hub.rebuild(on=True)
    office.sync(slow)
    assert slow.store.rows("SELECT name FROM clients") == office.hub.rows("SELECT name FROM clients") == [{"name": "Третье"}]


def test_what_replaced_the_values_that_went_may_be_too_large_for_one_message(office: Office) -> None:
    """A page reaches behind it as far as a message can carry: a laptop must get everything, whatever its size."""
    desk, late = office.laptop("a"), office.laptop("late")
    office.name(desk, "Первое", "Второе")
    for number in range(15):
        desk.do([Edit("clients", f"large{number}", {"name": "Большой", "note": "я" * 900_000})], "Импорт")
    office.sync(desk)
    assert compact(office.hub.store, office.now + DAY).changes == 1
    office.sync(late)
    assert late.store.one("SELECT count(*) FROM clients WHERE length(note) = 900000") == 15
    assert late.store.verify() == []


def test_a_lost_hub_is_rebuilt_from_a_laptop_with_a_compacted_log(office: Office) -> None:
    desk = office.laptop("a")
    office.name(desk, "Первое", "Второе", "Третье")
    office.sync(desk)
    compact(office.hub.store, office.now + DAY)
    new = office.laptop("new")
    office.sync(new)
    office.hub.close()
    office.hub = Hub.create(office.folder / "again", lambda: office.now)
    office.hub.rebuild(on=True)
    office.sync(new)
    assert office.hub.rows("SELECT name FROM clients") == [{"name": "Третье"}]
    assert office.hub.verify() == []


def test_an_undo_leaves_what_was_forgotten_and_says_so(office: Office) -> None:
    """It would put an empty value, or an even older one, in the place of the present one."""
    desk = office.laptop("a")
    office.name(desk, "Самое старое", city="Тверь")
    office.name(desk, "Старое")
    office.sync(desk)
    office.now += 2 * DAY
    office.name(desk, "Новое")
    office.name(desk, "Новейшее")
    office.sync(desk)
    assert compact(desk.store, office.now - DAY).changes == 1
    desk.undo()
    assert desk.store.row("clients", "c")["name"] == "Новое"  # type: ignore[index]
    with pytest.raises(Refused, match="забыты"):
        desk.undo()
    assert (row := desk.store.row("clients", "c")) is not None
    assert (row["name"], row["city"]) == ("Новое", "Тверь")
    office.name(desk, "После")
    assert desk.undo() == "Правка"
    assert desk.store.row("clients", "c")["name"] == "Новое"  # type: ignore[index]


def test_what_is_known_is_undone_beside_what_was_forgotten(office: Office) -> None:
    desk = office.laptop("a")
    office.name(desk, "Старое")
    office.sync(desk)
    office.name(desk, "Старое", city="Тверь")
    office.sync(desk)
    office.now += 2 * DAY
    desk.do([Edit("clients", "c", {"city": "Омск", "phone": "1"})], "Адрес")
    office.sync(desk)
    compact(desk.store, office.now - DAY)
    assert desk.undo() == "Адрес; часть прежних значений уже забыта и не возвращена"
    assert (row := desk.store.row("clients", "c")) is not None
    assert (row["city"], row["phone"]) == ("Тверь", "1")


def test_a_snapshot_says_what_its_log_has_forgotten(office: Office, tmp_path: Path) -> None:
    desk = office.laptop("a")
    office.name(desk, "Старое")
    office.sync(desk)
    office.now += 2 * DAY
    office.name(desk, "Новое")
    office.sync(desk)
    compact(office.hub.store, office.now - DAY)
    taken = snapshot.make(office.hub.store.path, tmp_path / "hub.zst")
    snapshot.unpack([(tmp_path / "hub.zst").read_bytes()], tmp_path / "hub.sqlite", taken)
    snapshot.adopt(desk.store, tmp_path / "hub.sqlite")
    with pytest.raises(Refused, match="забыты"):
        desk.undo()
    assert desk.store.row("clients", "c")["name"] == "Новое"  # type: ignore[index]
