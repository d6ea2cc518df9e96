"""What is meant by a few letters stands first: the order of that very number, the name in which a word begins so."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from local_app.desk import Desk
from local_app.ordering.rows import search_products
from local_app.widgets import listing, query
from local_app.widgets.columns import register_of
from shared.change import Edit
from shared.entities import ENTITIES
from shared.entity import MICRO
from shared.formats import SPACE as NBSP


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


def test_a_number_in_latin_letters_names_the_order_that_looks_the_same(tmp_path: Path) -> None:
    with closing(Desk.open(tmp_path, create=True)) as desk:
        orders = [Edit("orders", f"o{n}", {"number": number, "date": "2026-01-01"}) for n, number in enumerate(("АА-1", "BC-7", "ВС-7"))]
        desk.do([*orders, Edit("clients", "aachen", {"name": "Aachen 1"})], "Заказы")

        def named(text: str) -> list[str]:
            return [hit["title"].partition(" от")[0] for hit in listing.hits(desk.store, text)]

        assert named("AA-1") == ["№ АА-1", "Aachen 1"]  # both letters Latin here, as a bank prints them
        assert named("BC-7") == ["№ BC-7"]
        assert named("Aachen") == ["Aachen 1"]


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


def test_an_order_to_choose_is_told_with_its_client_the_latest_first_and_those_of_one_client_alone(tmp_path: Path) -> None:
    with closing(Desk.open(tmp_path, create=True)) as desk:
        clients = [Edit("clients", name, {"name": f"ООО «{name}»"}) for name in ("alfa", "beta")]
        made = [
            Edit("orders", f"o{n}", {"number": str(n), "date": f"2026-0{10 - n}-01", "client_id": ("alfa", "beta")[n % 2]})
            for n in range(1, 5)
        ]
        desk.do([*clients, *made, Edit("orders", "gone", {"number": "9", "date": "2026-12-01", "deleted": 1})], "Заказы")
        orders = ENTITIES["orders"]
        assert listing.choices_of(desk.store, orders, "", {})[0] == {"id": "o1", "title": "№ 1 от 01.09.2026", "note": "ООО «beta»"}
        assert [each["id"] for each in listing.choices_of(desk.store, orders, "", {})] == ["o1", "o2", "o3", "o4"]
        assert [each["id"] for each in listing.choices_of(desk.store, orders, "", {"client_id": "alfa"})] == ["o2", "o4"]
        assert [each["id"] for each in listing.choices_of(desk.store, orders, "4", {"client_id": "alfa"})] == ["o4"]
        assert listing.choices_of(desk.store, orders, "1", {"client_id": "alfa"}) == []


def test_an_order_is_found_by_what_it_comes_to_and_by_what_is_left_to_be_paid(tmp_path: Path) -> None:
    with closing(Desk.open(tmp_path, create=True)) as desk:
        for number, (roubles, paid) in enumerate(((59_558, 30_000), (59_558_00, 0), (29_558, 0), (7, 0)), 1):
            line = Edit("order_lines", f"l{number}", {"order_id": f"o{number}", "price": roubles * MICRO, "vat_mode": "none"})
            order = Edit("orders", f"o{number}", {"number": f"А-{number}", "date": f"2026-01-0{number}"})
            desk.do([order, line, Edit("payments", f"p{number}", {"order_id": f"o{number}", "amount": paid * 100})], "Заказ")

        def found(text: str) -> list[str]:
            return [hit["href"].rpartition("/")[2] for hit in listing.hits(desk.store, text)]

        def listed(text: str) -> list[str]:
            rows = listing.answered(desk.store, register_of("orders"), {"q": text})["rows"]
            return [row["id"] for row in rows]

        for text in ("59558", "59 558", "59558,00", f"59{NBSP}558,00{NBSP}₽", "59558 руб."):
            assert found(text) == listed(text) == ["o1"]
        assert found("29558") == listed("29558") == ["o3", "o1"]
        assert found("59558,50") == listed("59558,50") == found("9" * 40) == []
        assert listing.hits(desk.store, "29 558")[0]["note"] == f"29{NBSP}558,00{NBSP}₽"


def test_an_issued_paper_is_found_by_its_number_and_in_its_register_by_the_client(tmp_path: Path) -> None:
    with closing(Desk.open(tmp_path, create=True)) as desk:
        desk.do([Edit("clients", "c", {"name": "ООО «Ромашка»"}), Edit("orders", "o", {"number": "5", "client_id": "c"})], "Заказ")
        papers = (("d1", "АА-12", "issued"), ("d2", "АА-120", "issued"), ("d3", "АА-129", "cancelled"), ("d4", "", "draft"))
        desk.do([
            Edit("documents", key, {"order_id": "o", "client_id": "c", "number": number, "date": f"2026-02-0{day}", "state": state})
            for day, (key, number, state) in enumerate(papers, 1)
        ], "Документы")  # fmt: skip
        found = listing.hits(desk.store, "аа-12")
        assert [(hit["title"], hit["note"]) for hit in found] == [
            ("Счёт на оплату № АА-12 от 01.02.2026", "ООО «Ромашка»"),
            ("Счёт на оплату № АА-129 от 03.02.2026", "ООО «Ромашка» · аннулирован"),
            ("Счёт на оплату № АА-120 от 02.02.2026", "ООО «Ромашка»"),
        ]
        assert {hit["href"] for hit in found} == {"/orders/o?section=documents"}
        assert len(listing.answered(desk.store, register_of("documents"), {"q": "ромаш"})["rows"]) == len(papers)
        desk.do([Edit("orders", "o", {"deleted": 1})], "Удалён")
        assert listing.hits(desk.store, "АА-12") == []


def test_what_was_typed_in_the_other_layout_is_found(tmp_path: Path) -> None:
    with closing(Desk.open(tmp_path, create=True)) as desk:
        desk.do([
            Edit("clients", "c", {"name": "ООО «Стройгарант»"}), Edit("products", "p", {"name": "Bosch GSR 120"}),
            Edit("products", "q", {"name": "Жёсткая щётка"}),
        ], "Имена")  # fmt: skip
        assert [hit["title"] for hit in listing.hits(desk.store, "cnhjqufhfyn")] == ["ООО «Стройгарант»"]
        assert [hit["title"] for hit in listing.hits(desk.store, "ищыср")] == ["Bosch GSR 120"]
        assert [each["id"] for each in listing.choices_of(desk.store, ENTITIES["clients"], "Cnhjq", {})] == ["c"]
        assert [row["id"] for row in search_products(desk.store, ":`cnrfz")] == ["q"]
        assert listing.hits(desk.store, "нет такого") == []


def test_a_filter_offers_who_has_been_dismissed_and_a_form_does_not(tmp_path: Path) -> None:
    with closing(Desk.open(tmp_path, create=True)) as desk:
        desk.do([Edit("employees", "nancy", {"name": "Нестерова", "dismissed": 1})], "Уволена")
        offered = [listing.choices_of(desk.store, ENTITIES["employees"], "нестер", narrowed) for narrowed in ({}, {"retired": "1"})]
        assert [[each["id"] for each in some] for some in offered] == [[], ["nancy"]]
