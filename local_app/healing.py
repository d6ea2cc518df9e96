"""Healing a laptop's damaged data: the hub shows where the log differs and gives that stretch again; what it lacks is named and emptied."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from local_app.fetching import fetch
from local_app.hubline import Hubline
from shared import exchange
from shared.change import Change, SyncTrouble
from shared.exchange import Base
from shared.formats import plural
from shared.progress import Progress, silent
from shared.store import Store, StoreTrouble, attached, indexes, searches, unsent, verify
from shared.store.letters import brought, damaged, segments_of
from shared.store.mend import Unmendable, mend
from shared.store.news import tell
from shared.store.proof import is_sound
from shared.store.snapshot import Unfit

EVERY_MS = 24 * 3600 * 1000
CHECKED = "checked"
"""The note that says when the log was last read from end to end."""
GUARDS = "Защита таблиц от чужих программ была снята. Таблицы нарисованы из журнала заново: прямых правок другой программы в них больше нет"
CHANGES = ("запись взята", "записи взяты", "записей взято")
Ask = Callable[[bytes], bytes]


class HubWitness:
    """The hub as the one who has a sound copy."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask

    def agrees(self, bases: Sequence[Base]) -> int:
        pairs = [[base.place, base.head.hex()] for base in bases]
        head, _ = self._told({"kind": "probe", "pairs": pairs})
        index = head.get("index")
        if head.get("kind") != "common" or type(index) is not int or not -1 <= index < len(bases):
            raise SyncTrouble("Сервер ответил непонятно. Повторим позже")
        return index

    def after(self, base: Base) -> Sequence[Change]:
        head, message = self._told({"kind": "offer", "place": base.place, "head": base.head.hex()})
        if head.get("kind") != "page":
            raise SyncTrouble("История сервера другая. Сначала нужен обмен, потом починка")
        return brought(segments_of(head, 0), exchange.read_blocks(head, message))

    def _told(self, head: dict[str, object]) -> tuple[dict[str, object], bytes]:
        message = self.ask(exchange.pack({"protocol": exchange.PROTOCOL, **head}))
        return exchange.unpack(message), message


def heal_log(store: Store, line: Hubline, at_ms: int, progress: Progress = silent) -> str:
    """Brings placed changes back to what the hub has; what was done, in words. Raises SyncTrouble, StoreTrouble."""
    try:
        mended = mend(store, HubWitness(lambda message: line.exchange(message, store.unsent())), progress)
        words = (
            f"Журнал был повреждён с места {mended.first} по место {mended.last}: {plural(mended.changes, CHANGES)} с сервера заново"
            if mended.changes
            else "Цепочка журнала посчитана заново и сошлась с сервером"
        )
    except exchange.Malformed as error:
        raise damaged() from error
    except Unmendable as why:
        bring_all(store, line)
        words = f"{why}. Все данные загружены с сервера заново, неотправленное сохранено"
    tell(store, f"{words}. Ничего не потеряно", at_ms)
    return words


def heal_file(store: Store, line: Hubline, at_ms: int) -> str:
    """The file itself is damaged, but what is not sent can still be read. Raises SyncTrouble, StoreTrouble, sqlite3.DatabaseError."""
    bring_all(store, line)
    words = "Файл данных был повреждён. Все данные загружены с сервера заново, неотправленное сохранено"
    tell(store, words, at_ms)
    return words


def is_whole(store: Store) -> bool:
    """Whether SQLite finds nothing wrong with the file."""
    try:
        return not any(verify.file_is_whole(store))
    except sqlite3.DatabaseError:
        return False


def bring_all(store: Store, line: Hubline) -> None:
    """Everything anew, what is not sent kept. Raises Unfit when the hub knows less than this laptop."""
    try:
        fetch(store, line.get)
    except Unfit as error:
        raise Unfit("Сервер знает меньше этого ноутбука: сначала обменяйтесь (desk sync), потом почините") from error


def heal_if_due(store: Store, line: Hubline, at_ms: int) -> None:
    """At a sync, once a day: a damaged log is noticed and healed by itself."""
    last = store.noted(CHECKED)
    if last and 0 <= at_ms - int(last) < EVERY_MS:
        return
    try:
        if not is_sound(store):
            heal_log(store, line, at_ms)
    except Unfit:
        return  # the hub was restored: it first gets back what it lacks
    if any(verify.guards_stand(store)):
        store.redraw()
        tell(store, GUARDS, at_ms)
    for words in searches.mend(store):
        tell(store, words, at_ms)
    found_sound(store, at_ms)


def found_sound(store: Store, at_ms: int) -> None:
    """The log has just been read from end to end, here or while a snapshot was taken."""
    with store.transaction():
        store.note({CHECKED: str(at_ms)})


def heal(store: Store, line: Hubline | None, at_ms: int, progress: Progress = silent) -> list[str]:
    """Everything that can be healed; what was done, in words. Raises SyncTrouble, StoreTrouble when something cannot be."""
    done = indexes.mend(store)
    whole = is_whole(store)
    if not whole or not is_sound(store):
        if line is None:
            raise SyncTrouble("Данные повреждены, а сервера, с которого их можно взять заново, нет. Восстановите копию: desk restore")
        done.append(heal_log(store, line, at_ms, progress) if whole else heal_file(store, line, at_ms))
    if found := unsent.broken(store):
        words = f"Повреждено до отправки и опустошено: {unsent.words(store, found)}. Введите это заново"
        unsent.empty(store)
        tell(store, words, at_ms)
        done.append(words)
    done += searches.mend(store)
    if list(verify.verify(store)):
        store.redraw(progress)
        done.append("Таблицы нарисованы из журнала заново")
    if left := verify.verify(store):
        raise StoreTrouble(f"{left[0]}. Восстановите данные из резервной копии: desk restore")
    for words in attached.heal(store, "При обмене он загрузится с сервера заново, если там есть"):
        tell(store, words, at_ms)
        done.append(words)
    return done
