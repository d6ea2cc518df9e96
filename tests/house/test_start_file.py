"""The start file and the package: what the README promises about them is so."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

import run
from local_app.documents.printer import PASSED
from tests.house.files import ROOT, tracked, tree_of


def name_of(requirement: str) -> str:
    """The normal form of a package's name."""
    return re.split(r"[<>=\[ ]", requirement)[0].lower().replace("_", "-")


def locked(lock: Path) -> dict[str, str]:
    """{package: its version and digests}."""
    text = lock.read_text(encoding="utf-8")
    return {
        found[1]: found[2] for found in re.finditer(r"^([a-z0-9-]+)(==.*\\\n(?: +--hash=sha256:[0-9a-f]{64}.*\n)+)", text, re.MULTILINE)
    }


VERBS = [*run.MODULE_VERBS, "test", "check"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TO_RUN = [name_of(each) for each in PROJECT["project"]["dependencies"]]
TO_TEST = [name_of(each) for group in PROJECT["project"]["optional-dependencies"].values() for each in group]
SILENT = frozenset({"lxml"})
"""Packages that another one takes up by itself where they are there; pyproject.toml says what for."""
ROOMS = ("shared", "local_app", "sync_server")


def started(*arguments: str, folder: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, str(ROOT / "run.py"), *arguments], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [["nonsense"], []], ids=["unknown", "none"])
def test_an_unknown_verb_gets_the_list_of_verbs_and_exit_code_two(arguments: list[str]) -> None:
    answer = started(*arguments)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert all(re.search(rf"^  {verb} ", answer.stderr, re.MULTILINE) for verb in VERBS)


def test_help_is_the_same_list_on_stdout() -> None:
    answer = started("--help")
    assert (answer.returncode, answer.stdout.strip()) == (0, run.HELP)


def test_options_only_run_on_all_tests_and_paths_are_those_of_the_user(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(
        '"""One test of a user standing elsewhere."""\n\n\ndef test_it_runs() -> None:\n    assert True\n'
    )
    answer = started("test", "test_mine.py", "-q", "-p", "no:cacheprovider", folder=tmp_path)
    assert "1 passed" in answer.stdout
    assert answer.returncode == 0


def test_the_start_file_needs_nothing_but_the_standard_library() -> None:
    imports = [node for node in ast.walk(tree_of(ROOT / "run.py")) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {
        name
        for node in imports
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_on_windows_pango_is_looked_for_where_weasyprint_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looking = (ROOT / find_spec("weasyprint").submodule_search_locations[0] / "text" / "ffi.py").read_text(encoding="utf-8")  # type: ignore[union-attr, index]
    assert "WEASYPRINT_DLL_DIRECTORIES" in looking
    assert [folder for folder in run.DLL_FOLDERS.split(";") if folder.replace("\\", "\\\\") not in looking] == []
    monkeypatch.setattr(run, "WINDOWS", True)
    monkeypatch.setenv("WEASYPRINT_DLL_DIRECTORIES", f"{tmp_path / 'none'};{tmp_path}")
    assert not run.has_pango()
    (tmp_path / "libpango-1.0-0.dll").touch()
    assert run.has_pango()
    assert "WEASYPRINT_DLL_DIRECTORIES" in PASSED


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_in_the_readme(verb: str) -> None:
    readmes = {readme.name: readme.read_text(encoding="utf-8") for readme in tracked("README*.md")}
    assert readmes
    assert [name for name, text in readmes.items() if f"run.py {verb}" not in text] == []


@pytest.mark.parametrize(("lock", "wanted"), [(run.LOCK, TO_RUN), (run.TEST_LOCK, [*TO_RUN, *TO_TEST])], ids=["run", "test"])
def test_a_lock_holds_every_dependency_with_digests_and_no_address(lock: Path, wanted: list[str]) -> None:
    text = lock.read_text(encoding="utf-8")
    assert set(wanted) <= set(locked(lock))
    assert len(locked(lock)) == len(re.findall(r"^\S+==", text, re.MULTILINE))
    assert not re.search(r"://|--(?:extra-)?index-url|--find-links|file:", text)


def test_what_is_tested_is_what_runs() -> None:
    runs, tested = locked(run.LOCK), locked(run.TEST_LOCK)
    assert {name: tested.get(name) for name in runs} == runs


def test_whoever_only_uses_the_program_gets_nothing_to_test_it_with() -> None:
    assert set(TO_TEST).isdisjoint(locked(run.LOCK))
    assert set(run.MODULE_VERBS) - run.FOR_USERS == {"bench", "simulate", "docs", "screenshots"}


def test_the_program_imports_only_what_its_lock_holds_and_every_dependency_is_used() -> None:
    nodes = [node for room in ROOMS for path in tracked(f"{room}/*.py") for node in ast.walk(tree_of(path))]
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    named = {
        node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }  # run as a module, read as files
    holders = packages_distributions()
    packages = {name_of(holder) for name in imported for holder in holders.get(name.split(".")[0], ())}
    assert packages <= set(locked(run.LOCK)) | {PROJECT["project"]["name"]}
    assert set(TO_RUN) <= packages | SILENT | {name_of(holder) for name in named for holder in holders.get(name, ())}


def test_the_package_carries_what_is_not_python() -> None:
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert set(wheel["packages"]) == {"shared", "local_app", "sync_server"}
    assert all((ROOT / source).exists() for source in wheel["force-include"])
    assert {f"local_app/{name}" for name in ("_templates", "_manual/manual.md", "_manual/pictures")} <= set(wheel["force-include"].values())
    assert set(PROJECT["project"]["scripts"]) == {"zakaznik", "zakaznik-hub"}


def test_an_image_does_not_take_the_environment_of_its_builder_along() -> None:
    """It was made for another Python, and would be believed to be ready."""
    left_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    assert {run.VENV.name, f"{run.VENV.name}.lock", ".git", "demo-data"} <= set(left_out)
