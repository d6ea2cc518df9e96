"""Opening a workbook in a child process, so that a file which ends its reader ends nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

import orjson

from local_app.imports.workbook import BROKEN, Book, must_be_a_workbook
from shared.change import Refused

LOOK_SECONDS = 0.2
PACKAGES = Path(__file__).resolve().parents[2]


def open_book(content: bytes, name: str, sheet: str = "", look: Callable[[], object] = lambda: None) -> Book:
    """As `read_book`; a workbook that cannot be read at all is refused, too. `look` is called meanwhile: what it raises ends the child."""
    must_be_a_workbook(content, name)  # needs no child
    child = subprocess.Popen(  # noqa: S603 our own program, and no shell that a file's name could speak to
        [sys.executable, "-P", "-m", "local_app.imports.workbook", name, sheet],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(PACKAGES)},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    try:
        said = orjson.loads(_answer_of(child, content, look))
    except orjson.JSONDecodeError as error:
        raise Refused(f"Файл «{name}» {BROKEN}") from error
    if "wrong" in said:
        raise Refused(said["wrong"])
    return Book(**said)


def _answer_of(child: subprocess.Popen[bytes], content: bytes, look: Callable[[], object]) -> bytes:
    """The content is sent beside the waiting: what `communicate` has not sent when its time is over, it never sends (CPython 3.11)."""
    sending = threading.Thread(target=_send, args=(child.stdin, content), daemon=True)
    child.stdin = None  # it is the thread's
    sending.start()
    with child:
        try:
            while True:
                try:
                    return child.communicate(timeout=LOOK_SECONDS)[0]
                except subprocess.TimeoutExpired:
                    look()
        except BaseException:
            child.kill()
            raise
        finally:
            sending.join()


def _send(pipe: IO[bytes], content: bytes) -> None:
    with suppress(OSError), pipe:  # a child that has ended takes no more
        pipe.write(content)
