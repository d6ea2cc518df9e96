"""A window over the screen: named for who does not see it, and never taken away by a redrawing of what lies under it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Self

from nicegui import ui

from local_app.session import Session
from local_app.widgets.tags import div


class Window(ui.dialog):
    """A dialog that is asked before it goes, by Esc, a click beside it or `close`: it stays while `stays` says so.

    `left` is called when the screen under it is left by a key or the browser's «back»: then it goes without being asked.
    `shows`: ids of the rows that are seen in it; `since`: the act before it was opened.
    """

    def __init__(self, shows: Collection[str] = (), since: int = 0) -> None:
        self.shows, self.since = shows, since
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
def window(session: Session, name: str, classes: str = "", *, style: str | None = None, shows: Collection[str] = ()) -> Iterator[Window]:
    """Put its contents in the block; whoever opens it deletes it when it hides. `name`: what a screen reader says."""
    with session.over(), Window(shows, int(session.store.one("SELECT coalesce(max(act), 0) FROM acts"))) as dialog:
        dialog.props["aria-label"] = name
        dialog.on("hide", js_handler="() => dispatchEvent(new Event('uncovered'))")  # keys.js gives the focus back
        with div(f"dialog {classes}", style=style):
            yield dialog


def windows(session: Session) -> list[Window]:
    """Those that are open, the one on top last."""
    return [each for each in session.client.layout if isinstance(each, Window) and each.value]  # the framework hangs dialogs there


def leave_windows(session: Session) -> None:
    """The screen under them is left."""
    for each in windows(session):
        each.left()
    session.over().clear()
