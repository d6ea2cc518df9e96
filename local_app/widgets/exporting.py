"""Any register into an Excel file: what the filter leaves, in a thread, with a count and «Отменить»."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from nicegui import ui

from local_app.asking import reading
from local_app.exports.entities import entity_table
from local_app.exports.files import write_file
from local_app.passing import exported
from local_app.session import Session
from local_app.widgets import query
from local_app.widgets.columns import Register, shelf
from local_app.widgets.longwork import Stopped, Work, in_thread
from shared.change import Refused
from shared.formats import whole


async def export(session: Session, register: Register, filters: Mapping[str, str]) -> None:
    """Write the file, then hand it to the browser."""
    path = place(session.app.folder, register)
    try:
        count = await in_thread(session, Work("Готовится файл Excel"), partial(write, session.app.folder, path, register, dict(filters)))
    except (Stopped, Refused) as ended:
        session.say(str(ended) or "Выгрузка отменена")
        return
    ui.download.file(path, path.name)
    session.say(f"Выгружено строк: {whole(count)}")


def write(folder: Path, path: Path, register: Register, filters: Mapping[str, str], work: Work) -> int:
    """Runs in a thread of its own."""
    trash = bool(filters.get("deleted"))
    found = query.matching(shelf(register, deleted=trash), filters)
    with reading(folder) as store:
        return write_file(
            path, entity_table(store, register.entity, found.text, found.params, trash=trash), register.entity.plural, work.tell
        )


def place(folder: Path, register: Register) -> Path:
    """Beside the store, where a full disk or a wrong permission shows as everywhere; the next export takes its place."""
    return exported(folder, f"{register.entity.plural}.xlsx")
