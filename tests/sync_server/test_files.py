"""Attached files over a real port: up, down, resumed at a byte, damaged, too large to come unasked."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
import requests

from local_app import filesync
from local_app.desk import Desk
from local_app.hubline import HubAddress, Hubline
from local_app.moving import Moving
from local_app.sync import Syncer, sync_state
from shared import filestore
from shared.change import Edit, SyncTrouble
from tests.support.laptops import answered, typed
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


def test_a_file_that_only_a_side_of_a_disagreement_names_is_not_left_on_one_laptop(
    serving: Serving, laptop: Laptop, tmp_path: Path
) -> None:
    both = laptop(tmp_path / "a"), laptop(tmp_path / "b", "boris")
    row = both[0].new_id()
    both[0].do([Edit("attachments", row, {"name": "Чертёж.pdf"})], "Файл")
    for desk in both:
        synced(desk)
    for number, desk in enumerate(both):
        kept = filestore.keep(desk.folder, bytes([number]), "Чертёж.pdf")
        desk.do([Edit("attachments", row, {"sha256": kept.sha256, "size": 1})], "Файл")
    for desk in (*both, both[0]):
        synced(desk)
    assert len(both[0].store.conflicts(row)) > 0
    for folder in (serving.hub.folder, *(desk.folder for desk in both)):
        assert sorted(path.read_bytes() for path in filestore.kept(folder)) == [b"\0", b"\1"]


def test_an_upload_goes_on_at_any_byte(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    desk = laptop(tmp_path / "a")
    sha256 = attach(desk, CONTENT)
    from local_app.rounds import exchange_all
    from shared.store.courier import Courier

    line = line_of(desk)
    exchange_all(Courier(desk.store), lambda message: line.exchange(message, 0))  # the row first, as a sync does
    line.put(f"/api/v1/files/{sha256}?offset=0&size={len(CONTENT)}", CONTENT[:1_234_567])
    assert filesync.sync_files(desk.store, line) == (1, 0, ())
    assert filestore.path_of(serving.hub.folder, sha256).read_bytes() == CONTENT
    assert filesync.sync_files(desk.store, line) == (0, 0, ())


def test_a_download_goes_on_at_any_byte(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    first, second = laptop(tmp_path / "a"), laptop(tmp_path / "b", "boris")
    sha256 = attach(first, CONTENT)
    synced(first)
    filestore.arrive(second.folder, sha256, 0, CONTENT[:777], len(CONTENT))
    synced(second)
    assert filestore.path_of(second.folder, sha256).read_bytes() == CONTENT


def test_a_file_that_was_damaged_here_is_named_and_keeps_nothing_else_back(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    first, second = laptop(tmp_path / "a"), laptop(tmp_path / "b", "boris")
    bad, good = sorted((attach(first, b"whole"), attach(first, b"other", "Фото.png")))
    name = first.store.one("SELECT name FROM attachments WHERE sha256 = ?", (bad,))
    content = filestore.path_of(first.folder, bad).read_bytes()
    filestore.path_of(first.folder, bad).write_bytes(b"wrong")
    words = f"Файл «{name}» на этом компьютере повреждён и не отправлен. Добавьте его заново"
    assert Syncer(first.folder).sync_once().files == (words,)
    synced(second)
    assert [filestore.is_here(second.folder, sha256) for sha256 in (bad, good)] == [False, True]
    state = sync_state(first.store)
    assert (state.online, state.trouble, state.files, state.last_ok_ms > 0) == (True, "", (words,), True)
    folder = ("desk", "--data", str(first.folder))
    assert answered(*folder, "sync")["files"] == answered(*folder, "status")["files"] == [words]
    assert all(words in typed(*folder, verb).stdout for verb in ("sync", "status"))
    filestore.keep(first.folder, content, name)
    synced(first, second)
    assert filestore.is_here(second.folder, bad)
    assert sync_state(first.store).files == ()


@pytest.mark.parametrize("told", [10, 100_000_000])
def test_a_row_that_is_wrong_about_the_size_keeps_no_file_back(serving: Serving, laptop: Laptop, tmp_path: Path, told: int) -> None:
    first, second = laptop(tmp_path / "a"), laptop(tmp_path / "b", "boris")
    sha256, other = attach(first, CONTENT), attach(first, b"small")
    row = first.store.rows("SELECT id FROM attachments WHERE sha256 = ?", (sha256,))[0]["id"]
    first.do([Edit("attachments", row, {"size": told})], "Размер")
    synced(first)
    assert Syncer(second.folder).sync_once().files == ()
    assert [filestore.is_here(second.folder, each) for each in (sha256, other)] == [True, True]


def test_a_file_that_is_larger_than_its_row_says_waits_all_the_same_until_it_is_asked_for(
    serving: Serving, laptop: Laptop, tmp_path: Path
) -> None:
    first, second = laptop(tmp_path / "a"), laptop(tmp_path / "b", "boris")
    sha256 = attach(first, CONTENT)
    row = first.store.rows("SELECT id FROM attachments")[0]["id"]
    first.do([Edit("attachments", row, {"size": 10})], "Размер")
    synced(first)
    filesync.set_largest(second.store, 1000)
    synced(second)
    assert not filestore.is_here(second.folder, sha256)
    filesync.fetch_file(second.store, line_of(second), sha256)
    assert filestore.is_here(second.folder, sha256)


def test_a_file_that_is_damaged_on_the_hub_keeps_no_other_back(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    first, second = laptop(tmp_path / "a"), laptop(tmp_path / "b", "boris")
    bad, good = sorted((attach(first, b"whole"), attach(first, b"other")))
    synced(first)
    filestore.path_of(serving.hub.folder, bad).write_bytes(b"wrong")
    (words,) = Syncer(second.folder).sync_once().files
    assert words == "Файл «Чертёж.pdf»: Такого файла на сервере пока нет.", "the hub has set the damaged one aside"
    assert [filestore.is_here(second.folder, sha256) for sha256 in (bad, good)] == [False, True]


def test_a_part_that_is_longer_than_the_file_begins_anew(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    first, second = laptop(tmp_path / "a"), laptop(tmp_path / "b", "boris")
    sha256 = attach(first, b"whole")
    synced(first)
    filestore.arrive(second.folder, sha256, 0, b"whole and more", 100)
    assert Syncer(second.folder).sync_once().files == ()
    assert filestore.path_of(second.folder, sha256).read_bytes() == b"whole"


def test_a_hub_that_cannot_write_files_is_not_sent_each_of_them(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    desk = laptop(tmp_path / "a")
    kept = [attach(desk, content) for content in (b"one", b"two")]
    (serving.hub.folder / "files").write_bytes(b"a file stands where the folder should be")
    assert len(Syncer(desk.folder).sync_once().files) == 1
    (serving.hub.folder / "files").unlink()
    assert Syncer(desk.folder).sync_once().files == ()
    assert all(filestore.is_here(serving.hub.folder, sha256) for sha256 in kept)


def test_a_line_that_goes_between_the_changes_and_the_files_leaves_the_changes_synced(
    serving: Serving, laptop: Laptop, tmp_path: Path
) -> None:
    desk = laptop(tmp_path / "a")
    attach(desk, b"content")

    class Cut(Hubline):
        def put(self, path: str, body: bytes) -> dict[str, Any]:
            self.address = self.address._replace(url="http://127.0.0.1:1")  # where nobody listens
            return super().put(path, body)

    with pytest.raises(SyncTrouble, match="Нет связи"):
        Syncer(desk.folder, desk.clock, Cut).sync_once()
    state = sync_state(desk.store)
    assert (state.unsent, state.last_ok_ms > 0, state.files) == (0, True, ())
    assert state.trouble.startswith("Нет связи с сервером")


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
        (words,) = Syncer(first.folder).sync_once().files
        assert "Чертёж.pdf" in words
        assert "отпечатком" in words
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
