"""A laptop that is far behind takes the hub's snapshot: over a real port, resumed, damaged, with work of its own, held open by others."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_app import fetching
from local_app.desk import Desk
from local_app.healing import heal_file
from local_app.hubline import HubAddress, Hubline
from local_app.moving import Moving
from local_app.sync import LONG_AWAY_MS, Syncer
from shared.change import Edit, SyncTrouble
from shared.store import StoreTrouble, snapshot
from shared.store.courier import Courier
from shared.store.verify import digests
from sync_server.hub import Hub
from tests.sync_server.conftest import Laptop, Serving


@pytest.fixture(autouse=True)
def worthwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Already a small hub is worth a snapshot."""
    monkeypatch.setattr(fetching, "WORTHWHILE", 20)


def clients(desk: Desk, count: int, name: str = "Клиент") -> list[str]:
    rows = [desk.new_id() for _ in range(count)]
    desk.do_many([[Edit("clients", row, {"name": f"{name} {number}"})] for number, row in enumerate(rows)], "Импорт")
    return rows


def synced(*desks: Desk) -> None:
    for desk in desks:
        Syncer(desk.folder).sync_once()


def test_a_new_laptop_gets_everything_by_snapshot(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    first = laptop(tmp_path / "first")
    clients(first, 100)
    synced(first)
    second = laptop(tmp_path / "second", "boris")
    result = Syncer(second.folder).sync_once()
    assert (serving.hub.folder / "snapshots" / "snapshot.json").exists()
    assert result.received == first.store.log.state().place
    assert digests(second.store) == digests(first.store)
    assert second.store.verify() == []
    assert second.store.log.state().device not in ("", "hub", first.store.log.state().device)
    assert not [*second.folder.glob("*.snapshot"), *second.folder.glob("*.bare")]


def test_a_laptop_that_was_away_keeps_its_unsent_work_and_its_undo(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    away, home = laptop(tmp_path / "away"), laptop(tmp_path / "home", "boris")
    (row,) = clients(away, 1, "Общий")
    synced(away, home)
    away.do([Edit("clients", row, {"city": "Тверь"})], "Город")
    away.do([Edit("clients", row, {"phone": "+7 900 000-00-00"})], "Телефон")
    home.do([Edit("clients", row, {"city": "Омск"})], "Город")
    clients(home, 100)
    synced(home)
    Syncer(away.folder, lambda: away.clock() + 2 * LONG_AWAY_MS).sync_once()
    assert (serving.hub.folder / "snapshots" / "snapshot.json").exists()
    synced(home)
    assert away.store.row("clients", row)["phone"] == "+7 900 000-00-00"  # type: ignore[index]
    assert {rival.value for conflict in away.store.conflicts(row) for rival in conflict.values} == {"Тверь", "Омск"}
    assert digests(away.store) == digests(home.store)
    assert away.store.verify() == []
    assert away.undo() == "Телефон"
    assert away.store.row("clients", row)["phone"] == ""  # type: ignore[index]


def test_what_was_sent_before_the_answer_was_lost_is_not_doubled_by_a_snapshot(laptop: Laptop, tmp_path: Path) -> None:
    desk = laptop(tmp_path / "a")
    synced(desk)
    desk.do([Edit("clients", desk.new_id(), {"name": "Ромашка"})], "Новый клиент")
    line = Hubline(HubAddress.of(desk.folder))
    line.exchange(Courier(desk.store).offer().message, 1)  # nobody reads the answer
    fetching.fetch(desk.store, line.get)
    assert desk.store.unsent() == 0, "else every sync would offer it again for ever"
    synced(desk)
    assert desk.store.one("SELECT count(*) FROM log WHERE instr(patch, 'Ромашка')") == 1
    assert desk.store.verify() == []


def test_a_download_goes_on_where_it_was_cut(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    first = laptop(tmp_path / "first")
    clients(first, 100)
    synced(first)
    second = laptop(tmp_path / "second", "boris")
    line = Hubline(HubAddress.of(second.folder))
    wanted = fetching.read_snapshot(line.get("/api/v1/snapshot"))
    whole = line.get(f"/api/v1/snapshot/{wanted.sha256}?offset=0")
    asked: list[str] = []

    def rest(path: str) -> object:
        asked.append(path)
        return line.get(path)

    packed = tmp_path / "packed"
    packed.write_bytes(whole[:1000])
    told: list[Moving] = []
    assert b"".join(fetching.loaded(packed, wanted, rest, told.append)) == whole
    assert told == [Moving("Снимок данных", len(whole), len(whole), in_bytes=True)]
    assert asked == [f"/api/v1/snapshot/{wanted.sha256}?offset=1000"]
    assert packed.read_bytes() == whole


def test_a_damaged_snapshot_is_never_taken(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    first = laptop(tmp_path / "first")
    clients(first, 100)
    synced(first)
    second = laptop(tmp_path / "second", "boris")
    line = Hubline(HubAddress.of(second.folder))

    def flipped(path: str) -> object:
        found = line.get(path)
        return found[:500] + bytes([found[500] ^ 1]) + found[501:] if isinstance(found, bytes) else found

    with pytest.raises(SyncTrouble, match="повреждён"):
        fetching.fetch(second.store, flipped)
    assert second.store.status()["changes"] == 0
    synced(second)
    assert digests(second.store) == digests(first.store)


def test_a_snapshot_that_the_hubs_disk_has_damaged_is_made_anew(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    first = laptop(tmp_path / "first")
    clients(first, 100)
    synced(first, laptop(tmp_path / "second", "boris"))
    (kept,) = (serving.hub.folder / "snapshots").glob("*.snapshot")
    kept.write_bytes(kept.read_bytes()[:-1] + b"?")
    third = laptop(tmp_path / "third", "maria")
    synced(third)
    assert digests(third.store) == digests(first.store)


def test_nobody_writes_while_the_file_is_replaced(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    desk = laptop(tmp_path / "one")
    with desk.store.transaction():
        desk.store.db.execute("UPDATE state SET closed = unixepoch()")
    with pytest.raises(StoreTrouble, match="загружаются"):
        clients(desk, 1)
    desk.store.db.execute("UPDATE state SET closed = closed - 100")  # whoever closed it is long gone
    assert clients(desk, 1)


def test_of_two_programs_at_one_folder_one_takes_the_snapshot_and_the_other_waits(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    first = laptop(tmp_path / "first")
    clients(first, 100)
    synced(first)
    second = laptop(tmp_path / "second")

    def told(moving: Moving) -> None:
        if moving.what == fetching.TAKEN:  # all of it is here, and nothing is unpacked yet
            with pytest.raises(SyncTrouble, match="другая программа"):
                synced(second)

    Syncer(second.folder).sync_once(told)
    assert digests(second.store) == digests(first.store)


def test_what_is_written_when_the_door_has_opened_by_itself_is_not_lost_under_the_snapshot(
    serving: Serving, laptop: Laptop, tmp_path: Path
) -> None:
    desk = laptop(tmp_path / "one")
    clients(desk, 30)
    synced(desk)
    taken = snapshot.make(serving.hub.folder / "zakaznik.sqlite", tmp_path / "hub.zst")
    snapshot.unpack([(tmp_path / "hub.zst").read_bytes()], tmp_path / "hub.sqlite", taken)
    with snapshot.opened(tmp_path / "hub.sqlite") as ready:
        carried = snapshot.carry_over(desk.store, ready)
        (late,) = clients(desk, 1)
        with pytest.raises(SyncTrouble, match="работали"):
            snapshot.copy_once(ready, desk.store, lambda: None, carried)
        assert desk.store.row("clients", late) is not None
    snapshot.adopt(desk.store, tmp_path / "hub.sqlite")
    assert desk.store.row("clients", late) is not None
    assert desk.store.verify() == []


def test_what_a_program_killed_over_a_snapshot_had_carried_is_not_there_twice(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    desk = laptop(tmp_path / "one")
    clients(desk, 30)
    synced(desk)
    clients(desk, 1, "Не отправлено")
    taken = snapshot.make(serving.hub.folder / "zakaznik.sqlite", tmp_path / "hub.zst")
    bare = tmp_path / "hub.sqlite"
    snapshot.unpack([(tmp_path / "hub.zst").read_bytes()], bare, taken)
    with snapshot.opened(bare) as ready:
        snapshot.carry_over(desk.store, ready)
        left = bare.with_name("hub.sqlite-wal").read_bytes()
    bare.with_name("hub.sqlite-wal").write_bytes(left)
    snapshot.unpack([(tmp_path / "hub.zst").read_bytes()], bare, taken)
    snapshot.adopt(desk.store, bare)
    assert desk.store.unsent() == 1
    synced(desk)
    assert serving.hub.rows("SELECT count(*) AS n FROM clients") == [{"n": 31}]
    assert desk.store.verify() == []


def test_a_laptop_that_knows_more_than_the_kept_snapshot_gets_one_that_it_can_go_on_from(laptop: Laptop, tmp_path: Path) -> None:
    writer, behind = laptop(tmp_path / "a"), laptop(tmp_path / "b")
    clients(writer, 60)
    synced(writer, behind)
    place = behind.store.log.state().place
    clients(writer, 1, "После снимка")
    synced(writer, behind)
    heal_file(behind.store, Hubline(HubAddress.of(behind.folder)), 0)
    assert behind.store.log.state().place == place + 1
    assert digests(behind.store) == digests(writer.store)


def test_a_snapshot_of_a_hub_with_another_history_is_not_taken(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    desk = laptop(tmp_path / "one")
    clients(desk, 30)
    synced(desk)
    other = Hub.create(tmp_path / "other")
    other.write([Edit("clients", f"c{number}", {"name": "Чужой"}) for number in range(40)])
    other.close()
    taken = snapshot.make(other.folder / "zakaznik.sqlite", tmp_path / "other.zst")
    snapshot.unpack([(tmp_path / "other.zst").read_bytes()], tmp_path / "other.sqlite", taken)
    before = digests(desk.store)
    with pytest.raises(SyncTrouble, match="другая"):
        snapshot.adopt(desk.store, tmp_path / "other.sqlite")
    assert digests(desk.store) == before
    assert clients(desk, 1)
