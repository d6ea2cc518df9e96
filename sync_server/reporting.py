"""Reports for the manager: Datasette over the merged store, read-only, in a process of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, cast

from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm
from datasette.utils import sqlite_timelimit

from shared.change import Refused
from shared.entities import ENTITIES
from shared.formats import named
from shared.reports import read_reports
from shared.store import FILE_NAME, Store
from shared.store.strict import check_names
from sync_server.access import Access
from sync_server.console import put
from sync_server.datasette_plugin import REPORTS, TABLES, ManagerPages, disputes
from sync_server.datasette_plugin.conditions import speak
from sync_server.datasette_plugin.doors import make_guards
from sync_server.datasette_plugin.exports import EXPORT_LIMIT_MS, Taken
from sync_server.datasette_plugin.typed import meant
from sync_server.server import ended_by_signals, listening

ASSETS = Path(__file__).parent / "pages" / "assets"
PAGE_LIMIT_MS = 30_000
SETTINGS = {
    "allow_download": False,
    "allow_facet": False,
    "suggest_facets": False,
    "allow_csv_stream": False,
    "default_cache_ttl": 0,
    "default_page_size": 100,
    "max_returned_rows": 2_000,
    "sql_time_limit_ms": PAGE_LIMIT_MS,
    "num_sql_threads": 3,
    "truncate_cells_html": 200,
}


NOT_DRAWN = (
    "Таблицы сервера нарисованы программой другой версии. Запустите сервер этой версии, дождитесь, пока он нарисует их заново, "
    "и запустите отчёты снова."
)


class Face(Database):  # type: ignore[misc]
    """The store as Datasette sees it: its tables are not listed and not counted, the plugin names what is shown."""

    async def execute(self, sql: str, params: Any = None, **options: Any) -> Any:  # noqa: ANN401 - Datasette ships no types
        """A query that cannot be is told to whoever typed it, and is no news for the log of the process."""
        given = await self._checked(sql, params)
        return await super().execute(sql, given, **{**options, "log_sql_errors": False})

    async def read(self, sql: str, params: Any, take: Callable[[sqlite3.Cursor], Taken]) -> Taken:  # noqa: ANN401
        """What `take` makes of all rows while they are read, with the patience of an export. Raises sqlite3.DatabaseError."""
        given = await self._checked(sql, params)

        def read(connection: sqlite3.Connection) -> Taken:
            with sqlite_timelimit(connection, EXPORT_LIMIT_MS):
                return take(connection.execute(sql, given))

        return cast("Taken", await self.execute_fn(read))

    async def _checked(self, sql: str, params: Any) -> Any:  # noqa: ANN401
        """The parameters as they are meant; a name in quotes that there is not would be taken for a text."""
        given = meant(params) if self.name == TABLES and isinstance(params, dict) else params or {}
        if '"' in sql:
            await self.execute_fn(lambda connection: check_names(connection, sql, given))
        return given

    async def table_names(self) -> list[str]:
        return []

    async def table_counts(self, limit: int = 10) -> dict[str, int]:  # noqa: ARG002 - Datasette's own shape
        return {}


def make_datasette(folder: Path, access: Access) -> Any:  # noqa: ANN401 - Datasette ships no types
    """Datasette with two faces of one file: the reports, whose SQL is ours, and the registers, which may be asked freely.

    Refused: the tables are an older program's, or a newer one's.
    """
    store = Store.open(folder / FILE_NAME, read_only=True)
    try:
        if store.drawn_by_another():
            raise Refused(NOT_DRAWN)
        registers = {entity.plural: columns_of(store.db, entity.plural) for entity in ENTITIES.values()}
        guards = make_guards(store.db, registers, [*ENTITIES, "order_totals", *disputes.TABLES])
    finally:
        store.close()
    pm.unregister(name="datasette.handle_exception")  # it prints every wrong address with all variables
    pm.register(ManagerPages(access, [*read_reports(), disputes.disputes(ENTITIES)], registers, guards), "manager-pages")
    speak(ENTITIES)
    datasette = Datasette(
        files=[], settings=SETTINGS, static_mounts=[("assets", str(ASSETS))], secret=access.book.secret.hex(),
        metadata={"databases": {REPORTS: {"allow_sql": False}}},
    )  # fmt: skip
    datasette.remove_database("_memory")
    for name, route in ((REPORTS, "reports"), (TABLES, "data")):
        datasette.add_database(Face(datasette, path=str(folder / FILE_NAME), is_mutable=True), name=name, route=route)
    return datasette


def columns_of(store: sqlite3.Connection, view: str) -> list[str]:
    return [row[0] for row in store.execute(f'SELECT * FROM "{view}" LIMIT 0').description]


def serve(folder: Path, host: str, port: int) -> None:
    """Serve until Ctrl+C. Refused: no hub in the folder, the port is taken. StoreTrouble: the store cannot be read."""
    import uvicorn

    with ended_by_signals(), closing(Access.open(folder)) as access, listening(host, port) as door:
        datasette = make_datasette(folder, access)
        put(f"Отчёты {named(access.title or 'Заказник')}: http://{host}:{door.getsockname()[1]}/")
        config = uvicorn.Config(datasette.app(), log_level="warning", access_log=False, server_header=False)
        uvicorn.Server(config).run(sockets=[door])
