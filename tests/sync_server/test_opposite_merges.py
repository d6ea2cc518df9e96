"""Two laptops merge one pair, each the other way round, and both take it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from local_app.repeats import Pair, look_through, unite
from shared.change import Edit
from tests.sync_server.conftest import Serving
from tests.sync_server.test_pairs import clients_of
from tests.sync_server.test_two_laptops import Laptop


@pytest.fixture
def laptops(serving: Serving, tmp_path: Path) -> Iterator[tuple[Laptop, Laptop]]:
    with ExitStack() as opened:
        both = Laptop(tmp_path / "a", serving, "maria"), Laptop(tmp_path / "b", serving, "boris")
        for laptop in both:
            opened.enter_context(closing(laptop.desk))
        yield both


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("chosen", [{}, {"city": "Омск"}], ids=["bare", "with a chosen value"])
def test_two_who_have_merged_the_same_pair_in_opposite_directions_and_both_undo_it_have_both_with_their_orders(
    laptops: tuple[Laptop, Laptop], first: int, chosen: dict[str, str]
) -> None:
    a, b = laptops
    a.desk.do([Edit("clients", key, {"name": "Ромашка"}) for key in ("x", "y")], "Клиенты")
    a.desk.do([Edit("orders", f"of-{key}", {"client_id": key}) for key in ("x", "y")], "Заказы")
    before = clients_of(a)
    rounds = (a, b, a, b)
    for laptop in (a, b):
        laptop.syncer.sync_once()
    unite(a.desk, Pair("clients", "x", "y", ""), "x", chosen)
    unite(b.desk, Pair("clients", "x", "y", ""), "y", chosen)
    for laptop in rounds:
        laptop.syncer.sync_once()
    for laptop in (laptops[first], laptops[1 - first]):
        laptop.desk.undo()
        for each in rounds:
            each.syncer.sync_once()
    assert (clients_of(a), clients_of(b)) == (before, before)
    assert a.desk.store.rows("SELECT id FROM clients WHERE deleted = 0 AND merged_into = '' ORDER BY id") == [{"id": "x"}, {"id": "y"}]


@pytest.mark.parametrize("first", [0, 1])
def test_orders_follow_a_merge_though_another_one_of_the_same_two_was_half_taken_back(laptops: tuple[Laptop, Laptop], first: int) -> None:
    a, b = laptops
    a.desk.do([Edit("clients", key, {"name": "Ромашка"}) for key in ("x", "y")], "Клиенты")
    for laptop in laptops:
        laptop.syncer.sync_once()
    unite(a.desk, Pair("clients", "x", "y", ""), "x", {})
    b.desk.do([Edit("clients", "y", {"phone": "+7 916 123-45-67"})], "Клиент")
    for laptop in (b, a):
        laptop.syncer.sync_once()
    assert [each.field for each in a.desk.store.conflicts("y")] == ["deleted"]
    a.desk.undo()  # what is doubted stays, the mark of the merge goes
    a.desk.do([Edit("orders", "of-y", {"client_id": "y"})], "Заказ")
    unite(b.desk, Pair("clients", "x", "y", ""), "x", {})
    for laptop in (laptops[first], laptops[1 - first]) * 2:
        laptop.syncer.sync_once()
        look_through(laptop.desk)
    assert [laptop.desk.store.one("SELECT deleted FROM clients WHERE id = 'y'") for laptop in laptops] == [1, 1]
    assert [laptop.desk.store.one("SELECT client_id FROM orders") for laptop in laptops] == ["x", "x"]
