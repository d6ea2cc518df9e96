"""The sync in the header: a dot and words; a click leads to the details. Under it, what stands in the way of the whole work."""

from __future__ import annotations

import json
from collections.abc import Callable

from nicegui import ui

from local_app import skew
from local_app.session import Session
from local_app.widgets.tags import div, link, span
from local_app.wiping import wiped
from shared.store.news import news

REFRESH_SECONDS = 10.0
FORGET_TYPED = "Object.keys(localStorage).filter((key) => key.startsWith('zakaznik ')).forEach((key) => localStorage.removeItem(key));"
READS_ONLY = "Ваша роль — «Только чтение»: ваши правки сервер не примет, они останутся только на этом ноутбуке"
LOAD_ANEW = "location.replace('/sync');"
"""A page that is only led elsewhere keeps the grids of its registers, with their rows."""


def indicator(session: Session) -> None:
    with link("", "/sync", "sync") as shown:
        span("dot")
        words = span()

    def refresh() -> None:
        mood, text = session.app.sync.words()
        shown.classes(replace=f"sync {mood}")
        shown.props["title"] = (session.app.sync.hindrance() if mood == "broken" else "") or text
        words.set_text(text)
        announce()
        leave()

    announce, leave = announcer(session), leaver(session)
    refresh()
    session.listen({*session.store.catalogue, "state"}, refresh, lasting=True)
    session.watch_sync(refresh, lasting=True)
    ui.timer(REFRESH_SECONDS, refresh)


def clock_warning(session: Session) -> None:
    """Under the bar on top, while this computer's clock is far from the hub's; in nobody's way."""
    refresh = bar("o_schedule", lambda: skew.words(session.app.sync.state().clock_off_ms))
    session.watch_sync(refresh, lasting=True)
    ui.timer(REFRESH_SECONDS, refresh)


def role_warning(session: Session) -> None:
    """Likewise, before anything is typed in vain: the hub will take none of it."""

    def words() -> str:
        role = session.store.one("SELECT role FROM employees WHERE id = ?", (session.desk.author,))
        return READS_ONLY if role == "reader" and session.app.sync.state().enrolled else ""

    refresh = bar("o_visibility", words)
    session.listen({"employees", "state"}, refresh, lasting=True)


def bar(icon: str, words: Callable[[], str]) -> Callable[[], None]:
    """A bar that is there as long as there are words for it; the answer looks anew."""
    with div("under-top", role="status") as shown:
        ui.icon(icon)
        text = span("grow")

    def refresh() -> None:
        said = words()
        shown.set_visibility(bool(said))
        text.set_text(said)

    refresh()
    return refresh


def leaver(session: Session) -> Callable[[], None]:
    """When the data are erased by order, no open screen goes on showing them, and the browser forgets what was being typed.

    A page that was closed at that moment forgets it when it is opened next, once.
    """
    known = [wiped(session.store)]
    if known[0]:
        session.client.run_javascript(forget_once(known[0]))

    def leave() -> None:
        before, known[0] = known[0], wiped(session.store)
        if known[0] and known[0] != before:
            session.client.run_javascript(f"{forget_once(known[0])} {LOAD_ANEW}")

    return leave


def forget_once(at: str) -> str:
    """Whoever begins anew after that types as ever, and the browser keeps it."""
    written = json.dumps(at)
    return f"if (localStorage.getItem('wiped') !== {written}) {{ {FORGET_TYPED} localStorage.setItem('wiped', {written}); }}"


def announcer(session: Session) -> Callable[[], None]:
    """Says in a notice what has happened since this tab was opened; older news wait on the page of the sync."""
    told = {piece.name for piece in news(session.store)}

    def announce() -> None:
        for piece in news(session.store):
            if piece.name not in told:
                told.add(piece.name)
                session.say(piece.words)

    return announce
