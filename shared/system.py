"""What is otherwise on Windows: where a program's data lie, the letters of a redirected output, what «no right» may mean."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from pathlib import Path

WINDOWS = sys.platform == "win32"
OR_OPEN = ", или файл открыт в другой программе" if WINDOWS else ""
"""What else «no right» may mean: Windows says so of a file that another program has open, too."""


def own_folder(name: str) -> Path:
    """The customary place of this system for a program's data; on Windows the user's own folder.

    What a Python of the Microsoft Store writes into AppData goes to a private copy, which no other Python sees, and which is deleted
    with that Python.
    """
    if WINDOWS:
        return Path.home() / name
    from platformdirs import user_data_path

    return user_data_path(name, appauthor=False)


def speak_utf8() -> None:
    """To a file or another program Windows would write in the code page of the country, which has no sign for half of what we say."""
    if WINDOWS:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(encoding="utf-8")
