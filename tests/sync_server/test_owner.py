"""The hub's folder belongs to one user: others are told whose it is, and nobody else reads what is in it."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from shared.change import Refused
from sync_server.owner import MAKES_FILES, ROOT, check_owner, named
from tests.sync_server.test_cli import done, run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="files of Windows have no mode")
SOMEBODY = 61_234


@pytest.mark.parametrize("command", sorted(MAKES_FILES))
def test_root_leaves_no_files_in_the_folder_of_the_service(tmp_path: Path, command: str) -> None:
    me = os.geteuid()
    if me == ROOT:
        os.chown(tmp_path, SOMEBODY, SOMEBODY)
    owner = named(tmp_path.stat().st_uid)
    with pytest.raises(Refused, match=f"принадлежит пользователю {owner}.*sudo -u {owner}"):
        check_owner(tmp_path, command, ROOT)


def test_root_may_look_and_write_into_the_databases_and_the_owner_may_do_all(tmp_path: Path) -> None:
    me = os.geteuid()
    check_owner(tmp_path, "serve", me)
    if me == ROOT:
        os.chown(tmp_path, SOMEBODY, SOMEBODY)
    for command in ("status", "user", "code", "revoke", "verify", "sql"):
        check_owner(tmp_path, command, ROOT)
    check_owner(tmp_path / "absent", "init", ROOT)


def test_everything_a_hub_writes_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "hub"
    done("hub", "--data", folder, "init", "--title", "ООО «Ромашка»")
    done("hub", "--data", folder, "user", "anna", "--name", "Анна", "--role", "administrator", typed="длинный пароль\n")
    done("hub", "--data", folder, "backup")
    open_to_others = [path for path in (folder, *folder.rglob("*")) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert open_to_others == []


def test_the_way_to_the_help_can_be_typed_as_it_is_told() -> None:
    assert "Справка: python3 run.py hub user --help" in (told := run("hub", "user", "anna", "--name", "А", "--role", "king").stderr)
    assert "нет такого значения — «king»; возможны administrator, manager, salesperson, reader" in told
