"""What a store knows already, by the keys that people use: ИНН, артикул, name, number and date. Read once before an import is planned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

import orjson

from local_app.imports.cells import whole_inn
from local_app.imports.plan import Current, Row
from local_app.ordering.rows import office
from shared.entity import Value
from shared.fold import fold, plain
from shared.rules.office import Office
from shared.store import Store

Key = tuple[str, ...]


class Known(NamedTuple):
    """Ids by natural key. Where two rows share one, the older wins; deleted rows are not known."""

    keys: dict[str, dict[Key, str]]  # entity -> natural key -> id
    marked: dict[str, frozenset[str]]  # id -> the kinds of key it has: a client with another ИНН is another client
    goods: dict[str, Row]  # products by id: what a new line takes from them
    office: Office  # what a new order asks
    author: str  # the employee whose laptop this is; '' when it works alone
    current: Current
    lines_of: Callable[[Iterable[str]], dict[str, list[Row]]]  # order id -> its lines in their order, deleted ones too
    namesakes: dict[str, set[str]]  # folded name -> ids of the clients that bear it


_NAMED = ("employees", "product_groups", "units", "organizations", "statuses")


def load_known(store: Store, numbers: Iterable[Value] = ()) -> Known:
    """Reads the keys of all rows, and the orders with these numbers."""
    clients = store.rows("SELECT id, name, inn, kpp, code FROM clients WHERE NOT deleted ORDER BY id DESC")
    products = store.rows("SELECT id, name, sku, unit_id, cost, vat_rate_id FROM products WHERE NOT deleted ORDER BY id DESC")
    keys = {
        "clients": {key: row["id"] for row in clients for key in (*client_keys(row), same_client(row))},
        "products": {key: row["id"] for row in products for key in (*product_keys(row), same_product(row))},
        "contacts": _owned(store, "contacts", "name"),
        "bank_accounts": _owned(store, "bank_accounts", "account"),
        "orders": _orders(store, numbers),
        **{entity: _names(store, entity) for entity in _NAMED},
    }
    return Known(
        keys,
        {
            **{row["id"]: frozenset(key[0] for key in client_keys(row)) for row in clients},
            **{row["id"]: frozenset(key[0] for key in product_keys(row)) for row in products},
        },
        {row["id"]: row for row in products},
        office(store),
        store.log.state().author,
        lambda entity, ids: current_rows(store, entity, ids),
        lambda orders: _lines(store, orders),
        _namesakes(clients),
    )


@lru_cache(1 << 16)  # the lines of a file name the same things again and again
def folded(name: Value) -> str:
    """A name for comparing; one that is all signs stays as it is."""
    text = str(name or "")
    return fold(text) or text.strip().casefold()


def client_keys(row: Row) -> list[Key]:
    """The keys under which a client is found, strongest first; branches of a firm share an ИНН."""
    inn, kpp, code, name = whole_inn(row["inn"] or ""), row["kpp"] or "", folded(row["code"]), folded(row["name"])
    keys: list[Key] = [("inn", inn, kpp), ("inn", inn)] if inn else []
    return [*keys, *([("code", code)] if code else []), *([("name", name)] if name else [])]


def product_keys(row: Row) -> list[Key]:
    """The keys under which a product is found, strongest first."""
    sku, name = (row["sku"] or "").strip().casefold(), folded(row["name"])
    return [*([("sku", sku)] if sku else []), *([("name", name)] if name else [])]


def same_client(row: Row) -> Key:
    """By which one of several clients with one ИНН is told, who are in «Повторы»."""
    return ("same", whole_inn(row["inn"] or ""), row["kpp"] or "", folded(row["name"]))


def same_product(row: Row) -> Key:
    """By which one of several products with one артикул is told."""
    return ("same", (row["sku"] or "").strip().casefold(), folded(row["name"]))


def current_rows(store: Store, entity: str, ids: Iterable[str]) -> Mapping[str, Row]:
    """The rows that exist, deleted ones too, by id."""
    sql = f"SELECT * FROM {entity} WHERE id IN (SELECT value FROM json_each(?))"
    return {row["id"]: row for row in store.rows(sql, (_json(ids),))}


def units_of(store: Store) -> frozenset[str]:
    """The folded names of the units."""
    return frozenset(name for _, name in _names(store, "units"))


def _orders(store: Store, numbers: Iterable[Value]) -> dict[Key, str]:
    """By number and date, and by these with our firm."""
    sql = (
        "SELECT id, number, date, organization_id FROM orders "
        "WHERE NOT deleted AND number IN (SELECT value FROM json_each(?)) ORDER BY id DESC"
    )
    wanted = {number for number in numbers if number}
    found: dict[Key, str] = {}
    for row in store.rows(sql, (_json(wanted),)) if wanted else ():
        key = (row["number"], row["date"] or "")
        found |= {key: row["id"], (*key, row["organization_id"] or ""): row["id"]}
    return found


def _lines(store: Store, orders: Iterable[str]) -> dict[str, list[Row]]:
    sql = "SELECT * FROM order_lines WHERE order_id IN (SELECT value FROM json_each(?)) ORDER BY order_id, position, id"
    found: dict[str, list[Row]] = {}
    for row in store.rows(sql, (_json(orders),)):
        found.setdefault(row["order_id"], []).append(row)
    return found


def _namesakes(clients: Iterable[Row]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in clients:
        found.setdefault(folded(row["name"]), set()).add(row["id"])
    return found


def _names(store: Store, entity: str) -> dict[Key, str]:
    rows = store.rows(f"SELECT id, name FROM {entity} WHERE NOT deleted ORDER BY id DESC")
    return {("name", spelled(row["name"])): row["id"] for spelled in (plain, folded) for row in rows}


def _owned(store: Store, entity: str, field: str) -> dict[Key, str]:
    rows = store.rows(f"SELECT id, client_id, {field} AS name FROM {entity} WHERE NOT deleted AND client_id IS NOT NULL ORDER BY id DESC")
    return {(row["client_id"], folded(row["name"])): row["id"] for row in rows}


def _json(values: Iterable[Value]) -> str:
    return orjson.dumps(list(values)).decode()
