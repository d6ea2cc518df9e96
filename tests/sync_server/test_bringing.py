"""Whose laptop brought what somebody else has signed: noted and told, never refused, for an honest laptop may bring it too."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from shutil import copytree

import pytest

from local_app.desk import Desk
from local_app.sync import Syncer
from shared.change import Edit
from sync_server import bringing
from sync_server.bringing import MOST
from sync_server.cli import main
from sync_server.hub import Hub
from tests.support.hostile import chained
from tests.sync_server.conftest import Laptop as Enrolled
from tests.sync_server.conftest import Serving
from tests.sync_server.intruder import Intruder, wish
from tests.sync_server.test_pages import Visitor
from tests.sync_server.test_refusals import put_back
from tests.sync_server.test_two_laptops import Laptop

NEW = wish("clients", "c1", b'{"name":"\xd0\xa3\xd0\xb4\xd0\xb0\xd1\x87\xd0\xb0"}')


def id_of(serving: Serving, login: str) -> str:
    return serving.access.users.get(login).id


def brought(hub: Hub, device: str) -> list[tuple[str, str, str, str, tuple[str, ...]]]:
    return [(each.user, each.author, each.entity, each.title, each.fields) for each in bringing.newest(hub.store, device)]


def test_whoever_signs_with_anothers_name_is_found_out(serving: Serving, office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    boris, anna = Intruder(serving, "boris"), id_of(serving, "anna")
    assert boris.writes(wish("clients", "c0", b'{"name":"a"}')).ok
    assert boris.writes(NEW, wish("clients", "c1", b'{"note":"b","deleted":0}'), author=anna).ok
    assert serving.hub.rows("SELECT author FROM log WHERE row = 'c1'") == [{"author": anna}] * 2, "nothing proves that it was not hers"
    assert brought(serving.hub, boris.device) == [
        (boris.author, anna, "clients", "Удача", ("Примечание", "Удаление")),
        (boris.author, anna, "clients", "Удача", ("Название",)),
    ]
    pages = Visitor(serving, "anna")
    assert "прислано не от своего имени: 2" in pages.get("/devices")
    told = pages.get(f"/devices/{boris.device}/brought")
    assert "<td>Борис</td>\n    <td>Анна</td>\n    <td>Клиент</td>\n    <td>Удача</td>" in told
    assert "Ноутбук boris" in told
    assert main(["hub", "--data", str(office), "status", "--json"]) == 0
    assert [each["brought"] for each in json.loads(capsys.readouterr().out)["devices"]] == [2]


def test_the_page_of_it_is_for_administrators_and_shows_foreign_texts_as_texts(serving: Serving) -> None:
    boris = Intruder(serving, "boris")
    boris.writes(wish("<i>", "<b>", b'{"<u>":"x"}'), author="<s>")
    anna, path = Visitor(serving, "anna"), f"/devices/{boris.device}/brought"
    page = anna.session.get(serving.url + path, timeout=10).text
    assert all(f"&lt;{letter}&gt;" in page and f"<{letter}>" not in page for letter in "iubs")
    assert "Мой пароль" in Visitor(serving, "boris").get(path)
    assert "Вход на сервер" in Visitor(serving).get(path)


def test_whoever_gives_himself_anothers_name_is_called_as_his_account_is(serving: Serving) -> None:
    boris, anna = Intruder(serving, "boris"), id_of(serving, "anna")
    assert boris.writes(
        wish("employees", boris.author, '{"name":"Анна"}'.encode()), wish("employees", anna, '{"name":"Борис"}'.encode())
    ).ok
    assert boris.writes(NEW, author=anna).ok
    told = Visitor(serving, "anna").get(f"/devices/{boris.device}/brought")
    assert "<td>Борис</td>\n    <td>Анна</td>\n    <td>Клиент</td>" in told


def test_what_people_write_under_their_own_name_is_not_noted(serving: Serving, tmp_path: Path) -> None:
    laptop = Laptop(tmp_path / "boris", serving, "boris")
    laptop.order("Б-1", 5, 7)
    laptop.syncer.sync_once()
    laptop.desk.close()
    assert bringing.counts(serving.hub.store) == {}
    page = Visitor(serving, "anna").get(f"/devices/{serving.access.devices.all()[0].id}/brought")
    assert "подписано его владельцем" in page


def test_a_laptop_that_was_handed_over_brings_the_unsent_work_of_its_first_owner(serving: Serving, tmp_path: Path) -> None:
    laptop = Laptop(tmp_path / "shared", serving, "maria")
    laptop.do("clients", "c1", name="Марии")
    laptop.syncer.enrol(serving.url, serving.access.codes.issue(id_of(serving, "boris")))
    with closing(Desk.open(laptop.desk.folder, clock=serving.clock)) as desk:
        desk.do([Edit("clients", "c2", {"name": "Бориса"})], "Клиент")
    laptop.syncer.sync_once()
    laptop.desk.close()
    assert serving.hub.rows("SELECT name FROM clients ORDER BY id") == [{"name": "Марии"}, {"name": "Бориса"}]
    second = next(device for device in serving.access.devices.all() if device.user == id_of(serving, "boris"))
    assert brought(serving.hub, second.id) == [(id_of(serving, "boris"), id_of(serving, "maria"), "clients", "Марии", ("Название",))]


def test_a_laptop_brings_others_work_back_to_a_hub_that_was_put_back_and_it_is_noted(
    serving: Serving, office: Path, tmp_path: Path
) -> None:
    maria, boris = Laptop(tmp_path / "maria", serving, "maria"), Laptop(tmp_path / "boris", serving, "boris")
    for laptop in (maria, boris):
        laptop.syncer.sync_once()
    copy = Path(copytree(office, tmp_path / "image"))
    maria.do("clients", "c1", name="Марии")
    for laptop in (maria, boris):
        laptop.syncer.sync_once()
    with put_back(copy, serving, boris) as hub:
        boris.syncer.sync_once()
        device = serving.access.devices.get(boris.desk.prefix).id
        assert brought(hub, device) == [(boris.desk.author, maria.desk.author, "clients", "Марии", ("Название",))]
        assert hub.verify() == []
    for laptop in (maria, boris):
        laptop.desk.close()


def test_while_a_lost_hub_is_filled_again_nothing_is_noted(serving: Serving) -> None:
    serving.hub.rebuild(on=True)
    assert Intruder(serving, "boris").writes(NEW, author=id_of(serving, "anna")).ok
    assert bringing.counts(serving.hub.store) == {}


def test_what_comes_again_is_noted_once_and_stays_on_the_hub(serving: Serving, laptop: Enrolled, tmp_path: Path) -> None:
    boris, anna = Intruder(serving, "boris"), id_of(serving, "anna")
    changes = chained("b", 0, bytes(16), [NEW], author=anna)
    assert [boris.sent(changes).ok, boris.sent(changes).ok] == [True, True]
    assert bringing.counts(serving.hub.store) == {boris.device: 1}
    desk = laptop(tmp_path / "maria", "maria")
    Syncer(desk.folder).sync_once()
    assert desk.store.one("SELECT count(*) FROM log WHERE author = ?", (anna,)) == 1
    assert desk.store.one("SELECT count(*) FROM notes WHERE name LIKE 'brought:%'") == 0


def test_a_page_of_it_is_bounded_and_says_how_much_there_is(serving: Serving) -> None:
    boris = Intruder(serving, "boris")
    boris.writes(*[wish("clients", f"c{number}", b"{}") for number in range(MOST + 7)], author=id_of(serving, "anna"))
    assert len(brought(serving.hub, boris.device)) == MOST
    assert f"Показаны последние {MOST} из {MOST + 7}." in Visitor(serving, "anna").get(f"/devices/{boris.device}/brought")
