"""Custom fields as columns: shown, sorted, asked for, searched and exported like the declared ones, in every register they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from local_app.customs import Doubts, defined
from local_app.desk import Desk
from local_app.documents.facts import customs
from local_app.exports.entities import entity_table
from local_app.widgets import listing, query
from local_app.widgets.columns import Register, register_of, shelf, widened
from local_app.widgets.exporting import write, write_lines
from local_app.widgets.filterbar import readable
from local_app.widgets.longwork import Work
from shared.change import Edit
from shared.entities import ENTITIES
from shared.entity import Value
from shared.rules.custom import value_id
from tests.local_app.test_plans import steps

FIELDS = (
    # id, home, name, kind, options
    ("way", "orders", "Доставка", "choice", "Самовывоз\nКурьер"),
    ("sum", "orders", "Бюджет", "money", ""),
    ("weight", "orders", "Вес", "quantity", ""),
    ("day", "orders", "Замер", "date", ""),
    ("hurry", "orders", "Срочно", "flag", ""),
    ("note", "orders", "Тендер", "text", ""),
    ("color", "order_lines", "Цвет", "text", ""),
    ("level", "clients", "Уровень", "choice", "Золотой\nСеребряный"),
    ("shelf", "products", "Полка", "text", ""),
)
VALUES = (
    ("way", "o1", "Самовывоз"), ("way", "o2", "Курьер"), ("way", "o3", ""),
    ("sum", "o1", "1234.50"), ("sum", "o2", "200.00"), ("sum", "o3", "-3.00"),
    ("weight", "o1", "0.195"), ("weight", "o2", "10"),
    ("day", "o1", "2026-03-12"), ("day", "o2", "2025-12-31"),
    ("hurry", "o1", "да"),
    ("note", "o1", "Ёлочный рынок"), ("note", "o2", "ангар"),
    ("color", "l1", "синий"), ("level", "c1", "Золотой"), ("shelf", "p1", "А-5"),
)  # fmt: skip
OWNER = {"orders": "order_id", "order_lines": "line_id", "clients": "client_id", "products": "product_id"}
HOMES = {key: home for key, home, *_ in FIELDS}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = Desk.open(tmp_path, create=True)
    found.do([Edit("clients", "c1", {"name": "ООО «Ромашка»"}), Edit("products", "p1", {"name": "Доска"})], "Пример")
    found.do([Edit("orders", f"o{number}", {"number": str(number), "client_id": "c1"}) for number in range(1, 6)], "Заказы")
    found.do([Edit("order_lines", "l1", {"order_id": "o1", "name": "Доска"})], "Строка")
    for place, (key, home, name, kind, options) in enumerate(FIELDS):
        field: dict[str, Value] = {"home": home, "name": name, "value_kind": kind, "options": options, "position": place}
        found.do([Edit("custom_fields", key, field)], "Поле")
    for key, row, text in VALUES:
        found.do([kept(key, row, text)], "Значение")
    yield found
    found.close()


def kept(key: str, row: str, text: str) -> Edit:
    return Edit("custom_values", value_id(key, row), {OWNER[HOMES[key]]: row, "field_id": key, "value": text})


def register(desk: Desk, name: str = "orders") -> Register:
    return widened(register_of(name), defined(desk.store, name))


def rows(desk: Desk, name: str = "orders", **asked: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = listing.answered(desk.store, register(desk, name), asked)["rows"]
    return found


def ids(desk: Desk, name: str = "orders", **asked: str) -> list[str]:
    return [row["id"] for row in rows(desk, name, **asked)]


def shown(desk: Desk, key: str) -> dict[str, str]:
    """What the column shows, by row; what is blank left out."""
    column = f"custom_{key}"
    return {row["id"]: row[column].replace("\N{NO-BREAK SPACE}", " ") for row in rows(desk, HOMES[key], columns=column) if row[column]}


def test_every_kind_is_shown_as_its_own_kind(desk: Desk) -> None:
    assert shown(desk, "way") == {"o1": "Самовывоз", "o2": "Курьер"}
    assert shown(desk, "sum") == {"o1": "1 234,50 ₽", "o2": "200,00 ₽", "o3": "−3,00 ₽"}
    assert shown(desk, "weight") == {"o1": "0,195", "o2": "10"}
    assert shown(desk, "day") == {"o1": "12.03.2026", "o2": "31.12.2025"}
    assert shown(desk, "hurry") == {"o1": "да"}
    assert shown(desk, "note") == {"o1": "Ёлочный рынок", "o2": "ангар"}


def test_numbers_stand_at_the_right_and_the_columns_are_hidden_at_first(desk: Desk) -> None:
    columns = {column.field.label: column for column in register(desk).columns if column.custom}
    assert list(columns) == ["Доставка", "Бюджет", "Вес", "Замер", "Срочно", "Тендер"]
    assert [label for label, column in columns.items() if column.is_number] == ["Бюджет", "Вес"]
    assert all(column.hidden for column in columns.values())
    assert not [name for name in rows(desk)[0] if name.startswith("custom_")]


def test_what_was_given_no_place_stands_behind_what_has_one(desk: Desk) -> None:
    desk.do([Edit("custom_fields", "way", {"position": None}), Edit("custom_fields", "weight", {"position": -1})], "Порядок")
    wanted = ["Вес", "Бюджет", "Замер", "Срочно", "Тендер", "Доставка"]
    assert [field.label for field in defined(desk.store, "orders")] == wanted
    assert list(customs(desk.store, "orders", "order_id", ["o1"])["o1"]) == wanted
    assert ids(desk, "custom_fields")[-1] == "way"
    assert [row[1] for row in entity_table(desk.store, ENTITIES["custom_fields"]).rows][-1] == "Доставка"


def doubts(desk: Desk, key: str, **patch: Value) -> dict[str, str]:
    """What the card of a custom field warns of after it was changed so."""
    desk.do([Edit("custom_fields", key, patch)], "Поле")
    return Doubts(desk.store)(desk.store.row("custom_fields", key) or {})


def test_a_name_that_another_field_of_such_rows_has_is_doubted(desk: Desk) -> None:
    assert doubts(desk, "note", name="Тендер") == {}
    assert doubts(desk, "note", name=" СРОЧНО").keys() == {"name"}
    assert doubts(desk, "note", name="Цвет") == {}  # a line's own
    desk.do([Edit("custom_fields", "hurry", {"deleted": 1})], "Удаление")
    assert doubts(desk, "note", name="Срочно") == {}


def test_values_that_the_new_kind_or_the_list_does_not_hold_are_doubted(desk: Desk) -> None:
    assert doubts(desk, "sum", value_kind="quantity") == {}
    assert doubts(desk, "note", value_kind="note") == {}
    assert "«Ёлочный рынок»" in doubts(desk, "note", value_kind="date")["value_kind"]
    assert doubts(desk, "way", options="Самовывоз\nКурьер\nПочта") == {}
    assert "«Курьер»" in doubts(desk, "way", options="Самовывоз")["options"]


def test_values_that_another_home_puts_out_of_sight_are_counted(desk: Desk) -> None:
    assert "значений: 2." in doubts(desk, "note", home="clients")["home"]
    assert doubts(desk, "note", home="orders") == {}


def test_the_doubts_follow_what_is_changed_while_the_card_is_open(desk: Desk) -> None:
    ask, row = Doubts(desk.store), dict(desk.store.row("custom_fields", "note") or {})
    patches: tuple[dict[str, Value], ...] = ({}, {"value_kind": "date"}, {"home": "clients"}, {})
    assert [list(ask({**row, **patch})) for patch in patches] == [[], ["value_kind"], ["home"], []]
    assert ask({"home": "orders", "name": "Срочно", "value_kind": "text", "options": ""}) == {}  # not there yet


@pytest.mark.parametrize("name", list(OWNER))
def test_every_register_of_rows_with_custom_fields_has_them(desk: Desk, name: str) -> None:
    for key in [key for key, home in HOMES.items() if home == name]:
        assert shown(desk, key)
        for sort in (f"custom_{key} asc", f"custom_{key} desc"):
            assert ids(desk, name, sort=sort, q="") == ids(desk, name, sort=sort)
            assert rows(desk, name, sort=sort, columns=f"custom_{key}")[0][f"custom_{key}"]


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("custom_sum asc", ["o3", "o2", "o1"]),
        ("custom_sum desc", ["o1", "o2", "o3"]),
        ("custom_weight asc", ["o1", "o2"]),
        ("custom_weight desc", ["o2", "o1"]),
        ("custom_day asc", ["o2", "o1"]),
        ("custom_note asc", ["o2", "o1"]),
        ("custom_way asc", ["o2", "o1"]),
        ("custom_hurry desc", ["o1"]),
    ],
)
def test_rows_that_have_a_value_come_first_in_either_order(desk: Desk, sort: str, first: list[str]) -> None:
    found = ids(desk, sort=sort)
    assert found[: len(first)] == first
    assert sorted(found) == ["o1", "o2", "o3", "o4", "o5"]
    pages = [ids(desk, sort=sort, start=str(start), end=str(start + 2)) for start in (0, 2, 4)]
    assert [row for page in pages for row in page] == found


@pytest.mark.parametrize("sort", ["custom_hurry asc", "custom_hurry desc"])
def test_rows_without_a_value_stand_as_the_register_has_them(desk: Desk, sort: str) -> None:
    dates = {"o1": "2026-01-05", "o2": "2026-03-01", "o3": "2026-05-09", "o4": "2026-02-02", "o5": "2026-04-04"}
    desk.do([Edit("orders", row, {"date": date}) for row, date in dates.items()], "Даты")
    assert ids(desk, sort=sort) == ["o1", "o3", "o5", "o2", "o4"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"custom_way": "Курьер"}, {"o2"}),
        ({"custom_way": "none"}, {"o3", "o4", "o5"}),
        ({"custom_hurry": "да"}, {"o1"}),
        ({"custom_hurry": "none"}, {"o2", "o3", "o4", "o5"}),
        ({"custom_way": "Самовывоз", "custom_hurry": "none"}, set()),
        ({"q": "елочный"}, {"o1"}),
        ({"q": "рынок ёлоч"}, {"o1"}),
        ({"q": "курьер"}, {"o2"}),
        ({"q": "1234.50"}, set()),
    ],
)
def test_an_order_is_found_by_what_its_custom_fields_hold(desk: Desk, asked: dict[str, str], found: set[str]) -> None:
    assert set(ids(desk, **asked)) == found
    assert listing.answered(desk.store, register(desk), {**asked, "count": "1"})["count"] == len(found)


@pytest.mark.parametrize(("name", "text", "row"), [("clients", "золот", "c1"), ("products", "а-5", "p1"), ("order_lines", "СИНИЙ", "l1")])
def test_others_are_searched_likewise(desk: Desk, name: str, text: str, row: str) -> None:
    assert ids(desk, name, q=text) == [row]
    assert ids(desk, name, q="нет такого") == []


def test_the_search_everywhere_looks_there_too(desk: Desk) -> None:
    assert [(hit["group"], hit["href"]) for hit in listing.hits(desk.store, "ёлочный")] == [("Заказы", "/orders/o1")]
    assert [(hit["group"], hit["href"]) for hit in listing.hits(desk.store, "золотой")] == [("Клиенты", "/clients/c1")]


def test_what_is_deleted_is_neither_shown_nor_found(desk: Desk) -> None:
    desk.do([Edit("custom_values", value_id("note", "o1"), {"deleted": 1})], "Удалено")
    assert shown(desk, "note") == {"o2": "ангар"}
    assert ids(desk, q="ёлочный") == []
    desk.do([Edit("custom_fields", "note", {"deleted": 1}), Edit("custom_fields", "way", {"name": "Как везти"})], "Поля")
    assert [column.field.label for column in register(desk).columns if column.custom] == ["Как везти", "Бюджет", "Вес", "Замер", "Срочно"]
    assert ids(desk, q="ангар") == []
    assert len(ids(desk, custom_note="ангар", sort="custom_note asc", columns="custom_note")) == 5  # as an old link asks
    assert readable(desk.store, register(desk), {"custom_note": "ангар", "custom_way": "Курьер"}) == {"custom_way": "Курьер"}


def test_a_text_that_does_not_fit_its_kind_is_shown_and_exported_as_it_stands(desk: Desk) -> None:
    desk.do([Edit("custom_fields", "note", {"value_kind": "date"}), Edit("custom_fields", "way", {"value_kind": "flag"})], "Другой тип")
    assert shown(desk, "note") == {"o1": "Ёлочный рынок", "o2": "ангар"}
    assert shown(desk, "way") == {"o1": "Самовывоз", "o2": "Курьер"}
    assert exported(desk)["1"]["Тендер"] == "Ёлочный рынок"


def exported(desk: Desk) -> dict[object, dict[str, object]]:
    table = entity_table(desk.store, ENTITIES["orders"])
    assert len(table.kinds) == len(table.headers)
    return {row[0]: dict(zip(table.headers, row, strict=True)) for row in table.rows}


def test_they_are_exported_as_real_numbers_and_dates(desk: Desk) -> None:
    table = exported(desk)
    labels = ["Доставка", "Бюджет", "Вес", "Замер", "Срочно", "Тендер"]
    assert [table["1"][label] for label in labels] == [
        "Самовывоз", Decimal("1234.50"), Decimal("0.195"), date(2026, 3, 12), "да", "Ёлочный рынок",
    ]  # fmt: skip
    assert [table["5"][label] for label in labels] == [None] * len(labels)


def test_a_file_holds_them_in_the_order_and_under_the_conditions_of_the_screen(desk: Desk, tmp_path: Path) -> None:
    written = write(tmp_path, tmp_path / "o.csv", register(desk), {"q": "ромашка"}, Work(""), "custom_sum asc")
    lines = (tmp_path / "o.csv").read_text("utf-8-sig").splitlines()
    assert (written, [line.split(";")[0] for line in lines[1:4]]) == (5, ["3", "2", "1"])
    assert "1234,5" in lines[3]
    assert write(tmp_path, tmp_path / "o.csv", register(desk), {"custom_way": "Курьер"}, Work("")) == 1


def test_the_lines_of_orders_go_out_with_theirs(desk: Desk, tmp_path: Path) -> None:
    assert write_lines(tmp_path, tmp_path / "l.csv", register(desk), {"custom_way": "Самовывоз"}, Work("")) == 1
    head, line = (tmp_path / "l.csv").read_text("utf-8-sig").splitlines()
    told = list(zip(head.split(";"), line.split(";"), strict=True))[-7:]
    assert (told[0], told[1], told[-1]) == (("Цвет", "синий"), ("Доставка", "Самовывоз"), ("Тендер", "Ёлочный рынок"))


def test_deleted_orders_keep_theirs_in_the_trash(desk: Desk) -> None:
    desk.do([Edit("orders", "o1", {"deleted": 1}), Edit("orders", "o2", {"deleted": 1})], "Удалены")
    assert ids(desk, deleted="1", sort="custom_sum asc") == ["o2", "o1"]
    assert ids(desk, deleted="1", q="ёлочный") == ids(desk, deleted="1", custom_way="Самовывоз") == ["o1"]
    assert rows(desk, deleted="1", columns="custom_hurry", sort="custom_sum desc")[0]["custom_hurry"] == "да"
    assert [row["id"] for row in desk.store.rows(*query.page_rows(shelf(register(desk), deleted=True), ["o1"]))] == ["o1"]


def test_a_name_with_quotes_or_a_dot_in_its_id_breaks_nothing(desk: Desk) -> None:
    desk.do([Edit("custom_fields", "a.b:c", {"name": "Имя «\"'»"})], "Поле")
    desk.do([Edit("custom_values", value_id("a.b:c", "o1"), {"order_id": "o1", "field_id": "a.b:c", "value": "х"})], "Значение")
    assert rows(desk, sort="custom_a.b:c asc", columns="custom_a.b:c")[0]["custom_a.b:c"] == "х"


def test_values_are_looked_up_by_an_index_and_read_once_for_an_order(desk: Desk) -> None:
    cells = steps(desk, lambda: rows(desk, columns="custom_sum,custom_way"))
    assert len([step for step in cells if "SEARCH v USING INDEX custom_values_order_id" in step]) == 2
    ordered = steps(desk, lambda: rows(desk, sort="custom_sum asc"))
    assert [step for step in ordered if "SEARCH k USING AUTOMATIC COVERING INDEX" in step]
    assert not [step for step in steps(desk, lambda: rows(desk)) if " v" in step]


def test_a_field_of_a_colleague_needs_no_new_program(desk: Desk, tmp_path: Path) -> None:
    with closing(Desk.open(tmp_path)) as other:
        other.do([Edit("custom_fields", "new", {"home": "orders", "name": "Новое"})], "Поле")
    assert register(desk).column("custom_new") is not None


@pytest.mark.parametrize("key", ['a"b', "a'b", "x]y", "ж", "a,b", "a b", 'a" FROM orders --'])
def test_an_id_that_no_program_of_ours_gives_is_no_column(desk: Desk, key: str) -> None:
    known = defined(desk.store, "orders")
    desk.do([Edit("custom_fields", key, {"home": "orders", "name": "Чужое"})], "Поле")
    assert defined(desk.store, "orders") == known
    assert desk.store.row("custom_fields", key) is not None
