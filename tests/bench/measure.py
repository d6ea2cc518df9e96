"""What a measurement is: seconds of a piece of work, medians of rounds, and one line of figures, yardsticks and limits."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says. A size of 0 is the bench's own."""

    work: Path  # an empty folder for this run
    cache: Path  # where large stores are kept from run to run
    orders: int = 0
    changes: int = 1_000_000
    laptops: int = 0
    rounds: int = 3
    repeats: int = 60  # of what takes milliseconds
    minute: float = 60.0  # seconds in which every laptop of `load` syncs once

    def sized(self, usual: int) -> int:
        """How many orders this bench is run with."""
        return self.orders or usual


class Limit(NamedTuple):
    """A figure may be so large, or so many times the largest of the yardsticks."""

    figure: str
    at_most: float
    yardstick: str = ""  # the name of another figure; '' for a bound in the figure's own unit


@dataclass(slots=True)
class Line:
    """One line of output: sizes, figures (seconds `_s`, milliseconds `_ms`, bytes, MB), yardsticks of the same run, limits."""

    bench: str
    facts: Mapping[str, Any]
    figures: dict[str, float] = field(default_factory=dict)
    limits: list[Limit] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        checks = [check(limit, self.figures) for limit in self.limits if limit.figure in self.figures]
        shown = {name: rounded(value) for name, value in self.figures.items()}
        return {"bench": self.bench, **self.facts, **shown, "checks": checks, "holds": all(each["holds"] for each in checks)}


def check(limit: Limit, figures: Mapping[str, float]) -> dict[str, Any]:
    """A limit beside what was measured."""
    value = figures[limit.figure]
    found: dict[str, Any] = {"figure": limit.figure, "limit": limit.at_most}
    if limit.yardstick:
        value /= max(figures[limit.yardstick], 1e-9)
        found |= {"yardstick": limit.yardstick, "ratio": rounded(value)}
    return found | {"holds": value <= limit.at_most}


def rounded(value: float) -> float:
    """Four figures are more than a noisy machine can promise."""
    return value if isinstance(value, int) else float(f"{value:.4g}")


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, with the collector's backlog done before the clock starts."""
    gc.collect()
    gc.freeze()
    start = perf_counter()
    work()
    spent = perf_counter() - start
    gc.unfreeze()
    return spent


def timed(name: str, work: Callable[[], object], cpu: Callable[[], float] = process_time) -> dict[str, float]:
    """Seconds by the clock, and of processor time, which a busy machine leaves nearly as it is. `cpu` may count other processes too."""
    before = cpu()
    spent = seconds(work)
    return {f"{name}_s": spent, f"{name}_cpu_s": cpu() - before}


def each_ms(works: Iterable[Callable[[], object]]) -> list[float]:
    """Milliseconds of every one of many short pieces of work."""
    gc.collect()
    gc.freeze()
    spent = []
    for work in works:
        start = perf_counter()
        work()
        spent.append((perf_counter() - start) * 1000)
    gc.unfreeze()
    return spent


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def percentile(values: Iterable[float], share: float) -> float:
    """The value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@dataclass(slots=True)
class Rounds:
    """Figures of several rounds; the medians count, because the machine is noisy."""

    found: dict[str, list[float]] = field(default_factory=dict)

    def add(self, **figures: float) -> None:
        for name, value in figures.items():
            self.found.setdefault(name, []).append(value)

    def medians(self) -> dict[str, float]:
        return {name: median(values) for name, values in self.found.items()}
