"""What registers ask of the store: every filter, order and total, on a real store with rows a person can count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from local_app.desk import Desk
from local_app.exports.entities import entity_table
from local_app.widgets import listing, query
from local_app.widgets.columns import Register, register_of, shelf
from local_app.widgets.exporting import write
from local_app.widgets.filterbar import readable
from local_app.widgets.longwork import Work
from local_app.widgets.query import Window
from shared.change import Edit
from shared.entities import ENTITIES
from shared.entity import MICRO, Kind, Value
from shared.store import Store

CLIENTS = {"c1": "ООО «Ромашка»", "c2": "ИП Ёлкин", "c3": "АО «Ромашковый луг»"}
ORDERS = (
    # number, date, client, status, roubles, paid
    ("1", "2026-01-10", "c1", "s1", 100, 0),
    ("2", "2026-01-20", "c2", "s1", 200, 200),
    ("3", "2026-02-05", "c1", "s2", 300, 100),
    ("4", "2026-02-05", "c3", "s2", 400, 500),
    ("5", None, None, None, 0, 0),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    desk = Desk.open(tmp_path_factory.mktemp("desk"), create=True, clock=lambda: 1_770_000_000_000)
    edits = [Edit("clients", key, {"name": name}) for key, name in CLIENTS.items()]
    edits += [Edit("statuses", "s1", {"name": "Новый", "color": "blue"}), Edit("statuses", "s2", {"name": "Готов", "color": "green"})]
    edits += [Edit("employees", "e1", {"name": "Иванова Мария"}), Edit("units", "u1", {"name": "шт"}), Edit("units", "u2", {"name": "кг"})]
    for order in ORDERS:
        edits += order_edits(*order)
    edits += [Edit("orders", "o6", {"number": "6", "deleted": 1}), Edit("units", "u2", {"deleted": 1})]
    desk.do(edits, "Пример")
    yield desk.store
    desk.close()


def order_edits(number: str, date: str | None, client: str | None, status: str | None, roubles: int, paid: int) -> Iterator[Edit]:
    key = f"o{number}"
    references: dict[str, Value] = {"client_id": client, "status_id": status, "manager_id": "e1"}
    yield Edit("orders", key, {"number": number, "date": date, "subject": f"Тема {number}", "vat_mode": "none", **references})
    if roubles:
        line: dict[str, Value] = {"order_id": key, "quantity": MICRO, "price": roubles * MICRO, "vat_mode": "none"}
        yield Edit("order_lines", f"l{number}", line)
    if paid:
        yield Edit("payments", f"p{number}", {"order_id": key, "date": "2026-03-01", "amount": paid * 100})


@pytest.fixture(scope="module")
def orders() -> Register:
    return register_of("orders")


FIRST = Window()


def found(store: Store, register: Register, filters: dict[str, str], window: Window = FIRST) -> list[str]:
    """The ids of one page, without their letters."""
    return [str(row[register.key])[1:] for row in store.rows(*query.page_ids(register, filters, window))]


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({}, "43215"),
        ({"status_id": "s1"}, "21"),
        ({"status_id": "none"}, "5"),
        ({"client_id": "c1", "status_id": "s2"}, "3"),
        ({"from": "2026-01-15", "to": "2026-02-05"}, "432"),
        ({"from": "2026-02-06"}, ""),
        ({"debt": "1"}, "31"),
        ({"q": "РОМАШК"}, "431"),
        ({"q": "елкин"}, "2"),
        ({"q": "тема 3"}, "3"),
        ({"q": "ромашка", "status_id": "s1"}, "1"),
        ({"q": "ромашка", "many": "1"}, "31"),
        ({"q": "3", "many": "1"}, "3"),
        ({"q": "нет такого"}, ""),
        ({"manager_id": "e1", "subject": "Тема 2"}, "2"),
        ({"unknown": "x", "tab": "documents"}, "43215"),
        ({"status_id": "' OR 1=1 --"}, ""),
        ({"q": "%"}, "43215"),
    ],
)
def test_a_filter_leaves_exactly_these_orders(store: Store, orders: Register, filters: dict[str, str], numbers: str) -> None:
    assert "".join(found(store, orders, filters)) == numbers


@pytest.mark.parametrize(
    ("sort", "numbers"),
    [
        ("", "43215"), ("date asc", "51234"), ("number desc", "54321"), ("total asc", "51234"), ("debt desc", "31524"),
        ("client_id asc", "54213"), ("subject desc", "54321"), ("nothing asc", "43215"), ("total; DROP TABLE log", "43215"),
    ],
)  # fmt: skip
def test_rows_stand_in_the_order_that_was_asked_for(store: Store, orders: Register, sort: str, numbers: str) -> None:
    assert "".join(found(store, orders, {}, Window(sort=sort))) == numbers


@pytest.mark.parametrize("sort", ["", "date asc", "total desc", "status_id asc", "client_id desc"])
def test_pages_together_hold_every_row_once(store: Store, orders: Register, sort: str) -> None:
    together = [key for start in (0, 2, 4, 6) for key in found(store, orders, {}, Window(start, 2, sort))]
    assert sorted(together) == list("12345")
    assert together == found(store, orders, {}, Window(0, 10, sort))


def test_totals_are_of_the_whole_filter(store: Store, orders: Register) -> None:
    totals = store.rows(*query.totals(orders, {"status_id": "s2"}))
    assert totals == [{"count": 2, "total": 70_000, "paid": 60_000, "debt": 20_000, "overpaid": 10_000}]


def test_the_numbers_on_the_segments_keep_the_other_filters(store: Store, orders: Register) -> None:
    rows = store.rows(*query.counts(orders, {"status_id": "s1", "q": "ромашка"}, "status_id"))
    assert {row["value"]: row["count"] for row in rows} == {"s1": 1, "s2": 1}


def test_a_page_shows_texts_a_person_reads(store: Store, orders: Register) -> None:
    row = next(row for row in listing.answered(store, orders, {})["rows"] if row["number"] == "3")
    shown = {name: row[name] for name in ("date", "client_id", "status_id", "status_id_hue", "manager_id", "total", "debt", "client_key")}
    assert shown == {
        "date": "05.02.2026", "client_id": "ООО «Ромашка»", "status_id": "Готов", "status_id_hue": "green", "manager_id": "Иванова Мария",
        "total": "300,00\N{NO-BREAK SPACE}₽", "debt": "200,00\N{NO-BREAK SPACE}₽", "client_key": "c1",
    }  # fmt: skip


def test_zero_is_a_dash_and_an_overpayment_is_negative(store: Store, orders: Register) -> None:
    rows = {row["number"]: row for row in listing.answered(store, orders, {})["rows"]}
    assert rows["2"]["debt"] == "—"
    assert rows["4"]["debt"] == "\N{MINUS SIGN}100,00\N{NO-BREAK SPACE}₽"


def test_deleted_rows_are_only_in_the_trash(store: Store) -> None:
    units = register_of("units")
    assert found(store, units, {}) == ["1"]
    assert found(store, units, {"deleted": "1"}) == ["2"]


@pytest.mark.parametrize(("name", "wide"), [("clients", ["name"]), ("units", ["name"]), ("vat_regimes", ["organization_id"])])
def test_a_register_gives_the_width_that_is_left_to_what_needs_it(name: str, wide: list[str]) -> None:
    assert [column.name for column in register_of(name).columns if column.spread] == wide


def test_rows_of_a_deleted_order_are_hidden_with_it(tmp_path: Path) -> None:
    desk = Desk.open(tmp_path, create=True)
    desk.do([Edit("orders", "o1", {"number": "1"}), Edit("payments", "p1", {"order_id": "o1", "amount": 100})], "Заказ")
    assert found(desk.store, register_of("payments"), {}) == ["1"]
    desk.do([Edit("orders", "o1", {"deleted": 1})], "Удаление")
    assert found(desk.store, register_of("payments"), {}) == []
    desk.close()


@pytest.mark.parametrize("name", list(ENTITIES))
def test_every_entity_has_a_register_that_answers(store: Store, name: str) -> None:
    register = register_of(name)
    for column in register.columns:
        if column.order:
            listing.answered(store, register, {"sort": f"{column.name} desc", "q": "а"})
            listing.answered(store, register, {"count": "1", "segments": column.name, "q": "а"})
    listed = {field.name for field in ENTITIES[name].fields if field.kind is not Kind.DATA}
    assert listed <= {column.name for column in register.columns}


@pytest.mark.parametrize("name", list(ENTITIES))
def test_every_entity_can_be_chosen_from_and_searched(store: Store, name: str) -> None:
    every = listing.choices_of(store, ENTITIES[name], "", {})
    live = store.one(f"SELECT count(*) FROM {name} WHERE deleted = 0")
    assert len(every) == live
    assert listing.choices_of(store, ENTITIES[name], "такого точно нет", {}) == []


def test_what_is_exported_is_what_the_filter_leaves(store: Store, orders: Register) -> None:
    matching = query.matching(orders, {"status_id": "s1"})
    rows = store.rows(f"SELECT t.number FROM orders t WHERE {matching.text}", matching.params)
    assert {row["number"] for row in rows} == {"1", "2"}


@pytest.mark.parametrize(
    ("sort", "numbers"),
    [("", ["4", "3", "2", "1", "5"]), ("total asc", ["5", "1", "2", "3", "4"]), ("client_id desc", ["3", "1", "2", "4", "5"])],
)
def test_what_is_exported_stands_in_the_order_of_the_screen(store: Store, orders: Register, sort: str, numbers: list[str]) -> None:
    placed = query.placed(orders, {}, sort)
    found = [row[0] for row in entity_table(store, orders.entity, params=placed.params, placed=placed.text).rows]
    shown = store.rows(*query.page_ids(orders, {}, Window(sort=sort)))
    assert found == numbers == [store.one("SELECT number FROM orders WHERE id = ?", (row["order_id"],)) for row in shown]


def test_the_search_everywhere_finds_clients_orders_and_goods(store: Store) -> None:
    assert [hit["title"] for hit in listing.hits(store, "ромашк")] == ["АО «Ромашковый луг»", "ООО «Ромашка»"]
    assert [hit["title"] for hit in listing.hits(store, "Тема 2")] == ["№ 2 от 20.01.2026"]
    assert listing.hits(store, "  ") == []


def test_a_page_holds_the_asked_columns_only(store: Store, orders: Register) -> None:
    row = listing.answered(store, orders, {"columns": "number,margin"})["rows"][0]
    assert {"number", "margin", "id", "client_key"} <= set(row)
    assert "total" not in row


def test_a_search_that_left_the_subjects_out_says_so(store: Store, orders: Register) -> None:
    assert listing.sums(store, orders, {"q": "ромашка", "many": "1"})["note"] == listing.MANY_NOTE
    assert listing.sums(store, orders, {"q": "ромашка"})["note"] == ""


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["8", "7", "6"]),
        ({"q": "ромашка"}, ["7"]),
        ({"q": "тема 8"}, ["8"]),
        ({"from": "2026-02-01"}, ["8"]),
        ({"status_id": "s1"}, ["7"]),
    ],
)
def test_deleted_orders_have_a_list_of_their_own(orders: Register, tmp_path: Path, filters: dict[str, str], found: list[str]) -> None:
    with closing(Desk.open(tmp_path, create=True, clock=lambda: 1_770_000_000_000)) as desk:
        edits = [Edit("clients", key, {"name": name}) for key, name in CLIENTS.items()]
        edits += [*order_edits("1", "2026-02-05", "c1", "s1", 100, 0), Edit("orders", "o6", {"number": "6"})]
        edits += [*order_edits("7", "2026-01-20", "c1", "s1", 200, 0), *order_edits("8", "2026-02-05", "c2", "s2", 300, 0)]
        desk.do(edits, "Пример")
        desk.do([Edit("orders", row, {"deleted": 1}) for row in ("o1", "o6", "o7", "o8")], "Удалены")
        desk.do([Edit("orders", "o1", {"deleted": 0})], "Восстановлен")
        asked = {**filters, "deleted": "1"}
        rows = listing.answered(desk.store, orders, {**asked, "columns": "number,date,client_id,total", "sort": "total desc"})
        counted = listing.answered(desk.store, orders, {**asked, "count": "1", "segments": "status_id"})
        assert [row["number"] for row in rows["rows"]] == found
        assert {row["total"] for row in rows["rows"]} == {""}
        assert (counted["count"], counted["totals"]) == (len(found), [])
        plan = desk.store.rows("EXPLAIN QUERY PLAN " + (ids := query.page_ids(shelf(orders, deleted=True), asked, FIRST)).text, ids.params)
        assert not [step for step in plan if step["detail"].startswith("SCAN t")]
        path = tmp_path / "trash.csv"
        assert write(tmp_path, path, orders, asked, Work("")) == len(found)


def test_what_an_address_asks_in_vain_is_left_out(store: Store, orders: Register) -> None:
    asked = {"from": "abc", "to": "2026-02-31", "client_id": "zz", "status_id": "s1", "manager_id": query.NOTHING, "q": "abc", "tab": "x"}
    assert readable(store, orders, asked) == {"status_id": "s1", "manager_id": query.NOTHING, "q": "abc", "tab": "x"}
    assert readable(store, orders, {"from": "2026-02-01", "client_id": "c1"}) == {"from": "2026-02-01", "client_id": "c1"}


def test_a_deleted_client_still_shows_what_belongs_to_it_and_a_deleted_order_hides_its_own(tmp_path: Path) -> None:
    with closing(Desk.open(tmp_path, create=True)) as desk:
        desk.do([Edit("clients", "c1", {"name": "Ромашка"}), Edit("orders", "o1", {"client_id": "c1"})], "Пример")
        desk.do([Edit("attachments", "a1", {"client_id": "c1"}), Edit("attachments", "a2", {"client_id": "c1", "order_id": "o1"})], "Файлы")
        sql = f"SELECT t.id FROM attachments t WHERE {query.belonging(ENTITIES['attachments'], 'client_id')} ORDER BY t.id"
        assert [row["id"] for row in desk.store.rows(sql, ("c1",))] == ["a1", "a2"]
        desk.do([Edit("clients", "c1", {"deleted": 1}), Edit("orders", "o1", {"deleted": 1})], "Удалены")
        assert [row["id"] for row in desk.store.rows(sql, ("c1",))] == ["a1"]


def test_a_client_without_a_name_can_be_seen_in_lists(tmp_path: Path) -> None:
    with closing(Desk.open(tmp_path, create=True)) as desk:
        desk.do([Edit("clients", "c1", {"city": "Тула"}), Edit("orders", "o1", {"client_id": "c1"}), Edit("orders", "o2", {})], "Пример")
        (client,) = listing.answered(desk.store, register_of("clients"), {})["rows"]
        found = listing.answered(desk.store, register_of("orders"), {"columns": "client_id"})["rows"]
        assert (client["name"], {row["client_id"] for row in found}) == ("Без названия", {"Без названия", ""})
