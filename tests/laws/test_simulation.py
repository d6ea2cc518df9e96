"""Two hundred histories of laptops and a hub in a bad world; and the proof that the simulator would notice a bug in any of its rules."""

import re
import subprocess
import sys

import pytest

from tests.simulator.campaign import Plan, campaign, noticed
from tests.simulator.command import main
from tests.simulator.mutants import MUTANTS, NOTICED_BY, RARE
from tests.support.laptops import environment

SEEDS = 200
GROUP = 25
BOUND = 200


@pytest.mark.parametrize("first", range(1, SEEDS + 1, GROUP))
def test_nothing_is_lost_doubled_or_silently_overwritten_in_any_history(first: int) -> None:
    happened, failures = campaign(range(first, first + GROUP), Plan())
    assert failures == []
    assert happened["edits"] > 10 * GROUP


@pytest.mark.parametrize("mutant", [name for name in MUTANTS if name not in RARE])
def test_a_known_bug_put_back_is_noticed(mutant: str) -> None:
    assert noticed(mutant, [NOTICED_BY.get(mutant, 1), *range(1, BOUND + 1)], Plan()) is not None


def test_the_command_says_what_has_happened_and_how_a_failed_seed_replays(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seeds", "1..2", "--steps", "30", "--laptops", "4"]) == 0
    told = capsys.readouterr().out
    assert '"seeds": 2, "steps": 30, "laptops": 4, "failed": 0' in told
    assert re.search(r'"edits": [1-9]', told)


def test_the_same_seed_lives_the_same_history() -> None:
    once, again = (campaign(range(7, 9), Plan(steps=60)) for _ in range(2))
    assert once == again


def test_it_lives_it_in_every_process_however_python_orders_its_sets() -> None:
    """Seed 73734 is one in which a disk that failed some steps later was told from one that did not."""
    command = [sys.executable, "-P", "-m", "tests.simulator", "--seeds", "73733..73736"]
    told = [
        subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env={**environment(), "PYTHONHASHSEED": seed}, check=True)
        for seed in ("0", "6")
    ]
    once, again = (re.sub(r'"seconds": [0-9.]+', "", each.stdout) for each in told)
    assert once == again
