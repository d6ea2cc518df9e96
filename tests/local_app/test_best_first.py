"""What is meant by a few letters stands first: the order of that very number, the name in which a word begins so."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from local_app.desk import Desk
from local_app.widgets import listing, query
from shared.change import Edit
from shared.entities import ENTITIES


def test_a_word_that_begins_so_is_chosen_before_one_that_only_holds_it(tmp_path: Path) -> None:
    with closing(Desk.open(tmp_path, create=True)) as desk:
        kinds = [Edit("interaction_kinds", f"k{n}", {"name": name}) for n, name in enumerate(("Видеозвонок", "Звонок"))]
        desk.do([*kinds, *(Edit("clients", f"c{n}", {"name": name}) for n, name in enumerate(("АО «Агропром»", "ООО «Ромашка»")))], "Имена")
        assert [each["title"] for each in listing.choices_of(desk.store, ENTITIES["interaction_kinds"], "звон", {})] == [
            "Звонок",
            "Видеозвонок",
        ]
        assert [each["title"] for each in listing.choices_of(desk.store, ENTITIES["clients"], "ром", {})] == [
            "ООО «Ромашка»",
            "АО «Агропром»",
        ]
        assert [hit["title"] for hit in listing.hits(desk.store, "Ром")] == ["ООО «Ромашка»", "АО «Агропром»"]


def test_the_order_of_the_typed_number_stands_before_newer_ones_that_hold_its_digits(tmp_path: Path) -> None:
    with closing(Desk.open(tmp_path, create=True)) as desk:
        numbers = ["12", *map(str, range(120, 130))]
        desk.do([Edit("orders", f"o{n}", {"number": n, "date": f"2026-01-{day:02}"}) for day, n in enumerate(numbers, 1)], "Заказы")
        desk.do([Edit("orders", "o12", {"subject": "Кабель"}), Edit("orders", "odd", {"number": "12", "deleted": 1})], "Тема")
        found = [hit["title"] for hit in listing.hits(desk.store, "№ 12")]
        assert found == ["№ 12 от 01.01.2026", *(f"№ {129 - back} от {11 - back:02}.01.2026" for back in range(5))]
        assert listing.choices_of(desk.store, ENTITIES["orders"], "12", {})[0]["id"] == "o12"
        assert len(listing.choices_of(desk.store, ENTITIES["orders"], "12", {})) == len(numbers)


def test_what_only_begins_many_numbers_is_no_number_and_does_not_read_them_all(tmp_path: Path) -> None:
    with closing(Desk.open(tmp_path, create=True)) as desk:
        orders = [Edit("orders", f"o{n:03}", {"number": f"А-{n}", "date": f"{2200 - n}-01-01"}) for n in range(150)]
        desk.do([*orders, Edit("orders", "newest", {"number": "Б-7 а", "date": "2300-01-01"})], "Заказы")
        assert listing.hits(desk.store, "А")[0]["href"].endswith("newest")
        numbered = query.numbered("А")
        assert len(desk.store.rows(f"SELECT t.id FROM orders t WHERE {numbered.text}", numbered.params)) == query.MOST_NUMBERED


def test_choices_among_orders_are_taken_as_they_come_in_the_index_and_not_sorted(tmp_path: Path) -> None:
    with closing(Desk.open(tmp_path, create=True)) as desk:
        desk.do([Edit("orders", "o1", {"number": "1", "subject": "Тема"})], "Заказ")
        asked: list[str] = []
        desk.store.db.set_trace_callback(asked.append)
        assert [each["id"] for each in listing.choices_of(desk.store, ENTITIES["orders"], "тема", {})] == ["o1"]
        desk.store.db.set_trace_callback(None)
        plan = [row["detail"] for row in desk.store.rows(f"EXPLAIN QUERY PLAN {asked[-1]}")]
        assert not [step for step in plan if "ORDER BY" in step]
