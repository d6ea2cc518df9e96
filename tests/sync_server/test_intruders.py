"""What somebody with a token and a changed program tries over real HTTP: he gets no more than his role, and hides nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import requests

from shared import filestore
from sync_server.access.sessions import LIFE_MS
from sync_server.cli import main
from sync_server.openapi import ENDPOINTS
from tests.support.hostile import chained
from tests.support.laptops import typed
from tests.sync_server.conftest import Serving
from tests.sync_server.intruder import Intruder, wish
from tests.sync_server.test_two_laptops import Laptop, tables

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


def test_whoever_goes_on_under_anothers_label_stops_neither_her_changes_nor_her_files(serving: Serving, tmp_path: Path) -> None:
    """She takes a new label each time, as a laptop whose folder was copied; for too many new prefixes in a row she waits."""
    anna, boris = Laptop(tmp_path / "anna", serving, "anna"), Intruder(serving, "boris")
    anna.do("clients", "c1", name="Анны")
    anna.syncer.sync_once()
    for turn in range(7):
        state = anna.desk.store.log.state()
        boris.sent([])
        assert boris.sent(chained(state.device, state.n, state.tip, [wish("clients", "c1", b'{"note":"b"}')], author=boris.author)).ok
        anna.do("clients", "c1", phone=str(turn))
        kept = filestore.keep(anna.desk.folder, str(turn).encode(), "a.txt")
        anna.do("attachments", f"a{turn}", name="a.txt", sha256=kept.sha256)
        anna.syncer.sync_once()
        anna.desk.poll()
        assert serving.hub.rows("SELECT name, phone FROM clients") == [{"name": "Анны", "phone": str(turn)}]
        assert filestore.is_here(serving.hub.folder, kept.sha256)
    assert anna.desk.store.log.state().prefix == ""
    serving.clock.pass_ms(15 * 60_000)
    anna.syncer.sync_once()
    assert len(anna.desk.store.log.state().prefix) == 2, "asked for again"
    anna.desk.close()


def test_whoever_sends_anothers_next_change_before_her_does_not_stop_her(serving: Serving, tmp_path: Path) -> None:
    """He has guessed it to the last letter, so it is her change; what she had seen he has guessed wrong."""
    anna, boris = Laptop(tmp_path / "anna", serving, "anna"), Intruder(serving, "boris")
    for name in ("Анны", "Анны и Ко"):
        anna.do("clients", "c1", name=name)
    anna.syncer.sync_once()
    state, guess = anna.desk.store.log.state(), wish("clients", "c1", b'{"phone":"7"}', stamp=1)
    boris.sent([])
    assert boris.sent(chained(state.device, state.n, state.tip, [guess], author=anna.desk.author)).ok
    anna.do("clients", "c1", phone="7")
    anna.syncer.sync_once()
    anna.do("clients", "c1", city="Уфа")
    anna.syncer.sync_once()
    assert anna.desk.store.log.state().head == serving.hub.store.log.state().head
    assert tables(anna.desk.store) == tables(serving.hub)
    assert anna.desk.store.verify() == serving.hub.verify() == []
    anna.desk.close()


def test_nobody_empties_anothers_change_before_she_sends_it(serving: Serving, tmp_path: Path) -> None:
    anna, boris = Laptop(tmp_path / "anna", serving, "anna"), Intruder(serving, "boris")
    anna.do("clients", "c1", name="Анны")
    anna.syncer.sync_once()
    state, guess = anna.desk.store.log.state(), wish("clients", "c1", b'{"phone":"7"}')
    boris.sent([])
    (change,) = chained(state.device, state.n, state.tip, [guess], author=anna.desk.author)
    answer = boris.sent([change._replace(patch=b"")])
    assert (answer.status_code, answer.json()["error"]) == (409, "untimely")
    anna.do("clients", "c1", phone="7")
    assert anna.desk.store.log.state().tip == change.id
    anna.syncer.sync_once()
    anna.desk.close()
    assert serving.hub.rows("SELECT phone FROM clients") == [{"phone": "7"}]


def test_a_revoked_device_gets_no_word_from_any_endpoint_not_even_the_rest_of_what_it_has_begun(serving: Serving) -> None:
    boris, sha256 = Intruder(serving, "boris"), hashlib.sha256(b"a").hexdigest()
    boris.writes(wish("attachments", "a1", b'{"sha256":"%b"}' % sha256.encode()))
    assert boris.ask("PUT", f"files/{sha256}?size=1", b"a").json() == {"whole": True}
    snapshot = boris.ask("GET", "snapshot").json()["sha256"]
    begun = {"/api/v1/snapshot/{sha256}": snapshot, "/api/v1/files/{sha256}": sha256}
    doors = [(each.method, each.path.replace("{sha256}", begun.get(each.path, ""))) for each in ENDPOINTS if not each.open]
    assert all(boris.ask("GET", path.removeprefix("/api/v1/")).ok for method, path in doors if method == "GET")
    serving.access.devices.revoke(serving.access.devices.get(boris.device))
    answers = [boris.ask(method, path.removeprefix("/api/v1/")) for method, path in doors]
    assert {(answer.status_code, answer.json()["error"]) for answer in answers} == {(401, "revoked")}


def test_leaving_ends_a_session_for_whoever_has_copied_its_cookie_and_only_that_one(serving: Serving) -> None:
    sessions, boris = serving.access.sessions, serving.access.users.get("boris")
    here, elsewhere = (sessions.start(boris) for _ in range(2))
    for cookie in (here, here, None, "x"):
        sessions.end(cookie)
    assert sessions.read(here) is None
    assert sessions.read(elsewhere) is not None
    serving.clock.pass_ms(LIFE_MS - 1)
    sessions.end(elsewhere)
    serving.clock.pass_ms(2)
    sessions.end(sessions.start(boris))
    kept = serving.access.book.rows("SELECT 1 FROM settings WHERE key LIKE 'ended:%'")
    assert len(kept) == 1, "what has ended by its age is not remembered"


def test_what_a_device_says_of_itself_and_writes_orders_no_terminal(
    serving: Serving, office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evil, code = "\x1b[2J\x9b31m\x07", serving.access.codes.issue(serving.access.users.get("boris").id)
    requests.post(f"{serving.url}/api/v1/enrol", json={"code": code, "version": evil}, timeout=10)
    assert Intruder(serving, "boris").writes(wish("clients", "c1", b'{"name":"a"}'), author=evil).ok
    query = "SELECT author FROM log WHERE row = 'c1'"
    for words in (["status"], ["sql", query]):
        assert main(["hub", "--data", str(office), *words]) == 0
    told = capsys.readouterr().out
    anna = Laptop(tmp_path / "anna", serving, "anna")
    anna.syncer.sync_once()
    anna.desk.close()
    told += typed("desk", "--data", str(tmp_path / "anna"), "sql", query).stdout
    assert told.count("[2J 31m") == 3
    assert all(sign.isprintable() for sign in told.replace("\n", "").replace("\xa0", ""))
