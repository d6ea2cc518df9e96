"""Any register into an Excel file: what the filter leaves, in a thread, with a count and «Отменить»."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nicegui import run, ui

from local_app.exports.entities import entity_table
from local_app.exports.files import write_file
from local_app.session import Session
from local_app.widgets import query
from local_app.widgets.columns import Register
from local_app.widgets.tags import Tag, div, span
from shared.change import Refused
from shared.formats import whole
from shared.store import FILE_NAME, Store

TICK_SECONDS = 0.3


class Stopped(Exception):
    """The user does not want the file any more."""


@dataclass(slots=True)
class Progress:
    """Told from the thread, read by the screen."""

    done: int = 0
    total: int = 0
    stopped: bool = False

    def tell(self, _: str, done: int, total: int) -> None:
        self.done, self.total = done, total
        if self.stopped:
            raise Stopped


async def export(session: Session, register: Register, filters: Mapping[str, str]) -> None:
    """Write the file, then hand it to the browser."""
    progress, path = Progress(), place(session.app.folder, register)
    with progress_notice(progress) as notice:
        try:
            count = await run.io_bound(write, session.app.folder, path, register, dict(filters), progress)
        except (Stopped, Refused) as ended:
            session.say(str(ended) or "Выгрузка отменена")
            return
        finally:
            notice.delete()
    ui.download.file(path, path.name)
    session.say(f"Выгружено строк: {whole(int(count or 0))}")


def write(folder: Path, path: Path, register: Register, filters: Mapping[str, str], progress: Progress) -> int:
    """In a thread of its own, hence with a store of its own."""
    found = query.matching(register, filters)
    store = Store.open(folder / FILE_NAME, read_only=True)
    try:
        return write_file(path, entity_table(store, register.entity, found.text, found.params), register.entity.plural, progress.tell)
    finally:
        store.close()


def place(folder: Path, register: Register) -> Path:
    """Beside the store, where a full disk or a wrong permission shows as everywhere; the next export takes its place."""
    exports = folder / "exports"
    exports.mkdir(exist_ok=True)
    return exports / f"{register.entity.plural}.xlsx"


def progress_notice(progress: Progress) -> Tag:
    """«Выгружено 12 000 из 100 000» with a way to stop; nothing is shown of a file that is ready at once."""
    with div("notice") as notice:
        words = span("", "Готовится файл Excel…")
        Tag("button", "", "Отменить", on_click=lambda: setattr(progress, "stopped", True), type="button")
        ui.timer(
            TICK_SECONDS,
            lambda: words.set_text(f"Выгружено {whole(progress.done)} из {whole(progress.total)}" if progress.total else words.text),
        )
    return notice
