"""The import contracts cover the whole house: a room added later cannot stand outside of them."""

import tomllib
from typing import Any

import pytest

from tests.house.files import PACKAGES, ROOT, module_of, product_files

CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]


def rooms(package: str) -> set[str]:
    """The direct parts of a package, files and folders alike."""
    parts = [module_of(path).split(".") for path in product_files()]
    return {part[1] for part in parts if part[0] == package and len(part) > 1}


def layered(package: str) -> set[str]:
    """The parts of a package that a layers contract names; brackets mark a room that may be absent."""
    layers = [layer for contract in CONTRACTS if contract.get("containers") == [package] for layer in contract["layers"]]
    return {room.strip(" ()") for layer in layers for room in layer.replace("|", ":").split(":")}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_room_has_its_floor(package: str) -> None:
    assert rooms(package) - layered(package) - {"__main__"} == set()


def test_a_contract_is_a_sentence() -> None:
    names = [contract["name"] for contract in CONTRACTS]
    assert len(set(names)) == len(names)
    assert all(len(name.split()) > 4 and name[0].isupper() for name in names)
