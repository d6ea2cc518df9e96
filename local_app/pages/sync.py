"""«Синхронизация»: the state, the button, what is not sent, and the disagreements with both their values."""

from __future__ import annotations

from functools import partial

from nicegui import run, ui

from local_app.session import Session
from local_app.sync import Syncer
from local_app.syncing import since
from local_app.widgets.card import spoken_time
from local_app.widgets.fields import as_typed, name_of, path_of
from local_app.widgets.tags import Tag, button, div, empty, link, span
from shared.change import Edit, Refused, SyncTrouble
from shared.entity import Entity, Field, Kind, Value
from shared.formats import plural
from shared.store import Conflict, Rival

DELETED = Field("deleted", Kind.FLAG, "Удалён")


def page(session: Session) -> None:
    session.entitle("Синхронизация")
    with div("page narrow"):
        state = div("panel")
        if not session.app.sync.state().enrolled:
            with div("panel"):
                joining(session)
        conflicts = div("panel")

    def refresh() -> None:
        state.clear()
        with state:
            draw_state(session)
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


def joining(session: Session) -> None:
    """The one-time code of the administrator makes this laptop one of the firm's."""
    div("title", "Подключение к серверу")
    div("body secondary", "Возьмите у администратора адрес сервера и одноразовый код. До этого всё работает, но только на этом компьютере.")

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


def draw_conflicts(session: Session) -> None:
    """Two people have changed one field without seeing each other; the chosen value is written anew and both laptops agree."""
    conflicts = session.store.conflicts()
    with div("title"):
        span("grow", "Расхождения")
        if conflicts:
            span("badge", str(len(conflicts)))
    if not conflicts:
        empty("Расхождений нет. Они появляются, когда двое изменили одно и то же поле, не видя правки друг друга.")
        return
    with div("body stack"):
        for conflict in conflicts:
            draw_conflict(session, conflict)


def draw_conflict(session: Session, conflict: Conflict) -> None:
    entity = session.store.catalogue.get(conflict.entity)
    if entity is None:
        return
    field = DELETED if conflict.field == "deleted" else entity.field(conflict.field)
    with div("conflict"):
        with div("head"):
            link(f"{entity.label} {name_of(session.store, entity.name, conflict.row)}", path_of(entity.name, conflict.row))
            span("secondary", field.label if field else conflict.field)
        for rival in conflict.values:
            with div("head"):
                span("grow cut", told(session, entity, field, rival))
                span("caption", whose(session, rival))
                span("caption", "сейчас действует" if rival.winner else "")
                button("Оставить это" if rival.winner else "Взять это", partial(settle, session, conflict, rival))


def told(session: Session, entity: Entity, field: Field | None, rival: Rival) -> str:
    """The value in words; in a disagreement about deletion the other side is an edit of some other field."""
    if field is DELETED:
        other = entity.field(rival.field)
        return (
            "Удалить"
            if rival.field == "deleted" and rival.value
            else f"Не удалять: изменено поле «{other.label}»"
            if other
            else "Не удалять"
        )
    return spoken(session, field, rival.value) or "пусто"


def spoken(session: Session, field: Field | None, value: Value) -> str:
    if field is None:
        return str(value)
    if field.kind is Kind.REFERENCE:
        return name_of(session.store, field.target, value)
    return (field.choices or {}).get(str(value), "") if field.kind is Kind.CHOICE else as_typed(field, value)


def whose(session: Session, rival: Rival) -> str:
    person = session.store.one("SELECT name FROM employees WHERE id = ?", (rival.author,)) or "Без имени"
    return f"{person}, {spoken_time(rival.at_ms, session.app.clock())}"


def settle(session: Session, conflict: Conflict, rival: Rival) -> None:
    """Written by someone who sees both, so the disagreement ends on every laptop; equal values are written too."""
    value: Value = (1 if rival.field == "deleted" and rival.value else 0) if conflict.field == "deleted" else rival.value
    edit = Edit(conflict.entity, conflict.row, {conflict.field: value})
    if session.do([edit], f"Расхождение: выбрано значение поля {conflict.field}"):
        session.say("Расхождение снято", True)
