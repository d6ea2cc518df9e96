"""Commands on the log and the store: history, conflicts, undo, redo, sql, verify."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime
from typing import Any

from local_app.commands.names import find_entity, find_row, shown
from local_app.commands.output import Answer, table
from local_app.desk import Desk
from shared.entity import Entity, Value
from shared.progress import shown_when_large
from shared.store import Store
from shared.store.asked import answer


def history(desk: Desk, options: Namespace) -> Answer:
    entity = find_entity(desk.store.catalogue, options.entity)
    row = find_row(desk.store, entity, options.row)
    moments = desk.store.history(entity.name, row)
    data = [{**moment._asdict(), "author_name": author_name(desk.store, moment.author)} for moment in moments]
    readable = [
        {
            "когда": local_time(moment.at_ms),
            "кто": author_name(desk.store, moment.author),
            "что": _label(entity, moment.field),
            "было": _shown(desk.store, entity, moment.field, moment.before),
            "стало": _shown(desk.store, entity, moment.field, moment.after),
            "не принято": moment.refused,
        }
        for moment in moments
    ]
    return Answer(data, table(readable))


def conflicts(desk: Desk, _: Namespace) -> Answer:
    found = desk.store.conflicts()
    data = [{**conflict._asdict(), "values": [value._asdict() for value in conflict.values]} for conflict in found]
    lines = [
        line for conflict in found for line in _conflict_lines(desk.store, conflict.entity, conflict.row, conflict.field, conflict.values)
    ]
    return Answer(data, "\n".join(lines) or "расхождений нет")


def undo(desk: Desk, _: Namespace) -> Answer:
    words = desk.undo(shown_when_large())
    return Answer({"undone": words}, f"Отменено: {words}")


def redo(desk: Desk, _: Namespace) -> Answer:
    words = desk.redo(shown_when_large())
    return Answer({"redone": words}, f"Возвращено: {words}")


def sql(desk: Desk, options: Namespace) -> Answer:
    """A SELECT over the drawn tables and the Russian views; nothing can be written through it."""
    rows = answer(desk.store, options.query)
    return Answer(rows, table(rows))


def author_name(store: Store, author: str) -> str:
    """The employee's name; '' for changes made before the laptop was enrolled."""
    row = store.row("employees", author) if author else None
    return str(row["name"]) if row else author


def local_time(at_ms: int) -> str:
    """Milliseconds since 1970 as the local «12.03.2026 14:05»."""
    return datetime.fromtimestamp(at_ms / 1000).astimezone().strftime("%d.%m.%Y %H:%M")


def _conflict_lines(store: Store, name: str, row: str, field: str, values: list[Any]) -> list[str]:
    entity = store.catalogue[name]
    lines = [f"{store.called(name, row)} ({row}), {_label(entity, field)}:"]
    for value in values:
        mark = "*" if value.winner else " "
        text = _shown(store, entity, value.field, value.value)
        lines.append(f"  {mark} {text} — {author_name(store, value.author)}, {local_time(value.at_ms)}")
    return lines


def _label(entity: Entity, name: str) -> str:
    field = entity.field(name)
    return field.label if field else "удаление" if name == "deleted" else name


def _shown(store: Store, entity: Entity, name: str, value: Value) -> str:
    field = entity.field(name)
    if field:
        return shown(store, field, value)
    return ("да" if value else "нет") if name == "deleted" else str(value)
