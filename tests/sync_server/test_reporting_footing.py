"""A report that is longer than a page: its foot is of all rows, and the page says how many there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from shared.change import Edit
from shared.entity import MICRO
from sync_server.hub import Hub
from tests.sync_server.conftest import reports_at
from tests.sync_server.manager import browser, page

ORDERS = 2100


@pytest.fixture(scope="module")
def address(office_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = Path(copytree(office_folder, tmp_path_factory.mktemp("long") / "office"))
    hub = Hub.open(folder, lambda: 1_790_000_000_000)
    edits = []
    for number in range(ORDERS):
        order = hub.new_id()
        edits.append(Edit("orders", order, {"number": f"{number}", "date": "2026-03-12"}))
        edits.append(Edit("order_lines", hub.new_id(), {"order_id": order, "quantity": MICRO, "price": (number + 1) * MICRO // 100}))
    hub.write(edits)
    hub.close()
    with reports_at(folder) as address:
        yield address


@pytest.mark.parametrize("path", ["/reports/debts", "/reports/margin_by_order", "/reports/margin_by_order?date_from=2026-03-12"])
def test_the_foot_of_a_cut_report_is_of_all_its_rows(address: str, path: str) -> None:
    with browser(address, "maria") as manager:
        shown = re.sub(r"\s", " ", page(manager, address + path))
    assert "Показаны первые 2 000 строк из 2 100" in shown
    kopecks = ORDERS * (ORDERS + 1) // 2
    assert f"{kopecks // 100 // 1000} {kopecks // 100 % 1000:03},{kopecks % 100:02}" in shown.partition("<tfoot>")[2]
