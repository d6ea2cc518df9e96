"""What a log of a million changes costs as a whole: drawn again (in a process of its own, so that its memory can be told), verified, made
a snapshot.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from time import perf_counter

from shared.change import ROOT
from shared.store import FILE_NAME, Store
from shared.store.chain import Chain
from shared.store.snapshot import make
from tests.bench import workload
from tests.bench.hubs import peak_mb
from tests.bench.large import large_store
from tests.bench.measure import Limit, Line, Options, timed
from tests.bench.yardsticks import durable, insert_log

MEMORY = Limit("redraw_mb", 400)
SPANS = (("redraw_s", 20, 10.0), ("verify_s", 6, 4.0), ("snapshot_made_s", 4, 3.0))
"""Seconds that are allowed, or times the plain log rows when that is more."""
SAMPLE = 10_000
"""Orders of which plain log rows are inserted, to know what a million of them would take here."""
ROWS = workload.LINES + 1


def redraw(options: Options) -> Line:
    """Nine changes of ten make rows, one is a later edit."""
    edits = options.changes // 10
    orders = max((options.changes - edits) // ROWS, 1)
    folder = options.work / "store"
    shutil.copytree(large_store(options.cache, orders, edits), folder)
    placed(folder / FILE_NAME)
    command = [sys.executable, "-m", "tests.bench.redraw", str(folder / FILE_NAME)]
    figures = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    changes = figures.pop("changes")
    figures |= timed("verify", partial(verified, folder / FILE_NAME))
    figures |= timed("snapshot_made", partial(make, folder / FILE_NAME, options.work / "snapshot"))
    figures["raw_log_s"] = raw_log_seconds(options.work, min(orders, SAMPLE)) * changes / (min(orders, SAMPLE) * ROWS)
    return Line("redraw", {"changes": changes, "orders": orders}, figures, limits(figures["raw_log_s"]))


def limits(raw_log: float) -> list[Limit]:
    spans = [Limit(name, times, "raw_log_s") if times * raw_log > seconds else Limit(name, seconds) for name, seconds, times in SPANS]
    return [*spans, MEMORY]


def verified(path: Path) -> None:
    """The check of a store whose log stands at the hub's places, as on every laptop that has synced."""
    store = Store.open(path)
    troubles = store.verify()
    store.close()
    if troubles:
        raise RuntimeError(troubles[0])


def placed(path: Path) -> None:
    """As if a hub had placed the whole log."""
    store = Store.open(path)
    last, chain = store.one("SELECT max(seq) FROM log"), Chain(store.db)
    with store.transaction():
        store.log.put_range(1, last, 1)
        chain.keep(*chain.extend(0, ROOT, chain.changes(1, last)))
        store.log.set_state(sent=last)
    store.close()


def raw_log_seconds(folder: Path, orders: int) -> float:
    edits = [edit for act in workload.orders(workload.company(orders), orders) for edit in act]
    return durable(folder / "raw.sqlite", (), partial(insert_log, edits=edits))


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
