"""Commands on backups: make one, put one in the place of the data."""

from __future__ import annotations

import sqlite3
from argparse import Namespace
from contextlib import closing, suppress
from pathlib import Path

from local_app import single
from local_app.commands.journal import local_time
from local_app.commands.output import Answer, complain
from local_app.desk import now_ms
from shared.change import Refused
from shared.formats import bytes_size, plural
from shared.store import FILE_NAME, Store, backup, file
from shared.store.news import tell
from shared.store.snapshot import opened

CHANGES = ("изменение", "изменения", "изменений")


def make(folder: Path, _: Namespace) -> Answer:
    made = backup.of(backup.make(folder, now_ms()))
    data = {"file": str(made.path), "bytes": made.size, "at_ms": made.at_ms}
    return Answer(data, f"Копия сделана: {made.path}, {bytes_size(made.size)}")


def restore(folder: Path, options: Namespace) -> Answer:
    """Refused while the program holds the folder: it would go on writing into the file that was put aside."""
    copied = Path(options.entity)
    if not copied.is_file():
        raise Refused(
            f"Нет такой резервной копии: {copied}. Копии лежат в папке {folder / backup.FOLDER}; запись из корзины: restore ТАБЛИЦА ЗАПИСЬ"
        )
    folder.mkdir(0o700, parents=True, exist_ok=True)
    left, said = 0, ""

    def before() -> None:
        nonlocal left, said
        must_fit(folder, copied)
        left = left_behind(folder)
        said = tell_restored(folder, copied, left)
        if left:
            complain(f"Внимание: {plural(left, CHANGES)} ещё не на сервере и не в копии: это останется только в отложенном файле")

    try:
        with single.held(folder):
            aside = backup.restore(folder, copied, before=before)
    except single.Taken as taken:
        raise Refused("Программа открыта на этой папке. Закройте её и повторите") from taken
    kept = f" Прежние данные отложены: {aside}" if aside else ""
    return Answer({"restored": str(copied), "aside": str(aside or ""), "left": left}, said + kept)


def must_fit(folder: Path, copied: Path) -> None:
    """Refused: a hub's copy was brought, or a command works in the folder and would go on in the file that is put aside."""
    if backup.is_hubs(backup.brought(folder / FILE_NAME)):
        raise Refused(f"Файл «{copied}» — данные сервера, а не ноутбука. Укажите копию из папки {folder / backup.FOLDER}")
    if file.in_use(folder / FILE_NAME):
        raise Refused("В этой папке работает команда: загрузка, обмен или другая. Дождитесь её конца и повторите")


def left_behind(folder: Path) -> int:
    """Changes that neither the hub nor the copy has: they stay in the file that is put aside. 0 when that file cannot be read."""
    with suppress(file.StoreTrouble, sqlite3.DatabaseError), closing(Store.open(folder / FILE_NAME, read_only=True)) as store:
        ranges = store.log.unsent_ranges()
        mine = {key for span in ranges for (key,) in store.db.execute("SELECT id FROM log WHERE seq BETWEEN ? AND ?", span)}
        with closing(backup.alone(backup.brought(folder / FILE_NAME))) as copy:
            return len(mine.difference(key for (key,) in copy.execute("SELECT id FROM log"))) if mine else 0
    return 0


def owner_of(folder: Path) -> dict[str, str]:
    """Who works here and under which prefix, as the hub has said since: a backup may be of before the enrolment, or of another owner."""
    with suppress(file.StoreTrouble, sqlite3.DatabaseError):  # no data, or damaged ones: then the backup knows best
        with closing(Store.open(folder / FILE_NAME, read_only=True)) as store:
            state = store.log.state()
        return {"author": state.author, "prefix": state.prefix} if state.author else {}
    return {}


def tell_restored(folder: Path, copied: Path, left: int) -> str:
    """Into the copy before it takes its place, for the disk may be full: whose laptop it is stays, and the user of the window reads it."""
    at_ms = backup.stamp_of(copied)
    since = f" от {local_time(at_ms)}" if at_ms else ""
    words = f"Данные восстановлены из резервной копии{since}. Отправленное позже вернётся с сервера при обмене."
    if left:
        words += f" Неотправленное, которого нет в копии, — {plural(left, CHANGES)} — осталось только в отложенном файле."
    with opened(backup.brought(folder / FILE_NAME)) as ready:
        if owner := owner_of(folder):
            with ready.transaction():
                ready.log.set_state(**owner)
        tell(ready, words, now_ms())
    return words
