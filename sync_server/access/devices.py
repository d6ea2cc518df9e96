"""Devices: who they belong to, their tokens and node prefixes, when they came last, whether they may come again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from typing import Any

from shared.change import Refused
from shared.shapes import one_line
from sync_server.access.book import Book, Clock, Luck

LETTERS = "АБВГДЕЖИКЛМНПРСТУФХЦШЭЮЯDFGJLNQRSUVWZ"
"""First letters of node prefixes: none that is easily taken for a digit, no Latin twin of a Cyrillic one."""
SEEN_EVERY_MS = 60_000
"""A syncing device is written down once a minute, not at every message."""


@dataclass(frozen=True, slots=True)
class Device:
    id: str
    label: str  # what people call it: «Ноутбук Анны»; the name of the computer at first
    prefix: str  # stands before the numbers of its documents
    user: str  # the id of the user
    version: str  # of the program
    unsent: int  # changes that waited on it when it came last
    enrolled_ms: int
    seen_ms: int  # 0: never synced
    revoked_ms: int  # 0: may sync
    wipe: bool  # told to forget its data when it comes next
    wiped_ms: int  # 0: not told yet

    @property
    def state(self) -> str:
        """What the hub knows: that a device was told, not that its program obeyed."""
        if not self.revoked_ms:
            return "Работает"
        if not self.wipe:
            return "Отозвано"
        return "Отозвано, велено стереть данные" if self.wiped_ms else "Отозвано, данные будут стёрты при подключении"


class Devices:
    def __init__(self, book: Book, clock: Clock, luck: Luck) -> None:
        self._book = book
        self._clock = clock
        self._luck = luck

    def all(self) -> list[Device]:
        return [_device(row) for row in self._book.rows("SELECT * FROM devices ORDER BY revoked_ms > 0, enrolled_ms, id")]

    def find(self, key: str) -> Device | None:
        """By id, else by a prefix it has or had, else by a label that only one has."""
        row = self._book.row("SELECT * FROM devices WHERE id = ?", key)
        row = row or self._book.row("SELECT d.* FROM prefixes p JOIN devices d ON d.id = p.device WHERE p.prefix = ?", key.upper())
        named = self._book.rows("SELECT * FROM devices WHERE label = ?", key)
        row = row or (named[0] if len(named) == 1 else None)
        return _device(row) if row else None

    def get(self, key: str) -> Device:
        """Refused: there is no such device, or several have this label."""
        device = self.find(key)
        if device is None and self._book.row("SELECT 1 FROM devices WHERE label = ?", key):
            raise Refused(f"Устройств с названием «{key}» несколько. Укажите номер или префикс: их показывает команда status.")
        if device is None:
            raise Refused(f"Устройства «{key}» нет. Список устройств показывает команда status.")
        return device

    def by_token(self, token: str) -> Device | None:
        """Also a revoked one: the caller tells its user why."""
        row = self._book.row("SELECT * FROM devices WHERE token = ?", _digest(token))
        return _device(row) if row else None

    def add(self, user: str, label: str, version: str, wished_prefix: str = "", printed: Collection[str] = ()) -> tuple[Device, str]:
        """A new device of the user, and its token, which is told once."""
        device, token = self._luck(8).hex(), self._luck(32).hex()
        with self._book.writing() as db:
            db.table("devices").insert({
                "id": device, "label": one_line(label), "prefix": "", "user": user, "token": _digest(token),
                "version": version[:40], "unsent": 0, "enrolled_ms": self._clock(), "seen_ms": 0, "revoked_ms": 0, "wipe": 0, "wiped_ms": 0,
            })  # fmt: skip
            self.give_prefix(device, wished_prefix, printed)
        return self.get(device), token

    def give_prefix(self, device: str, wished: str = "", printed: Collection[str] = ()) -> str:
        """A prefix that no device ever had; a copied laptop takes a new one. Refused: all of them are given out.

        `wished`: what the laptop had at a hub that was lost; it goes on with it unless somebody has it already.
        `printed`: what stands before numbers that there are: a laptop of that hub that is still away may go on with it.
        """
        with self._book.writing() as db:
            taken = {row["prefix"] for row in self._book.rows("SELECT prefix FROM prefixes")}
            prefix = next((each for each in wishes(wished, printed) if each not in taken), None)
            if prefix is None:
                raise Refused("Свободных обозначений для номеров документов больше нет. Обратитесь к разработчику.")
            db.table("prefixes").insert({"prefix": prefix, "device": device})
            db.table("devices").update(device, {"prefix": prefix})
        return prefix

    def seen(self, device: Device, version: str, unsent: int) -> None:
        """It came to sync. Written at most once a minute, unless something changed."""
        now = self._clock()
        if 0 <= now - device.seen_ms < SEEN_EVERY_MS and (version, unsent) == (device.version, device.unsent):
            return
        with self._book.writing() as db:
            db.table("devices").update(device.id, {"seen_ms": now, "version": version[:40], "unsent": unsent})

    def revoke(self, device: Device, *, wipe: bool = False) -> None:
        """From now on it is turned away; with `wipe` it is told to forget its data when it comes next."""
        with self._book.writing() as db:
            db.table("devices").update(device.id, {"revoked_ms": device.revoked_ms or self._clock(), "wipe": int(wipe or device.wipe)})

    def rename(self, device: Device, label: str) -> None:
        """What people call it from now on. Refused: a label of nothing."""
        if not (name := one_line(label)):
            raise Refused("Название устройства не может быть пустым. Напишите, например: Ноутбук Анны.", "label")
        with self._book.writing() as db:
            db.table("devices").update(device.id, {"label": name})

    def wiped(self, device: Device) -> None:
        """It has been told to forget its data."""
        with self._book.writing() as db:
            db.table("devices").update(device.id, {"wiped_ms": device.wiped_ms or self._clock()})


def wishes(wished: str, printed: Collection[str]) -> list[str]:
    """The wished prefix first, if it is one; those of printed numbers last."""
    known = sorted(all_prefixes(), key=lambda prefix: prefix in printed)
    return [wished, *known] if wished in known else known


def all_prefixes() -> list[str]:
    """Two letters first, then a letter and a digit."""
    return ["".join(pair) for pair in product(LETTERS, LETTERS)] + ["".join(pair) for pair in product(LETTERS, "2456789")]


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _device(row: dict[str, Any]) -> Device:
    return Device(
        row["id"], row["label"], row["prefix"], row["user"], row["version"], row["unsent"],
        row["enrolled_ms"], row["seen_ms"], row["revoked_ms"], bool(row["wipe"]), row["wiped_ms"],
    )  # fmt: skip
