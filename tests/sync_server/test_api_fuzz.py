"""The door under a hail of nonsense: whatever comes, the answer is 4xx, JSON with a reason, or a proper page of the exchange."""

from __future__ import annotations

import json

import orjson
import pytest
import requests
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from shared import exchange
from sync_server.app import make_app
from tests.sync_server.conftest import Serving

JSON = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**63), 2**63 - 1) | some.floats(allow_nan=False) | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = (
    "devices",
    "authors",
    "entities",
    "prevs",
    "device",
    "author",
    "entity",
    "n",
    "act",
    "stamp",
    "read_to",
    "own_n",
    "row",
    "also",
    "refused",
    "tip",
)
HEADS = some.fixed_dictionaries(
    {"protocol": some.just(exchange.PROTOCOL), "kind": some.sampled_from(["offer", "probe", "other"])},
    optional={"place": some.just(0) | JSON, "head": some.just(bytes(16).hex()) | JSON, "pairs": JSON, "blocks": JSON},
)
COLUMNS = some.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, JSON))
BLOCKS = some.lists(
    some.tuples(COLUMNS, some.lists(some.binary(max_size=20).map(lambda line: line.replace(b"\n", b"")) | some.just(b"{}"), max_size=3)),
    max_size=2,
)
HAIL = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture
def client(serving: Serving) -> FlaskClient:
    return make_app(serving.hub, serving.access).test_client()


def expect_reason(status: int, content: bytes) -> None:
    told = json.loads(content)
    assert 400 <= status < 500
    assert isinstance(told["error"], str)
    assert "Traceback" not in told["message"]


@given(body=JSON.map(lambda value: json.dumps(value).encode()) | some.binary(max_size=200))
@HAIL
def test_an_enrolment_of_nonsense_is_refused_with_a_reason(serving: Serving, client: FlaskClient, body: bytes) -> None:
    answer = (
        make_app(serving.hub, serving.access).test_client().post("/api/v1/enrol", data=body, headers={"Content-Type": "application/json"})
    )
    expect_reason(answer.status_code, answer.data)


@given(head=HEADS, blocks=BLOCKS)
@HAIL
def test_a_message_of_nonsense_is_refused_or_answered_and_leaves_the_log_alone(
    serving: Serving, client: FlaskClient, head: dict[str, object], blocks: list[tuple[dict[str, object], list[bytes]]]
) -> None:
    _, token = serving.access.devices.add(serving.access.users.get("boris").id, "Ноутбук", "0.1")
    before = serving.hub.status()["changes"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-zakaznik"}
    frames = [exchange.packed(b"\n".join((orjson.dumps(columns), *patches))) for columns, patches in blocks]
    answer = client.post("/api/v1/exchange", data=exchange.pack(head, frames), headers=headers)
    if answer.status_code != 200:
        expect_reason(answer.status_code, answer.data)
    else:
        assert exchange.unpack(answer.data)["kind"] in {"page", "common", "mismatch", "gap"}
    assert serving.hub.status()["changes"] == before


def test_the_hub_is_well_after_the_hail(serving: Serving) -> None:
    for _ in range(20):
        requests.post(f"{serving.url}/api/v1/exchange", data=b"\x00" * 1000, timeout=10)
    assert requests.get(f"{serving.url}/api/v1/ping", timeout=10).status_code == 200
