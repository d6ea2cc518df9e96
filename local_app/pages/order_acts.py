"""What makes whole orders: a new one, a copy. Screens, cards and registers call these."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from local_app.desk import Desk
from local_app.numbers import given
from local_app.ordering.rows import number_of, office, sheet
from shared.change import Edit
from shared.entity import Value
from shared.rules.numbering import next_number
from shared.rules.office import Row, main_organization
from shared.rules.orders import NOTHING, Birth, copy_order
from shared.rules.orders import new_order as new_order_edits
from shared.store import Store


def new_order(desk: Desk, told: Mapping[str, Value] = NOTHING) -> str:
    """An order with what is told (fields and their values) and otherwise with what is usual, in one act; returns its id. Raises Refused."""
    lists = office(desk.store)
    firm = main_organization(lists.organizations)
    organization_id = told.get("organization_id", firm["id"] if firm else None)
    birth = born(desk, organization_id, str(told.get("date") or today_at(desk)))
    edits = new_order_edits(birth, lists, told)
    desk.do(edits, f"Создан заказ {number_of(edits[0].patch)}")
    return birth.order_id


def copy_of(desk: Desk, order_id: str) -> str:
    """The same order anew, for today; returns the id of the copy. Raises Refused."""
    source = sheet(desk.store, order_id)
    birth = born(desk, source.order["organization_id"], today_at(desk).isoformat())
    edits = copy_order(source, birth, [desk.new_id() for _ in source.lines])
    desk.do(edits, f"Создан заказ {birth.number} — копия заказа {number_of(source.order)}")
    return birth.order_id


def born(desk: Desk, organization_id: Value, day: str) -> Birth:
    """Id, number and author of an order that is made now, of that day ('YYYY-MM-DD')."""
    number = next_number(desk.prefix, given(desk.store, "orders", (organization_id,), day[:4], desk.prefix))
    return Birth(desk.new_id(), number, day, desk.author)


def today_at(desk: Desk) -> date:
    return datetime.fromtimestamp(desk.clock() / 1000, UTC).astimezone().date()


def renumbered(desk: Desk, order: Row) -> list[Edit]:
    """The order gets the next number of this laptop in its year: what its paper said before is in its history."""
    year = str(order["date"] or today_at(desk))[:4]
    taken = given(desk.store, "orders", (order["organization_id"],), year, desk.prefix)
    return [Edit("orders", str(order["id"]), {"number": next_number(desk.prefix, taken)})]


def number_warning(store: Store, order_id: str, number: str) -> str:
    """A number may be typed by hand, even one that is taken in the firm's year: then this is said under it."""
    if not number:
        return "Заказ без номера не найти по номеру"
    taken = store.rows(
        "SELECT t.date FROM orders o JOIN orders t ON t.organization_id IS o.organization_id "
        "AND substr(t.date, 1, 4) IS substr(o.date, 1, 4) AND length(t.number) = length(?1) AND t.number IS ?1 "
        "WHERE o.id = ?2 AND t.id <> o.id AND t.deleted = 0 ORDER BY t.date DESC LIMIT 1",
        (number, order_id),
    )
    return f"Такой номер уже есть у заказа {dated(taken[0]['date'])}. Другой даст «Ещё» — «Дать следующий номер»" if taken else ""


def dated(day: str | None) -> str:
    return f"от {date.fromisoformat(day):%d.%m.%Y}" if day else "без даты"


def with_contact(order_id: str, contact_id: str, client_id: str, name: str) -> list[Edit]:
    """A new person of the order's client, chosen for the order in the same act."""
    made = Edit("contacts", contact_id, {"client_id": client_id, "name": " ".join(name.split())})
    return [made, Edit("orders", order_id, {"contact_id": contact_id})]
