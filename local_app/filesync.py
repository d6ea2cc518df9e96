"""Attached files between laptop and hub: what rows name goes up and comes down, in pieces, after the changes themselves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from local_app.hubline import Hubline, HubSaid
from local_app.moving import Moving, Report, silent
from shared import filestore
from shared.change import Refused, SyncTrouble
from shared.store import Store, attached
from shared.store.attached import naming_sql
from shared.store.file import is_full

SENT = "file:"
"""Begins the name of the note that a file is on the hub."""
POLICY = "files_largest"
"""The note that holds the largest size, in bytes, of files fetched by themselves; the rest come when they are asked for."""
ASKED_AT_ONCE = 500
CHECKED = "files_checked"
"""The note of when the hub was last asked about everything, in milliseconds since 1970."""
CHECK_EVERY_MS = 24 * 3600 * 1000


class Named(NamedTuple):
    """A file as the newest row that names it knows it."""

    sha256: str
    name: str
    size: int  # bytes; 0 when no row says


def named_files(store: Store) -> list[Named]:
    """Every file that is named in this store."""
    return [Named(*row) for row in store.db.execute(f"SELECT sha256, max(name), max(size) FROM ({naming_sql()}) GROUP BY sha256")]


class Moved(NamedTuple):
    """How many files went up and came down, and what is wrong with others, in words with their names."""

    up: int
    down: int
    troubles: tuple[str, ...] = ()


class BadFile(SyncTrouble):
    """This file does not move; others may."""


def sync_files(
    store: Store, line: Hubline, report: Report = silent, *, clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000
) -> Moved:
    """Moves what can move; a file that cannot keeps no other back. Raises SyncTrouble when the line is gone; what has come stays.

    Once a day the hub is asked about what it was sent already: its disk may have been replaced and its history be the same.
    """
    folder, files = store.path.parent, [file for file in named_files(store) if is_digest(file.sha256)]
    sent = {name.removeprefix(SENT) for (name,) in store.db.execute("SELECT name FROM notes WHERE name LIKE ?", (SENT + "%",))}
    now_ms, checked_ms = clock(), int(store.noted(CHECKED) or 0)
    due = not 0 <= now_ms - checked_ms < CHECK_EVERY_MS
    up = [file for file in files if (due or file.sha256 not in sent) and filestore.is_here(folder, file.sha256)]
    largest = largest_by_itself(store)
    down = [file for file in files if not filestore.is_here(folder, file.sha256) and file.size <= largest]
    missing = ((file, known) for file, known in known_there(line, up) if not (known.whole and file.sha256 in sent))
    coming = ((file, known) for file, known in known_there(line, down) if known.size <= largest or not file.size)
    uploaded, kept_back, hub_is_well = moved_each(missing, lambda file, known: upload(store, line, file, known, report))
    downloaded, kept_away, _ = moved_each(coming, lambda file, known: download(store, line, file, known, report), go_on=True)
    if due and hub_is_well:
        with store.transaction():
            store.note({CHECKED: str(now_ms)})
    return Moved(uploaded, downloaded, (*kept_back, *kept_away))


def moved_each(
    files: Iterable[tuple[Named, There]], move: Callable[[Named, There], bool], *, go_on: bool = False
) -> tuple[int, list[str], bool]:
    """How many were moved, what keeps others back, and whether all were tried.

    A hub that cannot write one file will hardly write the next: unless `go_on`, the rest waits for the next sync.
    """
    count, troubles = 0, list[str]()
    for file, known in files:
        try:
            count += move(file, known)
        except BadFile as bad:
            troubles.append(str(bad))
        except HubSaid as said:
            troubles.append(f"Файл «{file.name}»: {said}")
            if said.status >= 500 and not go_on:
                return count, troubles, False
        except OSError as error:
            if is_full(error):
                raise
            troubles.append(
                f"Файл «{file.name}» на этом компьютере не читается или не пишется: {error.strerror or error}. Проверьте права и диск"
            )
    return count, troubles, True


def fetch_file(store: Store, line: Hubline, sha256: str, report: Report = silent) -> None:
    """One file that the user asks for, whatever its size. Raises SyncTrouble when the hub has not got it yet."""
    file = next((file for file in named_files(store) if file.sha256 == sha256), Named(sha256, "", 0))
    for _, known in known_there(line, [file]):
        if not download(store, line, file, known, report):
            raise SyncTrouble("Файла пока нет на сервере: ноутбук, на котором его добавили, ещё не отправил его")


def largest_by_itself(store: Store) -> int:
    """Bytes; all files unless the user has said otherwise."""
    return int(store.noted(POLICY) or filestore.LARGEST)


def set_largest(store: Store, size: int) -> None:
    """From now on files of at most `size` bytes come by themselves; 0: none whose size is known."""
    with store.transaction():
        store.note({POLICY: str(size)})


def is_digest(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


class There(NamedTuple):
    """What the hub has of a file. All of its bytes are no whole yet when the hub was killed before it looked at them."""

    size: int  # bytes
    whole: bool


def known_there(line: Hubline, files: list[Named]) -> Iterable[tuple[Named, There]]:
    """Each file with what the hub has of it."""
    for start in range(0, len(files), ASKED_AT_ONCE):
        page = files[start : start + ASKED_AT_ONCE]
        told = line.json("/api/v1/files/known", {"files": [file.sha256 for file in page]})
        sizes, whole = told.get("files", {}), set(told.get("whole", []))
        yield from ((file, There(int(sizes.get(file.sha256, 0)), file.sha256 in whole)) for file in page)


def forget_sent(store: Store, file: Named) -> None:
    with store.transaction():
        store.db.execute("DELETE FROM notes WHERE name = ?", (SENT + file.sha256,))


def moving(file: Named, done: int, size: int) -> Moving:
    return Moving(f"Файл «{file.name}»", done, size, in_bytes=True)


def upload(store: Store, line: Hubline, file: Named, known: There, report: Report) -> bool:
    """Goes on from what the hub has until it says that the file is whole. Raises BadFile; one that is damaged here is not sent."""
    if not filestore.is_whole(filestore.path_of(store.path.parent, file.sha256)):
        raise BadFile(f"Файл «{file.name}» на этом компьютере повреждён и не отправлен. Добавьте его заново")
    forget_sent(store, file)  # the hub may have lost what it once had
    size = filestore.path_of(store.path.parent, file.sha256).stat().st_size
    there, whole = known if known.size <= size else There(0, whole=False)
    while not whole:
        content = filestore.piece(store.path.parent, file.sha256, there)
        whole = bool(line.put(f"/api/v1/files/{file.sha256}?offset={there}&size={size}", content).get("whole"))
        if not content and not whole:
            raise BadFile(f"Файл «{file.name}»: сервер принял его не целиком. Повторим позже")
        there += len(content)
        report(moving(file, there, size))
    with store.transaction():
        store.note({SENT + file.sha256: "sent"})
    return True


def download(store: Store, line: Hubline, file: Named, known: There, report: Report) -> bool:
    """Goes on from what has come; False when the hub has not got the whole file yet. How large it is the hub knows, a row may be wrong."""
    folder, size = store.path.parent, known.size
    attached.bring(folder, file.sha256)  # what is missing may be in this laptop's own backups, and nowhere else
    if not known.whole:
        return False
    here = filestore.arrived(folder, file.sha256)
    here = here if here <= size else 0
    while not filestore.is_here(folder, file.sha256):  # all bytes may be here, and the program was killed before it looked at them
        content = line.get(f"/api/v1/files/{file.sha256}?offset={here}") if here < size else b""
        if not isinstance(content, bytes) or (here < size and not content):
            return False
        try:
            filestore.arrive(folder, file.sha256, here, content, size)
        except Refused as error:
            raise BadFile(
                f"Файл «{file.name}» пришёл с сервера повреждённым. Повторим позже; повторяется — сообщите администратору"
            ) from error
        here += len(content)
        report(moving(file, here, size))
    with store.transaction():
        store.note({SENT + file.sha256: "sent"})
    return True
