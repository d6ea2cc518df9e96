"""The recipes of docs/how-to-add.md as steps that can be applied to a copy of the program."""

import re
import shutil
from pathlib import Path
from typing import NamedTuple

from tests.house.files import PACKAGES, ROOT

DOCUMENT = ROOT / "docs" / "how-to-add.md"
NEW = re.compile(r"^New file `([^`]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PUT = re.compile(r"^In `([^`]+)`, (before|after) `([^`]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Step(NamedTuple):
    """A block of a recipe: the file, the place (`new`, or a line and the side of it), the text."""

    path: str
    side: str
    anchor: str
    text: str


def recipes() -> dict[str, list[Step]]:
    """{heading: steps}, in the order of the document."""
    _, *parts = re.split(r"^## (.+)$", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {heading: steps_of(body) for heading, body in zip(parts[::2], parts[1::2], strict=True)}


def steps_of(body: str) -> list[Step]:
    found = [(match.start(), Step(match[1], "new", "", match[2])) for match in NEW.finditer(body)]
    found += [(match.start(), Step(*match.groups())) for match in PUT.finditer(body)]
    return [step for _, step in sorted(found)]


def copied_program(folder: Path) -> Path:
    """The packages and their settings, without any test."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def apply(step: Step, program: Path) -> None:
    """ValueError: the anchor is not exactly one line of the file."""
    path = program / step.path
    if step.side == "new":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(step.text, encoding="utf-8")
        return
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    places = [place for place, line in enumerate(lines) if line.startswith(step.anchor)]
    if len(places) != 1:
        raise ValueError(f"{step.path}: {len(places)} lines begin with {step.anchor!r}")
    lines.insert(places[0] + (step.side == "after"), step.text)
    path.write_text("".join(lines), encoding="utf-8")
