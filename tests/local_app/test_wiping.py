"""A laptop that was revoked is told why; one that is to be wiped keeps nothing, also while its program runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_app.desk import Desk
from local_app.drafts import Drafts
from local_app.hubline import HubAddress
from local_app.passing import exported, loaded
from local_app.sync import Syncer, sync_state
from local_app.wiping import forgetting
from shared import filestore
from shared.change import Edit, Refused, SyncTrouble
from shared.store import StoreTrouble, backup
from shared.store.news import news
from sync_server.access import Access, Device
from sync_server.hub import Hub
from sync_server.people import add_user
from tests.sync_server.conftest import QUICK, START_MS, Clock, served

SECRET = "Тайный клиент"


class Laptop:
    """Enrolled, synced, with a file, a backup and a draft; its program is open."""

    def __init__(self, folder: Path, url: str, access: Access) -> None:
        self.folder, self.access = folder, access
        self.desk, self.drafts = Desk.open(folder, create=True), Drafts(folder / "drafts.sqlite")
        self.syncer = Syncer(folder)
        self.syncer.enrol(url, access.codes.issue(access.users.get("anna").id))
        kept = filestore.keep(folder, SECRET.encode(), "a.txt")
        self.desk.do(
            [Edit("clients", "c1", {"name": SECRET}), Edit("attachments", "a1", {"name": "a.txt", "sha256": kept.sha256})], "Клиент"
        )
        self.drafts.keep("clients/c1/note", SECRET)
        self.syncer.sync_once()
        backup.make(folder, START_MS)
        self.desk.do([Edit("clients", "c2", {"name": f"{SECRET} без отправки"})], "Клиент")

    @property
    def device(self) -> Device:
        return self.access.devices.get(self.desk.prefix)

    def traces(self) -> list[str]:
        """Files of the folder that still hold the secret."""
        text = SECRET.encode()
        return [path.name for path in self.folder.rglob("*") if path.is_file() and text in path.read_bytes()]


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    folder, clock = tmp_path / "hub", Clock()
    folder.mkdir()
    access, hub = Access.open(folder, clock=clock, hasher=QUICK, create=True), Hub.create(folder, clock)
    add_user(hub, access, "anna", "Анна", "salesperson", "верная лошадь")
    with served(hub, access) as url:
        found = Laptop(tmp_path / "laptop", url, access)
        yield found
        found.desk.close()
        found.drafts.close()
    hub.close()
    access.close()


def test_a_revoked_laptop_says_why_and_keeps_its_data(laptop: Laptop) -> None:
    laptop.access.devices.revoke(laptop.device)
    with pytest.raises(SyncTrouble, match="отозван"):
        laptop.syncer.sync_once()
    state = sync_state(laptop.desk.store)
    assert (state.enrolled, state.online, state.turned_away, state.unsent) == (True, False, "revoked", 1)
    assert "Обратитесь к администратору" in state.trouble
    assert laptop.desk.store.one("SELECT count(*) FROM clients") == 2


def test_a_laptop_that_is_to_be_wiped_keeps_nothing_while_its_program_runs(laptop: Laptop) -> None:
    heard: set[str] = set()
    laptop.desk.listen(heard.update)
    assert {"zakaznik.sqlite-wal", "drafts.sqlite-wal"} <= set(laptop.traces())
    (laptop.folder / "drafts.damaged-1.sqlite").write_text(SECRET, encoding="utf-8")
    laptop.access.devices.revoke(laptop.device, wipe=True)
    with pytest.raises(SyncTrouble, match="Данные стёрты"):
        laptop.syncer.sync_once()
    laptop.desk.poll()
    assert {"clients", "orders", "state"} <= heard, "every open screen hears it"
    assert laptop.traces() == []
    assert [path.name for path in laptop.folder.iterdir() if not path.name.startswith(("zakaznik.sqlite", "drafts.sqlite"))] == []
    assert laptop.desk.store.rows("SELECT * FROM clients") == laptop.desk.store.rows("SELECT * FROM log") == []
    assert laptop.drafts.of_row("clients/c1") == {}
    assert laptop.desk.store.verify() == []
    assert [piece.words[:44] for piece in news(laptop.desk.store)] == ["Администратор отозвал доступ этого ноутбука "]
    state = sync_state(laptop.desk.store)
    assert (state.enrolled, state.turned_away) == (False, "wiped")
    assert laptop.access.devices.all()[0].state == "Отозвано, велено стереть данные"


def test_what_is_typed_on_over_the_wipe_is_refused_and_leaves_no_draft(laptop: Laptop) -> None:
    """For half a second the open forms have not heard of it, nor has an import that was planned before."""
    view, forget = laptop.desk.view(), forgetting(laptop.desk.store, laptop.drafts)
    laptop.access.devices.revoke(laptop.device, wipe=True)
    with pytest.raises(SyncTrouble, match="Данные стёрты"):
        laptop.syncer.sync_once()
    with pytest.raises(Refused, match="стёрты или заменены"):
        laptop.desk.do([Edit("clients", "c1", {"note": SECRET})], "Примечание", view)
    with pytest.raises(Refused, match="стёрты или заменены"):
        laptop.desk.do_many([[Edit("clients", "c3", {"name": SECRET})]], "Импорт", view=view)
    laptop.drafts.keep("clients/c1/note", SECRET)
    forget()
    forget()
    assert laptop.traces() == []
    laptop.drafts.keep("clients/new/note", "уже своё")
    forget()
    assert laptop.drafts.of_row("clients/new") == {"note": "уже своё"}


def test_what_was_exported_or_is_being_loaded_is_wiped_too(laptop: Laptop) -> None:
    exported(laptop.folder, "Клиенты.xlsx").write_text(SECRET, encoding="utf-8")
    loaded(laptop.folder, "прайс.csv").write_text(SECRET, encoding="utf-8")
    laptop.access.devices.revoke(laptop.device, wipe=True)
    with pytest.raises(SyncTrouble, match="Данные стёрты"):
        laptop.syncer.sync_once()
    assert laptop.traces() == []


def test_a_wiped_laptop_can_be_enrolled_again_and_begins_from_nothing(laptop: Laptop) -> None:
    url = HubAddress.of(laptop.folder).url
    before = laptop.desk.store.log.state().device
    laptop.access.devices.revoke(laptop.device, wipe=True)
    with pytest.raises(SyncTrouble):
        laptop.syncer.sync_once()
    laptop.syncer.enrol(url, laptop.access.codes.issue(laptop.access.users.get("anna").id))
    laptop.syncer.sync_once()
    laptop.desk.do([Edit("clients", "c3", {"name": "Новый"})], "Клиент")
    laptop.syncer.sync_once()
    assert [row["name"] for row in laptop.desk.store.rows("SELECT name FROM clients ORDER BY id")] == [SECRET, "Новый"]
    assert laptop.desk.store.log.state().device != before
    assert sync_state(laptop.desk.store).turned_away == ""


def test_a_wipe_that_was_interrupted_is_finished_at_the_next_sync(laptop: Laptop) -> None:
    laptop.access.devices.revoke(laptop.device, wipe=True)
    folder = laptop.folder / "backups"
    hidden = folder.rename(laptop.folder / "elsewhere")
    folder.write_text("cannot be removed as a folder")
    with pytest.raises(SyncTrouble, match="не полностью"):
        laptop.syncer.sync_once()
    assert sync_state(laptop.desk.store).enrolled
    folder.unlink()
    hidden.rename(folder)
    with pytest.raises(SyncTrouble, match=r"Данные стёрты$"):
        laptop.syncer.sync_once()
    assert (laptop.traces(), sync_state(laptop.desk.store).enrolled) == ([], False)


def test_a_wipe_that_meets_a_snapshot_being_taken_waits_and_leaves_the_door_closed(laptop: Laptop) -> None:
    """Who fills the file from the snapshot would else find that somebody has written, and begin anew."""
    laptop.access.devices.revoke(laptop.device, wipe=True)
    store = laptop.desk.store
    with store.transaction():
        store.db.execute("UPDATE state SET closed = unixepoch()")
    with pytest.raises(StoreTrouble, match="загружаются"):
        laptop.syncer.sync_once()
    assert store.one("SELECT closed FROM state") > 0
    store.db.execute("UPDATE state SET closed = 0")
    with pytest.raises(SyncTrouble, match="Данные стёрты"):
        laptop.syncer.sync_once()
    assert laptop.traces() == []
