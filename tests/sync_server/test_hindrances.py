"""What the header says when changes do not go through: no line at all is one thing, a hub that says no is another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import repeat
from pathlib import Path
from threading import Thread

import pytest

from local_app import hubline
from local_app.desk import Desk
from local_app.hubline import HubAddress, Hubline
from local_app.main import close, open_application
from local_app.sync import Syncer, sync_state
from shared import exchange
from shared.change import SyncTrouble
from tests.support.laptops import answered, typed
from tests.sync_server.conftest import Laptop, Serving
from tests.sync_server.test_snapshots import synced

JSON, PAGE, BODY = "application/json", "text/html", "application/x-zakaznik"
NO_LINE = "Нет связи · данные от"
ANSWERS = {
    "a proxy without its hub": (502, PAGE, b"<h1>Bad Gateway</h1>", NO_LINE),
    "a network that wants a log-in": (403, PAGE, b"<h1>Wi-Fi</h1>", NO_LINE),
    "a network that shows its page": (200, PAGE, b"<h1>Wi-Fi</h1>", NO_LINE),
    "a network that leads to its page": (302, PAGE, b"", NO_LINE),
    "a newer hub": (200, BODY, exchange.pack({"kind": "update", "protocol": 2}), "Обмен не идёт: обновите программу"),
    "a hub that wants another body": (415, JSON, b'{"error": "content_type", "message": "?"}', "Обмен не идёт: обновите программу"),
    "a full disk": (503, JSON, b'{"error": "storage", "message": "?"}', "Обмен не идёт: неполадка на сервере"),
    "damage": (503, JSON, b'{"error": "damaged", "message": "?"}', "Обмен не идёт: неполадка на сервере"),
    "a message it cannot read": (400, JSON, b'{"error": "malformed", "message": "?"}', "Обмен не идёт: обновите программу"),
    "a refusal": (422, JSON, b'{"error": "piece", "message": "?"}', "Обмен не идёт"),
    "a cut answer": (200, BODY, b"ZKZ1", "Обмен не идёт"),
}


@contextmanager
def stranger(status: int, kind: str, body: bytes, pieces: Iterable[bytes] = ()) -> Iterator[str]:
    """The address of somebody who answers everything alike; `pieces`: what comes after the body, until nobody listens."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            if not pieces:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            with suppress(OSError):
                for piece in pieces:
                    self.wfile.write(piece)
                    self.wfile.flush()

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            """Nothing of it is wanted."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


async def said(desk: Desk) -> tuple[str, str]:
    """The header's words after a sync, and after the next start before one."""
    application = open_application(desk.folder, "Заказник")
    await application.sync.now()
    now = application.sync.words()[1]
    close(application)
    again = open_application(desk.folder, "Заказник")
    after = again.sync.words()[1]
    assert again.sync.hindrance() == sync_state(desk.store).trouble
    close(again)
    return now, after


@pytest.mark.parametrize("answer", ANSWERS)
async def test_the_header_tells_a_hub_that_says_no_from_no_hub(laptop: Laptop, tmp_path: Path, answer: str) -> None:
    status, kind, body, words = ANSWERS[answer]
    desk = laptop(tmp_path / "a")
    synced(desk)
    with stranger(status, kind, body) as url:
        HubAddress.of(desk.folder)._replace(url=url).keep(desk.folder)
        for told in await said(desk):
            assert told.startswith(words) if words == NO_LINE else told == words


def test_the_page_of_a_network_is_no_piece_of_a_file_and_gets_no_code(laptop: Laptop, tmp_path: Path) -> None:
    desk = laptop(tmp_path / "a")
    with stranger(200, PAGE, b"<h1>Wi-Fi</h1>") as url:
        with pytest.raises(SyncTrouble, match="отвечает не сервер Заказника"):
            Hubline(HubAddress(url)).get(f"/api/v1/snapshot/{'0' * 64}?offset=0")
        with pytest.raises(SyncTrouble, match="отвечает не сервер Заказника"):
            Syncer(desk.folder).enrol(url, "0000-0000")


def test_an_answer_without_an_end_and_one_that_drips_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    with stranger(200, "application/octet-stream", b"", repeat(bytes(1 << 20))) as url:
        with pytest.raises(SyncTrouble, match="отвечает не сервер Заказника"):
            Hubline(HubAddress(url)).get("/")
        monkeypatch.setattr(hubline, "SLOWEST", (0.0, 1 << 30))
        with pytest.raises(hubline.NoLine):
            Hubline(HubAddress(url)).get("/")


def test_an_answer_that_breaks_off_is_a_broken_line() -> None:
    with stranger(200, "application/octet-stream\r\nContent-Length: 9", b"", [b"half"]) as url, pytest.raises(hubline.NoLine):
        Hubline(HubAddress(url)).get("/")


@pytest.mark.parametrize("page", ["/login", "/codes?user=1", "/users#here"])
def test_an_address_that_was_copied_from_the_browser_leads_to_its_hub(serving: Serving, tmp_path: Path, page: str) -> None:
    Desk.open(tmp_path, create=True).close()
    Syncer(tmp_path).enrol(serving.url + page, serving.access.codes.issue(serving.access.users.get("anna").id))
    assert HubAddress.of(tmp_path).url == serving.url


async def test_no_line_at_all_is_said_so_and_a_command_says_why(laptop: Laptop, tmp_path: Path) -> None:
    desk = laptop(tmp_path / "a")
    synced(desk)
    HubAddress.of(desk.folder)._replace(url="http://127.0.0.1:1").keep(desk.folder)  # where nobody listens
    assert all(told.startswith(NO_LINE) for told in await said(desk))
    folder = ("desk", "--data", str(desk.folder), "status")
    assert answered(*folder)["kind"] == "offline"
    assert "Что мешает обмену: Нет связи с сервером" in typed(*folder).stdout
