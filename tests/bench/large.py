"""Large stores, built once for each size and kept in the cache folder, because building one takes longer than measuring it."""

from __future__ import annotations

import shutil
import sys
from hashlib import blake2b
from pathlib import Path

from local_app.desk import Desk
from shared import schema
from tests.bench import workload

BATCH = 2_000
SALT = "1"
"""Changes with the workload, so that an old cache is not taken for a new one."""


def large_store(cache: Path, orders: int, edits: int = 0) -> Path:
    """A data folder with so many orders, and so many later edits of them; do not write to it."""
    key = blake2b(f"{SALT}{schema.LOG}".encode(), digest_size=4).hexdigest()
    folder = cache / f"store-{orders}-{edits}-{key}"
    if not folder.exists():
        sys.stderr.write(f"Готовится хранилище: заказов {orders}, изменений {edits}\n")
        cache.mkdir(parents=True, exist_ok=True)
        building = folder.with_name(f"{folder.name}.building")
        shutil.rmtree(building, ignore_errors=True)
        build(building, orders, edits)
        building.rename(folder)
    Desk.open(folder).close()  # drawn anew when the declarations have changed since
    return folder


def build(folder: Path, orders: int, edits: int) -> None:
    desk = Desk.open(folder, create=True)
    try:
        known = workload.company(orders)
        desk.do(known.edits, "Справочники")
        desk.do_many(workload.orders(known, orders), "Импорт заказов")
        some = [act for place, act in enumerate(workload.orders(known, orders)) if place % 7 == 0] if edits else []
        desk.do_many(([edit] for edit in workload.later_edits(some, edits, seed=5)), "Изменения")
        desk.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        desk.close()
