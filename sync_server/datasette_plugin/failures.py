"""What went wrong, on a Russian page or as JSON; a bug goes to the log of the process, without what anybody typed."""

from __future__ import annotations

import logging
import re
import sqlite3
from typing import Any

from datasette import Response
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError

from sync_server.datasette_plugin.gate import for_program
from sync_server.datasette_plugin.wording import error_words

OF_THE_ADDRESS = re.compile("prohibited|not authorized|no such (column|table|function)|syntax error|unrecognized token|incomplete input")
"""What SQLite says of SQL that somebody has written into an address; a damaged or a locked file is something else."""
OWN_QUERIES = "/data"
BROKEN = "На сервере произошла ошибка, она записана в его журнал. Сообщите администратору."


async def failure(datasette: Any, request: Any, exception: Exception) -> Response:  # noqa: ANN401 - Datasette's own objects
    status = status_of(exception)
    words = error_words(exception.args[0] if exception.args else exception) if status < 500 else BROKEN
    if status >= 500:
        logging.getLogger(__name__).error("%s", request.path, exc_info=exception)
    if for_program(request.scope):
        return Response.json({"ok": False, "error": words}, status=status)
    asked = {name: request.args.get(name) for name in request.args} if request.path == OWN_QUERIES else {}
    body = await datasette.render_template("error.html", {"words": words, "sql": asked.pop("sql", ""), "values": asked}, request=request)
    return Response.html(body, status=status)


def status_of(exception: Exception) -> int:
    """Datasette counts a sorting and a condition that cannot be as its own failure; it is the address that is wrong."""
    if isinstance(exception, sqlite3.DatabaseError) and OF_THE_ADDRESS.search(str(exception)):
        return 400
    if isinstance(exception, DatasetteError):
        return int(exception.status) if exception.status != 500 else 400
    return int(exception.status) if isinstance(exception, Base400) else 500
