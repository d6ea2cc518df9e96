"""The keys, in one list: `?` shows it, the manual prints it."""

from __future__ import annotations

from local_app.session import Session
from local_app.widgets.manual import address_of
from local_app.widgets.tags import Tag, button, div, span
from local_app.widgets.window import window

SHORTCUTS = (
    ("Ctrl+K", "Найти клиента, заказ, счёт, товар"),
    ("Ctrl+F", "Искать в этом реестре"),
    ("Ctrl+N или Alt+N", "Создать новую запись в этом разделе"),
    ("Enter", "Открыть строку, подтвердить ввод"),
    ("Esc", "Вернуть прежнее значение, закрыть, назад"),
    ("Ctrl+Z", "Отменить последнее действие"),
    ("Ctrl+Y", "Вернуть отменённое"),
    ("Ctrl+P", "Счёт этого заказа"),
    ("Alt+1…9", "Разделы программы по порядку"),
    ("Ctrl+1…9", "Разделы открытой карточки или заказа"),
    ("Insert", "В заказе: к новой строке"),
    ("F2", "В строках заказа: править то, что в ячейке"),
    ("Alt+↑ и Alt+↓", "В строках заказа: переставить строку"),
    ("Ctrl+Delete", "В строках заказа: удалить строку"),
    ("F1", "Справка по этому экрану"),
    ("?", "Этот список"),
)


def show_shortcuts(session: Session) -> None:
    with window(session, "Клавиши") as dialog:
        Tag("h1", "", "Клавиши")
        with div("keys-table"):
            for keys, words in SHORTCUTS:
                with span():
                    Tag("kbd", "", keys)
                span("", words)
        with div("head"):
            with div("grow"):
                Tag("a", "btn", "Руководство", href=address_of(session.path, session.query), on_click=dialog.close)
            button("Закрыть", dialog.close)
    dialog.on("hide", dialog.delete)
