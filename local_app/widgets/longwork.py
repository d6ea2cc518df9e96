"""Work that takes longer than a click may: in a thread, with a count and «Отменить»."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TypeVar

from nicegui import run, ui

from local_app.desk import Desk, refusing
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
    shown: Callable[[], bool] = lambda: False  # a screen that is open tells of it itself: no notice is needed

    def look(self) -> None:
        """For who cannot tell how far it is. Raises Stopped when the user has stopped the work."""
        if self.stopped:
            raise Stopped

    def tell(self, words: str, done: int, total: int) -> None:
        """A `Progress`; 0 of 0 is the last step, which cannot be stopped. Raises Stopped when the user has stopped the work before it."""
        if not self.ending:
            self.look()
        self.words, self.done, self.total, self.ending = words, done, total, self.ending or not total

    def stop(self) -> None:
        self.stopped = True

    def __str__(self) -> str:
        return f"{self.words}: {whole(self.done)} из {whole(self.total)}" if self.total else f"{self.words}…"


async def in_thread(session: Session, work: Work, job: Callable[[Work], Made | None]) -> Made:
    """The result of `job`, which runs beside the screens; nothing is shown of what is ready at once.

    Raises Stopped, when `job` answers None too, and whatever it raises.
    """
    with session.client.content, div("working hidden", role="status") as notice:  # it stays when another screen is opened
        text = span("", str(work))
        stop = Tag("button", "", "Отменить", on_click=work.stop, type="button")

        def tick() -> None:
            notice.classes(add="hidden" if work.shown() else "", remove="" if work.shown() else "hidden")
            text.set_text(str(work))
            stop.set_visibility(not (work.stopped or work.ending))

        ui.timer(TICK_SECONDS, tick, immediate=False)
    try:
        made = await run.io_bound(job, work)
    finally:
        if not notice.is_deleted:  # the tab may have been closed meanwhile
            notice.delete()
    if made is None:  # or the program ends
        raise Stopped
    return made


async def at_a_desk(session: Session, work: Work, job: Callable[[Desk, Work], Made]) -> Made:
    """The same for work that writes: at a desk of its own; the screens hear of it when it ends. Raises likewise."""

    def beside(known: Work) -> Made:
        with refusing(), closing(Desk.open(session.app.folder)) as desk:
            return job(desk, known)

    try:
        return await in_thread(session, work, beside)
    finally:
        session.desk.poll()
