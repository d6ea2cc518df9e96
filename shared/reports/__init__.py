"""Reports: one `.sql` file each, with its Russian title in the header; shown by the app and by Datasette alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from shared.change import Refused
from shared.dates import find_date

FOLDER = Path(__file__).parent
PARAMETERS = {"date_from": "С даты", "date_to": "По дату", "today": "На дату"}
"""What a report may ask for: dates as ISO 8601 text, '' for no limit (for `today`: this day by the clock of the computer)."""

COUNTED_ONCE = frozenset({"Заказов", "Оплат", "Записей"})

_HEADER = re.compile(r"^--\s*(title|about):\s*(.+)$", re.MULTILINE)
_PARAMETER = re.compile(r":([a-z_]+)\b")


@dataclass(frozen=True, slots=True)
class Report:
    """A question to the store with a Russian name. Column names are Russian; a name ending in «₽» holds roubles, in «%» percents."""

    name: str  # the file's name without `.sql`; also its address
    title: str
    about: str
    sql: str  # one SELECT with named parameters

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of PARAMETERS that the SELECT uses, in their usual order."""
        used = set(_PARAMETER.findall(self.sql))
        return tuple(name for name in PARAMETERS if name in used)

    def bound(self, **given: str) -> dict[str, str]:
        """A value for every parameter: the given day, or '' for no limit. Raises Refused."""
        return {name: day_of(name, given.get(name) or "") for name in self.parameters}


def day_of(name: str, text: str) -> str:
    """The day that was meant by a parameter, as the SELECT compares it: «01.01.1997» is '1997-01-01'. Raises Refused."""
    try:
        return find_date(text, None) or ""
    except Refused as refused:
        raise Refused(f"«{PARAMETERS[name]}»: {refused}", name) from None


def is_money(column: str) -> bool:
    return column.endswith("₽")


def is_added(column: str) -> bool:
    """Columns that the foot of a report adds up: roubles, and whatever is counted in one row only («Разных заказов» are not)."""
    return is_money(column) or column in COUNTED_ONCE


def parse_report(name: str, text: str) -> Report:
    """Read the header comments `-- title:` and `-- about:`; the rest is the SELECT. ValueError: no title."""
    header = dict(_HEADER.findall(text))
    if "title" not in header:
        raise ValueError(f"{name}.sql has no line «-- title: …»")
    return Report(name, header["title"].strip(), header.get("about", "").strip(), _HEADER.sub("", text).strip().rstrip(";"))


def read_reports(folder: Path = FOLDER) -> list[Report]:
    """All reports, sorted by title."""
    found = [parse_report(path.stem, path.read_text(encoding="utf-8")) for path in folder.glob("*.sql")]
    return sorted(found, key=lambda report: report.title)
