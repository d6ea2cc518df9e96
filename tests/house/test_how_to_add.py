"""The recipes of docs/how-to-add.md work: applied to a copy of the program, they show in a real store, a register, a page and a command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.recipes import DOCUMENT, apply, copied_program, recipes

LOOK = """
import asyncio
from datetime import datetime
from pathlib import Path

from nicegui import Client
from nicegui.page import page

from local_app.desk import Desk
from local_app.main import open_application
from local_app.pages.screens import SCREENS
from local_app.session import Session
from local_app.widgets import query
from local_app.widgets.columns import register_of
from shared.change import Edit
from shared.reports import read_reports

folder = Path("data")
folder.mkdir()
desk = Desk.open(folder, create=True)
client, firm, store = desk.new_id(), desk.new_id(), desk.new_id()
desk.do([Edit("clients", client, {"name": "Ромашка", "city": "Тверь", "fax": "+7 4822 00-00-01"})], "field")
desk.do([Edit("organizations", firm, {"name": "ООО «Заря»"})], "firm")
desk.do([Edit("warehouses", store, {"name": "Северный", "organization_id": firm, "area": 120_500_000})], "entity")

assert desk.store.row("clients", client)["fax"] == "+7 4822 00-00-01"
assert [row["Факс"] for row in desk.store.rows('SELECT * FROM "Клиенты"')] == ["+7 4822 00-00-01"]
assert register_of("clients").column("fax").hidden
assert desk.store.rows('SELECT "Название", "Своя организация", "Площадь, м²" FROM "Склады"') == [
    {"Название": "Северный", "Своя организация": "ООО «Заря»", "Площадь, м²": 120.5}
]
found = desk.store.rows(*query.page_rows(register_of("warehouses"), [store]))
assert [(row["name"], row["organization_id"]) for row in found] == [("Северный", "ООО «Заря»")]
report = next(report for report in read_reports() if report.title == "Клиенты по городам")
assert desk.store.rows(report.sql, report.bound()) == [{"Город": "Тверь", "Клиентов": 1, "Сумма, ₽": 0.0}]
desk.close()


async def draw() -> None:
    application = open_application(folder, "Проба")
    with Client(page("/warehouses"), request=None) as tab:
        SCREENS["/warehouses"](Session(application, tab))
        shown = {element.props.get("innerHTML") or getattr(element, "text", "") for element in tab.elements.values()}
        assert "Новый склад" in shown, shown
        SCREENS["/directory"](Session(application, tab))
        assert "Склады" in {getattr(element, "text", "") or element.props.get("innerHTML") for element in tab.elements.values()}
    application.desk.close()
    application.drafts.close()


asyncio.run(draw())
"""
"""What the test looks for in the extended program; it runs there, in a process of its own."""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with every recipe applied, one after another."""
    copy = copied_program(tmp_path_factory.mktemp("extended"))
    for steps in recipes().values():
        for step in steps:
            apply(step, copy)
    return copy


def run(program: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    settings = {**os.environ, "PYTHONPATH": str(program), "PYTHONUTF8": "1", "NICEGUI_STORAGE_PATH": str(program / "nicegui")}
    settings.pop("PYTEST_CURRENT_TEST", None)  # the app would take itself for a tested one
    return subprocess.run(
        [sys.executable, *words], cwd=program, env=settings, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_every_recipe_has_steps_and_a_line_in_the_table() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert recipes()
    for heading, steps in recipes().items():
        assert steps, heading
        assert f"[{heading[0].lower()}{heading[1:]}](#{heading.lower().replace(' ', '-')})" in text


def test_what_the_recipes_add_is_there(program: Path) -> None:
    done = run(program, "-c", LOOK)
    assert done.returncode == 0, done.stderr


def test_the_test_of_the_new_rule_passes(program: Path) -> None:
    done = run(program, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/shared")
    assert "3 passed" in done.stdout, done.stdout


def test_the_new_command_counts(program: Path) -> None:
    made = run(program, "-m", "local_app", "desk", "--data", "counted", "init")
    assert made.returncode == 0, made.stderr
    run(program, "-m", "local_app", "desk", "--data", "counted", "new", "warehouses", "name=Южный")
    counted = run(program, "-m", "local_app", "desk", "--data", "counted", "count", "Склад")
    assert counted.stdout.strip() == "1 склад", counted.stderr
