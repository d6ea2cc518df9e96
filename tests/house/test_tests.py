"""The tests are worth their time: each one can fail, is named as a sentence, and stands in a folder of its room."""

import ast

import pytest

from tests.house.files import PACKAGES, Function, functions_of, name_of, tracked

KINDS_OF_TESTS = {"house", "laws", "stories", "browser", "bench", "simulator", "data", "support", *PACKAGES}
PROOFS = ("assert", "expect", "check", "must", "verify")
"""A call of a helper so named counts as a proof; the helper holds the `assert`."""


def every_test() -> list[tuple[str, Function]]:
    functions = ((name_of(path), function) for path in tracked("tests/**/test_*.py") for function in functions_of(path))
    return [(place, function) for place, function in functions if function.name.startswith("test_")]


def called(node: ast.Call) -> str:
    """The last name of what is called: `raises` for `pytest.raises(...)`."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""


def proves(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return called(node) == "raises" or called(node).lstrip("_").startswith(PROOFS)
    return isinstance(node, ast.Assert)


def test_every_test_can_fail() -> None:
    assert [f"{place} {test.name}" for place, test in every_test() if not any(map(proves, ast.walk(test)))] == []


def test_every_test_is_named_as_a_sentence() -> None:
    assert [f"{place} {test.name}" for place, test in every_test() if test.name.count("_") < 3] == []


def test_every_test_stands_in_the_folder_of_its_room() -> None:
    folders = {name_of(path).split("/")[1] for path in tracked("tests/*/**")}
    assert folders - KINDS_OF_TESTS == set()


@pytest.mark.parametrize(("body", "proof"), [("assert 1", True), ("expect_total(3)", True), ("total(3)", False)])
def test_a_test_without_a_proof_would_be_found(body: str, proof: bool) -> None:
    assert any(map(proves, ast.walk(ast.parse(body)))) is proof
