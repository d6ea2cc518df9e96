"""What the daily backup comes upon is told wherever an administrator looks: on the console, on the pages, in `status`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shared import filestore
from shared.change import Edit
from shared.store import StoreTrouble, backup
from sync_server import backups, findings
from tests.sync_server.conftest import START_MS, Serving
from tests.sync_server.test_cli import done, run
from tests.sync_server.test_pages import Visitor

DAY = backup.EVERY_MS
CONTENT = b"drawing" * 1000


def attached_to(serving: Serving, content: bytes = CONTENT, name: str = "Чертёж.pdf") -> str:
    """A file that the hub has, and a row that names it."""
    kept = filestore.keep(serving.hub.folder, content, name)
    serving.hub.write([Edit("attachments", serving.hub.new_id(), {"name": name, "sha256": kept.sha256, "size": kept.size})])
    return kept.sha256


def rotten(folder: Path, sha256: str) -> Path:
    path = filestore.path_of(folder, sha256)
    path.write_bytes(b"\xff" + path.read_bytes()[1:])
    return path


@pytest.fixture
def sha256(serving: Serving) -> str:
    """A file that is sound in the first backup."""
    found = attached_to(serving)
    backups.make(serving.hub.folder, START_MS)
    return found


def test_a_file_that_rots_after_its_backup_is_found_by_the_next_ones_and_told_everywhere(serving: Serving, sha256: str) -> None:
    folder = serving.hub.folder
    rotten(folder, sha256)
    with pytest.raises(StoreTrouble, match=r"Копия сделана: .*, но .*«Чертёж\.pdf».*Верный взят из резервных копий"):
        backups.make(folder, START_MS + DAY)
    assert filestore.path_of(folder, sha256).read_bytes() == CONTENT
    serving.clock.pass_ms(DAY)
    for path in ("/users", "/devices", "/codes", "/password"):
        assert "Резервное копирование нашло порчу (сегодня, " in (page := Visitor(serving, "anna").get(path))
        assert "«Чертёж.pdf»" in page
    assert "нашло порчу" not in Visitor(serving, "boris").get("/password")
    told = findings.told(folder, START_MS + DAY)
    assert backups.make(folder, START_MS + 2 * DAY), "the next one finds nothing new"
    assert [len(findings.told(folder, START_MS + days * DAY)) for days in (2, 3, 30, 31)] == [1, 1, 1 + 1, 1], "then it is late"
    backups.make(folder, START_MS + 31 * DAY)
    assert (len(told), findings.told(folder, START_MS + 31 * DAY)) == (1, [])


def test_the_command_says_it_with_its_exit_code_and_status_with_the_path_of_the_newest_copy(serving: Serving, sha256: str) -> None:
    rotten(serving.hub.folder / "backups", sha256)
    finished = run("hub", "--data", serving.hub.folder, "backup")
    assert (finished.returncode, finished.stderr.count("\n")) == (1, 1)
    assert f"(backups/files/{sha256[:2]}/{sha256})" in finished.stderr
    status = json.loads(done("hub", "--data", serving.hub.folder, "status", "--json"))["backups"]
    newest = backup.newest(serving.hub.folder)
    assert newest is not None
    assert status["newest"] == str(newest.path)
    assert "«Чертёж.pdf»" in status["troubles"][0]
    told = done("hub", "--data", serving.hub.folder, "status")
    assert told.startswith("ВНИМАНИЕ: Резервное копирование нашло порчу")
    assert str(newest.path) in told
    done("hub", "--data", serving.hub.folder, "backup")
    assert filestore.path_of(newest.path.parent, sha256).read_bytes() == CONTENT, "the copy is made again"


def test_a_file_that_rots_in_both_places_waits_for_a_laptop(serving: Serving, sha256: str) -> None:
    aside = [rotten(folder, sha256).with_suffix(".damaged") for folder in (serving.hub.folder, serving.hub.folder / "backups")]
    with pytest.raises(StoreTrouble, match="Ноутбуки, у которых он есть, отправят его снова"):
        backups.make(serving.hub.folder, START_MS + DAY)
    assert all(path.exists() for path in aside)
    assert not filestore.is_here(serving.hub.folder, sha256)


def test_of_many_damaged_files_the_newest_are_named_and_the_others_counted(serving: Serving) -> None:
    folder, names = serving.hub.folder, [attached_to(serving, bytes([number]) * 1000, f"{number}.pdf") for number in range(5)]
    backups.make(folder, START_MS)
    for day, name in enumerate(names, 1):
        rotten(folder, name)
        with pytest.raises(StoreTrouble):
            backups.make(folder, START_MS + day * DAY)
    told = findings.told(folder, START_MS + 5 * DAY)
    assert ["4.pdf" in told[0], "3.pdf" in told[1], "2.pdf" in told[2], "найдено повреждённого: 5" in told[3]] == [True] * 4
    assert len(told) == 4


def test_a_share_of_all_files_is_looked_at_each_time_until_all_were(serving: Serving) -> None:
    folder, names = serving.hub.folder, {attached_to(serving, bytes([number]) * 1000) for number in range(20)}
    backups.make(folder, START_MS)
    folders, seen, since = [folder / "backups", folder], list[Path](), ""
    for _ in range(10):
        paths, since = filestore.share(folders, since, 1, 10)
        assert len({path.name for path in paths}) <= 3, "4 001 bytes of 40 000, and the other place of the last file"
        seen += paths
        if not since:
            break
    assert sorted(seen) == sorted(filestore.path_of(each, name) for each in folders for name in names)
    assert seen[0].is_relative_to(folder / "backups"), "what is brought from there must be whole"
    assert filestore.share(folders, "", 10**6, 10)[1] == "", "a few files are all looked at each time"


def test_a_backup_that_fails_is_told_until_one_is_made(serving: Serving) -> None:
    folder = serving.hub.folder
    backups.make(folder, START_MS)
    assert findings.told(folder, START_MS) == []
    hindrance = backup.path_at(folder, START_MS + DAY).with_suffix(".part")
    hindrance.mkdir()
    with pytest.raises(StoreTrouble):
        backups.make(folder, START_MS + DAY)
    assert "Резервная копия не сделана" in findings.told(folder, START_MS + DAY)[0]
    hindrance.rmdir()
    backups.make(folder, START_MS + DAY)
    assert findings.told(folder, START_MS + DAY) == []


def test_a_damaged_note_of_findings_stops_no_backup(serving: Serving, sha256: str) -> None:
    path = serving.hub.folder / findings.FILE_NAME
    for content in (b"", b"[]", b'{"found": [1]}', b"\xff"):
        path.write_bytes(content)
        backups.make(serving.hub.folder, START_MS + DAY)
        assert findings.read(serving.hub.folder).found == ()
