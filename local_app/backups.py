"""Backups while the program runs: once a day by themselves, at once by the button; the work is done in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from nicegui import run

from local_app.desk import steady_ms
from shared.store import FILE_NAME, Store, StoreTrouble, backup, upkeep

FIRST_LOOK_MS = 60_000
"""After the start: opening the window comes first."""
LOOK_EVERY_MS = 10 * 60_000
AGAIN_MS = 60 * 60_000
"""After a backup that failed (a full disk)."""


@dataclass(slots=True)
class Backups:
    """Of one data folder. `clock` tells milliseconds since 1970, UTC; what is due is due by `ticks`, which nobody sets."""

    folder: Path
    clock: Callable[[], int]
    ticks: Callable[[], int] = steady_ms
    busy: bool = False
    trouble: str = ""
    look_ms: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def tick(self) -> None:
        """Called twice a second: a backup when the last one is a day old."""
        now = self.ticks()
        if not self.look_ms:
            self.look_ms = now + FIRST_LOOK_MS
        if now < self.look_ms or self.busy:
            return
        self.look_ms = now + LOOK_EVERY_MS
        if backup.is_due(self.folder, self.clock()):
            await self.now()

    async def now(self) -> str:
        """Make one; what went wrong, in words, or ''. Who asks while one is made gets that one, and hears how it ended."""
        joined = self.turn.locked()
        async with self.turn:
            if not joined:
                await self._make()
            return self.trouble

    async def _make(self) -> None:
        self.busy = True
        try:
            await run.io_bound(make_and_clean, self.folder, self.clock())
            self.trouble = ""
        except StoreTrouble as trouble:
            self.trouble = str(trouble)
            self.look_ms = self.ticks() + AGAIN_MS
        finally:
            self.busy = False

    def last(self) -> backup.Backup | None:
        return backup.newest(self.folder)


def make_and_clean(folder: Path, now_ms: int) -> None:
    """A backup; and, since it is the daily hour of upkeep, files that nothing names go."""
    backup.make(folder, now_ms)
    store = Store.open(folder / FILE_NAME, read_only=True)
    try:
        upkeep.clean(store, now_ms)
    finally:
        store.close()
