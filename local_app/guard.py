"""Who may talk to this program: only pages it has opened itself. One ASGI middleware over pages, files, API and websocket."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

ENTER = "/enter"
LOOPBACK = ("127.0.0.1", "localhost")
POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'none'; form-action 'self'; base-uri 'self'"
)
"""Vue compiles its templates in the page, hence the two `unsafe`; nothing is ever loaded from outside this machine."""
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
DATA = ("/api/", "/papers/")
NOT_KEPT = ((b"cache-control", b"no-store"),)
"""What stands in the data stays in the folder: a browser that kept it on its disk would have it after an administrator's wipe."""
PAGE = """<!doctype html><html lang="ru"><meta charset="utf-8"><title>Заказник</title>
<style>body{{font:16px/1.5 Roboto,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem;color:#1B2430;background:#F6F7F9}}
h1{{font-size:20px;font-weight:500}}a{{color:#1F5FBF}}@media(prefers-color-scheme:dark){{body{{color:#E6EAF0;background:#14181F}}a{{color:#6BA4F0}}}}</style>
<h1>{title}</h1><p>{text}</p>"""
STRANGER = (
    "Откройте программу заново",
    "Эта страница открыта не из программы или осталась от прошлого запуска. Запустите Заказник ещё раз: он откроет окно сам. "  # noqa: ISC004 - one text
    'Всё, что вы набрали, сохранено в этом браузере. <a href="/">Попробовать ещё раз</a>',
)
FOREIGN = (
    "Доступ закрыт",
    "Запрос пришёл с другого сайта или под чужим именем. Заказник отвечает только своим страницам на этом компьютере.",
)
ENDED_PATH = "/ended"
ENDED = ("Заказник закрыт", "Всё сохранено, эту вкладку можно закрыть. Чтобы работать дальше, запустите Заказник ещё раз.")
USED = ("Ссылка уже использована", "По этой ссылке программу можно открыть один раз. Запустите Заказник ещё раз: он откроет окно сам.")


@dataclass(frozen=True, slots=True)
class Keys:
    """The secret of one launch and what follows from it. Whoever can read the folder can open the program."""

    secret: str
    port: int
    used: set[str] = field(default_factory=set, compare=False)

    @property
    def cookie(self) -> str:
        """Cookies ignore ports: two folders open in one browser must not share a name."""
        return f"zakaznik_{self.port}"

    @property
    def token(self) -> str:
        return self.sign("cookie")

    def sign(self, text: str) -> str:
        return hmac.new(self.secret.encode(), text.encode(), sha256).hexdigest()

    def opening_path(self, nonce: str) -> str:
        """The address that hands the cookie over, once for each nonce."""
        return f"{ENTER}?n={nonce}&k={self.sign('enter ' + nonce)}"

    def redeem(self, nonce: str, key: str) -> bool:
        """True for a genuine opening address that was not used before."""
        genuine = bool(nonce) and hmac.compare_digest(self.sign("enter " + nonce).encode(), key.encode())
        if not genuine or nonce in self.used:
            return False
        self.used.add(nonce)
        return True


class Guard:
    """Host and Origin must be this machine, and the cookie of this launch must be there."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self.app = app
        self.keys = keys
        self.hosts = frozenset(f"{name}:{keys.port}" for name in LOOPBACK)
        self.origins = frozenset(f"http://{host}" for host in self.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = scope["headers"]
        if not self.is_ours(headers):
            await refuse(scope, send, 403, FOREIGN)
        elif scope["path"] == ENTER and scope["type"] == "http":
            await self.enter(scope, send)
        elif not self.is_known(headers):
            await refuse(scope, send, 401, STRANGER)
        else:
            await self.app(scope, receive, guarded(send, HEADERS + NOT_KEPT if scope["path"].startswith(DATA) else HEADERS))

    def is_ours(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        """Exactly one Host, one of ours; and no Origin but ours (a browser sends it with every websocket and every post)."""
        hosts, origins = values(headers, b"host"), values(headers, b"origin")
        return len(hosts) == 1 and hosts[0].lower() in self.hosts and all(origin in self.origins for origin in origins)

    def is_known(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        return any(hmac.compare_digest(token.encode(), self.keys.token.encode()) for token in tokens(headers, self.keys.cookie))

    async def enter(self, scope: Scope, send: Send) -> None:
        """The opening address: the cookie, and on to the first page."""
        query = parse_qs(scope["query_string"].decode("ascii", "replace"))
        nonce, key = query.get("n", [""])[0], query.get("k", [""])[0]
        if not self.keys.redeem(nonce, key):
            await (self.onward(send) if self.is_known(scope["headers"]) else refuse(scope, send, 401, USED))
            return
        cookie = f"{self.keys.cookie}={self.keys.token}; Path=/; HttpOnly; SameSite=Strict"
        await self.onward(send, (b"set-cookie", cookie.encode()))

    async def onward(self, send: Send, *headers: tuple[bytes, bytes]) -> None:
        """A page and not a redirect: a browser keeps a strict cookie back from a redirect that began at another site."""
        page = b'<!doctype html><meta charset="utf-8"><title>\xe2\x80\xa6</title><meta http-equiv="refresh" content="0;url=/">'
        await answer(send, 200, page, *headers)


def values(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key.lower() == name]


def tokens(headers: Iterable[tuple[bytes, bytes]], name: str) -> list[str]:
    """The values of our cookie; what is no cookie header holds none."""
    found = []
    for header in values(headers, b"cookie"):
        try:
            morsel = SimpleCookie(header).get(name)
        except CookieError:
            continue
        if morsel is not None:
            found.append(morsel.value)
    return found


def guarded(send: Send, told: Sequence[tuple[bytes, bytes]]) -> Send:
    """The same answer with the headers that keep it in its place."""

    async def sending(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *told]}  # type: ignore[misc]
        await send(message)

    return sending  # type: ignore[return-value]


async def refuse(scope: Scope, send: Send, status: int, words: tuple[str, str]) -> None:
    """A page that says why; a websocket is closed before it opens (the server answers 403)."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4403 if status == 403 else 4401, "reason": ""})
        return
    await answer(send, status, small_page(words).encode())


def small_page(words: tuple[str, str]) -> str:
    """A small page: a heading and a text."""
    return PAGE.format(title=words[0], text=words[1])


async def answer(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    """A whole small page, never kept by the browser."""
    plain = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": [*plain, *HEADERS, *headers]})
    await send({"type": "http.response.body", "body": body})
