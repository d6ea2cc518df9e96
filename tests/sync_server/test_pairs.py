"""Two records that are one, or are not, and a paper that two issue: what laptops make of it when each has decided without the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from local_app.documents.issuing import as_of_now, draft, number_for
from local_app.latecomers import bring_latecomers
from local_app.repeats import Pair, pairs, refresh, tell_apart, unite
from local_app.sync import Syncer
from shared.change import Edit, Refused
from shared.rules.merging import MERGED
from tests.sync_server.conftest import Serving
from tests.sync_server.test_two_laptops import Laptop


@pytest.fixture
def laptops(serving: Serving, tmp_path: Path) -> Iterator[tuple[Laptop, Laptop]]:
    both = Laptop(tmp_path / "a", serving, "maria"), Laptop(tmp_path / "b", serving, "boris")
    yield both
    for laptop in both:
        laptop.desk.close()


def clients_of(laptop: Laptop) -> dict[str, str]:
    return {row["id"]: row["client_id"] for row in laptop.desk.store.rows("SELECT id, client_id FROM orders ORDER BY id")}


def merged_with_a_latecomer(a: Laptop, b: Laptop) -> None:
    """Before the merge `moved` and `third` were orders of the client that was given up; `late` is one that came after it."""
    a.desk.do([Edit("clients", key, {"name": "Ромашка"}) for key in ("x", "y", "z")], "Клиенты")
    a.desk.do([Edit("orders", "moved", {"client_id": "y"}), Edit("orders", "own", {"client_id": "x"})], "Заказы")
    for laptop in (a, b):
        laptop.syncer.sync_once()
    unite(a.desk, Pair("clients", "x", "y", ""), "x", {})
    b.desk.do([Edit("orders", "late", {"client_id": "y"}), Edit("orders", "third", {"client_id": "y"})], "Заказы")
    for laptop in (a, b, a):
        laptop.syncer.sync_once()
    assert [bring_latecomers(laptop.desk, 0) for laptop in (a, b)] == [2, 2]
    for laptop in (a, b, a):
        laptop.syncer.sync_once()
    assert clients_of(a) == dict.fromkeys(("late", "moved", "own", "third"), "x")


def test_the_undo_of_a_merge_gives_latecomers_back_and_leaves_what_was_moved_on_by_hand(laptops: tuple[Laptop, Laptop]) -> None:
    a, b = laptops
    merged_with_a_latecomer(a, b)
    b.desk.do([Edit("orders", "third", {"client_id": "z"})], "Другой клиент")
    for laptop in (b, a):
        laptop.syncer.sync_once()
    a.desk.undo()
    assert clients_of(a) == {"late": "y", "moved": "y", "own": "x", "third": "z"}
    for laptop in (a, b):
        laptop.syncer.sync_once()
    assert [bring_latecomers(laptop.desk, 0) for laptop in laptops] == [0, 0]
    assert clients_of(b) == clients_of(a)
    a.desk.redo()
    bring_latecomers(a.desk, 0)
    assert clients_of(a) == {"late": "x", "moved": "x", "own": "x", "third": "z"}


def test_a_latecomer_whom_a_colleague_moves_on_at_that_moment_is_not_taken_from_him_in_silence(laptops: tuple[Laptop, Laptop]) -> None:
    a, b = laptops
    a.desk.do([Edit("clients", key, {"name": "Ромашка"}) for key in ("x", "y", "z")], "Клиенты")
    for laptop in (a, b):
        laptop.syncer.sync_once()
    unite(a.desk, Pair("clients", "x", "y", ""), "x", {})
    b.do("orders", "late", client_id="y")
    for laptop in (b, a):
        laptop.syncer.sync_once()
    b.do("orders", "late", client_id="z")
    b.syncer.sync_once()

    def just_before_writing(statement: str) -> None:
        if statement == "BEGIN IMMEDIATE":
            a.desk.store.db.set_trace_callback(None)
            a.syncer.sync_once()

    a.desk.store.db.set_trace_callback(just_before_writing)
    assert bring_latecomers(a.desk, 0) == 1
    (conflict,) = a.desk.store.conflicts("late")
    assert {rival.value for rival in conflict.values} == {"x", "z"}


def test_a_laptop_that_may_only_read_leaves_latecomers_to_the_others(
    laptops: tuple[Laptop, Laptop], serving: Serving, tmp_path: Path
) -> None:
    a, b = laptops
    with closing(Laptop(tmp_path / "rita", serving, "rita").desk) as rita:
        a.desk.do([Edit("clients", key, {"name": "Ромашка"}) for key in ("x", "y")], "Клиенты")
        for laptop in (a, b):
            laptop.syncer.sync_once()
        unite(a.desk, Pair("clients", "x", "y", ""), "x", {})
        b.do("orders", "late", client_id="y")
        for laptop in (a, b):
            laptop.syncer.sync_once()
        Syncer(rita.folder, serving.clock).sync_once()
        assert (bring_latecomers(rita, 0), rita.store.unsent()) == (0, 0)
    assert bring_latecomers(b.desk, 0) == 1


def test_what_one_has_told_apart_nobody_is_asked_about(laptops: tuple[Laptop, Laptop]) -> None:
    a, b = laptops
    a.do("clients", "mine", name="Ромашка")
    b.do("clients", "yours", name="Ромашка")
    for laptop in (a, b, a):
        laptop.syncer.sync_once()
        refresh(laptop.desk.store)
    for laptop in (a, b):
        (pair,) = pairs(laptop.desk.store)
        tell_apart(laptop.desk, pair)
    for laptop in (a, b, a):
        laptop.syncer.sync_once()
        assert (pairs(laptop.desk.store), laptop.desk.store.conflicts()) == ([], [])
    assert a.desk.store.one("SELECT count(*) FROM distinct_pairs") == 1


def test_of_two_clients_whom_two_people_have_merged_into_each_other_one_stays_with_all_orders(laptops: tuple[Laptop, Laptop]) -> None:
    a, b = laptops
    a.desk.do([Edit("clients", key, {"name": f"Ромашка {key}"}) for key in ("x", "y")], "Клиенты")
    a.desk.do([Edit("orders", "order-x", {"client_id": "x"}), Edit("orders", "order-y", {"client_id": "y"})], "Заказы")
    for laptop in (a, b):
        laptop.syncer.sync_once()
    unite(a.desk, Pair("clients", "x", "y", ""), "x", {})
    unite(b.desk, Pair("clients", "x", "y", ""), "y", {})
    for laptop in (a, b, a):
        laptop.syncer.sync_once()
    assert [bring_latecomers(laptop.desk, 0) for laptop in laptops] == [3, 3], "who stays, who goes, and the order of the one"
    for laptop in (a, b, a):
        laptop.syncer.sync_once()
        assert bring_latecomers(laptop.desk, 0) == 0
    for store in (a.desk.store, b.desk.store):
        assert store.rows("SELECT id, deleted, merged_into FROM clients ORDER BY id") == [
            {"id": "x", "deleted": 0, "merged_into": ""},
            {"id": "y", "deleted": 1, "merged_into": "x"},
        ]
        assert store.conflicts() == []
    assert clients_of(a) == clients_of(b) == {"order-x": "x", "order-y": "x"}


def test_whom_a_person_has_deleted_after_all_does_not_come_back(laptops: tuple[Laptop, Laptop]) -> None:
    a, _ = laptops
    a.desk.do([Edit("clients", key, {"name": f"Ромашка {key}"}) for key in ("x", "y")], "Клиенты")
    unite(a.desk, Pair("clients", "x", "y", ""), "x", {})
    a.do("clients", "y", deleted=0)
    unite(a.desk, Pair("clients", "x", "y", ""), "y", {})
    a.do("clients", "y", deleted=1)
    assert bring_latecomers(a.desk, 0) == 0
    assert a.desk.store.one("SELECT count(*) FROM clients WHERE deleted = 0") == 0


def clients_in(laptop: Laptop) -> list[tuple[str, int, str]]:
    return [(row["id"], row["deleted"], row["merged_into"]) for row in laptop.desk.store.rows("SELECT * FROM clients ORDER BY id")]


def settled(a: Laptop, b: Laptop) -> None:
    """Both sync, their programs look after merges, and both sync again."""
    for _ in range(2):
        for laptop in (a, b, a):
            laptop.syncer.sync_once()
            bring_latecomers(laptop.desk, 0)


@pytest.mark.parametrize("chosen", [1, 0])
@pytest.mark.parametrize("entity", MERGED)
def test_whom_one_deletes_while_another_merges_a_record_into_him_lives_until_somebody_decides(
    laptops: tuple[Laptop, Laptop], entity: str, chosen: int
) -> None:
    a, b = laptops
    holder, field = {"clients": ("orders", "client_id"), "products": ("order_lines", "product_id")}[entity]
    a.desk.do([Edit(entity, key, {"name": "Ромашка"}) for key in ("x", "y")], "Одно и то же")
    a.do(holder, "own", **{field: "y"})
    for laptop in (a, b):
        laptop.syncer.sync_once()
    unite(a.desk, Pair(entity, "x", "y", ""), "x", {})
    b.do(entity, "x", deleted=1)
    settled(a, b)
    for laptop in (a, b):
        assert laptop.desk.store.rows(f"SELECT id, deleted FROM {entity} ORDER BY id") == [
            {"id": "x", "deleted": 0},
            {"id": "y", "deleted": 1},
        ]
        assert laptop.desk.store.one(f"SELECT {field} FROM {holder}") == "x"
        (conflict,) = laptop.desk.store.conflicts()
        assert {(rival.author, rival.value) for rival in conflict.values} == {(a.desk.author, 0), (b.desk.author, 1)}
    b.do(entity, "x", deleted=chosen)
    settled(a, b)
    assert [laptop.desk.store.conflicts() for laptop in laptops] == [[], []]
    assert a.desk.store.one(f"SELECT deleted FROM {entity} WHERE id = 'x'") == chosen


def test_of_a_chain_of_merges_that_two_made_at_once_the_last_row_stays_with_all_orders(laptops: tuple[Laptop, Laptop]) -> None:
    a, b = laptops
    a.desk.do([Edit("clients", key, {"name": "Ромашка"}) for key in ("x", "y", "z")], "Клиенты")
    a.desk.do([Edit("orders", f"order-{key}", {"client_id": key}) for key in ("x", "y", "z")], "Заказы")
    for laptop in (a, b):
        laptop.syncer.sync_once()
    unite(a.desk, Pair("clients", "x", "y", ""), "x", {})
    unite(b.desk, Pair("clients", "x", "z", ""), "z", {})
    settled(a, b)
    for laptop in (a, b):
        assert clients_in(laptop) == [("x", 1, "z"), ("y", 1, "x"), ("z", 0, "")]
        assert set(clients_of(laptop).values()) == {"z"}
        assert laptop.desk.store.conflicts() == []


def test_a_chain_of_merges_does_not_end_in_a_row_about_which_two_disagree(laptops: tuple[Laptop, Laptop]) -> None:
    a, b = laptops
    a.desk.do([Edit("clients", key, {"name": "Ромашка"}) for key in ("x", "y", "z", "w")], "Клиенты")
    a.desk.do([Edit("orders", f"order-{key}", {"client_id": key}) for key in ("x", "y", "z")], "Заказы")
    for laptop in (a, b):
        laptop.syncer.sync_once()
    unite(a.desk, Pair("clients", "x", "y", ""), "x", {})
    a.do("clients", "z", deleted=1)
    unite(b.desk, Pair("clients", "x", "z", ""), "z", {})
    settled(a, b)
    assert [conflict.row for conflict in a.desk.store.conflicts()] == ["x", "z"]
    assert clients_of(a) == {"order-x": "z", "order-y": "x", "order-z": "z"}, "whoever is referred to is there"
    b.do("clients", "z", deleted=0)
    settled(a, b)
    for laptop in (a, b):
        assert [row[:2] for row in clients_in(laptop) if not row[1]] == [("w", 0), ("z", 0)]
        assert set(clients_of(laptop).values()) == {"z"}
        assert laptop.desk.store.conflicts() == []


def test_who_restores_a_record_by_hand_is_not_overruled_by_a_merge_that_had_not_seen_it(laptops: tuple[Laptop, Laptop]) -> None:
    a, b = laptops
    a.desk.do([Edit("clients", key, {"name": "Ромашка"}) for key in ("x", "y")], "Клиенты")
    for laptop in (a, b):
        laptop.syncer.sync_once()
    a.do("clients", "x", deleted=1)
    a.do("clients", "x", deleted=0)
    unite(b.desk, Pair("clients", "x", "y", ""), "y", {})
    settled(a, b)
    assert [conflict.row for conflict in a.desk.store.conflicts()] == ["x"]
    assert [row[:2] for row in clients_in(b)] == [("x", 0), ("y", 0)]


def issued(laptop: Laptop, row: str) -> str:
    """As a paper is, without printing it; its number."""
    now = as_of_now(laptop.desk, laptop.desk.store.row("documents", row) or {})
    kept = {name: now[name] for name in ("date", "client_id", "organization_id")}
    number = number_for(laptop.desk, now)
    laptop.desk.do([Edit("documents", row, {**kept, "number": number, "state": "issued", "facts": f"{{{number}}}"})], "Выставлен")
    return number


@pytest.mark.parametrize("later", ["the draft", "the paper"])
def test_of_a_draft_that_one_changes_while_another_issues_it_the_paper_can_be_put_right_again(
    laptops: tuple[Laptop, Laptop], serving: Serving, later: str
) -> None:
    a, b = laptops
    a.desk.do([Edit("organizations", "firm", {"name": "Мы"}), Edit("orders", "order", {"organization_id": "firm"})], "Заказ")
    row = draft(a.desk, "order", "invoice")
    for laptop in (a, b):
        laptop.syncer.sync_once()
    on_paper = a.desk.store.one("SELECT date FROM documents")

    def issue() -> None:
        a.desk.do([Edit("documents", row, {"number": "1", "date": on_paper, "state": "issued", "sha256": "f" * 64})], "Выставлен")

    for step in (issue, lambda: b.do("documents", row, date="2020-01-01")) if later == "the draft" else (
        lambda: b.do("documents", row, date="2020-01-01"), issue,
    ):  # fmt: skip
        step()
        serving.clock.pass_ms(1000)
    for laptop in (a, b, a):
        laptop.syncer.sync_once()
    assert a.desk.store.one("SELECT date FROM documents") == ("2020-01-01" if later == "the draft" else on_paper)
    if later == "the paper":
        with pytest.raises(Refused, match="менять его нельзя"):
            a.do("documents", row, date="2020-01-01")
    b.do("documents", row, date=on_paper)
    for laptop in (b, a):
        laptop.syncer.sync_once()
    for laptop in laptops:
        assert laptop.desk.store.rows("SELECT date, state FROM documents") == [{"date": on_paper, "state": "issued"}]
        assert laptop.desk.store.conflicts() == []
        with pytest.raises(Refused, match="менять его нельзя"):
            laptop.do("documents", row, date="2020-01-01")


def test_a_number_on_a_paper_is_never_given_again_though_a_colleague_has_issued_the_same_draft_at_once(
    laptops: tuple[Laptop, Laptop],
) -> None:
    a, b = laptops
    a.desk.do([Edit("organizations", "firm", {"name": "Мы"}), Edit("orders", "order", {"organization_id": "firm"})], "Заказ")
    row = draft(a.desk, "order", "invoice")
    for laptop in (a, b):
        laptop.syncer.sync_once()
    given = [issued(laptop, row) for laptop in laptops]
    for laptop in (a, b, a):
        laptop.syncer.sync_once()
    again = [issued(laptop, draft(laptop.desk, "order", "invoice")) for laptop in laptops]
    assert [number.partition("-")[2] for number in given + again] == ["1", "1", "2", "2"]
