"""A disk that takes no more, of a laptop or the hub: one Russian line, nothing half written stays, and it goes on when there is room."""

from __future__ import annotations

import resource
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import requests

from local_app.desk import Desk
from local_app.sync import Syncer
from shared import filestore
from shared.change import Edit, SyncTrouble
from shared.store import FILE_NAME, Store, backup
from shared.store.verify import digests
from sync_server.access import Access
from sync_server.hub import Hub
from tests.support.killer import new_hub
from tests.support.laptops import NORTHWIND, SALES, answered, environment, new_desk, run_import, typed
from tests.sync_server.conftest import served

ROOM = 300_000
"""Bytes that a file may have in a program that runs on a full disk: enough for Python, too little for a store with tables."""


def on_a_full_disk(*words: str, module: str = "local_app", room: int = ROOM) -> str:
    """The complaint of a command that finds no room for a longer file; one line, in Russian."""
    command = [sys.executable, "-B", "-m", module, *words]
    limited = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))  # noqa: E731
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment(), check=False, preexec_fn=limited)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    assert any("а" <= letter <= "я" for letter in done.stderr)
    return done.stderr


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-shm", "-wal")))


def test_new_data_are_made_wholly_or_not_at_all(tmp_path: Path) -> None:
    on_a_full_disk("desk", "--data", str(tmp_path), "init")
    assert left(tmp_path) == []
    answered("desk", "--data", str(tmp_path), "init")


def test_a_new_hub_is_made_wholly_or_not_at_all(tmp_path: Path) -> None:
    on_a_full_disk("hub", "--data", str(tmp_path), "init", module="sync_server")
    assert FILE_NAME not in left(tmp_path)
    assert typed("hub", "--data", str(tmp_path), "init", module="sync_server").returncode == 0


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    """A laptop with a store that is larger than the room."""
    with closing(new_desk(tmp_path / "laptop")) as desk:
        run_import(desk, NORTHWIND / "sales.csv", columns=SALES)
    return tmp_path / "laptop"


@pytest.mark.parametrize("words", [("new", "clients", "name=Ромашка"), ("backup",)])
def test_a_command_without_room_changes_nothing(sales: Path, words: tuple[str, ...]) -> None:
    with closing(Store.open(sales / FILE_NAME)) as store:
        before = digests(store)
    on_a_full_disk("desk", "--data", str(sales), *words, room=40_000)
    assert backup.newest(sales) is None
    assert not [name for name in left(sales) if name.endswith(".part")]
    with closing(Store.open(sales / FILE_NAME)) as store:
        assert store.verify() == []
        assert digests(store) == before
    answered("desk", "--data", str(sales), *words)


@pytest.mark.parametrize("name", ["lines.csv", "lines.xlsx"])
def test_an_export_without_room_leaves_the_old_file(sales: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"old")
    on_a_full_disk("desk", "--data", str(sales), "export", "order_lines", str(tmp_path / name), room=66_000)
    assert (tmp_path / name).read_bytes() == b"old"
    assert left(tmp_path) == sorted([name, *left(sales)])


def test_an_attached_file_without_room_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    keep = (
        "import sys; from pathlib import Path; from shared import filestore; filestore.keep(Path(sys.argv[1]), b'x' * 100_000, 'Фото.png')"
    )
    limited = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))  # noqa: E731
    done = subprocess.run(
        [sys.executable, "-B", "-c", keep, str(tmp_path)],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
        preexec_fn=limited,
    )
    assert "Refused: Файл «Фото.png» не сохранён" in done.stderr
    assert left(tmp_path) == []
    assert filestore.keep(tmp_path, b"x" * 100_000, "Фото.png").size == 100_000


def test_a_hub_without_room_says_so_and_takes_the_same_offer_later(tmp_path: Path) -> None:
    folder = new_hub(tmp_path / "hub")
    with closing(Access.open(folder)) as access, closing(Hub.open(folder)) as hub, served(hub, access) as url:
        Desk.open(tmp_path / "laptop", create=True).close()
        Syncer(tmp_path / "laptop").enrol(url, access.codes.issue(access.users.get("anna").id))
        with closing(Desk.open(tmp_path / "laptop")) as desk:
            run_import(desk, NORTHWIND / "sales.csv", columns=SALES)
            waiting, before = desk.store.unsent(), hub.place()
            hub.store.db.execute(f"PRAGMA max_page_count = {hub.store.one('PRAGMA page_count') + 20}")  # the disk ends here
            with pytest.raises(SyncTrouble, match="На диске сервера кончилось место"):
                Syncer(desk.folder).sync_once()
            assert requests.get(f"{url}/api/v1/ping", timeout=10).json() == {"hub": "zakaznik"}, "it goes on answering"
            assert (hub.place(), desk.store.unsent()) == (before, waiting), "nothing of it was taken, nothing is lost"
            hub.store.db.execute("PRAGMA max_page_count = 1000000")
            assert Syncer(desk.folder).sync_once().sent == waiting
            assert digests(desk.store) == digests(hub.store)


def test_a_laptop_without_room_for_the_news_takes_them_later(tmp_path: Path) -> None:
    folder = new_hub(tmp_path / "hub")
    with closing(Access.open(folder)) as access, closing(Hub.open(folder)) as hub, served(hub, access) as url:
        Desk.open(tmp_path / "laptop", create=True).close()
        Syncer(tmp_path / "laptop").enrol(url, access.codes.issue(access.users.get("anna").id))
        answered("desk", "--data", str(tmp_path / "laptop"), "sync")
        for _ in range(40):
            hub.write([Edit("clients", hub.new_id(), {"name": f"Клиент {number}", "note": "длинно " * 20}) for number in range(50)])
        on_a_full_disk("desk", "--data", str(tmp_path / "laptop"), "sync", room=900_000)
        with closing(Store.open(tmp_path / "laptop" / FILE_NAME)) as store:
            assert store.verify() == []
        assert answered("desk", "--data", str(tmp_path / "laptop"), "sync")["received"] == 2000


def test_the_accounts_of_a_hub_without_room_are_told_in_one_line(tmp_path: Path) -> None:
    folder = new_hub(tmp_path / "hub")
    on_a_full_disk("hub", "--data", str(folder), "code", "anna", module="sync_server", room=1_000)
    assert typed("hub", "--data", str(folder), "code", "anna", module="sync_server").returncode == 0
