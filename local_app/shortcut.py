"""How the program is started without typing: a file on the desktop in Windows and macOS, an entry of the menu of programs elsewhere."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from platformdirs import user_data_path, user_desktop_path

START = Path(__file__).resolve().parents[1] / "run.py"
"""The start file of a checkout; an installed package has none."""
SYSTEM = sys.platform
PICTURE = "icons/hicolor/scalable/apps/zakaznik.svg"


class Kind(NamedTuple):
    """A kind of shortcut: where it stands, its ending, its text for a name and a command, and the words about it."""

    folder: Callable[[], Path]
    ending: str
    text: Callable[[str, Sequence[str]], str]
    where: str


def command(folder: Path, title: str) -> list[str]:
    """What starts the program on a folder."""
    program = [str(START)] if START.is_file() else ["-P", "-m", "local_app"]
    return [sys.executable, *program, "app", "--data", str(folder), "--title", title]


def place(folder: Path, title: str, picture: str, platform: str = SYSTEM) -> Path:
    """Writes the shortcut of a data folder, over the one of before, and answers where it is. Raises OSError.

    `picture`: the program's, as SVG.
    """
    kind = kind_of(platform)
    name = file_name(title)
    target = kind.folder() / f"{name}{kind.ending}"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(kind.text(name, command(folder, title)), encoding="utf-8", newline="")
    target.chmod(0o755)
    if kind.ending == ".desktop":
        drawn = user_data_path() / PICTURE
        drawn.parent.mkdir(parents=True, exist_ok=True)
        drawn.write_text(picture, encoding="utf-8")
    return target


def kind_of(platform: str) -> Kind:
    return KINDS.get(platform, MENU)


def file_name(title: str) -> str:
    """The title without what no file system takes."""
    return re.sub(r'[\x00-\x1f<>:"/\\|?*]', "", title).strip(" .") or "Заказник"


def batch(_: str, words: Sequence[str]) -> str:
    """For the command interpreter of Windows: in UTF-8, and with a window of its own out of the way."""
    quoted = " ".join('"' + word.replace('"', "").replace("%", "%%") + '"' for word in words)
    return f'@echo off\r\nchcp 65001 >nul\r\nstart "" /min {quoted}\r\n'


def shell_script(_: str, words: Sequence[str]) -> str:
    return f"#!/bin/sh\nexec {shlex.join(words)}\n"


def desktop_entry(name: str, words: Sequence[str]) -> str:
    """By the Desktop Entry Specification 1.5: every word is quoted, and what that needs backslashes for gets two."""
    quoted = " ".join('"' + re.sub(r'(["`$\\])', r"\\\1", word).replace("\\", "\\\\").replace("%", "%%") + '"' for word in words)
    return (
        f"[Desktop Entry]\nType=Application\nName={name}\nComment=Клиенты, заказы и документы\nIcon={Path(PICTURE).stem}\n"
        f"Exec={quoted}\nTerminal=false\nCategories=Office;\n"
    )


MENU = Kind(lambda: user_data_path() / "applications", ".desktop", desktop_entry, "в меню программ")
KINDS: Mapping[str, Kind] = MappingProxyType({
    "win32": Kind(user_desktop_path, ".cmd", batch, "на рабочем столе"),
    "darwin": Kind(user_desktop_path, ".command", shell_script, "на рабочем столе"),
})  # fmt: skip
