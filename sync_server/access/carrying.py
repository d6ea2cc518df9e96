"""What stays in force of the accounts that a restore puts aside: a backup must not give back access that was taken away since."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from sqlite_utils import Database

from shared.store.file import legible, uri_of
from sync_server.access.book import APPLICATION, TABLES, Book
from sync_server.access.sessions import ENDED

Row = dict[str, Any]
Rows = dict[str, list[Row]]
UNREADABLE = (
    "Прежние учётные записи не прочитаны, из них ничего не перенесено: отзывы и стирание устройств, закрытые записи, роли и новые пароли "
    "такие, как в копии. Повторите то, что меняли после неё"
)
FOREIGN = "Прежние учётные записи — другого сервера, из них ничего не перенесено"
NO_ADMINISTRATOR = "Открытого администратора не осталось: добавьте его командой user"
NAMED = 5


class Carried(NamedTuple):
    """What was newer than the backup, by logins and by names of devices."""

    revoked: tuple[str, ...] = ()
    wiped: tuple[str, ...] = ()
    enrolled: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    passwords: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    codes: int = 0
    prefixes: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    trouble: str = ""

    @property
    def words(self) -> str:
        """For the operator: what was carried over, what was not, what is to be done."""
        parts = (
            ("отозваны устройства", self.revoked), ("велено стереть данные устройств", self.wiped),
            ("подключённые позже устройства", self.enrolled), ("закрыты учётные записи", self.closed),
            ("снова открыты учётные записи", self.opened), ("новые пароли", self.passwords), ("новые роли", self.roles),
            ("занятые префиксы", self.prefixes),
        )  # fmt: skip
        told = [f"{label}: {named(names)}" for label, names in parts if names]
        told += [f"использованные, отменённые и истёкшие коды: {self.codes}"] if self.codes else []
        lines = [f"Перенесено из прежних учётных записей — {'; '.join(told)}."] if told else []
        lines += [f"Учётных записей, созданных после копии, больше нет, добавьте их заново: {named(self.gone)}."] if self.gone else []
        return " ".join([*lines, *([f"{self.trouble}."] if self.trouble else [])])


def named(names: Iterable[str]) -> str:
    """The first of them, and how many more."""
    found = list(names)
    rest = len(found) - NAMED
    return ", ".join(found[:NAMED]) + (f" и ещё {rest}" if rest > 0 else "")


def carry(before: Path, restored: Path) -> Carried:
    """Writes what the accounts in force until now know better into those of a backup, which have not taken their place yet.

    Accounts are never deleted and never change their login: a login is one account in both. What cannot be read is told, and stops nothing.
    """
    if not before.is_file():
        return Carried()
    try:
        known = read(before)
    except sqlite3.DatabaseError:
        return Carried(trouble=UNREADABLE)
    copied = read(restored)
    if secret(known) != secret(copied):
        return Carried(trouble=FOREIGN)
    with closing(Book(restored)) as book:
        book.db.conn.execute("PRAGMA journal_mode = DELETE")  # the file is moved afterwards: nothing of it may lie beside it
        with book.writing() as db:
            people = carry_people(db, known, copied)
            devices = carry_devices(db, known, copied)
            spent = carry_codes(db, known, copied)
            db.table("settings").upsert_all([row for row in known["settings"] if row["key"].startswith(ENDED)], pk="key")
        administrators = book.rows("SELECT 1 FROM users WHERE role = 'administrator' AND closed = 0")
    return Carried(**people, **devices, codes=spent, trouble="" if administrators else NO_ADMINISTRATOR)


def damage(path: Path) -> list[str]:
    """What is wrong with a file of accounts, in words; beside a copy of the store alone there is none."""
    try:
        if path.is_file():
            read(path)
    except sqlite3.DatabaseError:
        return [f"Учётные записи в файле {path} не читаются до конца. Верните их из резервной копии: restore"]
    return []


def read(path: Path) -> Rows:
    """All rows of a file of accounts. DatabaseError: it is damaged, or none."""
    with closing(sqlite3.connect(uri_of(path, "mode=ro"), uri=True, timeout=15)) as db, legible():
        db.row_factory = sqlite3.Row
        application, sound = db.execute("PRAGMA application_id").fetchone()[0], db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if (application, sound) != (APPLICATION, "ok"):
            raise sqlite3.DatabaseError("not a whole file of accounts")
        return {
            table: [dict(row) for row in db.execute(f"SELECT {', '.join(columns)} FROM {table}")] for table, (columns, _) in TABLES.items()
        }


def secret(rows: Rows) -> str:
    """Made with a hub's accounts and never changed: it tells one hub from another."""
    return next((str(row["value"]) for row in rows["settings"] if row["key"] == "secret"), "")


def carry_people(db: Database, known: Rows, copied: Rows) -> dict[str, tuple[str, ...]]:
    """Passwords, closed and opened accounts by the epoch, which counts up with both; roles; an account that went to another employee."""
    later, told = {row["folded"]: row for row in known["users"]}, dict[str, list[str]](closed=[], opened=[], passwords=[], roles=[])
    for was in copied["users"]:
        now = later.pop(was["folded"], was)
        newer = now["epoch"] > was["epoch"]
        patch = {"role": now["role"], "closed": now["closed"] if newer else max(now["closed"], was["closed"])}
        patch |= {"password": now["password"], "epoch": now["epoch"]} if newer else {}
        db.table("users").update(was["id"], patch)
        for table, column in (("users", "id"), ("devices", "user")):
            db.conn.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (now["id"], was["id"]))
        differs = {"roles": "role", "passwords": "password", "closed" if patch["closed"] else "opened": "closed"}
        for key, name in differs.items():
            told[key] += [was["login"]] if patch.get(name, was[name]) != was[name] else []
    return {**{key: tuple(logins) for key, logins in told.items()}, "gone": tuple(row["login"] for row in later.values())}


def carry_devices(db: Database, known: Rows, copied: Rows) -> dict[str, tuple[str, ...]]:
    """Every device as it is known now, those of accounts that are gone too: they are turned away, and may have been told to wipe."""
    earlier, people = {row["id"]: row for row in copied["devices"]}, {row["id"] for row in db.query("SELECT id FROM users")}
    revoked, wiped, enrolled = list[str](), list[str](), list[str]()
    for now in known["devices"]:
        was = earlier.get(now["id"], {"revoked_ms": 0, "wipe": 0, "wiped_ms": 0})
        taken = {name: now[name] or was[name] for name in ("revoked_ms", "wipe", "wiped_ms")}  # nothing gives access back
        db.table("devices").upsert({**now, **taken}, pk="id")
        revoked += [now["label"]] if taken["revoked_ms"] and not was["revoked_ms"] else []
        wiped += [now["label"]] if taken["wipe"] and not was["wipe"] else []
        enrolled += [now["label"]] if now["id"] not in earlier and not taken["revoked_ms"] and now["user"] in people else []
    given = {row["prefix"] for row in copied["prefixes"]}
    db.table("prefixes").upsert_all(known["prefixes"], pk="prefix")
    prefixes = tuple(row["prefix"] for row in known["prefixes"] if row["prefix"] not in given)
    return {"revoked": tuple(revoked), "wiped": tuple(wiped), "enrolled": tuple(enrolled), "prefixes": prefixes}


def carry_codes(db: Database, known: Rows, copied: Rows) -> int:
    """The codes as they are now: spent and withdrawn ones are worth nothing again. Returns how many of the backup that are."""
    people = {row["id"] for row in db.query("SELECT id FROM users")}
    db.table("codes").delete_where()
    db.table("codes").insert_all([row for row in known["codes"] if row["user"] in people])
    waiting = {row["digest"] for row in known["codes"] if not row["used_ms"]}
    return sum(not row["used_ms"] and row["digest"] not in waiting for row in copied["codes"])
