"""Rows that seem to be one are found after a sync, cheaply, and made one by an act that can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from local_app.desk import Desk
from local_app.latecomers import bring_latecomers
from local_app.leftovers import brought_back
from local_app.repeats import ONE_BY_ONE, Pair, Repeats, everywhere, pairs, pointers, refresh, remembered, tell_apart, unite
from local_app.widgets.twins import twins_of
from shared.change import Edit, Refused
from shared.entities import ENTITIES
from shared.entity import Value
from shared.rules.merging import pointing_fields
from tests.support.laptops import new_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(new_desk(tmp_path)) as made:
        yield made


def client(desk: Desk, row: str, **values: Value) -> None:
    desk.do([Edit("clients", row, values)], "Клиент")


def found(desk: Desk) -> list[tuple[str, str, str]]:
    refresh(desk.store)
    return [(pair.one, pair.other, pair.reason) for pair in pairs(desk.store)]


def test_pairs_are_found_and_go_when_a_row_changes_or_is_deleted(desk: Desk) -> None:
    client(desk, "c1", name="ООО «Алёна-М»", inn="7707083893")
    client(desk, "c2", name="Вектор", inn="7707083893")
    client(desk, "c3", name="Алена М")
    desk.do([Edit("products", "p1", {"name": "Гвозди", "sku": "Г-1"}), Edit("products", "p2", {"name": "Шурупы", "sku": "г1"})], "Товары")
    assert sorted(found(desk)) == [
        ("c1", "c2", "одинаковый ИНН"), ("c1", "c3", "одинаковое название"), ("p1", "p2", "одинаковый артикул"),
    ]  # fmt: skip
    client(desk, "c2", inn="7728168971")
    desk.do([Edit("products", "p2", {"deleted": 1})], "Удаление")
    assert found(desk) == [("c1", "c3", "одинаковое название")]
    client(desk, "c4", name="Бета", phone="8 (916) 123-45-67")
    client(desk, "c5", name="Гамма", phone="+79161234567")
    assert sorted(found(desk)) == [("c1", "c3", "одинаковое название"), ("c4", "c5", "один телефон")]


def test_a_card_names_the_living_rows_like_its_own_and_that_of_a_merged_one_names_none(desk: Desk) -> None:
    client(desk, "c1", name="Ромашка", phone="+79161234567")
    client(desk, "c2", name="Ромашка, ООО")
    assert twins_of(desk.store, "clients", desk.store.row("clients", "c2") or {}) == [("c1", "Ромашка", "одинаковое название")]
    unite(desk, Pair("clients", "c1", "c2", ""), "c1", {})
    assert twins_of(desk.store, "clients", desk.store.row("clients", "c2") or {}) == []


def test_among_many_a_changed_row_is_looked_up_alone_and_the_pairs_are_those_of_one_pass(desk: Desk) -> None:
    names = [
        {"name": f"ООО «Фирма {number}»", "inn": f"77070{number:05}", "email": f"a{number}@mail.ru"} for number in range(ONE_BY_ONE * 6)
    ]
    desk.do([Edit("clients", f"c{number:04}", values) for number, values in enumerate(names)], "Импорт")
    assert found(desk) == []
    client(desk, "d1", name="Фирма 77, ООО")
    client(desk, "d2", name="Бета", email="A78@mail.ru")
    assert sorted(found(desk)) == [("c0077", "d1", "одинаковое название"), ("c0078", "d2", "одна электронная почта")]
    client(desk, "c0078", email="b@mail.ru")
    client(desk, "d3", name="Гамма", inn="7707000079")
    client(desk, "d2", phone="8 916 123-45-67")
    client(desk, "c0001", phone="+7 (916) 1234567")
    assert sorted(found(desk)) == sorted((pair.one, pair.other, pair.reason) for pair in everywhere(desk.store, "clients"))
    assert len(found(desk)) == 3


def test_among_many_a_client_is_known_though_latin_letters_stand_in_the_name(desk: Desk) -> None:
    names = [{"name": f"ООО «Фирма {number}»", "inn": f"77070{number:05}"} for number in range(ONE_BY_ONE * 6)]
    desk.do([Edit("clients", f"c{number:04}", values) for number, values in enumerate([*names, {"name": "ООО «Ромашка»"}])], "Импорт")
    assert found(desk) == []
    client(desk, "d1", name="OOO Pомашка")
    assert [pair[1:] for pair in found(desk)] == [("d1", "одинаковое название")]
    client(desk, "e1", name="АО «Cидоров»")
    assert len(found(desk)) == 1
    client(desk, "e2", name="Сидоров")
    assert ("e1", "e2", "одинаковое название") in found(desk), "nor are they missed when it is the other one that is new"


def test_among_many_an_article_number_is_known_in_letters_of_the_other_alphabet(desk: Desk) -> None:
    edits = [Edit("products", f"p{number:04}", {"name": f"Товар {number}", "sku": f"{number}КС"}) for number in range(ONE_BY_ONE * 6)]
    desk.do(edits, "Импорт")
    assert found(desk) == []
    for row, sku in (("a-latin", "77KC"), ("a-parted", "78-КС"), ("a-both", "79 kc"), ("a-other", "80КС1")):
        desk.do([Edit("products", row, {"name": f"Новый {row}", "sku": sku})], "Товар")
    same = [("a-both", "p0079"), ("a-latin", "p0077"), ("a-parted", "p0078")]
    assert sorted(found(desk)) == [(*ids, "одинаковый артикул") for ids in same]


def test_looking_again_at_what_has_not_changed_reads_nothing(desk: Desk) -> None:
    client(desk, "c1", name="Ромашка")
    refresh(desk.store)
    asked: list[str] = []
    desk.store.db.set_trace_callback(asked.append)
    refresh(desk.store)
    desk.store.db.set_trace_callback(None)
    assert len(asked) == 2
    assert not any("clients" in sql for sql in asked)


def test_what_was_told_apart_is_not_offered_again(desk: Desk) -> None:
    client(desk, "c1", name="Ромашка")
    client(desk, "c2", name="Ромашка")
    refresh(desk.store)
    (pair,) = pairs(desk.store, "clients")
    tell_apart(desk, pair)
    client(desk, "c2", city="Тверь")
    assert found(desk) == []
    assert pairs(desk.store, "products") == []
    desk.undo()
    assert desk.undo() == "Это разные записи"
    assert len(found(desk)) == 1
    tell_apart(desk, pair)
    assert found(desk) == []


def test_what_was_told_apart_before_that_was_synced_stays_so_on_its_laptop(desk: Desk) -> None:
    client(desk, "c1", name="Ромашка")
    client(desk, "c2", name="Ромашка")
    with desk.store.transaction():
        desk.store.db.execute("INSERT INTO notes VALUES ('different:c1|c2', '')")
    assert found(desk) == []


def test_a_client_who_is_merged_stays_apart_from_whom_he_was_told_apart(desk: Desk) -> None:
    for name in ("c1", "c2", "c3"):
        client(desk, name, name="Ромашка")
    tell_apart(desk, Pair("clients", "c2", "c3", ""))
    unite(desk, Pair("clients", "c1", "c2", ""), "c1", {})
    assert found(desk) == []


def test_united_rows_are_one_everywhere_and_two_again_when_it_is_undone(desk: Desk) -> None:
    client(desk, "c1", name="Ромашка", inn="7707083893")
    client(desk, "c2", name="ООО Ромашка", phone="+7 916 123-45-67")
    places = list(pointing_fields(ENTITIES, "clients"))
    holders = [Edit(entity.name, f"{entity.name}-1", {field.name: "c2"}) for entity, field in places]
    desk.do(holders, "Ссылки")
    desk.do([Edit("custom_fields", "f1", {"home": "clients", "name": "Скидка"})], "Параметр")
    desk.do([Edit("custom_values", "v1", {"client_id": "c2", "field_id": "f1", "value": "5"})], "Значение")
    before = tables(desk)
    refresh(desk.store)
    (pair,) = pairs(desk.store)
    assert len(pointers(desk.store, "clients", "c2")) == len(places) > 5
    unite(desk, pair, "c1", {"phone": "+7 916 123-45-67", "name": "ООО Ромашка"})
    kept = desk.store.row("clients", "c1")
    assert kept is not None
    assert (kept["name"], kept["inn"], kept["phone"]) == ("ООО Ромашка", "7707083893", "+7 916 123-45-67")
    assert pointers(desk.store, "clients", "c2") == []
    assert len(pointers(desk.store, "clients", "c1")) == len(places)
    assert desk.store.one("SELECT value FROM custom_values WHERE client_id = 'c1'") == "5"
    assert [row["id"] for row in desk.store.rows("SELECT id FROM clients WHERE deleted = 0")] == ["c1"]
    assert found(desk) == []
    assert desk.undo() == "Объединены записи «Ромашка» и «ООО Ромашка»"
    after = tables(desk)
    after["custom_values"] = [row for row in after["custom_values"] if not row["deleted"]]
    assert after == before
    assert len(found(desk)) == 1
    unite(desk, pair, "c1", {})
    assert desk.store.one("SELECT value FROM custom_values WHERE client_id = 'c1' AND deleted = 0") == "5", "nor is it lost the next time"
    assert desk.store.verify() == []


def tables(desk: Desk) -> dict[str, list[dict[str, Value]]]:
    return {name: [{**row, "key": 0} for row in desk.store.rows(f"SELECT * FROM {name} ORDER BY id")] for name in ENTITIES}


def test_a_pair_whose_row_went_meanwhile_is_refused(desk: Desk) -> None:
    client(desk, "c1", name="Ромашка")
    client(desk, "c2", name="Ромашка")
    desk.do([Edit("clients", "c2", {"deleted": 1})], "Удаление")
    for other in ("c2", "never was"):
        with pytest.raises(Refused, match="уже удалена"):
            unite(desk, Pair("clients", "c1", other, ""), "c1", {})


async def test_the_running_program_looks_once_a_minute_and_after_a_sync(desk: Desk, tmp_path: Path) -> None:
    now = [1_790_000_000_000]
    repeats = Repeats(tmp_path, lambda: now[0])
    await repeats.tick()
    client(desk, "c1", name="Ромашка")
    client(desk, "c2", name="Ромашка")
    await repeats.tick()
    assert remembered(desk.store) == []
    repeats.soon()
    await repeats.tick()
    assert len(remembered(desk.store)) == 1


def test_a_chain_of_merges_leads_to_the_row_that_lives_and_a_merge_that_was_undone_leads_nowhere(desk: Desk) -> None:
    for name in ("a", "b", "c"):
        client(desk, name, name=f"Ромашка {name}")
    unite(desk, Pair("clients", "b", "c", ""), "b", {})
    unite(desk, Pair("clients", "a", "b", ""), "a", {})
    desk.do([Edit("orders", "late", {"client_id": "c"})], "Заказ")
    since = desk.store.log.last_seq() - 1
    assert bring_latecomers(desk, since) == 1
    assert desk.store.one("SELECT client_id FROM orders") == "a"
    desk.do([Edit("orders", "later", {"client_id": "b"})], "Заказ")
    desk.do([Edit("clients", "b", {"deleted": 0, "merged_into": ""})], "Восстановлен")
    assert bring_latecomers(desk, since) == 0


def test_who_was_merged_and_brought_back_keeps_his_orders_when_he_is_deleted_later(desk: Desk) -> None:
    for name in ("a", "b"):
        client(desk, name, name="Ромашка")
    unite(desk, Pair("clients", "a", "b", ""), "a", {})
    desk.do([brought_back(desk.store, "clients", "b")], "Восстановлен")
    desk.do([Edit("orders", "own", {"client_id": "b"})], "Заказ")
    since = desk.store.log.last_seq()
    desk.do([Edit("clients", "b", {"deleted": 1})], "Удалён")
    assert bring_latecomers(desk, since) == 0
    assert desk.store.one("SELECT client_id FROM orders") == "b"
