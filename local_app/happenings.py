"""What a sync has noticed about the machines (a restored hub, a copied folder), told to the user in plain words."""

from __future__ import annotations

from shared.formats import plural
from shared.store import Store
from shared.store.news import tell
from shared.store.refusals import refusals

CHANGES = ("изменение", "изменения", "изменений")
TOLD = "cut_told"


def tell_cuts(store: Store, at_ms: int) -> None:
    """The hub had another history: it was restored from a backup, or is a new one. Told once, when everything is there again."""
    told = int(store.noted(TOLD) or 0)
    cuts = store.rows("SELECT id, place, length(gone) / 16 AS gone FROM cuts WHERE id > ? ORDER BY id", (told,))
    if not cuts:
        return
    lost = plural(sum(cut["gone"] for cut in cuts), CHANGES)
    if min(cut["place"] for cut in cuts) == 0:
        words = f"Сервер новый, прежней истории на нём не было. Этот ноутбук знал {lost}: теперь всё снова на сервере"
    else:
        words = f"Сервер восстановлен из резервной копии. В ней не было того, что знал этот ноутбук ({lost}): теперь всё снова на сервере"
    tell(store, words, at_ms)
    with store.transaction():
        store.note({TOLD: str(cuts[-1]["id"])})


def tell_copied(store: Store, prefix: str, at_ms: int) -> None:
    """Somebody else writes under this laptop's label: it has taken a new one, and a new prefix for the numbers it gives."""
    words = (
        "Эта папка скопирована с другого ноутбука или возвращена из старой копии, и работа пошла дальше с двух сторон. Ничего не потеряно. "
        f"Чтобы номера не повторялись, новые документы пойдут с префиксом {prefix}"
    )
    tell(store, words, at_ms)


def tell_refused(store: Store, count: int, at_ms: int) -> None:
    """The hub did not take some of the work: its author must know, for it is shown no more."""
    if count:
        found = refusals(store)
        reason = f": {found[0].reason}" if found else ""
        words = f"Сервер не принял {plural(count, CHANGES)}{reason}. Сделанное сохранено: «Не принято сервером» в разделе «Синхронизация»"
        tell(store, words, at_ms)


def tell_read_back(store: Store, count: int, at_ms: int) -> None:
    """A store restored from a backup got back what it had sent after the backup."""
    if count:
        tell(store, f"С сервера вернулось сделанное на этом ноутбуке после резервной копии: {plural(count, CHANGES)}", at_ms)
