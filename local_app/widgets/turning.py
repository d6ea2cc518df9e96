"""Undo and redo in one tab: at once, or beside the screens when the act was a large one."""

from __future__ import annotations

from functools import partial

from local_app import undoing
from local_app.desk import Desk
from local_app.session import Session
from local_app.widgets.longwork import Stopped, Work, at_a_desk
from shared.change import Refused

LARGE = 1_000
"""Changes of one step from which undoing it takes longer than a click may."""


async def undo(session: Session) -> None:
    await turn(session, back=True)


async def redo(session: Session) -> None:
    await turn(session, back=False)


async def turn(session: Session, *, back: bool) -> None:
    """One step back or forth; what the business refuses is said in a notice."""
    try:
        words = await turned(session, back=back)
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
