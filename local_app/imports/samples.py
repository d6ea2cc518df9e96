"""A small table for each kind of import, with the names of columns that are known and two rows: what a file to be loaded looks like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from local_app.exports.entities import Cell, Table
from local_app.imports.columns import KINDS

SAMPLES: Mapping[str, Mapping[str, Sequence[Cell]]] = MappingProxyType(
    {
        "clients": {
            "client": ("ООО «Ромашка»", "ИП Ёлкин Пётр Ильич"),
            "inn": ("7701234560", "500100732259"),
            "kpp": ("770101001", ""),
            "phone": ("+7 495 000-11-22", "+7 916 000-33-44"),
            "email": ("office@romashka.example", "elkin@example.com"),
            "city": ("Москва", "Тула"),
            "legal_address": ("Москва, Садовая ул., 1", "Тула, Лесная ул., 5"),
            "contact": ("Смирнова Анна Павловна", "Ёлкин Пётр Ильич"),
            "note": ("Звонить после обеда", ""),
        },
        "products": {
            "product": ("Доска обрезная 25×150", "Доставка по городу"),
            "sku": ("Д-25-150", "У-1"),
            "group": ("Пиломатериалы", "Услуги"),
            "unit": ("шт", "усл"),
            "price": (Decimal("349.90"), Decimal(1500)),
            "cost": (Decimal("280.50"), None),
            "product_kind": ("Товар", "Услуга"),
            "barcode": ("4600000000015", ""),
        },
        "order-lines": {
            "number": ("З-101", "З-101"),
            "date": (date(2026, 3, 12), date(2026, 3, 12)),
            "client": ("ООО «Ромашка»", "ООО «Ромашка»"),
            "inn": ("7701234560", "7701234560"),
            "sku": ("Д-25-150", "У-1"),
            "product": ("Доска обрезная 25×150", "Доставка по городу"),
            "unit": ("шт", "усл"),
            "quantity": (Decimal(40), Decimal(1)),
            "price": (Decimal("349.90"), Decimal(1500)),
            "discount": ("5%", ""),
            "vat": ("22%", "Без НДС"),
        },
    }
)
"""{kind: {key of a column: what stands in its two rows}}"""


def sample_table(kind: str) -> Table:
    """To be written into a workbook."""
    columns = SAMPLES[kind]
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    known = [KINDS[kind][key] for key in columns]
    kinds = [column.field.kind for column in known]
    return Table([column.label for column in known], iter(rows), len(rows), kinds)
