"""«Синхронизация»: the state, the button, what is not sent, and the disagreements with both their values."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial

from nicegui import run, ui

from local_app.pages.duplicates import badge_link
from local_app.session import Session
from local_app.sync import Syncer
from local_app.syncing import since
from local_app.widgets.disputes import DisputeList
from local_app.widgets.history import spoken_time
from local_app.widgets.refused import RefusedList
from local_app.widgets.tags import Part, Pieces, Tag, button, div, span
from shared.change import Refused, SyncTrouble
from shared.formats import plural
from shared.store import StoreTrouble
from shared.store.news import news, read

MOST_FILES = 10
"""Troubles of single files that are told one by one."""
FILES = ("файл", "файла", "файлов")
JOINING = "Подключаемся…"


def page(session: Session) -> None:
    session.entitle("Синхронизация")

    def dismiss(name: str) -> None:
        if session.attempt(partial(read, session.store, name)):
            refresh()

    def elsewhere() -> None:
        asked.append(True)
        refresh()

    asked = list[bool]()
    with div("page narrow"):
        with div("panel"):
            show_state = state_panel(session, elsewhere)
        with div("panel") as happened:
            div("title", "Что произошло")
            news_of = Pieces("body stack", partial(told_news, session), partial(draw_news, dismiss))
        entrance = div("panel")
        with entrance:
            joining(session)
        refused = RefusedList(session)
        conflicts = DisputeList(session)

    def refresh() -> None:
        show_state()
        known = session.app.sync.state()
        entrance.set_visibility(bool(asked or known.turned_away) or not known.enrolled)
        news_of.refresh()
        happened.set_visibility(bool(news_of))
        refused.refresh()
        conflicts.refresh()

    refresh()
    session.listen({*session.store.catalogue, "state"}, refresh)
    session.watch_sync(lambda: show_state() if session.app.sync.busy else refresh())  # while it runs only the numbers move


def state_panel(session: Session, elsewhere: Callable[[], None]) -> Callable[[], None]:
    """How the sync stands, the button, and the way to a hub that has moved (`elsewhere`).

    The button stays what it is while a sync begins and ends by itself under the pointer.
    """
    with div("title"):
        with span("sync grow") as mood:
            span("dot")
            words = span()
        badge_link(session)
        start = button("Синхронизировать сейчас", lambda: now(session), kind="main", icon="o_sync")
    with Tag("table", "table"):
        lines = Part("", partial(state_lines, session), draw_lines, name="tbody")
    with div("body head") as place:
        hub = span("caption grow")
        button("Другой адрес или код", elsewhere, kind="flat", tip="Сервер переехал, или администратор выдал новый код")

    def refresh() -> None:
        tone, text = session.app.sync.words()
        mood.classes(replace=f"sync {tone} grow")
        words.set_text(text)
        enrolled, known = session.app.sync.state().enrolled, session.app.sync.hub()
        start.set_visibility(enrolled)
        place.set_visibility(enrolled)
        hub.set_text(f"Сервер: {' · '.join(filter(None, (known.title, known.url)))}" if known else "")
        lines.refresh()

    return refresh


def state_lines(session: Session) -> list[tuple[str, str, str]]:
    """Label, value, tone."""
    state, trouble = session.app.sync.state(), session.app.sync.hindrance()
    unsent = plural(state.unsent, ("изменение", "изменения", "изменений"))
    lines = [("Данные", since(state.last_ok_ms), ""), ("Не отправлено", unsent, "")]
    lines += [("Что мешает", trouble, "danger")] if trouble else []
    more = len(state.files) - MOST_FILES
    bad = [*state.files[:MOST_FILES], *([f"И ещё {plural(more, FILES)}"] if more > 0 else [])]
    return lines + [("Файлы" if not place else "", words, "danger") for place, words in enumerate(bad)]


def draw_lines(lines: list[tuple[str, str, str]]) -> None:
    for label, value, tone in lines:
        with Tag("tr"):
            Tag("td", "secondary", label, style="width:200px")
            Tag("td", tone, value)


def told_news(session: Session) -> dict[Hashable, tuple[str, str, str]]:
    """What happened to these data by itself, until it is read: its name, when, its words."""
    return {piece.name: (piece.name, spoken_time(piece.at_ms, session.app.clock()), piece.words) for piece in news(session.store)}


def draw_news(dismiss: Callable[[str], None], told: tuple[str, str, str]) -> Tag:
    name, when, words = told
    with div("head") as made:
        span("caption numbers", when)
        span("grow", words)
        button("Понятно", partial(dismiss, name))
    return made


def joining(session: Session) -> None:
    """The one-time code of the administrator makes this laptop one of the firm's."""
    again, known = session.app.sync.state().enrolled, session.app.sync.hub()
    div("title", "Подключить к серверу заново" if again else "Подключение к серверу")
    words = "Данные и история останутся на месте." if again else "До этого всё работает, но только на этом компьютере."
    div("body secondary", f"Возьмите у администратора адрес сервера и одноразовый код. {words}")

    async def join() -> None:
        if told.text == JOINING:  # a second click would spend the code once more, and be told that it is spent
            return
        tell(JOINING, "secondary")
        try:
            await run.io_bound(Syncer(session.app.folder).enrol, url.value, code.value)
        except (Refused, SyncTrouble, StoreTrouble) as trouble:
            tell(str(trouble), "danger")
            return
        session.app.desk.poll()
        await session.app.sync.now()
        session.refresh()

    def tell(words: str, tone: str) -> None:
        told.set_text(words)
        told.classes(replace=f"body {tone}")

    with div("body head"):
        url = ui.input(placeholder="orders.example.ru", value=known.url if known else "")
        url.props("dense outlined aria-label='Адрес сервера'").classes("grow")
        code = ui.input(placeholder="Одноразовый код").props("dense outlined aria-label='Одноразовый код'")
        button("Подключить", join, kind="main")
        for box in (url, code):
            box.on("keydown.enter", join, args=[])
    told = div("body", "", role="alert")


async def now(session: Session) -> None:
    trouble = await session.app.sync.now()
    with session.client:
        session.say(trouble or "Синхронизировано")
