"""What was typed but not accepted yet, and how this laptop likes its screens. A file beside the store, never synced."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar, cast

import sqlite_utils

FILE_NAME = "drafts.sqlite"
Json = TypeVar("Json")


class Drafts:
    """DIR/drafts.sqlite: texts of fields that could not be saved, and settings of the screens. One thread only."""

    def __init__(self, path: Path) -> None:
        self.base = sqlite_utils.Database(path)
        self.base.enable_wal()
        self.base.table("drafts").create({"key": str, "text": str}, pk="key", if_not_exists=True)
        self.base.table("settings").create({"name": str, "value": str}, pk="name", if_not_exists=True)

    def close(self) -> None:
        self.base.close()

    def keep(self, key: str, text: str) -> None:
        """Hold a text that is wrong or unfinished; `key` is «entity/row/field»."""
        with self.base.conn:
            self.base.table("drafts").upsert({"key": key, "text": text}, pk="key")

    def drop(self, key: str) -> None:
        with self.base.conn:
            self.base.table("drafts").delete_where("key = ?", [key])

    def drop_row(self, prefix: str) -> None:
        """Forget everything of one row: «entity/row»."""
        with self.base.conn:
            self.base.table("drafts").delete_where("key >= ? AND key < ?", [f"{prefix}/", f"{prefix}0"])

    def of_row(self, prefix: str) -> dict[str, str]:
        """Field -> text of everything held for «entity/row»."""
        rows = self.base.table("drafts").rows_where("key >= ? AND key < ?", [f"{prefix}/", f"{prefix}0"])
        return {str(row["key"]).rpartition("/")[2]: row["text"] for row in rows}

    def erase(self) -> None:
        """Nothing of what was ever kept here stays in the file."""
        self.base.execute("PRAGMA secure_delete = ON")
        with self.base.conn:
            self.base.table("drafts").delete_where()
            self.base.table("settings").delete_where()
        self.base.vacuum()
        self.base.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def setting(self, name: str, default: Json) -> Json:
        """What a screen has kept: a JSON value of the same kind as the default."""
        rows = list(self.base.table("settings").rows_where("name = ?", [name]))
        return cast("Json", json.loads(rows[0]["value"])) if rows else default

    def set(self, name: str, value: object) -> None:
        with self.base.conn:
            self.base.table("settings").upsert({"name": name, "value": json.dumps(value, ensure_ascii=False)}, pk="name")

    def forget(self, prefix: str) -> None:
        """Drop all settings whose name begins so."""
        with self.base.conn:
            self.base.table("settings").delete_where("substr(name, 1, ?) = ?", [len(prefix), prefix])
