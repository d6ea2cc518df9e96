"""What the people of the simulated world do: honest work over forms that may have been open for long, mistakes, second thoughts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shared.change import Edit, Refused
from shared.entity import Value
from shared.filestore import keep
from shared.merge import Write, is_ancestor
from shared.store import StoreTrouble
from tests.simulator.machines import NEW, Form, Laptop
from tests.simulator.merging import living, look, merging
from tests.simulator.world import Violation, World

TEXTS = ("", "", "same", "same")
NUMBERS = (None, 0, 1_000_000, 1_000_000)
FIELDS = {
    "orders": ("number", "subject", "date", "discount_percent", "discount_sum", "client_id"),
    "order_lines": ("name", "quantity", "price", "discount_percent", "vat_mode", "vat_percent"),
    "payments": ("date", "amount", "document_number"),
    "expenses": ("amount", "note"),
    "clients": ("name", "inn"),
    "attachments": ("name", "note"),
}
PARENTS = ("orders",)
CHILDREN = ("order_lines", "payments", "expenses", "attachments")
HOT = ("hot1", "hot2")


def work(world: World, laptop: Laptop) -> None:
    """One act of one person."""
    laptop.look_for_a_double()
    if world.chance(0.3) and len(laptop.forms) < 3:
        laptop.forms.append(world.form(laptop))
    if world.chance(0.06) and not laptop.is_copy:
        world.faults["undone or redone"] += turn(world, laptop, laptop.desk.undo if world.chance(0.7) else laptop.desk.redo)
    elif world.chance(0.06) and not laptop.is_copy:
        acts = [wish(world, laptop) for _ in range(3)]
        act(world, laptop, lambda: laptop.desk.do_many(acts, "imports"))
    elif world.chance(world.doubles) and not laptop.is_copy and laptop.catalogue is NEW:
        world.faults["clients merged"] += unite_clients(world, laptop)
    elif laptop.forms and world.chance(0.35):
        form = laptop.forms.pop(world.luck.randrange(len(laptop.forms)))
        world.faults["forms saved late"] += save(world, laptop, wish(world, laptop), form)
    elif world.chance(0.15):
        resolve(world, laptop)
    else:
        edits = wish(world, laptop)
        if save(world, laptop, edits):
            check_shown(laptop, edits)


def save(world: World, laptop: Laptop, edits: list[Edit], form: Form | None = None) -> bool:
    """`form` None: opened and saved at once. Whether the user was told that it is done."""
    view = form.view if form else None if world.chance(0.5) else laptop.desk.view()
    if laptop.is_copy:
        edits.insert(0, Edit("orders", new_row(world, "o"), {}))
    world.faults["edits"] += len(edits)
    done = act(world, laptop, lambda: laptop.desk.do(edits, "works", view), form.saw if form else None)
    laptop.is_copy = laptop.is_copy and not done
    return done


def act(world: World, laptop: Laptop, do: Callable[[], object], saw: int | None = None) -> bool:
    """Does it, on a disk that may break. What was told to be done must be in the log."""
    done, learned = tried(world, laptop, do, saw)
    if done and not learned:
        raise Violation("what was told to be done is not in the log")
    return done


def tried(world: World, laptop: Laptop, do: Callable[[], object], saw: int | None = None) -> tuple[bool, int]:
    """Whether it was told to be done, and how many changes it has left in the log."""
    since = laptop.store.log.last_seq()
    saw = world.held(laptop.store) if saw is None else saw
    done = False
    with world.bad_disk(laptop):
        try:
            do()
            done = True
        except Refused as refused:
            if isinstance(refused, StoreTrouble):  # the disk has said no: what of it is in the log is asked below
                raise
    learned = world.learn(laptop.store, since, saw)
    world.whole(laptop.store)
    return done, len(learned)


def tidy(world: World, laptop: Laptop) -> int:
    """What the program does by itself after a sync; how many changes it makes. A copy waits until its own user has done something."""
    laptop.look_for_a_double()
    if laptop.is_copy:
        return 0
    _, made = tried(world, laptop, lambda: look(laptop))
    world.faults["brought to merged clients"] += made
    return made


def unite_clients(world: World, laptop: Laptop) -> bool:
    """Over the screen of repeats, which may have been open for long."""
    clients = living(laptop.store)
    if len(clients) < 2:
        return False
    kept, lost = world.luck.sample(clients, 2)
    form = laptop.forms.pop() if laptop.forms and world.chance(0.5) else None
    return act(world, laptop, lambda: merging(laptop, kept, lost, form), form.saw if form else None)


def turn(world: World, laptop: Laptop, do: Callable[[], object]) -> bool:
    """An undo or a redo: where values stand against each other, and where another machine has written last, it writes nothing."""
    since, store = laptop.store.log.last_seq(), laptop.store
    disputed = {(conflict.row, conflict.field) for conflict in store.conflicts()}
    if not act(world, laptop, do):
        return False
    for row, writes in laptop.store.log.writes_of(turned(laptop, since)).items():
        own, before = [write for write in writes if write.seq > since], [write for write in writes if write.seq <= since]
        for name in {name for write in own for name in write.patch}:
            last = max((write for write in before if name in write.patch), key=lambda write: write.seq, default=None)
            if (row, name) in disputed or (last and name != "deleted" and not of_this_chain(laptop, last, own[0])):
                raise Violation("an undo has written over what another machine has written")
    return True


def turned(laptop: Laptop, since: int) -> list[str]:
    return [row for (row,) in laptop.store.db.execute("SELECT DISTINCT row FROM log WHERE seq > ?", (since,))]


def of_this_chain(laptop: Laptop, write: Write, later: Write) -> bool:
    return is_ancestor(laptop.store.log.branches(), write.branch, write.n, later.branch, later.n)


def resolve(world: World, laptop: Laptop) -> None:
    """Somebody looks at a conflict and takes one of its values, perhaps the one that is shown already."""
    conflicts = laptop.store.conflicts()
    if not conflicts:
        return
    conflict = world.luck.choice(conflicts)
    rival = world.luck.choice(conflict.values)
    value = world.luck.choice((0, 1)) if conflict.field == "deleted" else rival.value
    if not save(world, laptop, [Edit(conflict.entity, conflict.row, {conflict.field: value})]):
        return
    world.faults["conflicts resolved"] += 1
    if any(left.field == conflict.field for left in laptop.store.conflicts(conflict.row)):
        raise Violation("a conflict that was resolved is still open")


def check_shown(laptop: Laptop, edits: list[Edit]) -> None:
    """What was typed into a fresh form stands on the screen at once."""
    for entity, row, patch in {edit[:2]: edit for edit in edits}.values():
        shown = laptop.store.row(entity, row)
        for name, value in patch.items():
            field = laptop.store.catalogue[entity].field(name)
            wanted = field.blank if field and value is None else value
            if shown is None or shown[name] != wanted:
                raise Violation(f"a fresh edit of {entity}.{name} is not shown to its author")


# ------------------------------------------------------------------ wishes
def wish(world: World, laptop: Laptop) -> list[Edit]:
    """The edits of one act: never an impossible one, often on the same few rows."""
    return world.pick(WISHES)(world, laptop)


def new_order(world: World, laptop: Laptop) -> list[Edit]:
    order = new_row(world, "o")
    return [Edit("orders", order, patch(world, laptop, "orders")), *new_child(world, laptop, order)]


def new_client(world: World, laptop: Laptop) -> list[Edit]:
    return (
        [Edit("clients", new_row(world, "c"), patch(world, laptop, "clients"))]
        if "clients" in laptop.catalogue
        else new_order(world, laptop)
    )


def new_child(world: World, laptop: Laptop, order: str = "") -> list[Edit]:
    owner = order or known_row(world, laptop, "orders")
    if not owner:
        return new_order(world, laptop)
    entity = world.luck.choice([name for name in CHILDREN if name in laptop.catalogue])
    return [Edit(entity, new_row(world, entity[0]), {"order_id": owner, **patch(world, laptop, entity)})]


def edit(world: World, laptop: Laptop) -> list[Edit]:
    entity, row = some_row(world, laptop, (*PARENTS, *CHILDREN, "clients"))
    return [Edit(entity, row, patch(world, laptop, entity))]


def edit_twice(world: World, laptop: Laptop) -> list[Edit]:
    """Two writes of one row in one act, and one of another row between them."""
    (first,) = edit(world, laptop)
    return [first, *edit(world, laptop), Edit(first.entity, first.row, patch(world, laptop, first.entity))]


def delete_or_restore(world: World, laptop: Laptop) -> list[Edit]:
    entity, row = some_row(world, laptop, (*PARENTS, *PARENTS, *CHILDREN, "clients"))
    return [Edit(entity, row, {"deleted": int(world.chance(0.7))})]


def edit_and_delete(world: World, laptop: Laptop) -> list[Edit]:
    (first,) = edit(world, laptop)
    return [Edit(first.entity, first.row, {**first.patch, "deleted": int(world.chance(0.5))})]


def move(world: World, laptop: Laptop) -> list[Edit]:
    """A line goes to another order."""
    owner = known_row(world, laptop, "orders")
    if not owner:
        return new_order(world, laptop)
    entity, row = some_row(world, laptop, CHILDREN)
    return [Edit(entity, row, {"order_id": owner})]


def attach(world: World, laptop: Laptop) -> list[Edit]:
    """A file, sometimes the same as somebody else's; it is kept before the row that names it."""
    kept = keep(laptop.folder, world.luck.choice((b"the same file", world.luck.randbytes(world.luck.randrange(1, 300)))), "file")
    row: dict[str, Value] = {
        "name": "file",
        "sha256": kept.sha256,
        "size": kept.size,
        "order_id": known_row(world, laptop, "orders") or None,
    }
    return [Edit("attachments", new_row(world, "a"), row)]


def overstep(world: World, laptop: Laptop) -> list[Edit]:
    """No laptop may, not even an administrator's: the hub refuses the whole act, the honest part too."""
    role = world.luck.choice(("salesperson", "manager", "reader", "administrator"))
    return [Edit("employees", world.luck.choice(("u2", "u3", "u4")), {"role": role}), *edit(world, laptop)]


WISHES: tuple[tuple[Callable[[World, Laptop], list[Edit]], int], ...] = (
    (new_order, 6), (new_child, 12), (edit, 40), (edit_twice, 8), (delete_or_restore, 16), (edit_and_delete, 3), (move, 7), (overstep, 2),
    (attach, 4), (new_client, 8),
)  # fmt: skip


def new_row(world: World, kind: str) -> str:
    world.rows += 1
    return f"{kind}{world.rows}"


def some_row(world: World, laptop: Laptop, entities: tuple[str, ...]) -> tuple[str, str]:
    """A row that is here, a deleted one too; sometimes one that several people make under the same id."""
    entity = world.luck.choice([name for name in entities if name in laptop.catalogue])
    known = "" if world.hot and world.chance(0.3) else known_row(world, laptop, entity)
    return entity, known or f"{world.luck.choice(HOT)}_{entity}"


def known_row(world: World, laptop: Laptop, entity: str) -> str:
    """'' when there is none yet, or this program knows no such rows."""
    if entity not in laptop.catalogue:
        return ""
    rows = [str(row) for (row,) in laptop.store.db.execute(f"SELECT id FROM {entity} ORDER BY id")]
    return world.luck.choice(rows) if rows else ""


def patch(world: World, laptop: Laptop, entity: str) -> dict[str, Any]:
    known = [name for name in FIELDS[entity] if laptop.catalogue[entity].field(name)]
    names = world.luck.sample(known, world.luck.choice((1, 1, 1, 2)))
    return {name: value(world, laptop, entity, name) for name in names}


def value(world: World, laptop: Laptop, entity: str, name: str) -> Value:
    """Often an equal one, often a blank, so that null, blank and equal values meet."""
    if name == "date":
        return world.luck.choice((None, "2026-01-01", f"2026-02-{world.luck.randint(10, 28)}"))
    if name == "client_id":
        return known_row(world, laptop, "clients") or None
    if name == "vat_mode":
        return world.luck.choice(("none", "on_top", "included"))
    field = laptop.catalogue[entity].field(name)
    if field is not None and field.sql_type == "TEXT":
        return world.luck.choice((*TEXTS, f"text {world.luck.randrange(10**6)}"))
    return world.luck.choice((*NUMBERS, world.luck.randrange(10**7)))
