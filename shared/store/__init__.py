"""The store: the only room that writes to a database."""

from shared.store.file import FILE_NAME, StoreTrouble
from shared.store.reading import Conflict, Moment, Rival
from shared.store.store import Store

__all__ = ["FILE_NAME", "Conflict", "Moment", "Rival", "Store", "StoreTrouble"]
