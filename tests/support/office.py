"""A small office for stories about the sync: a hub and some laptops of real code, on a clock and a network the story holds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from local_app.rounds import exchange_all
from shared.change import Edit, View
from shared.entity import Value
from shared.store import Store
from tests.simulator.machines import Disk, Laptop, Server, blank_hub, blank_laptop, disk_of, peopled_hub

START_MS = 1_800_000_000_000
PAGE = 1000


class Office:
    """Everything is told by row and field; the rows are orders unless said otherwise."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now_ms = START_MS
        self.laptops: list[Laptop] = []
        self.hub = Server(folder / "hub", peopled_hub(), self.clock, PAGE)
        self.labels = 0

    def clock(self) -> int:
        self.now_ms += 10
        return self.now_ms

    def close(self) -> None:
        for laptop in self.laptops:
            laptop.close()
        self.hub.close()

    def new_label(self) -> str:
        self.labels += 1
        return f"label{self.labels}"

    # ------------------------------------------------------------------ machines
    def laptop(self, user: str = "u1") -> Laptop:
        """A new laptop of one of the people."""
        laptop = self._machine(blank_laptop())
        with laptop.store.transaction():
            laptop.store.log.set_state(author=user, device=f"laptop{laptop.number}", prefix=str(laptop.number))
        laptop.guest = laptop.guest._replace(user=user)
        return laptop

    def copy(self, laptop: Laptop) -> Laptop:
        """Its folder on another machine, open forms excepted."""
        return self._machine(disk_of(laptop.folder))

    def _machine(self, disk: Disk) -> Laptop:
        number = len(self.laptops)
        laptop = Laptop(number, self.folder / f"laptop{number}", disk, self.clock, self.new_label, PAGE, self.hub.accounts)
        laptop.open()
        self.laptops.append(laptop)
        return laptop

    def give_role(self, user: str, role: str) -> None:
        """As the hub's pages do: the account, then the row of employees."""
        self.hub.accounts[user] = role
        self.hub.hub.write([Edit("employees", user, {"role": role})])

    def lose_the_hub(self) -> None:
        self.hub.put_back(blank_hub())
        self.hub.hub.rebuild(on=True)

    def restore_the_hub(self, disk: Disk) -> None:
        self.hub.put_back(disk)
        self.hub.hub.rebuild(on=True)

    # ------------------------------------------------------------------ work and exchange
    def put(self, laptop: Laptop, row: str, view: View | None = None, entity: str = "orders", **patch: Value) -> None:
        laptop.desk.do([Edit(entity, row, patch)], "works", view)

    def answer(self, laptop: Laptop) -> bytes:
        """The request arrives; what becomes of the answer is the story's business."""
        return self.hub.hub.handle(laptop.guest, laptop.courier.offer().message)

    def sync(self, *laptops: Laptop) -> None:
        for laptop in laptops:
            exchange_all(laptop.courier, lambda message, guest=laptop.guest: self.hub.hub.handle(guest, message))  # type: ignore[misc]

    def sync_all(self) -> None:
        self.sync(*self.laptops, *self.laptops)


def value(machine: Laptop | Server, row: str, field: str = "subject", entity: str = "orders") -> Value:
    """What a screen shows; None when the row is not there."""
    shown = machine.store.row(entity, row)
    return shown[field] if shown else None


def rivals(machine: Laptop | Server, row: str, field: str = "subject") -> list[Value]:
    """The values that stand against each other in an open conflict, sorted."""
    return sorted(
        (rival.value for conflict in machine.store.conflicts(row) if conflict.field == field for rival in conflict.values), key=str
    )


def is_open(machine: Laptop | Server, row: str, field: str) -> bool:
    return any(conflict.field == field for conflict in machine.store.conflicts(row))


def tables(store: Store) -> dict[str, list[dict[str, object]]]:
    """All drawn tables without the keys that only this file knows."""
    found = {name: store.rows(f"SELECT * FROM {name} ORDER BY id") for name in store.catalogue}
    found |= {"order_totals": store.rows("SELECT * FROM order_totals ORDER BY order_id")}
    for row in (row for rows in found.values() for row in rows):
        row.pop("key")
    return found


def all_equal(office: Office) -> bool:
    """Every laptop shows what the hub shows, and stands at its head."""
    stores: Iterable[Store] = [office.hub.store, *(laptop.store for laptop in office.laptops)]
    return len({(str(tables(store)), store.log.state().place, store.log.state().head) for store in stores}) == 1
