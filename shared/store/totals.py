"""The money of each order, counted by the money module and kept in a drawn table, so that 100,000 orders sort and sum at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from shared.entity import Entity
from shared.money import order_sums
from shared.store.log import AMONG, among, dumps
from shared.store.page import Group
from shared.store.rows import insert_rows, unguarded

LINE = ("quantity", "price", "discount_percent", "discount_sum", "vat_mode", "vat_percent", "cost")
"""What the money module asks of a line, in its order."""
CARRIED = ("date", "number", "status_id", "client_id", "organization_id", "manager_id")
"""What a row of `order_totals` carries of its order, for registers."""
DrawnLine = tuple[Any, ...]
"""A line as it stands in its table: its order, position and id, and what is `LINE` of it."""
ASKED = ("order_id", "position", *LINE)
LINES = f"SELECT order_id, {', '.join(LINE)} FROM order_lines WHERE deleted = 0 AND order_id {{}} ORDER BY order_id, position, id"
HOW_MANY = f"SELECT order_id, count(*) FROM order_lines WHERE order_id {AMONG} GROUP BY order_id"
OWN, OTHER = (", ".join(f"{table}.{name}" for name in CARRIED) for table in ("o", "t"))
LIVING = (
    f"SELECT CASE WHEN t.key IS NULL THEN 'new' WHEN ({OTHER}) IS ({OWN}) THEN 'same' ELSE 'moved' END, "
    f"o.key, o.id, o.discount_percent, o.discount_sum, {OWN} FROM orders o "
    "LEFT JOIN order_totals t ON t.key = o.key WHERE o.deleted = 0 AND o.id {}"
)
"""Living orders; first, whether one has no row yet, or whether the row carries what it did."""
MONEY = ("lines", "gross", "discount", "net", "vat", "total", "paid", "debt", "expenses", "margin")
RECOUNTED = f"UPDATE order_totals SET {', '.join(f'{name} = ?' for name in MONEY)} WHERE key = ?"
"""The money alone: what a row carries has indexes, and is written only when it is another. An upsert takes twice as long."""
GONE = "DELETE FROM order_totals WHERE order_id {} AND NOT EXISTS (SELECT 1 FROM orders WHERE id = order_id AND deleted = 0)"
PAGE = 2000
LARGEST = 1 << 50
"""Kopecks of an order that are told, eleven trillion roubles: a hostile or mistyped line may multiply to more than 64 bits.

Reports add orders up, and SQLite gives up beyond 64 bits: so it takes eight thousand of such orders, not two.
"""


class Totals:
    """Recounts orders inside the store's transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def count(self, orders: Iterable[str], drawn: Iterable[DrawnLine] = ()) -> None:
        """Draws `order_totals` of these orders again; a deleted order has no row. `drawn`: lines of theirs that need not be read."""
        lines = {order: [line[3] for line in its] for order, its in groupby(sorted(drawn), key=itemgetter(0))}
        ids = sorted(orders)  # in an order, for a simulated history to repeat itself
        for start in range(0, len(ids), PAGE):
            self._count_page(ids[start : start + PAGE], lines)

    def _count_page(self, orders: list[str], drawn: Mapping[str, list[Any]]) -> None:
        living = self._asked(LIVING, orders).fetchall()
        if len(living) < len(orders):
            self._asked(GONE, orders)
        rows = self.counted(orders, [order[1:] for order in living], self._whole(orders, drawn))
        kinds = {kind: [row for row, order in zip(rows, living, strict=True) if order[0] == kind] for kind in ("new", "moved", "same")}
        with unguarded(self.db, "order_totals", len(kinds["new"])):
            for kind, verb in (("new", "INSERT"), ("moved", "INSERT OR REPLACE")):
                insert_rows(self.db, f"{verb} INTO order_totals", f"({', '.join('?' * 18)})", list(chain.from_iterable(kinds[kind])))
        self.db.executemany(RECOUNTED, [(*row[2:12], row[0]) for row in kinds["same"]])

    def _whole(self, orders: list[str], drawn: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
        """The lines of those of these orders that have no others than the drawn ones."""
        if not drawn:
            return {}
        there = self.db.execute(HOW_MANY, (dumps([order for order in orders if order in drawn]),))
        return {order: drawn[order] for order, count in there if count == len(drawn[order])}

    def counted(self, ids: list[str], orders: list[tuple[Any, ...]], known: Mapping[str, list[Any]]) -> list[tuple[object, ...]]:
        """The rows of `order_totals` of these orders, whose ids are among `ids`. `known`: the lines of some of them."""
        asked = [order for _, order, *_ in orders if order not in known] if known else ids
        lines = {key: [row[1:] for row in rows] for key, rows in groupby(self._asked(LINES, asked), key=itemgetter(0))}
        lines.update(known)
        return list(self._rows(orders, lines, self._sums("payments", ids), self._sums("expenses", ids)))

    def _asked(self, sql: str, orders: list[str]) -> sqlite3.Cursor:
        """Runs a statement that names orders where its braces are."""
        condition, ids = among(orders)
        return self.db.execute(sql.format(condition), (ids,))

    def differing(self) -> bool:
        """Whether any row is another than the orders, lines, payments and expenses give."""
        ids = [row for (row,) in self.db.execute("SELECT id FROM orders WHERE deleted = 0 ORDER BY key")]
        if (len(ids),) != self.db.execute("SELECT count(*) FROM order_totals").fetchone():
            return True
        for start in range(0, len(ids), PAGE):
            page = ids[start : start + PAGE]
            there = self._asked("SELECT * FROM order_totals WHERE order_id {}", page).fetchall()
            if not set(there).issuperset(self.counted(page, [order[1:] for order in self._asked(LIVING, page)], {})):
                return True
        return False

    def _rows(
        self, orders: list[tuple[Any, ...]], lines: dict[str, list[Any]], paid: dict[str, int], expenses: dict[str, int]
    ) -> Iterator[tuple[object, ...]]:
        for key, order, percent, given, *carried in orders:
            its = lines.get(order, [])
            money = order_sums(its, percent, given, paid.get(order, 0), expenses.get(order, 0))
            yield (key, order, len(its), *(money if min(money) > -LARGEST and max(money) < LARGEST else map(bounded, money)), *carried)

    def _sums(self, table: str, ids: list[str]) -> dict[str, int]:
        sql = f"SELECT order_id, sum(amount) FROM {table} WHERE deleted = 0 AND amount IS NOT NULL AND order_id {{}} GROUP BY order_id"
        return dict(self._asked(sql, ids).fetchall())


def drawn_lines(entity: Entity, group: Group) -> Iterable[DrawnLine]:
    """New lines as their table has them by now; none when something was not logged as it is kept there."""
    rows, logged = group
    if "deleted" in logged or "order_id" not in logged or None in logged["order_id"]:
        return []
    values = dict(logged)
    for field in entity.fields:
        kept = {str if field.sql_type == "TEXT" else int, type(field.blank)}
        if field.name in ASKED and not kept.issuperset(map(type, values.setdefault(field.name, (field.blank,) * len(rows)))):
            return []
    order, position, *rest = (values[name] for name in ASKED)
    return zip(order, position, rows, zip(*rest, strict=True), strict=True)


def bounded(kopecks: int) -> int:
    return max(-LARGEST, min(LARGEST, kopecks))
