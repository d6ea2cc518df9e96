"""The sync in the header: a dot and words; a click leads to the details."""

from __future__ import annotations

from nicegui import ui

from local_app.session import Session
from local_app.widgets.tags import link, span

REFRESH_SECONDS = 10.0


def indicator(session: Session) -> None:
    with link("", "/sync", "sync") as shown:
        span("dot")
        words = span()

    def refresh() -> None:
        mood, text = session.app.sync.words()
        shown.classes(replace=f"sync {mood}")
        words.set_text(text)

    refresh()
    session.listen({*session.store.catalogue, "state"}, refresh, lasting=True)
    session.watch_sync(refresh, lasting=True)
    ui.timer(REFRESH_SECONDS, refresh)
