"""A hub whose file another program or the disk has spoiled: it says so, gives nothing of it away, and is healed from a copy."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copytree

import pytest

from local_app import fetching
from local_app.desk import Desk
from local_app.sync import Syncer
from shared.change import Edit, SyncTrouble
from shared.store import FILE_NAME, Store, backup
from shared.store.verify import digests
from sync_server.backups import BESIDE
from sync_server.cli import main
from sync_server.hub import Hub
from tests.sync_server.conftest import Serving, served

PLACES = 700
DAMAGE = {
    "a patch": "UPDATE log SET patch = replace(patch, 'Тверь', 'Тула') WHERE seq = 300",
    "a fact": "UPDATE log SET stamp = stamp + 1 WHERE seq = 300",
    "a verdict": "UPDATE log SET refused = 'нет' WHERE seq = 300",
    "an id": "UPDATE log SET id = randomblob(16) WHERE seq = 300",
    "a removed row": "DELETE FROM log WHERE seq = 300",
    "a text that is none": "UPDATE log SET entity = CAST(x'e9' || entity AS TEXT) WHERE seq = 300",
    "a number that is none": "UPDATE log SET stamp = 'вчера' WHERE seq = 300",
}


def enrolled(serving: Serving, folder: Path) -> Desk:
    Desk.open(folder, create=True).close()
    Syncer(folder).enrol(serving.url, serving.access.codes.issue(serving.access.users.get("anna").id))
    return Desk.open(folder)


@pytest.fixture
def desk(serving: Serving, tmp_path: Path) -> Iterator[Desk]:
    """A laptop that has made the hub's history and knows all of it."""
    desk = enrolled(serving, tmp_path / "laptop")
    rows = [desk.new_id() for _ in range(PLACES)]
    desk.do_many([[Edit("clients", row, {"name": f"Клиент {number}", "city": "Тверь"})] for number, row in enumerate(rows)], "Импорт")
    Syncer(desk.folder).sync_once()
    yield desk
    desk.close()


def spoil(folder: Path, sql: str) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME)) as db, db:
        assert db.execute(sql).rowcount >= 1


def spoil_page(folder: Path, page: int) -> None:
    with (folder / FILE_NAME).open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)


@pytest.mark.parametrize("snapshot", [False, True], ids=["by pages", "by snapshot"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_nothing_of_a_damaged_log_reaches_a_laptop(
    serving: Serving,
    desk: Desk,
    tmp_path: Path,
    damage: str,
    *,
    snapshot: bool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(fetching, "WORTHWHILE", 20 if snapshot else 1_000_000)
    spoil(serving.hub.folder, DAMAGE[damage])
    with closing(Hub.open(serving.hub.folder)) as hub, served(hub, serving.access) as url:
        newcomer = enrolled(serving._replace(url=url), tmp_path / "newcomer")
        if snapshot:  # the first one proves it at the same time as the hub; the hub itself speaks to the next
            with pytest.raises(SyncTrouble, match="не прошёл проверку: Журнал изменений повреждён"):
                Syncer(newcomer.folder).sync_once()
        with caplog.at_level(logging.ERROR), pytest.raises(SyncTrouble, match="Данные сервера повреждены"):
            Syncer(newcomer.folder).sync_once()
    assert "повреждён" in caplog.text, "the operator reads it too"
    assert newcomer.store.log.state().place < 300, "what stands before the damage may come"
    assert newcomer.store.verify() == []
    newcomer.close()


def test_a_file_with_damaged_pages_is_told_and_takes_nothing(serving: Serving, desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    folder, page = serving.hub.folder, int(serving.hub.store.one("SELECT rootpage FROM sqlite_master WHERE name = 'clients'"))
    serving.hub.close()
    spoil_page(folder, page)
    desk.do([Edit("clients", desk.new_id(), {"name": "Ещё один"})], "Новый клиент")
    with closing(Hub.open(folder)) as hub, served(hub, serving.access) as url:
        (desk.folder / "hub.json").write_text(
            (desk.folder / "hub.json").read_text(encoding="utf-8").replace(serving.url, url), encoding="utf-8"
        )
        with caplog.at_level(logging.ERROR), pytest.raises(SyncTrouble, match="Данные сервера повреждены"):
            Syncer(desk.folder).sync_once()
        assert hub.place() == desk.store.log.state().place
    assert desk.store.unsent() == 1
    assert "повреждён" in caplog.text


def test_a_snapshot_of_a_file_with_damaged_pages_is_not_taken_and_the_hub_says_so(
    serving: Serving, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "WORTHWHILE", 20)
    folder, page = serving.hub.folder, int(serving.hub.store.one("SELECT rootpage FROM sqlite_master WHERE name = 'clients'"))
    serving.hub.close()
    spoil_page(folder, page)
    with closing(Hub.open(folder)) as hub, served(hub, serving.access) as url:
        newcomer = enrolled(serving._replace(url=url), tmp_path / "newcomer")
        for words in ("не прошёл проверку: Файл", "Данные сервера повреждены"):
            with pytest.raises(SyncTrouble, match=words):
                Syncer(newcomer.folder).sync_once()
    assert newcomer.store.log.state().place == 0
    assert not list((folder / "snapshots").glob("*.snapshot")), "nobody gets that one after the hub is healed"
    newcomer.close()


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("source", ["a laptop's file", "a backup"])
def test_a_hub_is_healed_from_a_copy(
    serving: Serving, desk: Desk, tmp_path: Path, damage: str, source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(copytree(serving.hub.folder, tmp_path / "hub"))
    sound = desk.folder / FILE_NAME if source == "a laptop's file" else backup.make(folder, 1_790_000_000_000, BESIDE)
    before = digests(serving.hub.store)
    spoil(folder, DAMAGE[damage])
    words = ["hub", "--data", str(folder)]
    assert main([*words, "verify"]) == 1
    assert "повреждено" in capsys.readouterr().err
    assert main([*words, "heal", str(sound)]) == 0
    assert "с места 300 по место 300" in capsys.readouterr().out
    assert main([*words, "verify"]) == 0
    with closing(Store.open(folder / FILE_NAME)) as store:
        assert digests(store) == before
        assert store.log.state().head == serving.hub.store.log.state().head


def test_a_damaged_hub_needs_to_be_told_from_where(
    serving: Serving, desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(copytree(serving.hub.folder, tmp_path / "hub"))
    old = backup.make(folder, 1_790_000_000_000, BESIDE)
    desk.do([Edit("clients", desk.new_id(), {"name": "После копии"})], "Новый клиент")
    Syncer(desk.folder).sync_once()
    newer = Path(copytree(serving.hub.folder, tmp_path / "newer"))
    spoil(newer, "UPDATE log SET patch = replace(patch, 'После', 'Перед') WHERE seq = (SELECT max(seq) FROM log)")
    words = ["hub", "--data", str(newer), "heal"]
    assert main(words) == 1
    assert "Укажите файл" in capsys.readouterr().err
    assert main([*words, str(old)]) == 1
    assert "взять негде" in capsys.readouterr().err
    assert main([*words, str(desk.folder / FILE_NAME)]) == 0


def grown(serving: Serving, desk: Desk, tmp_path: Path, source: str, more: int) -> tuple[Path, Path]:
    """A stopped hub's folder, and a copy that was made before as many more changes came."""
    folder = serving.hub.folder
    if source == "a backup":
        copy = backup.make(folder, 1_790_000_000_000, BESIDE)
    else:
        copy = Path(copytree(desk.folder, tmp_path / "behind")) / FILE_NAME
    desk.do_many([[Edit("clients", desk.new_id(), {"name": f"После копии {number}"})] for number in range(more)], "Импорт")
    Syncer(desk.folder).sync_once()
    return Path(copytree(folder, tmp_path / "hub")), copy


@pytest.mark.parametrize("damage", [*DAMAGE, "a kept head"])
@pytest.mark.parametrize("more", [2, 600], ids=["two more", "some blocks more"])
@pytest.mark.parametrize("source", ["a laptop's file", "a backup"])
def test_a_copy_that_is_shorter_than_the_log_heals_it_and_what_came_later_stays(
    serving: Serving, desk: Desk, tmp_path: Path, damage: str, more: int, source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, copy = grown(serving, desk, tmp_path, source, more)
    spoil(folder, DAMAGE.get(damage, "UPDATE heads SET head = randomblob(16) WHERE place = (SELECT max(place) FROM heads)"))
    assert main(["hub", "--data", str(folder), "heal", str(copy)]) == 0
    said = capsys.readouterr().out
    assert ("с места 300 по место 300" if damage in DAMAGE else "цепочка посчитана заново") in said
    with closing(Store.open(folder / FILE_NAME)) as store:
        assert store.verify() == []
        assert digests(store) == digests(serving.hub.store)
        assert store.log.state().head == serving.hub.store.log.state().head


LATER = {
    "a patch": ("UPDATE log SET patch = replace(patch, 'После', 'Перед') WHERE seq = {end} + 100", "на месте {at}"),
    "a removed row": ("DELETE FROM log WHERE seq = {end} + 100", "на месте {at}"),
    "a fact": ("UPDATE log SET stamp = stamp + 1 WHERE seq = {end} + 100", "между местами 769 и 1024"),
    "the last head": ("UPDATE state SET head = randomblob(16)", "между местами 1281 и {last}"),
}


@pytest.mark.parametrize("damage", LATER)
def test_damage_after_the_end_of_a_copy_is_named_where_it_is_and_nothing_is_changed(
    serving: Serving, desk: Desk, tmp_path: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    end, more = serving.hub.place(), 600
    folder, copy = grown(serving, desk, tmp_path, "a backup", more)
    sql, where = (text.format(end=end, at=end + 100, last=end + more) for text in LATER[damage])
    spoil(folder, DAMAGE["a patch"])
    spoil(folder, sql)
    with closing(Store.open(folder / FILE_NAME)) as store:
        before = store.rows("SELECT * FROM log")
        assert main(["hub", "--data", str(folder), "heal", str(copy)]) == 1
        said = capsys.readouterr().err
        assert f"Повреждение найдено {where}, но дальше места {end} верной истории взять негде. Укажите другую копию" in said
        assert store.rows("SELECT * FROM log") == before


def test_tables_of_a_hub_are_drawn_again_without_any_copy(
    serving: Serving, desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(copytree(serving.hub.folder, tmp_path / "hub"))
    with closing(sqlite3.connect(folder / FILE_NAME)) as db, db:
        db.execute("DROP TRIGGER clients_guard_update")
        db.execute("UPDATE clients SET city = 'Тула'")
    assert main(["hub", "--data", str(folder), "verify"]) == 1
    assert main(["hub", "--data", str(folder), "heal"]) == 0
    assert "нарисованы" in capsys.readouterr().out
    assert main(["hub", "--data", str(folder), "heal"]) == 0
    assert "Чинить нечего" in capsys.readouterr().out
    assert desk.store.verify() == []


def test_a_backup_of_a_damaged_store_is_refused(serving: Serving, desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(copytree(serving.hub.folder, tmp_path / "hub"))
    spoil(folder, DAMAGE["a patch"])
    assert main(["hub", "--data", str(folder), "backup"]) == 1
    assert "журнал изменений повреждён" in capsys.readouterr().err
    assert backup.newest(folder) is None
    assert desk.store.verify() == []
