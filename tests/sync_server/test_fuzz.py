"""Nonsense and malice against every endpoint over a real port: always a 4xx with a reason or a lawful answer, and the hub stays whole."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copytree

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from local_app.desk import Desk
from local_app.sync import Syncer
from shared import exchange
from shared.change import ROOT, Edit
from shared.entities import ENTITIES
from shared.exchange import Base
from shared.schema import quoted
from shared.store import FILE_NAME, Store
from shared.store.verify import digests
from sync_server.datasette_plugin.disputes import disputes
from sync_server.openapi import ENDPOINTS, MESSAGE, Endpoint
from tests.support import hostile
from tests.support.hubs import HubProcess

pytestmark = pytest.mark.xdist_group("fuzz")
MUCH = 100 * 1024 * 1024
"""Bytes by which the hub may grow, whatever is sent."""
MANY, FEW = settings(max_examples=60), settings(max_examples=25)


class Target:
    """A hub in a process of its own and a device that it knows."""

    def __init__(self, hub: HubProcess) -> None:
        self.hub, self.session = hub, requests.Session()
        self.token = hub.enrol("boris")["token"]
        self.base = Base(0, ROOT)
        self.tips: dict[str, tuple[int, bytes]] = {}
        assert self.exchange(hostile.offer_of(self.base, [])).status_code == 200
        self.memory = hub.memory()

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> requests.Response:
        """A request with the token; the answer is lawful."""
        told = {"Authorization": f"Bearer {self.token}", **{name.replace("_", "-"): text for name, text in headers.items()}}
        answer = self.session.request(method, self.hub.url + path, data=body, headers=told, timeout=60, allow_redirects=False)
        must_be_lawful(answer)
        return answer

    def exchange(self, message: bytes) -> requests.Response:
        answer = self.ask("POST", "/api/v1/exchange", message, Content_Type=MESSAGE)
        if answer.status_code == 200:
            head = exchange.unpack(answer.content)
            assert head["kind"] in {"page", "mismatch", "gap", "update", "common"}
            assert exchange.read_blocks(head, answer.content) or not head.get("blocks")
            self.base = Base(head["end"], bytes.fromhex(head["head"])) if head["kind"] == "page" else self.base
        return answer

    def send(self, device: str, wanted: list[hostile.Wish]) -> bool:
        """Wishes as the next changes of a device; whether the hub took them."""
        changes = hostile.chained(device, *self.tips.get(device, (0, ROOT)), wanted)
        taken = self.exchange(hostile.offer_of(self.base, changes)).status_code == 200
        if taken:
            self.tips[device] = (changes[-1].n, changes[-1].id)
        return taken


def must_be_lawful(answer: requests.Response) -> None:
    """No 5xx; a refusal has a word for programs and a Russian sentence for people."""
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400 and answer.request.method != "HEAD":
        told = answer.json()
        assert set(told) == {"error", "message"}
        assert any("а" <= letter <= "я" for letter in told["message"].lower())


@pytest.fixture(scope="module")
def target(office_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    hub = HubProcess(Path(copytree(office_folder, tmp_path_factory.mktemp("fuzz") / "hub")))
    hub.start()
    yield Target(hub)
    hub.stop()
    assert "Traceback" not in hub.journal.read_text(encoding="utf-8")


def described(endpoint: Endpoint, answer: requests.Response) -> bool:
    """Whether the document foresees this answer; what is turned away before the endpoint is asked has the word `http`."""
    return answer.status_code in {200, *endpoint.statuses} or answer.json().get("error") == "http"


KEYS = st.sampled_from(["code", "label", "files", "name"])
OBJECTS = st.recursive(hostile.SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=6)
STRANGE = (
    b"[" * 50_000,
    b'{"a":' * 20_000,
    b'{"code":"\\ud800"}',
    b'{"files":["\\ud800"]}',
    b'{"code":1e999}',
    b'{"files":[1]}',
    b"\xff\xfe",
)
JSON = st.one_of(st.binary(max_size=60), OBJECTS.map(lambda found: json.dumps(found).encode()), st.sampled_from(STRANGE))
SEGMENTS = st.sampled_from(
    ["0" * 64, "f" * 64, "F" * 64, "0" * 63, "..", "%2e%2e%2fpasswd", "%00", "%ff", "я" * 64, "a" * 4000, "a/b", "~", "известно"]
)
NUMBERS = st.sampled_from(["0", "1", "-1", "9" * 15, "9" * 16, "1.5", "", "x", "²", "%00", "1e9", " 1"])


@MANY
@given(
    st.sampled_from(ENDPOINTS), SEGMENTS, NUMBERS, NUMBERS, JSON, st.sampled_from(["application/json", "", MESSAGE, "text/html; charset=x"])
)
def test_nonsense_is_answered_as_the_document_says(
    target: Target, endpoint: Endpoint, name: str, offset: str, size: str, body: bytes, kind: str
) -> None:
    path = endpoint.path.replace("{sha256}", name) + (f"?offset={offset}&size={size}" if endpoint.query else "")
    answer = target.ask(endpoint.method, path, body, Content_Type=kind)
    assert described(endpoint, answer), (answer.status_code, answer.text)


@FEW
@given(st.sampled_from([endpoint for endpoint in ENDPOINTS if not endpoint.open]), st.binary(max_size=40).map(lambda text: text.hex()))
def test_strangers_learn_nothing(target: Target, endpoint: Endpoint, token: str) -> None:
    for given_token in (f"Bearer {token}", token, "Bearer", "Basic YTpi", "Bearer " + "x" * 8000):
        answer = target.ask(endpoint.method, endpoint.path.replace("{sha256}", "0" * 64), b"x", Authorization=given_token)
        assert (answer.status_code, answer.json()["error"]) == (401, "unknown")


@FEW
@given(st.data())
def test_a_message_that_was_cut_or_altered_on_the_way_is_turned_away(target: Target, data: st.DataObject) -> None:
    message = hostile.envelope(*hostile.honest())
    at, bit = data.draw(st.integers(0, len(message) - 1)), data.draw(st.integers(0, 7))
    flipped = message[:at] + bytes([message[at] ^ 1 << bit]) + message[at + 1 :]
    assert target.exchange(message[:at]).status_code == 400
    assert target.exchange(flipped).status_code == 400


@MANY
@given(hostile.broken_offers())
def test_an_offer_that_does_not_fit_is_turned_away(target: Target, message: bytes) -> None:
    assert target.exchange(message).status_code in (200, 400)


DEVICES = st.sampled_from(["one", "two", "three"])


@MANY
@given(DEVICES, st.lists(hostile.wishes(wild=False), min_size=1, max_size=6))
def test_whatever_a_laptop_could_have_written_is_taken(target: Target, device: str, wanted: list[hostile.Wish]) -> None:
    assert target.send(device, wanted)


@MANY
@given(DEVICES, st.lists(hostile.wishes(wild=True), min_size=1, max_size=3))
def test_what_no_laptop_writes_is_turned_away_or_refused(target: Target, device: str, wanted: list[hostile.Wish]) -> None:
    target.send(device, wanted)
    assert target.ask("GET", "/api/v1/ping").status_code == 200


@pytest.mark.parametrize("patch", hostile.RAW_PATCHES)
def test_a_patch_that_readers_of_json_understand_differently_is_turned_away(target: Target, patch: bytes) -> None:
    wish = hostile.Wish("clients", "raw", patch, True, hostile.NOW, 0, 0, b"", "")
    assert target.send(f"raw {hostile.RAW_PATCHES.index(patch)}", [wish]) is (patch == b"{}")


@pytest.mark.parametrize("name", hostile.bombs())
def test_a_bomb_does_not_fill_the_memory(target: Target, name: str) -> None:
    assert target.exchange(hostile.bombs()[name]).status_code in (200, 400)
    assert target.hub.memory() - target.memory < MUCH


def test_slow_senders_keep_nobody_waiting(target: Target) -> None:
    asked = b"POST /api/v1/exchange HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n"
    slow = [socket.create_connection(("127.0.0.1", target.hub.port), timeout=10) for _ in range(60)]
    luck = random.Random(1)
    for line in slow:
        line.sendall(luck.choice([b"", asked[: luck.randrange(len(asked))], asked + b"\r\n" + bytes(luck.randrange(100_000))]))
    answer = target.ask("GET", "/api/v1/ping")
    assert answer.json() == {"hub": "zakaznik"}
    assert target.hub.memory() - target.memory < MUCH
    for line in slow:
        line.close()


def test_a_laptop_that_asks_for_prefixes_without_end_is_told_to_wait(target: Target) -> None:
    statuses = [target.ask("POST", "/api/v1/prefix").status_code for _ in range(8)]
    assert statuses[-1] == 429


def test_afterwards_the_hub_is_whole_and_serves_honest_laptops(target: Target, tmp_path: Path) -> None:
    """The last of these tests: what the others left behind is drawn alike by everyone."""
    with closing(Desk.open(tmp_path, create=True)) as desk:
        Syncer(tmp_path).enrol(target.hub.url, target.hub.code("anna"))
        desk.do([Edit("clients", desk.new_id(), {"name": "Честный"})], "Клиент")
        Syncer(tmp_path).sync_once()
        assert desk.store.verify() == []
        assert target.hub.memory() - target.memory < MUCH
        with closing(Store.open(target.hub.folder / FILE_NAME)) as store:
            assert store.verify() == []
            assert digests(store) == digests(desk.store)
            store.rows(disputes(ENTITIES).sql)  # can be read, whatever the nonsense has left behind
            assert all(store.rows(f"SELECT * FROM {quoted(entity.plural)} LIMIT 1") is not None for entity in ENTITIES.values())
            assert store.one("SELECT count(*) FROM clients WHERE name = 'Честный'") == 1
