"""A table that somebody has written past the program is named, whatever kind of row it was done to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_app.desk import Desk
from shared.change import Edit
from tests.support.laptops import new_desk

MONEY = "order_totals"
TAMPERED = {
    "a value of a row written once": ("clients", "UPDATE clients SET city = 'Тверь' WHERE id = 'once'"),
    "a value of a row written twice": ("clients", "UPDATE clients SET city = 'Тверь' WHERE id = 'twice'"),
    "a value that was left out": ("clients", "UPDATE clients SET note = 'Не звонить' WHERE id = 'once'"),
    "a row hidden": ("clients", "UPDATE clients SET deleted = 1 WHERE id = 'once'"),
    "a row brought back": ("clients", "UPDATE clients SET deleted = 0 WHERE id = 'gone'"),
    "a row taken away": ("orders", "DELETE FROM orders WHERE id = 'order'"),
    "a settled row taken away": ("clients", "DELETE FROM clients WHERE id = 'twice'"),
    "a row too many": ("products", "INSERT INTO products (id, name, search) VALUES ('none', 'Ничей', 'ничей')"),
    "what is searched": ("clients", "UPDATE clients SET search = 'чужое' WHERE id = 'once'"),
    "a disputed value": ("clients", "UPDATE clients SET phone = '+7 999' WHERE id = 'disputed'"),
    "a disagreement forgotten": ("conflicts", "DELETE FROM conflicts"),
    "a disagreement invented": ("conflicts", "INSERT INTO conflicts VALUES ('once', 'name', 1, 'clients', 1)"),
    "the money of an order": (MONEY, f"UPDATE {MONEY} SET paid = paid + 1"),
    "what is carried of an order": (MONEY, f"UPDATE {MONEY} SET date = '2020-01-01'"),
    "an order without its money": (MONEY, f"DELETE FROM {MONEY}"),
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = new_desk(tmp_path)
    for name in ("once", "twice", "gone", "disputed"):
        desk.do([Edit("clients", name, {"name": f"ООО «{name}»", "phone": "+7 912 000-00-00"})], "Клиент")
    desk.do([Edit("clients", "twice", {"city": "Псков"})], "Город")
    desk.do([Edit("clients", "gone", {"deleted": 1})], "Удаление")
    opened = desk.view()
    for phone in ("+7 912 111-11-11", "+7 912 222-22-22"):
        desk.do([Edit("clients", "disputed", {"phone": phone})], "Телефон", opened)
    order = Edit("orders", "order", {"number": "1", "date": "2026-03-01", "client_id": "once"})
    line = Edit("order_lines", "line", {"order_id": "order", "name": "Доставка", "quantity": 1_000_000, "price": 500_000_000})
    desk.do([order, line, Edit("payments", "paid", {"order_id": "order", "date": "2026-03-02", "amount": 10_000})], "Заказ")
    yield desk
    desk.close()


def test_what_the_program_has_drawn_is_the_drawing(desk: Desk) -> None:
    assert desk.store.one("SELECT count(*) FROM conflicts") == 2
    assert desk.store.verify() == []
    assert desk.store.one("SELECT count(*) FROM sqlite_temp_master") == 0


@pytest.mark.parametrize(("table", "sql"), TAMPERED.values(), ids=TAMPERED)
def test_what_somebody_else_has_drawn_is_named(desk: Desk, table: str, sql: str) -> None:
    with desk.store.transaction():
        assert desk.store.db.execute(sql).rowcount > 0
    assert desk.store.verify() == [f"Таблица {table} не совпадает с журналом"]


def test_nobody_waits_while_a_store_is_compared(desk: Desk) -> None:
    beside = Desk.open(desk.folder)
    with beside.store.transaction():
        assert desk.store.verify() == []
    beside.close()
