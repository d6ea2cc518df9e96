"""The lines editor: a table of an order's lines that behaves like a spreadsheet. It shows and reports; whoever makes it decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

Message = Mapping[str, Any]


class Lines(Element, component="lines.js"):
    """`state` is what is drawn first: rows, totals, units, rates, spare ids for new lines, view, problems, drafts.

    on_act    a message with `kind` (commit, paste, move, remove, forget) and `serial`; answer it by `answer` with `done=serial`
    on_search what is typed into a product cell, with a `serial` to hand back to `offer`
    on_undo   Ctrl+Z (True) or Ctrl+Y (False) outside of an edited cell
    """

    def __init__(
        self,
        place: str,
        state: Message,
        *,
        on_act: Callable[[Message], None],
        on_search: Callable[[int, str], None],
        on_undo: Callable[[bool], object],
    ) -> None:
        super().__init__()
        self.props["state"] = state
        self.props["place"] = place
        self.on("act", lambda event: on_act(_first(event)))
        self.on("search", lambda event: on_search(int(_first(event)["serial"]), str(_first(event)["text"])))
        self.on("undo", lambda event: on_undo(bool(_first(event))))

    def answer(self, news: Message) -> None:
        """Only what changed: rows, order, totals, view, spare, flashes, done, wrong, drafts, focus."""
        self.run_method("apply", news)

    def take_focus(self) -> None:
        """Where the next line is typed."""
        self.run_method("take_focus")

    def offer(self, serial: int, options: Sequence[Message]) -> None:
        """What was found for a typed text; a later question makes it void."""
        self.run_method("found", serial, options)


def _first(event: GenericEventArguments) -> Any:  # noqa: ANN401 - whatever the screen sends
    """Vue events come as a list of arguments when there are several."""
    return event.args[0] if isinstance(event.args, list) else event.args
