"""A table copied from a spreadsheet, as rows for the lines of an order: which of its columns is what."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from shared.fold import fold, plain

HEADS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "name": ("наименование", "название", "товар", "товары", "услуга", "услуги", "работы", "номенклатура", "позиция", "продукция"),
    "article": ("артикул", "код", "штрихкод"),
    "unit": ("ед", "единица"),
    "quantity": ("кол", "количество"),
    "price": ("цена",),
    "discount": ("скидка", "скидки"),
})  # fmt: skip
"""With what the heading of a column begins, folded."""
USUAL_UNITS = frozenset(
    {"шт", "штука", "штук", "штуки", "кг", "г", "т", "м", "см", "мм", "пог м", "м2", "м3", "л", "мл", "ч", "час"}
    | {"уп", "упак", "компл", "ед", "усл", "усл ед"}
)
"""Units as people write them, whether or not the directory has them."""
DASHES = frozenset("-–—")
"""What people put where there is nothing to write."""
_COUNTED = re.compile(r"([-−+]?\d[\d\s.,]*?)\s*([^\W\d].*)")
_NUMBER = re.compile(r"[-−+]?[\d\s.,*/+()−-]*\d[\d\s.,*/+()−-]*(?:₽|%|р\.?|руб\.?)?", re.IGNORECASE)
_SUM = re.compile(
    r"(?:общий )?(?:итого?|всего)(?: (?:по|за|с|без|в|к|на|наименований|позиций|строк|товаров)\b.*)?"
    r"[ :.,—–-]*(?:\d[\d\s.,]*(?:₽|р|руб|шт|позици[ийяю]|наименовани[йея]|товар(?:а|ов)?|строк[аи]?)?[ .]*)?",
    re.IGNORECASE,
)
"""«Итого», «Всего к оплате:», «Итого: 5», «Всего 12 позиций»."""
_TAX = re.compile(r"(?:в том числе|в т\. ?ч\.|сумма|без) (?:ндс|налога).*", re.IGNORECASE)
_ROUBLES = frozenset(("₽", "р", "р.", "руб", "руб."))
_ABOVE = 20
"""Rows of a bill that may stand above the names of its columns."""
_PLACE = re.compile(r"(\d{1,4})\.?")
Cells = list[list[str]]


class Pasted(NamedTuple):
    """One row of a pasted table, as it was typed; '' is a cell that was not there."""

    name: str
    quantity: str = ""
    price: str = ""
    article: str = ""
    unit: str = ""
    discount: str = ""


def is_sum(row: Sequence[str]) -> bool:
    """Is it a row below a table, «Итого», «Всего к оплате», «В том числе НДС»? The first cell that is not empty tells.

    «Без НДС» may as well be the rate of VAT in the first column: then goods or a client stand beside it.
    """
    first, *others = [text for cell in row if (text := cell.strip())] or [""]
    if _TAX.fullmatch(first):
        return all(_is_number(text) or text in DASHES or text.casefold() in _ROUBLES for text in others)
    return _SUM.fullmatch(first) is not None


def counted(text: str, units: Collection[str] = ()) -> tuple[str, str]:
    """«2,5 кг» as its number and its unit; whatever is no number with a known unit stays as it is: «2,5 тыс» are not two and a half."""
    found = _COUNTED.fullmatch(text.strip())
    unit = plain(found[2]) if found else ""
    return (found[1], found[2]) if found and (unit in USUAL_UNITS or unit in units) else (text, "")


def read_table(text: str, units: Collection[str] = ()) -> list[Pasted]:
    """Rows parted by tabs: name or article, quantity, price; empty rows and those of totals are passed over.

    A row of headings says what the columns are, and what stands above it is no goods. Without one, places in the list (1, 2, 3 …),
    units and an article beside the name are known by what stands in them. `units`: plain names of the directory.
    """
    rows = [row for row in _cells(text) if any(row) and not is_sum(row)]
    for place, head in enumerate(rows[:_ABOVE]):
        if columns := _headings(head, least=3 if place else 2):
            percent = "discount" in columns and "%" in head[columns["discount"]]
            found = (_by_headings(row, columns, percent=percent) for row in rows[place + 1 :])
            return [_with_unit(row, units) for row in found if _of_goods(row)]
    unit_of, rows = _units_beside_numbers(rows, units)
    if _are_places([row[0] for row in rows]) and all(_is_text(row, 1) for row in rows):
        rows = [row[1:] for row in rows]
    if at := _unit_column(rows, USUAL_UNITS | set(units)):
        unit_of = [row[at] if at < len(row) else "" for row in rows]
        rows = [[*row[:at], *row[at + 1 :]] for row in rows]
    article_of = [""] * len(rows)
    if _have_articles(rows):
        article_of, rows = [row[0] for row in rows], [row[1:] for row in rows]
    return [
        Pasted(name, quantity, price, article, unit)
        for (name, quantity, price, *_), article, unit in zip([[*row, "", ""] for row in rows], article_of, unit_of, strict=True)
    ]


def _cells(text: str) -> Cells:
    source = io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"))
    halved = text.count('"') % 2  # «Труба 1/2"» from plain text, where a quote is only a quote
    rows = csv.reader(source, delimiter="\t", quoting=csv.QUOTE_NONE if halved else csv.QUOTE_MINIMAL)
    return [[cell.strip() for cell in row] for row in rows]


def _headings(row: Sequence[str], least: int) -> dict[str, int]:
    """Kind -> place, when the row names at least so many columns: the goods and something more.

    Below other rows two are too few: «Услуги монтажа», «Цена по запросу» is a row of goods, and those above it would be lost.
    """
    found: dict[str, int] = {}
    for at, cell in enumerate(row):
        first = fold(cell).split(" ")[0]
        kind = next((kind for kind, words in HEADS.items() if first in words), "")
        if kind:
            found.setdefault(kind, at)
    named = "name" in found or "article" in found
    return found if named and len(found) >= least and not any(_is_number(cell) for cell in row) else {}


def _by_headings(row: Sequence[str], columns: Mapping[str, int], *, percent: bool) -> Pasted:
    """`percent`: the heading says that the discounts are percents, which a typed number is only with its sign."""
    told = {kind: row[at] if at < len(row) else "" for kind, at in columns.items()}
    cut = told.get("discount", "")
    if cut in DASHES or (percent and cut and not cut.endswith("%")):
        told["discount"] = "" if cut in DASHES else f"{cut}%"
    return Pasted(told.get("article", ""))._replace(**told)


def _with_unit(row: Pasted, units: Collection[str]) -> Pasted:
    """The unit that stands beside the quantity counts where the table has none of its own."""
    quantity, unit = counted(row.quantity, units)
    return row._replace(quantity=quantity, unit=row.unit or unit)


def _units_beside_numbers(rows: Cells, units: Collection[str]) -> tuple[list[str], Cells]:
    """The unit that each row tells beside a number, and the rows with that number alone: «10 шт» is neither a name nor an article."""
    parted = [[(row[0], ""), *(counted(cell, units) for cell in row[1:])] for row in rows]
    return [next(filter(None, (unit for _, unit in row)), "") for row in parted], [[number for number, _ in row] for row in parted]


def _of_goods(row: Pasted) -> bool:
    """A sum in words below the table, or a row of other columns, names no goods and counts none."""
    return bool(row.name or row.article or (row.quantity and row.price))


def _are_places(cells: Sequence[str]) -> bool:
    """1, 2, 3 … as a list numbers its rows; it may have been copied from its middle."""
    found = [_PLACE.fullmatch(cell) for cell in cells]
    numbers = [int(each[1]) for each in found if each]
    return bool(numbers) and numbers == list(range(numbers[0], numbers[0] + len(cells)))


def _unit_column(rows: Cells, units: Collection[str]) -> int:
    """The place of the first column that holds nothing but units, 0 for none: the goods come before it."""
    for at in range(1, max(map(len, rows), default=0)):
        told = [row[at] for row in rows if at < len(row) and row[at]]
        if told and all(plain(cell) in units for cell in told):
            return at
    return 0


def _have_articles(rows: Cells) -> bool:
    """Two texts before the numbers. In a single row the second may as well be a quantity with a slip: there two numbers have to follow."""
    sure = range(2, 3 if len(rows) > 1 else 4)
    return all(_is_text(row, 1) for row in rows) and all(_are_numbers(row[at] if at < len(row) else "" for row in rows) for at in sure)


def _is_text(row: Sequence[str], at: int) -> bool:
    return at < len(row) and bool(row[at]) and not _is_number(row[at])


def _are_numbers(cells: Iterable[str]) -> bool:
    told = [cell for cell in cells if cell]
    return bool(told) and all(map(_is_number, told))


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None
