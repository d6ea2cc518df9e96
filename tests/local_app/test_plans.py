"""How much is read for a list and for a number: by SQLite's own plan, never by the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local_app.desk import Desk
from local_app.documents.issuing import number_for, number_warning
from local_app.pages import order_acts
from local_app.widgets import listing
from local_app.widgets.columns import register_of
from shared.change import Edit
from shared.entity import Value


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = Desk.open(tmp_path, create=True)
    yield found
    found.close()


def steps(desk: Desk, work: Callable[[], object]) -> list[str]:
    """The plans of all that `work` asks the store."""
    asked: list[str] = []
    desk.store.db.set_trace_callback(asked.append)
    work()
    desk.store.db.set_trace_callback(None)
    selects = [sql for sql in asked if sql.startswith(("SELECT", "WITH"))]
    assert selects
    return [row["detail"] for sql in selects for row in desk.store.rows(f"EXPLAIN QUERY PLAN {sql}")]


@pytest.mark.parametrize("text", ["ремонт", "12345", "1 234,50"])
@pytest.mark.parametrize("counted", [{}, {"count": "1", "segments": "status_id"}])
def test_a_search_of_orders_looks_only_at_what_it_found(desk: Desk, text: str, counted: dict[str, str]) -> None:
    found = steps(desk, lambda: listing.answered(desk.store, register_of("orders"), {"q": text, **counted}))
    assert not [step for step in found if step.startswith("SCAN t")]


@pytest.mark.parametrize(
    "asked",
    [{}, {"q": "ИА-7"}, {"state": "issued"}, {"from": "2026-01-01"}, {"count": "1", "segments": "state"}, {"count": "1", "q": "ромашка"}],
)
def test_papers_are_listed_and_counted_without_reading_what_stands_in_them(desk: Desk, asked: dict[str, str]) -> None:
    found = steps(desk, lambda: listing.answered(desk.store, register_of("documents"), asked))
    through = [step for step in found if step.split()[:2] in (["SCAN", "t"], ["SEARCH", "t"]) and "rowid" not in step]
    assert through
    assert all("COVERING INDEX documents_covered" in step for step in through)


def test_the_search_everywhere_does_not_read_papers_either(desk: Desk) -> None:
    assert "SCAN t USING COVERING INDEX documents_covered" in steps(desk, lambda: listing.documents_hit(desk.store, "77"))


def test_the_number_of_a_paper_is_looked_for_in_its_year(desk: Desk) -> None:
    paper = {"id": "d", "number": "ИА-7", "date": "2026-03-12", "document_type": "invoice", "organization_id": "firm"}
    found = [*steps(desk, lambda: number_for(desk, paper)), *steps(desk, lambda: number_warning(desk.store, paper))]
    read = [step for step in found if step.split()[1] in ("documents", "d")]
    assert len(read) == 3  # the laptop's own, colleagues', the same number once more
    assert all("documents_numbered (organization_id=? AND document_type=? AND <expr>=?" in step for step in read)
    assert any("<expr>=? AND <expr>=? AND number=?" in step for step in read)


def test_an_order_with_the_same_number_is_looked_for_among_those_of_its_length(desk: Desk) -> None:
    desk.do([Edit("orders", "o", {"number": "7"})], "Заказ")
    (step,) = [step for step in steps(desk, lambda: order_acts.number_warning(desk.store, "o", "7")) if "orders_numbered" in step]
    assert "organization_id=? AND <expr>=? AND <expr>=? AND number=?" in step


@pytest.mark.parametrize("name", ["payments", "order_lines", "documents", "interactions", "custom_values"])
@pytest.mark.parametrize("counted", [{}, {"count": "1"}])
def test_what_a_deleted_row_hides_is_found_once_not_for_each_row(desk: Desk, name: str, counted: dict[str, str]) -> None:
    found = steps(desk, lambda: listing.answered(desk.store, register_of(name), counted))
    assert [step for step in found if "LIST SUBQUERY" in step and "CORRELATED" not in step]
    assert not [step for step in found if " p0 " in step]


def test_a_list_hides_what_belongs_to_a_deleted_row_or_to_a_row_of_it(desk: Desk) -> None:
    def rows(name: str, *some: tuple[str, dict[str, Value]]) -> list[Edit]:
        return [Edit(name, key, patch) for key, patch in some]

    desk.do(
        [
            *rows("orders", ("o1", {}), ("o2", {})),
            *rows("order_lines", ("l1", {"order_id": "o1"}), ("l2", {"order_id": "o2"}), ("l3", {"order_id": "o2"})),
            *rows("payments", ("p1", {"order_id": "o1"}), ("p2", {"order_id": "o2"}), ("p3", {}), ("p4", {"order_id": "elsewhere"})),
            *rows("custom_values", ("v1", {"line_id": "l1"}), ("v2", {"line_id": "l2"}), ("v3", {"line_id": "l3"}), ("v4", {})),
        ],
        "Пример",
    )

    def listed(name: str) -> set[str]:
        return {row["id"] for row in listing.answered(desk.store, register_of(name), {})["rows"]}

    desk.do([Edit("orders", "o1", {"deleted": 1}), Edit("order_lines", "l3", {"deleted": 1})], "Удалены")
    assert (listed("payments"), listed("order_lines"), listed("custom_values")) == ({"p2", "p3", "p4"}, {"l2"}, {"v2", "v4"})
    desk.do([Edit("orders", "o1", {"deleted": 0}), Edit("order_lines", "l3", {"deleted": 0})], "Восстановлены")
    assert listed("payments") == {"p1", "p2", "p3", "p4"}
    assert listed("custom_values") == {"v1", "v2", "v3", "v4"}
