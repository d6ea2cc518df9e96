"""A window over the screen: named for who does not see it, and never taken away by a redrawing of what lies under it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

from nicegui import ui

from local_app.session import Session
from local_app.widgets.tags import div


class Window(ui.dialog):
    """A dialog that is asked before it goes, by Esc, a click beside it or `close`: it stays while `stays` says so.

    `left` is called when the screen under it is left by a key or the browser's «back»: then it goes without being asked.
    """

    def __init__(self) -> None:
        self.stays: Callable[[], bool] = lambda: False
        self.left: Callable[[], object] = lambda: None
        super().__init__(value=True)

    def set_value(self, value: bool) -> Self:  # noqa: FBT001 - what the browser asks for
        return self if self._kept(value) else super().set_value(value)

    def close(self) -> Self:
        return self if self._kept(wanted=False) else super().close()

    def _kept(self, wanted: bool) -> bool:  # noqa: FBT001 - open or not
        return not wanted and self.value and self.stays()


@contextmanager
def window(session: Session, name: str, classes: str = "", *, style: str | None = None) -> Iterator[Window]:
    """Put its contents in the block; whoever opens it deletes it when it hides. `name`: what a screen reader says."""
    with session.over(), Window() as dialog:
        dialog.props["aria-label"] = name
        dialog.on("hide", js_handler="() => dispatchEvent(new Event('uncovered'))")  # keys.js gives the focus back
        with div(f"dialog {classes}", style=style):
            yield dialog


def leave_windows(session: Session) -> None:
    """The screen under them is left."""
    for each in tuple(session.client.layout):  # the framework hangs dialogs there, wherever they are made
        if isinstance(each, Window):
            each.left()
    session.over().clear()
