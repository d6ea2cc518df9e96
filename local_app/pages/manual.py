"""The manual: chapters at the left, the text, and the way back to the screen it was opened from."""

from __future__ import annotations

import json
from html import escape

from nicegui import ui

from local_app.session import Query, Session, address
from local_app.widgets.manual import PATH, Chapter, chapters
from local_app.widgets.tags import Tag, div, link

SHOW = """requestAnimationFrame(() => {
    const chapter = document.getElementById(%s);
    chapter?.scrollIntoView();
    chapter?.focus({ preventScroll: true });
})"""
"""The keys scroll what has the focus."""


def page(session: Session) -> None:
    back = way_back(session.query)
    session.entitle(("Назад", back), "Руководство")
    found = chapters(back)
    with div("manual"):
        with Tag("nav", "manual-contents", aria_label="Главы руководства"):
            for chapter in found:
                if chapter.title:
                    link(chapter.title, address(PATH, {"chapter": chapter.anchor, "from": back}))
        ui.html("".join(map(html, found)), sanitize=False).classes("manual-text")

    def show(query: Query) -> None:
        session.client.run_javascript(SHOW % json.dumps(query.get("chapter") or found[1].anchor))

    session.on_query(show)
    show(session.query)


def way_back(query: Query) -> str:
    """The screen that the manual was opened from; an address that somebody else has written leads home."""
    path = query.get("from", "/")
    return path if path.startswith("/") and not path.startswith(("//", PATH)) else "/"


def html(chapter: Chapter) -> str:
    heading = f'<h2 id="{escape(chapter.anchor)}" tabindex="-1">{escape(chapter.title)}</h2>' if chapter.title else ""
    return f"{heading}{chapter.body}"
