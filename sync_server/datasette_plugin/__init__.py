"""What makes Datasette the manager's: who may enter, what a query may read, Russian pages, exact exports. One object of hooks."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from datasette import Response
from datasette.utils.asgi import Forbidden
from jinja2 import Environment
from pluggy import HookimplMarker

from shared.reports import PARAMETERS, Report
from sync_server.access import Access
from sync_server.datasette_plugin.cells import amount, is_number, keys_of, shown, totals
from sync_server.datasette_plugin.doors import Guards
from sync_server.datasette_plugin.exports import export
from sync_server.datasette_plugin.failures import failure
from sync_server.datasette_plugin.footing import footing
from sync_server.datasette_plugin.gate import Gate, session_of
from sync_server.datasette_plugin.login import log_in, log_out
from sync_server.datasette_plugin.matching import like
from sync_server.datasette_plugin.spans import periods
from sync_server.datasette_plugin.wording import CONDITIONS, UNARY, error_words

hookimpl = HookimplMarker("datasette")  # the typed original of datasette.hookimpl
REPORTS = "Отчёты"
TABLES = "Данные"
LONGEST_VALUE = 10_000_000
"""Bytes of one value of an answer: by a forgotten condition one `group_concat` could take all memory of a small server."""
READING = frozenset({"view-instance", "view-database"})


class ManagerPages:
    """The hooks of Datasette 0.65 over one hub's accounts and one store."""

    def __init__(self, access: Access, reports: list[Report], registers: Mapping[str, list[str]], guards: Guards) -> None:
        """`registers`: the views with their columns."""
        self.__name__ = __name__  # Datasette takes every plugin for a module
        self.access = access
        self.reports = {report.name: report for report in reports}
        self.registers = registers
        self.guards = guards

    # --- who may enter -----------------------------------------------------------------------------------------------

    @hookimpl
    def asgi_wrapper(self, datasette: Any) -> Callable[[Any], Gate]:  # noqa: ARG002, ANN401 - the hook's own shape
        return lambda app: Gate(app, self.access)

    @hookimpl
    def actor_from_request(self, datasette: Any, request: Any) -> dict[str, str] | None:  # noqa: ARG002, ANN401
        session = session_of(self.access, request.scope)
        if session is None or not session.user.reads_reports:
            return None
        return {"id": session.user.id, "name": session.user.name, "role": session.user.role}

    @hookimpl
    def permission_allowed(self, actor: dict[str, str] | None, action: str, resource: Any) -> bool:  # noqa: ANN401
        """Managers read the reports and the registers, and may ask the registers in SQL. Nobody may anything else."""
        if actor is None:
            return False
        if action == "execute-sql":
            return bool(resource == TABLES)
        if action == "view-table":
            return resource[0] == TABLES and resource[1] in self.registers
        if action == "view-query":
            return resource[0] == REPORTS and resource[1] in self.reports
        return action in READING

    @hookimpl
    def register_routes(self) -> list[tuple[str, Callable[..., Any]]]:
        return [(r"^/-/login$", log_in(self.access)), (r"^/-/logout$", log_out(self.access)), (r"^/-/export/(?P<file>.+)$", export(self))]

    # --- what a query may read ---------------------------------------------------------------------------------------

    @hookimpl
    def prepare_connection(self, conn: sqlite3.Connection, database: str) -> None:
        """Datasette's own `_internal` database stays as it is."""
        if database == TABLES:
            conn.set_authorizer(self.guards.registers)
        if database == REPORTS:
            conn.set_authorizer(self.guards.reports)
        if database in {TABLES, REPORTS}:
            conn.create_function("like", 2, like, deterministic=True)
            conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)

    @hookimpl
    def canned_queries(self, database: str) -> dict[str, dict[str, Any]]:
        if database != REPORTS:
            return {}
        return {
            report.name: {"sql": report.sql, "title": report.title, "description": report.about, "params": list(report.parameters)}
            for report in self.reports.values()
        }

    # --- how it looks ------------------------------------------------------------------------------------------------

    @hookimpl
    def prepare_jinja2_environment(self, env: Environment, datasette: Any) -> None:  # noqa: ANN401
        """Also pages of errors use these, so they stand in the environment and not in the variables of a page."""
        env.globals.update(
            reports=list(self.reports.values()), registers=list(self.registers), parameter_labels=PARAMETERS,
            conditions=CONDITIONS, unary=UNARY, totals=totals, amount=amount, is_number=is_number, error_words=error_words,
            hub_title=self.access.title, foot_of=footing(datasette, REPORTS, self.reports), periods=periods,
            hidden={name: keys_of(name) for name in self.registers},
        )  # fmt: skip

    @hookimpl
    def handle_exception(self, datasette: Any, request: Any, exception: Exception) -> Awaitable[Response]:  # noqa: ANN401
        return failure(datasette, request, exception)

    @hookimpl
    def forbidden(self, datasette: Any, request: Any, message: str) -> Awaitable[Response]:  # noqa: ANN401
        return failure(datasette, request, Forbidden(message))

    @hookimpl
    def render_cell(self, value: Any, column: str) -> str | None:  # noqa: ANN401 - whatever the database holds
        return shown(column, value)
