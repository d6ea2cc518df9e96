"""Reading a store of a hundred thousand orders as the screens read it: a page of the register, filters, searches, one order opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from local_app.ordering.rows import sheet
from local_app.ordering.shown import count, lines_shown, totals_shown
from local_app.pages.order_acts import number_warning
from local_app.widgets import listing
from local_app.widgets.columns import Register, register_of
from shared.store import FILE_NAME, Store
from tests.bench import workload
from tests.bench.large import large_store
from tests.bench.measure import Limit, Line, Options, each_ms, median

SCREEN_MS = 10.0
LIMITED = ("first_page_ms", "status_filter_ms", "client_search_ms", "open_order_ms")
SEARCHES = ("берёзка", "БЕРЕЗКА", "Уралметиз", "северный ветер", "№ 17", "ёлочка 42", "зар")
"""In any letter case, with ё and е; what people type is short."""
CHILDREN = ("order_lines", "payments", "expenses", "assignees", "interactions", "attachments", "documents", "reminders", "custom_values")


def registers(options: Options) -> Line:
    """Medians in milliseconds; every repetition asks for another status, another client, another order."""
    orders = options.sized(100_000)
    folder = large_store(options.cache, orders)
    store = Store.open(folder / FILE_NAME, read_only=True)
    try:
        figures = Reader(store, orders).figures(options.repeats)
        facts = {"orders": orders, "rows": store.one("SELECT count(*) FROM log"), "bytes": store.path.stat().st_size}
    finally:
        store.close()
    return Line("registers", facts, figures, [Limit(name, SCREEN_MS) for name in LIMITED])


class Reader:
    """What the orders register and the order page ask of the store."""

    def __init__(self, store: Store, orders: int) -> None:
        self.store, self.last = store, orders
        self.register: Register = register_of("orders")
        self.statuses = [row["id"] for row in store.rows("SELECT id FROM statuses ORDER BY id")]
        self.units = {row["id"]: row["name"] for row in store.rows("SELECT id, name FROM units")}
        self.some = [row["id"] for row in store.rows("SELECT id FROM orders ORDER BY id LIMIT 500")][::7]

    def figures(self, repeats: int) -> dict[str, float]:
        works: Mapping[str, Callable[[int], object]] = {
            "first_page_ms": lambda _: self.page({}),
            "status_filter_ms": lambda turn: self.page({"status_id": self.statuses[turn % len(self.statuses)]}),
            "client_search_ms": lambda turn: self.page({"q": SEARCHES[turn % len(SEARCHES)]}),
            "open_order_ms": lambda turn: self.open(self.some[turn % len(self.some)]),
            "sorted_by_total_ms": lambda _: self.page({"sort": "total desc"}),
            "last_page_ms": lambda _: self.page({"start": str(max(self.last - 100, 0)), "end": str(self.last)}),
            "totals_ms": lambda _: self.sums({}),
            "status_totals_ms": lambda turn: self.sums({"status_id": self.statuses[turn % len(self.statuses)]}),
            "half_totals_ms": lambda _: self.sums({"from": str(workload.FIRST_DAY.replace(year=2025))}),
        }
        return {name: median(each_ms(partial(work, turn) for turn in range(repeats))) for name, work in works.items()}

    def page(self, arguments: Mapping[str, str]) -> object:
        return listing.answered(self.store, self.register, arguments)

    def sums(self, filters: Mapping[str, str]) -> object:
        return listing.sums(self.store, self.register, filters)

    def open(self, order_id: str) -> object:
        """The order form: its rows, its money, its warnings and disagreements, how many rows each section has."""
        rows = sheet(self.store, order_id)
        counted = count(rows)
        shown = lines_shown(rows, counted, self.units), totals_shown(rows, counted)
        sections = [self.store.one(f"SELECT count(*) FROM {name} WHERE order_id = ? AND deleted = 0", (order_id,)) for name in CHILDREN]
        warned = number_warning(self.store, order_id, str(rows.order["number"]))
        return shown, sections, warned, self.store.conflicts(order_id), self.store.history("orders", order_id)
