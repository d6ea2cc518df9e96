"""A small firm for the browser: people, clients, products and orders whose names and sums the tests know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from local_app.desk import Desk
from shared.change import Edit
from shared.entity import MICRO, Value
from shared.ids import derived_id

STATUSES = (("Новый", "blue", "open"), ("В работе", "violet", "open"), ("Завершён", "green", "won"))
CLIENTS = ("ООО «Ромашка»", "ООО «Вектор»", "ИП Ёлкин", "АО «Гранит»")
PRODUCTS = (("Кабель ВВГ", "K-1", 120), ("Светильник LED", "S-7", 2500))
ORDERS = 240
EACH_ROUBLES = 1000
"""Every order has one line of this price, without VAT; every third one is paid."""


def fill(folder: Path) -> None:
    """The same firm every time, ids included."""
    desk = Desk.open(folder, create=True)
    try:
        desk.do_many([list(people()), list(goods()), *orders()], "Пример")
    finally:
        desk.close()


def row_id(entity: str, name: str) -> str:
    """The id of a sample row: tests open it by its address."""
    return derived_id(0, "sample", entity, name)


def people() -> Iterator[Edit]:
    yield Edit("employees", row_id("employees", "Иванова"), {"name": "Иванова Мария", "role": "salesperson"})
    yield Edit("employees", row_id("employees", "Петров"), {"name": "Петров Олег", "role": "manager"})
    yield Edit("organizations", row_id("organizations", "Свет"), {"name": "ООО «Свет»", "main": 1})
    for place, name in enumerate(CLIENTS):
        manager = row_id("employees", "Иванова" if place % 2 else "Петров")
        yield Edit("clients", row_id("clients", name), {"name": name, "city": "Казань", "manager_id": manager})


def goods() -> Iterator[Edit]:
    yield Edit("units", row_id("units", "шт"), {"name": "шт", "okei": "796"})
    for place, (name, color, stage) in enumerate(STATUSES):
        yield Edit("statuses", row_id("statuses", name), {"name": name, "color": color, "stage": stage, "position": place})
    for name, sku, roubles in PRODUCTS:
        yield Edit(
            "products", row_id("products", name), {"name": name, "sku": sku, "price": roubles * MICRO, "unit_id": row_id("units", "шт")}
        )


def orders() -> Iterator[list[Edit]]:
    for number in range(1, ORDERS + 1):
        yield list(order(number))


def order(number: int) -> Iterator[Edit]:
    key, client = row_id("orders", str(number)), CLIENTS[number % len(CLIENTS)]
    status = row_id("statuses", STATUSES[number % len(STATUSES)][0])
    yield Edit("orders", key, {
        "number": f"З-{number}", "date": f"2026-{1 + number % 10:02d}-{1 + number % 28:02d}", "client_id": row_id("clients", client),
        "status_id": status, "manager_id": row_id("employees", "Иванова"),
        "organization_id": row_id("organizations", "Свет"), "vat_mode": "none",
    })  # fmt: skip
    line: dict[str, Value] = {"order_id": key, "name": "Кабель ВВГ", "quantity": MICRO, "price": EACH_ROUBLES * MICRO, "vat_mode": "none"}
    yield Edit("order_lines", row_id("order_lines", str(number)), line)
    if number % 3 == 0:
        yield Edit("payments", row_id("payments", str(number)), {"order_id": key, "date": "2026-10-01", "amount": EACH_ROUBLES * 100})
