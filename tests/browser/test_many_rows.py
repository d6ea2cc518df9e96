"""A card with very many rows: as many are drawn as can be read, the head counts all of them, and the register has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from local_app.desk import Desk
from local_app.widgets.rows import MOST
from shared.change import Edit
from tests.browser.conftest import Opening, Program, launch, stop

CLIENT, OTHER = ("02000000-0000-7000-8000-000000000001", "02000000-0000-7000-8000-000000000002")
COUNT = MOST + 12


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Program]:
    """A client with many people, beside one with one."""
    desk = Desk.open(tmp_path / "maria", create=True)
    people = [Edit("contacts", desk.new_id(), {"client_id": CLIENT, "name": f"Иванов {number:03}"}) for number in range(COUNT)]
    other = Edit("contacts", desk.new_id(), {"client_id": OTHER, "name": "Петров"})
    desk.do([Edit("clients", CLIENT, {"name": "Ромашка"}), Edit("clients", OTHER, {"name": "Лютик"}), *people, other], "Пример")
    desk.close()
    running = launch(tmp_path / "maria")
    yield running
    stop(running)


def test_a_long_list_in_a_card_shows_its_beginning_counts_all_and_leads_to_the_register(opened: Opening, busy: Program) -> None:
    page = opened(busy, f"/clients/{CLIENT}?section=contacts")
    expect(page.locator(".panel tbody tr")).to_have_count(MOST)
    expect(page.locator(".panel .title")).to_contain_text(str(COUNT))
    expect(page.get_by_text(f"Показаны первые {MOST} из {COUNT}")).to_be_visible()
    page.get_by_role("link", name="Показать все").click()
    expect(page.locator(".totals")).to_contain_text(str(COUNT))
    expect(page.get_by_text("Клиент: Ромашка")).to_be_visible()


def test_a_short_list_speaks_of_no_more(opened: Opening, busy: Program) -> None:
    page = opened(busy, f"/clients/{OTHER}?section=contacts")
    expect(page.locator(".panel tbody tr")).to_have_count(1)
    expect(page.get_by_role("link", name="Показать все")).to_have_count(0)
