"""Sample data around imported sales: statuses, our firms, payments, expenses, interactions, reminders. Made from the orders alone. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from shared.change import Edit
from shared.entity import Value
from shared.ids import derived_id
from shared.rules.lists import named_id

NEWEST = (("Новый", 6), ("Предложение отправлено", 14), ("Согласование", 22), ("Ожидает оплаты", 36), ("В работе", 60), ("Отгружен", 80))
"""Statuses of the newest orders: up to which place from the end each goes."""
TALKS = (
    ("Звонок", "Уточнили состав заказа и сроки поставки."),
    ("Письмо", "Отправлено коммерческое предложение."),
    ("Встреча", "Обсудили скидку на следующий заказ."),
    ("Сообщение", "Клиент просит ускорить отгрузку."),
)
TASKS = ("Позвонить клиенту", "Отправить счёт", "Напомнить об оплате", "Согласовать дату отгрузки")
_AT_WORK = 80  # the newest orders, which the people of the demo work on
_REMINDED = 24


class Order(NamedTuple):
    """An imported order and what it comes to."""

    id: str
    number: str
    date: str
    total: int  # kopecks

    @property
    def turn(self) -> int:
        """A plain number to take turns by."""
        return int("".join(sign for sign in self.number if sign in "0123456789") or "0")


class Office(NamedTuple):
    """Who works here: ids of our firms (the main one first) and of the sales people; what freight cost by order number, kopecks."""

    firms: Sequence[str]
    people: Sequence[str]
    freight: Mapping[str, int]
    today: date


def sample_acts(orders: Sequence[Order], office: Office) -> Iterator[list[Edit]]:
    """One act for each order, oldest first."""
    for place, order in enumerate(orders):
        behind = len(orders) - 1 - place
        status = status_of(behind)
        yield [
            *_order(order, behind, status, office),
            *_payments(order, status),
            *_expenses(order, office),
            *_talks(order, behind, office),
            *_reminders(order, behind, office),
        ]


def status_of(behind: int) -> str:
    """The newest orders are at work, the old ones are done; none is cancelled, so every report adds up to the same known sum."""
    for name, until in NEWEST:
        if behind < until:
            return name
    return "Завершён"


def _order(order: Order, behind: int, status: str, office: Office) -> Iterator[Edit]:
    firm = office.firms[2 if order.turn % 11 == 0 else 1 if order.turn % 5 == 0 else 0]
    patch: dict[str, Value] = {"status_id": named_id("statuses", status), "organization_id": firm}
    if behind < _AT_WORK:
        patch["manager_id"] = office.people[order.turn % len(office.people)]
    yield Edit("orders", order.id, patch)


def _payments(order: Order, status: str) -> Iterator[Edit]:
    for count, (share, days) in enumerate(_parts(order, status)):
        patch: dict[str, Value] = {
            "order_id": order.id,
            "date": _later(order.date, days),
            "amount": order.total * share // 100,
            "method": "cash" if order.turn % 17 == 0 else "card" if order.turn % 13 == 0 else "bank",
            "document_number": str(order.turn % 900 + 100 + count),
            "purpose": f"Оплата по счёту № {order.number}",
        }
        yield Edit("payments", derived_id(0, "demo", "payments", order.number, str(count)), patch)


def _parts(order: Order, status: str) -> tuple[tuple[int, int], ...]:
    """Shares of the total in percent, and after how many days each was paid."""
    if status == "Завершён":
        return (
            ((60, 12),) if order.turn % 23 == 0 else ((50, 7), (50, 30)) if order.turn % 10 == 0 and order.total % 2 == 0 else ((100, 10),)
        )
    if status == "Отгружен":
        return ((100, 5),) if order.turn % 2 else ()
    return ((30, 2),) if status == "В работе" and order.turn % 3 == 0 else ()


def _expenses(order: Order, office: Office) -> Iterator[Edit]:
    freight = office.freight.get(order.number, 0)
    if freight:
        patch: dict[str, Value] = {
            "order_id": order.id,
            "date": _later(order.date, 3),
            "category_id": named_id("expense_categories", "Доставка"),
            "amount": freight,
            "note": "Перевозчик",
        }
        yield Edit("expenses", derived_id(0, "demo", "expenses", order.number), patch)


def _talks(order: Order, behind: int, office: Office) -> Iterator[Edit]:
    if order.turn % 4 and behind >= _AT_WORK:
        return
    kind, summary = TALKS[order.turn // 4 % len(TALKS)]
    patch: dict[str, Value] = {
        "order_id": order.id,
        "moment": f"{_later(order.date, 1)}T{9 + order.turn % 8:02}:30",
        "kind_id": named_id("interaction_kinds", kind),
        "employee_id": office.people[order.turn % len(office.people)],
        "summary": summary,
    }
    yield Edit("interactions", derived_id(0, "demo", "interactions", order.number), patch)


def _reminders(order: Order, behind: int, office: Office) -> Iterator[Edit]:
    """The newest orders have something to do around today, a part of it overdue."""
    if behind >= _REMINDED:
        return
    day = office.today + timedelta(days=behind // 2 - 3)
    patch: dict[str, Value] = {
        "order_id": order.id,
        "moment": f"{day.isoformat()}T{9 + behind % 8:02}:00",
        "text": f"{TASKS[behind % len(TASKS)]}: заказ {order.number}",
        "employee_id": office.people[order.turn % len(office.people)],
    }
    yield Edit("reminders", derived_id(0, "demo", "reminders", order.number), patch)


def _later(iso: str, days: int) -> str:
    return (date.fromisoformat(iso) + timedelta(days=days)).isoformat()
