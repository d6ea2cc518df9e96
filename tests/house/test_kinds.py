"""No kind of value is forgotten: a table of functions by kind (editors, cells, parsers, checks, exports) has all of them."""

import importlib
from collections.abc import Iterator, Mapping
from types import ModuleType

import pytest

from shared.entity import NUMERIC, TEXTUAL, Kind
from tests.house.files import module_of, product_files

MODULES = [name for path in product_files() if not (name := module_of(path)).endswith("__main__")]


def dispatches(module: ModuleType) -> Iterator[tuple[str, Mapping[Kind, object]]]:
    """Tables made in this module whose keys are kinds and whose values can be called."""
    for name, table in vars(module).items():
        if isinstance(table, Mapping) and table and all(isinstance(key, Kind) for key in table) and all(map(callable, table.values())):
            yield f"{module.__name__}.{name}", table


@pytest.mark.parametrize("name", MODULES)
def test_a_table_of_functions_by_kind_knows_every_kind(name: str) -> None:
    for table_name, table in dispatches(importlib.import_module(name)):
        assert set(Kind) - set(table) == set(), table_name


def test_such_tables_exist() -> None:
    assert list(dispatches(importlib.import_module("shared.values")))


def test_a_kind_is_not_both_a_text_and_a_number() -> None:
    assert set() == TEXTUAL & NUMERIC
