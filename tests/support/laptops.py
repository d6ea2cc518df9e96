"""Laptops for tests: a new desk in a folder, a table in a file, an import, the commands as a user types them."""

import csv
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from local_app.desk import Desk
from local_app.imports.importing import Outcome, Request, import_file
from tests.house.files import ROOT

NORTHWIND = ROOT / "tests" / "data" / "northwind"
SALES = {
    "number": "OrderID", "date": "OrderDate", "client": "CompanyName", "sku": "ProductID", "product": "ProductName",
    "quantity": "Quantity", "price": "UnitPrice", "discount_fraction": "Discount",
}  # fmt: skip
NORTHWIND_NET = 126_579_276
"""Kopecks of all lines after discounts, gross and discount rounded half up per line."""


def new_desk(folder: Path) -> Desk:
    return Desk.open(folder, create=True)


def write_table(path: Path, rows: Sequence[Sequence[object]], encoding: str = "utf-8", delimiter: str = ";") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def run_import(desk: Desk, path: Path, kind: str = "order-lines", columns: Mapping[str, str] | None = None, **wishes: Any) -> Outcome:
    return import_file(desk, path, Request(kind, columns or {}, **wishes), lambda *_: None)


def new_rows(outcome: Outcome) -> dict[str, int]:
    """How many rows of each entity the import made."""
    return {name: tally.new for name, tally in outcome.plan.tallies.items() if tally.new}


def changed_rows(outcome: Outcome) -> dict[str, int]:
    return {name: tally.changed for name, tally in outcome.plan.tallies.items() if tally.changed}


def net(desk: Desk) -> int:
    """Kopecks of all live orders after discounts."""
    return int(desk.store.one("SELECT coalesce(sum(net), 0) FROM order_totals"))


def environment() -> dict[str, str]:
    """As a user's: without the marks by which libraries notice a test."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "NICEGUI_"))}
    return {**ours, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


def typed(*words: str, module: str = "local_app", stdin: str = "") -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    command = [sys.executable, "-m", module, *words]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, encoding="utf-8", env=environment(), check=False, cwd=ROOT)


def answered(*words: str) -> Any:
    """The JSON answer of a command that must succeed."""
    done = typed(*words, "--json")
    assert done.returncode == 0, done.stderr
    return orjson.loads(done.stdout)
