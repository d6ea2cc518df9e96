"""What must not stand in a file: unfinished work, swallowed errors, paths of one machine, hosts of registries."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.files import first_line, name_of, product_files, python_files, tracked, tree_of

# The brackets keep these lines from finding themselves.
FOREIGN = re.compile(
    r"/wor[k]/|/hom[e]/\w|/tm[p]/[a-z]|/roo[t]/|\bUser[s][/\\]\w|\bpyp[i]\.org|python[h]osted|registry\.np[m]js|deb\.debia[n]\.org"
)
UNFINISHED = re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X]|HAC[K])\b|NotImplemente[d]Error|mark\.(?:ski[p]|xfai[l])\b|except Exception:\s*pas[s]")
EXCEPTION = re.compile(r"# noq[a](?!: [A-Z]+\d+)|# type: ignor[e](?!\[)")
LOUD = re.compile(r"[а-яё]!(?=\s|$|[»<])")
TEXT = ("*.py", "*.md", "*.toml", "*.sql", "*.html", "*.css", "*.js", "*.txt", "*.lock", ".ci/*", ".editorconfig", ".gitignore")


def found(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    lines = ((path, number, line) for path in paths for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1))
    return [f"{name_of(path)}:{number} {line.strip()[:120]}" for path, number, line in lines if pattern.search(line)]


def test_no_file_names_a_place_of_one_machine_or_a_registry() -> None:
    assert found(FOREIGN, tracked(*TEXT)) == []


def test_nothing_is_unfinished_or_switched_off() -> None:
    assert found(UNFINISHED, python_files()) == []


def test_every_exception_from_a_check_names_the_check() -> None:
    assert found(EXCEPTION, python_files()) == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (FOREIGN, "see /wor" + "k/main for more"),
        (FOREIGN, "https://pyp" + "i.org/simple"),
        (UNFINISHED, "# TOD" + "O: later"),
        (UNFINISHED, "@pytest.mark.ski" + "p(reason='')"),
        (EXCEPTION, "import x  # noq" + "a"),
        (LOUD, "Готово!"),
    ],
)
def test_the_words_above_would_be_found(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


def test_the_first_line_of_a_file_says_what_the_room_is_for() -> None:
    nameless = [name_of(path) for path in python_files() if len(first_line(path).split()) < 3]
    assert nameless == []


def test_the_program_never_raises_its_voice() -> None:
    loud = [(name_of(path), text) for path in product_files() for text in texts(path) if LOUD.search(text)]
    assert loud == []


def texts(path: Path) -> list[str]:
    constants = (node.value for node in ast.walk(tree_of(path)) if isinstance(node, ast.Constant))
    return [text for text in constants if isinstance(text, str)]
