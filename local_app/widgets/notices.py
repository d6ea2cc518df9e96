"""Notices at the bottom of the screen: what happened, and «Отменить», «Вернуть» after that, «Продолжить» what is not finished."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from types import MappingProxyType

from local_app.session import Session
from local_app.undoing import next_batch
from local_app.widgets.tags import Tag, div, span
from local_app.widgets.turning import redo, undo

WHEN_READ = "(event) => event.animationName === 'read' && emit()"
"""The browser counts the seconds (frame.css): it alone knows that the pointer or the focus is on a notice, which stays so long."""

PASSED = MappingProxyType({
    True: "После этого сделано другое. Отменяйте по порядку: Ctrl+Z",
    False: "После этого сделано другое. Возвращайте по порядку: Ctrl+Y",
})  # fmt: skip
"""A notice stays for seconds, and its button is about what it tells of: not about what was done meanwhile."""


def notices(session: Session) -> None:
    """The place of the notices of one tab; `session.say` fills it from now on."""
    holder = div("", role="status", aria_live="polite")

    async def turn(step: Callable[[Session], Awaitable[None]], batch: int, *, back: bool) -> None:
        holder.clear()  # a large step takes a while, in which it must not be asked for twice
        if next_batch(session.store, back=back) == batch:
            await step(session)
        else:
            session.say(PASSED[back])

    def again(step: Callable[[], object]) -> object:
        holder.clear()
        return step()

    def say(
        text: str,
        undoable: bool = False,  # noqa: FBT001, FBT002 - `session.say("…", True)`
        *,
        redoable: bool = False,
        resume: Callable[[], object] | None = None,
        resumes: str = "Продолжить",
    ) -> None:
        holder.clear()
        with holder, div("notice") as shown:
            span("", text)
            if undoable:
                Tag("button", "", "Отменить", on_click=partial(turn, undo, next_batch(session.store, back=True), back=True), type="button")
            if redoable:
                Tag("button", "", "Вернуть", on_click=partial(turn, redo, next_batch(session.store, back=False), back=False), type="button")
            if resume:
                Tag("button", "", resumes, on_click=partial(again, resume), type="button")
            Tag("button", "", "✕", on_click=holder.clear, type="button", aria_label="Закрыть", title="Закрыть")
        shown.on("animationend", shown.delete, args=[], js_handler=WHEN_READ)

    session.say = say
