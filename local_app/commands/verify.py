"""The command that proves a store whole, and tells one fingerprint by which two stores can be compared."""

from __future__ import annotations

from argparse import Namespace

from local_app.commands.output import Answer
from local_app.desk import Desk
from shared.store import attached
from shared.store.verify import fingerprint


def verify(desk: Desk, _: Namespace) -> Answer:
    """Reads the file, the log, the hub's chain, the attached files, and compares the tables with the log; changes nothing."""
    troubles = [*desk.store.verify(), *attached.verify(desk.store)]
    data = {"ok": not troubles, "changes": desk.store.status()["changes"], "digest": fingerprint(desk.store), "troubles": troubles}
    text = "\n".join(troubles) or f"Всё цело: изменений {data['changes']}, отпечаток таблиц {data['digest']}"
    return Answer(data, text, f"Проверка нашла неисправностей: {len(troubles)}; первая: {troubles[0]}" if troubles else "")
