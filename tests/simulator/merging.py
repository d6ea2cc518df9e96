"""People of the simulated world who find that two clients are one, and the programs that look after what comes to a merged one later."""

from __future__ import annotations

from local_app.latecomers import deleted_by_its_merge, merged_away, torn
from local_app.repeats import Pair, look_through, unite
from shared.rules.merging import circles, heirs, pointing_fields, proposed
from shared.store import Store
from tests.simulator.machines import NEW, Form, Laptop
from tests.simulator.world import Violation

CLIENTS = "clients"
LIVING = "SELECT 1 FROM clients WHERE id = ? AND deleted = 0"


def merging(laptop: Laptop, kept: str, lost: str, form: Form | None) -> None:
    """`form`: the screen of repeats that was open for so long."""
    rows = {key: laptop.store.row(CLIENTS, key) or {} for key in (kept, lost)}
    chosen = proposed(laptop.catalogue[CLIENTS], rows[kept], rows[lost])
    unite(laptop.desk, Pair(CLIENTS, kept, lost, ""), kept, chosen, form.view if form else None)


def living(store: Store) -> list[str]:
    return [row for (row,) in store.db.execute("SELECT id FROM clients WHERE deleted = 0 ORDER BY id")]


def look(laptop: Laptop) -> None:
    """As every program does after a sync; one that knows no clients merges none."""
    if laptop.catalogue is NEW:
        look_through(laptop.desk)


def check_merged(store: Store) -> None:
    """Nothing hangs on a client who was merged away while another stands for him; no order has lost its client by a merge; of clients
    who were merged into each other one has stayed.
    """
    merged = merged_away(store, CLIENTS)
    for circle in circles(merged | torn(store, CLIENTS)):
        if all(deleted_by_its_merge(store, row) for row in circle):
            raise Violation(f"nobody has decided between {' and '.join(circle)}")
    standing = heirs(merged, lambda row: bool(store.one(LIVING, (row,))))
    for entity, field in pointing_fields(NEW, CLIENTS):
        for row, client in store.db.execute(f"SELECT id, {field.name} FROM {entity.name} WHERE {field.name} <> ''"):
            if client in standing:
                raise Violation(f"{entity.name} {row} has stayed with {client}, for whom {standing[client]} stands")
    known = "SELECT o.id, o.client_id FROM orders o JOIN clients c ON c.id = o.client_id WHERE o.deleted = 0"  # no other was merged
    for order, client in store.db.execute(known):
        if not store.one(LIVING, (client,)) and not deleted_by_a_person(store, merged, client):
            raise Violation(f"order {order} has lost its client {client} by a merge")


def deleted_by_a_person(store: Store, merged: dict[str, str], client: str) -> bool:
    """Somebody has deleted the client, or one of those he was merged into."""
    family: list[str] = []
    while client and client not in family:
        family.append(client)
        client = merged.get(client, "")
    deletions = [write.patch for row in family for write in store.log.writes_of([row]).get(row, []) if write.patch.get("deleted")]
    return any(not patch.get("merged_into") for patch in deletions)
