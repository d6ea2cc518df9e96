"""What the house consists of: its files, its rooms and its functions, as git and the parser see them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("shared", "local_app", "sync_server")
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Body(NamedTuple):
    """A function and how many lines its body has; its signature and docstring do not count."""

    place: str
    lines: int


def tracked(*patterns: str) -> list[Path]:
    """Files that are or are about to be in the repository, existing ones only, sorted."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return sorted(path for name in set(listed.split("\0")) if name and (path := ROOT / name).is_file())


def python_files() -> list[Path]:
    return tracked("*.py")


def product_files() -> list[Path]:
    """The program itself, without its tests."""
    return tracked(*(f"{package}/*.py" for package in PACKAGES), "run.py")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module_of(path: Path) -> str:
    """`shared/rules/orders.py` -> `shared.rules.orders`; a package is named by its folder."""
    return name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions_of(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, Function))


def bodies(path: Path) -> list[Body]:
    return [Body(f"{name_of(path)}:{function.lineno} {function.name}", body_lines(function)) for function in functions_of(path)]


def body_lines(function: Function) -> int:
    statements = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return (statements[-1].end_lineno or 0) - statements[0].lineno + 1 if statements else 0


def first_line(path: Path) -> str:
    """The first line of a module's docstring: what this room is for."""
    return (ast.get_docstring(tree_of(path)) or "").split("\n", 1)[0]
