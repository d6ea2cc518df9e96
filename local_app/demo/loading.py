"""The first start of the demo: people on the hub, two enrolled laptops, sample data on one of them and, by the sync, on all."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import MappingProxyType

from local_app.demo.people import PEOPLE
from local_app.demo.processes import PACKAGES, ask
from local_app.demo.sample import Office, Order, sample_acts
from local_app.desk import Desk
from local_app.imports.importing import Request, import_file
from local_app.imports.plan import summary
from local_app.seed import seed
from local_app.sync import Syncer
from shared.change import Refused
from shared.money import VatMode
from shared.values import to_micro

HOMES_OF_THE_SAMPLE = (PACKAGES / "tests" / "data" / "northwind", PACKAGES / "local_app" / "_sample")
SAMPLE = next((folder for folder in HOMES_OF_THE_SAMPLE if folder.is_dir()), HOMES_OF_THE_SAMPLE[0])
"""In a checkout it stands among the tests' data; an installed program carries a copy."""

Say = Callable[[str], None]


IMPORTS = (
    (
        "products",
        "products.csv",
        {"sku": "ProductID", "product": "ProductName", "group": "CategoryName", "price": "UnitPrice", "note": "QuantityPerUnit"},
    ),
    (
        "clients",
        "customers.csv",
        {
            "code": "CustomerID", "client": "CompanyName", "contact": "ContactName", "contact_post": "ContactTitle",
            "legal_address": "Address", "city": "City", "country": "Country", "phone": "Phone",
        },
    ),
    (
        "order-lines",
        "sales.csv",
        {
            "number": "OrderID", "date": "OrderDate", "shipment_date": "ShippedDate", "code": "CustomerID", "client": "CompanyName",
            "manager": "Employee", "sku": "ProductID", "product": "ProductName", "quantity": "Quantity", "price": "UnitPrice",
            "discount_fraction": "Discount",
        },
    ),
)  # fmt: skip
WORDS = MappingProxyType({"products": "Загружаю товары", "clients": "Загружаю клиентов", "order-lines": "Загружаю заказы"})


def make_hub(folder: Path, say: Say) -> None:
    """A new hub with the people of the demo."""
    say("Создаю сервер и пользователей")
    ask(["sync_server", "hub", "--data", str(folder), "init", "--title", "Пример"])
    for person in PEOPLE:
        ask(
            ["sync_server", "hub", "--data", str(folder), "user", person.login, "--name", person.name, "--role", person.role],
            person.password + "\n",
        )


def enrol(hub: Path, url: str, laptop: Path, login: str, name: str, say: Say) -> None:
    """Connects a new laptop of a user and fetches what the hub has."""
    say(f"Подключаю ноутбук: {login}")
    code = ask(["sync_server", "hub", "--data", str(hub), "code", login])
    Desk.open(laptop, create=True).close()
    syncer = Syncer(laptop)
    syncer.enrol(url, code, name)
    syncer.sync_once()


def load(laptop: Path, today: date, say: Say) -> None:
    """Fills a laptop by the import, adds what surrounds sales, and sends it all to the hub."""
    desk = Desk.open(laptop)
    try:
        seed(desk, organizations=True)
        for kind, name, columns in IMPORTS:
            say(WORDS[kind])
            outcome = import_file(desk, SAMPLE / name, Request(kind, columns, vat_mode=VatMode.NONE.value), lambda *_: None)
            if not outcome.written:
                raise Refused(f"Пример не загружен: {summary(outcome.plan.problems)}")
        say("Добавляю оплаты, затраты, напоминания")
        desk.do_many(sample_acts(_orders(desk), _office(desk, today)), "Загружен пример")
    finally:
        desk.close()
    say("Отправляю на сервер")
    Syncer(laptop).sync_once()


def _orders(desk: Desk) -> list[Order]:
    rows = desk.store.rows("SELECT order_id, number, date, total FROM order_totals ORDER BY date, number")
    return [Order(row["order_id"], row["number"], row["date"], row["total"]) for row in rows]


def _office(desk: Desk, today: date) -> Office:
    firms = desk.store.rows("SELECT id FROM organizations WHERE NOT deleted ORDER BY main DESC, name")
    people = desk.store.rows("SELECT id FROM employees WHERE login IN ('petrova', 'smirnov') ORDER BY login")
    return Office([row["id"] for row in firms], [row["id"] for row in people], _freight(SAMPLE / "orders.csv"), today)


def _freight(path: Path) -> dict[str, int]:
    """Kopecks by order number."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["OrderID"]: to_micro(row["Freight"]) // 10_000 for row in csv.DictReader(file)}
