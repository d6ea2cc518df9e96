"""Today's program and tomorrow's, which knows one more noun and one more field, sync through hubs of either age."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from local_app.desk import Desk
from local_app.hubline import HubAddress, Hubline
from local_app.rounds import exchange_all
from local_app.sync import Syncer, sync_state
from shared.change import Edit, Refused, SyncTrouble
from shared.entities import ENTITIES
from shared.entity import Catalogue, Entity, Field, Kind
from shared.store import FILE_NAME, Store, StoreTrouble
from shared.store.chain import Chain
from shared.store.courier import Courier
from shared.store.verify import digests
from sync_server.access import Access
from sync_server.hub import HUB_DEVICE, Hub
from tests.support.hubs import SERVE, HubProcess
from tests.support.killer import new_hub, new_laptop
from tests.sync_server.conftest import served

URGENCY = Field("urgency", Kind.TEXT, "Срочность")
CONTRACTS = Entity(
    "contracts", "Договор", "Договоры", ("договор", "договора", "договоров"), "A contract about an order.", ("number",),
    (Field("number", Kind.TEXT, "Номер"), Field("order_id", Kind.REFERENCE, "Заказ", target="orders", owner=True)),
)  # fmt: skip
TODAY = ENTITIES
TOMORROW = Catalogue(
    *(replace(entity, fields=(*entity.fields, URGENCY)) if name == "orders" else entity for name, entity in ENTITIES.items()), CONTRACTS
)


class Company:
    """One hub program and any number of laptop programs, each with the catalogue of its version."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.folder = folder
        self.hub_folder = new_hub(folder / "hub")
        self.serve(catalogue)

    def serve(self, catalogue: Catalogue) -> None:
        self.access = Access.open(self.hub_folder)
        self.hub = Hub(Store.open(self.hub_folder / FILE_NAME, catalogue), self.hub_folder, lambda: 1_800_000_000_000)
        self.serving = served(self.hub, self.access)
        self.url = self.serving.__enter__()

    def stop(self) -> None:
        self.serving.__exit__(None, None, None)
        self.hub.close()
        self.access.close()

    def lose_the_hub(self) -> None:
        """Its disk is gone; a new one takes back what the laptops hold, under the old address and accounts."""
        self.stop()
        for path in self.hub_folder.glob(f"{FILE_NAME}*"):
            path.unlink()
        rmtree(self.hub_folder / "snapshots", ignore_errors=True)
        Store.create(self.hub_folder / FILE_NAME, HUB_DEVICE, hub=True).close()
        self.serve(TODAY)
        self.hub.rebuild(on=True)

    def laptop(self, name: str, catalogue: Catalogue) -> Desk:
        Desk.open(self.folder / name, create=True).close()
        code = self.access.codes.issue(self.access.users.get("boris").id)
        Syncer(self.folder / name).enrol(self.url, code)
        return Desk.open(self.folder / name, catalogue=catalogue)

    def sync(self, *desks: Desk) -> None:
        for desk in desks:
            line = Hubline(HubAddress.of(desk.folder)._replace(url=self.url))
            exchange_all(Courier(desk.store), lambda message, line=line: line.exchange(message, 0))  # type: ignore[misc]


@pytest.fixture(params=[TODAY, TOMORROW], ids=["an older hub", "a newer hub"])
def company(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Company]:
    made = Company(tmp_path, request.param)
    yield made
    made.stop()


def do(desk: Desk, entity: str, row: str, **patch: str | int | None) -> None:
    desk.do([Edit(entity, row, patch)], "Правка")


def shown(desk: Desk, *names: str) -> dict[str, Any]:
    """The fields of the one order there is."""
    (found,) = desk.store.rows(f"SELECT {', '.join(names)} FROM orders")
    return found


def upgraded(desk: Desk) -> Desk:
    """The program is replaced by tomorrow's; nothing is synced."""
    desk.close()
    return Desk.open(desk.folder, catalogue=TOMORROW)


def test_what_the_older_program_does_not_know_survives_it_and_appears_after_the_upgrade(company: Company) -> None:
    newer, older = company.laptop("newer", TOMORROW), company.laptop("older", TODAY)
    do(newer, "orders", "o", number="1", urgency="Высокая")
    do(newer, "contracts", "k", number="К-1", order_id="o")
    company.sync(newer, older)
    assert shown(older, "number") == {"number": "1"}
    do(older, "orders", "o", subject="Из старой программы")
    company.sync(older, newer)
    do(newer, "orders", "o", urgency="Низкая")
    company.sync(newer, older)
    assert shown(newer, "number", "subject", "urgency") == {"number": "1", "subject": "Из старой программы", "urgency": "Низкая"}
    assert older.store.verify() == newer.store.verify() == company.hub.verify() == []
    older = upgraded(older)
    assert digests(older.store) == digests(newer.store)
    assert older.store.rows("SELECT number FROM contracts") == [{"number": "К-1"}]
    assert older.store.verify() == []
    for desk in (older, newer):
        desk.close()


def test_what_the_older_program_writes_reaches_the_newer_one_and_back(company: Company) -> None:
    newer, older = company.laptop("newer", TOMORROW), company.laptop("older", TODAY)
    do(older, "orders", "o", number="1", note="Первая строка")
    company.sync(older, newer)
    do(newer, "orders", "o", urgency="Высокая", note="Исправлена")
    company.sync(newer, older)
    assert shown(older, "note", "number") == {"note": "Исправлена", "number": "1"}
    do(older, "orders", "o", deleted=1)
    company.sync(older, newer)
    assert shown(newer, "urgency", "deleted") == {"urgency": "Высокая", "deleted": 1}
    assert older.undo() == "Правка"
    company.sync(older, newer)
    assert shown(newer, "urgency", "deleted") == {"urgency": "Высокая", "deleted": 0}
    for desk in (older, newer):
        desk.close()


def test_a_disagreement_about_an_unknown_field_waits_for_the_program_that_knows_it(company: Company) -> None:
    one, two, older = company.laptop("one", TOMORROW), company.laptop("two", TOMORROW), company.laptop("older", TODAY)
    do(one, "orders", "o", number="1")
    company.sync(one, two, older)
    do(one, "orders", "o", urgency="Высокая")
    do(two, "orders", "o", urgency="Низкая")
    company.sync(one, two, one, older)
    do(older, "orders", "o", number="2")
    company.sync(older, one)
    assert older.store.conflicts() == []  # its person could not even look at what they disagree about
    older = upgraded(older)
    for desk in (one, older):
        (conflict,) = desk.store.conflicts()
        assert {rival.value for rival in conflict.values} == {"Высокая", "Низкая"}
    assert shown(one, "number") == {"number": "2"}
    for desk in (one, two, older):
        desk.close()


def test_an_older_laptop_gives_a_lost_hub_back_what_it_never_understood(company: Company) -> None:
    newer, older = company.laptop("newer", TOMORROW), company.laptop("older", TODAY)
    do(newer, "orders", "o", number="1", urgency="Высокая")
    do(newer, "contracts", "k", number="К-1", order_id="o")
    company.sync(newer, older)
    newer.close()
    company.lose_the_hub()
    company.sync(older)
    again = company.laptop("again", TOMORROW)
    company.sync(again)
    assert shown(again, "number", "urgency") == {"number": "1", "urgency": "Высокая"}
    assert again.store.rows("SELECT number FROM contracts") == [{"number": "К-1"}]
    for desk in (older, again):
        desk.close()


def test_a_hub_of_another_protocol_says_update_and_work_goes_on_without_it(tmp_path: Path) -> None:
    hub = HubProcess(new_hub(tmp_path / "hub"), f"from shared import exchange; exchange.PROTOCOL += 1; {SERVE}")
    hub.start()
    new_laptop(tmp_path / "laptop", hub, "boris")
    with closing(Desk.open(tmp_path / "laptop")) as desk:
        do(desk, "clients", "c", name="Ромашка")
        with pytest.raises(SyncTrouble, match="Обновите программу"):
            Syncer(desk.folder).sync_once()
        assert "Обновите программу" in sync_state(desk.store).trouble
        do(desk, "clients", "c", phone="+7 900 000-00-00")
        assert (desk.store.unsent(), desk.store.verify()) == (2, [])
        hub.stop()
        hub.program = SERVE
        hub.start()
        assert Syncer(desk.folder).sync_once().sent == 2
        assert sync_state(desk.store).trouble == ""
    hub.stop()


def test_a_program_that_was_open_during_an_upgrade_leaves_tables_that_the_newer_one_draws_again(tmp_path: Path) -> None:
    """It goes on in tables that the newer one has drawn, and says of them what it knows itself."""
    with closing(Desk.open(tmp_path, create=True, catalogue=TODAY)) as older:
        older.do([Edit("orders", "o", {"number": "1"})], "Заказ")
        Desk.open(tmp_path, catalogue=TOMORROW).close()
        other = Desk.open(tmp_path / "other", create=True, catalogue=TOMORROW)
        other.do([Edit("orders", "p", {"number": "2", "urgency": "завтра"})], "Заказ")
        with older.store.transaction():  # as its sync brings what a colleague of tomorrow has written
            older.store.commit(list(Chain(other.store.db).changes(1, 1)))
        other.close()
    with closing(Desk.open(tmp_path, catalogue=TOMORROW)) as newer:
        assert newer.store.one("SELECT urgency FROM orders WHERE id = 'p'") == "завтра"
        assert newer.store.verify() == []


def test_a_newer_program_under_which_an_older_one_draws_says_what_to_do_and_finds_all_of_it_later(tmp_path: Path) -> None:
    with closing(Desk.open(tmp_path, create=True, catalogue=TOMORROW)) as newer:
        newer.do([Edit("orders", "o", {"urgency": "завтра"})], "Заказ")
        Desk.open(tmp_path, catalogue=TODAY).close()
        with pytest.raises(StoreTrouble, match="программой другой версии"):
            newer.do([Edit("orders", "p", {"urgency": "сегодня"})], "Заказ")
        assert "другой версии" in newer.store.verify()[0]
    with closing(Desk.open(tmp_path, catalogue=TOMORROW)) as again:
        assert (again.store.rows("SELECT id, urgency FROM orders"), again.store.verify()) == ([{"id": "o", "urgency": "завтра"}], [])


def test_an_older_program_does_not_take_back_the_half_of_an_act_that_it_knows(tmp_path: Path) -> None:
    with closing(Desk.open(tmp_path, create=True, catalogue=TOMORROW)) as newer:
        newer.do([Edit("orders", "o", {"number": "1"})], "Заказ")
        newer.do([Edit("orders", "o", {"number": "2", "urgency": "Высокая"})], "Правка")
    with closing(Desk.open(tmp_path, catalogue=TODAY)) as older, pytest.raises(Refused, match="более новая программа"):
        older.undo()
    with closing(Desk.open(tmp_path, catalogue=TOMORROW)) as newer:
        assert newer.undo() == "Правка"
        assert shown(newer, "number", "urgency") == {"number": "1", "urgency": ""}


def test_an_older_program_that_cannot_take_back_what_a_newer_one_wrote_says_which_can(tmp_path: Path) -> None:
    with closing(Desk.open(tmp_path, create=True, catalogue=TOMORROW)) as newer:
        newer.do([Edit("contracts", "k", {"number": "1"})], "Договор")
    with closing(Desk.open(tmp_path, catalogue=TODAY)) as older, pytest.raises(Refused, match="более новая программа"):
        older.undo()
    with closing(Desk.open(tmp_path, catalogue=TOMORROW)) as newer:
        assert newer.undo() == "Договор"
    with closing(Desk.open(tmp_path, catalogue=TODAY)) as older, pytest.raises(Refused, match="более новая программа"):
        older.redo()
