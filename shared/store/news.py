"""News of a store: what happened to it and its user should know (a restored hub, a copied folder), kept until it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from shared.store.store import Store

PREFIX = "news:"  # asked for as a range: the notes are sorted by their names
KEPT = 20


class News(NamedTuple):
    name: str
    at_ms: int
    words: str


def tell(store: Store, words: str, at_ms: int) -> None:
    """One more piece; the oldest ones are forgotten."""
    with store.transaction():
        last = str(store.one("SELECT coalesce(max(name), '') FROM notes WHERE name >= 'news:' AND name < 'news;'"))
        at = max(at_ms, at_of(last) + 1 if last else 0)  # each has a name of its own
        store.db.execute("INSERT INTO notes VALUES (?, ?)", (f"{PREFIX}{at:016d}", words))
        old = "SELECT name FROM notes WHERE name >= 'news:' AND name < 'news;' ORDER BY name DESC LIMIT -1 OFFSET ?"
        store.db.execute(f"DELETE FROM notes WHERE name IN ({old})", (KEPT,))


def news(store: Store) -> list[News]:
    """What was not read yet, the newest first."""
    found = store.db.execute("SELECT name, value FROM notes WHERE name >= 'news:' AND name < 'news;' ORDER BY name DESC").fetchall()
    return [News(name, at_of(name), words) for name, words in found]


def read(store: Store, name: str) -> None:
    """The user has read it."""
    with store.transaction():
        store.db.execute("DELETE FROM notes WHERE name = ?", (name,))


def at_of(name: str) -> int:
    return int(name.removeprefix(PREFIX))
