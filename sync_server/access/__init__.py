"""Who may enter the hub: users, devices, one-time codes, sessions. Kept in `accounts.sqlite`, never in the merged store."""

from __future__ import annotations

import os
import time
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from argon2 import PasswordHasher

from shared.change import Refused
from shared.shapes import one_line
from sync_server.access.book import Book, Clock, Luck
from sync_server.access.codes import Codes
from sync_server.access.devices import Device, Devices
from sync_server.access.sessions import Session, Sessions
from sync_server.access.throttle import Throttle
from sync_server.access.users import LONGEST_LOGIN, STRENGTH, User, Users

__all__ = ["Access", "Clock", "Codes", "Device", "Devices", "Enrolment", "Luck", "Session", "Sessions", "Throttle", "User", "Users"]

FILE_NAME = "accounts.sqlite"


def wall_clock() -> int:
    return time.time_ns() // 1_000_000


def steady_clock() -> int:
    """Milliseconds that only go on: by them waits are counted, whoever sets the clock."""
    return time.monotonic_ns() // 1_000_000


class Enrolment(NamedTuple):
    """What a laptop gets for its code; the token is told once and kept here only as a digest."""

    device: Device
    token: str
    user: User


class Access:
    """The accounts of one hub. Safe for any number of threads and processes."""

    def __init__(self, book: Book, clock: Clock, luck: Luck, hasher: PasswordHasher = STRENGTH, ticks: Clock = steady_clock) -> None:
        self.book = book
        self.users = Users(book, clock, hasher)
        self.devices = Devices(book, clock, luck)
        self.codes = Codes(book, clock, luck)
        self.sessions = Sessions(book, self.users, clock, luck)
        self.throttle = Throttle(ticks)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        clock: Clock = wall_clock,
        luck: Luck = os.urandom,
        hasher: PasswordHasher = STRENGTH,
        create: bool = False,
        ticks: Clock = steady_clock,
    ) -> Access:
        """The accounts in `folder`. Refused: there are none (and `create` is off), or the file is not ours."""
        return cls(Book.open(folder / FILE_NAME, luck, create=create), clock, luck, hasher, ticks)

    def close(self) -> None:
        self.book.close()

    @property
    def title(self) -> str:
        """The name of the hub, shown to those who connect to it."""
        return self.book.setting("title")

    def issue_code(self, user: User, form: str = "") -> str:
        """A one-time code for a laptop of this user. Refused: the account is closed, the code would lead nowhere; see `Codes.issue`."""
        if user.closed:
            raise Refused(f"Учётная запись {user.login} закрыта. Откройте её на странице «Пользователи», потом выдайте код.", "user")
        return self.codes.issue(user.id, form)

    def enrol(self, code: str, label: str, version: str, prefix: str = "", printed: Collection[str] = ()) -> Enrolment:
        """Spend the code and make a device for the user it was given to, with its old prefix if free.

        Refused: a wrong or old code, a closed account.
        """
        with self.book.writing():
            user = self.users.get(self.codes.spend(code))
            if user.closed:  # since the code was given
                raise Refused("Учётная запись, для которой выдан код, закрыта. Обратитесь к администратору.", "code")
            device, token = self.devices.add(user.id, one_line(label) or user.name, version, prefix, printed)
        return Enrolment(device, token, user)

    def log_in(self, login: str, password: str, address: str) -> User:
        """The user with this password. Refused, always with the same words: no such user, a wrong password, a closed account.

        Wrong attempts from one address under one login make the next ones wait.
        """
        key = f"{self.users.folded(login)[:LONGEST_LOGIN]}\0{address}"  # it is kept for long, whatever was typed
        self.throttle.check(key)
        user = self.users.verified(login, password)
        self.throttle.passed(key)
        return user
