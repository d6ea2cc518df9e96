"""What the order form reads: the rows of one order, the reference lists, products found by what was typed."""

from __future__ import annotations

import json
from collections.abc import Iterable

from shared.change import Refused
from shared.fold import fold, other_layout
from shared.rules.office import Office, Row, Sheet, in_order
from shared.schema import search_condition
from shared.store import Store

MOST_FOUND = 12


def office(store: Store) -> Office:
    """The reference lists that rules about orders ask."""
    names = ("organizations", "statuses", "vat_regimes", "vat_rates")
    return Office(*(store.rows(f"SELECT * FROM {name} WHERE deleted = 0 ORDER BY id") for name in names))


def sheet(store: Store, order_id: str) -> Sheet:
    """One order as the rules see it. Refused when there is none."""
    lines = lines_of(store, order_id)
    products = by_id(store, "products", (line["product_id"] for line in lines))
    order = store.row("orders", order_id)
    if order is None:
        raise Refused("Этого заказа больше нет. Вернитесь к списку заказов")
    return Sheet(order, lines, products, office(store))


def lines_of(store: Store, order_id: str) -> list[Row]:
    return in_order(store.rows("SELECT * FROM order_lines WHERE order_id = ? AND deleted = 0", (order_id,)))


def by_id(store: Store, table: str, ids: Iterable[str | None]) -> dict[str, Row]:
    """Rows by their ids, deleted ones too: what a line names is shown for ever."""
    wanted = json.dumps(sorted({each for each in ids if each}))
    rows = store.rows(f"SELECT * FROM {table} WHERE id IN (SELECT value FROM json_each(?))", (wanted,))
    return {row["id"]: row for row in rows}


def search_products(store: Store, text: str, limit: int = MOST_FOUND) -> list[Row]:
    """Products that are sold, by name, article or barcode; an exact article or barcode first, then names that begin so.

    What names nothing may have been typed in the other layout of the keyboard.
    """
    return _products_found(store, text, limit) or _products_found(store, other_layout(text), limit)


def _products_found(store: Store, text: str, limit: int) -> list[Row]:
    condition, params = search_condition("products", text, "p")
    exact, begins = text.strip(), fold(text)
    best = "p.sku <> ? AND p.barcode <> ?, substr(p.search, 1, ?) <> ?, " if begins else ""
    wanted = (exact, exact, len(begins), begins) if begins else ()
    rows: list[Row] = list(store.rows(
        f"SELECT p.*, u.name AS unit FROM products p LEFT JOIN units u ON u.id = p.unit_id "
        f"WHERE p.deleted = 0 AND p.archived = 0 AND {condition} "
        f"ORDER BY {best}p.name, p.id LIMIT ?",
        (*params, *wanted, limit),
    ))  # fmt: skip
    return rows


def product_named(store: Store, text: str) -> Row | None:
    """The product that a text names exactly: by barcode, article or name (letter case and «ё» do not matter)."""
    wanted = text.strip()
    if not wanted:
        return None
    folded = fold(wanted)
    for row in search_products(store, wanted, 50):
        if wanted in (row["barcode"], row["sku"]) or fold(row["name"]) == folded or fold(row["sku"]) == folded:
            return row
    return None


def number_of(order: Row) -> str:
    """How acts name an order: «ИБ-12», or «без номера»."""
    return str(order["number"] or "без номера")
