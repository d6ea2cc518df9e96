"""What a screen stands on: the program of this folder (`Application`) and one open tab of it (`Session`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit

from nicegui import ui
from nicegui.elements.sub_pages import SubPages

from local_app import sight
from local_app.desk import Desk, refusing
from local_app.drafts import Drafts
from shared.change import Edit, Refused, View

if TYPE_CHECKING:
    from pathlib import Path

    from nicegui import Client
    from nicegui.element import Element

    from local_app.backups import Backups
    from local_app.documents.printer import Printer
    from local_app.repeats import Repeats
    from local_app.syncing import Syncing
    from shared.store import Store

Listener = Callable[[], object]
Query = Mapping[str, str]
NOTHING = View(0, 0)
MINUTE = "minute"
"""No table: what is listened to by who shows how things stand now, «сегодня» or «просрочено»."""


class Say(Protocol):
    """A notice at the bottom of the screen, with «Отменить» when there is what to undo, «Вернуть» after that.

    `resume`: «Продолжить» (or `resumes`) takes the user back to what was not finished.
    """

    def __call__(
        self,
        text: str,
        undoable: bool = False,  # noqa: FBT001, FBT002 - `say("…", True)`
        /,
        *,
        redoable: bool = False,
        resume: Callable[[], object] | None = None,
        resumes: str = "Продолжить",
    ) -> None: ...


@dataclass(slots=True)
class Application:
    """One folder, opened by one process: everything here belongs to the thread of the screens."""

    folder: Path
    title: str
    desk: Desk
    drafts: Drafts
    clock: Callable[[], datetime]
    turning: bool = False  # a large act is being undone or done again
    kept: dict[str, object] = field(default_factory=dict)  # what a screen has begun and goes on with when it is shown again
    sync: Syncing = field(init=False)  # put in when the program starts
    backups: Backups = field(init=False)  # likewise
    repeats: Repeats = field(init=False)  # likewise
    printer: Printer = field(init=False)  # likewise

    @property
    def store(self) -> Store:
        return self.desk.store

    def my_name(self) -> str:
        """The user's name, '' before enrolment."""
        return str(self.store.one("SELECT name FROM employees WHERE id = ?", (self.desk.author,)) or "")


@dataclass(slots=True)
class Session:
    """One open tab. `listen` and `on_query` belong to the screen that is shown and end when it is left.

    `seen`: what its user can have seen, which is what the tab was told of, not what the sync has committed a moment ago.
    """

    app: Application
    client: Client
    path: str = "/"
    query: Query = field(default_factory=dict)
    say: Say = lambda *_, **__: None  # put in by the frame
    entitle: Callable[..., None] = lambda *_: None  # put in by the frame: `entitle(("Клиенты", "/clients"), "Ромашка")`
    overlay: Element | None = None  # put in by the frame: windows live here, for a screen redraws its own parts at any moment
    set_theme: Callable[[str], object] = lambda _: None  # put in by the theme
    tell_seen: Callable[[str], object] = lambda _: None  # put in by the frame: the page keeps it with what is typed
    seen: View = field(default=NOTHING, init=False)
    _listeners: list[tuple[frozenset[str], Listener]] = field(default_factory=list)
    _lasting: list[tuple[frozenset[str], Listener]] = field(default_factory=list)
    _on_query: list[Callable[[Query], None]] = field(default_factory=list)
    _leaving: list[Listener] = field(default_factory=list)
    _missed: frozenset[str] = frozenset()
    _minute: datetime | None = None
    _filters: dict[str, Query] = field(default_factory=dict)
    _stop: Listener = lambda: None

    @property
    def desk(self) -> Desk:
        return self.app.desk

    @property
    def store(self) -> Store:
        return self.app.desk.store

    def start(self) -> None:
        """Hear of every commit until the tab is gone."""
        self.see(self.desk.view())
        self._stop = self.app.desk.listen(self._changed)
        self.client.on_connect(self._awake)
        self.client.on_delete(self.stop)

    def see(self, view: View) -> None:
        """This is what the tab shows from now on."""
        self.seen = view
        self.tell_seen(sight.told(view))

    def watch_sync(self, watcher: Listener, *, lasting: bool = False) -> None:
        """Call `watcher` when a sync begins, goes on and ends, while the screen is shown (the frame: until the tab is gone)."""

        def told() -> None:
            if not self.client.has_socket_connection:  # a sync changes the state, of which a tab hears when it is back
                self._missed |= {"state"}
                return
            with self.client:
                watcher()

        stop = self.app.sync.watch(told)
        if lasting:
            self.client.on_delete(stop)
        else:
            self.on_leaving(stop)

    def refresh(self) -> None:
        """Draw the screen anew."""
        self.see(self.desk.view())
        with self.client:
            for element in self.client.layout.descendants():
                if isinstance(element, SubPages):
                    self.leave()
                    element.refresh()
                    return

    def asked(self) -> None:
        """Tell the screen that its filters have changed."""
        for listener in tuple(self._on_query):
            listener(self.query)

    def stop(self) -> None:
        self._stop()
        self.leave()
        self._lasting.clear()

    def leave(self) -> None:
        """The screen is left: nobody of it listens any more."""
        for stop in self._leaving:
            stop()
        self._leaving.clear()
        self._listeners.clear()
        self._on_query.clear()

    def on_leaving(self, listener: Listener) -> None:
        """Call `listener` when the screen is left."""
        self._leaving.append(listener)

    def part(self, draw: Callable[[], object]) -> Listener:
        """Draws a part of the screen that goes before the screen does; the answer ends what it has begun to listen to."""
        known = len(self._listeners)
        draw()
        own = {id(entry) for entry in self._listeners[known:]}

        def end() -> None:
            self._listeners[:] = [entry for entry in self._listeners if id(entry) not in own]

        return end

    def listen(self, tables: Iterable[str], listener: Listener, *, lasting: bool = False) -> Callable[[], None]:
        """Call `listener` after every commit that touches one of the tables, while the screen is shown (the frame: lasting)."""
        heard, entry = self._lasting if lasting else self._listeners, (frozenset(tables), listener)
        heard.append(entry)
        return lambda: heard.remove(entry) if entry in heard else None

    def on_query(self, listener: Callable[[Query], None]) -> None:
        """Call `listener` with the new filters when the address changes within the screen (back, forward, a link)."""
        self._on_query.append(listener)

    def moved(self, address: str) -> bool:
        """The browser stands at another address; True when it is another screen."""
        path, query = split(address)
        other, self.path, self.query = path != self.path, path, query
        self._filters[path] = query
        if other:
            self.see(self.desk.view())
            self.leave()
        self.asked()
        return other

    def over(self) -> Element:
        """`with session.over(), ui.dialog(): …`: a window that no redrawing of the screen takes away."""
        if self.overlay is None:
            raise RuntimeError("a window needs a frame")
        return self.overlay

    def go(self, path: str, query: Query | None = None) -> None:
        """Show another screen."""
        ui.navigate.to(address(path, query or {}))

    def ask(self, query: Query, *, replace: bool = False) -> None:
        """Write the filters of the screen into the address; the screen has already followed them itself. `replace`: no new step back."""
        self.query = self._filters[self.path] = dict(query)
        target = address(self.path, query)
        self.client.sub_pages_router.current_path = target
        written = json.dumps(target)
        self.client.run_javascript(f"history.{'replace' if replace else 'push'}State({{page: {written}}}, '', {written})")

    def back_to(self, path: str) -> str:
        """The address of a screen as this tab has left it: a list keeps its filters while one of its rows is looked at."""
        return address(path, self._filters.get(path, {}))

    def do(self, edits: Iterable[Edit], words: str, view: View | None = None) -> bool:
        """One act over what the screen shows, or a form showed when it was opened; what the business refuses is said in a notice.

        Forms call the desk themselves, to show it under the field.
        """
        return self.attempt(lambda: self.desk.do(edits, words, view or self.seen))

    def attempt(self, act: Callable[[], object]) -> bool:
        """Does what may be refused, by the business or by the disk; the reason is said in a notice."""
        try:
            with refusing():
                act()
        except Refused as refused:
            self.say(str(refused))
            return False
        return True

    def _changed(self, tables: frozenset[str]) -> None:
        """A tab that is closed or asleep hears the news when it is back."""
        if not self.client.has_socket_connection:
            self._missed |= tables
            return
        now = self.desk.view()
        self.see(now if "state" in tables else sight.typing_on(self.seen, now))  # told of others' work, or of one's own only
        with self.client:
            for wanted, listener in (*self._lasting, *self._listeners):
                if wanted & tables:
                    listener()

    def pass_time(self) -> None:
        """Called every few seconds: nobody has written anything when a reminder comes due, or at midnight."""
        minute = self.app.clock().replace(second=0, microsecond=0)
        if minute == self._minute or not self.client.has_socket_connection:
            return
        self._minute = minute
        with self.client:
            for wanted, listener in (*self._lasting, *self._listeners):
                if MINUTE in wanted:
                    listener()

    def _awake(self) -> None:
        missed, self._missed = self._missed, frozenset()
        if missed:
            self._changed(missed)


def split(address: str) -> tuple[str, dict[str, str]]:
    """«/orders?status=…» as its path and its filters."""
    parts = urlsplit(address)
    return parts.path.rstrip("/") or "/", dict(parse_qsl(parts.query))


def address(path: str, query: Query) -> str:
    """A path with its filters, empty ones left out."""
    kept = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path
