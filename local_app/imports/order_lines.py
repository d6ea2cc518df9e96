"""Planning an import of sales, one row per order line: documents, their clients, products and lines. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date as calendar_date
from types import MappingProxyType
from typing import NamedTuple

from local_app.imports.directories import Directories
from local_app.imports.held import FreeLines, Held, told_keys, typed_key
from local_app.imports.known import Key, Known, folded, product_keys
from local_app.imports.plan import Problem, Row, Wanted
from local_app.imports.table import STEP, Table
from local_app.imports.usual import Usual
from shared.entity import Kind, Value
from shared.formats import money
from shared.ids import derived_id
from shared.money import Line, divide_half_up, order_sums
from shared.progress import Progress, silent
from shared.rules.positions import between
from shared.shapes import LARGEST

_DOCUMENT_FIELDS = ("subject", "shipment_date", "pay_until", "note")
_REFERENCES = MappingProxyType(
    {"manager": ("employees", "manager_id"), "status": ("statuses", "status_id"), "organization": ("organizations", "organization_id")}
)
_EPOCH = calendar_date(1970, 1, 1)
_DAY_MS = 86_400_000
_EXACT = 10**10
"""Parts of a kopeck in a quantity times a price: millionths by millionths of a rouble."""
_SAME_IN_A_DOCUMENT = ("client", "inn", "kpp", "code")


class Document(NamedTuple):
    """One order of the file: its row in the store, the key it was found by, and the indexes of its rows in the file."""

    row: str
    key: Key
    indexes: list[int]


def order_groups(table: Table, known: Known, vat_mode: str, progress: Progress = silent) -> tuple[Directories, list[list[Wanted]]]:
    """The directories of the file, and every order with its lines. Bad rows are marked in the table; `vat_mode` '' is as the file tells."""
    _check(table)
    _check_organizations(table, known)
    check_products(table, known)
    directories = Directories(known, table)
    documents = list(_documents(table, known))
    orders = known.current("orders", (document.row for document in documents))
    lines = known.lines_of(orders)
    held = Held(known, orders.values(), lines)
    planner = _Planner(table, directories, held, vat_mode)
    groups: list[list[Wanted]] = []
    for done, document in enumerate(documents):
        if done % STEP == 0:
            progress("Проверка заказов", done, len(documents))
        groups.append(planner.group(document, orders.get(document.row), lines.get(document.row, [])))
    return directories, [group for group in groups if group]


def net_sum(table: Table) -> int:
    """Kopecks of the good lines after their discounts, each rounded as everywhere."""
    columns = (table.column(key) for key in ("quantity", "price", "discount", "discount_fraction", "discount_sum"))
    lines = [
        Line(_number(quantity), _number(price), _number(percent or fraction), _number(given))
        for index, (quantity, price, percent, fraction, given) in enumerate(zip(*columns, strict=True))
        if index not in table.bad
    ]
    return order_sums(lines, None, None, 0, 0)[2]


def _number(value: Value) -> int | None:
    return value if isinstance(value, int) else None


def incomplete(table: Table) -> list[Problem]:
    """Bad rows of documents that have good ones, too: without them the sum of the document is another."""
    keys = list(zip(table.column("number"), table.column("date"), strict=True))
    kept = {key for index, key in enumerate(keys) if index not in table.bad}
    return [
        Problem(table.numbers[index], "", f"без этой строки заказ {keys[index][0]} неполон и сумма его другая")
        for index in sorted(table.bad)
        if keys[index] in kept
    ]


def _check(table: Table) -> None:
    """What single cells cannot tell: two discounts on one line, an organization nobody has, two clients in one document."""
    percents, fractions, sums = (table.column(key) for key in ("discount", "discount_fraction", "discount_sum"))
    for index, given in enumerate(zip(percents, fractions, sums, strict=True)):
        if index not in table.bad and sum(bool(value) for value in given) > 1:
            table.wrong(index, "discount", "указано несколько скидок. Оставьте одну")
    _check_sums(table)
    same = list(zip(*(table.column(key) for key in _SAME_IN_A_DOCUMENT), strict=True))
    first: dict[Key, int] = {}
    for index, key in enumerate(_document_keys(table)):
        if index in table.bad:
            continue
        before = first.setdefault(key, index)
        if same[before] != same[index]:
            table.wrong(index, "client", f"в документе {key[0]} уже другой клиент: «{same[before][0]}» в строке {table.numbers[before]}")


def _check_sums(table: Table) -> None:
    """What a line comes to must be money, and a discount takes no more than there is, as on the screen."""
    for index, (quantity, price, given) in enumerate(
        zip(*(table.column(key) for key in ("quantity", "price", "discount_sum")), strict=True)
    ):
        if index in table.bad:
            continue
        gross = divide_half_up(int(quantity or 0) * int(price or 0), _EXACT)
        if abs(gross) > LARGEST[Kind.MONEY]:
            table.wrong(index, "price", "количество на цену — слишком большая сумма. Проверьте, те ли это столбцы")
        elif given and gross and int(given) > abs(gross):
            table.wrong(index, "discount_sum", f"скидка {money(int(given))} больше суммы строки {money(abs(gross))}")


def _check_organizations(table: Table, known: Known) -> None:
    for index, name in enumerate(table.column("organization")):
        if name and index not in table.bad and ("name", folded(name)) not in known.keys["organizations"]:
            table.wrong(index, "organization", f"нашей организации «{name}» нет. Заведите её или исправьте название")


def check_products(table: Table, known: Known) -> None:
    """Every line must lead to a product: by a name, or by an артикул that is known or named elsewhere in the file."""
    names, skus = table.column("product"), table.column("sku")
    named = {sku for sku, name in zip(skus, names, strict=True) if name}
    for index, (sku, name) in enumerate(zip(skus, names, strict=True)):
        if name or index in table.bad or (sku and (sku in named or product_keys({"sku": sku, "name": ""})[0] in known.keys["products"])):
            continue
        table.wrong(index, "product" if "product" in table.columns else "sku", "товар не найден по артикулу, и названия нет")


def _documents(table: Table, known: Known) -> Iterable[Document]:
    """The good rows of the file by number and date, in the order of the file; two of our firms may both have a number."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for index, key in enumerate(_document_keys(table)):
        if index not in table.bad:
            found.setdefault(key, []).append(index)
    orders, firms = known.keys["orders"], known.keys["organizations"]
    exact = {
        (number, date, firm): row for number, date, firm in found if (row := orders.get((number, date, firms.get(("name", firm), ""))))
    }
    taken = set(exact.values())
    for (number, date, firm), indexes in found.items():
        at_ms = document_ms(number, date)
        row = exact.get((number, date, firm)) or orders.get((number, date)) or derived_id(at_ms, "orders", number, date)
        if (number, date, firm) not in exact and row in taken:
            row = derived_id(at_ms, "orders", number, date, firm)
        taken.add(row)
        yield Document(row, (number, date), indexes)


def _document_keys(table: Table) -> list[tuple[str, str, str]]:
    """Number, date and firm of the document of every row; rows that name no firm go with those that do."""
    first: dict[tuple[str, str], str] = {}
    keys = []
    for number, date, firm in zip(*(table.column(key) for key in ("number", "date", "organization")), strict=True):
        own = str(number), str(date or "")
        known = first.setdefault(own, folded(firm))
        keys.append((*own, folded(firm) if known and firm else known))
    return keys


class _Planner:
    """Orders and lines as the file wants them."""

    def __init__(self, table: Table, directories: Directories, held: Held, vat_mode: str) -> None:
        self.table, self.known, self.directories, self.held = table, directories.known, directories, held
        self.usual = Usual(self.known, vat_mode)
        self.positions = [between("", "")]
        self.products: dict[tuple[Value, Value, Value], str] = {}
        self.rows = _line_values(table)
        self.skus, self.names = table.column("sku"), table.column("product")
        self.units = table.columns.get("unit")

    def group(self, document: Document, existing: Row | None, lines: list[Row]) -> list[Wanted]:
        """One order and its lines."""
        patch = self._told(document, existing)
        charged = any(self.rows[index].get("vat_percent") is not None for index in document.indexes)
        initial = {} if existing else self.usual.order(document.row, patch, charged=charged)
        order = {"shipment_date": None, **(existing or initial), **patch}
        own = self.table.own("orders", document.indexes[0], document.row)
        return [Wanted("orders", document.row, patch, initial), *own, *self._lines(document, order, lines)]

    def _told(self, document: Document, existing: Row | None) -> dict[str, Value]:
        """What the file says about an order, but for what that has already."""
        index = document.indexes[0]
        number, date = document.key
        patch: dict[str, Value] = {"number": number, "date": date or None, "client_id": None}
        patch["client_id"] = self.directories.client(index, self.held.named(existing, "client_id"))
        for key, (entity, field) in _REFERENCES.items():
            if (name := self.table.cell(key, index)) and not self.held.called(existing, field, name):
                patch[field] = self.directories.named(entity, name)
        return patch | {name: value for name in _DOCUMENT_FIELDS if (value := self.table.cell(name, index))}

    def _lines(self, document: Document, order: Row, existing: list[Row]) -> Iterable[Wanted]:
        vat = self.usual.vat_of(order)
        free = FreeLines(existing, self.held)
        at_ms = document_ms(*document.key)
        for place, index in enumerate(document.indexes):
            line, product = self._line(index, free)
            row = line["id"] if line else _line_id(document.row, product or "", at_ms, free.taken)
            values = self.rows[index]
            good = self.known.goods.get(product or "")
            initial: dict[str, Value] = {"position": self._position(place), "unit_id": None, "cost": None, **vat.of_a_new_line(good)}
            if good:
                initial |= {"unit_id": good["unit_id"], "cost": good["cost"]}
            patch = {"order_id": document.row, "product_id": product, **values}
            if not patch.get("name"):
                patch["name"] = good["name"] if good else ""
            if line and not self.skus[index] and self.held.called(line, "product_id", values.get("name")):
                patch["name"] = line["name"]  # the file names the product, and what the papers call it stays
            if self.units and self.units[index] and not self.held.called(line, "unit_id", self.units[index]):
                patch["unit_id"] = self.directories.named("units", self.units[index])
            if "vat_percent" in values:
                patch["vat_mode"] = vat.mode_at(values["vat_percent"])
            yield Wanted("order_lines", row, patch, initial)
            yield from self.table.own("order_lines", index, row)

    def _line(self, index: int, free: FreeLines) -> tuple[Row | None, str | None]:
        """The line of the order that a row of the file means, and its product. What was typed into the order stays no product."""
        sku, name = self.skus[index], self.names[index]
        if free and (line := free.take(*told_keys(sku, name))):
            return line, self._product(index, self.held.named(line, "product_id"))
        typed = bool(free) and not sku and free.holds(typed_key(name)) and not self.directories.knows_product(index)
        product = None if typed else self._product(index)
        return free.take(("id", product or ""), typed_key(name)) if free else None, product

    def _product(self, index: int, held: Row | None = None) -> str:
        key = (self.skus[index], self.names[index], held["id"] if held else None)
        if key not in self.products:
            self.products[key] = self.directories.product(index, held)
        return self.products[key]

    def _position(self, place: int) -> str:
        while len(self.positions) <= place:
            self.positions.append(between(self.positions[-1], ""))
        return self.positions[place]


def _line_values(table: Table) -> list[dict[str, Value]]:
    """What each row tells about its line, by field."""
    fields = {
        "product": "name",
        "quantity": "quantity",
        "price": "price",
        "discount_sum": "discount_sum",
        "vat": "vat_percent",
        "line_note": "note",
    }
    columns = {field: table.columns[key] for key, field in fields.items() if key in table.columns}
    if "discount" in table.columns or "discount_fraction" in table.columns:
        pairs = zip(table.column("discount"), table.column("discount_fraction"), strict=True)
        columns["discount_percent"] = [percent or fraction or None for percent, fraction in pairs]
    if "line_note" in table.columns:
        columns["note"] = [note or "" for note in columns["note"]]
    names = tuple(columns)
    return [dict(zip(names, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _line_id(order: str, product: str, at_ms: int, taken: set[str]) -> str:
    """The id that such a line of the order will always get."""
    count = 1
    while (row := derived_id(at_ms, "order_lines", order, product, str(count))) in taken:
        count += 1
    taken.add(row)
    return row


def document_ms(number: str, iso_date: str | None) -> int:
    """The time by which a document's rows are sorted: its day, and within the day its number. 0 before 1970 or without a date."""
    if not iso_date:
        return 0
    day = (calendar_date.fromisoformat(iso_date) - _EPOCH).days
    digits = "".join(letter for letter in number if letter in "0123456789")[-9:]
    return max(day, 0) * _DAY_MS + int(digits or "0") % _DAY_MS
