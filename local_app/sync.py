"""The laptop's sync with the hub over HTTP: enrolment, rounds of the exchange, and what the header shows about it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from local_app.desk import now_ms
from local_app.fetching import far_behind, fetch
from local_app.filesync import sync_files
from local_app.happenings import tell_copied, tell_cuts, tell_read_back
from local_app.healing import heal_if_due
from local_app.hubline import SECRETS, VERSION, HubAddress, Hubline, TurnedAway
from local_app.wiping import WIPED, wipe
from local_app.wiping import WORDS as WIPED_WORDS
from shared import exchange
from shared.change import SyncTrouble
from shared.exchange import Base
from shared.store import FILE_NAME, Store, unsent
from shared.store.courier import Courier, Offer, Progress
from shared.store.snapshot import Unfit

MOST_ROUNDS = 100_000
LONG_AWAY_MS = 24 * 3600 * 1000
Report = Callable[[int, int], None]
"""Called with (done, of all) changes while a sync runs."""
Ask = Callable[[bytes], bytes]
"""Brings a message to the hub and its answer back. Raises SyncTrouble."""


class SyncResult(NamedTuple):
    """What one sync has moved, in changes."""

    sent: int
    received: int
    at_ms: int


class SyncState(NamedTuple):
    """What the header says."""

    enrolled: bool
    online: bool
    last_ok_ms: int  # 0: never
    unsent: int
    trouble: str
    turned_away: str = ""  # the hub's word for it: unknown or revoked; «wiped» when the data were erased by order


def sync_state(store: Store) -> SyncState:
    """Cheap enough to be asked every second."""
    names = "'sync_ok', 'sync_trouble', 'sync_refused', 'wiped'"
    notes = dict(store.db.execute(f"SELECT name, value FROM notes WHERE name IN ({names})").fetchall())
    enrolled = (store.path.parent / SECRETS).exists()
    trouble = notes.get("sync_trouble", "")
    online = enrolled and not trouble and "sync_ok" in notes
    turned_away = notes.get("sync_refused", "") if enrolled else WIPED if WIPED in notes else ""
    return SyncState(enrolled, online, int(notes.get("sync_ok", 0)), store.unsent(), trouble, turned_away)


class Syncer:
    """The sync of one data folder; each round opens the store anew, so any thread may run it."""

    def __init__(self, folder: Path, clock: Callable[[], int] = now_ms, line: Callable[[HubAddress], Hubline] = Hubline) -> None:
        self.folder, self.clock, self.line = folder, clock, line

    def enrol(self, url: str, code: str) -> dict[str, Any]:
        """Spends a one-time code; afterwards this laptop has a person, a node prefix and a token. Raises Refused, SyncTrouble.

        A laptop that is enrolled again keeps its data and its history.
        """
        store = Store.open(self.folder / FILE_NAME)
        try:
            line = self.line(HubAddress(url.strip().rstrip("/")))
            found = line.json("/api/v1/enrol", {"code": code, "label": store.log.state().device, "version": VERSION, **identity(store)})
            HubAddress(line.address.url, found["token"], found["name"], found["title"]).keep(self.folder)
            with store.transaction():
                store.log.set_state(author=found["author"], prefix=found["prefix"])
                store.db.execute("DELETE FROM notes WHERE name IN ('sync_refused', 'sync_trouble', 'wiped')")
        except KeyError as error:
            raise SyncTrouble("По этому адресу отвечает не сервер Заказника. Проверьте адрес") from error
        finally:
            store.close()
        return {name: found[name] for name in ("author", "name", "role", "prefix", "title")}

    def sync_once(self, report: Report | None = None) -> SyncResult:
        """Exchanges until both sides have everything. Raises SyncTrouble; what was exchanged till then is kept."""
        store = Store.open(self.folder / FILE_NAME)
        try:
            result = self._whole(store, report)
            note(store, sync_ok=str(result.at_ms), sync_trouble="", sync_refused="")
        except SyncTrouble as trouble:
            raise self._noted(store, trouble) from trouble
        finally:
            store.close()
        return result

    def _noted(self, store: Store, trouble: SyncTrouble) -> SyncTrouble:
        """Remembers what went wrong for the header; a laptop that is to be wiped, is."""
        refused = {"sync_refused": trouble.error} if isinstance(trouble, TurnedAway) else {}
        if "wipe" in refused.values():
            try:
                wipe(store, self.clock())
                return TurnedAway(WIPED_WORDS, "wipe")
            except SyncTrouble as half:
                trouble = half
        note(store, sync_trouble=str(trouble), **refused)
        return trouble

    def _whole(self, store: Store, report: Report | None) -> SyncResult:
        line = self.line(HubAddress.of(self.folder))
        before = store.log.state().place
        courier = Courier(store)
        if self._was_away(store) and far_behind(before, asked_last(courier, line)):
            with suppress(Unfit):
                fetch(store, line.get, report)
        heal_if_due(store, line, self.clock())
        sent, _ = exchange_all(courier, lambda message: line.exchange(message, store.unsent()), report)
        if not store.log.state().prefix:  # a laptop that found itself copied takes a new one for the numbers of its documents
            prefix = line.json("/api/v1/prefix", {})["prefix"]
            with store.transaction():
                store.log.set_state(prefix=prefix)
            tell_copied(store, prefix, self.clock())
        tell_cuts(store, self.clock())
        tell_read_back(store, courier.read_back, self.clock())
        sync_files(store, line)
        return SyncResult(sent, store.log.state().place - before - sent, self.clock())

    def _was_away(self, store: Store) -> bool:
        """Whether this laptop is new, or has not synced for so long that asking first is worth a request."""
        last = store.one("SELECT value FROM notes WHERE name = 'sync_ok'")
        return last is None or self.clock() - int(last) > LONG_AWAY_MS


def identity(store: Store) -> dict[str, str]:
    """Who worked here so far: a hub that was lost and is built anew gives that person the same employee's row again."""
    row = store.row("employees", store.log.state().author)
    return {"author": row["id"], "login": row["login"], "prefix": store.log.state().prefix} if row else {}


def asked_last(courier: Courier, line: Hubline) -> int:
    """The hub's last place, asked without moving anything."""
    _, message = courier.probe(0, 0)
    head = told(lambda message: line.exchange(message, 0), message)
    return head["last"] if type(head.get("last")) is int else 0


def told(ask: Ask, message: bytes) -> dict[str, Any]:
    """The head of the hub's answer. Raises SyncTrouble."""
    try:
        return exchange.unpack(ask(message))[0]
    except exchange.Malformed as error:
        raise SyncTrouble(f"Ответ сервера повреждён в пути ({error}). Повторим позже") from error


def exchange_all(courier: Courier, ask: Ask, report: Report | None = None, most_rounds: int = MOST_ROUNDS) -> tuple[int, int]:
    """Rounds until both sides have everything; how many changes were sent and received. Raises SyncTrouble."""
    waiting, sent, received = courier.store.unsent(), 0, 0
    for _ in range(most_rounds):
        offer = courier.offer()
        progress = courier.take(offer, ask(offer.message))
        if progress.history_differs:
            find_common(courier, ask, offer, progress)
            continue
        left = courier.store.unsent()
        sent, received = max(waiting - left, sent), received + progress.received
        if report:
            report(sent + received, sent + received + left + progress.last - progress.place)
        if progress.place >= progress.last and (not left or not offer.changes):
            must_be_sound(courier.store)
            if not left:
                return sent, received
    raise SyncTrouble("Обмен не закончился. Повторим позже")


def must_be_sound(store: Store) -> None:
    """Raises SyncTrouble that names what cannot be sent, because it is not what was written here."""
    if found := unsent.broken(store):
        raise SyncTrouble(
            f"Неотправленное повреждено: {unsent.words(store, found)}. Это и сделанное позже не отправлено, остальное обмену не мешает. "
            "Почините: desk heal"
        )


def find_common(courier: Courier, ask: Ask, offer: Offer, progress: Progress) -> None:
    """The hub's history is another one: both look for the newest common place, then the laptop takes its places back to it."""
    low, high = 0, offer.base.place
    common = Base(0, bytes(16))
    while True:
        bases, message = courier.probe(low, high)
        head = told(ask, message)
        index = head.get("index")
        if head.get("kind") != "common" or type(index) is not int or not -1 <= index < len(bases):
            raise SyncTrouble("Сервер ответил непонятно. Повторим позже")
        if index < 0:
            break
        common = bases[index]
        if index + 1 >= len(bases) or bases[index + 1].place == common.place + 1:
            break
        low, high = common.place, bases[index + 1].place
    if not courier.cut(common) and progress.place == common.place:
        raise SyncTrouble("История сервера и ноутбука расходится, и общее место не найдено. Сообщите администратору")


def note(store: Store, **values: str) -> None:
    """Remembers the outcome of the last sync in the store."""
    with store.transaction():
        store.db.executemany("INSERT OR REPLACE INTO notes VALUES (?, ?)", list(values.items()))
