"""The printer: keeps the child process warm, asks it one thing at a time, and ends it when an answer takes too long."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock, Timer
from typing import Any

from local_app.documents.filling import Filled
from shared.change import Refused

SECONDS = 60
"""Until a child that does not answer is ended: an invoice takes a tenth of a second, a thousand lines take eight."""
FILLING = 15
"""The same while only tags are filled in, two thousand lines in a second: that is done as a template is typed, and other papers wait."""
PACKAGES = Path(__file__).resolve().parents[2]
PASSED = (
    "PATH",
    "HOME",
    "LANG",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "LOCALAPPDATA",
    "FONTCONFIG_PATH",
    "XDG_CACHE_HOME",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "WEASYPRINT_DLL_DIRECTORIES",
)
"""What the child gets to know of the environment."""
BROKEN_OFF = "Документ не получился: ему не хватило памяти или программа, которая его печатает, остановилась. Повторите"
TOO_LONG = "Документ не получился за отведённое время. Проверьте повторения и картинки в шаблоне"


class Printer:
    """Safe for any number of threads: one at a time asks."""

    def __init__(self, seconds: float = SECONDS, filling: float = FILLING) -> None:
        self.seconds, self.filling = seconds, filling
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def fill(self, template: str, facts: Mapping[str, Any]) -> Filled:
        """The template with its tags filled in. Raises Refused."""
        answer = self._ask({"do": "fill", "template": template, "facts": facts}, self.filling)
        return Filled(str(answer["html"]), [str(each) for each in answer["unknown"]])

    def pdf(self, html: str, sheet: str, title: str) -> bytes:
        """A filled template as PDF. Raises Refused."""
        return base64.b64decode(self._ask({"do": "print", "html": html, "sheet": sheet, "title": title}, self.seconds)["pdf"])

    def close(self) -> None:
        with self._lock:
            self._end()

    def _ask(self, what: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        with self._lock:
            answer = self._answer(json.dumps(what).encode() + b"\n", seconds)
        if "wrong" in answer:
            raise Refused(str(answer["wrong"]))
        return answer

    def _answer(self, line: bytes, seconds: float) -> dict[str, Any]:
        child = self._started()
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("the child has no pipes")
        watch = Timer(seconds, child.kill)
        watch.daemon = True
        watch.start()
        try:
            child.stdin.write(line)
            child.stdin.flush()
            return dict(json.loads(child.stdout.readline()))
        except (OSError, ValueError) as error:  # it was killed, by us or by the bound of its memory
            ended_by_us = watch.finished.is_set()
            self._end()
            raise Refused(TOO_LONG if ended_by_us else BROKEN_OFF) from error
        finally:
            watch.cancel()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            environment = {name: os.environ[name] for name in PASSED if name in os.environ}
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "local_app.documents.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**environment, "PYTHONUTF8": "1", "PYTHONPATH": str(PACKAGES)},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            with suppress(OSError):  # what was not read any more
                pipe.close() if pipe else None
