"""Opening a workbook in a child process, so that a file which ends its reader ends nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import orjson

from local_app.imports.workbook import BROKEN, Book, must_be_a_workbook
from shared.change import Refused

PACKAGES = Path(__file__).resolve().parents[2]


def open_book(content: bytes, name: str, sheet: str = "") -> Book:
    """As `read_book`; a workbook that cannot be read at all is refused, too."""
    must_be_a_workbook(content, name)  # needs no child
    done = subprocess.run(  # noqa: S603 our own program, and no shell that a file's name could speak to
        [sys.executable, "-P", "-m", "local_app.imports.workbook", name, sheet],
        input=content,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(PACKAGES)},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        check=False,
    )
    try:
        said = orjson.loads(done.stdout)
    except orjson.JSONDecodeError as error:
        raise Refused(f"Файл «{name}» {BROKEN}") from error
    if "wrong" in said:
        raise Refused(said["wrong"])
    return Book(**said)
