"""The sums of the first screen: a debt is the same number in the card of the client, in the register and in every report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from local_app.desk import Desk
from local_app.pages import client, home
from local_app.widgets import listing, query
from local_app.widgets.columns import register_of
from shared.change import Edit
from shared.entity import MICRO, Value
from shared.formats import money
from shared.reports import read_reports

ORDERS = {  # roubles of the order, roubles paid, status
    "owing": (100, 30, "open"),
    "unset": (7, 0, None),
    "overpaid": (50, 90, "open"),
    "returned": (-20, 0, "open"),
    "cancelled": (1000, 0, "lost"),
}
OWED = 77_00
OVERPAID = 60_00


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with closing(Desk.open(tmp_path_factory.mktemp("debts"), create=True)) as desk:
        desk.do([Edit("clients", "c", {"name": "Ромашка"})], "Клиент")
        desk.do([Edit("statuses", stage, {"name": stage, "stage": stage}) for stage in ("open", "lost")], "Статусы")
        for name, (price, paid, status) in ORDERS.items():
            line: dict[str, Value] = {"order_id": name, "quantity": MICRO if price > 0 else -MICRO, "price": abs(price) * MICRO}
            edits = [Edit("orders", name, {"number": name, "client_id": "c", "status_id": status}), Edit("order_lines", f"l-{name}", line)]
            desk.do([*edits, Edit("payments", f"p-{name}", {"order_id": name, "amount": paid * 100})], "Заказ")
        yield desk


def test_the_first_screen_the_card_and_the_register_tell_the_same_debt(desk: Desk) -> None:
    assert [(row["debt"], row["count"]) for row in desk.store.rows(home.DEBTS)] == [(OWED, 2)]
    assert desk.store.rows(client.SUMS, ("c",))[0]["debt"] == OWED
    assert desk.store.rows(*query.totals(register_of("orders"), {"debt": "1"}))[0]["debt"] == OWED


def test_the_foot_of_the_whole_register_tells_that_debt_too_and_overpayments_beside_it(desk: Desk) -> None:
    assert listing.sums(desk.store, register_of("orders"), {}) == {
        "count": 5, "note": "",
        "totals": [["Всего", money(1137_00), False], ["Оплачено", money(120_00), False],
            ["Долг", money(OWED), False], ["Переплата", money(OVERPAID), False]],
    }  # fmt: skip
    assert [label for label, *_ in listing.sums(desk.store, register_of("orders"), {"q": "нет таких"})["totals"]][-1] == "Долг"


def test_the_debts_of_the_first_screen_are_summed_from_an_index_alone(desk: Desk) -> None:
    """Reading a hundred thousand orders one by one takes ten times as long, and a click on «Главная» with it."""
    plan = [row["detail"] for row in desk.store.rows(f"EXPLAIN QUERY PLAN {home.DEBTS}")]
    assert any("USING COVERING INDEX order_totals_client" in step for step in plan)
    assert not any(step.startswith("SCAN order_totals") and "COVERING" not in step for step in plan)


@pytest.mark.parametrize(
    "name", ["debts", "debts_by_term", "sales_by_client", "sales_by_month", "sales_by_manager", "sales_by_organization"]
)
def test_every_report_tells_the_same_debt(desk: Desk, name: str) -> None:
    report = next(report for report in read_reports() if report.name == name)
    rows = desk.store.rows(report.sql, report.bound())
    assert sum(round(row["Долг, ₽"] * 100) for row in rows) == OWED
    if "Переплата, ₽" in rows[0]:
        assert sum(round(row["Переплата, ₽"] * 100) for row in rows) == OVERPAID


def test_the_orders_by_status_on_the_first_screen_are_all_orders(desk: Desk) -> None:
    desk.do([Edit("statuses", "lost", {"deleted": 1})], "Статус удалён")
    rows = {row["name"]: (row["id"], row["count"], row["total"]) for row in desk.store.rows(home.BY_STATUS)}
    desk.do([Edit("statuses", "lost", {"deleted": 0})], "Статус восстановлен")
    assert rows == {"open": ("open", 3, 130_00), "lost (удалён)": ("lost", 1, 1000_00), "Без статуса": (query.NOTHING, 1, 7_00)}
    assert [row["name"] for row in desk.store.rows(home.BY_STATUS)] == ["lost", "open", "Без статуса"]
