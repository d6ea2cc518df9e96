"""«Синхронизация»: the state, the button, what is not sent, and the disagreements with both their values."""

from __future__ import annotations

from functools import partial

from nicegui import run, ui

from local_app.pages.duplicates import count_link
from local_app.session import Session
from local_app.sync import Syncer
from local_app.syncing import since
from local_app.widgets.card import spoken_time
from local_app.widgets.disputes import draw_conflicts
from local_app.widgets.tags import Tag, button, div, span
from shared.change import Refused, SyncTrouble
from shared.formats import plural
from shared.store.news import news, read


def page(session: Session) -> None:
    session.entitle("Синхронизация")
    with div("page narrow"):
        state, happened = div("panel"), div("panel")
        entrance = div("panel")
        with entrance:
            joining(session)
        conflicts = div("panel")

    def refresh() -> None:
        state.clear()
        with state:
            draw_state(session)
        known = session.app.sync.state()
        entrance.set_visibility(not known.enrolled or bool(known.turned_away))
        happened.clear()
        with happened:
            happened.set_visibility(draw_news(session))
        conflicts.clear()
        with conflicts:
            draw_conflicts(session)

    refresh()
    session.listen({*session.store.catalogue, "state"}, refresh)
    session.watch_sync(refresh)


def draw_state(session: Session) -> None:
    mood, words = session.app.sync.words()
    state = session.app.sync.state()
    with div("title"):
        with span(f"sync {mood} grow"):
            span("dot")
            span("", words)
        count_link(session)
        if state.enrolled:
            button(
                "Синхронизировать сейчас",
                lambda: now(session),
                kind="main",
                icon="o_sync",
                disabled=True if session.app.sync.busy else None,
            )
    with Tag("table", "table"), Tag("tbody"):
        line("Данные", since(state.last_ok_ms))
        line("Не отправлено", plural(state.unsent, ("изменение", "изменения", "изменений")))
        if session.app.sync.trouble:
            line("Что мешает", session.app.sync.trouble, "danger")


def draw_news(session: Session) -> bool:
    """What happened to these data by itself, until it is read; False when there is nothing."""
    found = news(session.store)
    if not found:
        return False
    div("title", "Что произошло")
    with div("body stack"):
        for piece in found:
            with div("head"):
                span("caption numbers", spoken_time(piece.at_ms, session.app.clock()))
                span("grow", piece.words)
                button("Понятно", partial(dismiss, session, piece.name))
    return True


def dismiss(session: Session, name: str) -> None:
    read(session.store, name)
    session.refresh()


def joining(session: Session) -> None:
    """The one-time code of the administrator makes this laptop one of the firm's."""
    again = session.app.sync.state().enrolled
    div("title", "Подключить к серверу заново" if again else "Подключение к серверу")
    words = "Данные и история останутся на месте." if again else "До этого всё работает, но только на этом компьютере."
    div("body secondary", f"Возьмите у администратора адрес сервера и одноразовый код. {words}")

    async def join() -> None:
        problem.set_text("")
        try:
            await run.io_bound(Syncer(session.app.folder).enrol, url.value, code.value)
        except (Refused, SyncTrouble) as trouble:
            problem.set_text(str(trouble))
            return
        session.app.desk.poll()
        await session.app.sync.now()
        session.refresh()

    with div("body head"):
        url = ui.input(placeholder="https://…").props("dense outlined aria-label='Адрес сервера'").classes("grow")
        code = ui.input(placeholder="Одноразовый код").props("dense outlined aria-label='Одноразовый код'")
        button("Подключить", join, kind="main")
    problem = div("body danger", "", role="alert")


def line(label: str, value: str, tone: str = "") -> None:
    with Tag("tr"):
        Tag("td", "secondary", label, style="width:200px")
        Tag("td", tone, value)


async def now(session: Session) -> None:
    trouble = await session.app.sync.now()
    with session.client:
        session.say(trouble or "Синхронизировано")
