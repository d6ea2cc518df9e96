"""An export of one's own data comes back without a change, whatever namesakes, deleted rows and renamed lines there are."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_app.desk import Desk
from local_app.exports.entities import entity_table
from local_app.exports.files import write_file
from local_app.exports.lines import lines_table
from local_app.seed import seed
from shared.change import Edit
from shared.entities import ENTITIES
from shared.entity import MICRO, Value
from tests.support.laptops import changed_rows, new_desk, new_rows, run_import, write_table

CLIENT = Edit("clients", "c1", {"name": "Ромашка"})
NAILS = Edit("products", "p1", {"name": "Гвозди"})


def order(row: str = "o1", **fields: Value) -> Edit:
    return Edit("orders", row, {"number": "7", "date": "2026-03-01", "client_id": "c1", **fields})


def line(row: str = "l1", **fields: Value) -> Edit:
    told: dict[str, Value] = {"order_id": "o1", "position": f"V{row}", "name": "Гвозди", "quantity": MICRO, "price": 10 * MICRO}
    return Edit("order_lines", row, {**told, **fields})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = new_desk(tmp_path / "laptop")
    seed(desk, organizations=True)
    yield desk
    desk.close()


@pytest.mark.parametrize(
    "edits",
    [
        [CLIENT, Edit("clients", "c2", {"name": "Ромашка"}), order(client_id="c2"), line()],
        [Edit("clients", f"c{n}", {"name": f"Филиал {n}", "inn": "7707083893"}) for n in (1, 2)] + [order(client_id="c2"), line()],
        [Edit("clients", "c1", {"name": "Ромашка", "deleted": 1}), order(), line()],
        [CLIENT, NAILS, Edit("products", "p2", {"name": "Гвозди"}), order(), line(product_id="p2")],
        [CLIENT, *(Edit("products", f"p{n}", {"name": f"Товар {n}", "sku": "А"}) for n in (1, 2)), order(), line(product_id="p2")],
        [CLIENT, Edit("products", "p1", {"name": "Гвозди", "sku": "А", "deleted": 1}), order(), line(product_id="p1")],
        [CLIENT, NAILS, order(), line(product_id="p1", name="Гвозди особые"), line("l2", product_id="p1")],
        [CLIENT, Edit("units", "u1", {"name": "пал", "deleted": 1}), order(), line(unit_id="u1")],
        [CLIENT, *(Edit("employees", f"e{n}", {"name": "Иванов"}) for n in (1, 2)), order(manager_id="e2"), line()],
    ],
    ids=[
        "clients of one name", "branches", "a deleted client", "products of one name", "products of one sku", "a deleted product",
        "a renamed line", "a deleted unit", "employees of one name",
    ],
)  # fmt: skip
def test_lines_come_back_to_the_very_rows_they_came_from(desk: Desk, tmp_path: Path, edits: list[Edit]) -> None:
    desk.do(edits, "Проба")
    for name in ("l.xlsx", "l.csv"):
        write_file(tmp_path / name, lines_table(desk.store), "Строки", lambda *_: None)
        plan = run_import(desk, tmp_path / name, dry_run=True).plan
        assert (plan.problems, plan.warnings, plan.acts) == ([], [], [])


def test_one_number_of_two_of_our_firms_is_two_orders(desk: Desk, tmp_path: Path) -> None:
    firms = {row["name"]: row["id"] for row in desk.store.rows("SELECT id, name FROM organizations")}
    north, dawn = firms["ООО «Северный ветер»"], firms["ООО «Заря»"]
    other = Edit("clients", "c2", {"name": "Лютик"})
    orders = [order(organization_id=north), order("o2", organization_id=dawn, client_id="c2")]
    desk.do([CLIENT, other, *orders, line(), line("l2", order_id="o2", name="Болты")], "Проба")
    write_file(tmp_path / "l.xlsx", lines_table(desk.store), "Строки", lambda *_: None)
    plan = run_import(desk, tmp_path / "l.xlsx").plan
    assert (plan.problems, plan.acts) == ([], [])
    rows = [["Номер", "Дата", "Клиент", "Организация", "Товар", "Количество", "Цена"]]
    rows += [["9", "01.03.2026", "Лютик", firm, "Болты", "1", "10"] for firm in (*firms, "")]
    path = write_table(tmp_path / "s.csv", rows)
    assert (new_rows(run_import(desk, path))["orders"], new_rows(run_import(desk, path))) == (3, {})


@pytest.mark.parametrize(
    ("entity", "fields"), [("clients", {"inn": "7707083893", "city": "Тула"}), ("products", {"sku": "А", "note": "Первый"})]
)
def test_cards_that_repeat_each_other_come_back_each_to_itself(desk: Desk, tmp_path: Path, entity: str, fields: dict[str, Value]) -> None:
    desk.do([Edit(entity, "x1", {"name": "Яшма", **fields}), Edit(entity, "x2", {"name": "Алмаз", **fields, "note": "Второй"})], "Проба")
    write_file(tmp_path / "t.xlsx", entity_table(desk.store, ENTITIES[entity]), "Таблица", lambda *_: None)
    plan = run_import(desk, tmp_path / "t.xlsx", entity).plan
    assert (plan.problems, plan.warnings, plan.acts) == ([], [], [])


def test_another_client_of_that_name_is_taken_where_its_inn_is_told(desk: Desk, tmp_path: Path) -> None:
    desk.do([CLIENT, Edit("clients", "c2", {"name": "Ромашка", "inn": "7707083893"}), order(), line()], "Проба")
    rows = [
        ["Номер", "Дата", "Клиент", "ИНН", "Товар", "Количество", "Цена"],
        ["7", "01.03.2026", "Ромашка", "7707083893", "Гвозди", "1", "10"],
    ]
    outcome = run_import(desk, write_table(tmp_path / "s.csv", rows))
    assert (changed_rows(outcome), desk.store.one("SELECT client_id FROM orders")) == ({"orders": 1}, "c2")
