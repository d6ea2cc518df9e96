"""Where the reference lists begin: a laptop that filled them in while it was alone takes nothing back that the hub's people decided."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from local_app.desk import Desk
from local_app.seed import seed_alone
from local_app.sync import Syncer
from shared.change import Edit
from shared.rules.lists import named_id, reference_lists
from tests.support.laptops import new_desk
from tests.sync_server.conftest import Laptop, Serving

NEW, DAY, OTHER = named_id("statuses", "Новый"), named_id("units", "сут"), named_id("expense_categories", "Прочее")
OF_LISTS = "SELECT name, deleted FROM {} ORDER BY id"


def enrolled(serving: Serving, folder: Path, login: str) -> None:
    Syncer(folder).enrol(serving.url, serving.access.codes.issue(serving.access.users.get(login).id))


def lists(store: Any) -> list[Any]:
    return [store.rows(OF_LISTS.format(name)) for name in sorted({edit.entity for edit in reference_lists()})]


@pytest.fixture
def anna(serving: Serving, laptop: Laptop, tmp_path: Path) -> Desk:
    """A laptop of a firm whose hub has the lists, one status renamed and one unit deleted on purpose."""
    serving.hub.write(reference_lists())
    desk = laptop(tmp_path / "anna")
    Syncer(desk.folder).sync_once()
    desk.do([Edit("statuses", NEW, {"name": "Заявка", "color": "cyan"}), Edit("units", DAY, {"deleted": 1})], "Свой порядок")
    Syncer(desk.folder).sync_once()
    return desk


def test_lists_that_were_filled_in_alone_give_way_to_the_hub(serving: Serving, anna: Desk, tmp_path: Path) -> None:
    before = lists(serving.hub.store)
    with closing(new_desk(tmp_path / "boris")) as boris:
        seed_alone(boris)
        boris.do([Edit("orders", "o1", {"number": "1", "status_id": NEW})], "Создан заказ")
        enrolled(serving, boris.folder, "boris")
        Syncer(boris.folder).sync_once()
        Syncer(anna.folder).sync_once()
        for store in (boris.store, anna.store, serving.hub.store):
            assert lists(store) == before
            assert store.status()["conflicts"] == 0
        assert boris.store.one("SELECT s.name FROM orders o JOIN statuses s ON s.id = o.status_id") == "Заявка"


def test_what_a_person_decided_alone_stays_a_disagreement(serving: Serving, anna: Desk, tmp_path: Path) -> None:
    with closing(new_desk(tmp_path / "boris")) as boris:
        seed_alone(boris)
        boris.do([Edit("statuses", NEW, {"name": "Свежий"}), Edit("units", DAY, {"full_name": "Двадцать четыре часа"})], "Своё")
        enrolled(serving, boris.folder, "boris")
        Syncer(boris.folder).sync_once()
        found = {(conflict.row, conflict.field) for conflict in boris.store.conflicts()}
        assert found == {(NEW, "name"), (DAY, "deleted"), (DAY, "full_name")}
        assert boris.store.one("SELECT color FROM statuses WHERE id = ?", (NEW,)) == "cyan"


def test_an_enrolled_laptop_seeds_nothing_by_itself(serving: Serving, laptop: Laptop, tmp_path: Path) -> None:
    desk = laptop(tmp_path / "maria", "maria")
    seed_alone(desk)
    assert desk.store.living("statuses") == 0


def test_what_was_filled_in_gives_way_once_only(serving: Serving, anna: Desk, tmp_path: Path) -> None:
    with closing(new_desk(tmp_path / "boris")) as boris:
        seed_alone(boris)
        enrolled(serving, boris.folder, "boris")
        Syncer(boris.folder).sync_once()
        boris.poll()
        boris.do([Edit("expense_categories", OTHER, {"name": "Разное"})], "Своё")
        anna.do([Edit("expense_categories", OTHER, {"name": "Иное"})], "Своё")
        for folder in (anna.folder, boris.folder):
            Syncer(folder).sync_once()
        assert [(conflict.row, conflict.field) for conflict in boris.store.conflicts()] == [(OTHER, "name")]
