"""Work that takes longer than a click may: in a thread, with a count and «Отменить»."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from nicegui import run, ui

from local_app.session import Session
from local_app.widgets.tags import Tag, div, span
from shared.formats import whole

TICK_SECONDS = 0.3
Made = TypeVar("Made")


class Stopped(Exception):
    """The user does not want it any more."""


@dataclass(slots=True)
class Work:
    """How far it is: told from the thread, read by the screen."""

    words: str
    done: int = 0
    total: int = 0
    stopped: bool = False
    ending: bool = False

    def tell(self, words: str, done: int, total: int) -> None:
        """A `Progress`; 0 of 0 is the last step, which cannot be stopped. Raises Stopped when the user has stopped the work."""
        if self.stopped:
            raise Stopped
        self.words, self.done, self.total, self.ending = words, done, total, not total

    def stop(self) -> None:
        self.stopped = True

    def __str__(self) -> str:
        return f"{self.words}: {whole(self.done)} из {whole(self.total)}" if self.total else f"{self.words}…"


async def in_thread(session: Session, words: str, work: Callable[[Work], Made]) -> Made:
    """The result of `work`, which runs beside the screens. Raises Stopped, and what it raises itself."""
    known = Work(words)
    with session.client.content, div("notice lasting", role="status") as notice:  # it stays when another screen is opened
        text = span("", str(known))
        stop = Tag("button", "", "Отменить", on_click=known.stop, type="button")

        def tick() -> None:
            text.set_text(str(known))
            stop.set_visibility(not (known.stopped or known.ending))

        ui.timer(TICK_SECONDS, tick)
    try:
        made = await run.io_bound(work, known)
    finally:
        if not notice.is_deleted:  # the tab may have been closed meanwhile
            notice.delete()
    if made is None:  # the program ends
        raise Stopped
    return made
