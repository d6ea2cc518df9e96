"""Opening the data of a laptop's folder: a hub's data are refused, whose log nobody but the hub may continue."""

from __future__ import annotations

from pathlib import Path

from shared.entities import ENTITIES
from shared.entity import Catalogue
from shared.ids import new_device
from shared.progress import Progress, silent
from shared.store import FILE_NAME, Store, StoreTrouble


def opened(folder: Path, catalogue: Catalogue = ENTITIES, *, create: bool = False, progress: Progress = silent) -> Store:
    """The store of a laptop; `create`: a new one where there is none. Raises StoreTrouble."""
    path = folder / FILE_NAME
    if create and not path.exists():
        return Store.create(path, new_device(), catalogue)
    store = Store.open(path, catalogue, progress=progress)
    try:
        if store.log.state().hub:
            raise StoreTrouble(f"В папке {folder} данные сервера, а не ноутбука. Укажите папку ноутбука; для сервера есть команды hub")
    except BaseException:
        store.close()
        raise
    return store
