"""The child process in which templates run: it gets texts, answers with texts, and is killed when it takes too long.

One line of JSON in, one out. It is started with an almost empty environment and, where the system can, with bounded memory.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from local_app.documents.filling import Wrong, fill
from local_app.documents.printing import to_pdf

MEMORY = 1 << 30
"""Bytes of memory: a paper of a thousand lines takes a fifth."""


def answered(asked: Mapping[str, Any]) -> dict[str, Any]:
    """One piece of work: to fill a template, or to print what was filled."""
    try:
        if asked["do"] == "fill":
            filled = fill(asked["template"], asked["facts"])
            return {"html": filled.html, "unknown": filled.unknown}
        return {"pdf": base64.b64encode(to_pdf(asked["html"], asked["sheet"], asked["title"])).decode()}
    except Wrong as wrong:
        return {"wrong": str(wrong)}
    except MemoryError:
        return {"wrong": "Документу не хватило памяти: в нём слишком много страниц или слишком большие картинки"}


def main() -> None:
    bound_memory()
    answer = private_output()
    for line in sys.stdin.buffer:
        answer(json.dumps(answered(json.loads(line))).encode() + b"\n")


def private_output() -> Callable[[bytes], None]:
    """The way to answer; whatever a library prints goes elsewhere."""
    own = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)

    def answer(line: bytes) -> None:
        rest = memoryview(line)
        while rest:
            rest = rest[own.write(rest) :]

    return answer


def bound_memory() -> None:
    """Windows has no such bound and macOS may refuse it; there the time alone is bounded."""
    if sys.platform != "win32":
        import resource

        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    main()
