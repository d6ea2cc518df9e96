"""A window over the screen: named for who does not see it, and never taken away by a redrawing of what lies under it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from local_app.session import Session
from local_app.widgets.tags import div


@contextmanager
def window(session: Session, name: str, classes: str = "", *, style: str | None = None) -> Iterator[ui.dialog]:
    """Put its contents in the block; whoever opens it deletes it when it hides. `name`: what a screen reader says."""
    with session.over(), ui.dialog(value=True) as dialog:
        dialog.props["aria-label"] = name
        dialog.on("hide", js_handler="() => dispatchEvent(new Event('uncovered'))")  # keys.js gives the focus back
        with div(f"dialog {classes}", style=style):
            yield dialog
