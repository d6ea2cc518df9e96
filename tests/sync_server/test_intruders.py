"""What somebody with a token and a changed program tries over real HTTP: he gets no more than his role, and hides nothing."""

from __future__ import annotations

from tests.support.hostile import chained
from tests.sync_server.conftest import Serving
from tests.sync_server.intruder import Intruder, wish

NEW = wish("clients", "c1", b'{"name":"a"}')


def test_nobody_writes_as_the_server(serving: Serving) -> None:
    """Its chain is known to every laptop, so anybody could go on where it ends; and what it lost comes with `rebuild on`."""
    boris = Intruder(serving, "boris")
    last = serving.hub.rows("SELECT n, id FROM log ORDER BY seq DESC LIMIT 1")[0]
    for n, tip in ((0, bytes(16)), (last["n"], last["id"])):
        answer = boris.sent(chained("hub", n, tip, [NEW], author=""))
        assert (answer.status_code, answer.json()["error"]) == (409, "untimely")
    assert serving.hub.rows("SELECT 1 FROM clients") == []
    serving.hub.rebuild(on=True)
    assert boris.sent(chained("hub", n, tip, [NEW], author="")).ok
    assert serving.hub.rows("SELECT name FROM clients") == [{"name": "a"}]
