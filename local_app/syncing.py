"""The sync as the screens see it: when it runs, what it says. The work itself is in `sync`, in a thread with its own store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from nicegui import run

from local_app import sync
from local_app.desk import steady_ms
from local_app.hubline import HubAddress, Hubline
from local_app.moving import Moving
from shared.change import AT_HUB, OFFLINE, UPDATE, Refused, SyncTrouble
from shared.formats import ago
from shared.store import StoreTrouble

if TYPE_CHECKING:
    from local_app.session import Application

EVERY_SECONDS = 60.0
AFTER_EDITS_SECONDS = 2.0
TOLD_FROM_MS = 1000
"""A sync that is over sooner only says that it runs: numbers that flash by tell nothing."""
TURNED_AWAY = MappingProxyType(
    {"unknown": "Сервер не знает этот ноутбук", "revoked": "Доступ отозван", "wiped": "Данные стёрты администратором"}
)
"""The hub's word for why it does not let this laptop in, for the header."""
HINDERED = MappingProxyType({UPDATE: "Обмен не идёт: обновите программу", AT_HUB: "Обмен не идёт: неполадка на сервере"})
"""A kind of trouble other than having no line at all, for the header; the reason is told beside it."""


@dataclass(slots=True)
class Syncing:
    """One program, one sync at a time. `clock` tells milliseconds since 1970, UTC; what is due is due by `ticks`, which nobody sets."""

    app: Application
    clock: Callable[[], int]
    ticks: Callable[[], int] = steady_ms
    line: sync.Line = Hubline
    busy: bool = False
    begun_ms: int = 0  # by `ticks`
    moved: Moving | None = None  # what the sync's thread has told last
    shown: Moving | None = None  # what the screens were told of it
    trouble: str = ""  # of the last sync of this program, whatever it was
    kind: str = ""  # see `SyncTrouble`
    due_ms: int = 0
    begun: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    watchers: list[Callable[[], None]] = field(default_factory=list)

    def state(self) -> sync.SyncState:
        return sync.sync_state(self.app.store)

    def hub(self) -> HubAddress | None:
        """None before the enrolment, and when what is known of the hub is damaged."""
        try:
            return HubAddress.of(self.app.folder)
        except SyncTrouble:
            return None

    def edited(self) -> None:
        """Something was changed here: send it soon, after the last of a row of edits."""
        self.due_ms = min(self.due_ms, self.ticks() + int(AFTER_EDITS_SECONDS * 1000)) if self.app.store.unsent() else self.due_ms

    async def tick(self) -> None:
        """Called twice a second: sync when it is time."""
        if self.ticks() >= self.due_ms and not self.busy:
            await self.now()

    async def now(self) -> str:
        """Sync from this moment on; what went wrong, in words, or ''. One that runs already may have asked the hub too early to count."""
        begun = self.begun
        async with self.turn:
            if self.begun == begun:  # nobody who was waiting too has done it meanwhile
                await self._once()
            return self.trouble

    async def _once(self) -> None:
        if not self.state().enrolled:
            self.due_ms = self.ticks() + int(EVERY_SECONDS * 1000)
            return
        self.begun += 1
        self.busy, self.begun_ms, self.moved, self.shown = True, self.ticks(), None, None
        self.tell()
        try:
            await run.io_bound(sync.Syncer(self.app.folder, self.clock, self.line).sync_once, self.report)
            self.trouble = self.kind = ""
        except (Refused, SyncTrouble, StoreTrouble) as trouble:
            self.trouble, self.kind = str(trouble), trouble.kind if isinstance(trouble, SyncTrouble) else ""
        finally:
            self.busy = False
            self.due_ms = self.ticks() + int(EVERY_SECONDS * 1000)
        self.app.desk.poll()
        self.tell()

    def report(self, moving: Moving) -> None:
        """Told from the sync's thread: only remembered here."""
        self.moved = moving

    def pulse(self) -> None:
        """Called twice a second, which keeps the screens from a flood: what moves, once the sync takes long enough."""
        if self.busy and self.moved != self.shown and self.ticks() - self.begun_ms >= TOLD_FROM_MS:
            self.shown = self.moved
            self.tell()

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call `watcher` when a sync begins and ends, and while a long one goes on; the answer stops it."""
        self.watchers.append(watcher)
        return lambda: self.watchers.remove(watcher) if watcher in self.watchers else None

    def tell(self) -> None:
        for watcher in tuple(self.watchers):
            watcher()

    def hindrance(self) -> str:
        """What keeps the changes from going through, in words, or ''; after a start what the last sync before it met."""
        return self.trouble or self.state().trouble

    def words(self) -> tuple[str, str]:
        """A mood (fine, waits, broken, busy, '' before enrolment) and the words for the header."""
        state = self.state()
        if self.busy:
            return "busy", str(self.shown or "Синхронизируется…")
        if state.turned_away:
            return "broken", TURNED_AWAY.get(state.turned_away, "Сервер не принимает этот ноутбук")
        if not state.enrolled:
            return "", "Не подключено к серверу"
        if self.hindrance():
            kind = self.kind if self.trouble else state.kind
            return "broken", f"Нет связи · данные {since(state.last_ok_ms)}" if kind == OFFLINE else HINDERED.get(kind, "Обмен не идёт")
        if state.unsent:
            return "waits", f"Не отправлено: {state.unsent}"
        return (
            "fine",
            f"Синхронизировано {ago((self.clock() - (state.last_ok_ms or 0)) / 1000)}" if state.last_ok_ms else "Ещё не синхронизировано",
        )


def since(at_ms: int | None) -> str:
    """«от 09:12» today, «от 12.03 09:12» before."""
    if not at_ms:
        return "ещё не получены"
    at = datetime.fromtimestamp(at_ms / 1000)  # noqa: DTZ006 - the local time of the user
    return f"от {at:%H:%M}" if at.date() == datetime.now().date() else f"от {at:%d.%m %H:%M}"  # noqa: DTZ005
