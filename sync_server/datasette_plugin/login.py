"""Entering the reports with the account of the hub."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from datasette import Response

from shared.change import Refused
from sync_server.access import Access
from sync_server.access.sessions import COOKIE, LIFE_MS
from sync_server.datasette_plugin.gate import CLOSED

View = Callable[..., Awaitable[Response]]


def log_in(access: Access) -> View:
    """The page and the form of /-/login."""

    async def view(request: Any, datasette: Any) -> Response:  # noqa: ANN401 - Datasette's own objects
        if request.method != "POST":
            return await page(request, datasette, inside(request.args.get("next")))
        form = await request.post_vars()
        target, login = inside(form.get("next")), form.get("login", "")
        try:
            user = access.log_in(login, form.get("password", ""), address_of(request))
        except Refused as trouble:
            return await page(request, datasette, target, login=login, trouble=str(trouble))
        if not user.reads_reports:
            return await page(request, datasette, target, login=login, trouble=CLOSED)
        answer = Response.redirect(target)
        secure = request.scope.get("scheme") == "https"
        answer.set_cookie(COOKIE, access.sessions.start(user), max_age=LIFE_MS // 1000, httponly=True, secure=secure)
        return answer

    return view


def log_out(access: Access) -> View:
    """Only by a form, so that no link can do it."""

    async def view(request: Any) -> Response:  # noqa: ANN401 - Datasette's own object
        answer = Response.redirect("/-/login")
        if request.method == "POST":
            access.sessions.end(request.cookies.get(COOKIE))
            answer.set_cookie(COOKIE, "", max_age=0, httponly=True)
        return answer

    return view


async def page(request: Any, datasette: Any, target: str, *, login: str = "", trouble: str = "") -> Response:  # noqa: ANN401
    body = await datasette.render_template("login.html", {"next": target, "login": login, "trouble": trouble}, request=request)
    return Response.html(body, status=403 if trouble else 200)


def inside(target: str | None) -> str:
    """Where to go after logging in: only a path of these pages."""
    parts = urlsplit(target or "/")
    safe = not parts.scheme and not parts.netloc and parts.path.startswith("/") and not parts.path.startswith(("//", "/\\"))
    return (parts.path + (f"?{parts.query}" if parts.query else "")) if safe else "/"


def address_of(request: Any) -> str:  # noqa: ANN401 - Datasette's own object
    client = request.scope.get("client")
    return str(client[0]) if client else ""
