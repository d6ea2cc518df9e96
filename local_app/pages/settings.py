"""Settings: who works here, where the data is, how it looks, which version this is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from sys import version_info

from nicegui import Client, ui
from nicegui import __version__ as interface_version
from nicegui import app as server

from local_app import filesync, shortcut
from local_app.guard import ENDED_PATH
from local_app.saying import of_the_system
from local_app.session import Session
from local_app.widgets.fields import path_of
from local_app.widgets.history import spoken_time
from local_app.widgets.manual import address_of
from local_app.widgets.shortcuts import show_shortcuts
from local_app.widgets.tags import Tag, button, div, link, span
from local_app.widgets.theme import ICON, THEMES
from shared import filestore
from shared.entities.people import ROLES
from shared.formats import bytes_size, whole
from shared.store import backup

MB = 1024 * 1024
LARGEST = {str(filestore.LARGEST): "Все", str(20 * MB): "До 20 МБ", str(5 * MB): "До 5 МБ", str(MB): "До 1 МБ", "0": "Никакие"}
"""Bytes of the largest file that comes by itself."""
LOOKS, BETWEEN_LOOKS_SECONDS = 100, 0.1
"""So often the program looks whether every tab has the page that says that it has ended: one that sleeps is not waited for any longer."""


def page(session: Session) -> None:
    session.entitle("Настройки")
    with div("page narrow"):
        person(session)
        looks(session)
        colleagues_files(session)
        data(session)
        copies(session)
        start_and_end(session)
        about(session)


def fact(label: str, value: str) -> None:
    with Tag("tr"):
        Tag("td", "secondary", label, style="width:220px")
        Tag("td", "", value)


def person(session: Session) -> None:
    row = session.store.row("employees", session.desk.author) if session.desk.author else None
    with div("panel"):
        with div("title"):
            span("grow", "Пользователь")
            if row:
                link("Изменить", path_of("employees", row["id"]), "caption")
        with Tag("table", "table"), Tag("tbody"):
            fact("Имя", row["name"] if row else "Ноутбук ещё не подключён к серверу")
            if row:
                fact("Роль", ROLES.get(row["role"], row["role"]))
            fact("Префикс номеров", session.desk.prefix or "Появится после подключения")


def looks(session: Session) -> None:
    chosen = session.app.drafts.setting("theme", "auto")

    def choose(name: str) -> None:
        session.app.drafts.set("theme", name)
        session.set_theme(name)
        session.refresh()

    with div("panel"):
        div("title", "Вид")
        with div("body head"):
            span("grow", "Тема")
            choice(THEMES, chosen, choose)
        with div("body head"):
            span("grow", "Столбцы реестров: ширина, порядок, видимость")
            button("Вернуть как было", partial(reset_columns, session))
        with div("body head"):
            span("grow", "Клавиши")
            button("Показать", lambda: show_shortcuts(session))


def choice(words: Mapping[str, str], chosen: str, choose: Callable[[str], object]) -> None:
    """One of few, all of them in sight."""
    with div("segments", role="radiogroup"):
        for key, label in words.items():
            on = key == chosen
            Tag(
                "button", "on" if on else "", label, on_click=partial(choose, key), type="button", role="radio",
                aria_checked=str(on).lower(),
            )  # fmt: skip


def colleagues_files(session: Session) -> None:
    """Which attached files come by themselves; the rest wait for the button beside them."""

    def choose(size: str) -> None:
        filesync.set_largest(session.store, int(size))
        session.app.sync.edited()
        session.refresh()

    with div("panel"):
        div("title", "Файлы коллег")
        with div("body head"):
            span("grow", "Загружать сами при обмене")
            choice(LARGEST, str(filesync.largest_by_itself(session.store)), choose)
        div("body caption", "Остальные файлы видны в списках и загружаются кнопкой «Загрузить» рядом с файлом.")


def reset_columns(session: Session) -> None:
    session.app.drafts.forget("grid ")
    session.say("Столбцы всех реестров возвращены")


def copy_path(session: Session) -> None:
    ui.clipboard.write(str(session.app.folder))
    session.say("Путь скопирован")


def data(session: Session) -> None:
    store = session.store
    with div("panel"):
        div("title", "Данные")
        with Tag("table", "table"), Tag("tbody"):
            fact("Папка", str(session.app.folder))
            fact("Размер базы", bytes_size(store.path.stat().st_size))
            fact("Изменений в журнале", whole(store.log.last_seq()))
            fact("Метка ноутбука", store.log.state().device)
        with div("body head"):
            button("Копировать путь", partial(copy_path, session), icon="o_content_copy")


KEPT = (
    "Программа делает копию раз в день и хранит последние за 7 дней, 5 недель и 12 месяцев. "
    "Вернуть копию: завершите программу и выполните python3 run.py desk restore ФАЙЛ."
)


def copies(session: Session) -> None:
    """The last backup, and one more at once."""
    backups = session.app.backups

    async def make() -> None:
        making = backups.now()
        session.say("Делается резервная копия…")
        trouble = await making
        with session.client:
            session.say(trouble or "Резервная копия сделана и проверена")
            if not facts.is_deleted:
                draw()

    def draw() -> None:
        facts.clear()
        last = backups.last()
        with facts:
            fact("Последняя копия", spoken_time(last.at_ms, session.app.clock()) if last else "Ещё не было")
            if last:
                fact("Размер", bytes_size(last.size))
            fact("Папка", str(session.app.folder / backup.FOLDER))
            if backups.trouble:
                fact("Последняя попытка", backups.trouble)

    with div("panel"):
        div("title", "Резервные копии")
        with Tag("table", "table"):
            facts = Tag("tbody")
        draw()
        with div("body head"):
            span("caption grow", KEPT)
            button("Сделать копию сейчас", make, icon="o_save")


def start_and_end(session: Session) -> None:
    """How the program is opened without typing a command, and how it ends: a closed tab does not end it."""

    def make() -> None:
        try:
            placed = shortcut.place(session.app.folder, session.app.title, ICON)
        except OSError as error:
            session.say(of_the_system(error))
        else:
            session.say(f"Ярлык создан: {placed}")

    with div("panel"):
        div("title", "Запуск и завершение")
        with div("body head"):
            span("grow", f"Открывать Заказник ярлыком {shortcut.kind_of(shortcut.SYSTEM).where}")
            button("Создать ярлык", make)
        with div("body head"):
            span("grow", "Закрытая вкладка не завершает программу: обмен с сервером продолжается")
            button("Завершить программу", end)


async def end() -> None:
    """In every tab; nothing waits to be saved."""
    for client in Client.instances.values():
        client.run_javascript(f"location.replace('{ENDED_PATH}')")
    for _ in range(LOOKS):
        if not any(client.has_socket_connection for client in Client.instances.values()):
            break  # a tab leaves its page when the next one has come
        await asyncio.sleep(BETWEEN_LOOKS_SECONDS)
    server.shutdown()


def about(session: Session) -> None:
    try:
        number = version("zakaznik")
    except PackageNotFoundError:
        number = "из исходного кода"
    with div("panel"):
        div("title", "О программе")
        with Tag("table", "table"), Tag("tbody"):
            fact("Заказник", number)
            fact("Python", f"{version_info.major}.{version_info.minor}.{version_info.micro}")
            fact("NiceGUI", interface_version)
        with div("body head"):
            span("grow", "Как работать в программе")
            link("Руководство", address_of(session.path, session.query), "btn")
