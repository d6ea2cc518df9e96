"""The command line of the simulator: `python3 run.py simulate --seeds A..B --steps N [--laptops K] [--mutants]`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence

from tests.simulator.campaign import Failure, Plan, campaign, noticed
from tests.simulator.mutants import MUTANTS, RARE


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 when a rule was broken, or a known bug was not noticed."""
    wanted = parser().parse_args(arguments)
    first, _, last = wanted.seeds.partition("..")
    seeds, plan = range(int(first), int(last or first) + 1), Plan(wanted.steps, wanted.laptops)
    return try_mutants(seeds, plan) if wanted.mutants else live(seeds, plan)


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(prog="run.py simulate", description="the simulator of the sync: the real code in a bad world")
    found.add_argument("--seeds", default="1..200", help="A..B, both included; a failed one replays exactly")
    found.add_argument("--steps", type=int, default=80, help="events in each history before everything is quiet")
    found.add_argument("--laptops", type=int, default=3, help="at the beginning; folders are copied later")
    found.add_argument("--mutants", action="store_true", help="put known bugs back, one by one, and say which seed notices each")
    return found


def live(seeds: range, plan: Plan) -> int:
    started = time.monotonic()
    faults, failures = campaign(seeds, plan, show)
    print(json.dumps({"seeds": len(seeds), "steps": plan.steps, "laptops": plan.laptops, "failed": len(failures),
                      "seconds": round(time.monotonic() - started, 1), "happened": dict(sorted(faults.items()))}))  # fmt: skip
    for failure in failures:
        print(described(failure, plan))
    return 1 if failures else 0


def described(failure: Failure, plan: Plan) -> str:
    replay = f"python3 run.py simulate --seeds {failure.seed}..{failure.seed} --steps {failure.steps} --laptops {plan.laptops}"
    return f"seed {failure.seed} after {failure.steps} steps: {failure.words}\n  {replay}"


def show(seed: int, failures: list[Failure]) -> None:
    """A long run says that it lives, and what it finds at once."""
    if failures and failures[-1].seed == seed:
        print(failures[-1], file=sys.stderr, flush=True)
    if seed % 100 == 0:
        print(f"seed {seed}, failed so far: {len(failures)}", file=sys.stderr, flush=True)


def try_mutants(seeds: range, plan: Plan) -> int:
    missed = 0
    for name in (name for name in MUTANTS if name not in RARE):
        found = noticed(name, seeds, plan)
        missed += found is None
        print(f"{name}: " + (f"seed {found[0]}, {found[1]}" if found else "not noticed"), flush=True)
    return 1 if missed else 0
