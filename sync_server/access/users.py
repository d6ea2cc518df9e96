"""Users of the hub: login, role, password. The id is that of their row among employees, the author of their changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from threading import Lock
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from shared.change import Refused
from shared.entities.people import ROLES
from sync_server.access.book import Book, Clock

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 200
LONGEST_LOGIN = 64
LOGIN = re.compile(rf"[\w.@+-]{{1,{LONGEST_LOGIN}}}")
STRENGTH = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP, Password Storage Cheat Sheet: Argon2id, 19 MiB, two passes."""
DECOY = "$argon2id$v=19$m=19456,t=2,p=1$3EwjXzviFBn4z9KcxA6A9A$vErv4bjYx+1YJv/2x0iOTJHSyz4of+p5sDOli4I+a6o"
"""What an unknown login is compared with: it takes as long as a known one."""
MANAGING = frozenset({"administrator", "manager"})


@dataclass(frozen=True, slots=True)
class User:
    id: str  # the row of employees
    login: str
    name: str
    role: str  # a key of ROLES
    epoch: int  # counts up when the password changes: older sessions end
    closed: bool

    @property
    def role_name(self) -> str:
        return ROLES.get(self.role, self.role)

    @property
    def is_administrator(self) -> bool:
        return self.role == "administrator"

    @property
    def reads_reports(self) -> bool:
        return self.role in MANAGING


class Users:
    def __init__(self, book: Book, clock: Clock, hasher: PasswordHasher) -> None:
        self._book = book
        self._clock = clock
        self._hasher = hasher
        self._one_at_a_time = Lock()  # a hash takes 19 MiB: eight threads at once would take 150

    @staticmethod
    def folded(login: str) -> str:
        return login.strip().casefold()

    def all(self) -> list[User]:
        return [_user(row) for row in self._book.rows("SELECT * FROM users ORDER BY closed, name, login")]

    def find(self, id_or_login: str) -> User | None:
        row = self._book.row("SELECT * FROM users WHERE id = ? OR folded = ?", id_or_login, self.folded(id_or_login))
        return _user(row) if row else None

    def get(self, id_or_login: str) -> User:
        """Refused: there is no such user."""
        user = self.find(id_or_login)
        if user is None:
            raise Refused(f"Пользователя «{id_or_login}» нет. Добавьте его командой user или на странице сервера.", "login")
        return user

    def check_new(self, login: str, role: str, password: str) -> None:
        """Refused: a login that is taken or has foreign characters, an unknown role, a short password."""
        if not LOGIN.fullmatch(login.strip()):
            raise Refused("Имя для входа — до 64 букв и цифр без пробелов; можно точку, дефис, @ и подчёркивание.", "login")
        if self.find(login):
            raise Refused(f"Имя для входа «{login.strip()}» уже занято. Выберите другое.", "login")
        check_role(role)
        check_password(password)

    def add(self, user: str, login: str, name: str, role: str, password: str) -> User:
        """`user` is the id of the row of employees. Refused: see `check_new`."""
        self.check_new(login, role, password)
        hashed = self._hash(password)
        with self._book.writing() as db:
            db.table("users").insert({
                "id": user, "login": login.strip(), "folded": self.folded(login), "name": name.strip() or login.strip(), "role": role,
                "password": hashed, "epoch": 1, "closed": 0, "created_ms": self._clock(),
            })  # fmt: skip
        return self.get(user)

    def set_password(self, user: User, password: str) -> None:
        """All sessions of the user end. Refused: a short password."""
        check_password(password)
        hashed = self._hash(password)
        with self._book.writing() as db:
            db.table("users").update(user.id, {"password": hashed, "epoch": user.epoch + 1})

    def set_role(self, user: User, role: str) -> None:
        """Refused: an unknown role, or the last open administrator would be gone."""
        check_role(role)
        self._change(user, {"role": role}, keeps_administrator=role == "administrator")

    def set_closed(self, user: User, *, closed: bool) -> None:
        """A closed account neither logs in nor syncs. Refused: it is the last open administrator."""
        self._change(user, {"closed": int(closed), "epoch": user.epoch + 1}, keeps_administrator=not closed)

    def move(self, user: User, employee: str) -> User:
        """The account gets another row of employees; its devices and codes go along."""
        with self._book.writing() as db:
            for table, column in (("users", "id"), ("devices", "user"), ("codes", "user")):
                db.conn.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (employee, user.id))
        return self.get(employee)

    def verified(self, login: str, password: str) -> User:
        """Refused with the same words and after the same time, whatever was wrong."""
        row = self._book.row("SELECT * FROM users WHERE folded = ? AND closed = 0", self.folded(login))
        if not self._matches(row["password"] if row else DECOY, password) or row is None:
            raise Refused("Имя для входа или пароль не подходят. Проверьте раскладку и попробуйте ещё раз.", "password")
        return _user(row)

    def check_not_last(self, user: User) -> None:
        """Refused: without this one there would be no administrator."""
        others = self._book.rows("SELECT 1 FROM users WHERE role = 'administrator' AND closed = 0 AND id <> ?", user.id)
        if user.is_administrator and not others:
            raise Refused("Это последний администратор. Сначала назначьте администратором кого-то ещё.", "role")

    def _change(self, user: User, patch: dict[str, Any], *, keeps_administrator: bool) -> None:
        with self._book.writing() as db:
            if not keeps_administrator:
                self.check_not_last(user)
            db.table("users").update(user.id, patch)

    def _hash(self, password: str) -> str:
        with self._one_at_a_time:
            return self._hasher.hash(password)

    def _matches(self, hashed: str, password: str) -> bool:
        if len(password) > LONGEST_PASSWORD:
            return False
        try:
            with self._one_at_a_time:
                return self._hasher.verify(hashed, password)
        except VerificationError:
            return False


def check_role(role: str) -> None:
    if role not in ROLES:
        raise Refused(f"Роли «{role}» нет. Возможные роли: {', '.join(ROLES)}.", "role")


def check_password(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise Refused(f"Пароль слишком короткий. Нужно не меньше {SHORTEST_PASSWORD} знаков.", "password")
    if len(password) > LONGEST_PASSWORD:
        raise Refused(f"Пароль слишком длинный. Нужно не больше {LONGEST_PASSWORD} знаков.", "password")


def _user(row: dict[str, Any]) -> User:
    return User(row["id"], row["login"], row["name"], row["role"], row["epoch"], bool(row["closed"]))
