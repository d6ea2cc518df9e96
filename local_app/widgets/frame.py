"""The frame around every screen: navigation, the bar on top, notices, keys."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import NamedTuple

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.sub_pages import SubPages

from local_app import sight
from local_app.session import MINUTE, Session
from local_app.widgets import manual, syncview
from local_app.widgets.notices import notices
from local_app.widgets.shortcuts import show_shortcuts
from local_app.widgets.tags import Pieces, Tag, button, div, link, span
from local_app.widgets.theme import ICON, dress
from local_app.widgets.turning import by_key
from local_app.widgets.window import leave_windows
from shared.change import Refused
from shared.formats import NO_TIME, whole
from shared.store import StoreTrouble, refusals

ENTRIES = (
    ("Главная", "/", "o_home"),
    ("Клиенты", "/clients", "o_groups"),
    ("Заказы и документы", "/orders", "o_receipt_long"),
    ("Товары и услуги", "/products", "o_inventory_2"),
    ("Календарь", "/calendar", "o_event"),
    ("Отчёты", "/reports", "o_bar_chart"),
    ("Справочники", "/directory", "o_menu_book"),
    ("Синхронизация", "/sync", "o_sync"),
    ("Настройки", "/settings", "o_settings"),
)
MANY = 100
"""What waits beyond is not counted in the narrow badge."""
LOOK_SECONDS = 5
"""So often a tab looks at the clock."""
Builder = Callable[..., object]


class Seek(Element, component="seek.js"):
    """The search everywhere."""


class Crumb(NamedTuple):
    """A step of the way to a screen, or what stands between two of them."""

    classes: str
    words: str
    href: str = ""


class Screens(SubPages):
    """The place of the screens; an unknown address and a fault are told in Russian."""

    def _render_404(self) -> None:
        self._data["session"].entitle("Нет такой страницы")
        with div("empty"):
            div("", "Такой страницы нет. Возможно, ссылка устарела.")
            link("На главную", "/", "btn")

    def _render_error(self, fault: Exception) -> None:
        """What the business or the disk says is said as it is; anything else is a bug, whose words are for who reads the console."""
        with div("empty"):
            if isinstance(fault, Refused | StoreTrouble):
                div("", str(fault))
            else:
                div("", "Этот экран не открылся из-за ошибки в программе. Данные не пострадали.")
                div("caption", "Откройте его ещё раз. Если не поможет, закройте программу и откройте снова.")
            button("Повторить", self._data["session"].refresh, kind="main")
            link("На главную", "/", "btn")


def frame(session: Session, screens: Mapping[str, Builder]) -> None:
    """A whole page of one tab: the frame, and inside it the screen that the address names."""
    dress(session)
    carry_seen(session)
    session.moved(session.client.sub_pages_router.current_path)
    entries = navigation(session)
    with div("stage"):
        top_bar(session)
        syncview.clock_warning(session)
        syncview.role_warning(session)
        notices(session)
        session.overlay = div("hidden-holder")
        tell_refused(session)
        session.client.sub_pages_router.on_path_changed(lambda path: arrive(session, entries, path))
        mark_entries(session, entries)
        Screens(dict(screens), data={"session": session})
    ui.on("pressed", lambda event: press(session, str(event.args)))
    ui.timer(LOOK_SECONDS, session.pass_time)


def carry_seen(session: Session) -> None:
    """What the tab shows, as a word in the page: a text that only the browser has kept is judged by it (field.js)."""
    carried = Tag("meta", data_seen=sight.told(session.seen))

    def told(word: str) -> None:
        if carried.props["data-seen"] != word:
            carried.props["data-seen"] = word
            carried.update()

    session.tell_seen = told


def tell_refused(session: Session) -> None:
    """What the hub did not take vanishes from the lists: whoever wrote it hears of it at once."""
    known = refusals.remembered(session.store)

    def told() -> None:
        nonlocal known
        before, known = known, refusals.remembered(session.store)
        if known > before:
            session.say(f"Сервер не принял изменений: {whole(known - before)}. Они сохранены в разделе «Синхронизация»", False)

    session.watch_sync(told, lasting=True)


def arrive(session: Session, entries: dict[str, Tag], path: str) -> None:
    if session.moved(path):
        leave_windows(session)
        mark_entries(session, entries)


def navigation(session: Session) -> dict[str, Tag]:
    """The nine modules, by their address; badges only for what waits for the user."""
    entries = {}
    with Tag("nav", "nav", aria_label="Разделы"):
        with link("", "/", "brand"):
            ui.html(ICON, sanitize=False).props("aria-hidden=true")
            span("words", "Заказник")
        with div("entries"):
            for number, (label, path, icon) in enumerate(ENTRIES, 1):
                with Tag("a", "entry", href=path, title=f"{label} (Alt+{number})", aria_label=label) as entries[path]:
                    ui.icon(icon)
                    span("words grow", label)
                    badge(session, path)
            with Tag(
                "button",
                "entry aside fold",
                on_click=lambda: fold(session),
                type="button",
                title="Свернуть или развернуть меню",
                aria_label="Свернуть меню",
            ):
                ui.icon("o_view_sidebar")
                span("words", "Свернуть")
    return entries


def badge(session: Session, path: str) -> None:
    """How much waits: disagreements, overdue reminders."""
    count = {"/sync": conflict_count, "/calendar": overdue_count}.get(path)
    if count is None:
        return
    shown = span("badge")

    def refresh() -> None:
        waiting = count(session)
        shown.set_text(str(waiting) if waiting < MANY else f"{MANY - 1}+")
        shown.set_visibility(waiting > 0)

    refresh()
    session.listen({*session.store.catalogue, MINUTE}, refresh, lasting=True)


def conflict_count(session: Session) -> int:
    """Disagreements, and what the hub did not take."""
    return session.store.count_conflicts() + refusals.count(session.store)


def overdue_count(session: Session) -> int:
    """Of a reminder without a time of day only when its day is over."""
    now, me = session.app.clock(), session.desk.author
    sql = "SELECT count(*) FROM reminders WHERE deleted = 0 AND done = 0 AND moment < ? AND moment <> ? AND coalesce(employee_id, ?) = ?"
    return int(session.store.one(sql, (f"{now:%Y-%m-%dT%H:%M}", f"{now:%Y-%m-%d}T{NO_TIME}", me, me)))


def mark_entries(session: Session, entries: dict[str, Tag]) -> None:
    for path, entry in entries.items():
        here = session.path == path or (path != "/" and session.path.startswith(f"{path}/"))
        entry.classes(add="here" if here else "", remove="" if here else "here")
        entry.props["aria-current"] = "page" if here else None


def fold(session: Session) -> None:
    folded = not session.app.drafts.setting("folded", default=False)
    session.app.drafts.set("folded", folded)
    session.client.run_javascript(f"document.body.classList.toggle('folded', {json.dumps(folded)})")


def top_bar(session: Session) -> None:
    crumbs: dict[Hashable, Crumb | Callable[[], Tag]] = {}
    with Tag("header", "top"):
        trail = Pieces("crumbs", lambda: crumbs, crumb)
        trail.holder.props.update({"role": "heading", "aria-level": "1"})
        Seek()
        syncview.indicator(session)
        person(session)
        button("", lambda: show_shortcuts(session), kind="flat icon", icon="o_keyboard", tip="Клавиши (?)")

    def entitle(*way: tuple[str, str] | str, instead: Callable[[], Tag] | None = None) -> None:
        """A card says its title after every commit, and another one while it is typed: Esc and a click on the way back do not miss."""
        crumbs.clear()
        for place, part in enumerate(() if instead else way):
            if place:
                crumbs[place, "/"] = Crumb("sep", "/")
            crumbs[place, ""] = Crumb("", part[0], session.back_to(part[1])) if isinstance(part, tuple) else Crumb("cut", part)
        if instead:
            crumbs["instead"] = instead
        trail.refresh()
        last = way[-1]
        ui.page_title(f"{last if isinstance(last, str) else last[0]} — {session.app.title}")

    session.entitle = entitle


def crumb(part: Crumb | Callable[[], Tag]) -> Tag:
    """A step of the way here; Esc goes the last one back."""
    if not isinstance(part, Crumb):
        return part()
    if part.href:
        return Tag("a", part.classes, part.words, href=part.href, data_key_back="1", title="Назад (Esc)")
    return span(part.classes, part.words)


def person(session: Session) -> None:
    """Who works here; the way to the settings."""
    with link("", "/settings", "me") as shown:
        face, name = span("face"), span("cut")

    def refresh() -> None:
        mine = session.app.my_name()
        shown.set_visibility(bool(mine))
        face.set_text("".join(word[0] for word in mine.split()[:2]))
        name.set_text(mine)
        shown.props["title"] = mine

    refresh()
    session.listen({"employees", "state"}, refresh, lasting=True)


def press(session: Session, key: str) -> object:
    """Keys the page has handed over; an answer that can be awaited is awaited."""
    acts: dict[str, Callable[[Session], object]] = {
        "undo": partial(by_key, back=True),
        "redo": partial(by_key, back=False),
        "keys": show_shortcuts,
        "help": show_manual,
    }
    return acts[key](session)


def show_manual(session: Session) -> None:
    """At the chapter about this screen; from the manual itself there is nowhere to go."""
    if session.path != manual.PATH:
        ui.navigate.to(manual.address_of(session.path, session.query))
