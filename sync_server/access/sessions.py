"""Sessions in a browser: a signed cookie that ends with time, with a new password and with a closed account."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

from sync_server.access.book import Book, Clock, Luck
from sync_server.access.users import User, Users

COOKIE = "zakaznik_hub"
"""Its own name: cookies ignore ports, and other programs on this machine have theirs."""
LIFE_MS = 12 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Session:
    user: User
    form_key: str  # every form of this session carries it: a foreign page cannot send one


class Sessions:
    def __init__(self, book: Book, users: Users, clock: Clock, luck: Luck) -> None:
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
            user_id, epoch, started_ms, _ = self._signer.loads(cookie or "")
        except (BadData, ValueError, TypeError):
            return None
        user = self._users.find(user_id)
        if user is None or user.closed or user.epoch != epoch or not 0 <= self._clock() - started_ms < LIFE_MS:
            return None
        return Session(user, hmac.new(self._secret, f"form {cookie}".encode(), "sha256").hexdigest())
