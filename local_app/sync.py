"""The laptop's sync with the hub over HTTP: enrolment, rounds of the exchange, and what the header shows about it."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from local_app import filesync
from local_app.desk import Desk, now_ms
from local_app.fetching import far_behind, fetch
from local_app.giving_way import give_way
from local_app.happenings import tell_copied, tell_cuts, tell_read_back, tell_refused
from local_app.healing import found_sound, heal_if_due
from local_app.hubline import SECRETS, STRANGER, VERSION, HubAddress, Hubline, HubSaid, NoLine, TurnedAway, addresses_of, invited
from local_app.moving import Report, silent
from local_app.opening import opened
from local_app.rounds import Ask, exchange_all, told
from local_app.wiping import WIPED, wipe
from local_app.wiping import WORDS as WIPED_WORDS
from shared.change import Refused, SyncTrouble
from shared.shapes import one_line
from shared.store import FILE_NAME, Store
from shared.store.courier import Courier
from shared.store.file import explained, keep
from shared.store.snapshot import Unfit

LONG_AWAY_MS = 24 * 3600 * 1000
TOO_MANY = 429
Line = Callable[[HubAddress, Callable[[], int]], Hubline]
"""Makes a line to a hub, which compares this clock with the hub's."""


class SyncResult(NamedTuple):
    """What one sync has moved, in changes, and what is wrong with single attached files, in words."""

    sent: int
    received: int
    at_ms: int
    files: tuple[str, ...] = ()
    clock_off_ms: int = 0  # how far this computer's clock is ahead of the hub's


class SyncState(NamedTuple):
    """What the header says."""

    enrolled: bool
    online: bool
    last_ok_ms: int  # 0: never
    unsent: int
    trouble: str
    turned_away: str = ""  # the hub's word for it: unknown or revoked; «wiped» when the data were erased by order
    files: tuple[str, ...] = ()  # what is wrong with single attached files, while the changes go through
    clock_off_ms: int = 0  # how far this clock was ahead of the hub's at the last sync
    kind: str = ""  # of the trouble, see `SyncTrouble`


def sync_state(store: Store) -> SyncState:
    """Cheap enough to be asked every second."""
    names = "'sync_ok', 'sync_trouble', 'sync_refused', 'wiped', 'sync_files', 'clock_off', 'sync_kind'"
    notes = dict(store.db.execute(f"SELECT name, value FROM notes WHERE name IN ({names})").fetchall())
    enrolled = (store.path.parent / SECRETS).exists()
    trouble = notes.get("sync_trouble", "")
    online = enrolled and not trouble and "sync_ok" in notes
    turned_away = notes.get("sync_refused", "") if enrolled else WIPED if WIPED in notes else ""
    files = tuple(json.loads(notes.get("sync_files", "[]")))
    kind = notes.get("sync_kind", "") if trouble else ""
    last_ok, clock_off = int(notes.get("sync_ok", 0)), int(notes.get("clock_off", 0))
    return SyncState(enrolled, online, last_ok, store.unsent(), trouble, turned_away, files, clock_off, kind)


class Syncer:
    """The sync of one data folder; each round opens the store anew, so any thread may run it."""

    def __init__(self, folder: Path, clock: Callable[[], int] = now_ms, line: Line = Hubline) -> None:
        self.folder, self.clock, self.line = folder, clock, line

    def enrol(self, url: str, code: str, name: str = "") -> dict[str, Any]:
        """Spends a one-time code; afterwards this laptop has a person, a node prefix and a token. Raises Refused, SyncTrouble.

        `name`: what the administrator sees it under, otherwise the computer's own name.
        A laptop that is enrolled again keeps its data and its history.
        """
        url, code = invited(url, code)
        store = opened(self.folder)
        try:
            line = self._found(url)
            names = {"name": one_line(name or platform.node()), "label": store.log.state().device}  # the hub takes the first that is one
            found = line.json("/api/v1/enrol", {"code": code, "version": VERSION, **names, **identity(store)})
            HubAddress(line.address.url, found["token"], found["name"], found["title"]).keep(self.folder)
            with store.transaction():
                store.log.set_state(author=found["author"], prefix=found["prefix"])
                store.db.execute("DELETE FROM notes WHERE name IN ('sync_refused', 'sync_trouble', 'wiped')")
        except NoLine as error:
            raise not_found(url, error) from error
        except KeyError as error:
            raise SyncTrouble(STRANGER) from error
        finally:
            store.close()
        return {name: found[name] for name in ("author", "name", "role", "prefix", "title")}

    def _found(self, typed: str) -> Hubline:
        """The line to the hub that was meant. Raises Refused, SyncTrouble: of the address as it was typed."""
        trouble: Exception | None = None
        for address in addresses_of(typed):
            line = self.line(HubAddress(address), self.clock)
            try:
                line.must_be_hub()
            except (Refused, SyncTrouble) as error:
                trouble = trouble or error
            else:
                return line
        raise not_found(typed, trouble) from trouble

    def sync_once(self, report: Report = silent) -> SyncResult:
        """Exchanges until both sides have everything. Raises SyncTrouble, StoreTrouble; what was exchanged till then is kept."""
        with explained(self.folder / FILE_NAME):  # a disk that is full may stop a download too
            return self._once(report)

    def fetch_file(self, sha256: str, report: Report = silent) -> None:
        """Brings one file now, whatever its size. Raises SyncTrouble, StoreTrouble; what has come till then is kept."""
        with explained(self.folder / FILE_NAME):
            store = opened(self.folder)
            try:
                filesync.fetch_file(store, self.line(HubAddress.of(self.folder), self.clock), sha256, report)
            finally:
                store.close()

    def _once(self, report: Report) -> SyncResult:
        store = opened(self.folder)
        store.db.execute("PRAGMA synchronous = NORMAL")  # what a power cut takes of a sync that was under way, comes once more
        try:
            result = self._whole(store, report)
            told = {"sync_files": json.dumps(result.files), "clock_off": str(result.clock_off_ms)}
            note(store, sync_ok=str(result.at_ms), sync_trouble="", sync_refused="", **told)
            keep(store.path)
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
        note(store, sync_trouble=str(trouble), sync_kind=trouble.kind, **refused)
        return trouble

    def _whole(self, store: Store, report: Report) -> SyncResult:
        line = self.line(HubAddress.of(self.folder), self.clock)
        before = store.log.state().place
        courier = Courier(store)
        if self._was_away(store) and far_behind(before, asked_last(courier, line)):
            with suppress(Unfit):
                fetch(store, line.get, report)
                found_sound(store, self.clock())
        fetched = store.log.state().place - before
        heal_if_due(store, line, self.clock())
        with ThreadPoolExecutor(1) as asking:
            ask: Ask = lambda message: line.exchange(message, courier.waiting)  # noqa: E731 - one way to ask, twice
            sent, received = exchange_all(courier, ask, report, line=asking)
            if give_way(Desk(store, self.folder, self.clock)):
                sent += exchange_all(courier, ask, report, line=asking)[0]
        if not store.log.state().prefix:
            self._take_prefix(store, line)
        tell_cuts(store, self.clock())
        tell_read_back(store, courier.read_back, self.clock())
        tell_refused(store, courier.refused, self.clock())
        at_ms = self.clock()
        try:
            files = filesync.sync_files(store, line, report)
        except SyncTrouble:
            note(store, sync_ok=str(at_ms))  # the changes have come, and the header says since when
            raise
        return SyncResult(sent, fetched + received, at_ms, files.troubles, line.off_ms)

    def _take_prefix(self, store: Store, line: Hubline) -> None:
        """A laptop that found itself copied takes a new one for the numbers of its documents.

        Whoever goes on in its name again and again makes it ask too often: then it waits for the next sync, and its files do not.
        """
        try:
            prefix = line.json("/api/v1/prefix", {})["prefix"]
        except HubSaid as said:
            if said.status != TOO_MANY:
                raise
            return
        with store.transaction():
            store.log.set_state(prefix=prefix)
        tell_copied(store, prefix, self.clock())

    def _was_away(self, store: Store) -> bool:
        """Whether this laptop is new, or has not synced for so long that asking first is worth a request."""
        last = store.noted("sync_ok")
        return not last or self.clock() - int(last) > LONG_AWAY_MS


def not_found(typed: str, trouble: Exception | None) -> SyncTrouble:
    """What an enrolment says when no hub answers: unlike a sync, nobody repeats this one."""
    address = addresses_of(typed)[0]
    words = (
        f"По адресу {address} никто не отвечает. Проверьте адрес и сеть и попробуйте ещё раз"
        if isinstance(trouble, NoLine)
        else str(trouble)
    )
    bare = "://" not in typed and address.startswith("https:")
    return SyncTrouble(f"{words}. Если сервер работает без https, начните адрес с http://" if bare else words)


def identity(store: Store) -> dict[str, str]:
    """Who worked here so far: a hub that was lost and is built anew gives that person the same employee's row again."""
    row = store.row("employees", store.log.state().author)
    return {"author": row["id"], "login": row["login"], "prefix": store.log.state().prefix} if row else {}


def asked_last(courier: Courier, line: Hubline) -> int:
    """The hub's last place, asked without moving anything."""
    _, message = courier.probe(0, 0)
    head = told(lambda message: line.exchange(message, 0), message)
    return head["last"] if type(head.get("last")) is int else 0


def note(store: Store, **values: str) -> None:
    """Remembers the outcome of the last sync in the store."""
    with store.transaction():
        store.note(values)
