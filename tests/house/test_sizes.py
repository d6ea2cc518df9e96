"""Files and functions stay small enough to be read at a glance."""

import statistics
from pathlib import Path

import pytest

from tests.house.files import bodies, name_of, product_files, python_files

FILE_LINES = 300
LONG_FUNCTION = 25
LONGEST_FUNCTION = 60
MEDIAN_FUNCTION = 6


def test_no_file_is_longer_than_its_limit() -> None:
    sizes = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    assert {name: lines for name, lines in sizes.items() if lines > FILE_LINES} == {}


@pytest.mark.parametrize("paths", [product_files(), python_files()], ids=["program", "program and tests"])
def test_nine_functions_of_ten_are_short(paths: list[Path]) -> None:
    every = [body for path in paths for body in bodies(path)]
    long = sorted(body for body in every if body.lines > LONG_FUNCTION)
    assert len(long) * 10 <= len(every), long


def test_a_function_of_the_program_has_a_handful_of_lines() -> None:
    assert statistics.median(body.lines for path in product_files() for body in bodies(path)) <= MEDIAN_FUNCTION


def test_no_function_fills_more_than_a_screen() -> None:
    assert [body for path in python_files() for body in bodies(path) if body.lines > LONGEST_FUNCTION] == []
