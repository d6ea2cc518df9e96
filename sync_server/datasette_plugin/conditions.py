"""Conditions on a register as people write them: «1 234,50» and «01.03.2026» are what the cells show, and what is compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from datasette.filters import Filter, Filters, TemplatedFilter
from datasette.views.base import DatasetteError

from shared.change import Refused
from shared.entity import MICRO, Catalogue, Field, Kind
from shared.schema import TOTAL_LABELS, quoted
from shared.values import parse
from sync_server.datasette_plugin.wording import CONDITIONS

Columns = Mapping[tuple[str, str], Field]
COMPARING = frozenset({"exact", "not", "gt", "gte", "lt", "lte"})
SEARCHING = frozenset({"contains", "startswith", "endswith"})
PARTS = {Kind.MONEY: 100, Kind.PRICE: MICRO, Kind.QUANTITY: MICRO, Kind.PERCENT: MICRO, Kind.INTEGER: 1}
"""How many parts of the store make one of what a register shows."""
DATES = frozenset({Kind.DATE, Kind.MOMENT})
DOTTED = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4})+")


class Spoken(Filter):  # type: ignore[misc]
    """One of Datasette's filters, which compares a number with a text; that is always the same answer, and never the right one."""

    def __init__(self, plain: TemplatedFilter, columns: Columns) -> None:
        self.plain, self.columns = plain, columns
        self.key, self.display, self.no_argument = plain.key, plain.display, plain.no_argument

    def where_clause(self, table: str, column: str, value: str, param_counter: int) -> tuple[str, Any]:
        field = self.columns.get((table, column))
        if field is None:
            return self._plainly(table, column, value, param_counter)
        if self.key in SEARCHING:
            return self._plainly(table, column, as_stored(field, value), param_counter)
        meant = value_of(field, value)
        if field.kind is Kind.MOMENT and ":" not in value:  # a day: whatever the hour
            return self.plain.sql_template.format(c=f"date({quoted(column)})", p=f"p{param_counter}"), meant
        return self.plain.sql_template.format(c=quoted(column), p=f"p{param_counter}"), meant

    def human_clause(self, column: str, value: str) -> str:
        return str(self.plain.human_clause(column, value))

    def _plainly(self, table: str, column: str, value: str, counter: int) -> tuple[str, Any]:
        sql, meant = self.plain.where_clause(table, column, value, counter)
        return str(sql), meant


class Strange(Filter):  # type: ignore[misc]
    """One of Datasette's filters that no page offers: it falls over what it cannot read, and compares days as texts."""

    def __init__(self, plain: Filter) -> None:
        self.key, self.display, self.no_argument = plain.key, plain.display, plain.no_argument

    def where_clause(self, table: str, column: str, value: str, param_counter: int) -> tuple[str, Any]:  # noqa: ARG002
        raise DatasetteError(f"Условия «{self.key}» здесь нет. Бывают: {', '.join(CONDITIONS)}.", status=400)


def speak(catalogue: Catalogue) -> None:
    """From now on the filters of Datasette understand people. It keeps them in one table of the class and offers no other door."""
    columns = columns_of(catalogue)
    plain = [each for each in Filters._filters if each.key in COMPARING | SEARCHING]  # noqa: SLF001
    Filters._filters_by_key.update({each.key: Spoken(each, columns) for each in plain})  # noqa: SLF001
    strange = [each for each in Filters._filters if each.key not in CONDITIONS]  # noqa: SLF001
    Filters._filters_by_key.update({each.key: Strange(each) for each in strange})  # noqa: SLF001


def columns_of(catalogue: Catalogue) -> Columns:
    """The columns of registers that hold numbers or dates, with the fields behind them."""
    fields = [(entity.plural, field) for entity in catalogue.values() for field in entity.fields]
    if orders := catalogue.get("orders"):
        fields += [(orders.plural, Field(name, Kind.MONEY, label)) for name, label in TOTAL_LABELS.items()]
    return {(register, field.label): field for register, field in fields if field.kind in PARTS or field.kind in DATES}


def value_of(field: Field, text: str) -> float | str:
    """The value as the register holds it. DatasetteError says what is wrong with the text."""
    try:
        value = parse(field, text)
    except Refused as refused:
        raise DatasetteError(f"Условие по столбцу «{field.label}»: {refused}.", status=400) from None
    if value is None:
        raise DatasetteError(f"Условие по столбцу «{field.label}»: впишите значение или выберите «пусто».", status=400)
    if isinstance(value, int):
        return value / PARTS[field.kind]
    return value[:10] if field.kind is Kind.MOMENT and ":" not in text else value


def as_stored(field: Field, text: str) -> str:
    """A piece of a number or a date as SQLite spells it: «05.2026» is 2026-05, «1 234,50» is 1234.5."""
    cleaned = "".join(text.split())
    if field.kind in DATES:
        return "-".join(reversed(cleaned.split("."))) if DOTTED.fullmatch(cleaned) else text.strip()
    try:
        value = parse(field, text)
    except Refused:
        return cleaned.replace(",", ".")
    return f"{value / PARTS[field.kind]:.12g}" if isinstance(value, int) else cleaned
