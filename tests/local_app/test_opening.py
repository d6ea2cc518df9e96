"""Whose data a laptop's program opens."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path

import pytest

from local_app.cli import main
from local_app.desk import Desk
from shared.store import FILE_NAME, Store, StoreTrouble
from sync_server.cli import main as hub_main
from sync_server.hub import Hub


def test_no_command_of_a_laptop_writes_into_a_hub(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Hub.create(tmp_path).close()
    commands = (
        ["new", "clients", "name=Ромашка"],
        ["sync"],
        ["enrol", "http://127.0.0.1:1", "КОД"],
        ["undo"],
        ["compact"],
        ["import", "x.csv", "--as", "clients"],
    )
    for words in commands:
        assert main(["desk", "--data", str(tmp_path), *words]) == 1, words
        said = capsys.readouterr().err
        assert said == f"В папке {tmp_path} данные сервера, а не ноутбука. Укажите папку ноутбука; для сервера есть команды hub\n"
    with pytest.raises(StoreTrouble, match="данные сервера"):
        Desk.open(tmp_path, create=True)
    with closing(Hub.open(tmp_path)) as hub:
        assert (hub.verify(), hub.place()) == ([], 0)


def test_a_hub_tells_what_somebody_has_written_beside_it(tmp_path: Path) -> None:
    Hub.create(tmp_path).close()
    with closing(Store.open(tmp_path / FILE_NAME)) as store, store.transaction():
        store.db.execute("INSERT INTO branches VALUES (1, 'чужой', 0, 0)")
        values = "1, x'00', 1, 1, 1, '', 'clients', 'c', '{}', 1, 0, 0, x'', ''"
        store.db.execute(f"INSERT INTO log VALUES ({values})")
    with closing(Hub.open(tmp_path)) as hub:
        assert "В журнале сервера есть записи, которых он не принимал: 1" in hub.verify()


@pytest.mark.skipif(sys.platform == "win32", reason="folders of Windows have no mode")
def test_a_new_folder_is_for_nobody_else_whatever_the_machine_is_used_to(tmp_path: Path) -> None:
    usual = os.umask(0o022)
    try:
        assert main(["desk", "--data", str(tmp_path / "ноутбук"), "init"]) == 0
        assert hub_main(["hub", "--data", str(tmp_path / "сервер"), "init"]) == 0
    finally:
        os.umask(usual)
    assert {oct((tmp_path / name).stat().st_mode & 0o777) for name in ("ноутбук", "сервер")} == {"0o700"}
