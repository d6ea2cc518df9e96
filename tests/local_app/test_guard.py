"""Who may talk to the program: a real server on a real port, asked by pages of ours, by strangers and by sockets."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import requests
import uvicorn
from fastapi import FastAPI, WebSocket
from fastapi.responses import PlainTextResponse

from local_app.guard import ENTER, Guard, Keys

SECRET = "secret of one launch"


class Served(NamedTuple):
    """A guarded server: pages at /, JSON at /api/rows, a socket at /ws."""

    url: str
    keys: Keys

    @property
    def cookies(self) -> dict[str, str]:
        return {self.keys.cookie: self.keys.token}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        keys = Keys(SECRET, listening.getsockname()[1])
        server = uvicorn.Server(uvicorn.Config(guarded(keys), log_level="error", ws="wsproto"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            answered(f"http://127.0.0.1:{keys.port}/")
            yield Served(f"http://127.0.0.1:{keys.port}", keys)
        finally:
            server.should_exit = True
            thread.join(20)


def answered(url: str) -> None:
    """The socket listens already, so the first answer is only a matter of waiting for it."""
    requests.get(url, timeout=20)


def guarded(keys: Keys) -> FastAPI:
    app = FastAPI()
    app.add_middleware(Guard, keys=keys)

    @app.get("/")
    async def page() -> PlainTextResponse:
        return PlainTextResponse("page")

    @app.get("/api/rows")
    async def rows() -> list[int]:
        return [1]

    @app.websocket("/ws")
    async def talk(talking: WebSocket) -> None:
        await talking.accept()
        await talking.send_text("hello")
        await talking.close()

    return app


def ask(served: Served, path: str = "/", **headers: str) -> requests.Response:
    return requests.get(served.url + path, cookies=served.cookies, headers=headers, timeout=10)


def handshake(served: Served, *headers: str) -> str:
    """The first line of the answer to a websocket handshake with these headers."""
    lines = [
        "GET /ws HTTP/1.1", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", *headers, "", "",
    ]  # fmt: skip
    with socket.create_connection(("127.0.0.1", served.keys.port), timeout=10) as talking:
        talking.sendall("\r\n".join(lines).encode())
        return talking.recv(4096).decode("latin-1").split("\r\n")[0]


def own(served: Served, **other: str) -> list[str]:
    """The headers of a socket of our own page; any of them can be another one."""
    host = f"127.0.0.1:{served.keys.port}"
    headers = {"Host": host, "Origin": f"http://{host}", "Cookie": f"{served.keys.cookie}={served.keys.token}", **other}
    return [f"{name}: {value}" for name, value in headers.items() if value]


@pytest.mark.parametrize("path", ["/", "/api/rows", "/nowhere"])
def test_without_the_cookie_every_address_is_closed_and_says_why_in_russian(served: Served, path: str) -> None:
    answer = requests.get(served.url + path, timeout=10)
    assert answer.status_code == 401
    assert "Откройте программу заново" in answer.text


def test_with_the_cookie_pages_and_data_are_open(served: Served) -> None:
    assert ask(served).text == "page"
    assert ask(served, "/api/rows").json() == [1]


@pytest.mark.parametrize("token", ["", "0" * 64, "ключ"])
def test_a_wrong_cookie_is_no_cookie(served: Served, token: str) -> None:
    answer = requests.get(served.url, headers={"Cookie": f"{served.keys.cookie}={token}".encode()}, timeout=10)
    assert answer.status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example"])
def test_a_foreign_host_name_is_refused_even_with_the_cookie(served: Served, host: str) -> None:
    assert ask(served, Host=host).status_code == 403


def test_the_customary_name_of_this_machine_is_ours_too(served: Served) -> None:
    assert ask(served, Host=f"localhost:{served.keys.port}").status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"])
def test_a_foreign_origin_is_refused_even_with_the_cookie(served: Served, origin: str) -> None:
    answer = ask(served, Origin=origin)
    assert answer.status_code == 403
    assert "Доступ закрыт" in answer.text


def test_an_opening_address_hands_the_cookie_over_once(served: Served) -> None:
    address = served.url + served.keys.opening_path("once")
    with requests.Session() as visitor:
        first = visitor.get(address, timeout=10)
        assert first.status_code == 200
        assert "HttpOnly" in first.headers["Set-Cookie"]
        assert "SameSite=Strict" in first.headers["Set-Cookie"]
        assert visitor.get(served.url, timeout=10).text == "page"
    second = requests.get(address, timeout=10)
    assert second.status_code == 401
    assert "Ссылка уже использована" in second.text
    assert "Set-Cookie" not in second.headers


def test_an_invented_opening_address_opens_nothing(served: Served) -> None:
    for query in ("", "?n=one", "?n=&k=" + served.keys.sign("enter "), "?n=one&k=" + "0" * 64, "?n=one&k=" + served.keys.token):
        answer = requests.get(served.url + ENTER + query, timeout=10)
        assert answer.status_code == 401
        assert "Set-Cookie" not in answer.headers


def test_the_keys_of_another_launch_do_not_fit(served: Served) -> None:
    other = Keys("secret of another launch", served.keys.port)
    assert requests.get(served.url, cookies={other.cookie: other.token}, timeout=10).status_code == 401
    assert requests.get(served.url + other.opening_path("one"), timeout=10).status_code == 401


def test_a_page_may_not_stand_in_a_frame_nor_load_from_elsewhere(served: Served) -> None:
    headers = ask(served).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "http" not in headers["Content-Security-Policy"]


def test_what_stands_in_the_data_is_not_kept_by_the_browser(served: Served) -> None:
    kept = {
        path: requests.get(served.url + path, cookies=served.cookies, timeout=20).headers.get("cache-control")
        for path in ("/", "/api/rows")
    }
    assert kept == {"/": None, "/api/rows": "no-store"}


def test_a_socket_of_our_page_is_open(served: Served) -> None:
    assert " 101 " in handshake(served, *own(served))


@pytest.mark.parametrize(
    "other", [{"Cookie": ""}, {"Cookie": "zakaznik=1"}, {"Origin": "http://evil.example"}, {"Host": "evil.example"}], ids=str
)
def test_a_strange_socket_is_refused_before_it_opens(served: Served, other: dict[str, str]) -> None:
    assert " 403 " in handshake(served, *own(served, **other))


def test_two_host_headers_are_refused() -> None:
    keys = Keys(SECRET, 8000)
    statuses: list[int] = []

    async def never(*_: object) -> None:
        raise AssertionError

    async def receive() -> dict[str, object]:
        return {"type": "http.request"}

    async def send(message: dict[str, object]) -> None:
        with contextlib.suppress(KeyError):
            statuses.append(int(str(message["status"])))

    host = (b"host", b"127.0.0.1:8000")
    scope = {"type": "http", "path": "/", "query_string": b"", "headers": [host, host]}
    asyncio.run(Guard(never, keys)(scope, receive, send))  # type: ignore[arg-type]
    assert statuses == [403]
