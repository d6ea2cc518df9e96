"""A laptop whose data another program or the disk has spoiled: it is said, nothing of it is spread, and the hub gives it back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from local_app import healing
from local_app.cli import main
from local_app.desk import Desk
from local_app.hubline import HubAddress, Hubline
from local_app.sync import Syncer
from shared.change import Edit, SyncTrouble
from shared.store import FILE_NAME, searches
from shared.store.news import news
from shared.store.verify import digests
from tests.sync_server.conftest import Serving

DAY_MS = 24 * 3600 * 1000
PLACES = 700
"""Some whole blocks of the chain and a rest."""


@pytest.fixture
def desk(serving: Serving, tmp_path: Path) -> Iterator[Desk]:
    """A laptop that has everything, and one edit that is not sent yet."""
    folder = tmp_path / "laptop"
    Desk.open(folder, create=True).close()
    Syncer(folder).enrol(serving.url, serving.access.codes.issue(serving.access.users.get("anna").id))
    opened = Desk.open(folder)
    rows = [opened.new_id() for _ in range(PLACES)]
    opened.do_many([[Edit("clients", row, {"name": f"Клиент {number}", "city": "Тверь"})] for number, row in enumerate(rows)], "Импорт")
    synced(opened)
    opened.do([Edit("clients", rows[0], {"note": "Ещё не отправлено"})], "Изменён клиент")
    yield opened
    opened.close()


def synced(desk: Desk, days: int = 0) -> None:
    Syncer(desk.folder, lambda: desk.clock() + days * DAY_MS).sync_once()


def spoil(desk: Desk, sql: str, *values: object) -> None:
    """As another program does."""
    with closing(sqlite3.connect(desk.folder / FILE_NAME)) as db, db:
        assert db.execute(sql, values).rowcount >= 1 or sql.startswith("DROP")


def command(desk: Desk, verb: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(["desk", "--data", str(desk.folder), verb])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def flipped(desk: Desk, seq: int, bit: int = 1) -> bytes:
    patch = bytearray(str(desk.store.one("SELECT patch FROM log WHERE seq = ?", (seq,))).encode())
    patch[patch.index("Т".encode()) + 1] ^= bit
    return bytes(patch)


DAMAGE: dict[str, tuple[str, ...]] = {
    "a changed patch": ("UPDATE log SET patch = replace(patch, 'Тверь', 'Тула') WHERE seq = 300",),
    "a changed fact": ("UPDATE log SET stamp = stamp + 1 WHERE seq = 300",),
    "a text instead of a number": ("UPDATE log SET stamp = 'вчера' WHERE seq = 300",),
    "a changed id": ("UPDATE log SET id = randomblob(16) WHERE seq = 300",),
    "a removed row": ("DELETE FROM log WHERE seq = 300",),
    "a text that is none": ("UPDATE log SET author = CAST(x'e961' AS TEXT), row = CAST(x'e962' AS TEXT) WHERE seq = 300",),
    "a name of a device that is no text": ("UPDATE branches SET device = CAST(x'e961' AS TEXT) WHERE device = 'hub'",),
    "several stretches": (
        "DELETE FROM log WHERE seq BETWEEN 200 AND 300",
        "UPDATE log SET author = 'кто-то' WHERE seq = 5",
        "UPDATE log SET refused = 'нет' WHERE seq = 600",
    ),
    "two rows in each other's place": (
        "UPDATE log SET seq = -1 WHERE seq = 300",
        "UPDATE log SET seq = 300 WHERE seq = 301",
        "UPDATE log SET seq = 301 WHERE seq = -1",
    ),
    "a kept head": ("UPDATE heads SET head = randomblob(16) WHERE place = 512",),
    "the last head": ("UPDATE state SET head = randomblob(16)",),
    "places": ("DELETE FROM ranges WHERE first_seq = (SELECT max(first_seq) FROM ranges)",),
    "the branches": ("UPDATE branches SET device = 'чужой' WHERE device = 'hub'",),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_log_is_told_and_healed_by_one_command(desk: Desk, damage: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = digests(desk.store)
    for sql in DAMAGE[damage]:
        spoil(desk, sql)
    code, said = command(desk, "verify", capsys)
    assert (code, "Проверка нашла неисправностей" in said) == (1, True), said
    code, said = command(desk, "heal", capsys)
    assert code == 0, said
    assert desk.store.verify() == []
    assert digests(desk.store) == before, "the edit that is not sent is kept too"
    synced(desk)
    assert desk.store.unsent() == 0


def test_the_words_name_the_place_from_which_on_it_was_damaged(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    for seq in (300, 302):
        spoil(desk, "UPDATE log SET patch = ? WHERE seq = ?", flipped(desk, seq).decode(errors="replace"), seq)
    place = desk.store.one("SELECT first_place + 300 - first_seq FROM ranges WHERE 300 BETWEEN first_seq AND first_seq + count - 1")
    _, said = command(desk, "heal", capsys)
    assert f"с места {place} по место {place + 2}: 2 записи взяты с сервера заново" in said
    assert "Ничего не потеряно" in news(desk.store)[0].words


@pytest.mark.parametrize(
    "damage",
    [
        ("DROP TRIGGER clients_guard_update", "UPDATE clients SET city = 'Тула' WHERE city = 'Тверь'"),
        ("DROP TRIGGER clients_guard_delete", "DELETE FROM clients WHERE name = 'Клиент 7'"),
        ("DROP TRIGGER order_totals_guard_insert",),
    ],
)
def test_tables_that_another_program_wrote_are_drawn_again(desk: Desk, damage: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    before = digests(desk.store)
    for sql in damage:
        spoil(desk, sql)
    assert command(desk, "verify", capsys)[0] == 1
    code, said = command(desk, "heal", capsys)
    assert (code, said) == (0, "Таблицы нарисованы из журнала заново\n")
    assert desk.store.verify() == []
    assert digests(desk.store) == before


def test_a_file_with_damaged_pages_is_fetched_anew(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    before = digests(desk.store)
    page = int(desk.store.one("SELECT rootpage FROM sqlite_master WHERE name = 'clients'"))
    desk.close()
    with (desk.folder / FILE_NAME).open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    assert command(desk, "verify", capsys)[0] == 1
    code, said = command(desk, "heal", capsys)
    assert (code, "загружены с сервера заново, неотправленное сохранено" in said) == (0, True), said
    with closing(Desk.open(desk.folder)) as healed:
        assert healed.store.verify() == []
        assert digests(healed.store) == before


def test_a_sync_heals_by_itself_once_a_day(desk: Desk) -> None:
    before = digests(desk.store)
    spoil(desk, DAMAGE["a changed patch"][0])
    synced(desk, days=2)
    assert desk.store.verify() == []
    assert digests(desk.store) == before
    assert " с сервера заново" in news(desk.store)[0].words


def test_a_sync_notices_that_the_guards_were_taken_away(desk: Desk) -> None:
    before = digests(desk.store)
    spoil(desk, "DROP TRIGGER clients_guard_update")
    spoil(desk, "UPDATE clients SET city = 'Тула'")
    synced(desk, days=2)
    assert desk.store.verify() == []
    assert digests(desk.store) == before
    assert "Защита таблиц от чужих программ была снята" in news(desk.store)[0].words


def test_a_sync_builds_a_damaged_search_anew(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(desk, "UPDATE clients_search_config SET v = 99")
    assert command(desk, "verify", capsys)[0] == 1
    synced(desk, days=2)
    assert command(desk, "verify", capsys)[0] == 0
    assert news(desk.store)[0].words == searches.RENEWED


def test_a_hub_builds_its_search_anew_and_takes_the_work_when_it_comes_again(desk: Desk, serving: Serving) -> None:
    with closing(sqlite3.connect(serving.hub.folder / FILE_NAME)) as db, db:
        db.execute("DELETE FROM clients_search_data")
    desk.do([Edit("clients", desk.new_id(), {"name": "Ромашка"})], "Новый клиент")
    with pytest.raises(SyncTrouble):
        synced(desk)
    synced(desk)
    assert desk.store.unsent() == 0
    assert serving.hub.verify() == []


def test_a_repair_that_is_killed_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(desk, DAMAGE["several stretches"][0])
    rows = desk.store.rows("SELECT * FROM log")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("shared.store.redraw.redraw", killed)
        with pytest.raises(KeyboardInterrupt):
            heal(desk)
    assert desk.store.rows("SELECT * FROM log") == rows
    heal(desk)
    assert desk.store.verify() == []


def heal(desk: Desk) -> list[str]:
    line = Hubline(HubAddress.of(desk.folder))
    return healing.heal(desk.store, line, desk.clock())


def test_what_is_sound_is_left_alone(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(desk, "heal", capsys) == (0, "Чинить нечего: всё цело\n")


def test_without_a_hub_a_damaged_log_is_told_with_the_way_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(Desk.open(tmp_path, create=True)) as desk:
        desk.do([Edit("clients", desk.new_id(), {"name": "Ромашка"})], "Новый клиент")
        spoil(desk, "UPDATE state SET place = 1")
        code, said = command(desk, "heal", capsys)
    assert code == 1
    assert "desk restore" in said


# ---------------------------------------------------------------------------------------------------- not sent yet


def worked(desk: Desk) -> list[str]:
    """Three acts that are not sent: a client, an order of two lines, another client."""
    first, order, last = desk.new_id(), desk.new_id(), desk.new_id()
    desk.do([Edit("clients", first, {"name": "Ромашка", "phone": "+78120000000"})], "Новый клиент")
    lines = [Edit("order_lines", desk.new_id(), {"order_id": order, "price": 10**8, "quantity": 10**6}) for _ in range(2)]
    desk.do([Edit("orders", order, {"number": "АА-1"}), *lines], "Новый заказ")
    desk.do([Edit("clients", last, {"name": "Василёк"})], "Новый клиент")
    return [first, order, last]


def hub_rows(serving: Serving, entity: str) -> dict[str, Any]:
    return {row["id"]: row for row in serving.hub.rows(f"SELECT * FROM {entity}")}


def test_damage_in_what_is_not_sent_is_named_and_nothing_of_it_is_sent(
    desk: Desk, serving: Serving, capsys: pytest.CaptureFixture[str]
) -> None:
    synced(desk)
    first, order, last = worked(desk)
    spoil(desk, "UPDATE log SET patch = replace(patch, '100000000', '900000000') WHERE seq = (SELECT max(seq) - 2 FROM log)")
    with pytest.raises(SyncTrouble, match=r"Неотправленное повреждено: Строка заказа \(Заказ, Цена, Количество\).*desk heal"):
        synced(desk)
    there = hub_rows(serving, "clients")
    assert first in there, "what was done before it is sent"
    assert last not in there
    assert order not in hub_rows(serving, "orders"), "an act goes whole or not at all"
    code, said = command(desk, "heal", capsys)
    assert (code, "опустошено: Строка заказа" in said) == (0, True), said
    assert desk.store.verify() == []
    synced(desk)
    assert {first, last} <= hub_rows(serving, "clients").keys()
    assert hub_rows(serving, "orders")[order]["number"] == "АА-1"
    assert sorted(line["price"] or 0 for line in hub_rows(serving, "order_lines").values()) == [0, 10**8]
    assert digests(desk.store) == digests(serving.hub.store)


def test_others_news_arrive_although_something_here_is_damaged(desk: Desk, serving: Serving) -> None:
    synced(desk)
    worked(desk)
    spoil(desk, "DELETE FROM log WHERE seq = (SELECT max(seq) - 4 FROM log)")
    foreign = serving.hub.new_id()
    serving.hub.write([Edit("clients", foreign, {"name": "С сервера"})])
    with pytest.raises(SyncTrouble, match="Неотправленное повреждено"):
        synced(desk)
    assert desk.store.row("clients", foreign)


@pytest.mark.parametrize("back", range(5))
def test_a_change_that_was_removed_before_it_was_sent_leaves_the_others_sendable(desk: Desk, serving: Serving, back: int) -> None:
    synced(desk)
    worked(desk)
    spoil(desk, "DELETE FROM log WHERE seq = (SELECT max(seq) - ? FROM log)", back)
    with pytest.raises(SyncTrouble, match="которую уже не прочитать"):
        synced(desk)
    assert desk.store.verify() != []
    assert "опустошено" in heal(desk)[0]
    desk.do([Edit("clients", desk.new_id(), {"name": "После починки"})], "Новый клиент")
    synced(desk)
    assert desk.store.verify() == serving.hub.verify() == []
    assert digests(desk.store) == digests(serving.hub.store)
    names = {row["name"] for row in hub_rows(serving, "clients").values()}
    assert "После починки" in names
    assert {"Ромашка", "Василёк"} - {0: {"Василёк"}, 4: {"Ромашка"}}.get(back, set()) <= names


def test_undo_does_not_reach_back_over_what_was_emptied(desk: Desk) -> None:
    synced(desk)
    worked(desk)
    spoil(desk, "UPDATE log SET patch = '{}' WHERE seq = (SELECT max(seq) FROM log)")
    heal(desk)
    assert desk.undo() == "Новый заказ"
