"""Commands on backups: make one, put one in the place of the data."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from local_app import single
from local_app.commands.journal import local_time
from local_app.commands.output import Answer
from local_app.desk import now_ms
from shared.change import Refused
from shared.formats import bytes_size
from shared.progress import shown_when_large
from shared.store import FILE_NAME, Store, backup, file
from shared.store.news import tell


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
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with single.held(folder):
            aside = backup.restore(folder, copied, before=lambda: must_fit(folder, copied))
            said = tell_restored(folder, copied)
    except single.Taken as taken:
        raise Refused("Программа открыта на этой папке. Закройте её и повторите") from taken
    kept = f" Прежние данные отложены: {aside}" if aside else ""
    return Answer({"restored": str(copied), "aside": str(aside or "")}, said + kept)


def must_fit(folder: Path, copied: Path) -> None:
    """Refused: a hub's copy was brought, or a command works in the folder and would go on in the file that is put aside."""
    if backup.is_hubs(backup.brought(folder / FILE_NAME)):
        raise Refused(f"Файл «{copied}» — данные сервера, а не ноутбука. Укажите копию из папки {folder / backup.FOLDER}")
    if file.in_use(folder / FILE_NAME):
        raise Refused("В этой папке работает команда: загрузка, обмен или другая. Дождитесь её конца и повторите")


def tell_restored(folder: Path, copied: Path) -> str:
    """The user of the window reads it too."""
    at_ms = backup.stamp_of(copied)
    since = f" от {local_time(at_ms)}" if at_ms else ""
    words = f"Данные восстановлены из резервной копии{since}. Отправленное позже вернётся с сервера при обмене."
    store = Store.open(folder / FILE_NAME, progress=shown_when_large())
    try:
        tell(store, words, now_ms())
    finally:
        store.close()
    return words
