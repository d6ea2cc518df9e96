"""The work that is measured: a company's clients, products and orders, the same in every run. Nothing here touches a clock or luck."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from shared.change import Edit
from shared.entity import MICRO, Value

LINES = 5
FIRST_MS = 1_767_225_600_000
"""1 January 2026 UTC: ids of the workload grow from there, one millisecond an order."""
FIRST_DAY = date(2024, 1, 1)
DAYS = 900
STATUSES = ("Новый", "Предложение отправлено", "Согласование", "Ожидает оплаты", "В работе", "Отгружен", "Завершён", "Отменён")
EMPLOYEES = ("Иванова Анна Сергеевна", "Петров Борис Львович", "Ёлкина Вера Павловна", "Гусев Глеб Ильич", "Дёмин Денис Олегович")
WORDS = ("Берёзка", "Северный ветер", "Заря", "Техноснаб", "Ёлочка", "Стройдвор", "Волга", "Уралметиз", "Парус", "Кедр", "Гранит", "Маяк")
GOODS = ("Болт оцинкованный", "Краска фасадная", "Доска обрезная", "Кабель силовой", "Лампа светодиодная", "Щётка дисковая", "Шуруповёрт")
CITIES = ("Москва", "Санкт-Петербург", "Королёв", "Орёл", "Казань", "Екатеринбург")
SUBJECTS = ("Поставка материалов на объект", "Ремонт склада, второй этап", "Повторный заказ по прошлым ценам", "Оснащение нового цеха")


class Company(NamedTuple):
    """The rows that orders refer to, and the edits that make them."""

    edits: list[Edit]
    clients: list[str]
    products: list[tuple[str, str]]  # id and name
    statuses: list[str]
    employees: list[str]
    organizations: list[str]
    units: list[str]


def make_id(luck: Random, at_ms: int) -> str:
    """A UUID of version 7 (RFC 9562) that is the same in every run."""
    head, rest = f"{at_ms:012x}", f"{luck.getrandbits(72):018x}"
    return f"{head[:8]}-{head[8:]}-7{rest[:3]}-8{rest[3:6]}-{rest[6:18]}"


def company(orders: int) -> Company:
    """A company that has so many orders: a client for each twenty, at most 5,000 of them."""
    luck = Random(1)
    edits: list[Edit] = []

    def add(entity: str, patch: dict[str, Value]) -> str:
        edits.append(Edit(entity, make_id(luck, FIRST_MS - 1_000_000 + len(edits)), patch))
        return edits[-1].row

    employees = [add("employees", {"name": name}) for name in EMPLOYEES]
    statuses = [add("statuses", {"name": name, "position": place, "stage": "open"}) for place, name in enumerate(STATUSES, 1)]
    organizations = [add("organizations", {"name": name, "inn": "7805123456"}) for name in ("ООО «Исток»", "ИП Соколова М. А.")]
    units = [add("units", {"name": name, "okei": code}) for name, code in (("шт", "796"), ("кг", "166"), ("м", "006"))]
    clients = [add("clients", client(luck, number)) for number in range(min(max(orders // 20, 20), 5000))]
    names = [f"{luck.choice(GOODS)} {number}" for number in range(min(max(orders // 20, 20), 1000))]
    products = [add("products", product(luck, name, place)) for place, name in enumerate(names)]
    return Company(edits, clients, list(zip(products, names, strict=True)), statuses, employees, organizations, units)


def client(luck: Random, number: int) -> dict[str, Value]:
    name, inn, phone = (
        f"ООО «{luck.choice(WORDS)} {luck.choice(WORDS)}» {number}",
        luck.randrange(10**9, 10**10),
        luck.randrange(10**8, 10**9),
    )
    return {"name": name, "inn": f"{inn}", "phone": f"+7 9{phone}", "city": luck.choice(CITIES)}


def product(luck: Random, name: str, place: int) -> dict[str, Value]:
    return {"name": name, "sku": f"АРТ-{place}", "price": luck.randrange(1, 9999) * MICRO}


def orders(known: Company, count: int, seed: int = 2) -> Iterator[list[Edit]]:
    """So many orders, an act each: the order with 12 fields and its five lines with 10 each, 62 values an order."""
    luck = Random(seed)
    first = FIRST_MS + seed * 10**9
    for number in range(1, count + 1):
        yield order(luck, known, number, first + number)


def order(luck: Random, known: Company, number: int, at_ms: int) -> list[Edit]:
    row = make_id(luck, at_ms)
    day = FIRST_DAY + timedelta(days=luck.randrange(DAYS))
    patch: dict[str, Value] = {
        "number": f"А-{number}", "date": day.isoformat(), "client_id": luck.choice(known.clients),
        "organization_id": luck.choice(known.organizations), "status_id": luck.choice(known.statuses),
        "manager_id": luck.choice(known.employees), "subject": luck.choice(SUBJECTS), "vat_mode": "included",
        "discount_percent": luck.choice((None, 5 * MICRO)), "shipment_date": (day + timedelta(days=7)).isoformat(),
        "pay_until": (day + timedelta(days=14)).isoformat(), "note": f"Позвонить за день до отгрузки, пропуск № {number}",
    }  # fmt: skip
    return [Edit("orders", row, patch), *(line(luck, known, row, place, at_ms) for place in range(1, LINES + 1))]


def line(luck: Random, known: Company, order_id: str, place: int, at_ms: int) -> Edit:
    product, name = luck.choice(known.products)
    patch: dict[str, Value] = {
        "order_id": order_id, "position": f"a{place}", "product_id": product, "name": name, "unit_id": luck.choice(known.units),
        "quantity": luck.randrange(1, 200) * MICRO, "price": luck.randrange(100, 2_000_000) * (MICRO // 100),
        "discount_percent": luck.choice((None, None, 10 * MICRO)), "vat_mode": "included", "vat_percent": 22 * MICRO,
    }  # fmt: skip
    return Edit("order_lines", make_id(luck, at_ms), patch)


def later_edits(acts: list[list[Edit]], count: int, seed: int) -> list[Edit]:
    """Small edits of rows that exist: statuses and notes of orders, prices and quantities of lines, one field each."""
    luck = Random(seed)
    return [later_edit(luck, luck.choice(acts), number) for number in range(count)]


def later_edit(luck: Random, act: list[Edit], number: int) -> Edit:
    head, some_line = act[0], luck.choice(act[1:])
    return luck.choice((
        Edit("orders", head.row, {"note": f"Перезвонить, пункт {number}"}),
        Edit("orders", head.row, {"subject": f"{luck.choice(SUBJECTS)}, часть {number}"}),
        Edit("order_lines", some_line.row, {"price": luck.randrange(100, 2_000_000) * (MICRO // 100)}),
        Edit("order_lines", some_line.row, {"quantity": luck.randrange(1, 200) * MICRO}),
    ))  # fmt: skip


def values_in(acts: list[list[Edit]]) -> int:
    return sum(len(edit.patch) for act in acts for edit in act)
