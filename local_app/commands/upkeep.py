"""Commands of upkeep: files that nothing names go, old values that were replaced long ago are forgotten."""

from __future__ import annotations

from argparse import Namespace

from local_app.commands.output import Answer
from local_app.desk import Desk
from shared.change import Refused
from shared.formats import bytes_size
from shared.store import upkeep
from shared.store.compact import compact

DAY_MS = 24 * 3600 * 1000


def clean(desk: Desk, _: Namespace) -> Answer:
    gone = upkeep.clean(desk.store, desk.clock())
    return Answer(gone._asdict(), f"Удалено файлов, на которые ничто не ссылается: {gone.files}, {bytes_size(gone.bytes)}")


def forget(desk: Desk, options: Namespace) -> Answer:
    """Refused for a span that is no span: undo and history would go with it."""
    if options.days < 1:
        raise Refused("Сколько дней истории оставить: нужно число от 1")
    gone = compact(desk.store, desk.clock() - options.days * DAY_MS)
    words = f"Забыто заменённых значений старше {options.days} дн.: {gone.changes}, {bytes_size(gone.bytes)}"
    return Answer(gone._asdict(), words)
