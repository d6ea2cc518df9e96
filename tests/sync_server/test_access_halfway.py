"""What happens to accounts when an act stops halfway: a refusal, a bug, a power cut."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from shared.change import Refused
from shared.store import StoreTrouble
from sync_server.access import Access
from sync_server.access.devices import Devices, all_prefixes
from tests.sync_server.conftest import PASSWORD, START_MS

BORIS = "01a20907-89f1-7947-9fd8-f0f6d9d49ae8"


@pytest.fixture
def people(access: Access) -> Access:
    """A salesperson."""
    access.users.add(BORIS, "boris", "Борис", "salesperson", PASSWORD)
    return access


class Stopped(Exception):
    """The program ends here."""


def ends(_: int) -> bytes:
    raise Stopped


class TestAnActThatStopsHalfway:
    """The code is spent by then and the device is not written down, or it is and has no prefix yet."""

    @pytest.mark.parametrize("sound", [0, 1], ids=["before the device", "in the device"])
    def test_has_spent_no_code_and_made_no_device(self, people: Access, sound: int) -> None:
        code, luck = people.codes.issue(BORIS), iter([b"12345678"] * sound)
        people.devices = Devices(people.book, people.codes._clock, lambda size: next(luck, None) or ends(size))
        with pytest.raises(Stopped):
            people.enrol(code, "Ноутбук", "1")
        assert [people.devices.all(), people.book.rows("SELECT * FROM prefixes")] == [[], []]
        assert people.codes.spend(code) == BORIS

    def test_has_made_no_device_without_a_prefix(self, people: Access) -> None:
        code = people.codes.issue(BORIS)
        for prefix in all_prefixes():
            people.book.db.table("prefixes").insert({"prefix": prefix, "device": "x"})
        with pytest.raises(Refused, match="больше нет"):
            people.enrol(code, "Ноутбук", "1")
        assert people.devices.all() == []
        assert people.codes.spend(code) == BORIS

    def test_is_undone_when_the_power_goes(self, people: Access, tmp_path: Path) -> None:
        code = people.codes.issue(BORIS)
        dying = (
            "import os, sys; from pathlib import Path; from sync_server.access import Access\n"
            "access = Access.open(Path(sys.argv[1]), clock=lambda: int(sys.argv[3]))\n"
            "access.devices.give_prefix = lambda *_: os._exit(9)\n"
            "access.enrol(sys.argv[2], 'Ноутбук', '1')"
        )
        command = [sys.executable, "-c", dying, str(tmp_path), code, str(START_MS)]
        assert subprocess.run(command, timeout=60, check=False).returncode == 9
        assert people.devices.all() == []
        assert people.enrol(code, "Ноутбук", "1").user.id == BORIS

    def test_leaves_no_accounts_without_a_secret(self, tmp_path: Path) -> None:
        folder = tmp_path / "new"
        folder.mkdir()
        with pytest.raises(Stopped):
            Access.open(folder, luck=ends, create=True)
        with pytest.raises(Refused, match="повреждён"):
            Access.open(folder)
        with closing(Access.open(folder, create=True)) as access:
            assert len(access.book.secret) == 32


def test_a_file_of_accounts_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "accounts.sqlite").mkdir()
    with pytest.raises(StoreTrouble, match=r"стоит папка .*accounts\.sqlite"):
        Access.open(tmp_path)
