"""The simulated world: its clock, its luck, its computers, its network, and the one who knows what everybody has truly seen."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import orjson

from shared.change import Edit
from shared.store import Store, StoreTrouble
from shared.store.letters import Offer
from tests.simulator.machines import PEOPLE, Disk, Form, Laptop, Server, blank_laptop, disk_of, failing, full, growing_to, peopled_hub

START_MS = 1_800_000_000_000
HOUR_MS = 3_600_000
SKEWS = (0, 0, 0, 0, HOUR_MS, -HOUR_MS, 10 * 365 * 24 * HOUR_MS, -START_MS, -20 * 24 * HOUR_MS)
"""An hour off, ten years ahead, 1970, three weeks late."""
BROKEN = (StoreTrouble, sqlite3.OperationalError)
"""What a disk that fails looks like to the program."""


Picked = TypeVar("Picked", bound=Callable[..., Any])


class Violation(AssertionError):
    """Something that must never happen has happened."""


class Letter(NamedTuple):
    """A message on its way: a request, or (with `answer`) what the hub has said to it."""

    laptop: Laptop
    life: int  # of the program that waits for the answer
    offer: Offer
    message: bytes
    answer: bool = False
    damaged: bool = False


class Act(NamedTuple):
    """What the user was told is done."""

    number: int
    size: int


class World:
    """All state of one history. The same seed, laptops and steps give the same history."""

    def __init__(self, seed: int, laptops: int, folder: Path) -> None:
        self.seed, self.folder = seed, folder
        self.luck = random.Random(seed)
        self.now_ms = START_MS
        self.faults: Counter[str] = Counter()
        self.bits: dict[bytes, int] = {}
        self.saw: dict[bytes, int] = {}
        self.acts: dict[bytes, Act] = {}
        self.patches: dict[bytes, dict[str, Any]] = {}
        self.must = 0
        self.labels = self.rows = self.lives = 0
        self.page = self.luck.choice((1, 2, 4, 50))
        self.hot = self.luck.random() < 0.5
        self.doubles = self.luck.choice((0, 0, 0.1, 0.3))  # how often somebody finds that two clients are one
        self.disk_risk = self.luck.choice((0.02, 0.04, 0.15))
        self.kill_share = self.luck.choice((0.2, 0.6, 0.9))
        self.moods: dict[str, float] = {}
        self.letters: list[Letter] = []
        self.server = Server(folder / "hub", peopled_hub(), self.clock, self.page, self.luck.choice((2, 4, 50)))
        if self.doubles:
            self.server.hub.write([Edit("clients", row, {"name": row}) for row in ("double1", "double2", "double3")])
        self.learn(self.server.store, 0, 0)
        self.hub_disks = [self.server_disk()]
        self.laptops: list[Laptop] = []
        self.laptop_disks: list[tuple[int, Disk]] = []
        self.life: dict[int, int] = {}
        for number in range(laptops):
            self.enrol(self.add_laptop(blank_laptop()), f"u{number % len(PEOPLE) + 1}")

    def close(self) -> None:
        for laptop in self.laptops:
            laptop.close()
        self.server.close()

    def clock(self) -> int:
        return self.now_ms

    def chance(self, probability: float) -> bool:
        return self.luck.random() < probability

    def pick(self, kinds: Sequence[tuple[Picked, int]]) -> Picked:
        """One of them by weight. Each history has its moods: what is rare in most of them comes often in some, or never."""
        for kind, _ in kinds:
            self.moods.setdefault(kind.__name__, self.luck.choice((0.1, 1, 1, 5)))
        return self.luck.choices([kind for kind, _ in kinds], [weight * self.moods[kind.__name__] for kind, weight in kinds])[0]

    def new_label(self) -> str:
        self.labels += 1
        self.faults["new labels"] += 1
        return f"label{self.labels}"

    # ------------------------------------------------------------------ computers
    def add_laptop(self, disk: Disk) -> Laptop:
        number = len(self.laptops)
        page = self.luck.choice((1, 2, 4, 50))
        laptop = Laptop(number, self.folder / f"laptop{number}", disk, self.clock, self.new_label, page, self.server.accounts)
        laptop.open()
        self.laptops.append(laptop)
        self.life[number] = 0
        return laptop

    def enrol(self, laptop: Laptop, user: str) -> None:
        with laptop.store.transaction():
            laptop.store.log.set_state(author=user, device=f"laptop{laptop.number}", prefix=str(laptop.number))
        laptop.guest = laptop.guest._replace(user=user)

    def die(self, laptop: Laptop) -> None:
        """The program is gone: nobody waits for the answers any more."""
        self.lives += 1
        self.life[laptop.number] = self.lives

    def server_disk(self) -> Disk:
        return disk_of(self.server.folder)

    # ------------------------------------------------------------------ what everybody has truly seen
    def learn(self, store: Store, since: int, saw: int) -> list[bytes]:
        """New changes of a store: each one's author had seen `saw` and the ones before it."""
        found = store.db.execute("SELECT id, n - act, branch, act, patch FROM log WHERE seq > ? ORDER BY seq", (since,)).fetchall()
        sizes = Counter((branch, act) for _, _, branch, act, _ in found)
        for key, offset, branch, act, patch in found:
            if key in self.bits:
                raise Violation("an id names two changes")
            self.saw[key] = saw
            self.bits[key] = 1 << len(self.bits)
            self.acts[key] = Act(len(self.bits) - offset, sizes[branch, act])
            self.patches[key] = orjson.loads(patch)
            self.must |= self.bits[key]
            saw |= self.bits[key]
        return [key for key, *_ in found]

    def held(self, store: Store) -> int:
        """Everything in a store, as bits."""
        found = 0
        for (key,) in store.db.execute("SELECT id FROM log"):
            if key not in self.bits:
                raise Violation("a change that nobody has made")
            found |= self.bits[key]
        return found

    @property
    def welcome(self) -> list[Laptop]:
        """The laptops that may still sync."""
        return [laptop for laptop in self.laptops if not laptop.revoked]

    def recount(self) -> None:
        """After a disk was put back or a device turned away: what can still come is what some disk holds."""
        self.must = self.held(self.server.store)
        for laptop in self.welcome:
            self.must |= self.held(laptop.store)

    def form(self, laptop: Laptop) -> Form:
        return Form(laptop.desk.view(), self.held(laptop.store))

    # ------------------------------------------------------------------ disks that fail
    @contextmanager
    def bad_disk(self, computer: Laptop | Server) -> Iterator[None]:
        """Sometimes the disk stops in the middle of the work, or the plug is pulled; the program may go on, or start again."""
        if not self.disk_risk:  # the faults have stopped
            yield
            return
        if not self.chance(self.disk_risk):
            with self.full_disk(computer) if self.chance(0.2) else nullcontext():
                yield
            return
        store = computer.courier.store if isinstance(computer, Laptop) and self.chance(0.5) else computer.store
        images: list[Disk] = []
        killed = self.chance(self.kill_share)
        after = self.luck.randrange(1, 10 ** self.luck.randint(1, 4))
        try:
            with failing(store.db, after, lambda: images.append(disk_of(computer.folder))):
                yield
        except BROKEN:
            if not images:
                raise
            self.faults["killed in a transaction" if killed else "disk trouble"] += 1
            if killed:  # not where SQLite went on all the same: its search index does without an answer here and there
                self.pull_the_plug(computer, images[0])

    @contextmanager
    def full_disk(self, computer: Laptop | Server) -> Iterator[None]:
        """There is room for some bytes more, or none; later somebody tidies up."""
        try:
            with full(computer.folder, self.luck.choice((0, self.luck.randrange(5_000), self.luck.randrange(50_000)))):
                yield
        except BROKEN:
            self.faults["disks full"] += 1

    def pull_the_plug(self, computer: Laptop | Server, image: Disk) -> None:
        with growing_to(-1):  # whoever asked it may have a full disk of his own
            computer.put_back(image)
        if isinstance(computer, Laptop):
            self.die(computer)

    # ------------------------------------------------------------------ at any moment
    def whole(self, store: Store) -> None:
        """An act is in a store wholly or not at all."""
        found: Counter[Act] = Counter()
        for (key,) in store.db.execute("SELECT id FROM log"):
            if key not in self.acts:
                raise Violation("a change that nobody has made")
            found[self.acts[key]] += 1
        if any(count != act.size for act, count in found.items()):
            raise Violation("an act is seen half")
