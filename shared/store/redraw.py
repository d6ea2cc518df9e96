"""Drawing all tables again from the log: rows that changed once by SQL, the others folded, indexes last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from shared import schema
from shared.entity import Entity, Field
from shared.progress import Progress, silent
from shared.store.deletions import DELETED
from shared.store.rows import MANY, unguarded
from shared.store.searches import PARTS
from shared.store.searches import drop as drop_search

if TYPE_CHECKING:
    from shared.store.store import Store

PAGE = 5000
STRETCH = 50_000
"""Log rows between two words about the progress."""
WRITTEN = "written"
"""A temporary table of all rows: entity, whether written more than once, seq of the first write."""
ONCE = f"{WRITTEN} w JOIN log USING (seq) WHERE w.kind = ? AND w.often = 0"
ROWS, MONEY = "Таблицы рисуются из журнала заново, записей", "Считаются суммы заказов"


def redraw(store: Store, progress: Progress = silent) -> None:
    """Runs inside the store's transaction."""
    rows, drawn = int(store.one("SELECT count(DISTINCT row) FROM log")), 0

    def told(more: int) -> None:
        nonlocal drawn
        drawn = min(drawn + more, rows)
        progress(ROWS, drawn, rows)

    told(0)
    drop(store)
    for sql in schema.drawing_sql(store.catalogue):
        store.db.execute(sql)
    store.db.execute("DELETE FROM conflicts")
    store.db.execute("DELETE FROM deletions")
    prepare(store)
    for entity in store.catalogue.values():
        insert_once(store, entity, told)
    for sql in schema.indexing_sql(store.catalogue):
        store.db.execute(sql)
    settle_rest(store, told)
    settle_deletions(store)
    told(rows)
    count_orders(store, progress)
    store.db.execute(f"DROP TABLE temp.{WRITTEN}")


def drop(store: Store) -> None:
    """Drops what an older or newer program drew: all but the log's own tables."""
    kept = {line.split()[2] for line in schema.LOG.splitlines() if line.startswith("CREATE TABLE")}
    sql = "SELECT type, name FROM sqlite_master WHERE type IN ('view', 'table') AND name NOT LIKE 'sqlite_%' ORDER BY type DESC"
    found = [(kind, name) for kind, name in store.db.execute(sql).fetchall() if name not in kept]
    searches = {name for kind, name in found if kind == "table" and name.endswith("_search")}
    shadows = {f"{search}_{part}" for search in searches for part in PARTS}
    for kind, name in found:
        if name in searches:
            drop_search(store.db, name)
        elif name not in shadows:
            store.db.execute(f"DROP {kind} IF EXISTS {schema.quoted(name)}")


def prepare(store: Store) -> None:
    """Which rows have one write that counts, and which of them more, or one of `deleted`."""
    store.db.execute(f"CREATE TEMP TABLE {WRITTEN} (kind TEXT, often INTEGER, seq INTEGER, PRIMARY KEY (kind, often, seq)) WITHOUT ROWID")
    store.db.execute(
        f"INSERT INTO {WRITTEN} SELECT min(entity), count(*) > 1 OR max(patch LIKE '%\"deleted\"%'), min(seq) FROM log "
        "WHERE refused = '' AND patch <> '' GROUP BY row"
    )


def insert_once(store: Store, entity: Entity, told: Callable[[int], None]) -> None:
    columns = ", ".join(["id", *(field.name for field in entity.fields)])
    values = ", ".join(["row", *(drawn(field) for field in entity.fields)])
    chosen = f"SELECT {values} FROM {ONCE} AND w.seq > ? AND w.seq <= ? ORDER BY w.seq"
    with unguarded(store.db, entity.name, MANY):
        for start in range(0, store.one(f"SELECT coalesce(max(seq), 0) FROM {WRITTEN}"), STRETCH):
            told(store.db.execute(f"INSERT INTO {entity.name} ({columns}) {chosen}", (entity.name, start, start + STRETCH)).rowcount)
    if entity.searched:
        for start in range(0, store.one(f"SELECT coalesce(max(key), 0) FROM {entity.name}"), STRETCH):
            store.drawing.refold(entity, "key > ? AND key <= ?", (start, start + STRETCH))


def drawn(field: Field) -> str:
    """The value of a field in a patch; its blank where the patch is silent or null."""
    return f"coalesce(patch ->> '$.{field.name}', {schema.literal(field.blank)})"


def settle_rest(store: Store, told: Callable[[int], None]) -> None:
    for entity, group in rewritten(store):
        store.drawing.resettle(entity, group, set())
        told(len(group))


def rewritten(store: Store) -> Iterator[tuple[Entity, list[str]]]:
    """The rows with several writes or one of `deleted`, some of one entity at a time."""
    for entity in store.catalogue.values():
        sql = f"SELECT log.row FROM {WRITTEN} w JOIN log USING (seq) WHERE w.kind = ? AND w.often = 1 ORDER BY w.seq"
        rows = [row for (row,) in store.db.execute(sql, (entity.name,))]
        yield from ((entity, rows[start : start + PAGE]) for start in range(0, len(rows), PAGE))


def settle_deletions(store: Store) -> None:
    store.db.execute(f"INSERT OR IGNORE INTO deletions (row, entity) {DELETED}")
    store.drawing.deletions.settle(dict(store.db.execute("SELECT row, entity FROM deletions").fetchall()))


def count_orders(store: Store, progress: Progress) -> None:
    if not store.drawing.totals:
        return
    orders = [row for (row,) in store.db.execute("SELECT id FROM orders").fetchall()]
    for start in range(0, len(orders), PAGE):
        store.drawing.totals.count(orders[start : start + PAGE])
        progress(MONEY, min(start + PAGE, len(orders)), len(orders))
