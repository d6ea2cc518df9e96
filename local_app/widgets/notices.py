"""Notices at the bottom of the screen: what happened, «Отменить» where it can be undone, «Вернуть» where it was."""

from __future__ import annotations

from nicegui import ui

from local_app.session import Session
from local_app.widgets.tags import Tag, div, span

SECONDS = 7


def notices(session: Session) -> None:
    """The place of the notices of one tab; `session.say` fills it from now on."""
    holder = div("", role="status", aria_live="polite")

    def say(text: str, undoable: bool = False, *, redoable: bool = False) -> None:  # noqa: FBT001, FBT002 - `session.say("…", True)`
        holder.clear()
        with holder, div("notice") as shown:
            span("", text)
            if undoable:
                Tag("button", "", "Отменить", on_click=session.undo, type="button")
            if redoable:
                Tag("button", "", "Вернуть", on_click=session.redo, type="button")
            Tag("button", "", "✕", on_click=holder.clear, type="button", aria_label="Закрыть", title="Закрыть")
            ui.timer(SECONDS, shown.delete, once=True)

    session.say = say
