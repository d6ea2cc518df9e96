"""Every report runs on a real store and agrees with the money that the orders themselves have."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from local_app.desk import Desk
from shared.change import Edit
from shared.entity import MICRO, Kind
from shared.money import Line, order_total
from shared.reports import PARAMETERS, Report, parse_report, read_reports
from shared.shapes import LARGEST

REPORTS = {report.name: report for report in read_reports()}
TODAY = "2026-03-31"
LOST_ORDER = "Отменённый"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Sixty orders with everything that money can do, some cancelled, some deleted."""
    desk = Desk.open(tmp_path_factory.mktemp("reports"), create=True, clock=lambda: 1_790_000_000_000)
    luck = random.Random(5)
    refs = {name: references(desk, name) for name in ("clients", "employees", "organizations", "products", "expense_categories")}
    statuses = make_statuses(desk)
    for number in range(60):
        desk.do(order_edits(desk, luck, number, refs, statuses), "Заказ")
    gone = desk.store.rows("SELECT id FROM orders ORDER BY number LIMIT 5")
    desk.do([Edit("orders", row["id"], {"deleted": 1}) for row in gone], "Удалены заказы")
    desk.do([Edit("clients", refs["clients"][0], {"deleted": 1})], "Удалён клиент")
    yield desk
    desk.close()


def references(desk: Desk, entity: str) -> list[str]:
    made = [desk.new_id() for _ in range(4)]
    desk.do([Edit(entity, row, {"name": f"{entity} {place}"}) for place, row in enumerate(made)], "Справочник")
    return made


def make_statuses(desk: Desk) -> list[str | None]:
    made = [desk.new_id() for _ in range(3)]
    stages = (("Новый", "open"), ("Оплачен", "won"), (LOST_ORDER, "lost"))
    desk.do([Edit("statuses", row, {"name": name, "stage": stage}) for row, (name, stage) in zip(made, stages, strict=True)], "Статусы")
    return [*made, None]


def order_edits(desk: Desk, luck: random.Random, number: int, refs: dict[str, list[str]], statuses: list[str | None]) -> Iterator[Edit]:
    order = desk.new_id()
    yield Edit("orders", order, {
        "number": str(number), "date": luck.choice([None, f"2026-0{luck.randint(1, 3)}-1{luck.randint(0, 9)}"]),
        "client_id": luck.choice([None, *refs["clients"]]), "manager_id": luck.choice([None, *refs["employees"]]),
        "organization_id": luck.choice(refs["organizations"]), "status_id": luck.choice(statuses),
        "pay_until": luck.choice([None, "2026-01-15", "2026-03-01", "2026-03-20", "2026-05-01"]),
        "discount_percent": luck.choice([None, None, 7 * MICRO]), "discount_sum": luck.choice([None, 1003]),
    })  # fmt: skip
    for place in range(luck.randint(0, 4)):
        yield Edit("order_lines", desk.new_id(), {
            "order_id": order, "position": f"a{place}", "product_id": luck.choice([None, *refs["products"]]), "name": f"Строка {place}",
            "quantity": luck.choice([195_000, MICRO, 13 * MICRO, -2 * MICRO]),
            "price": luck.choice([None, 348_350_000, 33_333_300, 1_198 * MICRO]),
            "discount_percent": luck.choice([None, None, 15 * MICRO]), "discount_sum": luck.choice([None, 250]),
            "vat_mode": luck.choice(["included", "on_top", "none"]), "vat_percent": luck.choice([None, 22 * MICRO]),
            "cost": luck.choice([None, 10 * MICRO]),
        })  # fmt: skip
    if luck.random() < 0.5:
        yield Edit("payments", desk.new_id(), {"order_id": order, "date": "2026-02-10", "amount": luck.choice([5000, 100_000, -700])})
    if luck.random() < 0.5:
        category = luck.choice([None, *refs["expense_categories"]])
        yield Edit("expenses", desk.new_id(), {"order_id": order, "date": "2026-02-11", "amount": 1234, "category_id": category})


def run(desk: Desk, name: str, **given: str) -> list[dict[str, Any]]:
    return desk.store.rows(REPORTS[name].sql, REPORTS[name].bound(**given))


def kopecks(rows: list[dict[str, Any]], column: str) -> int:
    return sum(round(row[column] * 100) for row in rows)


def truth(desk: Desk, column: str, *, lost: bool = False) -> int:
    """The sum over the living orders, without the cancelled ones."""
    where = "" if lost else " WHERE status_id IS NULL OR status_id NOT IN (SELECT id FROM statuses WHERE stage = 'lost')"
    return int(desk.store.one(f"SELECT sum({column}) FROM order_totals{where}"))


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
class TestEveryReport:
    def test_has_a_russian_title_and_says_what_it_counts(self, report: Report) -> None:
        assert report.title[0].isupper()
        assert report.about.endswith(".")
        assert set(report.parameters) <= set(PARAMETERS)

    def test_runs_and_has_russian_columns(self, report: Report, desk: Desk) -> None:
        rows = run(desk, report.name)
        assert rows
        assert all(any("а" <= letter <= "я" for letter in name.lower()) for name in rows[0])

    def test_gives_roubles_with_two_decimals(self, report: Report, desk: Desk) -> None:
        amounts = [(name, value) for row in run(desk, report.name) for name, value in row.items() if name.endswith("₽")]
        assert amounts
        assert [pair for pair in amounts if round(pair[1], 2) != pair[1]] == []

    def test_is_empty_but_whole_in_an_empty_store(self, report: Report, tmp_path: Path) -> None:
        empty = Desk.open(tmp_path, create=True)
        rows = run(empty, report.name)
        empty.close()
        assert all(not value for row in rows for name, value in row.items() if name.endswith("₽"))


@pytest.mark.parametrize("name", ["sales_by_month", "sales_by_manager", "sales_by_client", "sales_by_organization"])
@pytest.mark.parametrize(
    ("column", "source"),
    [
        ("Сумма, ₽", "total"),
        ("НДС, ₽", "vat"),
        ("Скидки, ₽", "discount"),
        ("Оплачено, ₽", "paid"),
        ("Долг, ₽", "max(debt, 0)"),
        ("Переплата, ₽", "max(-debt, 0)"),
        ("Маржа, ₽", "margin"),
    ],
)
def test_sales_add_up_to_the_orders_whatever_they_are_cut_by(desk: Desk, name: str, column: str, source: str) -> None:
    assert kopecks(run(desk, name), column) == truth(desk, source)


def test_products_add_up_to_the_same_kopeck_as_the_orders_they_were_sold_in(desk: Desk) -> None:
    assert kopecks(run(desk, "sales_by_product"), "Сумма, ₽") == truth(desk, "total")


def test_a_product_is_sold_for_what_the_money_module_says_when_the_order_itself_has_no_discount(tmp_path: Path) -> None:
    desk, luck = Desk.open(tmp_path, create=True), random.Random(11)
    expected: Counter[str] = Counter()
    for number in range(40):
        order, lines = desk.new_id(), []
        edits = [Edit("orders", order, {"number": str(number)})]
        for place in range(3):
            name = f"Товар {luck.randint(1, 5)}"
            asked = Line(
                luck.randint(-5, 9) * 195_000, luck.randint(0, 10**10), luck.choice([None, 12_500_000]), None, "on_top", 22 * MICRO
            )
            lines.append((name, asked))
            edits.append(Edit("order_lines", desk.new_id(), {
                "order_id": order, "position": f"a{place}", "name": name, "quantity": asked.quantity, "price": asked.price,
                "discount_percent": asked.discount_percent, "vat_mode": asked.vat_mode, "vat_percent": asked.vat_percent,
            }))  # fmt: skip
        counted = order_total([line for _, line in lines])
        expected.update({name: 0 for name, _ in lines})
        for (name, _), total in zip(lines, counted.lines, strict=True):
            expected[name] += total.total
        desk.do(edits, "Заказ")
    found = {row["Товар или услуга"]: round(row["Сумма, ₽"] * 100) for row in run(desk, "sales_by_product")}
    desk.close()
    assert found == dict(expected)


def test_cancelled_orders_stand_in_the_report_by_status_only(desk: Desk) -> None:
    rows = run(desk, "orders_by_status")
    assert kopecks(rows, "Сумма, ₽") == truth(desk, "total", lost=True) != truth(desk, "total")
    assert {row["Итог"] for row in rows if row["Статус"] == LOST_ORDER} == {"Отменён"}


def test_debts_have_a_bucket_of_their_own_without_a_term_and_add_up(desk: Desk) -> None:
    rows = run(desk, "debts", today=TODAY)
    terms = {row["Срок"]: row for row in run(desk, "debts_by_term", today=TODAY)}
    assert list(terms) == [
        "срок не наступил",
        "просрочен до 30 дней",
        "просрочен от 31 до 90 дней",
        "просрочен больше 90 дней",
        "без срока",
    ]
    assert {row["Оплатить до"] for row in rows if row["Срок"] == "без срока"} == {None}
    assert {(row["Оплатить до"], row["Дней просрочки"]) for row in rows if row["Срок"] == "просрочен до 30 дней"} <= {
        ("2026-03-01", 30),
        ("2026-03-20", 11),
    }
    for name, row in terms.items():
        assert kopecks([row], "Долг, ₽") == kopecks([each for each in rows if each["Срок"] == name], "Долг, ₽")
    owed = (
        "SELECT sum(debt) FROM order_totals t LEFT JOIN statuses s ON s.id = t.status_id WHERE debt > 0 AND coalesce(s.stage, '') <> 'lost'"
    )
    assert kopecks(rows, "Долг, ₽") == desk.store.one(owed) == kopecks(run(desk, "sales_by_client"), "Долг, ₽")


@pytest.mark.parametrize("name", ["margin_by_order", "margin_by_client"])
def test_a_return_has_no_profitability(tmp_path: Path, name: str) -> None:
    with closing(Desk.open(tmp_path, create=True, clock=lambda: 1_790_000_000_000)) as desk:
        desk.do([
            edit for key, quantity in (("sold", 1), ("returned", -1))
            for edit in (
                Edit("clients", key, {"name": key}),
                Edit("orders", key, {"number": key, "date": TODAY, "client_id": key, "vat_mode": "none"}),
                Edit("order_lines", f"{key} line", {
                    "order_id": key, "quantity": quantity * MICRO, "price": 100 * MICRO, "cost": 60 * MICRO, "vat_mode": "none",
                }),
            )
        ], "Продажа и возврат")  # fmt: skip
        shown = {row["Клиент"]: (row["Маржа, ₽"], row["Рентабельность, %"]) for row in run(desk, name)}
    assert shown == {"sold": (40, 40), "returned": (-40, None)}


def test_margins_add_up(desk: Desk) -> None:
    for name in ("margin_by_order", "margin_by_client"):
        rows = run(desk, name)
        assert kopecks(rows, "Маржа, ₽") == truth(desk, "margin")
        assert kopecks(rows, "Сумма без НДС, ₽") - kopecks(rows, "Закупка, ₽") - kopecks(rows, "Затраты, ₽") == truth(desk, "margin")


def test_money_of_deleted_orders_is_in_no_report(desk: Desk) -> None:
    for report, entity in (("payments_by_month", "payments"), ("expenses_by_category", "expenses")):
        column = "Всего, ₽" if entity == "payments" else "Сумма, ₽"
        alive = f"SELECT sum(amount) FROM {entity} WHERE order_id IN (SELECT order_id FROM order_totals)"
        assert kopecks(run(desk, report), column) == desk.store.one(alive) != desk.store.one(f"SELECT sum(amount) FROM {entity}")


def test_a_period_takes_its_first_and_its_last_day(desk: Desk) -> None:
    sql = "SELECT date, count(*) n FROM order_totals WHERE date IS NOT NULL GROUP BY date ORDER BY date"
    days = [row["date"] for row in desk.store.rows(sql)]
    found = run(desk, "margin_by_order", date_from=days[1], date_to=days[4])
    assert {row["Дата"] for row in found} <= set(days[1:5])
    assert {days[1], days[4]} <= {row["Дата"] for row in found}


def test_a_deleted_client_keeps_its_name(desk: Desk) -> None:
    assert "clients 0 (удалён)" in {row["Клиент"] for row in run(desk, "sales_by_client")}


@pytest.mark.parametrize(
    ("entity", "field", "report", "column"),
    [
        ("clients", "client_id", "sales_by_client", "Клиент"),
        ("clients", "client_id", "margin_by_client", "Клиент"),
        ("clients", "client_id", "margin_by_order", "Клиент"),
        ("clients", "client_id", "debts", "Клиент"),
        ("employees", "manager_id", "sales_by_manager", "Ответственный"),
        ("organizations", "organization_id", "sales_by_organization", "Своя организация"),
        ("statuses", "status_id", "orders_by_status", "Статус"),
    ],
)
def test_who_was_saved_without_a_name_is_no_empty_cell(tmp_path: Path, entity: str, field: str, report: str, column: str) -> None:
    with closing(Desk.open(tmp_path, create=True)) as desk:
        nameless = "без имени" if entity == "employees" else "без названия"
        desk.do([Edit(entity, "x", {"name": "Имя"}), Edit("orders", "o", {field: "x", "date": TODAY})], "Заказ")
        desk.do([Edit("order_lines", "l", {"order_id": "o", "quantity": MICRO, "price": MICRO})], "Строка")
        desk.do([Edit(entity, "x", {"name": ""})], "Имя стёрто")
        assert [row[column] for row in run(desk, report)] == [nameless]
        desk.do([Edit(entity, "x", {"deleted": 1})], "Удаление")
        assert run(desk, report)[0][column].startswith(f"{nameless} (удал")


def test_orders_with_absurd_prices_stop_no_report(tmp_path: Path) -> None:
    """Two lines at the bounds of what the hub takes: mistyped, or written to spite the others."""
    price, quantity = LARGEST[Kind.PRICE], LARGEST[Kind.QUANTITY]
    with closing(Desk.open(tmp_path, create=True)) as desk:
        for sign in (1, 1, 1, -1, -1, -1):
            order, line = desk.new_id(), {"price": price * sign, "quantity": quantity, "cost": -price * sign}
            edits = [Edit("orders", order, {"date": TODAY}), Edit("order_lines", desk.new_id(), {"order_id": order, **line})]
            desk.do(edits, "Заказ")
        for side in ("> 0", "< 0"):
            assert desk.store.one(f"SELECT sum(total) + sum(debt) + sum(margin) FROM order_totals WHERE total {side}") != 0
        for report in REPORTS:
            assert run(desk, report) is not None


def test_a_file_without_a_title_is_no_report() -> None:
    with pytest.raises(ValueError, match="title"):
        parse_report("nameless", "SELECT 1")
