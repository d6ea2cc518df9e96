"""What the daily backup came upon, kept for whoever looks later: the administrator's pages and `status`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import orjson

from shared.formats import when
from shared.store import backup

FILE_NAME = "backups.json"
TOLD_FOR_MS = 30 * 24 * 3600 * 1000
NAMED = 3
"""A disk that fails damages many files: the newest are named, the others counted."""
LATE_MS = 2 * backup.EVERY_MS


class Found(NamedTuple):
    """Something damaged, and what was done with it."""

    at_ms: int
    words: str


class Findings(NamedTuple):
    """Of the last backups; `since`: where the next look at the files begins."""

    failed_ms: int = 0  # 0: the last one was made
    trouble: str = ""
    found: tuple[Found, ...] = ()
    since: str = ""

    def failed(self, now_ms: int, trouble: str) -> Findings:
        return self._replace(failed_ms=now_ms, trouble=trouble)

    def made(self, now_ms: int, found: Iterable[str], since: str) -> Findings:
        kept = [each for each in self.found if now_ms - each.at_ms < TOLD_FOR_MS]
        return Findings(0, "", (*kept, *(Found(now_ms, words) for words in found)), since)


def read(folder: Path) -> Findings:
    """Nothing when there was no backup yet; and when the file is damaged, which is no reason to make none."""
    try:
        kept = orjson.loads((folder / FILE_NAME).read_bytes())
        found = tuple(Found(int(at_ms), str(words)) for at_ms, words in kept["found"])
        return Findings(int(kept["failed_ms"]), str(kept["trouble"]), found, str(kept["since"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return Findings()


def write(folder: Path, findings: Findings) -> None:
    """Whole or not at all. Raises OSError."""
    path = folder / FILE_NAME
    part = path.with_suffix(".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(orjson.dumps({**findings._asdict(), "found": [list(each) for each in findings.found]}))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def told(folder: Path, now_ms: int) -> list[str]:
    """For the administrator: the last backup failed, the newest one is old, files were found damaged within the last month."""
    known, newest = read(folder), backup.newest(folder)
    lines = list[str]()
    if known.trouble:
        lines.append(f"Резервная копия не сделана ({spoken(known.failed_ms, now_ms)}). {known.trouble}")
    elif newest and now_ms - newest.at_ms > LATE_MS:
        last = spoken(newest.at_ms, now_ms)
        lines.append(f"Последняя резервная копия сделана {last}. Проверьте, работает ли сервер всё время, или выполните команду backup")
    recent = sorted((each for each in known.found if now_ms - each.at_ms < TOLD_FOR_MS), key=lambda each: -each.at_ms)
    lines += [f"Резервное копирование нашло порчу ({spoken(each.at_ms, now_ms)}). {each.words}. Проверьте диск" for each in recent[:NAMED]]
    if len(recent) > NAMED:
        lines.append(f"Всего за месяц найдено повреждённого: {len(recent)}. Всё названо в журнале службы и в файле {folder / FILE_NAME}")
    return [f"{line.rstrip('.')}." for line in lines]


def spoken(at_ms: int, now_ms: int) -> str:
    """«сегодня, 14:05» in the time of this machine."""
    then, now = datetime.fromtimestamp(at_ms / 1000), datetime.fromtimestamp(now_ms / 1000)  # noqa: DTZ006 - people read local time
    return when(then.isoformat(timespec="minutes"), now)
