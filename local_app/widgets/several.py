"""One value for many rows at once: the window of «Изменить» in the bar of selected rows."""

from __future__ import annotations

from collections.abc import Sequence

from local_app.session import Session
from local_app.widgets.tags import Tag, button, div, span
from local_app.widgets.valueboxes import ValueBoxes
from local_app.widgets.window import window
from shared.change import Edit
from shared.entity import Value
from shared.formats import plural


class Several:
    """`names`: the fields that can be set. What is left empty stays as each row has it."""

    def __init__(self, session: Session, name: str, names: Sequence[str], rows: Sequence[str]) -> None:
        self.session, self.entity, self.rows = session, session.store.catalogue[name], rows
        self.wanted = ValueBoxes(session)
        heading = f"Изменить {plural(len(rows), self.entity.forms)}"
        with window(session, heading, style="width:480px", shows=rows) as self.dialog:
            Tag("h1", "", heading)
            with div("form"):
                for field in filter(None, map(self.entity.field, names)):
                    self.wanted.control(field.name, field, None, "wide")
            with div("head"):
                span("caption grow", "Пустое поле не меняется.")
                button("Отмена", self.dialog.close)
                button("Изменить", self._write, kind="main")
        self.dialog.on("hide", self.dialog.delete, args=[])
        next(iter(self.wanted.boxes.values())).take_focus()

    def _write(self) -> None:
        """All rows in one act; those that have these values already are left alone."""
        if self.wanted.focus():
            return
        patch: dict[str, Value] = {name: value for name, value in self.wanted.values.items() if value not in (None, "")}
        if not patch:
            self.session.say("Заполните поле, которое нужно изменить")
            next(iter(self.wanted.boxes.values())).take_focus()
            return
        edits = [edit for row in self.rows if (edit := self._edit(row, patch)).patch]
        words = f"изменено: {plural(len(edits), self.entity.forms)}"
        if not edits:
            self.session.say("У выбранных это уже так")
        elif self.session.do(edits, words):
            self.session.say(f"{words[0].upper()}{words[1:]}", True)
        else:
            return  # the notice says why
        self.dialog.close()

    def _edit(self, row: str, patch: dict[str, Value]) -> Edit:
        stands = self.session.store.row(self.entity.name, row) or {}
        return Edit(self.entity.name, row, {name: value for name, value in patch.items() if stands.get(name) != value})
