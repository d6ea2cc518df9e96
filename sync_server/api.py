"""What a laptop may ask of the hub over HTTP: enrol, exchange, ping. Every answer that is not an exchange is JSON."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import orjson
from flask import Blueprint, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from shared.change import Refused
from shared.exchange import MEDIA_TYPE, Malformed
from shared.rules.numbering import DASH
from shared.shapes import one_line
from sync_server.access import Access, Enrolment
from sync_server.access.throttle import Throttled
from sync_server.hub import Hub
from sync_server.judge import Untimely
from sync_server.people import reclaim

PREFIX = "/api/v1"
SMALL_BODY = 128 * 1024
UNTIMELY = (
    "Сервер потерял часть истории: на этом ноутбуке есть изменения, которых на сервере нет, а вернуть их отсюда он не вправе принять: "
    "они чужие и не по вашей роли, самого сервера или с забытым содержанием. Ничего не пропало. "
    "Обмен пойдёт, когда синхронизируются ноутбуки авторов; если их больше нет, администратор включит hub rebuild on"
)


NOT_UNDERSTOOD = (
    "Сервер не разобрал сообщение этого ноутбука: похоже, программы на них разных версий. Обновите программу на ноутбуке, "
    "а если она новая, — на сервере. Ничего не пропало, обмен пойдёт после обновления."
)


class Turned(HTTPException):
    """Turned away at the door: an HTTP status, a word for the program, a Russian sentence for the user."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.code = status
        self.error = error
        self.message = message


class Guest(NamedTuple):
    """A device that was let in, and what its user's account allows."""

    id: str
    user: str
    role: str


def make_api(hub: Hub, access: Access) -> Blueprint:
    """The routes under /api/v1."""
    api = Blueprint("api", __name__, url_prefix=PREFIX)

    @api.get("/ping")
    def ping() -> Response:
        """Whether this is a hub at all; open to everyone, tells nothing else."""
        return jsonify(hub="zakaznik")

    @api.post("/enrol")
    def enrol() -> Response:
        """{code, name or label, version, author, login} -> the identity of a new device; the code is spent."""
        wanted = asked()
        author, login = text(wanted, "author"), text(wanted, "login")
        found = enrolled(access, wanted, printed_prefixes(hub))
        return jsonify(told(access, found._replace(user=reclaim(hub, access, found.user, author, login))))

    @api.post("/prefix")
    def prefix() -> Response:
        """A new node prefix for a laptop that found itself copied. A broken one that asks and asks must not use them all up."""
        guest = authorised(access)
        try:
            access.throttle.check(f"prefix\0{guest.id}")
            return jsonify(prefix=access.devices.give_prefix(guest.id, printed=printed_prefixes(hub)))
        except Refused as trouble:
            raise Turned(429, "too_many", str(trouble)) from trouble

    @api.post("/exchange")
    def exchange() -> Response:
        """One message of the sync: bytes to bytes."""
        guest = authorised(access)
        if request.mimetype != MEDIA_TYPE:
            raise Turned(415, "content_type", f"Сервер понимает здесь только тело вида {MEDIA_TYPE}. Обновите программу.")
        try:
            answer = hub.handle(guest, request.get_data())
        except Malformed as trouble:
            raise Turned(400, "malformed", NOT_UNDERSTOOD) from trouble
        except Untimely as trouble:
            raise Turned(409, "untimely", UNTIMELY) from trouble
        return Response(answer, mimetype=MEDIA_TYPE)

    return api


def enrolled(access: Access, wanted: dict[str, Any], printed: Collection[str]) -> Enrolment:
    """Turned away: a code that does not fit, or too many of them from one address."""
    key = f"enrol\0{request.remote_addr}"
    try:
        access.throttle.check(key)
        name = one_line(text(wanted, "name")) or text(wanted, "label")
        found = access.enrol(text(wanted, "code"), name, text(wanted, "version"), text(wanted, "prefix"), printed)
    except Throttled as trouble:
        raise Turned(429, "too_many", str(trouble)) from trouble
    except Refused as trouble:
        raise Turned(403, "code", str(trouble)) from trouble
    access.throttle.passed(key)
    return found


def printed_prefixes(hub: Hub) -> set[str]:
    """What stands before the dash of numbers of orders and documents: also of laptops that a hub built anew has not met yet."""
    sql = " UNION ".join(f"SELECT substr(number, 1, instr(number, '{DASH}') - 1) AS prefix FROM {name}" for name in ("orders", "documents"))
    return {row["prefix"] for row in hub.rows(sql)}


def told(access: Access, found: Enrolment) -> dict[str, str]:
    return {
        "device": found.device.id,
        "token": found.token,
        "prefix": found.device.prefix,
        "author": found.user.id,
        "name": found.user.name,
        "role": found.user.role,
        "title": access.title,
    }


def authorised(access: Access) -> Guest:
    """The device whose token came. Turned away: no token, a foreign or a revoked one, a closed account."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    device = access.devices.by_token(token.strip()) if scheme.casefold() == "bearer" else None
    if device is None:
        raise Turned(401, "unknown", "Сервер не знает этот ноутбук. Подключите его заново по одноразовому коду.")
    g.device = device
    if device.revoked_ms and device.wipe:
        access.devices.wiped(device)
        raise Turned(401, "wipe", "Доступ этого ноутбука отозван, его данные должны быть стёрты. Обратитесь к администратору.")
    user = access.users.find(device.user)
    if device.revoked_ms or user is None or user.closed:
        raise Turned(401, "revoked", "Доступ этого ноутбука отозван. Обратитесь к администратору.")
    access.devices.seen(device, request.headers.get("X-Zakaznik-Version", device.version), unsent())
    return Guest(device.id, user.id, user.role)


def unsent() -> int:
    """How many changes the laptop says it still has; an estimate for the administrator."""
    given = request.headers.get("X-Zakaznik-Unsent", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def asked() -> dict[str, Any]:
    """The JSON object in the body. Turned away: anything else, endless depth and half a character too."""
    if (request.content_length or 0) > SMALL_BODY:
        raise Turned(413, "too_large", "Запрос слишком велик.")
    try:
        found = orjson.loads(request.get_data())
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise Turned(400, "malformed", "Запрос не разобран: нужен объект JSON.")
    return found


def text(wanted: dict[str, Any], key: str) -> str:
    found = wanted.get(key, "")
    if not isinstance(found, str):
        raise Turned(400, "malformed", f"Запрос не разобран: поле {key} должно быть строкой.")
    return found
