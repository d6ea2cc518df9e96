"""Backups are whole, verified, rotated, and come back; a laptop restored from one reads back what it had sent."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared import filestore
from shared.change import Edit
from shared.store import FILE_NAME, Store, StoreTrouble, backup
from shared.store.verify import digests
from tests.support.laptops import new_desk

DAY = 24 * 3600 * 1000
NOON = int(datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp() * 1000)


def test_a_backup_made_while_others_write_is_the_store_of_one_moment(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    desk.do([Edit("clients", "c1", {"name": "До копии"})], "Клиент")
    kept = filestore.keep(tmp_path, b"content", "a.pdf")
    before = digests(desk.store)
    with desk.store.transaction():  # an open transaction of somebody else
        desk.store.db.execute("INSERT INTO notes VALUES ('x', 'y')")
        path = backup.make(tmp_path, NOON)
    desk.do([Edit("clients", "c2", {"name": "После копии"})], "Клиент")
    with closing(Store.open(path)) as copied:
        assert digests(copied) == before
    desk.close()
    assert (tmp_path / "backups" / "files" / kept.sha256[:2] / kept.sha256).read_bytes() == b"content"


def name_in(path: Path) -> str:
    with closing(Store.open(path)) as store:
        return str(store.one("SELECT name FROM clients"))


def test_a_restored_backup_brings_rows_and_files_and_keeps_what_stood_there(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    desk.do([Edit("clients", "c1", {"name": "Было"})], "Клиент")
    kept = filestore.keep(tmp_path, b"content", "a.pdf")
    path = backup.make(tmp_path, NOON)
    desk.do([Edit("clients", "c1", {"name": "Стало"})], "Клиент")
    desk.close()
    filestore.path_of(tmp_path, kept.sha256).unlink()
    aside = backup.restore(tmp_path, path)
    assert name_in(tmp_path / FILE_NAME) == "Было"
    assert aside is not None
    assert name_in(aside) == "Стало"
    assert filestore.path_of(tmp_path, kept.sha256).read_bytes() == b"content"


def test_a_damaged_backup_is_refused_and_the_store_stays(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    desk.do([Edit("clients", "c1", {"name": "Цел"})], "Клиент")
    path = backup.make(tmp_path, NOON)
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    path.write_bytes(content)
    with pytest.raises(StoreTrouble):
        backup.restore(tmp_path, path)
    assert desk.store.row("clients", "c1")["name"] == "Цел"  # type: ignore[index]
    with pytest.raises(StoreTrouble, match="Нет такой"):
        backup.restore(tmp_path, tmp_path / "none.sqlite")
    desk.close()


def test_backups_thin_out_with_age(tmp_path: Path) -> None:
    new_desk(tmp_path).close()
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in range(1, 400):
        at = datetime.fromtimestamp((NOON - day * DAY) / 1000, UTC)
        (folder / f"zakaznik-{at:%Y%m%d-%H%M%S}.sqlite").write_bytes(b"")
    path = backup.make(tmp_path, NOON)
    found = sorted(folder.glob("*.sqlite"), reverse=True)
    assert found[0] == path
    ages = [(NOON - backup.stamp_of(at)) // DAY for at in found]
    assert ages[:7] == [0, 1, 2, 3, 4, 5, 6]
    assert len(found) <= backup.DAILY + backup.WEEKLY + backup.MONTHLY
    assert ages[-1] > 300


def test_a_backup_is_due_once_a_day_and_after_the_clock_jumped(tmp_path: Path) -> None:
    new_desk(tmp_path).close()
    assert backup.is_due(tmp_path, NOON)
    backup.make(tmp_path, NOON)
    assert not backup.is_due(tmp_path, NOON + DAY // 2)
    assert backup.is_due(tmp_path, NOON + DAY)
    assert backup.is_due(tmp_path, NOON - 400 * DAY)
    backup.make(tmp_path, NOON - 400 * DAY)
    assert not backup.is_due(tmp_path, NOON - 400 * DAY + 600_000)


def test_a_backup_stays_when_the_clock_was_set_back_behind_all_others(tmp_path: Path) -> None:
    """It was made and thrown away every ten minutes, until somebody set the clock."""
    new_desk(tmp_path).close()
    for day in range(400):
        path = backup.path_at(tmp_path, NOON + day * DAY)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    path = backup.make(tmp_path, NOON - 4000 * DAY)
    assert path.is_file()
    assert not backup.is_due(tmp_path, NOON - 4000 * DAY + 600_000)


def test_what_a_killed_backup_has_left_goes_with_a_later_one(tmp_path: Path) -> None:
    new_desk(tmp_path).close()
    first = backup.make(tmp_path, NOON)
    folder, ours = first.parent, backup.companion(first, "accounts.sqlite")
    names = ("zakaznik-20200101-000000.part", "zakaznik-20200101-000000.part-wal", "accounts-20200101-000000.sqlite")
    killed = [folder / name for name in names]
    young = folder / "zakaznik-20200102-000000.part"
    for path in (*killed, young, ours):
        path.write_bytes(b"half")
    for path in (*killed, ours):
        os.utime(path, (first.stat().st_mtime - 2 * DAY / 1000,) * 2)
    second = backup.make(tmp_path, NOON + 1000)
    assert sorted(path for path in folder.iterdir() if path.is_file()) == sorted([first, second, young, ours])


def copy_of(folder: Path, sha256: str) -> Path:
    return filestore.path_of(folder / "backups", sha256)


def test_a_file_that_rots_later_does_not_rot_in_the_backups_and_is_copied_once(tmp_path: Path) -> None:
    new_desk(tmp_path).close()
    sha256 = filestore.keep(tmp_path, b"content", "a.pdf").sha256
    backup.make(tmp_path, NOON)
    before = copy_of(tmp_path, sha256).stat()
    with filestore.path_of(tmp_path, sha256).open("r+b") as file:
        file.write(b"C")
    backup.make(tmp_path, NOON + DAY)
    assert copy_of(tmp_path, sha256).read_bytes() == b"content"
    assert copy_of(tmp_path, sha256).stat().st_ino == before.st_ino


@pytest.mark.parametrize("content", [b"content", b"Content"], ids=["whole", "damaged"])
def test_a_link_that_an_older_program_left_in_the_backups_becomes_a_copy(tmp_path: Path, content: bytes) -> None:
    new_desk(tmp_path).close()
    path = filestore.path_of(tmp_path, filestore.keep(tmp_path, b"content", "a.pdf").sha256)
    path.write_bytes(content)
    copy = copy_of(tmp_path, path.name)
    copy.parent.mkdir(parents=True)
    copy.hardlink_to(path)
    if content == b"content":
        backup.make(tmp_path, NOON)
        assert copy.read_bytes() == content
        assert not copy.samefile(path)
    else:
        with pytest.raises(StoreTrouble, match="не вошло повреждённое"):
            backup.make(tmp_path, NOON)
        assert (copy.exists(), path.exists()) == (False, False)
        assert path.with_suffix(".damaged").read_bytes() == content


def test_a_restore_puts_the_whole_file_in_the_place_of_a_damaged_one_and_brings_no_damaged_one(tmp_path: Path) -> None:
    new_desk(tmp_path).close()
    here, there = (filestore.path_of(tmp_path, filestore.keep(tmp_path, content, "a").sha256) for content in (b"here", b"there"))
    path = backup.make(tmp_path, NOON)
    here.write_bytes(b"rotten")
    there.unlink()
    copy_of(tmp_path, there.name).write_bytes(b"rotten")
    backup.restore(tmp_path, path)
    assert here.read_bytes() == b"here"
    assert here.with_suffix(".damaged").read_bytes() == b"rotten"
    assert not there.exists()


def test_who_attaches_a_file_again_gets_it_whole(tmp_path: Path) -> None:
    path = filestore.path_of(tmp_path, filestore.keep(tmp_path, b"content", "a.pdf").sha256)
    path.write_bytes(b"rotten")
    filestore.keep(tmp_path, b"content", "a.pdf")
    assert path.read_bytes() == b"content"
    assert path.with_suffix(".damaged").read_bytes() == b"rotten"
