"""The command line: which measurements, how large; one JSON line each on stdout, what missed its limit on stderr."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import orjson

from tests.bench.load import load
from tests.bench.measure import Line, Options
from tests.bench.redraw import redraw
from tests.bench.registers import registers
from tests.bench.screens import screens
from tests.bench.start import start
from tests.bench.sync import sync
from tests.bench.write import edit, write

BENCHES: Mapping[str, Callable[[Options], Line]] = MappingProxyType({
    "write": write, "edit": edit, "registers": registers, "screens": screens, "sync": sync, "load": load, "start": start, "redraw": redraw,
})  # fmt: skip


def main(words: Sequence[str] | None = None) -> int:
    """Exit code 0 when every limit holds, 1 when one does not."""
    given = make_parser().parse_args(words)
    missed = [line for line in measured(given) if not line["holds"]]
    return 1 if missed else 0


def measured(given: argparse.Namespace) -> list[dict[str, object]]:
    """Runs what was asked for, in a folder of its own; each line is printed as soon as it is there."""
    found = []
    with tempfile.TemporaryDirectory(prefix="bench-", dir=given.work) as work:
        cache = given.cache or Path(work) / "cache"
        for name in given.names or list(BENCHES):
            folder = Path(work) / name
            folder.mkdir()
            line = BENCHES[name](options_of(given, folder, cache)).as_json() | {"load": machine_load()}
            sys.stdout.write(orjson.dumps(line).decode() + "\n")
            sys.stdout.flush()
            if not given.json:
                explain(line)
            found.append(line)
    return found


def machine_load() -> float | None:
    """How many programs wanted to run in the last minute; more than there are processors means that the figures are worth little."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None


def options_of(given: argparse.Namespace, work: Path, cache: Path) -> Options:
    return Options(work, cache, given.orders, given.changes, given.laptops, given.rounds, given.repeats, given.minute)


def explain(line: Mapping[str, object]) -> None:
    """For a person: each limit and whether it holds."""
    checks = line["checks"]
    for each in checks if isinstance(checks, list) else []:
        measure = f"{each['ratio']} × {each['yardstick']}" if "yardstick" in each else f"{line[each['figure']]}"
        sys.stderr.write(f"{'  ok  ' if each['holds'] else 'MISSED'} {line['bench']}.{each['figure']}: {measure}, limit {each['limit']}\n")


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    named = f"one or several of {', '.join(BENCHES)}; all by default"
    parser.add_argument("names", nargs="*", choices=[[], *BENCHES], metavar="NAME", help=named)
    parser.add_argument("--orders", type=int, default=0, help="orders of five lines; each bench has its own number otherwise")
    parser.add_argument("--changes", type=int, default=1_000_000, help="changes in the log that `redraw` draws")
    parser.add_argument("--laptops", type=int, default=0, help="laptops of `sync` (20) and `load` (500)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of which the median counts")
    parser.add_argument("--repeats", type=int, default=60, help="repetitions of what takes milliseconds")
    parser.add_argument("--minute", type=float, default=60.0, help="seconds in which every laptop of `load` syncs once")
    parser.add_argument("--cache", type=Path, help="a folder that keeps large stores from run to run")
    parser.add_argument("--work", type=Path, help="where the temporary folder is made")
    parser.add_argument("--json", action="store_true", help="only the JSON lines, no words on stderr")
    return parser
