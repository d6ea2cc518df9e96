"""The shortcut of each system, and that what stands in it starts the program on its folder."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from local_app import shortcut
from tests.browser.conftest import until_it_answers
from tests.support.laptops import environment

ICON = "<svg/>"
TITLE = 'Ноутбук "А"'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder whose data and desktop are its own."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_DESKTOP_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def words_of(entry: str) -> list[str]:
    """The command of a desktop entry, read back as the Desktop Entry Specification has it read: first the string, then its quotes."""
    (line,) = re.findall(r"^Exec=(.*)$", entry, re.MULTILINE)
    words = re.findall(r'"((?:[^"\\]|\\.)*)"', line.replace("\\\\", "\\").replace("%%", "%"))
    return [re.sub(r"\\(.)", r"\1", word) for word in words]


def started(words: Sequence[str], home: Path) -> str:
    """Starts the program, waits until it answers, stops it as Ctrl+C would; what it has said."""
    process = subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, encoding="utf-8", env={**environment(), "HOME": str(home), "BROWSER": "true"}
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    until_it_answers(int(said.rpartition(":")[2].partition("/")[0]))
    process.send_signal(signal.SIGINT)
    process.wait(20)
    process.stdout.close()
    return said


@pytest.mark.skipif(os.name != "posix", reason="starts what stands in the shortcuts of POSIX systems")
@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_what_stands_in_a_shortcut_starts_the_program_on_its_folder(home: Path, platform: str) -> None:
    data = home / "Мои $данные `5%` \\ \"все\" и 'иные'"
    placed = shortcut.place(data, TITLE, ICON, platform)
    assert os.access(placed, os.X_OK)
    words = words_of(placed.read_text(encoding="utf-8")) if platform == "linux" else [str(placed)]
    assert "Заказник открыт" in started(words, home)
    assert (data / "zakaznik.sqlite").is_file()


def test_each_system_has_it_where_its_user_looks(home: Path) -> None:
    placed = {system: shortcut.place(home / "data", TITLE, ICON, system).relative_to(home) for system in ("linux", "darwin", "win32")}
    assert placed == {
        "linux": Path(".local/share/applications/Ноутбук А.desktop"),
        "darwin": Path("Desktop/Ноутбук А.command"),
        "win32": Path("Desktop/Ноутбук А.cmd"),
    }
    assert (home / ".local/share" / shortcut.PICTURE).read_text(encoding="utf-8") == ICON


def test_a_batch_file_is_utf_8_and_no_sign_of_a_path_is_a_command() -> None:
    text = shortcut.batch(TITLE, [r"C:\Программы & Ко\100%\python.exe", "--title", TITLE])
    assert text.splitlines() == [
        "@echo off", "chcp 65001 >nul", r'start "" /min "C:\Программы & Ко\100%%\python.exe" "--title" "Ноутбук А"',
    ]  # fmt: skip
    assert text.count("\r\n") == text.count("\n") == 3


def test_a_second_one_stands_in_place_of_the_first_and_an_installed_package_starts_by_its_name(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shortcut, "START", home / "no such start file")
    first = shortcut.place(home / "one", "Заказник", ICON)
    assert shortcut.place(home / "two", "Заказник", ICON) == first
    words = [sys.executable, "-P", "-m", "local_app", "app", "--data", str(home / "two"), "--title", "Заказник"]
    assert shortcut.command(home / "two", "Заказник") == words
    assert str(home / "two") in first.read_text(encoding="utf-8")
    assert shlex.split(shortcut.shell_script("", words).splitlines()[1]) == ["exec", *words]
