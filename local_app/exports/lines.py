"""The lines of orders as a table, one row a line: the columns that the import knows, what goes out comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType

from local_app.customs import value_sql
from local_app.exports.entities import CELLS, Table, kept_cell, rows
from local_app.imports.columns import KINDS
from local_app.imports.own import own_columns
from shared import schema
from shared.entity import Value
from shared.store import Store

COLUMNS: Mapping[str, str] = MappingProxyType({
    "number": "t.number", "date": "t.date", "client": "c.name", "inn": "c.inn", "kpp": "c.kpp", "organization": "g.name",
    "status": "s.name", "manager": "e.name", "sku": "p.sku", "product": "iif(p.sku <> '', l.name, coalesce(p.name, l.name))",
    "unit": "u.name", "quantity": "l.quantity", "price": "l.price", "discount": "nullif(l.discount_percent, 0)",
    "discount_sum": "iif(coalesce(l.discount_percent, 0) = 0, l.discount_sum, NULL)", "line_note": "l.note",
})  # fmt: skip
"""{key of the import: SQL}. A product without an артикул is found by its own name. The way of the VAT is the order's: it stays there."""
ROWS = MappingProxyType({"order_lines": "l.id", "orders": "t.id"})
"""{home of a custom field: SQL of the row that has it}"""
SOURCE = (
    "order_lines l JOIN orders t ON t.id = l.order_id LEFT JOIN clients c ON c.id = t.client_id "
    "LEFT JOIN organizations g ON g.id = t.organization_id LEFT JOIN statuses s ON s.id = t.status_id "
    "LEFT JOIN employees e ON e.id = t.manager_id LEFT JOIN products p ON p.id = l.product_id LEFT JOIN units u ON u.id = l.unit_id"
)


def lines_table(store: Store, condition: str = "1", params: Sequence[Value] = (), *, trash: bool = False) -> Table:
    """The lines of the living orders, or of those in the trash, that meet an SQL condition on the order (alias t)."""
    living = "t.deleted = 1" if trash else schema.alive(store.catalogue, store.catalogue["orders"])
    where = f"l.deleted = 0 AND {living} AND ({condition})"
    known = [KINDS["order-lines"][key] for key in COLUMNS]
    own = own_columns(store, "order-lines").values()
    customs = [column.field for column in own]
    values = [value_sql(column.custom["home"], column.field, ROWS[column.custom["home"]]) for column in own if column.custom]
    columns = ", ".join([*COLUMNS.values(), *values])
    sql = f"SELECT {columns} FROM {SOURCE} WHERE {where} ORDER BY t.date, t.number, t.id, l.position, l.id"
    count = int(store.one(f"SELECT count(*) FROM {SOURCE} WHERE {where}", params) or 0)
    cells = [*(partial(CELLS[column.field.kind], column.field) for column in known), *(partial(kept_cell, field) for field in customs)]
    labels = [*(column.label for column in known), *(field.label for field in customs)]
    kinds = [field.kind for field in (*(column.field for column in known), *customs)]
    return Table(labels, rows(store, sql, params, cells), count, kinds)
