"""What a person chooses for a file on the screens: the row of its names, which of its columns is which field, the ways it writes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count, takewhile
from types import MappingProxyType

from local_app.imports.cells import doubtful_date
from local_app.imports.columns import KINDS, Column, Vocabulary, header_place, like_prices, missing, recognised
from local_app.imports.importing import Request
from local_app.imports.sheet import Sheet, headers_of
from local_app.imports.table import ABOVE
from shared.entity import Kind

Known = Mapping[str, str]
"""What was chosen for a column of this name before: its key, or '' to pass it over, or `NOT_OWN`."""
NOT_OWN = "-"
"""A column was passed over although the user's own field is called so; '' may be of before there was that field."""


class Choice:
    """One read sheet and what is chosen for it. It begins with what the names of the columns tell, and with what was chosen before.

    `own`: the user's own fields.
    """

    def __init__(self, kind: str, read: Sheet, known: Known = MappingProxyType({}), own: Vocabulary = MappingProxyType({})) -> None:
        self.kind, self.read, self.known = kind, read, known
        self.columns: Vocabulary = {**KINDS[kind], **own}
        self.dates = self.vat_mode = ""
        self.first = [read.headers, *read.rows[:ABOVE]]
        self.stand(header_place(self.columns, self.first, {}))

    def stand(self, place: int) -> None:
        """The names of the columns stand in that one of the first rows."""
        self.place, read = place, self.read
        own = headers_of(self.first[place])
        own += [""] * (self._width(place, len(own)) - len(own))
        found = recognised(self.columns, own)
        self.sheet = read._replace(headers=distinct(own), numbers=read.numbers[place:], rows=read.rows[place:], others=())
        self.doubled = {at for places in found.doubled.values() for at in places}
        self.fields = {at: key for key, at in found.places.items()}
        self._days: dict[int, tuple[str, str]] = {}
        for at, header in enumerate(self.sheet.headers):
            key = self.known.get(header.casefold())
            if key == NOT_OWN or (key is not None and (key in self.columns or not (key or self._is_own(at)))):
                self.choose(at, "" if key == NOT_OWN else key)

    def _is_own(self, at: int) -> bool:
        """A name that was passed over, maybe when no field was called so, is not chosen against the user's own field of this name."""
        return at in self.fields and self.columns[self.fields[at]].custom is not None

    def offer(self, own: Vocabulary) -> bool:
        """The user's own fields as they are now: the new ones are recognised by their names. Has anything changed?"""
        offered, before = {**KINDS[self.kind], **own}, self.columns
        self.columns = offered
        self.fields = {at: key for at, key in self.fields.items() if key in offered}
        for key, at in recognised(offered, self.sheet.headers).places.items():
            if key not in before and at not in self.fields:
                self.choose(at, key)
        return offered != before

    def _width(self, place: int, named: int) -> int:
        """What stands in a workbook right beside the last named column can be chosen like any other; a remark farther off is none of it."""
        rows = self.read.rows[place:] if self.read.name else []
        beside = takewhile(lambda at: any(at < len(row) and row[at].strip() for row in rows), count(named))
        return named + sum(1 for _ in beside)

    def choose(self, place: int, key: str) -> None:
        """That column of the file is that field, and no other column is; '' passes it over."""
        self.fields = {at: other for at, other in self.fields.items() if at != place and other != key}
        if key:
            self.fields[place] = key

    def missing(self) -> list[Column]:
        """The fields without which the file cannot be loaded."""
        return missing(self.columns, set(self.fields.values()))

    def prices(self) -> list[int]:
        """The columns of which one may be the price, while none is chosen for it."""
        return [] if "price" in self.fields.values() or "price" not in self.columns else like_prices(self.sheet.headers, self.fields)

    def passed_over(self) -> list[int]:
        """The columns that are not loaded."""
        return [at for at in range(len(self.sheet.headers)) if at not in self.fields]

    def chosen(self) -> dict[str, str]:
        """For the next file with the same names."""
        places = recognised(self.columns, self.sheet.headers).places
        own = {at for key, at in places.items() if self.columns[key].custom is not None}
        return {header.casefold(): self.fields.get(at, NOT_OWN if at in own else "") for at, header in enumerate(self.sheet.headers)}

    def days(self, place: int) -> tuple[str, str]:
        """As `doubtful_date`, for a column that holds dates."""
        key = self.fields.get(place, "")
        if not key or self.columns[key].field.kind is not Kind.DATE:
            return "", ""
        if place not in self._days:
            self._days[place] = doubtful_date([row[place] for row in self.sheet.rows if place < len(row)])
        return self._days[place]

    def request(self) -> Request:
        """The same as the command takes."""
        columns = {key: self.sheet.headers[at] for at, key in sorted(self.fields.items())}
        return Request(self.kind, columns, dates=self.dates, vat_mode=self.vat_mode)


def distinct(headers: Sequence[str]) -> list[str]:
    """Names by which each column can be told: «Цена», «Цена (2)», and «Столбец C» for one without a name."""
    counts: dict[str, int] = {}
    named = []
    for at, header in enumerate(headers):
        name = header or f"Столбец {letters(at + 1)}"
        count = counts[name.casefold()] = counts.get(name.casefold(), 0) + 1
        named.append(f"{name} ({count})" if count > 1 else name)
    return named


def letters(number: int) -> str:
    """The name of a column in a spreadsheet: 1 is A, 27 is AA."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
