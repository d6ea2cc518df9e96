"""Killed in the middle of whatever they do, hub and laptops lose nothing that was acknowledged and double nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.killer import PEOPLE, Killer

KILLS = 12
"""More in one go: `python -m tests.support.killer --kills 200 --seed 1`."""


@pytest.fixture
def killer(tmp_path: Path) -> Iterator[Killer]:
    made = Killer(tmp_path, seed=5)
    yield made
    made.stop()


def test_nothing_acknowledged_is_lost_however_often_a_process_is_killed(killer: Killer) -> None:
    killer.kill(KILLS)
    assert set(killer.killed) == {"hub", *PEOPLE}
    assert killer.settle() > killer.acts
