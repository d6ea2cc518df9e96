"""A paper on the screen, as it will be printed, filled anew when what it says has changed; and the list of its tags."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nicegui import background_tasks, run, ui

from local_app.documents.catalogue import catalogue
from local_app.documents.facts import Facts, Paper
from local_app.documents.filling import Filled
from local_app.documents.printing import font_sheet
from local_app.documents.standard import sheet
from local_app.session import Session
from local_app.widgets.tags import Tag, div, span
from shared.change import Refused

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src 'self'"
"""What a paper may load while it is looked at: our fonts and the pictures within it."""
DESK = (
    "html{background:#dfe3e8;padding:14px 0;zoom:.9}"
    "body{width:210mm;min-height:297mm;margin:0 auto;padding:14mm 12mm 16mm 18mm;background:#fff;box-shadow:0 1px 6px rgba(0,0,0,.3)}"
    "@media(max-width:720px){html{zoom:.68}}"
)
"""How the sheet lies on the screen."""
Asked = Callable[[], tuple[str, Paper]]
"""The text of a template and what is filled in. Raises Refused."""
Told = Callable[[Paper | None, Filled | None], object]
"""Hears what the paper has become; None when there is none."""


class PaperSheet:
    """Drawn where it is made."""

    def __init__(self, session: Session, asked: Asked, told: Told) -> None:
        self.session, self.asked, self.told = session, asked, told
        self.filling = self.again = False
        with div("sheet"):
            self.frame = Tag("iframe", "", sandbox="allow-same-origin", title="Как будет напечатан документ")
            self.trouble = div("empty hidden")

    def refresh(self) -> None:
        """Fill the paper anew; while it is being filled, once more after that."""
        self.again = True
        if not self.filling:
            background_tasks.create(self._fill())

    async def _fill(self) -> None:
        self.filling = True
        try:
            while self.again and not self.frame.is_deleted:
                self.again = False
                await self._fill_once()
        finally:
            self.filling = False

    async def _fill_once(self) -> None:
        try:
            body, said = self.asked()
            filled = await run.io_bound(self.session.app.printer.fill, body, said.facts)
        except Refused as refused:
            self._show(None, None, str(refused))
            return
        if filled:
            self._show(said, filled)

    def _show(self, said: Paper | None, filled: Filled | None, trouble: str = "") -> None:
        if self.frame.is_deleted:
            return
        with self.session.client:
            self.trouble.set_text(trouble)
            self.trouble.classes(add="hidden" if filled else "", remove="" if filled else "hidden")
            self.frame.set_visibility(filled is not None)
            if filled:
                self.frame.props["srcdoc"] = framed(filled.html)
                self.frame.update()
            self.told(said, filled)


def framed(html: str) -> str:
    """The paper as a page of its own: no script runs in it, nothing is loaded for it from elsewhere."""
    style = f"{font_sheet('/fonts/')}{sheet()}{DESK}"
    return f'<!doctype html><html lang="ru"><meta http-equiv="Content-Security-Policy" content="{POLICY}"><style>{style}</style>{html}'


def draw_tags(session: Session, facts: Facts) -> None:
    """All tags, each with what it comes out as on this paper."""
    div("caption", "Щелчок копирует тег. Вставьте его в текст шаблона.")
    for group, tags in catalogue(facts).items():
        Tag("h2", "", group)
        for each in tags:
            with Tag("button", "tag-line", type="button", title=f"Скопировать {each.tag}", on_click=partial(copy, session, each.tag)):
                span("", each.label)
                span("caption cut", each.value[:80])


def copy(session: Session, tag: str) -> None:
    ui.clipboard.write(tag)
    session.say(f"Скопировано: {tag}", False)
