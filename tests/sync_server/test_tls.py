"""A hub whose certificate a company has signed itself: a laptop whose computer trusts that authority syncs, another one says why."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
from werkzeug.serving import make_server

from local_app.desk import Desk
from local_app.sync import Syncer
from shared.change import Edit, SyncTrouble
from sync_server.app import make_app
from tests.house.files import ROOT
from tests.sync_server.conftest import Serving

PEM = ROOT / "tests" / "data" / "tls"


@pytest.fixture
def url(serving: Serving) -> Iterator[str]:
    """The same hub behind a certificate for «localhost»."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(PEM / "server.pem")
    server = make_server("127.0.0.1", 0, make_app(serving.hub, serving.access), threaded=True, ssl_context=context)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


def code(serving: Serving) -> str:
    return serving.access.codes.issue(serving.access.users.get("anna").id)


def test_an_authority_that_this_computer_trusts_is_enough(
    serving: Serving, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(PEM / "authority.pem"))
    with closing(Desk.open(tmp_path / "laptop", create=True)) as desk:
        Syncer(desk.folder).enrol(url, code(serving))
        desk.do([Edit("clients", desk.new_id(), {"name": "Ромашка"})], "Новый клиент")
        assert Syncer(desk.folder).sync_once().sent == 1
    assert serving.hub.rows("SELECT name FROM clients") == [{"name": "Ромашка"}]


def test_an_authority_that_nobody_knows_is_told_with_the_way_out(serving: Serving, url: str, tmp_path: Path) -> None:
    Desk.open(tmp_path / "laptop", create=True).close()
    with pytest.raises(SyncTrouble, match="Сертификату сервера этот компьютер не верит"):
        Syncer(tmp_path / "laptop").enrol(url, code(serving))
