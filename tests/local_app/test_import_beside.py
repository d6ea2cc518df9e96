"""An import while somebody else writes into the same folder: another import, a sync, a person at the window."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from local_app.desk import Desk
from local_app.imports.importing import Outcome, Request, import_file, plan_import, write
from local_app.imports.sheet import read_sheet
from shared.change import Edit
from tests.support.laptops import changed_rows, new_desk, new_rows, run_import, write_table

SALES = [["Номер", "Дата", "Клиент", "Товар", "Количество", "Цена"], ["1", "01.02.2026", "ООО «Ромашка»", "Гвозди", "2", "10,50"]]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = new_desk(tmp_path / "laptop")
    yield desk
    desk.close()


def test_of_two_imports_at_one_moment_the_second_sees_what_the_first_has_made(desk: Desk, tmp_path: Path) -> None:
    """As two commands in two terminals: the second one waits, and finds nothing to do."""
    path = write_table(tmp_path / "sales.csv", SALES)
    waited, made = Event(), list[Outcome]()

    def second() -> None:
        with closing(Desk.open(desk.folder)) as other:
            made.append(import_file(other, path, Request("order-lines"), lambda words, *_: waited.set() if "Ждём" in words else None))

    thread = Thread(target=second)

    def first(words: str, _done: int, _total: int) -> None:
        if words == "Сравнение с базой":  # it is about to write
            thread.start()
            assert waited.wait(20)

    outcome = import_file(desk, path, Request("order-lines"), first)
    changes = desk.store.log.last_seq()
    thread.join(20)
    assert new_rows(outcome) == {"clients": 1, "products": 1, "orders": 1, "order_lines": 1}
    assert [(new_rows(each), changed_rows(each)) for each in made] == [({}, {})]
    assert desk.store.log.last_seq() == changes


def test_what_comes_while_an_import_is_checked_stands_against_what_the_file_says(desk: Desk, tmp_path: Path) -> None:
    """As a sync brings it, or a person types it in the window: neither is overwritten unseen."""
    headers = ["Название", "Телефон", "Город"]
    run_import(desk, write_table(tmp_path / "clients.csv", [headers, ["Ромашка", "", "Омск"], ["Лютик", "", "Уфа"]]), "clients")
    path = write_table(tmp_path / "clients.csv", [headers, ["Ромашка", "", "Томск"], ["Лютик", "", "Пермь"]])
    rows = {row["name"]: row["id"] for row in desk.store.rows("SELECT id, name FROM clients")}
    planned = plan_import(desk.store, read_sheet(path), Request("clients"))
    view = desk.view()
    with closing(Desk.open(desk.folder)) as other:
        other.do([Edit("clients", rows["Ромашка"], {"city": "Тверь"})], "Город")
    write(desk, planned, "Импорт", lambda *_: None, view)
    assert [sorted(str(rival.value) for rival in conflict.values) for conflict in desk.store.conflicts()] == [["Тверь", "Томск"]]
    assert desk.store.one("SELECT city FROM clients WHERE name = 'Лютик'") == "Пермь"
