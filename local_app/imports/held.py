"""What the orders that are there hold already. A file that says the same means the same rows, though others bear such a name or these
are in the trash: else an export that comes back would give lines a second time. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from local_app.imports.known import Key, Known, folded
from local_app.imports.plan import Row
from shared.entity import Value
from shared.fold import plain

OF_AN_ORDER = MappingProxyType(
    {"client_id": "clients", "manager_id": "employees", "status_id": "statuses", "organization_id": "organizations"}
)
OF_A_LINE = MappingProxyType({"product_id": "products", "unit_id": "units"})


class Held:
    """The rows that orders and their lines name, deleted ones too."""

    def __init__(self, known: Known, orders: Iterable[Row], lines: Mapping[str, Sequence[Row]]) -> None:
        self.rows: dict[str, Mapping[str, Row]] = {}
        living = [order for order in orders if not order["deleted"]]  # one that comes back brings all of its own with it
        theirs = [line for order in living for line in lines.get(order["id"], ())]
        for owners, fields in ((living, OF_AN_ORDER), (theirs, OF_A_LINE)):
            for field, entity in fields.items():
                self.rows[entity] = known.current(entity, sorted({owner[field] for owner in owners if owner[field]}))

    def named(self, owner: Row | None, field: str) -> Row | None:
        """What an order or a line has in a field."""
        return self.rows[(OF_AN_ORDER | OF_A_LINE)[field]].get(owner[field] or "") if owner else None

    def called(self, owner: Row | None, field: str, name: Value) -> bool:
        """Is it called so?"""
        row = self.named(owner, field)
        return row is not None and any(spelled(row["name"]) == spelled(str(name)) for spelled in (folded, plain))


class FreeLines:
    """The live lines of one order, each of which one row of the file can take."""

    def __init__(self, lines: Iterable[Row], held: Held) -> None:
        self.taken: set[str] = set()
        self._by_key: dict[Key, list[Row]] = {}
        for line in lines:
            if not line["deleted"]:
                for key in _keys(line, held.named(line, "product_id")):
                    self._by_key.setdefault(key, []).insert(0, line)

    def __bool__(self) -> bool:
        return bool(self._by_key)

    def holds(self, key: Key) -> bool:
        return any(line["id"] not in self.taken for line in self._by_key.get(key, ()))

    def take(self, *keys: Key) -> Row | None:
        """The first one under the first of the keys that has any."""
        for key in keys:
            there = self._by_key.get(key, [])
            while there:
                line = there.pop()
                if line["id"] not in self.taken:
                    self.taken.add(line["id"])
                    return line
        return None


def told_keys(sku: Value, name: Value) -> list[Key]:
    """Under which a row of the file finds the line of its product; another артикул is another product."""
    if not sku:
        return [("product", folded(name))]
    return [("sku", str(sku).strip().casefold()), ("product without a sku", folded(name))]


def typed_key(name: Value) -> Key:
    """Under which a line is found that was typed without a product."""
    return ("typed", folded(name))


def _keys(line: Row, product: Row | None) -> list[Key]:
    if product is None:
        return [("id", line["product_id"]) if line["product_id"] else typed_key(line["name"])]
    sku, name = (product["sku"] or "").strip().casefold(), folded(product["name"])
    return [("id", product["id"]), ("product", name), ("sku", sku) if sku else ("product without a sku", name)]
