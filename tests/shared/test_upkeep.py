"""Files that nothing names any more go; whatever any change of the log or any backup names stays; sizes add up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from local_app.desk import Desk
from shared import filestore
from shared.change import Edit
from shared.store import backup, upkeep
from tests.support.laptops import answered, new_desk

NOW = 1_790_000_000_000
DAY = 24 * 3600 * 1000


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(new_desk(tmp_path)) as made:
        yield made


def keep(desk: Desk, content: bytes, days_old: int = 30) -> str:
    """A file that has lain there for so many days."""
    digest = filestore.keep(desk.folder, content, "a").sha256
    age(filestore.path_of(desk.folder, digest), days_old)
    return digest


def age(path: Path, days: int) -> None:
    os.utime(path, ((NOW - days * DAY) / 1000,) * 2)


def test_only_what_no_change_has_ever_named_goes(desk: Desk) -> None:
    now, before, deleted, inside, orphan = (keep(desk, name.encode()) for name in ("now", "before", "deleted", "inside", "orphan"))
    young = keep(desk, b"young", days_old=6)
    half = filestore.path_of(desk.folder, sha256(b"half").hexdigest()).with_suffix(".arriving")
    half.parent.mkdir(exist_ok=True)
    half.write_bytes(b"ha")
    age(half, 30)
    desk.do(
        [Edit("attachments", "a1", {"name": "a", "sha256": before}), Edit("attachments", "a2", {"name": "b", "sha256": deleted})], "Файлы"
    )
    desk.do([Edit("attachments", "a1", {"sha256": now}), Edit("attachments", "a2", {"deleted": 1})], "Замена")
    desk.do([Edit("documents", "d1", {"facts": f'{{"picture": "{inside}"}}'})], "Документ")
    gone = upkeep.clean(desk.store, NOW)
    assert gone == upkeep.Cleaned(2, len(b"orphan") + len(b"ha"))
    assert not filestore.is_here(desk.folder, orphan)
    assert all(filestore.is_here(desk.folder, digest) for digest in (now, before, deleted, inside, young))
    assert upkeep.clean(desk.store, NOW) == upkeep.Cleaned(0, 0)


def test_an_unnamed_file_that_is_added_again_is_as_new_as_its_row(desk: Desk) -> None:
    digest = keep(desk, b"again", days_old=NOW // DAY)
    path = filestore.path_of(desk.folder, digest)
    assert path.stat().st_mtime < DAY
    filestore.keep(desk.folder, b"again", "a")  # its row is written a moment later, perhaps while the daily cleaning is under way
    assert upkeep.clean(desk.store, 9 * DAY) == upkeep.Cleaned(0, 0)
    assert filestore.is_here(desk.folder, digest)


def test_a_file_is_on_the_disk_before_it_counts_as_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut between the file and the last flush would leave a row that names an empty file."""
    written: list[int] = []
    monkeypatch.setattr("os.fsync", lambda number: written.append(os.fstat(number).st_size))
    keep(desk, b"a drawing")
    assert written == [len(b"a drawing")]


def test_a_file_that_only_an_old_backup_names_stays_in_the_backups(desk: Desk) -> None:
    named, orphan = keep(desk, b"named"), keep(desk, b"orphan")
    desk.do([Edit("attachments", "a1", {"name": "a", "sha256": named})], "Файл")
    path = backup.make(desk.folder, NOW)
    with desk.store.transaction():
        desk.store.db.execute("UPDATE log SET patch = ''")  # as a compaction forgets
    assert upkeep.clean(desk.store, NOW).files == 2
    copies = desk.folder / "backups"
    assert [filestore.is_here(copies, digest) for digest in (named, orphan)] == [True, False]
    desk.close()
    backup.restore(desk.folder, path)
    assert filestore.is_here(desk.folder, named)


def test_sizes_add_up_to_the_file_and_are_told_in_words(desk: Desk) -> None:
    desk.do([Edit("clients", f"c{number:03}", {"name": f"Фирма {number}"}) for number in range(300)], "Клиенты")
    keep(desk, b"12345")
    backup.make(desk.folder, NOW)
    found = upkeep.sizes(desk.store)
    pages = desk.store.one("PRAGMA page_count") * desk.store.one("PRAGMA page_size")
    assert found.log + found.tables + found.free_inside == pages
    assert found.log > 10_000
    assert (found.files, found.backups >= pages // 2, found.free > 0) == (5, True, True)
    assert "журнал" in upkeep.in_words(found)
    assert "на диске свободно" in upkeep.in_words(found)


def test_the_commands_of_a_laptop(desk: Desk) -> None:
    folder = ("--data", str(desk.folder))
    keep(desk, b"orphan", days_old=3650)
    for name in ("Первое", "Второе"):
        desk.do([Edit("clients", "c1", {"name": name})], "Клиент")
    assert answered("desk", *folder, "status")["sizes"]["files"] == 6
    assert answered("desk", *folder, "clean") == {"files": 1, "bytes": 6}
    assert answered("desk", *folder, "compact", "--days", "1") == {"changes": 0, "bytes": 0}
    assert answered("desk", *folder, "verify")["ok"]


def test_what_a_restore_has_put_aside_keeps_its_files_also_when_it_cannot_be_read(desk: Desk) -> None:
    path = backup.make(desk.folder, NOW)
    digest = keep(desk, b"since the backup")
    desk.do([Edit("attachments", "a1", {"name": "a", "sha256": digest})], "Файл")
    desk.close()
    aside = backup.restore(desk.folder, path)
    assert aside is not None
    with closing(Desk.open(desk.folder)) as restored:
        assert upkeep.clean(restored.store, NOW) == upkeep.Cleaned(0, 0)
        aside.write_bytes(b"damaged")
        assert upkeep.clean(restored.store, NOW) == upkeep.Cleaned(0, 0)
        aside.unlink()
        assert upkeep.clean(restored.store, NOW).files == 1
