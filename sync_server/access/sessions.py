"""Sessions in a browser: a signed cookie that ends with time, by leaving, with a new password and with a closed account."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

from sync_server.access.book import Book, Clock, Luck
from sync_server.access.users import User, Users

COOKIE = "zakaznik_hub"
"""Its own name: cookies ignore ports, and other programs on this machine have theirs."""
LIFE_MS = 12 * 3600 * 1000
ENDED = "ended:"
"""Before the mark of a session that was left, among the settings: a cookie that somebody has copied must not outlive it."""


@dataclass(frozen=True, slots=True)
class Session:
    user: User
    form_key: str  # every form of this session carries it: a foreign page cannot send one


class Sessions:
    def __init__(self, book: Book, users: Users, clock: Clock, luck: Luck) -> None:
        self._book = book
        self._users = users
        self._clock = clock
        self._luck = luck
        self._secret = book.secret
        self._signer = URLSafeSerializer(self._secret, salt="session")

    def start(self, user: User) -> str:
        """The value of the cookie."""
        return str(self._signer.dumps([user.id, user.epoch, self._clock(), self._luck(16).hex()]))

    def read(self, cookie: str | None) -> Session | None:
        """The session of a cookie; None when it is absent, forged, too old or ended by a new password."""
        try:
            user_id, epoch, started_ms, mark = self._signer.loads(cookie or "")
        except (BadData, ValueError, TypeError):
            return None
        user = self._users.find(user_id)
        if user is None or user.closed or user.epoch != epoch or not 0 <= self._clock() - started_ms < LIFE_MS:
            return None
        if self._book.setting(f"{ENDED}{mark}"):
            return None
        return Session(user, hmac.new(self._secret, f"form {cookie}".encode(), "sha256").hexdigest())

    def end(self, cookie: str | None) -> None:
        """Whoever has this cookie is a stranger from now on."""
        if self.read(cookie) is None:
            return
        *_, started_ms, mark = self._signer.loads(cookie or "")
        with self._book.writing() as db:
            old = self._clock() - LIFE_MS
            db.table("settings").delete_where("key LIKE ? AND CAST(value AS INTEGER) < ?", [f"{ENDED}%", old])
            self._book.set(f"{ENDED}{mark}", str(started_ms))
