"""While laptops fill a hub again roles are not asked: what that opens is little, is told loudly, and is put right at the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from local_app.desk import Desk
from local_app.sync import Syncer
from shared.change import Edit
from sync_server.access.devices import all_prefixes
from sync_server.cli import main
from sync_server.hub import Hub
from tests.sync_server.conftest import Serving
from tests.sync_server.test_pages import Visitor


@pytest.fixture
def boris(serving: Serving, tmp_path: Path) -> Iterator[Desk]:
    """The laptop of a salesperson."""
    folder = tmp_path / "boris"
    Desk.open(folder, create=True).close()
    Syncer(folder).enrol(serving.url, serving.access.codes.issue(serving.access.users.get("boris").id))
    Syncer(folder).sync_once()
    with closing(Desk.open(folder)) as desk:
        yield desk


def role_of(hub: Hub, login: str) -> str:
    return str(hub.rows("SELECT role FROM employees WHERE login = ?", (login,))[0]["role"])


def test_who_took_a_role_while_roles_were_not_asked_loses_it_at_the_end(
    serving: Serving, office: Path, boris: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    serving.hub.rebuild(on=True)
    boris.do([Edit("employees", boris.author, {"role": "administrator", "login": "anna"})], "Изменён сотрудник")
    boris.do([Edit("clients", boris.new_id(), {"name": "Ромашка"})], "Новый клиент")
    Syncer(boris.folder).sync_once()
    assert main(["hub", "--data", str(office), "rebuild", "off"]) == 0
    assert "по учётным записям: 1" in capsys.readouterr().out
    assert role_of(serving.hub, "boris") == "salesperson"
    assert serving.hub.rows("SELECT name FROM clients") == [{"name": "Ромашка"}], "work stays"
    Syncer(boris.folder).sync_once()
    assert boris.store.verify() == []
    assert boris.store.conflicts() == [], "the hub has seen what it puts right"
    boris.do([Edit("employees", boris.author, {"role": "administrator"})], "Изменён сотрудник")
    Syncer(boris.folder).sync_once()
    assert role_of(serving.hub, "boris") == "salesperson", "roles are asked again"
    assert main(["hub", "--data", str(office), "rebuild", "off"]) == 0
    assert capsys.readouterr().out == "Роли снова проверяются.\n"


def test_people_without_a_laptop_stay_who_they_were_after_a_lost_hub(
    serving: Serving, office: Path, boris: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    access, hub = serving.access, serving.hub
    hub.rebuild(on=True)
    before = {login: boris.new_id() for login in ("anna", "maria")}  # what a laptop knows of the hub that was lost
    for login, row in before.items():
        boris.do([Edit("employees", row, {"name": login.title(), "login": login, "role": "reader"})], "Новый сотрудник")
    boris.do([Edit("clients", boris.new_id(), {"name": "Ромашка", "manager_id": access.users.get("maria").id})], "Новый клиент")
    Syncer(boris.folder).sync_once()
    accounts = {login: access.users.get(login).id for login in before}
    assert main(["hub", "--data", str(office), "rebuild", "off"]) == 0
    assert "учётных записей без ноутбука: 1" in capsys.readouterr().out
    assert access.users.get("anna").id == before["anna"] != accounts["anna"]
    assert access.users.get("maria").id == accounts["maria"], "somebody has named the new row already"
    found = hub.rows("SELECT id, role FROM employees WHERE login = 'anna' AND deleted = 0")
    assert found == [{"id": before["anna"], "role": "administrator"}]
    assert main(["hub", "--data", str(office), "rebuild", "off"]) == 0
    assert capsys.readouterr().out == "Роли снова проверяются.\n"


def test_a_dispute_about_a_role_that_laptops_brought_ends_with_the_rebuild(
    serving: Serving, office: Path, boris: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    serving.hub.rebuild(on=True)
    boris.do([Edit("employees", boris.author, {"role": "administrator"})], "Изменён сотрудник")
    serving.clock.pass_ms(1000 * 365 * 24 * 3_600_000)
    serving.hub.write([Edit("employees", boris.author, {"role": "salesperson"})])
    Syncer(boris.folder).sync_once()
    assert role_of(serving.hub, "boris") == "salesperson", "the newest of two that nobody compared"
    assert serving.hub.rows("SELECT field FROM conflicts WHERE row = ?", (boris.author,)) == [{"field": "role"}] * 2
    assert main(["hub", "--data", str(office), "rebuild", "off"]) == 0
    assert serving.hub.rows("SELECT * FROM conflicts") == [], "no laptop could settle it"


def test_status_and_pages_say_loudly_that_roles_are_not_asked(serving: Serving, office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    anna = Visitor(serving, "anna")
    assert "роли не проверяются" not in anna.get("/users")
    serving.hub.rebuild(on=True)
    assert all("роли не проверяются" in anna.get(page) for page in ("/users", "/devices", "/codes"))
    assert "роли не проверяются" not in Visitor(serving, "boris").get("/password")
    assert main(["hub", "--data", str(office), "status"]) == 0
    assert capsys.readouterr().out.startswith("ВНИМАНИЕ: включён режим rebuild, роли не проверяются")


def test_who_gets_a_new_prefix_gets_none_that_stands_on_papers_of_a_laptop_which_the_hub_has_not_met_yet(
    serving: Serving, boris: Desk
) -> None:
    """Maria's laptop had the next one at the hub that was lost; Boris has brought her orders, she is still away."""
    next_one = next(prefix for prefix in all_prefixes() if prefix != boris.prefix)
    boris.do([Edit("orders", boris.new_id(), {"number": f"{next_one}-7"})], "Заказ")
    Syncer(boris.folder).sync_once()
    assert serving.enrol("boris")["prefix"] not in (boris.prefix, next_one)
    token = json.loads((boris.folder / "hub.json").read_text(encoding="utf-8"))["token"]
    told = requests.post(f"{serving.url}/api/v1/prefix", json={}, headers={"Authorization": f"Bearer {token}"}, timeout=10).json()
    assert told["prefix"] not in (boris.prefix, next_one)
    code = serving.access.codes.issue(serving.access.users.get("maria").id)
    back = requests.post(f"{serving.url}/api/v1/enrol", json={"code": code, "prefix": next_one}, timeout=10).json()
    assert back["prefix"] == next_one, "she goes on with her numbers"
