"""After a hub was lost: what was seen is said by name, as little as the merge needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.change import Edit
from shared.store import naming
from shared.store.naming import Lost, Names
from tests.simulator.machines import NEW
from tests.support.office import Office, all_equal, is_open, rivals, value


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.close()


def lost(entity: str, row: str, *, deletes: bool = False, number: int = 0) -> Lost:
    return Lost(bytes([number]) * 16, entity, row, deletes)


LOST = [
    lost("orders", "o", number=0),
    lost("orders", "p", number=1),
    lost("orders", "p", deletes=True, number=2),
    lost("order_lines", "l", number=3),
    lost("clients", "c", deletes=True, number=4),
    lost("inventions", "i", deletes=True, number=5),
    lost("order_lines", "k", number=6),
]
OWNERS = {"l": {"o"}, "k": {"p"}, "m": {"p", "o"}}


@pytest.mark.parametrize(
    ("entity", "row", "deletes", "expected", "narrow"),
    [
        ("orders", "o", False, [0, 5], [0, 5]),
        ("orders", "o", True, [0, 3, 5, 6], [0, 3, 5]),
        ("orders", "p", True, [1, 2, 3, 5, 6], [1, 2, 5, 6]),
        ("order_lines", "m", False, [2, 5], [2, 5]),
        ("order_lines", "l", False, [2, 3, 5], [3, 5]),
        ("order_lines", "k", False, [2, 5, 6], [2, 5, 6]),
        ("clients", "c", True, [4, 5], [4, 5]),
        ("inventions", "j", False, [2, 4, 5], [2, 4, 5]),
        ("inventions", "j", True, [0, 1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_a_change_names_its_row_its_parents_deletions_and_what_it_deletes(
    entity: str, row: str, deletes: bool, expected: list[int], narrow: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for most, indexes in ((naming.MOST_NAMED, expected), (0, narrow)):
        monkeypatch.setattr(naming, "MOST_NAMED", most)
        found = Names(NEW, LOST, lambda: OWNERS).of(entity, row, deletes=deletes, first=len(LOST))
        assert found == b"".join(LOST[index].id for index in indexes)


def test_only_what_was_read_is_named() -> None:
    names = Names(NEW, LOST, lambda: OWNERS)
    assert names.of("orders", "p", deletes=False, first=2) == LOST[1].id
    assert names.of("orders", "p", deletes=False, first=1) == b""


def test_what_is_named_grows_with_the_changes_and_not_with_their_square(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop()
    for number in range(60):
        office.put((anna, boris)[number % 2], f"o{number % 20}", subject=str(number))
        office.sync(anna, boris)
    office.sync(anna)
    office.lose_the_hub()
    office.sync_all()
    assert all_equal(office)
    assert 0 < office.hub.store.one("SELECT sum(length(also)) FROM log") <= 60 * 3 * 16


def test_when_there_are_too_many_deletions_they_are_named_by_the_lines_of_their_own_orders(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(naming, "MOST_NAMED", 0)
    anna = office.laptop()
    for number in range(20):
        office.put(anna, f"o{number}", subject="x")
        office.sync(anna)
        anna.desk.do([Edit("order_lines", f"l{number}", {"order_id": f"o{number}", "price": 1})], "Строка")
        office.sync(anna)
    for number in range(10):
        office.put(anna, f"o{number}", deleted=1)
        office.sync(anna)
    for number in range(20):
        anna.desk.do([Edit("order_lines", f"l{number}", {"price": 2})], "Цена")
        office.sync(anna)
    office.lose_the_hub()
    office.sync_all()
    assert all_equal(office)
    assert office.hub.store.one("SELECT count(*) FROM orders WHERE deleted = 1") == 10
    sizes = dict(office.hub.store.db.execute("SELECT entity, max(length(also)) / 16 FROM log GROUP BY entity"))
    assert sizes["order_lines"] == 2, "the line itself, and what deleted its order"
    assert sizes["orders"] == 2, "the order itself and its line"


def test_a_form_that_was_open_while_the_hub_was_lost_names_its_own_row(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop()
    for number in range(10):
        office.put(boris, f"o{number}", subject="old")
    office.sync(boris, anna)
    view = anna.desk.view()
    office.lose_the_hub()
    office.sync(anna)
    office.put(anna, "o3", view, subject="new")
    assert anna.store.one("SELECT length(also) FROM log ORDER BY seq DESC LIMIT 1") == 16
    office.sync_all()
    assert (value(boris, "o3"), rivals(boris, "o3")) == ("new", [])


def test_a_deletion_still_knows_of_the_lines_after_the_hub_was_lost(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop()
    office.put(boris, "o", subject="x")
    office.put(boris, "l", entity="order_lines", name="line", order_id="o")
    office.sync(boris, anna)
    office.put(anna, "o", deleted=1)
    office.sync(anna, boris)
    office.lose_the_hub()
    office.sync_all()
    assert all_equal(office)
    assert (value(boris, "o", "deleted"), is_open(boris, "o", "deleted")) == (1, False)


def test_a_line_written_into_a_deleted_order_does_not_revive_it_after_the_hub_was_lost(office: Office) -> None:
    anna, boris = office.laptop(), office.laptop()
    office.put(boris, "o", subject="x")
    office.put(boris, "o", deleted=1)
    office.sync(boris, anna)
    office.put(anna, "l", entity="order_lines", name="line", order_id="o")
    office.sync(anna, boris)
    office.lose_the_hub()
    office.sync_all()
    assert (value(boris, "o", "deleted"), is_open(boris, "o", "deleted")) == (1, False)
