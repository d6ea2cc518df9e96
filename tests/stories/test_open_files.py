"""Nothing that is open is replaced or deleted: Linux would allow it, Windows does not."""

from __future__ import annotations

import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard

from local_app.drafts import FILE_NAME as DRAFTS
from local_app.drafts import Drafts
from local_app.exports.entities import entity_table
from local_app.exports.files import write_file
from local_app.fetching import fetch
from shared import filestore
from shared.change import Edit, Refused, SyncTrouble
from shared.entities import ENTITIES
from shared.store import StoreTrouble, backup, file
from sync_server.hub import Hub
from sync_server.snapshots import Snapshots
from tests.support.laptops import new_desk
from tests.support.windows import as_on_windows

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what is open is read from /proc")
NOON = int(datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp() * 1000)


def test_what_is_open_stays_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("a", encoding="utf-8")
    with as_on_windows():
        with path.open(encoding="utf-8"), pytest.raises(PermissionError):
            path.unlink()
        path.unlink()


def test_a_file_that_arrived_damaged_is_refused_and_begins_anew(tmp_path: Path) -> None:
    sha256 = hashlib.sha256(b"content").hexdigest()
    with as_on_windows():
        with pytest.raises(Refused, match="отпечатком"):
            filestore.arrive(tmp_path, sha256, 0, b"c0ntent", 7)
        assert filestore.arrived(tmp_path, sha256) == 0
        assert filestore.arrive(tmp_path, sha256, 0, b"content", 7)


def test_a_backup_is_made_and_comes_back_and_a_damaged_one_leaves_nothing(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    desk.do([Edit("clients", "c1", {"name": "Ромашка"})], "Клиент")
    filestore.keep(tmp_path, b"content", "a.pdf")
    with as_on_windows():
        path = backup.make(tmp_path, NOON)
        desk.close()
        assert backup.restore(tmp_path, path) is not None
        path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 8192)
        with pytest.raises(StoreTrouble):
            backup.restore(tmp_path, path)
    assert not list(tmp_path.glob(f"*{file.BRINGING}*"))


def test_damaged_drafts_are_set_aside(tmp_path: Path) -> None:
    (tmp_path / DRAFTS).write_bytes(b"no database, but long enough to be looked at" * 100)
    told = list[str]()
    with as_on_windows():
        Drafts.of_folder(tmp_path, told.append).close()
    assert len(told) == 1


def test_a_snapshot_is_made_anew_while_somebody_reads_the_old_one(tmp_path: Path) -> None:
    hub = Hub.create(tmp_path)
    snapshots = Snapshots(hub)
    with as_on_windows():
        old = snapshots.path(snapshots.current().sha256)
        hub.write([Edit("clients", "c1", {"name": "Ромашка"})])
        with old.open("rb"):
            assert snapshots.path(snapshots.current().sha256) != old
        hub.write([Edit("clients", "c2", {"name": "Василёк"})])
        snapshots.current()
    hub.close()
    assert len(list((tmp_path / "snapshots").glob("*.snapshot"))) == 1


def test_a_snapshot_damaged_on_its_way_goes(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    with as_on_windows():
        for packed in (b"no snapshot", zstandard.compress(b"no store")):
            for sha256 in ("0" * 64, hashlib.sha256(packed).hexdigest()):
                named = {"place": 1, "head": "00", "sha256": sha256, "size": len(packed)}
                said = {"/api/v1/snapshot?from=0": named, f"/api/v1/snapshot/{sha256}?offset=0": packed}
                with pytest.raises(SyncTrouble, match="не прошёл проверку"):
                    fetch(desk.store, said.__getitem__)
    desk.close()
    assert not [*tmp_path.glob("*.snapshot"), *tmp_path.glob("*.bare*")]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_table_that_is_open_in_another_program_is_told_in_plain_words(tmp_path: Path, ending: str) -> None:
    desk, path = new_desk(tmp_path), tmp_path / f"клиенты.{ending}"
    path.write_bytes(b"old")
    table = entity_table(desk.store, ENTITIES["clients"])
    with as_on_windows():
        with path.open("rb"), pytest.raises(Refused, match="открыт в другой программе"):
            write_file(path, table, "Клиенты", lambda *_: None)
        assert path.read_bytes() == b"old"
        write_file(path, entity_table(desk.store, ENTITIES["clients"]), "Клиенты", lambda *_: None)
    desk.close()
    assert sorted(each.name for each in tmp_path.iterdir() if ending in each.name) == [path.name]
