"""One-time enrolment codes like «К7М4-Р2ХД»: read from a screen, typed on a laptop, spent once."""

from __future__ import annotations

from hashlib import blake2b, scrypt
from typing import Any

from shared.change import Refused
from sync_server.access.book import Book, Clock, Luck

ALPHABET = "АГДЕЖКЛМНПРСТУФХЮЯ245679"
"""No letter is easily taken for a digit (О, З, В, Б, Ч) or for another letter (Ш and Щ, Ь and Ъ)."""
TWINS = str.maketrans("AEKMHPCTYXЁ", "АЕКМНРСТУХЕ")
"""A Latin letter that looks like a Cyrillic one is taken for it: the keyboard's layout does not matter."""
LENGTH = 8
LIFE_MS = 7 * 24 * 3600 * 1000


class Codes:
    def __init__(self, book: Book, clock: Clock, luck: Luck) -> None:
        self._book = book
        self._clock = clock
        self._luck = luck

    def issue(self, user: str, form: str = "") -> str:
        """A new code for the user, valid for seven days, shown once: only its digest is kept.

        `form` names the form that asks: sent twice (a double click, a reload) it gets the same code. Refused: that one is spent.
        """
        seed = blake2b(f"{user}\0{form}".encode(), key=self._book.secret, digest_size=16).digest() if form else self._luck(16)
        code = _spelled(int.from_bytes(seed))
        digest, now = self._digest(code), self._clock()
        with self._book.writing() as db:
            db.table("codes").delete_where("expires_ms < ?", [now])
            given = self._book.row("SELECT used_ms FROM codes WHERE digest = ?", digest)
            if given is None:
                db.table("codes").insert({"digest": digest, "user": user, "created_ms": now, "expires_ms": now + LIFE_MS, "used_ms": 0})
            elif given["used_ms"]:
                raise Refused("Этот код уже использован или отменён. Выдайте новый на странице «Коды подключения».", "code")
        return f"{code[:4]}-{code[4:]}"

    def spend(self, code: str) -> str:
        """The id of the user it was given to; it is worth nothing afterwards. Refused: wrong, used or older than seven days."""
        digest, now = self._digest(tidy(code)), self._clock()
        with self._book.writing() as db:
            row = self._book.row("SELECT user FROM codes WHERE digest = ? AND used_ms = 0 AND expires_ms > ?", digest, now)
            if row is None:
                raise Refused("Код не подходит: он введён с ошибкой, уже использован или старше семи дней. Попросите новый.", "code")
            db.table("codes").update(digest, {"used_ms": now})
        return str(row["user"])

    def waiting(self) -> list[dict[str, Any]]:
        """Codes that can still be used: user, created_ms, expires_ms."""
        return self._book.rows(
            "SELECT user, created_ms, expires_ms FROM codes WHERE used_ms = 0 AND expires_ms > ? ORDER BY expires_ms", self._clock()
        )

    def withdraw(self, user: str) -> None:
        """The user's unused codes are worth nothing from now on."""
        with self._book.writing() as db:
            db.conn.execute("UPDATE codes SET used_ms = ? WHERE user = ? AND used_ms = 0", (self._clock(), user))

    def _digest(self, code: str) -> str:
        """Slow on purpose: a short code must not be guessed from a stolen file within its seven days."""
        return scrypt(code.encode(), salt=self._book.secret, n=2**13, r=8, p=1).hex()


def tidy(code: str) -> str:
    """What was meant: capital letters without spaces and hyphens, Cyrillic instead of its Latin twins."""
    return "".join(each for each in code.upper() if each.isalnum())[:64].translate(TWINS)


def _spelled(number: int) -> str:
    letters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)
