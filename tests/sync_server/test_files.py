"""Attached files over a real port: up, down, resumed at a byte, damaged, too large to come unasked."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from shutil import rmtree

import pytest
import requests

from local_app import filesync
from local_app.desk import Desk
from local_app.hubline import HubAddress, Hubline
from local_app.moving import Moving
from local_app.sync import Syncer
from shared import filestore
from shared.change import Edit, SyncTrouble
from tests.support.laptops import answered
from tests.sync_server.conftest import START_MS, Laptop, Serving
from tests.sync_server.test_snapshots import synced

CONTENT = bytes(range(256)) * 40_000  # 10 MB: three pieces


def attach(desk: Desk, content: bytes, name: str = "Чертёж.pdf") -> str:
    kept = filestore.keep(desk.folder, content, name)
    row = desk.new_id()
    desk.do([Edit("attachments", row, {"name": name, "sha256": kept.sha256, "size": kept.size})], "Файл")
    return kept.sha256


def line_of(desk: Desk) -> Hubline:
    return Hubline(HubAddress.of(desk.folder))


def test_a_file_reaches_the_other_laptop_and_is_kept_once(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    first, second = laptop(tmp_path / "a"), laptop(tmp_path / "b", "boris")
    sha256 = attach(first, CONTENT)
    assert attach(second, CONTENT, "Тот же чертёж.pdf") == sha256
    told: list[Moving] = []
    Syncer(first.folder).sync_once(told.append)
    assert [str(moving).replace("\xa0", " ") for moving in told[-3:]] == [
        f"Файл «Чертёж.pdf»: {done} из 9,7 МБ" for done in ("4", "8", "9,7")
    ]
    synced(second)
    third = laptop(tmp_path / "c", "maria")
    synced(third)
    assert filestore.path_of(third.folder, sha256).read_bytes() == CONTENT
    assert [path.name for path in (serving.hub.folder / "files").glob("??/*")] == [sha256]


def test_an_upload_goes_on_at_any_byte(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    desk = laptop(tmp_path / "a")
    sha256 = attach(desk, CONTENT)
    from local_app.rounds import exchange_all
    from shared.store.courier import Courier

    line = line_of(desk)
    exchange_all(Courier(desk.store), lambda message: line.exchange(message, 0))  # the row first, as a sync does
    line.put(f"/api/v1/files/{sha256}?offset=0&size={len(CONTENT)}", CONTENT[:1_234_567])
    assert filesync.sync_files(desk.store, line) == (1, 0)
    assert filestore.path_of(serving.hub.folder, sha256).read_bytes() == CONTENT
    assert filesync.sync_files(desk.store, line) == (0, 0)


def test_a_download_goes_on_at_any_byte(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    first, second = laptop(tmp_path / "a"), laptop(tmp_path / "b", "boris")
    sha256 = attach(first, CONTENT)
    synced(first)
    filestore.arrive(second.folder, sha256, 0, CONTENT[:777], len(CONTENT))
    synced(second)
    assert filestore.path_of(second.folder, sha256).read_bytes() == CONTENT


def test_a_file_that_was_damaged_on_the_way_is_not_kept(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    desk = laptop(tmp_path / "a")
    sha256 = attach(desk, b"whole")
    serving_row = desk.store.rows("SELECT id FROM attachments")[0]["id"]
    filestore.path_of(desk.folder, sha256).write_bytes(b"wrong")
    with pytest.raises(SyncTrouble, match="отпечатком"):
        synced(desk)
    assert not filestore.is_here(serving.hub.folder, sha256)
    assert serving.hub.rows("SELECT id FROM attachments")[0]["id"] == serving_row  # the row itself has come
    filestore.path_of(desk.folder, sha256).write_bytes(b"whole")
    synced(desk)
    assert filestore.is_here(serving.hub.folder, sha256)


@pytest.mark.parametrize("arrived", [CONTENT, CONTENT[:-1] + b"x", CONTENT + b"more"], ids=["right", "damaged", "too long"])
def test_a_hub_that_was_killed_before_it_looked_at_a_file_gets_it_all_the_same(
    serving: Serving, laptop: Laptop, tmp_path: Path, arrived: bytes
) -> None:
    first, second = laptop(tmp_path / "a"), laptop(tmp_path / "b", "boris")
    sha256 = attach(first, CONTENT)
    part = filestore.path_of(serving.hub.folder, sha256).with_suffix(".arriving")
    part.parent.mkdir(parents=True)
    part.write_bytes(arrived)
    if arrived == CONTENT[:-1] + b"x":
        with pytest.raises(SyncTrouble, match="отпечатком"):
            synced(first)
    synced(first, second)
    assert filestore.path_of(serving.hub.folder, sha256).read_bytes() == CONTENT
    assert filestore.path_of(second.folder, sha256).read_bytes() == CONTENT


def test_a_laptop_that_was_killed_before_it_looked_at_a_file_looks_again(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    first, second = laptop(tmp_path / "a"), laptop(tmp_path / "b", "boris")
    sha256 = attach(first, CONTENT)
    part = filestore.path_of(second.folder, sha256).with_suffix(".arriving")
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT)
    synced(first, second)
    assert filestore.path_of(second.folder, sha256).read_bytes() == CONTENT


def test_a_hub_that_lost_its_files_and_not_its_history_gets_them_again_within_a_day(
    serving: Serving, laptop: Laptop, tmp_path: Path
) -> None:
    desk = laptop(tmp_path / "a")
    sha256 = attach(desk, CONTENT)
    synced(desk)
    rmtree(serving.hub.folder / "files")
    assert [moved(desk, hour) for hour in (0, 1)] == [1, 0]
    assert filestore.path_of(serving.hub.folder, sha256).read_bytes() == CONTENT
    rmtree(serving.hub.folder / "files")
    assert [moved(desk, hour) for hour in (2, 23, 24, 25)] == [0, 0, 1, 0]


def moved(desk: Desk, hour: int) -> int:
    """How many files go up some hours after the tests' beginning of time."""
    return filesync.sync_files(desk.store, line_of(desk), clock=lambda: START_MS + hour * 3_600_000)[0]


def test_large_files_wait_until_they_are_asked_for(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    first, second = laptop(tmp_path / "a"), laptop(tmp_path / "b", "boris")
    small, large = attach(first, b"small"), attach(first, CONTENT)
    synced(first)
    with second.store.transaction():
        second.store.db.execute("INSERT INTO notes VALUES (?, '1000')", (filesync.POLICY,))
    synced(second)
    assert filestore.is_here(second.folder, small)
    assert not filestore.is_here(second.folder, large)
    filesync.fetch_file(second.store, line_of(second), large)
    assert filestore.is_here(second.folder, large)


def test_which_files_come_is_said_and_one_is_fetched_without_a_window(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    first, second = laptop(tmp_path / "a"), laptop(tmp_path / "b", "boris")
    sha256 = attach(first, random.Random(5).randbytes(1_100_000))
    synced(first)
    folder = ("desk", "--data", str(second.folder), "files")
    assert answered(*folder, "--largest", "1") == {"largest": 1 << 20, "missing": []}
    synced(second)
    assert [file["sha256"] for file in answered(*folder)["missing"]] == [sha256]
    assert answered(*folder, "--fetch", "all")["missing"] == []
    assert filestore.is_here(second.folder, sha256)
    assert answered(*folder, "--largest", "all")["largest"] == filestore.LARGEST


def test_a_file_that_is_not_on_the_hub_yet_is_said_so(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    first, second = laptop(tmp_path / "a"), laptop(tmp_path / "b", "boris")
    sha256 = attach(first, b"content")
    path = filestore.path_of(first.folder, sha256)
    path.rename(path.with_suffix(".away"))
    synced(first, second)
    with pytest.raises(SyncTrouble, match="пока нет"):
        filesync.fetch_file(second.store, line_of(second), sha256)
    path.with_suffix(".away").rename(path)
    synced(first, second)
    assert filestore.is_here(second.folder, sha256)


def test_the_hub_takes_no_file_that_no_row_names(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    desk = laptop(tmp_path / "a")
    token = HubAddress.of(desk.folder).token
    sha256 = hashlib.sha256(b"x").hexdigest()
    for path in (sha256, "../../etc/passwd", "A" * 64, sha256 + "0"):
        url = f"{serving.url}/api/v1/files/{path}?offset=0&size=1"
        answer = requests.put(url, data=b"x", headers={"Authorization": f"Bearer {token}"}, timeout=10)
        assert answer.status_code in (404, 409), path
    assert not (serving.hub.folder / "files").exists()


def test_orphans_go_and_named_files_stay(tmp_path: Path) -> None:
    kept, orphan = filestore.keep(tmp_path, b"named", "a"), filestore.keep(tmp_path, b"orphan", "b")
    assert filestore.remove_orphans(tmp_path, {kept.sha256}) == 1
    assert filestore.is_here(tmp_path, kept.sha256)
    assert not filestore.is_here(tmp_path, orphan.sha256)


def test_a_laptop_that_synced_nothing_asks_about_no_files(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    desk = laptop(tmp_path / "a")
    synced(desk)
    assert Syncer(desk.folder).sync_once().sent == 0
    assert filesync.named_files(desk.store) == []
