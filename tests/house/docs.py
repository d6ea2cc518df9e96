"""The documents that are drawn from the code: `python3 run.py docs` writes them, without `--write` they are only compared."""

import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from shared.entities import ENTITIES
from shared.entity import Entity, Field, Kind
from shared.reports import PARAMETERS, Report, read_reports
from sync_server.openapi import document
from tests.house.commands import commands
from tests.house.files import PACKAGES, ROOT, first_line, name_of, tracked

HEADER = "<!-- Drawn from the code by `python3 run.py docs`; do not edit by hand. -->"
Row = tuple[str, ...]


def main(arguments: list[str]) -> int:
    """Exit code 1 when a document on the disk differs from what the code says now."""
    if arguments == ["--write"]:
        for path in stale():
            path.write_text(GENERATED[name_of(path)](), encoding="utf-8", newline="\n")
            print("Записан:", name_of(path))
        return 0
    old = [name_of(path) for path in stale()]
    print(*(["Устарели, наберите python3 run.py docs:", *old] if old else ["Порождаемые документы соответствуют коду."]))
    return 1 if old else 0


def stale() -> list[Path]:
    paths = [ROOT / name for name in GENERATED]
    return [path for path in paths if not path.exists() or path.read_text(encoding="utf-8") != GENERATED[name_of(path)]()]


# --- the data dictionary -------------------------------------------------------------------------------------------


def data_dictionary() -> str:
    """Every table and column: what an analyst, an integrator or a template writer looks up."""
    parts = ["# Data dictionary", HEADER, INTRODUCTION, "## Kinds of values", table(("kind", "what is kept"), kinds())]
    parts += ["## Tables", table(("table", "Russian name", "what it is"), map(entry, ENTITIES.values()))]
    return "\n\n".join([*parts, *map(described, ENTITIES.values())]) + "\n"


INTRODUCTION = """Every table also has `id` (a time-ordered UUID, text) and the columns that the store draws from the log.
Money is whole kopecks; prices, quantities and percents are whole millionths. A blank text is `''`, any other blank is `NULL`."""


def entry(entity: Entity) -> Row:
    return (f"[{entity.name}](#{entity.name})", entity.plural, entity.doc)


def kinds() -> Iterable[Row]:
    """The comment beside each kind in its declaration is its description."""
    comments = dict(re.findall(r"^ +([A-Z]+) = .*?# (.+)$", inspect.getsource(Kind), re.MULTILINE))
    return ((kind.value, comments[kind.name]) for kind in Kind)


def described(entity: Entity) -> str:
    title = f"### {entity.name}\n\n**{entity.plural}.** {entity.doc}"
    return title + "\n\n" + table(("column", "Russian name", "kind", "remarks"), (column(field) for field in entity.fields))


def column(field: Field) -> Row:
    return (f"`{field.name}`", field.label, field.kind.value, "; ".join(filter(None, remarks(field))))


def remarks(field: Field) -> Iterable[str]:
    if field.target:
        yield f"→ [{field.target}](#{field.target})" + (", belongs to it" if field.owner else "")
    if field.required:
        yield "required"
    if field.search:
        yield "searched"
    if field.default is not None:
        yield f"default `{field.default}`"
    if field.choices:
        yield ", ".join(f"`{key}` {words}" for key, words in field.choices.items())
    yield field.hint


# --- the glossary and the map --------------------------------------------------------------------------------------


def glossary() -> str:
    """Russian words of the screens and the English names of the code, both ways."""
    nouns = sorted((entity.label, f"`{entity.name}`", entity.doc) for entity in ENTITIES.values())
    choices = sorted(
        {(words, f"`{key}`", entity.label, field.label) for entity, field in every_field() for key, words in (field.choices or {}).items()}
    )
    words = [table(("Russian", "in the code", "meaning"), nouns), "## Values of choices"]
    return "\n\n".join(["# Glossary", HEADER, "## Nouns", *words, table(("Russian", "in the code", "of", "field"), choices)]) + "\n"


def command_list() -> str:
    return f"# Команды\n\n{HEADER}\n\n{commands()}"


def reports() -> str:
    """Every report: what the manager finds in Datasette and the app in «Отчёты»."""
    rows = table(("Отчёт", "О чём", "Что указать", "Адрес"), map(report_row, read_reports()))
    return f"# Отчёты\n\n{HEADER}\n\n{rows}\n"


def report_row(report: Report) -> Row:
    asked = ", ".join(PARAMETERS[name].lower() for name in report.parameters)
    return (report.title, report.about, asked, f"`/reports/{report.name}`")


def openapi() -> str:
    """The hub's HTTP for programs that read descriptions of it."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


def every_field() -> Iterable[tuple[Entity, Field]]:
    return ((entity, field) for entity in ENTITIES.values() for field in entity.fields)


def rooms() -> str:
    """A map of the house: each file and the first line of its docstring."""
    parts = ["# The rooms", HEADER, "Each file says in its first line what it is for; start anywhere."]
    for package in PACKAGES:
        files = [path for path in tracked(f"{package}/*.py") if first_line(path)]
        parts += [f"## {package}", table(("file", "what it is for"), map(room, files))]
    return "\n\n".join(parts) + "\n"


def room(path: Path) -> Row:
    return (f"[{name_of(path)}](../{name_of(path)})", first_line(path))


def table(heads: Row, rows: Iterable[Row]) -> str:
    """A Markdown table."""
    cells = [heads, ("---",) * len(heads), *(tuple(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows)]
    return "\n".join("| " + " | ".join(row) + " |" for row in cells)


GENERATED: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "docs/data-dictionary.md": data_dictionary,
        "docs/glossary.md": glossary,
        "docs/rooms.md": rooms,
        "docs/commands.md": command_list,
        "docs/reports.md": reports,
        "docs/openapi.json": openapi,
    }
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
