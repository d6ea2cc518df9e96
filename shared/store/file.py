"""Opening a store file: the pragmas, the checks that it is ours and whole, the Russian words when it is not."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from shared import schema
from shared.system import OR_OPEN

FILE_NAME = "zakaznik.sqlite"
BRINGING = ".restoring"
"""After the name of a store: what a backup brings and what has not taken its place yet."""
CACHE_KIB = 8192
ROOM = 1 << 20
FULL = "На диске кончилось место. Освободите место и повторите: записанное раньше цело"
WAIT_MS = 20_000
"""How long one waits for another program that writes."""
OTHERWISE_DRAWN = ("no such table", "no such column", "has no column")
OTHER_VERSION = "Файл {path} сейчас открыт программой другой версии. Закройте её и откройте эту заново: записанное раньше цело"
"""What was drawn when this program opened the file was drawn since by one that knows less."""
OF_SEARCH = ("vtable constructor failed", "fts5:", "fts5 file format", "fts5 table")
"""What SQLite says of a damaged search index, in an error or when it checks a file."""
PREPARED = "Файл {path} сейчас готовит к этой версии программы другая команда или сервер. Подождите, пока это кончится, и повторите"
"""A redraw by somebody else lasts longer than one waits; nothing is to be closed meanwhile."""
CHECKPOINT_PAGES = 32_000
"""128 MB of write-ahead log: an import or a first sync of ten thousand orders copies its pages into the file once, not twice."""


class StoreTrouble(Exception):
    """The file cannot be opened or written. The message is Russian and says what to do."""


class Busy(StoreTrouble):
    """Another program writes, and does not end."""


class Damaged(StoreTrouble):
    """What stands in the file is not what was written there."""


def trouble(error: sqlite3.Error | OSError, path: Path) -> StoreTrouble:
    """Plain words for what SQLite or the disk says."""
    text = str(error).lower()
    if isinstance(error, OSError) and error.filename:
        path = Path(error.filename)
    if is_full(error) or ("disk i/o" in text and no_room(path)):
        return StoreTrouble(FULL)
    if is_of_search(error):
        return Damaged(f"Указатель поиска в файле {path} повреждён, сами данные целы. Почините его: heal")
    if "not a database" in text or "malformed" in text or "corrupt" in text:
        return Damaged(f"Файл {path} повреждён или это не файл Заказника. Восстановите его из резервной копии")
    if "disk i/o" in text:
        return StoreTrouble(f"Диск не принимает и не отдаёт данные: {path}. Проверьте диск и повторите: записанное раньше цело")
    if "readonly" in text or "unable to open" in text or isinstance(error, PermissionError):
        return StoreTrouble(f"Нет права читать и менять файл {path}{OR_OPEN}. Проверьте права на папку")
    missing = isinstance(error, FileNotFoundError | NotADirectoryError)
    why = "такого места нет. Проверьте имя и папку" if missing else getattr(error, "strerror", None) or error
    return of_another_program(text, path) or StoreTrouble(f"Не удалось прочитать или записать файл {path}: {why}")


def of_another_program(text: str, path: Path) -> StoreTrouble | None:
    """What another program does to the file at this moment."""
    if any(words in text for words in OTHERWISE_DRAWN):
        return StoreTrouble(OTHER_VERSION.format(path=path))
    return Busy(f"Файл {path} занят другой программой. Закройте её и повторите") if "locked" in text or "busy" in text else None


def is_full(error: Exception) -> bool:
    """Whether it is said that the disk, or this user's share of it, is full."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return "disk is full" in str(error) or str(error) == FULL


def is_of_search(said: BaseException | str) -> bool:
    """Whether it is a search index that is damaged; all of it comes from the tables. `said`: an error, or what SQLite's check says."""
    text = str(said).lower()
    return getattr(said, "sqlite_errorname", "") == "SQLITE_CORRUPT_VTAB" or any(words in text for words in OF_SEARCH)


def is_of_text(error: BaseException) -> bool:
    """Whether a text in the file is none any more: a byte of it was spoiled, and Python cannot decode it."""
    return isinstance(error, sqlite3.OperationalError) and "Could not decode" in str(error)


def no_room(path: Path) -> bool:
    """Whether SQLite's «disk I/O error» means that even its working files beside the store have no room."""
    try:
        return shutil.disk_usage(path.parent).free < ROOM
    except OSError:
        return False


@contextmanager
def legible() -> Iterator[None]:
    """Damage in the names of tables: Python cannot even decode SQLite's complaint of it, which quotes them."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise sqlite3.DatabaseError("malformed database schema") from error


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns what the disk says into `StoreTrouble`; a constraint that failed is a bug and stays loud."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except (sqlite3.DatabaseError, OSError) as error:
        raise trouble(error, path) from error


def uri_of(path: Path, wishes: str) -> str:
    """A file as SQLite is asked for it, with «mode=ro» and the like."""
    return f"{without_host(path.resolve().as_uri())}?{wishes}"


def without_host(uri: str) -> str:
    """SQLite refuses a host («file://server/share/…», a network folder of Windows): with two slashes more it is part of the path."""
    return uri if uri.startswith("file:///") else uri.replace("//", "////", 1)


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection of one thread, in autocommit mode: transactions are begun by hand."""
    uri = uri_of(path, f"mode={'ro' if read_only else 'rw'}")
    db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=512)
    try:
        with legible():
            db.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
            db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            db.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        db.close()  # an open handle would keep Windows from replacing the damaged file
        raise
    return db


def in_use(path: Path) -> bool:
    """Whether somebody else has a store open now: only who is alone with a file may end its write-ahead log."""
    if not path.exists():
        return False
    try:
        with closing(connect(path)) as db:
            db.execute("PRAGMA busy_timeout = 0")
            return bool(db.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete")
    except sqlite3.DatabaseError as error:
        return "locked" in str(error)  # what is damaged is nobody's


def prepare_writing(db: sqlite3.Connection) -> None:
    """After the file is known to be ours: the first of these already writes into it."""
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")


def keep(path: Path) -> None:
    """Has the disk keep what was committed without waiting for it: all of that is in the write-ahead log. Raises StoreTrouble."""
    log = path.with_name(path.name + "-wal")
    with explained(path), suppress(FileNotFoundError), log.open("r+b") as file:  # whoever removed the log had its content kept
        os.fsync(file.fileno())


def must_be_no_folder(path: Path) -> None:
    """Raises StoreTrouble: a folder has the name of the file, so that it is neither there nor can be made."""
    if path.is_dir():
        raise StoreTrouble(f"На месте файла данных стоит папка {path}. Уберите её или укажите другое место: --data ПАПКА")


def open_file(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """An existing store, checked to be ours and of a format we know. Raises StoreTrouble."""
    must_be_no_folder(path)
    if not path.is_file():
        must_not_be_cut(path)
        raise StoreTrouble(f"Нет файла данных {path}. Создайте его командой init или проверьте папку")
    with explained(path):
        db = connect(path, read_only=read_only)
        try:
            check_ours(db, path)
            if not read_only:
                prepare_writing(db)
        except BaseException:
            db.close()
            raise
    return db


def check_ours(db: sqlite3.Connection, path: Path) -> None:
    if db.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID:
        raise StoreTrouble(f"{path} — не файл Заказника. Проверьте имя и папку")
    (store_format,) = db.execute("SELECT format FROM state").fetchone()
    if store_format > schema.FORMAT:
        raise StoreTrouble(f"Файл {path} записан более новой программой. Обновите программу")


def gone(path: Path) -> None:
    """A database with all that lies beside it. A log that was left there would be read into the next file of that name."""
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


@contextmanager
def made_whole(path: Path) -> Iterator[None]:
    """A new store is made in the block, wholly or not at all. Raises StoreTrouble when one is there, or was a moment ago."""
    must_be_no_folder(path)
    if path.exists():
        raise StoreTrouble(f"В папке уже есть данные: {path}. Укажите другую: --data ПАПКА")
    must_not_be_cut(path)
    try:
        yield
    except BaseException:
        gone(path)
        raise


def must_not_be_cut(path: Path) -> None:
    """Raises StoreTrouble where there are no data because a restore was killed between two renames."""
    if (left := path.with_name(path.name + BRINGING)).exists():
        kept = "Прежние данные целы, они отложены рядом: …before-restore…. Если они не нужны и копия тоже, удалите файл"
        raise StoreTrouble(f"Восстановление из резервной копии было прервано. Повторите его: restore ФАЙЛ. {kept} {left}")


def create_file(path: Path, *, device: str, hub: bool) -> None:
    """A new empty store with its log, in one transaction. Raises StoreTrouble."""
    with explained(path):
        path.parent.mkdir(0o700, parents=True, exist_ok=True)
        db = sqlite3.connect(path, isolation_level=None)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(f"BEGIN IMMEDIATE;{schema.LOG}")
            blank = bytes(16)
            row = (schema.FORMAT, hub, device, blank, blank)
            db.execute("INSERT INTO state (id, format, hub, device, tip, head) VALUES (1, ?, ?, ?, ?, ?)", row)
            if hub:  # on the hub a change's place is its number in the log
                db.execute("INSERT INTO ranges VALUES (1, ?, 1)", (1 << 60,))
            db.execute("COMMIT")
        finally:
            db.close()
