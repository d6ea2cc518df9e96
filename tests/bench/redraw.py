"""Drawing all tables again from a log of a million changes, in a process of its own, so that its memory can be told."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from time import perf_counter

from shared.store import FILE_NAME, Store
from tests.bench import workload
from tests.bench.hubs import peak_mb
from tests.bench.large import large_store
from tests.bench.measure import Limit, Line, Options
from tests.bench.yardsticks import insert, log_batch, plain_tables

LIMITS = [Limit("redraw_s", 20), Limit("redraw_mb", 400)]
SAMPLE = 10_000
"""Orders of which plain log rows are inserted, to know what a million of them would take here."""
ROWS = workload.LINES + 1


def redraw(options: Options) -> Line:
    """Nine changes of ten make rows, one is a later edit."""
    edits = options.changes // 10
    orders = max((options.changes - edits) // ROWS, 1)
    folder = options.work / "store"
    shutil.copytree(large_store(options.cache, orders, edits), folder)
    command = [sys.executable, "-m", "tests.bench.redraw", str(folder / FILE_NAME)]
    figures = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    changes = figures.pop("changes")
    figures["raw_log_s"] = raw_log_seconds(options.work, min(orders, SAMPLE)) * changes / (min(orders, SAMPLE) * ROWS)
    return Line("redraw", {"changes": changes, "orders": orders}, figures, limits(figures["raw_log_s"]))


def limits(raw_log: float) -> list[Limit]:
    """20 seconds, or ten times the plain log rows when that is more."""
    return [Limit("redraw_s", 10.0, "raw_log_s") if raw_log > 2 else LIMITS[0], LIMITS[1]]


def raw_log_seconds(folder: Path, orders: int) -> float:
    batch = log_batch(edit for act in workload.orders(workload.company(orders), orders) for edit in act)
    db = plain_tables(folder / "raw.sqlite", ())
    start = perf_counter()
    insert(db, [batch])
    spent = perf_counter() - start
    db.close()
    return spent


def child(path: Path) -> dict[str, float]:
    """Redraws the store and says what it took."""
    import os

    store = Store.open(path)
    start = perf_counter()
    store.redraw()
    spent = perf_counter() - start
    changes = store.one("SELECT count(*) FROM log")
    store.close()
    return {"changes": changes, "redraw_s": spent, "redraw_mb": peak_mb(os.getpid())}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(child(Path(sys.argv[1]))))
