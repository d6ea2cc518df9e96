"""Notices at the bottom of the screen: what happened, and «Отменить», «Вернуть» after that, «Продолжить» what is not finished."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from local_app.session import Session
from local_app.widgets.tags import Tag, div, span
from local_app.widgets.turning import redo, undo

WHEN_READ = "(event) => event.animationName === 'read' && emit()"
"""The browser counts the seconds (frame.css): it alone knows that the pointer or the focus is on a notice, which stays so long."""


def notices(session: Session) -> None:
    """The place of the notices of one tab; `session.say` fills it from now on."""
    holder = div("", role="status", aria_live="polite")

    def turn(step: Callable[[Session], Awaitable[None]]) -> Awaitable[None]:
        holder.clear()  # a large step takes a while, in which it must not be asked for twice
        return step(session)

    def again(step: Callable[[], object]) -> None:
        holder.clear()
        step()

    def say(
        text: str,
        undoable: bool = False,  # noqa: FBT001, FBT002 - `session.say("…", True)`
        *,
        redoable: bool = False,
        resume: Callable[[], object] | None = None,
    ) -> None:
        holder.clear()
        with holder, div("notice") as shown:
            span("", text)
            if undoable:
                Tag("button", "", "Отменить", on_click=partial(turn, undo), type="button")
            if redoable:
                Tag("button", "", "Вернуть", on_click=partial(turn, redo), type="button")
            if resume:
                Tag("button", "", "Продолжить", on_click=partial(again, resume), type="button")
            Tag("button", "", "✕", on_click=holder.clear, type="button", aria_label="Закрыть", title="Закрыть")
        shown.on("animationend", shown.delete, args=[], js_handler=WHEN_READ)

    session.say = say
