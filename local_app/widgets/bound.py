"""One field on the screen and what its user had seen when it was shown, or when the typing in it began."""

from __future__ import annotations

from dataclasses import dataclass

from local_app import sight
from local_app.drafts import Drafts
from local_app.widgets.fields import FieldBox
from shared.change import View
from shared.entity import Field, Kind, Value

SAVED_WHILE_TYPING = frozenset({Kind.TEXT, Kind.NOTE, Kind.PHONE, Kind.LINK})
"""A half-typed number or date may already be a valid one; these wait until the user leaves the field."""


@dataclass(slots=True)
class Bound:
    """`key`: the field in the drafts, which remember what was seen if the program ends before the typing does."""

    field: Field
    box: FieldBox
    drafts: Drafts
    key: str
    shown: Value
    view: View
    dirty: bool = False
    former: Value = None  # what stood there before a pause in the typing saved a half of it
    halfway: bool = False
    batch: int = 0  # the step of undo that the halves of one typing make up
    made: bool = False  # the first of them has made the row

    def show(self, value: Value, view: View) -> None:
        """The value as it was read with this view stands on the screen; nothing is being typed."""
        if self.dirty:
            self.drafts.ended(self.key)
        self.shown, self.view, self.dirty, self.halfway, self.batch, self.made = value, view, False, False, 0, False

    def begin(self, seen: str) -> None:
        """The first letter. `seen`: what the page showed then; news of the program may have crossed it on the way."""
        if not self.dirty:
            self.view = sight.taken_up(seen, self.view)
        self.dirty = True
        self.drafts.begun(self.key, sight.told(self.view))

    def take_up(self, seen: str = "") -> None:
        """A text goes on that was begun before the form was opened: its user has seen what was on the screen then.

        `seen`: as the browser remembers it, for a program that was killed before it heard of the first letter.
        """
        self.view, self.dirty = sight.taken_up(self.drafts.seen(self.key) or seen, self.view), True

    def go_on(self, value: Value, now: View, batch: int, *, made: bool = False) -> None:
        """A half was saved, and the user types on: what others have written meanwhile is still not seen."""
        if not self.halfway:
            self.former, self.halfway, self.made = self.shown, True, made
        self.shown, self.view, self.batch = value, sight.typing_on(self.view, now), batch
