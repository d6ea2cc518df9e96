"""One number on two orders or documents is found, and no longer once it is mended; an issued document keeps its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_app import numbers
from local_app.desk import Desk
from local_app.documents.issuing import draft, number_for, today
from local_app.pages.order_acts import born, renumbered
from local_app.repeats import look
from local_app.widgets import query
from local_app.widgets.columns import register_of
from shared.change import Edit, Refused
from shared.entity import Value
from shared.rules.numbering import next_number
from tests.support.laptops import new_desk
from tests.support.office import Office

TYPED = ("АА-9", "АА-0012", "АА-13а", "АА-1234567890", "ББ-99", "АА-12/2", "АА-", "7", "0031", "30", "сто", "", "АА--5", "40 ", "²")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = new_desk(tmp_path / "laptop")
    with desk.store.transaction():
        desk.store.log.set_state(prefix="АА")
    yield desk
    desk.close()


def order(desk: Desk, row: str, number: str, date: str = "2026-02-03", firm: str = "") -> None:
    desk.do([Edit("orders", row, {"number": number, "date": date, "organization_id": firm or None})], "Заказ")


def found(desk: Desk, name: str = "orders") -> list[str]:
    """As the register with its filter shows them."""
    register = register_of(name)
    rows = desk.store.rows(*query.page_ids(register, {"same": "1"}, query.Window()))
    assert len(rows) == numbers.how_many(desk.store, name)
    return sorted(next(iter(row.values())) for row in rows)


def test_orders_of_one_firm_and_year_that_bear_one_number_are_found_and_mended_in_one_act(desk: Desk) -> None:
    for row, number, date, firm in (
        ("o", "АА-7", "2026-02-03", ""), ("p", "АА-7", "2026-05-06", ""), ("year", "АА-7", "2025-05-06", ""),
        ("firm", "АА-7", "2026-05-06", "other"), ("none", "", "2026-05-06", ""), ("blank", "", "2026-05-06", ""),
    ):  # fmt: skip
        order(desk, row, number, date, firm)
    look(desk.folder)
    assert found(desk) == ["o", "p"]
    desk.do(renumbered(desk, desk.store.row("orders", "p") or {}), "Номер")
    assert (desk.store.one("SELECT number FROM orders WHERE id = 'p'"), found(desk)) == ("АА-8", [])
    desk.undo()
    assert found(desk) == ["o", "p"]
    desk.do([Edit("orders", "o", {"deleted": 1})], "Удалён")
    assert found(desk) == []


def test_a_document_that_was_cancelled_leaves_its_number_to_another(desk: Desk) -> None:
    paper = {"number": "АА-1", "date": "2026-02-03", "document_type": "invoice", "state": "draft"}
    desk.do(
        [Edit("documents", row, paper) for row in ("d", "e")] + [Edit("documents", "act", {**paper, "document_type": "act"})], "Документы"
    )
    look(desk.folder)
    assert found(desk, "documents") == ["d", "e"]
    desk.do([Edit("documents", "e", {"state": "cancelled"})], "Аннулирован")
    assert found(desk, "documents") == []


def test_a_laptop_put_back_to_a_backup_that_gives_a_number_again_has_both_orders_named(tmp_path: Path) -> None:
    office = Office(tmp_path)
    anna = office.laptop()
    restored = office.copy(anna)
    office.put(anna, "lost", number="0-1", date="2026-02-03")
    office.sync(anna)
    office.put(restored, "again", number="0-1", date="2026-02-04")
    office.sync(restored)
    numbers.refresh(restored.store)
    assert numbers.how_many(restored.store, "orders") == 2
    office.close()


def test_a_draft_that_is_issued_just_before_an_edit_of_it_is_written_stays(desk: Desk) -> None:
    order(desk, "order", "АА-1")
    made, other = draft(desk, "order", "invoice"), Desk.open(desk.folder)

    def just_before_writing(statement: str) -> None:
        if statement == "BEGIN IMMEDIATE":
            desk.store.db.set_trace_callback(None)
            other.do([Edit("documents", made, {"number": "5", "state": "issued"})], "Выставлен")

    desk.store.db.set_trace_callback(just_before_writing)
    with pytest.raises(Refused, match="менять его нельзя"):
        desk.do([Edit("documents", made, {"number": "99"})], "Номер руками")
    assert desk.store.one("SELECT number FROM documents WHERE id = ?", (made,)) == "5"
    other.close()


@pytest.mark.parametrize("prefix", ["АА", ""])
def test_the_next_number_of_a_paper_is_found_by_an_index_among_whatever_was_typed(desk: Desk, prefix: str) -> None:
    paper: dict[str, Value] = {"date": "2026-02-03", "document_type": "invoice", "organization_id": "firm"}
    others: tuple[dict[str, Value], ...] = ({"date": "2025-12-31"}, {"document_type": "act"}, {"organization_id": None})
    edits = [Edit("documents", f"d{at}", {**paper, "number": number}) for at, number in enumerate(TYPED)]
    edits += [Edit("documents", f"other{at}", {**paper, "number": f"АА-{at + 50}", **other}) for at, other in enumerate(others)]
    with desk.store.transaction():
        desk.store.log.set_state(prefix=prefix)
    desk.do([*edits, Edit("documents", "d1", {"deleted": 1})], "Документы")
    assert number_for(desk, paper) == next_number(prefix, TYPED) == {"АА": "АА-13", "": "32"}[prefix]
    assert found_by_an_index(desk, "documents", "firm", "invoice")


@pytest.mark.parametrize("prefix", ["АА", ""])
def test_the_next_number_of_an_order_is_found_by_an_index_among_whatever_was_typed(desk: Desk, prefix: str) -> None:
    now = today(desk).year
    typed: list[dict[str, Value]] = [{"number": number} for number in TYPED]
    rows: tuple[dict[str, Value], ...] = (
        *typed, {"number": "АА-80", "date": f"{now - 1}-12-31"},
        {"number": "АА-81", "organization_id": "b"}, {"number": "АА-82", "date": None}, {"number": "АА-83", "organization_id": None},
    )  # fmt: skip
    usual: dict[str, Value] = {"date": f"{now}-01-01", "organization_id": "firm"}
    with desk.store.transaction():
        desk.store.log.set_state(prefix=prefix)
    desk.do([Edit("orders", f"o{at}", {**usual, **row}) for at, row in enumerate(rows)] + [Edit("orders", "o1", {"deleted": 1})], "Заказы")
    assert born(desk, "firm", f"{now}-06-01").number == next_number(prefix, TYPED) == {"АА": "АА-13", "": "32"}[prefix]
    assert found_by_an_index(desk, "orders", "firm")


def found_by_an_index(desk: Desk, name: str, *within: str) -> bool:
    plan = desk.store.rows(f"EXPLAIN QUERY PLAN {numbers.given_sql(name)}", (*within, "2026", 3, "АА-"))
    return any(f"{name}_numbered" in step["detail"] and "number>?" in step["detail"] for step in plan)
