"""An import fills the user's own fields («Дополнительные параметры») of the rows that its file makes; an own export comes back whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_app.desk import Desk
from local_app.exports.entities import Table, entity_table
from local_app.exports.files import write_file
from local_app.exports.lines import lines_table
from local_app.imports.choosing import Choice
from local_app.imports.importing import plan_import
from local_app.imports.own import own_columns
from local_app.imports.sheet import sheet_of
from local_app.pages.loading_columns import options_of
from shared.change import Edit, Refused
from shared.entities import ENTITIES
from shared.entity import Value
from shared.rules.custom import value_id
from tests.support.laptops import answered, changed_rows, new_desk, new_rows, run_import, typed, write_table

FIELDS = (
    # id, home, name, kind, options
    ("way", "orders", "Доставка", "choice", "Самовывоз\nКурьер"),
    ("sum", "orders", "Бюджет", "money", ""),
    ("tone", "orders", "Цвет", "text", ""),
    ("color", "order_lines", "Цвет", "text", ""),
    ("weight", "order_lines", "Вес", "quantity", ""),
    ("day", "order_lines", "Счёт от", "date", ""),
    ("hurry", "order_lines", "Срочно", "flag", ""),
    ("talk", "clients", "Примечание", "note", ""),
    ("level", "clients", "Уровень", "choice", "Золотой\nСеребряный"),
    ("shelf", "products", "Полка", "text", ""),
    ("price", "products", "Цена", "money", ""),
)
LINE = ["1", "01.02.2026", "Ромашка", "Гвозди", "2", "10,50"]
HEADS = ["Номер", "Дата", "Клиент", "Товар", "Количество", "Цена"]
OWNER = "coalesce(v.order_id, v.line_id, v.client_id, v.product_id)"


def define(desk: Desk) -> None:
    rows = [
        Edit("custom_fields", key, {"home": home, "name": name, "value_kind": kind, "options": options, "position": place})
        for place, (key, home, name, kind, options) in enumerate(FIELDS)
    ]
    desk.do(rows, "Поля")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = new_desk(tmp_path / "laptop")
    define(found)
    yield found
    found.close()


def kept(desk: Desk) -> list[tuple[str, str]]:
    """Field and text of each living value."""
    rows = desk.store.rows("SELECT field_id, value FROM custom_values WHERE NOT deleted AND value <> '' ORDER BY field_id, value")
    return [(row["field_id"], row["value"]) for row in rows]


def test_each_kind_comes_in_with_the_row_it_belongs_to(desk: Desk, tmp_path: Path) -> None:
    heads = [*HEADS, "ДОСТАВКА", "бюджет", "Цвет", "Вес", "счет от", "Срочно"]
    first = [*LINE, "курьер", "1 234,5", " тёмно  синий ", "0,195", "12.03.2026", "да"]
    second = [*LINE[:3], "Болты", "1", "5", "", "", "", "", "", "нет"]
    path = write_table(tmp_path / "s.csv", [heads, first, second])
    outcome = run_import(desk, path)
    assert (outcome.plan.problems, outcome.plan.warnings, new_rows(outcome)["custom_values"]) == ([], [], 6)
    assert kept(desk) == [
        ("color", "тёмно синий"), ("day", "2026-03-12"), ("hurry", "да"), ("sum", "1234.50"), ("way", "Курьер"), ("weight", "0.195"),
    ]  # fmt: skip
    (order,) = desk.store.rows("SELECT id FROM orders")
    line = desk.store.one("SELECT id FROM order_lines WHERE name = 'Гвозди'")
    assert desk.store.row("custom_values", value_id("way", order["id"])) is not None
    assert desk.store.row("custom_values", value_id("color", line)) is not None
    acts = [{edit.entity for edit in act} for act in outcome.plan.acts]
    assert {"orders", "order_lines", "custom_values"} in acts, "the values stand in the act of their order"
    assert run_import(desk, path).plan.acts == []
    desk.undo()
    assert desk.store.one("SELECT count(*) FROM orders WHERE NOT deleted") == 0
    run_import(desk, path)
    assert run_import(desk, path).plan.acts == []
    assert len(kept(desk)) == 6


def test_another_value_is_written_an_empty_cell_leaves_what_is_there_and_a_no_takes_it_away(desk: Desk, tmp_path: Path) -> None:
    heads = [*HEADS, "Цвет", "Вес", "Срочно"]
    run_import(desk, write_table(tmp_path / "s.csv", [heads, [*LINE, "синий", "2", "да"]]))
    outcome = run_import(desk, write_table(tmp_path / "s.csv", [heads, [*LINE, "белый", " ", ""]]))
    assert (changed_rows(outcome), new_rows(outcome)) == ({"custom_values": 1}, {})
    assert kept(desk) == [("color", "белый"), ("hurry", "да"), ("weight", "2")]
    run_import(desk, write_table(tmp_path / "s.csv", [heads, [*LINE, "", "-", "нет"]]))
    assert kept(desk) == [("color", "белый"), ("weight", "2")]


def test_what_cannot_be_read_is_told_by_its_row(desk: Desk, tmp_path: Path) -> None:
    heads = [*HEADS, "Доставка", "Бюджет", "Вес", "Счёт от", "Срочно"]
    cells = (
        ["Дрон", "", "", "", ""],
        ["", "1,234", "", "", ""],
        ["", "", "много", "", ""],
        ["", "", "", "32.13.26", ""],
        ["", "", "", "", "?"],
    )
    rows = [[str(number), *LINE[1:], *each] for number, each in enumerate(cells)]
    outcome = run_import(desk, write_table(tmp_path / "s.csv", [heads, *rows]))
    assert [(row, column) for row, column, _ in outcome.plan.problems] == list(zip(range(2, 7), heads[6:], strict=True))
    assert outcome.plan.problems[0].reason == "«Дрон» нет в списке. Можно: Самовывоз, Курьер"
    assert not outcome.written


def test_of_an_order_the_first_line_counts_as_in_its_other_columns(desk: Desk, tmp_path: Path) -> None:
    rows = [[*LINE, "Курьер", "тема"], [*LINE[:3], "Болты", "1", "5", "Самовывоз", "другая"]]
    run_import(desk, write_table(tmp_path / "s.csv", [[*HEADS, "Доставка", "Тема заказа"], *rows]), columns={
        "number": "Номер", "date": "Дата", "client": "Клиент", "product": "Товар", "quantity": "Количество", "price": "Цена",
        "custom:Доставка": "Доставка", "subject": "Тема заказа",
    })  # fmt: skip
    assert (kept(desk), desk.store.one("SELECT subject FROM orders")) == ([("way", "Курьер")], "тема")


def test_cards_get_theirs_and_a_usual_heading_stays_what_it_is(desk: Desk, tmp_path: Path) -> None:
    rows = [
        ["Название", "Примечание", "Уровень", "Примечание (параметр клиента)"],
        ["Ромашка", "звонить", "", ""],
        ["Лютик", "", "золотой", "1-я строка\n2-я"],
        ["Ромашка", "", "Серебряный", ""],
    ]
    outcome = run_import(desk, write_table(tmp_path / "c.csv", rows), "clients")
    assert (new_rows(outcome), len(outcome.plan.warnings)) == ({"clients": 2, "custom_values": 3}, 1)
    assert kept(desk) == [("level", "Золотой"), ("level", "Серебряный"), ("talk", "1-я строка\n2-я")]
    assert desk.store.one("SELECT note FROM clients WHERE name = 'Ромашка'") == "звонить"
    run_import(desk, write_table(tmp_path / "p.csv", [["Название", "Цена", "полка"], ["Гвозди", "5", "А-5"]]), "products")
    assert desk.store.one("SELECT price FROM products") == 5_000_000
    assert ("shelf", "А-5") in kept(desk)


VALUES = (
    ("way", "o1", "Курьер"), ("sum", "o1", "-1234.50"), ("tone", "o1", "заказа"), ("color", "l1", "строки"), ("weight", "l1", "0.000001"),
    ("day", "l1", "2025-12-31"), ("hurry", "l1", "да"), ("color", "l2", "=1+1"), ("talk", "c1", "раз\nдва"), ("level", "c1", "Золотой"),
    ("shelf", "p1", "007"), ("price", "p1", "12.00"),
)  # fmt: skip
FIELD_OF = {"o": "order_id", "l": "line_id", "c": "client_id", "p": "product_id"}


def fill(desk: Desk) -> None:
    desk.do(
        [Edit("clients", "c1", {"name": "Ромашка", "note": "звонить"}), Edit("products", "p1", {"name": "Гвозди", "price": 1})], "Пример"
    )
    line: dict[str, Value] = {"order_id": "o1", "quantity": 1_000_000, "price": 10_000_000, "product_id": "p1", "name": "Гвозди"}
    desk.do([Edit("orders", "o1", {"number": "1", "date": "2026-02-01", "client_id": "c1"})], "Заказ")
    desk.do([Edit("order_lines", "l1", {**line, "position": "V"}), Edit("order_lines", "l2", {**line, "position": "W"})], "Строки")
    desk.do(
        [Edit("custom_values", value_id(key, row), {FIELD_OF[row[0]]: row, "field_id": key, "value": text}) for key, row, text in VALUES],
        "",
    )


def tables(desk: Desk) -> dict[str, Table]:
    return {
        "clients": entity_table(desk.store, ENTITIES["clients"]),
        "products": entity_table(desk.store, ENTITIES["products"]),
        "order-lines": lines_table(desk.store),
    }


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_an_own_export_changes_nothing_and_brings_everything_to_another_laptop(desk: Desk, tmp_path: Path, ending: str) -> None:
    fill(desk)
    other = new_desk(tmp_path / "other")
    define(other)
    for kind, table in tables(desk).items():
        path = tmp_path / f"{kind}.{ending}"
        write_file(path, table, "Таблица", lambda *_: None)
        again = run_import(desk, path, kind).plan
        assert (again.problems, again.acts) == ([], []), kind
        brought = run_import(other, path, kind).plan
        assert (brought.problems, [each for each in brought.warnings if "параметр" in each.reason]) == ([], []), kind
    assert kept(other) == kept(desk)
    assert len(kept(other)) == len(VALUES)
    assert other.store.one("SELECT note FROM clients") == "звонить"
    other.close()


def test_a_column_is_told_by_the_command_by_the_name_of_its_field(desk: Desk, tmp_path: Path) -> None:
    path = write_table(tmp_path / "c.csv", [["Name", "Rank"], ["Ромашка", "Золотой"]])
    told = "desk", "--data", str(tmp_path / "laptop"), "import", str(path), "--as", "clients", "--columns"
    assert answered(*told, "client=Name,custom:Уровень=Rank")["new"] == {"clients": 1, "custom_values": 1}
    assert kept(desk) == [("level", "Золотой")]
    wrong = typed(*told, "client=Name,custom:Ранг=Rank")
    assert wrong.returncode
    assert "«custom:Ранг» неизвестен. Бывают: client, " in wrong.stderr
    assert "custom:Примечание (параметр клиента), custom:Уровень" in wrong.stderr


def test_a_screen_offers_them_after_the_usual_fields_and_knows_them_by_name(desk: Desk) -> None:
    sheet = sheet_of([[*HEADS, "Доставка", "Оттенок"], [*LINE, "Курьер", "синий"]], "t.csv")
    choice = Choice("order-lines", sheet, {}, own_columns(desk.store, "order-lines"))
    assert (choice.fields[6], choice.fields.get(7)) == ("custom:Доставка", None)
    assert list(options_of(choice).items())[-2:] == [
        ("Параметры строки", {"custom:Цвет": "Цвет", "custom:Вес": "Вес", "custom:Счёт от": "Счёт от", "custom:Срочно": "Срочно"}),
        ("Параметры заказа", {
            "custom:Доставка": "Доставка", "custom:Бюджет": "Бюджет", "custom:Цвет (параметр заказа)": "Цвет (параметр заказа)",
        }),
    ]  # fmt: skip
    choice.choose(7, "custom:Цвет")
    plan = plan_import(desk.store, choice.sheet, choice.request())
    assert [edit.patch["value"] for act in plan.acts for edit in act if edit.entity == "custom_values"] == ["Курьер", "синий"]
    again = Choice("order-lines", sheet, choice.chosen(), own_columns(desk.store, "order-lines"))
    assert again.fields == choice.fields


def test_a_field_that_was_defined_later_takes_its_column_though_that_was_passed_over(desk: Desk) -> None:
    sheet = sheet_of([["Название", "Город", "Скидочная карта"], ["Ромашка", "Тула", "15"]], "t.csv")
    choice = Choice("clients", sheet, {}, own_columns(desk.store, "clients"))
    choice.choose(1, "")
    assert choice.passed_over() == [1, 2]
    assert not choice.offer(own_columns(desk.store, "clients"))
    desk.do([Edit("custom_fields", "card", {"home": "clients", "name": "Скидочная карта", "value_kind": "text"})], "Поле")
    own = own_columns(desk.store, "clients")
    assert Choice("clients", sheet, choice.chosen(), own).passed_over() == [1]
    assert choice.offer(own)
    assert choice.fields == {0: "client", 2: "custom:Скидочная карта"}
    desk.do([Edit("custom_fields", "card", {"deleted": 1})], "Поле")
    with pytest.raises(Refused, match="«custom:Скидочная карта» неизвестен"):
        plan_import(desk.store, choice.sheet, choice.request())
    assert choice.offer(own_columns(desk.store, "clients"))
    assert choice.fields == {0: "client"}


def test_a_column_that_is_not_to_be_loaded_into_ones_own_field_is_left_out_of_the_next_file_too(desk: Desk) -> None:
    sheet, own = sheet_of([[*HEADS, "Доставка", "Цвет"], [*LINE, "Курьер", "синий"]], "t.csv"), own_columns(desk.store, "order-lines")
    choice = Choice("order-lines", sheet, {}, own)
    choice.choose(6, "")
    again = Choice("order-lines", sheet, choice.chosen(), own)
    assert again.passed_over() == [6]
    assert Choice("order-lines", sheet, again.chosen(), own).passed_over() == [6]
    again.choose(6, "custom:Доставка")
    assert Choice("order-lines", sheet, again.chosen(), own).passed_over() == []


def test_a_row_more_asks_nothing_more_of_the_store(desk: Desk, tmp_path: Path) -> None:
    asked: list[int] = []
    for size in (2, 50):
        rows = [[f"{number}", *LINE[1:], "Курьер", "синий"] for number in range(size)]
        path = write_table(tmp_path / "s.csv", [[*HEADS, "Доставка", "Цвет"], *rows])
        said: list[str] = []
        desk.store.db.set_trace_callback(said.append)
        run_import(desk, path, dry_run=True)
        desk.store.db.set_trace_callback(None)
        asked.append(len(said))
    assert asked[0] == asked[1]
