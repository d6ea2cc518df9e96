"""What must hold: every store is what the model draws, all stores are equal, nothing a person typed is lost, the money adds up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from shared import schema
from shared.change import change_id
from shared.store import Store, verify
from shared.store.chain import Chain
from tests.simulator.machines import NEW, Laptop
from tests.simulator.model import Dispute, Known, Picture, draw
from tests.simulator.world import Violation, World

LOG = (
    "SELECT log.id, b.device, log.n, log.entity, log.row, log.stamp, log.refused FROM log JOIN branches b ON b.id = log.branch "
    "ORDER BY log.seq"
)
MONEY = "order_id, lines, gross, discount, net, vat, total, paid, debt, expenses, margin"


class Witness(Protocol):
    """Knows of each change, by its id, the bit that stands for it, what its author had truly seen, as bits, and what was typed."""

    bits: dict[bytes, int]
    saw: dict[bytes, int]
    patches: dict[bytes, dict[str, Any]]


def known(witness: Witness, store: Store) -> list[Known]:
    """The log of a store as the model sees it: who had seen what, and what was typed, comes from the witness, not from the log."""
    return [
        Known(key, witness.bits[key], witness.saw[key], entity, row, witness.patches[key], (stamp, device, n, key), bool(refused))
        for key, device, n, entity, row, stamp, refused in store.db.execute(LOG)
    ]


def check_drawing(witness: Witness, store: Store) -> None:
    """A store shows what the model draws from the same changes, at any moment."""
    picture = draw(known(witness, store), store.catalogue)
    must_equal("tables", shown_rows(store), picture.rows)
    must_equal("conflicts", shown_disputes(store), picture.disputes)
    must_equal("totals", {order: tuple(rest) for order, *rest in store.db.execute(f"SELECT {MONEY} FROM order_totals")}, picture.totals)
    check_search(store, picture)


def shown_rows(store: Store) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (name, row["id"]): {column: row[column] for column in row if column not in {"key", "id", "search"}}
        for name in store.catalogue
        for row in store.rows(f"SELECT * FROM {name}")
    }


def shown_disputes(store: Store) -> dict[tuple[str, str], Dispute]:
    found: dict[tuple[str, str], list[tuple[bytes, int]]] = {}
    for row, field, key, winner in store.db.execute("SELECT c.row, field, id, winner FROM conflicts c JOIN log USING (seq)"):
        found.setdefault((row, field), []).append((key, winner))
    return {
        key: Dispute(frozenset(change for change, _ in rivals), next((change for change, winner in rivals if winner), None))
        for key, rivals in found.items()
    }


def check_search(store: Store, picture: Picture) -> None:
    """The folded column, from which the search index is made, says what the row says."""
    for name, entity in store.catalogue.items():
        if entity.searched:
            shown = dict(store.db.execute(f"SELECT id, search FROM {name}").fetchall())
            rows = {row: values for (of, row), values in picture.rows.items() if of == name}
            columns = [[values.get(field.name) for values in rows.values()] for field in entity.searched]
            must_equal(f"search in {name}", shown, dict(zip(rows, schema.searched_texts(entity.searched, columns), strict=True)))


def must_equal(what: str, shown: Mapping[Any, Any], wanted: Mapping[Any, Any]) -> None:
    if shown != wanted:
        keys = [key for key in shown.keys() | wanted.keys() if shown.get(key) != wanted.get(key)]
        key = min(keys, key=str)
        raise Violation(f"{what} differ at {key}: {shown.get(key)}, must be {wanted.get(key)}")


# ------------------------------------------------------------------ when everything is quiet
def check_end(world: World) -> None:
    hub = world.server.store
    check_log(world, hub)
    for laptop in world.welcome:
        check_equal(hub, laptop)
    check_drawing(world, hub)
    check_input(world, hub)
    check_references(world, hub)
    for laptop in world.welcome:
        check_label(laptop)
    for store in (hub, *(laptop.store for laptop in world.laptops)):
        check_file(store)
    for store in (hub, world.laptops[-1].store):
        check_redrawn(store)


def check_log(world: World, hub: Store) -> None:
    """Ids are unique and prove their content; the chain can be counted again; nothing is lost; acts are whole, verdicts too."""
    changes = list(Chain(hub.db).changes(1, 1 << 60))
    if len({change.id for change in changes}) != len(changes):
        raise Violation("an id stands twice in the log")
    if any(change.patch and change.id != change_id(change.prev, *change[2:9]) for change in changes):
        raise Violation("an id does not fit its content")
    place, head, _ = Chain(hub.db).extend(0, bytes(16), changes)
    if (place, head) != tuple(hub.db.execute("SELECT place, head FROM state").fetchone()):
        raise Violation("the chain of the hub does not fit its log")
    verdicts = {(world.acts[change.id], change.refused) for change in changes}
    if len(verdicts) != len({act for act, _ in verdicts}):
        raise Violation("a verdict covers a part of an act")
    if world.must & ~world.held(hub):
        raise Violation("a change is lost")
    world.whole(hub)


def check_equal(hub: Store, laptop: Laptop) -> None:
    """The same history with the same facts, the same tables, the same conflicts."""
    must_equal("facts", history(laptop.store), history(hub))
    must_equal("tables", contents(laptop.store), contents(hub))
    must_equal("conflicts", shown_disputes(laptop.store), shown_disputes(hub))


def history(store: Store) -> dict[bytes, Any]:
    columns = "entity, row, stamp, read_to, own_n, also, refused"
    return {key: rest for key, *rest in store.db.execute(f"SELECT id, {columns} FROM log")}


def contents(store: Store) -> dict[tuple[str, str], Any]:
    """All drawn tables without the keys that only this file knows."""
    found = {(name, row["id"]): row for name in store.catalogue for row in store.rows(f"SELECT * FROM {name}")}
    found |= {("order_totals", row["order_id"]): row for row in store.rows("SELECT * FROM order_totals")}
    for row in found.values():
        row.pop("key")
    return found


def check_input(world: World, store: Store) -> None:
    """Every value somebody typed is shown, stands in a conflict, was replaced by someone who had seen it, or was refused."""
    rows, disputes = shown_rows(store), shown_disputes(store)
    writes = [change for change in known(world, store) if not change.refused]
    for change in writes:
        later = [other for other in writes if other.row == change.row and other.saw & change.bit]
        for name, value in change.patch.items():
            dispute = disputes.get((change.row, name))
            blank = 0 if name == "deleted" else NEW[change.entity].field(name).blank  # type: ignore[union-attr]
            shown = rows[change.entity, change.row][name] == (blank if value is None else value)
            if not shown and not (dispute and change.id in dispute.rivals) and not any(name in other.patch for other in later):
                raise Violation(f"what was typed into {change.entity}.{name} is lost")


def check_references(world: World, store: Store) -> None:
    """What a row belongs to is there, perhaps deleted, unless the hub has refused it."""
    refused = {change.row for change in known(world, store) if change.refused}
    rows = shown_rows(store)
    for (name, row), values in rows.items():
        for field in NEW[name].fields:
            target = values[field.name] if field.target in NEW else None
            if target and (field.target, target) not in rows and target not in refused:
                raise Violation(f"{name} {row} points to nothing")


def check_redrawn(store: Store) -> None:
    """The tables drawn again from the log are the tables that grew; the search index fits them."""
    before = contents(store), shown_disputes(store)
    store.redraw()
    if (contents(store), shown_disputes(store)) != before:
        raise Violation("a redrawn store differs from the one that grew")


def check_file(store: Store) -> None:
    """The file is whole, no row stands twice, and the search finds what the rows say."""
    if wrong := [*verify.file_is_whole(store), *verify.ids_fit(store), *verify.chain_fits(store)]:
        raise Violation(f"a file is damaged: {wrong[0]}")
    for name, entity in store.catalogue.items():
        if store.one(f"SELECT count(*) - count(DISTINCT id) FROM {name}"):
            raise Violation(f"{name} holds a row twice")
        if entity.searched and entity.trigrams:
            check_found(store, name)


def check_found(store: Store, name: str) -> None:
    """By the first letters of each text, and by those that are typed most often."""
    texts = [text for (text,) in store.db.execute(f"SELECT search FROM {name} WHERE length(search) >= 3")]
    for needle in sorted({"sam", "tex", *(text[:3] for text in texts)}):
        found = store.one(f"SELECT count(*) FROM {name}_search WHERE {name}_search MATCH ?", ('"' + needle.replace('"', '""') + '"',))
        if found != sum(needle in text for text in texts):
            raise Violation(f"the search in {name} finds {found} rows with {needle!r}")


def check_label(laptop: Laptop) -> None:
    """Nobody else writes under the label of a laptop that has read everything."""
    state = laptop.store.log.state()
    own = laptop.store.one("SELECT max(n) FROM log JOIN branches b ON b.id = branch WHERE device = ?", (state.device,)) or 0
    tip = laptop.store.log.find_any(state.n, state.tip)
    if own > state.n or (state.n and tip is None):
        raise Violation("two laptops write under one label")
