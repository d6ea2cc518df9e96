"""The administrator's pages: users, devices, enrolment codes, the own password. Plain HTML, no script, nothing from outside."""

from __future__ import annotations

import hmac
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, redirect, render_template, request, send_from_directory, url_for
from werkzeug.wrappers import Response as BaseResponse

from shared.change import Refused
from shared.entities.people import ROLES
from shared.formats import when
from sync_server import findings
from sync_server.access import Access, Session
from sync_server.access.sessions import COOKIE, LIFE_MS
from sync_server.access.throttle import Throttled
from sync_server.api import SMALL_BODY, Turned
from sync_server.hub import Hub
from sync_server.pages.codes import add_codes
from sync_server.pages.devices import add_devices
from sync_server.pages.users import add_users

ASSETS = Path(__file__).parent / "assets"
OPEN = frozenset({"pages.login", "pages.log_in", "pages.log_out", "pages.style"})
FOR_ALL = OPEN | {"pages.password", "pages.set_password"}
SECTIONS = (("pages.users", "Пользователи"), ("pages.devices", "Устройства"), ("pages.codes", "Коды подключения"))
ENDED = {"GET": "Сеанс закончился. Войдите снова.", "POST": "Сеанс закончился, ничего не изменено. Войдите и повторите."}
"""To whoever had a session: a form that was sent after it did nothing, and its sender would believe that it did."""
Answer = str | BaseResponse | tuple[str, int]


def make_pages(hub: Hub, access: Access) -> Blueprint:
    """All pages over one hub."""
    pages = Blueprint("pages", __name__)
    pages.before_request(lambda: enter(access))
    pages.context_processor(lambda: words(hub, access))
    pages.add_app_template_filter(spoken, "spoken")
    pages.register_error_handler(Refused, refused)
    add_entrance(pages, access)
    add_users(pages, hub, access)
    add_devices(pages, hub, access)
    add_codes(pages, access)
    return pages


def enter(access: Access) -> Answer | None:
    """Who is asking, and whether they may: strangers get the login page, others than administrators their own password page."""
    if (request.content_length or 0) > SMALL_BODY:  # strangers may send forms, too
        raise Turned(413, "too_large", "Форма слишком велика. Напишите короче.")
    g.session = access.sessions.read(request.cookies.get(COOKIE))
    if request.method == "POST":
        check_form(g.session)
    if request.endpoint in OPEN:
        return None
    if g.session is None:
        return redirect(url_for("pages.login", ended=request.method if COOKIE in request.cookies else None))
    if request.endpoint not in FOR_ALL and not g.session.user.is_administrator:
        return redirect(url_for("pages.password"))
    return None


def check_form(session: Session | None) -> None:
    """A form counts only when it came from a page of ours. Turned: it did not."""
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    key = request.form.get("key", "").encode()
    if foreign or (session is not None and not hmac.compare_digest(key, session.form_key.encode())):
        raise Turned(403, "form", "Страница устарела или открыта не отсюда. Откройте её заново и повторите.")


def words(hub: Hub, access: Access) -> dict[str, Any]:
    """What every page shows."""
    session = g.get("session")
    manages = session is not None and session.user.is_administrator
    return {
        "session": session, "title": access.title or "Заказник", "sections": SECTIONS, "roles": ROLES,
        "rebuilding": manages and hub.rebuilding(), "findings": findings.told(hub.folder, hub.clock()) if manages else [],
    }  # fmt: skip


def spoken(at_ms: int) -> str:
    """«сегодня, 14:05» in the time of the hub; a dash for never."""
    return when(datetime.fromtimestamp(at_ms / 1000).isoformat(timespec="minutes"), datetime.now()) if at_ms else "—"  # noqa: DTZ005, DTZ006 - people read local time


def refused(error: Refused) -> Answer:
    """The business says no: the same words on a page of their own, and the way back."""
    return render_template("message.html", message=str(error), back=urlsplit(request.referrer or "").path or "/"), 400


def add_entrance(pages: Blueprint, access: Access) -> None:
    """Logging in and out, the own password, the style sheet."""

    @pages.get("/style.css")
    def style() -> Response:
        return send_from_directory(ASSETS, "hub.css", max_age=3600)

    @pages.get("/")
    def login() -> Answer:
        if g.session is not None:
            return redirect(url_for("pages.users"))
        return render_template("login.html", trouble=ENDED.get(request.args.get("ended", "")))

    @pages.post("/login")
    def log_in() -> Answer:
        name = request.form.get("login", "")
        try:
            user = access.log_in(name, request.form.get("password", ""), request.remote_addr or "")
        except Refused as trouble:
            return render_template("login.html", login=name, trouble=str(trouble)), 403
        return with_session(redirect(url_for("pages.users")), access.sessions.start(user))

    @pages.post("/logout")
    def log_out() -> Answer:
        access.sessions.end(request.cookies.get(COOKIE))
        answer = redirect(url_for("pages.login"))
        answer.delete_cookie(COOKIE)
        return answer

    @pages.get("/password")
    def password() -> Answer:
        return render_template("password.html", done="Пароль изменён. Другие сеансы завершены." if request.args.get("done") else "")

    @pages.post("/password")
    def set_password() -> Answer:
        try:
            change_password(access, g.session)
        except Refused as trouble:
            return render_template("password.html", trouble=str(trouble)), 400
        user = access.users.get(g.session.user.id)
        return with_session(redirect(url_for("pages.password", done=1)), access.sessions.start(user))


def change_password(access: Access, session: Session) -> None:
    """Refused: the old password is wrong, the new one is short or was typed differently twice."""
    try:
        access.log_in(session.user.login, request.form.get("old", ""), request.remote_addr or "")
    except Throttled:
        raise
    except Refused as trouble:
        raise Refused("Нынешний пароль не подходит. Проверьте раскладку и попробуйте ещё раз.", "old") from trouble
    if request.form.get("new") != request.form.get("again"):
        raise Refused("Новый пароль введён по-разному. Введите его дважды одинаково.", "again")
    access.users.set_password(session.user, request.form.get("new", ""))


def with_session(answer: BaseResponse, cookie: str) -> BaseResponse:
    answer.set_cookie(COOKIE, cookie, max_age=LIFE_MS // 1000, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer
