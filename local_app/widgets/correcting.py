"""A refused act in a window, with its values to be corrected: what the hub may take goes in their place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from local_app.session import Session
from local_app.widgets.tags import Tag, button, div, span
from local_app.widgets.valueboxes import ValueBoxes
from local_app.widgets.window import window
from shared.change import Edit
from shared.entity import Field, Kind

HEADING = "Исправить непринятое"
MOST = 40
"""Values that somebody corrects by hand; a larger act is sent again as it is, or exported."""


def correctable(session: Session, edits: Sequence[Edit]) -> bool:
    """Whether there is anything to correct, and not too much of it."""
    return 0 < sum(len(fields_of(session, edit)) for edit in edits) <= MOST


def fields_of(session: Session, edit: Edit) -> list[Field]:
    """What a person may change in it: fields that this program knows, and their author writes."""
    entity = session.store.catalogue.get(edit.entity)
    known = [field for name in edit.patch if (field := entity.field(name))] if entity else []
    return [field for field in known if field.kind is not Kind.DATA and not field.from_hub]


class Correction:
    """`headings`: what each edit is about, in words. `send` takes the corrected edits and says how many changes have gone."""

    def __init__(
        self, session: Session, edits: Sequence[Edit], headings: Sequence[str], reason: str, send: Callable[[list[Edit]], Awaitable[int]]
    ) -> None:
        self.session, self.edits, self.send = session, edits, send
        self.wanted = ValueBoxes(session)
        with window(session, HEADING, style="width:640px") as self.dialog:
            Tag("h1", "", HEADING)
            span("danger", reason)
            for number, (edit, heading) in enumerate(zip(edits, headings, strict=True)):
                self._edit(number, edit, heading)
            with div("head"):
                span("caption grow", "Остальное в этом действии уйдёт как было.")
                button("Отмена", self.dialog.close)
                button("Отправить", self._sent, kind="main")
        self.dialog.on("hide", self.dialog.delete, args=[])
        next(iter(self.wanted.boxes.values())).take_focus()

    def _edit(self, number: int, edit: Edit, heading: str) -> None:
        fields = fields_of(self.session, edit)
        if not fields:
            return
        div("secondary", heading)
        with div("form"):
            for field in fields:
                self.wanted.control(f"{number}/{field.name}", field, edit.patch[field.name])

    async def _sent(self) -> None:
        if self.wanted.focus():
            return
        if await self.send([self._corrected(number, edit) for number, edit in enumerate(self.edits)]):
            self.dialog.close()

    def _corrected(self, number: int, edit: Edit) -> Edit:
        return edit._replace(patch={name: self.wanted.values.get(f"{number}/{name}", value) for name, value in edit.patch.items()})
