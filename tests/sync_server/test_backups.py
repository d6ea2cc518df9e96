"""The hub's backups: store and accounts of one moment, made while it serves, restored when it does not."""

from __future__ import annotations

import json
import os
import stat
import time
from contextlib import closing
from pathlib import Path

import pytest

from local_app import cli
from local_app.desk import Desk
from local_app.sync import Syncer
from shared import filestore
from shared.change import Edit, Refused
from shared.store import Store, StoreTrouble, backup
from shared.store.news import news
from sync_server import backups
from sync_server.access import Access
from sync_server.hub import Hub
from sync_server.people import add_user
from tests.sync_server.conftest import PASSWORD, START_MS, Serving
from tests.sync_server.test_cli import done, refused

DAY = backup.EVERY_MS


def test_a_backup_holds_the_accounts_too_and_only_its_owner_may_read_it(serving: Serving, office: Path) -> None:
    made = backups.make(office, START_MS)
    copies = [made.path, backup.companion(made.path, "accounts.sqlite")]
    assert [stat.S_IMODE(path.stat().st_mode) for path in (*copies, made.path.parent)] == [0o600, 0o600, 0o700]
    assert {path.suffix for path in made.path.parent.iterdir()} == {".sqlite"}, "nothing else is left there"
    assert made.size == sum(path.stat().st_size for path in copies)
    add_user(serving.hub, serving.access, "later", "Позже", "salesperson", PASSWORD)
    serving.hub.close()
    serving.access.close()
    backups.restore(office, made.path)
    with closing(Access.open(office)) as access, closing(Hub.open(office)) as hub:
        assert access.users.find("later") is None
        assert access.users.find("anna") is not None
        assert hub.rows("SELECT count(*) AS n FROM employees") == [{"n": 4}]
        assert hub.verify() == []


def test_old_backups_go_with_their_accounts(office: Path) -> None:
    for day in range(30):
        backups.make(office, START_MS + day * DAY)
    names = sorted(path.name.partition("-")[0] for path in (office / "backups").glob("*.sqlite"))
    assert len(names) < 28
    assert names.count("accounts") == names.count("zakaznik") > 7


def test_the_way_back_goes_to_an_empty_machine_as_well(office: Path, tmp_path: Path) -> None:
    made = backups.make(office, START_MS)
    told = done("hub", "--data", tmp_path / "new", "restore", made.path)
    assert "Сервер восстановлен" in told
    assert done("hub", "--data", tmp_path / "new", "code", "anna")
    assert "цело" in done("hub", "--data", tmp_path / "new", "verify")


def test_after_a_restore_laptops_bring_everything_back_until_rebuild_is_off(office: Path, tmp_path: Path) -> None:
    made = backups.make(office, START_MS)
    backups.restore(office, made.path)
    with closing(Hub.open(office)) as hub:
        assert hub.rebuilding()
        hub.rebuild(on=False)
        assert not hub.rebuilding()


def test_no_file_goes_while_laptops_bring_back_the_rows_that_name_it(office: Path) -> None:
    """A hub was lost and made again over its old files, or its copy is weeks old: the daily cleaning would be quicker than the laptops."""
    digest = filestore.keep(office, b"a drawing", "a.pdf").sha256
    os.utime(filestore.path_of(office, digest), (START_MS / 1000 - 30 * 24 * 3600,) * 2)
    with closing(Hub.open(office)) as hub:
        hub.rebuild(on=True)
        backups.make(office, START_MS)
        assert filestore.is_here(office, digest)
        hub.rebuild(on=False)
        backups.make(office, START_MS + DAY)
        assert not filestore.is_here(office, digest)


def test_a_restore_that_breaks_off_has_switched_the_questions_about_roles_off_already(office: Path) -> None:
    """Else the first laptop that comes would be judged by a role for what was accepted once."""
    made = backups.make(office, START_MS)
    filestore.keep(office / "backups", b"a file", "a.txt")
    (office / "files").write_text("a file stands where the folder should be")
    with pytest.raises(StoreTrouble):
        backups.restore(office, made.path)
    with closing(Hub.open(office)) as hub:
        assert hub.rebuilding()
    assert list(office.glob("*.restoring*")) == []


def test_nothing_is_restored_while_the_hub_serves_and_only_one_serves(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = backups.make(office, START_MS)
    with backups.alone(office):
        assert "Остановите его" in refused(capsys, "hub", "--data", office, "restore", made.path)
        assert "работает" in refused(capsys, "hub", "--data", office, "serve", "--port", 0)
    assert "Нет такой" in refused(capsys, "hub", "--data", office, "restore", office / "none.sqlite")


@pytest.mark.parametrize("held", ["zakaznik.sqlite", "accounts.sqlite"])
def test_nothing_is_restored_under_a_command_or_reports_that_are_at_work(
    office: Path, capsys: pytest.CaptureFixture[str], held: str
) -> None:
    """A new user's password is being typed: the account would go into the file that was put aside."""
    made = backups.make(office, START_MS)
    with closing(Access.open(office)) if held == "accounts.sqlite" else closing(Store.open(office / held, read_only=True)):
        assert "работают отчёты или другая команда" in refused(capsys, "hub", "--data", office, "restore", made.path)
    assert list(office.glob("*restor*")) == []
    assert "Сервер восстановлен" in done("hub", "--data", office, "restore", made.path)


def test_neither_side_takes_the_data_of_the_other_for_its_own(office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Desk.open(tmp_path / "laptop", create=True).close()
    laptops, hubs = backup.make(tmp_path / "laptop", START_MS), backups.make(office, START_MS).path
    assert "данные ноутбука, а не сервера" in refused(capsys, "hub", "--data", office, "restore", laptops)
    assert cli.main(["desk", "--data", str(tmp_path / "laptop"), "restore", str(hubs)]) == 1
    assert "данные сервера, а не ноутбука" in capsys.readouterr().err
    assert [*office.glob("*restor*"), *(tmp_path / "laptop").glob("*restor*")] == [], "nothing was touched"
    done("hub", "--data", office, "restore", hubs)
    done("hub", "--data", office, "verify")


def test_a_damaged_copy_of_the_accounts_is_refused_and_everything_stays(office: Path) -> None:
    made = backups.make(office, START_MS)
    copied = backup.companion(made.path, "accounts.sqlite")
    copied.write_bytes(copied.read_bytes()[:4096] + b"\xff" * 8192)
    hub = Hub.open(office)
    hub.write([Edit("clients", "c" * 8, {"name": "После копии"})])
    hub.close()
    with pytest.raises(StoreTrouble):
        backups.restore(office, made.path)
    with closing(Access.open(office)) as access, closing(Hub.open(office)) as hub:
        assert hub.rows("SELECT name FROM clients") == [{"name": "После копии"}]
        assert access.users.find("anna") is not None
    assert list(office.glob("*.restoring")) == []


def test_a_laptop_restored_from_before_its_enrolment_stays_its_owners(serving: Serving, tmp_path: Path) -> None:
    """It went on without a name, and took itself for a copy of another laptop."""
    folder = tmp_path / "laptop"
    with closing(Desk.open(folder, create=True)) as desk:
        desk.do([Edit("clients", "c1", {"name": "До подключения"})], "Клиент")
    copied, syncer = backup.make(folder, START_MS), Syncer(folder)
    syncer.enrol(serving.url, serving.access.codes.issue(serving.access.users.get("boris").id))
    syncer.sync_once()
    with closing(Desk.open(folder)) as desk:
        desk.do([Edit("clients", "c1", {"name": "После копии"})], "Клиент")
        owner = desk.author, desk.prefix
    syncer.sync_once()
    assert cli.main(["desk", "--data", str(folder), "restore", str(copied)]) == 0
    with closing(Desk.open(folder)) as desk:
        assert (desk.author, desk.prefix) == owner
        syncer.sync_once()
        assert (desk.author, desk.prefix) == owner
        assert desk.store.one("SELECT name FROM clients") == "После копии"
        assert "С сервера вернулось" in news(desk.store)[0].words
        assert not [each for each in news(desk.store) if "скопирована" in each.words]


def test_a_serving_hub_makes_them_by_itself_and_stops_with_it(office: Path) -> None:
    now = [START_MS]
    with backups.daily(office, lambda: now[0], look_every=0.01):
        first = until_made(office, 1)
        now[0] += DAY
        assert until_made(office, 2) > first
    now[0] += DAY
    assert len(list((office / "backups").glob("zakaznik-*"))) == 2


def until_made(office: Path, count: int) -> list[Path]:
    """Waits for the thread, a minute at most."""
    for _ in range(6000):
        found = sorted((office / "backups").glob("zakaznik-*.sqlite"))
        if len(found) == count:
            return found
        time.sleep(0.01)
    raise AssertionError(f"{count} backups were not made")


def test_a_folder_without_a_hub_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="нет сервера"):
        backups.make(tmp_path, START_MS)


def test_upkeep_by_commands_and_a_status_that_tells_sizes_and_the_rebuild(serving: Serving, office: Path) -> None:
    hub = ("hub", "--data", office)
    assert json.loads(done(*hub, "clean", "--json")) == {"files": 0, "bytes": 0}
    assert json.loads(done(*hub, "compact", "--days", "30", "--json")) == {"changes": 0, "bytes": 0}
    done(*hub, "rebuild", "on")
    status = json.loads(done(*hub, "status", "--json"))
    assert (status["rebuild"], status["sizes"]["log"] > 0) == (True, True)
    assert "роли не проверяются" in done(*hub, "status")
    done(*hub, "rebuild", "off")
    assert not serving.hub.rebuilding()
