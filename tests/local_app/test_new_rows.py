"""What `desk new` makes is as the screens make it: an order with what is usual, a line with what its product gives."""

from pathlib import Path
from typing import Any

import pytest

from local_app.desk import Desk
from local_app.pages.order_acts import new_order
from shared.entity import MICRO
from tests.local_app.test_commands import Terminal

BORN_WITH = ("number", "organization_id", "status_id", "manager_id", "vat_mode")


@pytest.fixture
def laptop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    terminal = Terminal(tmp_path / "laptop", capsys)
    terminal("init", "--seed")
    terminal("new", "organizations", "name=Ромашка")
    terminal("new", "vat_regimes", "organization_id=Ромашка", "regime=УСН, НДС 5 %", "since=01.01.2025")
    return terminal


def made(laptop: Terminal, entity: str, *fields: str) -> Any:
    return laptop.json("show", entity, laptop("new", entity, *fields).strip())


def test_an_order_gets_what_the_form_gives(laptop: Terminal) -> None:
    desk = Desk.open(laptop.folder)
    form = desk.store.row("orders", new_order(desk))
    desk.close()
    assert form
    order = made(laptop, "orders", "subject=Забор")
    assert {name: order[name] for name in BORN_WITH} == {name: form[name] for name in BORN_WITH} | {"number": "2"}
    assert order["subject"] == "Забор"
    assert order["date"] >= form["date"]  # midnight may lie between them


def test_what_is_told_of_an_order_stands_and_decides_the_rest(laptop: Terminal) -> None:
    exempt = laptop("new", "organizations", "name=Астра").strip()
    laptop("new", "vat_regimes", "organization_id=Астра", "regime=УСН, без НДС", "since=01.01.2020")
    order = made(laptop, "orders", "date=10.03.2025", "organization_id=Астра", "status_id=")
    assert (order["number"], order["date"], order["organization_id"]) == ("1", "2025-03-10", exempt)
    assert (order["vat_mode"], order["status_id"]) == ("none", None)
    assert made(laptop, "orders", "number=", "vat_mode=НДС сверху")["number"] == ""
    assert made(laptop, "orders", "number=", "vat_mode=НДС сверху")["vat_mode"] == "on_top"


def test_a_line_gets_what_its_product_and_its_order_give_and_stands_last(laptop: Terminal) -> None:
    laptop("new", "products", "name=Гвозди", "price=100", "cost=60", "unit_id=кг")
    order = laptop("new", "orders", "number=1", "date=12.01.2026", "organization_id=Ромашка").strip()
    first = made(laptop, "order_lines", f"order_id={order}", "product_id=Гвозди", "quantity=3")
    second = made(laptop, "order_lines", f"order_id={order}", "name=Доставка", "price=500", "vat_mode=Без НДС")
    assert (first["name"], first["price"], first["cost"], first["quantity"]) == ("Гвозди", 100 * MICRO, 60 * MICRO, 3 * MICRO)
    assert (first["vat_percent"], first["unit_id"] is not None) == (5 * MICRO, True)
    assert (second["name"], second["price"], second["vat_mode"]) == ("Доставка", 500 * MICRO, "none")
    assert first["position"] < second["position"]
