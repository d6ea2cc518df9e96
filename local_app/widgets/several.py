"""One value for many rows at once: the window of «Изменить» in the bar of selected rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from local_app.session import Session
from local_app.widgets.tags import Tag, button, div, span
from local_app.widgets.valueboxes import ValueBoxes
from local_app.widgets.window import window
from shared.change import Edit
from shared.entity import Field, Kind, Value
from shared.formats import plural

FLAG_WORDS: Mapping[str, str] = MappingProxyType({"": "", "1": "Да", "0": "Нет"})
"""A tick knows no «as it is»."""
Carrying = Mapping[str, Callable[[str, Value], list[Edit]]]
"""Fields that change more than themselves: what a row's new value brings with it, as its form would."""


class Several:
    """`names`: the fields that can be set. What is left empty stays as each row has it."""

    def __init__(self, session: Session, name: str, names: Sequence[str], rows: Sequence[str], carrying: Carrying) -> None:
        self.session, self.entity, self.rows, self.carrying = session, session.store.catalogue[name], rows, carrying
        self.wanted = ValueBoxes(session)
        heading = f"Изменить {plural(len(rows), self.entity.forms)}"
        with window(session, heading, style="width:480px", shows=rows) as self.dialog:
            Tag("h1", "", heading)
            with div("form"):
                for field in filter(None, map(self.entity.field, names)):
                    self.wanted.control(field.name, in_words(field), None, "wide")
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
        patch = {name: self._value(name, value) for name, value in self.wanted.values.items() if value not in (None, "")}
        if not patch:
            self.session.say("Заполните поле, которое нужно изменить")
            next(iter(self.wanted.boxes.values())).take_focus()
            return
        edits = [edit for row in self.rows for edit in self._edits(row, patch)]
        words = self._words(edits)
        if not edits:
            self.session.say("У выбранных это уже так")
        elif self.session.do(edits, words):
            self.session.say(f"{words[0].upper()}{words[1:]}", True)
        else:
            return  # the notice says why
        self.dialog.close()

    def _value(self, name: str, value: Value) -> Value:
        field = self.entity.field(name)
        return int(value or 0) if field and field.kind is Kind.FLAG else value

    def _edits(self, row: str, patch: dict[str, Value]) -> list[Edit]:
        """What is another in this row, and what follows it; nothing in one that a colleague has deleted since."""
        stands = self.session.store.row(self.entity.name, row) or {"deleted": 1}
        wanted = {} if stands["deleted"] else {name: value for name, value in patch.items() if stands[name] != value}
        carried = [edit for name in wanted if name in self.carrying for edit in self.carrying[name](row, wanted[name])]
        alone = {name: value for name, value in wanted.items() if name not in self.carrying}
        return [*carried, *([Edit(self.entity.name, row, alone)] if alone else [])]

    def _words(self, edits: Sequence[Edit]) -> str:
        """How many rows, and how many of others that have followed them."""
        changed = {name: len({edit.row for edit in edits if edit.entity == name}) for name in dict.fromkeys(edit.entity for edit in edits)}
        own = plural(changed.pop(self.entity.name, 0), self.entity.forms)
        followed = [plural(count, self.session.store.catalogue[name].forms) for name, count in changed.items()]
        return f"изменено: {own}" + (f", вслед за этим {' и '.join(followed)}" if followed else "")


def in_words(field: Field) -> Field:
    return replace(field, kind=Kind.CHOICE, choices=FLAG_WORDS) if field.kind is Kind.FLAG else field
