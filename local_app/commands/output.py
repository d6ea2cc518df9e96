"""What a command answers: JSON for programs, plain text and tables for people."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from shared.shapes import one_line
from shared.typed import complaint

_WIDEST = 40


class Answer(NamedTuple):
    """The result of a command: `data` for --json, `text` for a person, `trouble` is the line for stderr when it did not succeed."""

    data: Any
    text: str
    trouble: str = ""


def write(answer: Answer, *, as_json: bool) -> int:
    """Prints the answer; the exit code of the command."""
    text = to_json(answer.data) if as_json else answer.text
    if text:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    if answer.trouble:
        complain(answer.trouble)
    return 1 if answer.trouble else 0


def complain(message: str) -> None:
    """One line on stderr."""
    sys.stderr.write(complaint(message) + "\n")
    sys.stderr.flush()


def to_json(data: Any) -> str:  # noqa: ANN401 whatever a command answers
    return orjson.dumps(data, default=_plain, option=orjson.OPT_INDENT_2).decode()


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as aligned columns under their names; «строк нет» when there are none."""
    if not rows:
        return "строк нет"
    names = list(rows[0])
    cells = [[_cell(row[name]) for name in names] for row in rows]
    widths = [max(len(name), *(len(row[place]) for row in cells)) for place, name in enumerate(names)]
    lines = [names, ["-" * width for width in widths], *cells]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)


def _cell(value: object) -> str:
    """What others have written orders the terminal nothing."""
    text = "" if value is None else value.hex() if isinstance(value, bytes) else one_line(str(value), _WIDEST + 1)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(type(value).__name__)
