"""A restore brings people and data back, never access that was taken away since: devices, passwords, accounts, codes, prefixes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import requests

from local_app.hubline import HubAddress
from local_app.sync import Syncer
from shared.change import Edit, Refused, SyncTrouble
from shared.store import backup
from sync_server import backups
from sync_server.access import Access
from sync_server.hub import Hub
from sync_server.people import add_user, set_role
from tests.sync_server.conftest import PASSWORD, QUICK, START_MS, Laptop, Serving, served
from tests.sync_server.test_cli import done

NEWER = "новый пароль"


def stopped(serving: Serving) -> None:
    serving.hub.close()
    serving.access.close()


@contextmanager
def restored(serving: Serving, office: Path, copied: Path) -> Iterator[Serving]:
    """The hub of the fixture is stopped, restored from the copy and serves again, elsewhere."""
    stopped(serving)
    backups.restore(office, copied)
    with again(serving, office) as there:
        yield there


@contextmanager
def again(serving: Serving, office: Path) -> Iterator[Serving]:
    luck = random.Random(11).randbytes
    with (
        closing(Access.open(office, clock=serving.clock, luck=luck, hasher=QUICK)) as access,
        closing(Hub.open(office, serving.clock)) as hub,
        served(hub, access) as url,
    ):
        yield Serving(url, hub, access, serving.clock)


def answer(there: Serving, token: str) -> tuple[int, str]:
    """What a device with this token hears."""
    found = requests.post(f"{there.url}/api/v1/exchange", headers={"Authorization": f"Bearer {token}"}, timeout=10)
    return found.status_code, found.json()["error"]


LET_IN = (415, "content_type")
"""Beyond the door: the empty body of the question is not what is expected there."""


def test_a_device_revoked_after_the_backup_stays_revoked_and_is_wiped(serving: Serving, office: Path) -> None:
    first, second, third = (serving.enrol("boris", name)["device"] for name in ("Первый", "Второй", "Третий"))
    tokens = [serving.enrol("boris", name)["token"] for name in ("Четвёртый", "Пятый", "Шестой")]
    made = backups.make(office, START_MS)
    devices = serving.access.devices
    devices.revoke(devices.get("Четвёртый"))
    devices.revoke(devices.get("Пятый"), wipe=True)
    devices.revoke(devices.get(second), wipe=True)
    with restored(serving, office, made.path) as there:
        assert [answer(there, token) for token in tokens] == [(401, "revoked"), (401, "wipe"), LET_IN]
        states = {device: there.access.devices.get(device).state for device in (first, second, third)}
        assert states == {first: "Работает", second: "Отозвано, данные будут стёрты при подключении", third: "Работает"}


def test_a_password_changed_after_the_backup_is_the_one_that_logs_in(serving: Serving, office: Path) -> None:
    cookie, left = (serving.access.sessions.start(serving.access.users.get(login)) for login in ("anna", "boris"))
    made = backups.make(office, START_MS)
    serving.access.sessions.end(left)
    serving.access.users.set_password(serving.access.users.get("anna"), NEWER)
    with restored(serving, office, made.path) as there:
        with pytest.raises(Refused, match="не подходят"):
            there.access.log_in("anna", PASSWORD, "")
        assert there.access.log_in("anna", NEWER, "").login == "anna"
        assert there.access.log_in("boris", PASSWORD, "").login == "boris"
        assert there.access.sessions.read(cookie) is None, "a session that the new password ended"
        assert there.access.sessions.read(left) is None, "and one that its user has left"


def test_accounts_closed_opened_and_given_another_role_after_the_backup_stay_so(serving: Serving, office: Path) -> None:
    users = serving.access.users
    users.set_closed(users.get("rita"), closed=True)
    made = backups.make(office, START_MS)
    users.set_closed(users.get("rita"), closed=False)
    users.set_closed(users.get("maria"), closed=True)
    set_role(serving.hub, serving.access, users.get("boris"), "reader")
    with restored(serving, office, made.path) as there:
        found = {user.login: (user.role, user.closed) for user in there.access.users.all()}
        assert found == {
            "anna": ("administrator", False), "maria": ("manager", True), "boris": ("reader", False), "rita": ("reader", False),
        }  # fmt: skip


def test_codes_spent_or_withdrawn_after_the_backup_are_worth_nothing(serving: Serving, office: Path) -> None:
    boris, maria, rita = (serving.access.users.get(login).id for login in ("boris", "maria", "rita"))
    spent, withdrawn, kept = (serving.access.codes.issue(user) for user in (boris, maria, rita))
    made = backups.make(office, START_MS)
    serving.access.enrol(spent, "Ноутбук", "0.1")
    serving.access.codes.withdraw(maria)
    later = serving.access.codes.issue(boris)
    with restored(serving, office, made.path) as there:
        for code in (spent, withdrawn):
            with pytest.raises(Refused, match="Код не подходит"):
                there.access.enrol(code, "Чужой", "0.1")
        assert [there.access.enrol(code, "Ноутбук", "0.1").user.id for code in (kept, later)] == [rita, boris]


def test_a_laptop_enrolled_after_the_backup_goes_on_and_its_prefix_is_given_to_nobody_else(
    serving: Serving, office: Path, laptop: Laptop, tmp_path: Path
) -> None:
    made = backups.make(office, START_MS)
    desk = laptop(tmp_path / "new", "boris")
    Syncer(desk.folder).sync_once()
    copied = serving.access.devices.give_prefix(serving.access.devices.get(desk.prefix).id)
    desk.do([Edit("clients", "c" * 8, {"name": "Ромашка"})], "Новый клиент")
    with restored(serving, office, made.path) as there:
        HubAddress.of(desk.folder)._replace(url=there.url).keep(desk.folder)
        Syncer(desk.folder).sync_once()
        assert there.hub.rows("SELECT name FROM clients") == [{"name": "Ромашка"}]
        assert there.access.devices.get(copied).prefix == copied
        assert not {desk.prefix, copied} & {there.enrol("anna")["prefix"] for _ in range(5)}


def test_a_laptop_of_an_account_that_the_backup_does_not_know_is_turned_away_until_the_account_is_there_again(
    serving: Serving, office: Path, laptop: Laptop, tmp_path: Path
) -> None:
    made = backups.make(office, START_MS)
    add_user(serving.hub, serving.access, "later", "Позже", "salesperson", PASSWORD)
    desk = laptop(tmp_path / "later", "later")
    Syncer(desk.folder).sync_once()
    token, author = HubAddress.of(desk.folder).token, desk.author
    anna = laptop(tmp_path / "anna")
    Syncer(anna.folder).sync_once()
    with restored(serving, office, made.path) as there:
        assert answer(there, token) == (401, "revoked")
        HubAddress.of(anna.folder)._replace(url=there.url).keep(anna.folder)
        Syncer(anna.folder).sync_once()  # brings the employee's row back
        assert add_user(there.hub, there.access, "later", "Позже", "salesperson", PASSWORD).id == author
        assert answer(there, token) == LET_IN


def test_what_was_carried_over_is_told(serving: Serving, office: Path) -> None:
    serving.enrol("boris", "Ноутбук Бориса")
    made = backups.make(office, START_MS)
    devices, users = serving.access.devices, serving.access.users
    devices.revoke(devices.get("Ноутбук Бориса"))
    serving.enrol("maria", "Ноутбук Марии")
    users.set_password(users.get("maria"), NEWER)
    add_user(serving.hub, serving.access, "later", "Позже", "salesperson", PASSWORD)
    serving.hub.close()
    serving.access.close()
    told = done("hub", "--data", office, "restore", made.path)
    assert "отозваны устройства: Ноутбук Бориса" in told
    assert "подключённые позже устройства: Ноутбук Марии" in told
    assert "новые пароли: maria" in told
    assert "созданных после копии, больше нет, добавьте их заново: later" in told
    carried = json.loads(done("hub", "--data", office, "restore", made.path, "--json"))["carried"]
    assert (carried["revoked"], carried["passwords"], carried["gone"], carried["trouble"]) == (["Ноутбук Бориса"], ["maria"], [], "")


def test_accounts_that_cannot_be_read_stop_no_restore_and_it_is_said(office: Path) -> None:
    made = backups.make(office, START_MS)
    accounts = office / "accounts.sqlite"
    accounts.write_bytes(accounts.read_bytes()[:4096] + b"\xff" * 8192)
    told = done("hub", "--data", office, "restore", made.path)
    assert "Прежние учётные записи не прочитаны" in told
    assert "Повторите то, что меняли после неё" in told
    with closing(Access.open(office)) as access:
        assert access.users.find("anna") is not None
    assert list(office.glob("*.restoring*")) == []


def test_accounts_of_another_hub_are_not_mixed_in(office: Path, tmp_path: Path) -> None:
    made = backups.make(office, START_MS)
    other = tmp_path / "other"
    other.mkdir()
    with closing(Access.open(other, hasher=QUICK, create=True)) as access, closing(Hub.create(other)) as hub:
        add_user(hub, access, "anna", "Чужая", "reader", NEWER)
    assert "другого сервера" in done("hub", "--data", other, "restore", made.path)
    with closing(Access.open(other)) as access:
        assert access.users.get("anna").role == "administrator"


def test_a_hub_left_without_an_administrator_is_told_what_to_do(serving: Serving, office: Path) -> None:
    made = backups.make(office, START_MS)
    add_user(serving.hub, serving.access, "later", "Позже", "administrator", PASSWORD)
    serving.access.users.set_closed(serving.access.users.get("anna"), closed=True)
    stopped(serving)
    assert "добавьте его командой user" in backups.restore(office, made.path).words


def test_a_backup_of_the_store_alone_leaves_the_accounts_as_they_are(serving: Serving, office: Path, tmp_path: Path) -> None:
    made = backups.make(office, START_MS)
    backup.companion(made.path, "accounts.sqlite").unlink()
    serving.access.users.set_password(serving.access.users.get("anna"), NEWER)
    stopped(serving)
    assert "учётных" not in backups.restore(office, made.path).words
    with closing(Access.open(office, hasher=QUICK)) as access:
        assert access.log_in("anna", NEWER, "").login == "anna"


def test_a_revoked_laptop_hears_it_after_the_restore_as_before(serving: Serving, office: Path, laptop: Laptop, tmp_path: Path) -> None:
    desk = laptop(tmp_path / "lost", "boris")
    made = backups.make(office, START_MS)
    serving.access.devices.revoke(serving.access.devices.get(desk.prefix))
    with restored(serving, office, made.path) as there:
        HubAddress.of(desk.folder)._replace(url=there.url).keep(desk.folder)
        with pytest.raises(SyncTrouble, match="отозван"):
            Syncer(desk.folder).sync_once()
