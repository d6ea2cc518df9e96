"""What must not stand in a file: unfinished work, swallowed errors, paths of one machine, hosts of registries."""

import ast
import re
from collections.abc import Iterator
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
ROUGH = {
    "three dots instead of …": re.compile(r"[а-яё»]\.{3}"),
    "straight quotes instead of «»": re.compile(r"(?<![=\w])\"[А-ЯЁа-яё][^\"=]*\"(?!\w)"),
    "two spaces": re.compile(r"[а-яё,.;:»] {2,}[А-ЯЁа-яё«]"),
    "a hyphen instead of a dash": re.compile(r"[а-яё»] --? [А-ЯЁа-яё«]"),
    "е instead of ё": re.compile(
        r"\b(?:еще|ее|нее|трех|четырех|счет|платеж|удален|изменен|подключен|поврежден|пришел|отчет\w*|учет\w*|расчет\w*|объем\w*|темн\w+"
        r"|желт\w+|зелен\w+)\b",
        re.IGNORECASE,
    ),
    "a word of programmers, or a second word for one thing": re.compile(
        r"\b(?:токен\w*|логин\w*|хаб\w*|юзер\w*|некорректн\w*|невалидн\w*|пожалуйста|приставк\w*|ошибочк\w*|кликн\w*)\b", re.IGNORECASE
    ),
}
"""What no Russian text has that people read: one way to write a thing, and one word for it (docs/manual.md, the domain's words)."""
RUSSIAN = re.compile(r"[А-Яа-яЁё]")
CODE = re.compile(r"\bSELECT\b|\bCASE\b|\bAS \"|<script>")
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
        (ROUGH["three dots instead of …"], "Загрузка..."),
        (ROUGH["straight quotes instead of «»"], 'Нажмите "Готово"'),
        (ROUGH["two spaces"], "Готово.  Повторите"),
        (ROUGH["a hyphen instead of a dash"], "Заказ - это просьба"),
        (ROUGH["е instead of ё"], "Файл еще не загружен"),
        (ROUGH["a word of programmers, or a second word for one thing"], "Введите логин"),
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


@pytest.mark.parametrize("fault", ROUGH)
def test_russian_texts_are_written_one_way(fault: str) -> None:
    rough = [(name_of(path), text[:120]) for path, text in said() if ROUGH[fault].search(text)]
    assert rough == []


def said() -> Iterator[tuple[Path, str]]:
    """The Russian that people read: texts of the program without docstrings and SQL, lines of its pages and papers, the guides."""
    for path in product_files():
        tree = tree_of(path)
        about = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        found = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in about)
        yield from ((path, text) for text in found if isinstance(text, str) and RUSSIAN.search(text) and not CODE.search(text))
    for path in tracked("local_app/*.js", "sync_server/*.html", "templates/*.html", "README.ru.md", "docs/manual.md", "docs/operator.md"):
        yield from ((path, line) for line in without_code(path).splitlines() if RUSSIAN.search(line) and not CODE.search(line))


def without_code(path: Path) -> str:
    """What stands in tags, in examples and around the strings of a script is quoted by other rules than people's words."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return re.sub(r"```.*?```|`[^`\n]*`", "…", text, flags=re.DOTALL)
    return text.replace('"', "") if path.suffix == ".js" else re.sub(r"\{[{%].*?[%}]\}|<[^>]*>", "…", text)


def texts(path: Path) -> list[str]:
    constants = (node.value for node in ast.walk(tree_of(path)) if isinstance(node, ast.Constant))
    return [text for text in constants if isinstance(text, str)]
