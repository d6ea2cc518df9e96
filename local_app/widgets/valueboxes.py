"""Controls of a window that writes nothing before its button: what was typed or chosen in each, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as attribute
from functools import partial

from local_app.session import Session
from local_app.widgets.card import WINDOW_WIDTH
from local_app.widgets.fields import FieldBox, Handlers, ReferenceBox, editor
from shared.change import Refused
from shared.entity import Field, Value
from shared.values import parse


@dataclass(slots=True)
class ValueBoxes:
    """`values`: what is wanted by now; a text that is wrong changes nothing, and its reason stands under it."""

    session: Session
    values: dict[str, Value] = attribute(default_factory=dict)
    boxes: dict[str, FieldBox] = attribute(default_factory=dict)

    def control(self, key: str, field: Field, value: Value, width: str = "") -> None:
        """Put the control of a field here, with this value in it. Of a reference only what is there can be chosen."""
        handlers = Handlers(
            typed=lambda text, final: self._typed(key, field, text, final=final),
            chosen=partial(self._chosen, key, field),
            created=lambda _: None,
            begun=lambda _: None,
            restored=partial(self._chosen, key, field, value),
            rival=lambda _: None,
        )
        box = self.boxes[key] = editor(field, handlers)
        box.classes(width or WINDOW_WIDTH[field.kind])
        if isinstance(box, ReferenceBox):
            box.put(creating=False)
        self._chosen(key, field, value)

    def focus(self) -> bool:
        """To the first control that is wrong; False: none is."""
        wrong = next((box for box in self.boxes.values() if box.props.get("error")), None)
        if wrong:
            wrong.take_focus()
        return bool(wrong)

    def _chosen(self, key: str, field: Field, value: Value) -> None:
        self.values[key] = value
        self.boxes[key].show_value(field, value, self.session.store)
        self.boxes[key].put(error="")

    def _typed(self, key: str, field: Field, text: str, *, final: bool) -> None:
        try:
            self.values[key] = parse(field, text, self.session.app.clock().date())
            error = ""
        except Refused as refused:
            error = str(refused)
        if final or not error:
            self.boxes[key].put(error=error, **({"text": text} if error else {}))
