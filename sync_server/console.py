"""Russian command lines: argparse that speaks Russian and says what is wrong in one line; tables and JSON on a terminal."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import orjson

from shared.change import Refused
from shared.shapes import one_line
from shared.typed import complaint

TRANSLATIONS = (
    (re.compile(r"the following arguments are required: (.*)"), r"не хватает: \1"),
    (re.compile(r"unrecognized arguments: (.*)"), r"лишнее в команде: «\1»"),
    (re.compile(r"argument (.*?): invalid choice: (.*?) \(choose from (.*)\)"), r"\1: нет такого значения — «\2»; возможны \3"),
    (re.compile(r"argument (.*?): expected one argument"), r"\1: не хватает значения"),
    (re.compile(r"argument (.*?): («.*)"), r"\1: \2"),
)


class WrongCommand(Refused):
    """What was typed is no command of ours; the message is Russian."""


class Parser(argparse.ArgumentParser):
    """Help and complaints in Russian; a wrong command line is `WrongCommand`."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given, add_help=False, formatter_class=Formatter, allow_abbrev=False)
        self._positionals.title = "Что указать"
        self._optionals.title = "Параметры"
        self.add_argument("-h", "--help", action="help", help="показать эту справку")

    def error(self, message: str) -> NoReturn:
        for pattern, words in TRANSLATIONS:
            message = pattern.sub(words, message)
        message = message.replace("'", "")  # argparse shows values as Python would
        raise WrongCommand(f"{self.prog}: {message}. Справка: {self.prog} --help")


class Formatter(argparse.HelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=32, width=110)

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:  # noqa: ANN401 - argparse's own types
        super().add_usage(usage, actions, groups, "Команда: " if prefix is None else prefix)


def complain(error: Exception) -> int:
    """One line on stderr; the exit code: 2 for what was mistyped, 1 for a refusal."""
    print(complaint(str(error)), file=sys.stderr)  # noqa: T201 - this room talks to a terminal
    return 2 if isinstance(error, WrongCommand) else 1


def put(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - this room talks to a terminal


def put_json(value: object) -> None:
    put(orjson.dumps(value, default=str).decode())


def put_table(rows: Sequence[Mapping[str, object]]) -> None:
    """Columns as wide as their content; a blank for nothing. What others have written orders the terminal nothing."""
    if not rows:
        put("Пусто")
        return
    names = list(rows[0])
    cells = [names, *([("" if row[name] is None else one_line(str(row[name]), sys.maxsize)) for name in names] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(names))]
    for line in cells:
        put("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
