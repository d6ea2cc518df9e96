"""The reference lists on the screens: there by themselves on a laptop that works alone, by a button where its hub has none."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from local_app.seed import missing, seed, seed_alone
from local_app.session import Session
from shared.change import Refused
from shared.formats import plural

FILL = "Заполнить справочники"
RECORDS = ("запись", "записи", "записей")


def with_lists(page: Callable[..., object]) -> Callable[..., object]:
    """A screen that offers values of the lists. Whoever goes to «Синхронизация» first gets them from the hub instead."""

    @wraps(page)
    def shown(session: Session, *words: Any, **named: Any) -> object:
        seed_alone(session.desk)
        return page(session, *words, **named)

    return shown


def lacking(session: Session) -> bool:
    """Whether a whole list is empty that can be filled: what was deleted on purpose cannot."""
    return any(not session.store.living(name) for name in {edit.entity for edit in missing(session.store)})


def fill(session: Session) -> None:
    """What was never there is added; the notice takes it back."""
    try:
        added = seed(session.desk)
    except Refused as refused:
        session.say(str(refused))
        return
    words = f"Добавлено в справочники: {plural(added, RECORDS)}" if added else "Добавлять нечего: удалённое можно вернуть в справочниках"
    session.say(words, bool(added))
