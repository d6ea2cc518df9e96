"""What makes whole orders: a new one, a copy. Screens, cards and registers call these."""

from __future__ import annotations

from datetime import UTC, date, datetime

from local_app.desk import Desk
from local_app.ordering.rows import number_of, office, sheet
from shared.change import Edit
from shared.fold import fold
from shared.rules.numbering import DASH, next_number
from shared.rules.office import Row, main_organization
from shared.rules.orders import Birth, copy_order
from shared.rules.orders import new_order as new_order_edits
from shared.store import Store


def new_order(desk: Desk, client_id: str | None = None) -> str:
    """An empty order with what is usual, in one act; returns its id. Raises Refused."""
    lists = office(desk.store)
    firm = main_organization(lists.organizations)
    birth = born(desk, firm["id"] if firm else None)
    desk.do(new_order_edits(birth, lists, client_id), f"Создан заказ {birth.number}")
    return birth.order_id


def copy_of(desk: Desk, order_id: str) -> str:
    """The same order anew, for today; returns the id of the copy. Raises Refused."""
    source = sheet(desk.store, order_id)
    birth = born(desk, source.order["organization_id"])
    edits = copy_order(source, birth, [desk.new_id() for _ in source.lines])
    desk.do(edits, f"Создан заказ {birth.number} — копия заказа {number_of(source.order)}")
    return birth.order_id


def born(desk: Desk, organization_id: str | None) -> Birth:
    """Id, number, day and author of an order that is made now."""
    today = today_at(desk)
    number = next_number(desk.prefix, taken_numbers(desk.store, organization_id, today.year, desk.prefix))
    return Birth(desk.new_id(), number, today.isoformat(), desk.author)


def today_at(desk: Desk) -> date:
    return datetime.fromtimestamp(desk.clock() / 1000, UTC).astimezone().date()


def renumbered(desk: Desk, order: Row) -> list[Edit]:
    """The order gets the next number of this laptop in its year: what its paper said before is in its history."""
    year = int(str(order["date"])[:4]) if order["date"] else today_at(desk).year
    taken = taken_numbers(desk.store, order["organization_id"], year, desk.prefix)
    return [Edit("orders", str(order["id"]), {"number": next_number(desk.prefix, taken)})]


def taken_numbers(store: Store, organization_id: str | None, year: int, prefix: str) -> list[str]:
    """The greatest number of one firm in one year that this laptop may have given, those of deleted orders too; none before the first.

    SQLite looks for it: a busy year has tens of thousands of them.
    """
    head = f"{prefix}{DASH}" if prefix else ""
    after = len(head) + 1
    rows = store.db.execute(
        "SELECT number, max(CAST(substr(number, ?) AS INTEGER)) FROM orders WHERE organization_id IS ? AND date >= ? AND date < ? "
        "AND substr(number, 1, ?) = ? AND substr(number, ?) NOT GLOB '*[^0-9]*' AND length(number) BETWEEN ? AND ?",
        (after, organization_id, f"{year}-01-01", f"{year + 1}-01-01", len(head), head, after, after, after + 8),
    )
    return [number for number, _ in rows if number is not None]


def number_warning(store: Store, order_id: str, number: str) -> str:
    """A number may be typed by hand, even one that is taken: then this is said under it."""
    if not number:
        return "Заказ без номера не найти по номеру"
    begins = fold(number)  # the searched words of an order begin with its number, and a space parts them
    taken = store.rows(
        "SELECT t.date FROM orders o CROSS JOIN orders t ON t.search >= ? AND t.search < ? WHERE o.id = ? AND t.number = ? "
        "AND t.id <> o.id AND t.deleted = 0 AND t.organization_id IS o.organization_id ORDER BY t.date DESC LIMIT 1",
        (begins, f"{begins}!", order_id, number),
    )
    return f"Такой номер уже есть у заказа {dated(taken[0]['date'])}. Другой даст «Ещё» — «Дать следующий номер»" if taken else ""


def dated(day: str | None) -> str:
    return f"от {date.fromisoformat(day):%d.%m.%Y}" if day else "без даты"


def with_contact(order_id: str, contact_id: str, client_id: str, name: str) -> list[Edit]:
    """A new person of the order's client, chosen for the order in the same act."""
    made = Edit("contacts", contact_id, {"client_id": client_id, "name": " ".join(name.split())})
    return [made, Edit("orders", order_id, {"contact_id": contact_id})]
