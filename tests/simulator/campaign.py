"""Many histories in a row: what has happened in them, which seed breaks a rule and after how many steps, which known bugs are noticed."""

from __future__ import annotations

import sqlite3
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from shared.store import StoreTrouble
from tests.simulator.history import run
from tests.simulator.mutants import spoiled
from tests.simulator.world import Violation


class Plan(NamedTuple):
    """The size of each history."""

    steps: int = 80
    laptops: int = 3


class Failure(NamedTuple):
    """`steps`: the fewest after which the rule is broken."""

    seed: int
    steps: int
    words: str


def attempt(seed: int, plan: Plan) -> tuple[Counter[str], str]:
    """What has happened in a history, and what was wrong ('' when all is well)."""
    try:
        return run(seed, plan.steps, plan.laptops), ""
    except Violation as violation:
        return Counter(), str(violation)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RuntimeError, sqlite3.Error, StoreTrouble):
        return Counter(), traceback.format_exc()


def campaign(
    seeds: Iterable[int], plan: Plan, tell: Callable[[int, list[Failure]], None] = lambda *_: None
) -> tuple[Counter[str], list[Failure]]:
    """What has happened, and what was broken. `tell` hears after each history its seed and what has failed so far."""
    faults, failures = Counter[str](), list[Failure]()
    for seed in seeds:
        happened, words = attempt(seed, plan)
        faults.update(happened)
        if words:
            failures.append(shortest(seed, plan, words))
        tell(seed, failures)
    return faults, failures


def shortest(seed: int, plan: Plan, words: str) -> Failure:
    """The same history stopped earlier: the fewest steps that still break a rule, found by halves."""
    low, high = 0, plan.steps
    while high - low > 1:
        middle = (low + high) // 2
        _, found = attempt(seed, plan._replace(steps=middle))
        low, high, words = (low, middle, found) if found else (middle, high, words)
    return Failure(seed, high, words)


def noticed(mutant: str, seeds: Iterable[int], plan: Plan) -> tuple[int, str] | None:
    """The first seed that notices the known bug, and how; None when none does."""
    with spoiled(mutant):
        for seed in seeds:
            _, words = attempt(seed, plan)
            if words:
                last = words.strip().splitlines()[-1]
                if "<locals>" in last:  # the bug itself does not fit the product any more: that proves nothing
                    raise TypeError(last)
                return seed, last
    return None
