"""The hub's backups: the store with the accounts that belong to it, once a day while it serves; and the way back."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

from shared import locking
from shared.change import Refused
from shared.progress import Progress, silent
from shared.store import FILE_NAME, Store, StoreTrouble, attached, backup, indexes, searches, upkeep
from shared.store.file import explained, in_use
from shared.store.mend import FileWitness, Unmendable, mend
from shared.store.proof import is_sound
from shared.store.snapshot import opened
from sync_server import findings
from sync_server.access import FILE_NAME as ACCOUNTS
from sync_server.access.carrying import Carried, carry

BESIDE = (ACCOUNTS,)
LOOK_EVERY_SECONDS = 600.0
LOOK_AT_BYTES = 256 * 1024 * 1024
"""Of the attached files a backup proves anew at least so many, a few seconds' reading."""
NOT_FROM_LAPTOPS = (
    "Взять из него верные записи: heal ФАЙЛ. Если нет ни одной копии сервера: init --without-lists, и всё вернут сами ноутбуки."
)
COMES_AGAIN = "Ноутбуки, у которых он есть, отправят его снова в течение суток"
LOCK = "serve.lock"
log = logging.getLogger(__name__)


class Restored(NamedTuple):
    """Where the store lies that stood there, and what the accounts that stood there knew better than the backup."""

    aside: Path | None
    carried: Carried

    @property
    def words(self) -> str:
        kept = f" Прежние данные отложены: {self.aside}." if self.aside else ""
        told = f" {self.carried.words}" if self.carried.words else ""
        done = "Сервер восстановлен из копии. Запустите его: ноутбуки вернут то, чего в ней нет."
        return f"{done}{kept}{told} Когда все обменяются: rebuild off."


def make(folder: Path, now_ms: int) -> backup.Backup:
    """Raises StoreTrouble, also when it is made and files turned out to be damaged; Refused when the folder holds no hub."""
    if not (folder / ACCOUNTS).is_file():
        raise Refused(f"В папке «{folder}» нет сервера. Создайте его командой init.")
    known = findings.read(folder)
    try:
        path, lacking = made(folder, now_ms)
        damaged, since = look_again(folder, known.since)
        clean(folder, now_ms)
    except StoreTrouble as trouble:
        with contextlib.suppress(OSError):  # a full disk: the trouble itself is what must be told
            findings.write(folder, known.failed(now_ms, str(trouble)))
        raise
    with explained(path):
        findings.write(folder, known.made(now_ms, [*lacking, *damaged], since))
    if damaged:
        lacking.append(f"Копия сделана: {path}, но среди приложенных файлов нашлись повреждённые. {'. '.join(damaged)}")
    if lacking:
        raise StoreTrouble(". ".join(lacking))
    return backup.of(path)


def made(folder: Path, now_ms: int) -> tuple[Path, list[str]]:
    """The copy, and what it lacks in words. Raises StoreTrouble."""
    try:
        return backup.make(folder, now_ms, BESIDE), []
    except backup.Lacking as lacking:
        return backup.path_at(folder, now_ms), [str(lacking)]


def look_again(folder: Path, since: str) -> tuple[list[str], str]:
    """The next share of the attached files and their copies; see `attached.look_again`. Raises StoreTrouble."""
    store = Store.open(folder / FILE_NAME, read_only=True)
    try:
        return attached.look_again(store, COMES_AGAIN, since, LOOK_AT_BYTES)
    finally:
        store.close()


def clean(folder: Path, now_ms: int) -> upkeep.Cleaned:
    """Attached files that nothing names go; none while laptops still bring back the rows that name them. Raises StoreTrouble."""
    store = Store.open(folder / FILE_NAME, read_only=True)
    try:
        return upkeep.Cleaned(0, 0) if store.noted("rebuild") else upkeep.clean(store, now_ms)
    finally:
        store.close()


def restore(folder: Path, copied: Path) -> Restored:
    """Store and accounts of a backup; what stood there is kept. Roles are not asked until `rebuild off`. Raises Refused, StoreTrouble.

    What the laptops bring back was accepted once: it must not be judged again by the role of who happens to bring it. What the backup
    does not know yet of access, revocations above all, is written into its accounts before they take their place.
    """
    folder.mkdir(0o700, parents=True, exist_ok=True)
    carried = Carried()

    def before() -> None:
        nonlocal carried
        if not backup.is_hubs(backup.brought(folder / FILE_NAME)):
            raise Refused(f"Файл «{copied}» — данные ноутбука, а не сервера. {NOT_FROM_LAPTOPS}")
        if any(in_use(folder / name) for name in (FILE_NAME, *BESIDE)):  # it would go on in what is put aside, and say that all is written
            raise Refused(f"С данными в папке «{folder}» работают отчёты или другая команда. Остановите отчёты, дождитесь её и повторите.")
        with opened(backup.brought(folder / FILE_NAME)) as ready, ready.transaction():  # not afterwards: it may be killed before that
            ready.note({"rebuild": "on"})
        if (accounts := backup.brought(folder / ACCOUNTS)).is_file():
            carried = carry(folder / ACCOUNTS, accounts)

    with alone(folder):
        aside = backup.restore(folder, copied, BESIDE, before)
        Store.open(folder / FILE_NAME).close()  # drawn now, if another program has drawn it
    return Restored(aside, carried)


def heal(folder: Path, sound: Path | None, progress: Progress = silent) -> list[str]:
    """What was done: damaged changes come from a backup or from a laptop's copy, tables from the log, attached files from whoever has them.

    Raises Refused, StoreTrouble.
    """
    if not (folder / FILE_NAME).is_file():
        raise Refused(f"В папке «{folder}» нет сервера. Проверьте папку или верните резервную копию: hub restore.")
    if sound and not sound.is_file():
        raise Refused(f"Нет файла «{sound}», из которого взять верные записи. Укажите резервную копию или zakaznik.sqlite ноутбука.")
    with alone(folder), contextlib.closing(Store.open(folder / FILE_NAME, progress=progress)) as store:
        done = indexes.mend(store)
        if not is_sound(store):
            done.append(healed_log(store, sound, progress))
        done += searches.mend(store)
        if store.verify():
            store.redraw(progress)
            done.append("Таблицы нарисованы из журнала заново")
        if left := store.verify():
            raise StoreTrouble(f"{left[0]}. Верните резервную копию: hub restore")
        return done + attached.heal(store, COMES_AGAIN)


def healed_log(store: Store, sound: Path | None, progress: Progress) -> str:
    if sound is None:
        raise Refused(
            "Журнал сервера повреждён. Укажите файл, из которого взять верные записи: резервную копию или zakaznik.sqlite ноутбука."
        )
    with contextlib.closing(Store.open(sound, read_only=True)) as copy:
        try:
            mended = mend(store, FileWitness(copy), progress)
        except Unmendable as why:
            raise StoreTrouble(f"{why}. Укажите другую копию: поновее, или файл ноутбука, который обменивался позже") from why
    if not mended.changes:
        return "Записи журнала целы, цепочка посчитана заново и сошлась с копией"
    return f"Журнал был повреждён с места {mended.first} по место {mended.last}: взято из копии записей — {mended.changes}"


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else serves this folder until the block ends. Refused: somebody does."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locking.held(folder / LOCK))
        except (BlockingIOError, PermissionError) as error:
            raise Refused(f"Сервер на папке «{folder}» работает. Остановите его и повторите.") from error
        yield


@contextlib.contextmanager
def daily(folder: Path, clock: Callable[[], int], look_every: float = LOOK_EVERY_SECONDS) -> Iterator[None]:
    """While the block runs, a thread makes a backup whenever the last one is a day old; a failure is logged and tried again."""
    stop = Event()
    thread = Thread(target=lambda: watch(folder, clock, stop, look_every), name="backups", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=60)


def watch(folder: Path, clock: Callable[[], int], stop: Event, look_every: float) -> None:
    while not stop.wait(look_every):
        try:
            if backup.is_due(folder, clock()):
                make(folder, clock())
        except (StoreTrouble, Refused, OSError, sqlite3.DatabaseError) as trouble:  # a thread that died would make no backups any more
            log.warning("Резервная копия: %s", trouble)
