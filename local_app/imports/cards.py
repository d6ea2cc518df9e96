"""Planning an import of clients or products, one row per card. Pure."""

from __future__ import annotations

from local_app.imports.cells import read_vat
from local_app.imports.directories import Directories
from local_app.imports.known import Known, folded
from local_app.imports.order_lines import check_products
from local_app.imports.plan import Problem, Wanted
from local_app.imports.table import STEP, Table
from shared.change import Refused
from shared.entity import Value
from shared.progress import Progress, silent


def card_groups(kind: str, table: Table, known: Known, progress: Progress = silent) -> tuple[list[list[Wanted]], list[Problem]]:
    """What the file wants, and which of its rows repeat a card of an earlier row. `kind`: clients or products."""
    if kind == "products":
        check_products(table, known)
        _find_rates(table, known)
    directories = Directories(known, table, authority=kind)
    first: dict[str, int] = {}
    repeated = []
    for index, number in enumerate(table.numbers):
        if index % STEP == 0:
            progress("Проверка строк", index, len(table.numbers))
        if index in table.bad:
            continue
        row = directories.client(index) if kind == "clients" else directories.product(index)
        directories.own(kind, index, row)
        before = first.setdefault(row, number)
        if before != number:
            repeated.append(Problem(number, "", f"то же самое уже есть в строке {before}: взято оттуда, отсюда — только недостающее"))
    return directories.groups(), [*repeated, *directories.doubts()]


def _find_rates(table: Table, known: Known) -> None:
    """The names of VAT rates, or their percents, become the rates of the directory."""
    for index, text in enumerate(table.column("vat")):
        if text and index not in table.bad:
            try:
                table.columns["vat"][index] = _rate(str(text), known)
            except Refused as refused:
                table.wrong(index, "vat", str(refused))


def _rate(text: str, known: Known) -> Value:
    """By its name, else by its percent: of several the one that holds longest. Raises Refused."""
    by_name = [rate for rate in known.office.rates if folded(rate["name"]) == folded(text)]
    percent = None if by_name else read_vat(text)
    found = by_name or [rate for rate in known.office.rates if rate["percent"] == percent]
    if not found:
        raise Refused(f"ставки НДС «{text}» нет в справочнике. Заведите её или исправьте")
    return str(max(found, key=lambda rate: (rate["valid_to"] or "9999", rate["id"]))["id"])
