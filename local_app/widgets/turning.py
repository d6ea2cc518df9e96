"""Undo and redo in one tab: at once, or beside the screens when the act was a large one."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType

from local_app import undoing
from local_app.desk import Desk
from local_app.session import Session
from local_app.widgets.longwork import Stopped, Work, at_a_desk
from local_app.widgets.window import windows
from shared.change import Refused

LARGE = 1_000
"""Changes of one step from which undoing it takes longer than a click may."""
GOES_ON = MappingProxyType({
    True: "Следующее Ctrl+Z отменит то, что сделано раньше",
    False: "Следующее Ctrl+Y вернёт то, что было отменено перед этим",
})  # fmt: skip


async def undo(session: Session) -> None:
    await turn(session, back=True)


async def redo(session: Session) -> None:
    await turn(session, back=False)


async def by_key(session: Session, *, back: bool) -> None:
    """The key turns what its user sees: with a window open, only what was done in it or is shown by it."""
    if is_covered(session, back=back):
        session.say(f"Пока открыто окно, {'отменяется' if back else 'возвращается'} только то, что в нём. Закройте его и повторите")
    else:
        await turn(session, back=back)


def is_covered(session: Session, *, back: bool) -> bool:
    """Does the next step lie under an open window?"""
    try:
        return any(not undoing.concerns(session.store, each.since, each.shows, back=back) for each in windows(session)[-1:])
    except Refused:
        return False  # there is none, which is told


async def turn(session: Session, *, back: bool) -> None:
    """One step back or forth; what the business refuses is said in a notice."""
    try:
        words = await turned(session, back=back)
    except undoing.Never as never:
        session.say(f"{never}. {GOES_ON[back]}")
    except Refused as refused:
        session.say(str(refused))
    except Stopped:
        session.say("Остановлено, ничего не изменено")
    else:
        session.say(f"{'Отменено' if back else 'Возвращено'}: {words}", not back, redoable=back)


async def turned(session: Session, *, back: bool) -> str:
    """The words of what was undone or done again. Raises Refused, Stopped."""
    app = session.app
    if app.turning:
        raise Refused("Подождите: прежняя отмена ещё идёт")
    if undoing.changes_to_turn(app.store, back=back) < LARGE:
        return app.desk.undo() if back else app.desk.redo()
    app.turning = True
    try:
        return await at_a_desk(session, Work("Отмена" if back else "Возврат"), partial(turned_at, back=back))
    finally:
        app.turning = False


def turned_at(desk: Desk, work: Work, *, back: bool) -> str:
    return desk.undo(work.tell) if back else desk.redo(work.tell)
