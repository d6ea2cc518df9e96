"""The hub's Flask application: the API for laptops, the pages for administrators, and what both say when something is wrong."""

from __future__ import annotations

import logging
import sqlite3
from functools import partial

from flask import Flask, Response, g, jsonify, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import http_date

from shared.store import StoreTrouble
from shared.store.file import Damaged, is_full
from sync_server.access import Access, Device
from sync_server.api import PREFIX, Turned, make_api
from sync_server.files import make_files
from sync_server.hub import Hub
from sync_server.pages import make_pages
from sync_server.snapshots import make_snapshots

LARGEST_BODY = 16 * 1024 * 1024
POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
WORDS = {
    400: "Запрос не разобран.",
    404: "Здесь ничего нет. Проверьте адрес.",
    405: "Этот адрес понимает другой вид запроса.",
    408: "Запрос шёл слишком долго.",
    411: "В запросе не указана длина.",
    413: "Запрос больше 16 МБ. Отправьте изменения меньшими частями.",
    431: "Заголовки запроса слишком велики.",
}
UNKNOWN = "Сервер не понял запрос."
NO_ROOM = "На диске сервера кончилось место. Сообщите администратору; ничего не потеряно, обмен пойдёт, когда место появится."
DAMAGED = "Данные сервера повреждены, он их не раздаёт. Сообщите администратору: hub verify и hub heal. Работать можно, обмен пойдёт после."
CLOSED = "Хранилище сервера сейчас недоступно. Повторите позже."
log = logging.getLogger(__name__)


def make_app(hub: Hub, access: Access) -> Flask:
    """The application over an open hub and its accounts; it holds nothing else."""
    app = Flask("sync_server", template_folder="pages", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.register_blueprint(make_api(hub, access))
    app.register_blueprint(make_snapshots(hub, access))
    app.register_blueprint(make_files(hub, access))
    app.register_blueprint(make_pages(hub, access))
    app.register_error_handler(HTTPException, turned_away)
    app.register_error_handler(StoreTrouble, out_of_order)
    app.register_error_handler(sqlite3.OperationalError, out_of_order)
    app.register_error_handler(Damaged, damaged)
    app.register_error_handler(sqlite3.DatabaseError, unreadable)
    app.register_error_handler(OSError, out_of_order)
    app.register_error_handler(Exception, broken)
    app.after_request(guarded)
    app.after_request(partial(watched, {}))
    app.after_request(partial(dated, hub))
    return app


def turned_away(error: HTTPException) -> tuple[Response | str, int]:
    """4xx: JSON for programs, a page for people."""
    status = error.code or 400
    if isinstance(error, Turned):
        g.turned = error.message
        return said(status, error.error, error.message)
    return said(status, "http", WORDS.get(status, UNKNOWN))


def out_of_order(error: StoreTrouble | sqlite3.OperationalError | OSError) -> tuple[Response | str, int]:
    """The disk is full, the file is locked: the laptop tries again later. What and where is for the operator, in the hub's own log."""
    from flask import current_app

    current_app.logger.warning("%s %s: %s", request.method, request.path, error)
    return said(503, "storage", NO_ROOM if is_full(error) else CLOSED)


def damaged(error: Damaged) -> tuple[Response | str, int]:
    """Nothing of a damaged log goes out; the operator reads it in the hub's own log, the users on their laptops."""
    from flask import current_app

    current_app.logger.error("%s", error)
    return said(503, "damaged", DAMAGED)


def unreadable(error: sqlite3.DatabaseError) -> tuple[Response | str, int]:
    """A page of the file itself is damaged; what SQLite refuses of our own making is a bug."""
    if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
        return broken(error)
    return damaged(Damaged(str(error)))


def broken(error: Exception) -> tuple[Response | str, int]:
    """A bug: loud in the hub's own log, a plain sentence outside."""
    from flask import current_app

    current_app.logger.error("%s %s", request.method, request.path, exc_info=error)
    return said(500, "internal", "На сервере произошла ошибка, она записана в его журнал. Сообщите администратору.")


def said(status: int, error: str, message: str) -> tuple[Response | str, int]:
    if request.path.startswith(PREFIX):
        return jsonify(error=error, message=message), status
    return render_template("message.html", message=message, session=None, title="Заказник"), status


def watched(stuck: dict[str, str], response: Response) -> Response:
    """Why the sync of a laptop does not go on, in the hub's own log: once, until it goes on or the reason is another.

    `stuck`: {device: what it was told last}.
    """
    device: Device | None = g.get("device")
    if device is not None and request.endpoint == "api.exchange":
        why = g.get("turned", "")
        if why and stuck.get(device.id) != why:
            log.warning("Ноутбук «%s» (%s) не обменивается: %s", device.label, device.prefix, why)
        stuck[device.id] = why
    return response


def guarded(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def dated(hub: Hub, response: Response) -> Response:
    """By the hub's own clock: laptops compare theirs with it."""
    response.headers["Date"] = http_date(hub.clock() / 1000)
    return response
