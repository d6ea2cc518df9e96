"""Small histories without disks or messages: people, copies and one hub; changes with the facts our programs give them, and the truth."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any, NamedTuple

import orjson

from shared.change import ROOT, Change, change_id
from shared.entity import Value
from shared.merge import NOWHERE
from tests.support.histories import Placed

ORDERS, LINES = ("o1", "o2"), ("l1", "l2", "l3")
TEXTS = ("", "a", "b", None)
REFUSAL = "Нельзя"


class Sight(NamedTuple):
    """What a person has before the eyes: the hub's changes up to a place, and the own ones up to a number."""

    place: int
    own_n: int
    saw: int


@dataclass
class Person:
    """One laptop: its chain, what it has read, the forms that stay open."""

    label: str
    tip: bytes = ROOT
    n: int = 0
    own: int = 0  # the changes of its chain, as bits
    place: int = 0
    unsent: list[list[Change]] = attribute(default_factory=list)
    forms: list[Sight] = attribute(default_factory=list)


class Hearsay:
    """One history. Its dictionaries witness what everybody had truly seen."""

    def __init__(self, seed: int, length: int) -> None:
        self.luck = random.Random(seed)
        self.bits: dict[bytes, int] = {}
        self.saw: dict[bytes, int] = {}
        self.patches: dict[bytes, dict[str, Any]] = {}
        self.hub: list[Change] = []
        self.people = [Person(f"p{number}") for number in range(3)]
        for _ in range(length):
            kind = self.luck.choices((self.write, self.send, self.read, self.open_a_form, self.copy), (8, 4, 4, 2, 1))[0]
            kind(self.luck.choice(self.people))

    def everything(self) -> Iterator[Placed]:
        """All changes there are; copies of a laptop hold some of the unsent ones twice."""
        yield from enumerate(self.hub, 1)
        placed = {change.id for change in self.hub}
        waiting = {change.id: change for person in self.people for act in person.unsent for change in act}
        yield from ((NOWHERE, change) for key, change in waiting.items() if key not in placed)

    # ------------------------------------------------------------------ what may happen
    def sight(self, person: Person) -> Sight:
        saw = person.own
        for change in self.hub[: person.place]:
            saw |= self.bits[change.id]
        return Sight(person.place, person.n, saw)

    def open_a_form(self, person: Person) -> None:
        person.forms.append(self.sight(person))

    def write(self, person: Person) -> None:
        """An act of one change or several, sometimes over a form that was opened long ago; clocks go as they like."""
        late = bool(person.forms) and self.luck.random() < 0.5
        sight = person.forms.pop(self.luck.randrange(len(person.forms))) if late else self.sight(person)
        act, first, stamp, saw = list[Change](), person.n + 1, self.luck.randrange(1, 5), sight.saw
        place, also = self.said(sight)
        for _ in range(self.luck.choice((1, 1, 1, 2, 3))):
            entity, row, patch = self.edit()
            text, person.n = orjson.dumps(patch), person.n + 1
            author = f"u{len(self.bits)}"  # no two changes are the same, not even those of two copies
            key = change_id(person.tip, person.label, person.n, first, author, entity, row, text)
            new = Change(key, person.tip, person.label, person.n, first, author, entity, row, text, stamp, place, sight.own_n, also)
            self.learn(person, new, saw)
            act.append(new)
            saw |= self.bits[key]
        person.unsent.append(act)

    def learn(self, person: Person, change: Change, saw: int) -> None:
        self.bits[change.id] = 1 << len(self.bits)
        self.saw[change.id] = saw
        self.patches[change.id] = orjson.loads(change.patch)
        person.tip, person.own = change.id, person.own | self.bits[change.id]

    def said(self, sight: Sight) -> tuple[int, bytes]:
        """What was read, by its place; of some of it the place was lost with a hub, so it is said by name."""
        if self.luck.random() < 0.8:
            return sight.place, b""
        place = self.luck.randint(0, sight.place)
        return place, b"".join(change.id for change in self.hub[place : sight.place])

    def edit(self) -> tuple[str, str, dict[str, Value]]:
        """Few rows, few values: blanks, nulls and equal values meet; lines move between orders."""
        if self.luck.random() < 0.5:
            entity, row, patch = "orders", self.luck.choice(ORDERS), self.some({"number": TEXTS, "subject": TEXTS})
        else:
            kinds = {"name": TEXTS, "quantity": (None, 0, 1_000_000), "price": (None, 30_000, 70_000), "order_id": ORDERS}
            entity, row, patch = "order_lines", self.luck.choice(LINES), self.some(kinds)
        if self.luck.random() < 0.25:
            patch = {**(patch if self.luck.random() < 0.3 else {}), "deleted": int(self.luck.random() < 0.7)}
        return entity, row, patch

    def some(self, kinds: dict[str, tuple[Value, ...]]) -> dict[str, Value]:
        names = self.luck.sample(list(kinds), self.luck.choice((1, 1, 2)))
        return {name: self.luck.choice(kinds[name]) for name in names}

    def send(self, person: Person) -> None:
        """The hub appends what waits, and limits what was read to what the sender had; it refuses an act now and then."""
        known = {change.id for change in self.hub}
        for act in person.unsent:
            refused = REFUSAL if self.luck.random() < 0.05 else ""
            self.hub += [change._replace(refused=refused) for change in act if change.id not in known]
        person.unsent.clear()

    def read(self, person: Person) -> None:
        """Some more of what the hub has."""
        person.place = self.luck.randint(person.place, len(self.hub))

    def copy(self, person: Person) -> None:
        """The folder goes to another machine, which takes a label of its own sooner or later."""
        if len(self.people) < 5:
            label = self.luck.choice((person.label, f"p{len(self.people)}"))
            self.people.append(Person(label, person.tip, person.n, person.own, person.place, list(person.unsent)))
