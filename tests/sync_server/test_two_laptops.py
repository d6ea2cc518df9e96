"""Two laptops, a hub over a real port: both edit, both sync, and all three hold the same tables."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from local_app import skew
from local_app.desk import Desk
from local_app.hubline import HubAddress, Hubline
from local_app.latecomers import bring_latecomers
from local_app.repeats import Pair, unite
from local_app.sync import Syncer, sync_state
from shared.change import Edit, Refused, SyncTrouble
from shared.entities import ENTITIES
from shared.shapes import one_line
from sync_server.access import Access
from sync_server.datasette_plugin.disputes import disputes
from sync_server.hub import Hub
from sync_server.people import set_role
from tests.support.laptops import answered, typed
from tests.sync_server.conftest import Serving, served

MINUTE_MS = 60_000


class Laptop:
    """A data folder, its desk and its sync."""

    def __init__(self, folder: Path, serving: Serving, login: str) -> None:
        self.desk = Desk.open(folder, create=True, clock=serving.clock)
        self.syncer = Syncer(folder, serving.clock)
        self.told = self.syncer.enrol(serving.url, serving.access.codes.issue(serving.access.users.get(login).id))

    def do(self, entity: str, row: str, **patch: str | int | None) -> None:
        self.desk.do([Edit(entity, row, patch)], "Правка")

    def order(self, number: str, *sums: int) -> str:
        """A new order with a line for each sum in roubles."""
        order = self.desk.new_id()
        lines = [
            Edit("order_lines", self.desk.new_id(), {"order_id": order, "position": f"a{place}", "price": roubles * 1_000_000})
            for place, roubles in enumerate(sums)
        ]
        self.desk.do([Edit("orders", order, {"number": number}), *lines], "Заказ")
        return order


@pytest.fixture
def laptops(serving: Serving, tmp_path: Path) -> Iterator[tuple[Laptop, Laptop]]:
    both = Laptop(tmp_path / "a", serving, "maria"), Laptop(tmp_path / "b", serving, "boris")
    yield both
    for laptop in both:
        laptop.desk.close()


def tables(source: Any) -> dict[str, list[dict[str, Any]]]:
    """Everything that is drawn, without the local keys of rows."""
    return {
        name: [{key: value for key, value in row.items() if key != "key"} for row in source.rows(f"SELECT * FROM {name} ORDER BY 1, 2")]
        for name in (*ENTITIES, "order_totals")
    }


def sorted_tables(source: Any) -> dict[str, list[str]]:
    return {name: sorted(repr(row) for row in rows) for name, rows in tables(source).items()}


def test_a_laptop_learns_who_it_is(laptops: tuple[Laptop, Laptop], serving: Serving) -> None:
    a, b = laptops
    assert a.desk.author == serving.access.users.get("maria").id
    assert {len(a.desk.prefix), len(b.desk.prefix)} == {2}
    assert a.desk.prefix != b.desk.prefix
    assert a.told["title"] == "ООО «Ромашка»"


def test_a_laptop_is_called_by_the_name_of_its_computer(laptops: tuple[Laptop, Laptop], serving: Serving) -> None:
    for laptop in laptops:
        called = serving.access.devices.get(laptop.desk.prefix).label
        assert called == (one_line(platform.node()) or laptop.desk.store.log.state().device)


def test_a_laptop_whose_clock_is_wrong_is_told_until_it_is_right_and_syncs_all_the_same(
    laptops: tuple[Laptop, Laptop], serving: Serving
) -> None:
    folder = laptops[0].desk.folder
    for off in (-130 * MINUTE_MS, 6 * MINUTE_MS, 4 * MINUTE_MS, 0):
        laptops[0].order("А-1", 100)
        done = Syncer(folder, lambda off=off: serving.clock.ms + off).sync_once()  # type: ignore[misc]
        told = answered("desk", "--data", str(folder), "status")["clock_off_ms"]
        assert (done.sent, done.clock_off_ms) == (2, told)
        assert told == (off if off <= 0 else off - skew.WHOLE_SECOND_MS)
        warned = "Часы этого компьютера" in typed("desk", "--data", str(folder), "status").stdout
        assert warned == (abs(off) > skew.LIMIT_MS)


def test_both_edit_and_all_three_hold_the_same(laptops: tuple[Laptop, Laptop], serving: Serving) -> None:
    a, b = laptops
    mine, his = a.order("А-1", 100, 250), b.order("Б-1", 70)
    for laptop in (a, b, a):
        laptop.syncer.sync_once()
    b.do("orders", mine, subject="Срочно")
    a.do("orders", mine, note="Позвонить")
    a.do("orders", his, deleted=1)
    for laptop in (b, a, b):
        laptop.syncer.sync_once()
    assert sorted_tables(a.desk.store) == sorted_tables(b.desk.store) == sorted_tables(serving.hub)
    assert serving.hub.rows("SELECT number, subject, note, deleted FROM orders ORDER BY number") == [
        {"number": "А-1", "subject": "Срочно", "note": "Позвонить", "deleted": 0},
        {"number": "Б-1", "subject": "", "note": "", "deleted": 1},
    ]
    assert serving.hub.rows("SELECT number, total FROM order_totals") == [{"number": "А-1", "total": 35_000}]


def test_what_both_change_at_once_is_a_visible_disagreement(laptops: tuple[Laptop, Laptop], serving: Serving) -> None:
    a, b = laptops
    order = a.order("А-1", 100)
    for laptop in (a, b):
        laptop.syncer.sync_once()
    a.do("orders", order, subject="Одно")
    b.do("orders", order, subject="Другое")
    for laptop in (a, b, a):
        laptop.syncer.sync_once()
    values = {rival.value for conflict in a.desk.store.conflicts() for rival in conflict.values}
    assert values == {"Одно", "Другое"}
    shown = serving.hub.rows(disputes(ENTITIES).sql)
    assert {(row["Что"], row["Запись"], row["Поле"], row["Значение"], row["Кто"]) for row in shown} == {
        ("Заказ", "А-1", "Тема", "Одно", "Мария"),
        ("Заказ", "А-1", "Тема", "Другое", "Борис"),
    }
    assert sorted(row["Показывается"] for row in shown) == ["да", "нет"]
    assert sorted_tables(a.desk.store) == sorted_tables(b.desk.store) == sorted_tables(serving.hub)


def test_a_reader_changes_nothing_for_the_others(serving: Serving, tmp_path: Path) -> None:
    reader = Laptop(tmp_path / "r", serving, "rita")
    reader.syncer.sync_once()
    reader.order("Р-1", 5)
    reader.syncer.sync_once()
    assert serving.hub.rows("SELECT * FROM orders") == []
    reader.desk.close()


def merge_away(a: Laptop, b: Laptop) -> None:
    """Both know two clients; on the first laptop «y» is merged into «x»."""
    for name in ("x", "y"):
        a.do("clients", name, name=f"Ромашка {name}")
    for laptop in (a, b):
        laptop.syncer.sync_once()
    unite(a.desk, Pair("clients", "x", "y", ""), "x", {})


def test_what_was_made_offline_for_a_row_that_was_merged_away_follows_it(laptops: tuple[Laptop, Laptop]) -> None:
    a, b = laptops
    merge_away(a, b)
    b.desk.do([Edit("orders", "late", {"number": "Б-1", "client_id": "y"})], "Заказ")
    for laptop in (a, b, a):
        laptop.syncer.sync_once()
    assert [bring_latecomers(laptop.desk, 0) for laptop in laptops] == [1, 1]
    for laptop in (a, b, a):
        laptop.syncer.sync_once()
    for store in (a.desk.store, b.desk.store):
        assert store.rows("SELECT client_id FROM orders") == [{"client_id": "x"}]
        assert store.conflicts() == []
    assert [bring_latecomers(laptop.desk, 0) for laptop in laptops] == [0, 0]
    assert b.desk.undo() == "Заказ", "what the program did by itself is not the user's to take back"


def test_a_late_contact_keeps_a_merged_row_alive_until_somebody_decides_and_then_follows_it(laptops: tuple[Laptop, Laptop]) -> None:
    a, b = laptops
    merge_away(a, b)
    b.desk.do([Edit("contacts", "man", {"client_id": "y", "name": "Пётр"})], "Сотрудник")
    for laptop in (a, b, a):
        laptop.syncer.sync_once()
    assert [conflict.field for conflict in a.desk.store.conflicts("y")] == ["deleted"]
    assert bring_latecomers(a.desk, 0) == 0
    since = a.desk.store.log.last_seq()
    a.desk.do([Edit("clients", "y", {"deleted": 1})], "Расхождение решено")
    assert bring_latecomers(a.desk, since) == 1
    for laptop in (a, b):
        laptop.syncer.sync_once()
    assert b.desk.store.rows("SELECT client_id, deleted FROM contacts") == [{"client_id": "x", "deleted": 0}]


def test_a_role_is_what_the_page_says_whatever_an_administrators_laptop_writes(serving: Serving, tmp_path: Path) -> None:
    with closing(Laptop(tmp_path / "a", serving, "anna").desk) as anna, closing(Laptop(tmp_path / "b", serving, "boris").desk) as boris:
        set_role(serving.hub, serving.access, serving.access.users.get("boris"), "reader")
        boris_there, anna_there = Syncer(boris.folder), Syncer(anna.folder)
        anna_there.sync_once()
        for person, role in ((boris.author, "manager"), (anna.author, "reader")):
            anna.do([Edit("employees", person, {"role": role})], "Изменён сотрудник")
        anna.do([Edit("clients", "c" * 8, {"name": "Ромашка"})], "Новый клиент")
        boris.do([Edit("clients", "d" * 8, {"name": "Тюльпан"})], "Новый клиент")
        anna_there.sync_once()
        boris_there.sync_once()
        told = {user.login: user.role for user in serving.access.users.all()}
        assert told == {row["login"]: row["role"] for row in serving.hub.rows("SELECT login, role FROM employees")}
        assert (told["anna"], told["boris"]) == ("administrator", "reader")
        assert serving.hub.rows("SELECT name FROM clients") == [{"name": "Ромашка"}], "an administrator's work is taken, a reader's is not"
        assert "на странице сервера" in anna.store.one("SELECT max(refused) FROM log")


def test_what_a_new_hub_gets_again_is_told_as_sent(laptops: tuple[Laptop, Laptop], serving: Serving, tmp_path: Path) -> None:
    a, _ = laptops
    for number in range(5):
        a.order(f"А-{number}", 100)
    a.syncer.sync_once()
    with closing(Hub.create(tmp_path / "again", serving.clock)) as hub, served(hub, serving.access) as url:
        hub.rebuild(on=True)
        HubAddress.of(a.desk.folder)._replace(url=url).keep(a.desk.folder)
        result = a.syncer.sync_once()
        assert (result.sent, result.received) == (a.desk.store.log.state().place, 0)
        assert result.sent >= 10
        assert a.syncer.sync_once()[:2] == (0, 0)


def test_a_code_works_on_one_laptop_only(serving: Serving, tmp_path: Path) -> None:
    code = serving.access.codes.issue(serving.access.users.get("boris").id)
    first, second = (Desk.open(tmp_path / name, create=True) for name in ("a", "b"))
    Syncer(tmp_path / "a").enrol(serving.url, code)
    with pytest.raises(Refused, match="уже использован"):
        Syncer(tmp_path / "b").enrol(serving.url, code)
    first.close()
    second.close()


def test_a_revoked_laptop_is_told_so_and_keeps_its_work(laptops: tuple[Laptop, Laptop], serving: Serving) -> None:
    a, _ = laptops
    order = a.order("А-1", 100)
    serving.access.devices.revoke(serving.access.devices.get(a.desk.prefix))
    with pytest.raises(SyncTrouble, match="отозван"):
        a.syncer.sync_once()
    assert serving.hub.rows("SELECT * FROM orders") == []
    assert a.desk.store.row("orders", order) is not None


def test_a_device_revoked_in_the_middle_of_a_sync_stops_at_once_and_goes_on_when_it_is_let_in_again(
    laptops: tuple[Laptop, Laptop], serving: Serving, tmp_path: Path
) -> None:
    a, b = laptops

    def lines(order: str) -> list[Edit]:
        return [
            Edit("order_lines", a.desk.new_id(), {"order_id": order, "position": f"a{place}", "price": 1_000_000}) for place in range(9)
        ]

    acts = [[Edit("orders", order, {}), *lines(order)] for order in [a.desk.new_id() for _ in range(1_600)]]
    a.desk.do_many(acts, "Импорт")
    answers: list[bytes] = []

    class Line(Hubline):
        def exchange(self, message: bytes, unsent: int) -> bytes:
            if len(answers) == 2:
                serving.access.devices.revoke(serving.access.devices.get(a.desk.prefix))
            answer = super().exchange(message, unsent)
            answers.append(answer)
            return answer

    with pytest.raises(SyncTrouble, match="отозван"):
        Syncer(tmp_path / "a", serving.clock, Line).sync_once()
    (there,) = serving.hub.rows("SELECT count(*) AS orders, sum(lines = 9) AS whole, sum(total) AS total FROM order_totals")
    assert 0 < there["orders"] == there["whole"] < 1_600
    assert a.desk.store.unsent() == 10 * (1_600 - there["orders"])
    assert sync_state(a.desk.store).turned_away
    a.syncer.enrol(serving.url, serving.access.codes.issue(serving.access.users.get("maria").id))
    a.syncer.sync_once()
    b.syncer.sync_once()
    for found in (serving.hub.rows, b.desk.store.rows):
        assert found("SELECT count(*) AS orders, sum(lines) AS lines, sum(total) AS total FROM order_totals") == [
            {"orders": 1_600, "lines": 14_400, "total": 1_440_000}
        ]
    assert (a.desk.store.unsent(), serving.hub.verify(), a.desk.store.verify()) == (0, [], [])


def test_a_device_revoked_by_another_process_is_turned_away_at_once(laptops: tuple[Laptop, Laptop], office: Path) -> None:
    a, _ = laptops
    a.syncer.sync_once()
    other = Access.open(office)
    other.devices.revoke(other.devices.get(a.desk.prefix))
    other.close()
    with pytest.raises(SyncTrouble, match="отозван"):
        a.syncer.sync_once()
