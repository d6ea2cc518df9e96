"""The office that the stories of the sync are told in: a hub, Anna, Boris and Vera."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator.machines import Laptop
from tests.support.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.close()


@pytest.fixture
def anna(office: Office) -> Laptop:
    return office.laptop("u1")


@pytest.fixture
def boris(office: Office, anna: Laptop) -> Laptop:
    return office.laptop("u2")


@pytest.fixture
def vera(office: Office, boris: Laptop) -> Laptop:
    return office.laptop("u3")
