"""Whether the tables are the drawing of the log, told beside them: rows written once by SQL, the others settled in temporary tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from shared import schema
from shared.entity import Entity
from shared.store.deletions import DELETED, Disagreement, over_deletion
from shared.store.drawing import disagreements, winners
from shared.store.page import grouped
from shared.store.redraw import STRETCH, WRITTEN, drawn, prepare, rewritten

if TYPE_CHECKING:
    from shared.store.store import Store

BESIDE = "beside_"
"""What the temporary table of an entity is called before its name."""


def differing(store: Store) -> list[str]:
    """The tables that are not what the log says. Writes nothing, and holds nobody up: one reading transaction."""
    store.db.execute("BEGIN")
    try:
        prepare(store)
        disputed = list(settle_beside(store))
        found = [name for name, entity in store.catalogue.items() if differs(store, entity)]
        if conflicts_differ(store, disputed):
            found.append("conflicts")
        if not found and store.drawing.totals and store.drawing.totals.differing():  # counted from tables that are right
            found.append("order_totals")
        return found
    finally:
        store.db.execute("ROLLBACK")  # the temporary tables go with it


def beside(entity: Entity) -> Entity:
    return replace(entity, name=BESIDE + entity.name)


def settle_beside(store: Store) -> Iterator[Disagreement]:
    """Rows with several writes, or with a deletion, into temporary tables; tells the disagreements about them."""
    drawing = store.drawing
    for entity in store.catalogue.values():
        store.db.execute(next(schema.table_sql(beside(entity))).replace("CREATE", "CREATE TEMP", 1))
    for entity, rows in rewritten(store):
        settled = drawing.settled(rows)
        drawing.insert(beside(entity), grouped(winners(settled).items()))
        yield from disagreements(entity, settled)
    for entity, decided in drawing.deletions.fates(dict(store.db.execute(DELETED).fetchall())):
        store.db.executemany(
            f"UPDATE {BESIDE}{entity.name} SET deleted = ? WHERE id = ?", [(each.deleted, row) for row, each in decided.items()]
        )
        for row, each in decided.items():
            yield from over_deletion(entity, row, each)


def differs(store: Store, entity: Entity) -> bool:
    """Whether a row of the table is missing, is too many or has another value than the log gives it."""
    names = [field.name for field in entity.fields]
    there = ", ".join([f"t.{name}" for name in names] + ["t.deleted"])
    once = ", ".join([*(drawn(field) for field in entity.fields), "0"])
    settled = ", ".join(f"b.{name}" for name in [*names, "deleted"])
    wrong = (
        f"SELECT 1 FROM {WRITTEN} w JOIN log USING (seq) LEFT JOIN {entity.name} t ON t.id = log.row "
        f"WHERE w.kind = ? AND w.often = 0 AND ({there}) IS NOT ({once}) UNION ALL "
        f"SELECT 1 FROM {BESIDE}{entity.name} b LEFT JOIN {entity.name} t USING (id) WHERE ({there}) IS NOT ({settled}) LIMIT 1"
    )
    count = (
        f"SELECT (SELECT count(*) FROM {entity.name}) = (SELECT count(*) FROM {BESIDE}{entity.name}) "
        f"+ (SELECT count(*) FROM {WRITTEN} WHERE kind = ? AND often = 0)"
    )
    return bool(store.one(wrong, (entity.name,)) or not store.one(count, (entity.name,)) or search_differs(store, entity))


def search_differs(store: Store, entity: Entity) -> bool:
    searched = entity.searched
    if not searched:
        return False
    found = store.db.execute(f"SELECT search, {', '.join(field.name for field in searched)} FROM {entity.name}")
    while some := found.fetchmany(STRETCH):
        search, *columns = zip(*some, strict=True)
        if schema.searched_texts(searched, columns) != list(search):
            return True
    return False


def conflicts_differ(store: Store, found: list[Disagreement]) -> bool:
    return sorted(found) != sorted(
        (*row, bool(winner)) for *row, winner in store.db.execute("SELECT row, field, seq, entity, winner FROM conflicts")
    )
