"""What the hub does not take: its author learns of it, keeps it, sends it again; and others' work is never refused for who brings it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copytree

import pytest

from local_app.hubline import HubAddress
from local_app.resending import chosen, let_go, send_again, take_up
from local_app.sync import Syncer
from shared.change import Edit, SyncTrouble
from shared.store.news import news
from shared.store.refusals import count, refusals
from sync_server.access import Access
from sync_server.hub import Hub
from sync_server.people import set_role
from tests.support.laptops import answered
from tests.sync_server.conftest import QUICK, Serving, served
from tests.sync_server.test_two_laptops import Laptop


@pytest.fixture
def rita(serving: Serving, tmp_path: Path) -> Iterator[Laptop]:
    """The laptop of somebody who may only read."""
    made = Laptop(tmp_path / "rita", serving, "rita")
    made.syncer.sync_once()
    yield made
    made.desk.close()


def test_refused_work_is_kept_with_its_reason_and_told(rita: Laptop) -> None:
    order = rita.order("Р-1", 5, 7)
    rita.do("clients", "c1", name="ООО «Ромашка»", city="Уфа")
    rita.syncer.sync_once()
    store = rita.desk.store
    assert store.row("clients", "c1") is None, "it is not shown as if it counted"
    newest, oldest = refusals(store)
    assert [(edit.entity, edit.row, dict(edit.patch)) for edit in newest.edits] == [
        ("clients", "c1", {"name": "ООО «Ромашка»", "city": "Уфа"})
    ]
    assert [edit.entity for edit in oldest.edits] == ["orders", "order_lines", "order_lines"]
    assert oldest.edits[0].row == order
    assert newest.reason == "Роль «Только чтение» не позволяет менять данные"
    assert count(store) == 4
    assert news(store)[0].words.startswith("Сервер не принял 4 изменения: Роль «Только чтение»")
    rita.syncer.sync_once()
    assert (count(store), len(news(store))) == (4, 1), "told once"


def test_it_is_sent_again_when_the_reason_is_gone(rita: Laptop, serving: Serving) -> None:
    order = rita.order("Р-1", 5, 7)
    rita.syncer.sync_once()
    allow(serving, "rita")
    assert send_again(rita.desk, chosen(rita.desk, None)) == 3
    rita.syncer.sync_once()
    assert refusals(rita.desk.store) == []
    assert serving.hub.rows("SELECT number FROM orders WHERE id = ?", (order,)) == [{"number": "Р-1"}]
    assert serving.hub.rows("SELECT total FROM order_totals") == rita.desk.store.rows("SELECT total FROM order_totals")


def test_what_is_sent_again_stands_beside_what_a_colleague_has_written_meanwhile(rita: Laptop, serving: Serving, tmp_path: Path) -> None:
    with closing(Laptop(tmp_path / "boris", serving, "boris").desk) as boris:
        there = Syncer(boris.folder, serving.clock)
        boris.do([Edit("clients", key, {"name": "Ромашка", "phone": "1", "city": "Уфа"}) for key in ("c1", "c2")], "Клиенты")
        there.sync_once()
        rita.syncer.sync_once()
        rita.do("clients", "c1", phone="2", city="Омск")
        rita.do("clients", "c1", city="Томск")
        rita.do("clients", "c2", deleted=1)
        rita.syncer.sync_once()
        boris.do([Edit("clients", key, {"phone": "3"}) for key in ("c1", "c2")], "Телефон")
        there.sync_once()
        rita.syncer.sync_once()
        allow(serving, "rita")
        assert send_again(rita.desk, chosen(rita.desk, None)) == 3
        for each in (rita.syncer, there):
            each.sync_once()
        for store in (rita.desk.store, boris.store):
            found = {(conflict.row, conflict.field): {rival.value for rival in conflict.values} for conflict in store.conflicts()}
            assert found.keys() == {("c1", "phone"), ("c2", "deleted")}
            assert found["c1", "phone"] == {"2", "3"}
            assert store.rows("SELECT city, deleted FROM clients ORDER BY id") == [
                {"city": "Томск", "deleted": 0},
                {"city": "Уфа", "deleted": 0},
            ]
        assert rita.desk.undo() == "Отправлено снова непринятое; остались правки: Борис"
        assert rita.desk.store.one("SELECT city FROM clients WHERE id = 'c1'") == "Уфа", "it is one step"


def test_what_was_sent_again_is_listed_again_when_that_is_undone(rita: Laptop) -> None:
    rita.do("clients", "c1", name="Первый")
    rita.do("clients", "c2", name="Второй")
    rita.syncer.sync_once()
    before = refusals(rita.desk.store)
    assert send_again(rita.desk, before) == 2
    assert (count(rita.desk.store), refusals(rita.desk.store)) == (0, [])
    rita.desk.undo()
    assert (count(rita.desk.store), refusals(rita.desk.store)) == (2, before)
    assert rita.desk.store.living("clients") == 0
    rita.desk.redo()
    assert (count(rita.desk.store), rita.desk.store.living("clients")) == (0, 2)
    rita.desk.undo()
    let_go(rita.desk, before)
    rita.desk.redo()
    rita.desk.undo()
    assert count(rita.desk.store) == 0, "what was let go stays so"


def test_what_is_let_go_is_listed_no_more_and_what_is_refused_again_is(rita: Laptop) -> None:
    rita.do("clients", "c1", name="Первый")
    rita.do("clients", "c2", name="Второй")
    rita.syncer.sync_once()
    newest, oldest = refusals(rita.desk.store)
    gone = let_go(rita.desk, [newest])
    assert refusals(rita.desk.store) == [oldest]
    take_up(rita.desk, gone)
    assert refusals(rita.desk.store) == [newest, oldest], "a click by mistake is taken back"
    let_go(rita.desk, [newest])
    send_again(rita.desk, [oldest])
    rita.syncer.sync_once()
    (again,) = refusals(rita.desk.store)
    assert again.edits == oldest.edits
    assert again.act != oldest.act


def test_the_command_lists_sends_and_drops(rita: Laptop) -> None:
    rita.do("clients", "c1", name="Первый")
    rita.do("clients", "c2", name="Второй")
    rita.syncer.sync_once()
    desk = ("desk", "--data", str(rita.desk.folder))
    assert [(each["number"], each["edits"][0]["row"]) for each in answered(*desk, "refused")] == [(1, "c2"), (2, "c1")]
    assert answered(*desk, "refused", "--drop", "1") == {"dropped": 1}
    assert answered(*desk, "refused", "--send", "all") == {"sent": 1}
    assert answered(*desk, "refused") == []


def allow(serving: Serving, login: str) -> None:
    """The administrator gives the right to write."""
    set_role(serving.hub, serving.access, serving.access.users.get(login), "salesperson")


@contextmanager
def put_back(copy: Path, serving: Serving, *laptops: Laptop) -> Iterator[Hub]:
    """An older copy of the hub's folder takes its place, as when a disk image is put back: nobody has said a word to it."""
    access = Access.open(copy, clock=serving.clock, luck=random.Random(5).randbytes, hasher=QUICK)
    with closing(access), closing(Hub.open(copy, serving.clock)) as hub, served(hub, access) as url:
        for laptop in laptops:
            HubAddress.of(laptop.desk.folder)._replace(url=url).keep(laptop.desk.folder)
        yield hub


def test_a_reader_s_laptop_does_not_undo_others_work_on_a_hub_that_was_put_back(
    rita: Laptop, serving: Serving, office: Path, tmp_path: Path
) -> None:
    boris = Laptop(tmp_path / "boris", serving, "boris")
    boris.do("clients", "c1", name="Старый", phone="1")
    boris.syncer.sync_once()
    rita.syncer.sync_once()
    copy = Path(copytree(office, tmp_path / "image"))
    boris.do("clients", "c1", phone="2")
    boris.do("clients", "c2", name="Новый")
    boris.syncer.sync_once()
    rita.syncer.sync_once()
    with put_back(copy, serving, rita, boris) as hub:
        with pytest.raises(SyncTrouble, match="Сервер потерял часть истории"):
            rita.syncer.sync_once()
        assert hub.rows("SELECT name FROM clients") == [{"name": "Старый"}]
        boris.syncer.sync_once()
        rita.syncer.sync_once()
        for store in (hub, boris.desk.store, rita.desk.store):
            assert store.rows("SELECT name, phone FROM clients ORDER BY id") == [
                {"name": "Старый", "phone": "2"}, {"name": "Новый", "phone": ""},
            ]  # fmt: skip
        assert hub.rows("SELECT 1 FROM log WHERE refused <> ''") == []
        rita.do("clients", "c3", name="Своё")
        rita.syncer.sync_once()
        assert count(rita.desk.store) == 1, "one's own work is judged as ever"
    boris.desk.close()


def test_whoever_takes_over_a_lost_hub_lets_a_reader_s_laptop_bring_it_all_back(
    rita: Laptop, serving: Serving, office: Path, tmp_path: Path
) -> None:
    copy = Path(copytree(office, tmp_path / "image"))
    boris = Laptop(tmp_path / "boris", serving, "boris")
    boris.do("clients", "c1", name="Один")
    boris.syncer.sync_once()
    boris.desk.close()
    rita.syncer.sync_once()
    with put_back(copy, serving, rita) as hub:
        with pytest.raises(SyncTrouble, match="rebuild on"):
            rita.syncer.sync_once()
        hub.rebuild(on=True)
        rita.syncer.sync_once()
        assert hub.rows("SELECT name FROM clients") == [{"name": "Один"}]
