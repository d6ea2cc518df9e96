"""The gate before Datasette: nothing but the login is shown to a stranger, and nothing but reports and registers to anybody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from html import escape
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from datasette import Response
from datasette.utils import tilde_decode

from shared.change import Refused
from shared.reports import PARAMETERS, day_of
from sync_server.access import Access, Session
from sync_server.access.sessions import COOKIE

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LOGIN = "/-/login"
EXPORT = "/-/export/"
LARGEST_FORM = 64 * 1024
"""Bytes of what a browser sends here: a login, or a question that is too long for an address."""
WHOLE_NUMBERS = frozenset({"_next", "_timelimit", "_ttl"})
LONGEST_NUMBER = 15
UNWANTED = frozenset({"_through", "_json_infinity", "_where"})
"""What Datasette falls over, or what the file of a register would leave out; an own query can say all of it."""
OPEN = (LOGIN, "/assets/")
ROOMS = (*OPEN, "/-/logout", EXPORT, "/reports", "/data")
HEADERS = (
    (b"content-security-policy", b"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)
MACHINERY = {
    403: "Страница устарела. Откройте её заново и повторите.",
    404: "Здесь ничего нет. Проверьте адрес.",
    405: "По этому адресу можно только читать.",
}
WHOLE = (b"<!DOCTYPE", b"{")
"""How a page and an answer for programs begin."""
CLOSED = "Отчёты открыты руководителям и администраторам. Войдите под другой учётной записью."


class Gate:
    """ASGI around the whole of Datasette."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]], access: Access) -> None:
        self.app = app
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = self.turned(scope)
        if answer is None:
            await self.app(scope, receive, worded(scope, armoured(send)))
        else:
            await answer.asgi_send(armoured(send))

    def turned(self, scope: Scope) -> Response | None:
        """What a visitor gets instead of the page, if anything."""
        path = scope["path"]
        if (size := size_of(scope)) is None or size > LARGEST_FORM:
            return refusal(scope, 413, "Форма слишком велика. Напишите короче.")
        if path != "/" and not path.startswith(ROOMS):
            return refusal(scope, 404, "Здесь ничего нет. Проверьте адрес.")
        if path.startswith(OPEN):
            return None
        session = session_of(self.access, scope)
        if session is None:
            return stranger(scope)
        return inside(scope) if session.user.reads_reports else refusal(scope, 403, CLOSED)


def size_of(scope: Scope) -> int | None:
    """Bytes that follow the headers, by what they say; None when they do not: Datasette reads a form to its end, a stranger's too."""
    told = {name: value for name, value in scope.get("headers", ()) if name in (b"content-length", b"transfer-encoding")}
    length = told.get(b"content-length", b"0")
    return int(length) if length.isdigit() and b"transfer-encoding" not in told else None


def session_of(access: Access, scope: Scope) -> Session | None:
    """The hub's session in the cookies of a request."""
    header = "; ".join(value.decode("latin-1") for name, value in scope.get("headers", ()) if name == b"cookie")
    try:
        cookies = SimpleCookie(header)
    except CookieError:
        return None
    return access.sessions.read(cookies[COOKIE].value) if COOKIE in cookies else None


def inside(scope: Scope) -> Response | None:
    """Where Datasette itself would fall over a bad address, or cut a file without a word."""
    path, query = scope["path"], scope.get("query_string", b"").decode("latin-1")
    given = parse_qsl(query, keep_blank_values=True)
    if "\0" in path or any(map(is_bad, given)):
        return refusal(scope, 400, "Адрес составлен неверно.")
    if not path.startswith(("/data", f"{EXPORT}data")):  # an own query may call its values as it likes
        try:
            meant = [(name, day_of(name, value) if name in PARAMETERS else value) for name, value in given]
        except Refused as refused:
            return refusal(scope, 400, f"{refused}.")
        if meant != given:
            return Response.redirect(f"{quote(path)}?{urlencode(meant)}")
    if path.endswith(".csv") and not path.startswith(EXPORT):
        return Response.redirect(f"{EXPORT}{quote(tilde_decode(path.lstrip('/')))}?{query}")
    return None


def is_bad(pair: tuple[str, str]) -> bool:
    name, value = pair
    number = value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER
    return name in UNWANTED or "\0" in name + value or (name in WHOLE_NUMBERS and not number)


def stranger(scope: Scope) -> Response:
    if for_program(scope):
        return refusal(scope, 401, "Сначала войдите под учётной записью сервера.")
    query = scope.get("query_string", b"").decode("latin-1")
    return Response.redirect(f"{LOGIN}?next={quote(scope['path'] + (f'?{query}' if query else ''), safe='')}")


def refusal(scope: Scope, status: int, message: str) -> Response:
    if for_program(scope):
        return Response.json({"ok": False, "error": message}, status=status)
    other = f' · <a href="{LOGIN}">Войти под другой учётной записью</a>' if message == CLOSED else ""
    page = (
        '<!DOCTYPE html><html lang="ru"><meta charset="utf-8"><title>Отчёты</title><link rel="stylesheet" href="/assets/hub.css">'
        f'<main><h1>Не получилось</h1><p class="notice danger">{escape(message)}</p>'
        f'<p><a href="/">К отчётам</a>{other}</p></main>'
    )
    return Response.html(page, status=status)


def for_program(scope: Scope) -> bool:
    """Whether JSON is understood; a browser in which somebody clicked «CSV» wants a page."""
    wanted = b",".join(value for name, value in scope.get("headers", ()) if name == b"accept")
    if scope["path"].endswith(".csv") and b"text/html" in wanted:
        return False
    return scope["path"].endswith((".json", ".csv")) or b"application/json" in wanted


def worded(scope: Scope, send: Send) -> Send:
    """What the machinery below the pages refuses in English (a form that is out of date, a method) is told as everything else is."""
    held: list[MutableMapping[str, Any]] = []

    async def wrapped(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start" and message["status"] in MACHINERY:
            held.append(message)
        elif held:
            start = held.pop()
            if bytes(message.get("body", b"")).lstrip().startswith(WHOLE):
                await send(start)
                await send(message)
            else:
                await refusal(scope, start["status"], MACHINERY[start["status"]]).asgi_send(send)
        else:
            await send(message)

    return wrapped


def armoured(send: Send) -> Send:
    """Every answer forbids foreign content and being kept."""

    async def wrapped(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message.get("headers", []) if bytes(pair[0]).lower() != b"cache-control"]
            message = {**message, "headers": [*kept, *HEADERS, (b"cache-control", b"private, no-store")]}
        await send(message)

    return wrapped
