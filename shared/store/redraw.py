"""Drawing all tables again from the log: rows that changed once by SQL, the others folded, indexes last."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from shared import schema
from shared.entity import Entity, Field
from shared.progress import Progress, silent

if TYPE_CHECKING:
    from shared.store.store import Store

PAGE = 5000
STRETCH = 50_000
"""Log rows between two words about the progress."""
ONCE = "once"
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
    store.db.execute(f"DROP TABLE temp.{ONCE}")


def drop(store: Store) -> None:
    """Drops what an older or newer program drew: all but the log's own tables."""
    kept = {line.split()[2] for line in schema.LOG.splitlines() if line.startswith("CREATE TABLE")}
    sql = "SELECT type, name FROM sqlite_master WHERE type IN ('view', 'table') AND name NOT LIKE 'sqlite_%' ORDER BY type DESC"
    found = [(kind, name) for kind, name in store.db.execute(sql).fetchall() if name not in kept]
    searches = {name for kind, name in found if kind == "table" and name.endswith("_search")}
    shadows = {f"{search}_{part}" for search in searches for part in ("data", "idx", "docsize", "config", "content")}
    for kind, name in found:
        if name not in shadows:
            store.db.execute(f"DROP {kind} IF EXISTS {schema.quoted(name)}")


def prepare(store: Store) -> None:
    """Which rows have one write that counts, and which of them more."""
    store.db.execute(f"CREATE TEMP TABLE {ONCE} (seq INTEGER PRIMARY KEY)")
    store.db.execute(
        f"INSERT INTO {ONCE} SELECT min(seq) FROM log WHERE refused = '' AND patch <> '' GROUP BY row "
        "HAVING count(*) = 1 AND NOT max(patch LIKE '%\"deleted\"%')"
    )


def insert_once(store: Store, entity: Entity, told: Callable[[int], None]) -> None:
    columns = ", ".join(["id", *(field.name for field in entity.fields)])
    values = ", ".join(["row", *(drawn(field) for field in entity.fields)])
    chosen = f"SELECT {values} FROM {ONCE} JOIN log USING (seq) WHERE entity = ? AND seq > ? AND seq <= ? ORDER BY seq"
    for start in range(0, store.one(f"SELECT coalesce(max(seq), 0) FROM {ONCE}"), STRETCH):
        told(store.db.execute(f"INSERT INTO {entity.name} ({columns}) {chosen}", (entity.name, start, start + STRETCH)).rowcount)
    if entity.searched:
        names = [field.name for field in entity.searched]
        found = store.db.execute(f"SELECT id, {', '.join(names)} FROM {entity.name}").fetchall()
        texts = ((schema.searched_text(entity, dict(zip(names, rest, strict=True))), row) for row, *rest in found)
        store.db.executemany(f"UPDATE {entity.name} SET search = ? WHERE id = ?", texts)


def drawn(field: Field) -> str:
    """The value of a field in a patch; its blank where the patch is silent or null."""
    return f"coalesce(patch ->> '$.{field.name}', {schema.literal(field.blank)})"


def settle_rest(store: Store, told: Callable[[int], None]) -> None:
    """Rows with several writes."""
    sql = (
        "SELECT row, min(entity) FROM log WHERE refused = '' AND patch <> '' "
        f"AND row NOT IN (SELECT row FROM log JOIN {ONCE} USING (seq)) GROUP BY row"
    )
    rows = store.db.execute(sql).fetchall()
    for start in range(0, len(rows), PAGE):
        by_entity: dict[str, list[str]] = {}
        for row, name in rows[start : start + PAGE]:
            by_entity.setdefault(name, []).append(row)
        for name, group in by_entity.items():
            if name in store.catalogue:
                store.drawing.resettle(store.catalogue[name], group, set())
        told(len(rows[start : start + PAGE]))


def settle_deletions(store: Store) -> None:
    store.db.execute(
        "INSERT OR IGNORE INTO deletions (row, entity) SELECT row, entity FROM log "
        "WHERE refused = '' AND patch LIKE '%\"deleted\"%' AND json_type(patch, '$.deleted') IS NOT NULL"
    )
    for row, name in store.db.execute("SELECT row, entity FROM deletions").fetchall():
        if name in store.catalogue:
            store.drawing.settle_deletion(store.catalogue[name], row)


def count_orders(store: Store, progress: Progress) -> None:
    if not store.drawing.totals:
        return
    orders = [row for (row,) in store.db.execute("SELECT id FROM orders").fetchall()]
    for start in range(0, len(orders), PAGE):
        store.drawing.totals.count(orders[start : start + PAGE])
        progress(MONEY, min(start + PAGE, len(orders)), len(orders))
