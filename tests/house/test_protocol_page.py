"""docs/protocol.md is true: its messages have the shape of real ones, and it names every route and every error word."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pytest

from local_app.desk import Desk
from shared import exchange
from shared.change import Change, Edit, change_id
from shared.cutter import PAGE_BYTES, PAGE_CHANGES
from shared.store.courier import Courier
from sync_server.access import Access
from sync_server.app import make_app
from sync_server.hub import Hub
from tests.house.files import ROOT, tracked

PAGE = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
EXAMPLES: dict[str, Any] = {
    kind: json.loads(text) for kind, text in re.findall(r"<!-- message: (\w+) -->\n```json\n(.*?)\n```", PAGE, re.DOTALL)
}
NOW = 1_772_000_000_000


class Guest(NamedTuple):
    """A device as the hub knows it."""

    id: str
    user: str
    role: str = "salesperson"


ANNA = Guest("a", "anna")


def talk(folder: Path) -> Iterator[bytes]:
    """The messages of two laptops and a hub, in their order, then those of a laptop whose hub has lost its history."""
    hub = new_hub(folder / "hub")
    for name in ("a", "b"):
        desk = Desk.open(folder / name, create=True, clock=lambda: NOW)
        desk.do([Edit("clients", desk.new_id(), {"name": f"Клиент {name}"})], "Создан клиент")
        courier = Courier(desk.store)
        offer = courier.offer()
        answer = hub.handle(ANNA, offer.message)
        courier.take(offer, answer)
        yield from (offer.message, answer)
        if name == "b":
            yield from lost(courier, new_hub(folder / "restored"))
        desk.close()
    hub.close()


def lost(courier: Courier, restored: Hub) -> Iterator[bytes]:
    """What is said with a hub of another history, of another protocol, and what a hub says that misses a predecessor."""
    yield restored.handle(ANNA, courier.offer().message)
    probe = courier.probe(0, 2)[1]
    yield from (probe, restored.handle(ANNA, probe))
    yield restored.handle(ANNA, exchange.pack({"protocol": exchange.PROTOCOL + 1}))
    changes = [change._replace(prev=b"unknown to the  ") for change in courier.chain.changes(1, 1)]
    nowhere = {"protocol": exchange.PROTOCOL, "kind": "offer", "place": 0, "head": bytes(16).hex()}
    yield restored.handle(ANNA, exchange.pack(nowhere, [exchange.block(with_ids_again(changes))]))
    restored.close()


def with_ids_again(changes: list[Change]) -> list[Change]:
    """Changes whose ids follow from the altered contents."""
    bodies = [(c.prev, c.device, c.n, c.act, c.author, c.entity, c.row, c.patch) for c in changes]
    return [change._replace(id=change_id(*body)) for change, body in zip(changes, bodies, strict=True)]


def new_hub(folder: Path) -> Hub:
    folder.mkdir(parents=True)
    hub = Hub.create(folder, lambda: NOW)
    hub.write([Edit("employees", ANNA.user, {"name": "Анна", "role": "salesperson"})])
    return hub


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The head of the last message of each kind, and the columns of a block."""
    messages = list(talk(tmp_path_factory.mktemp("protocol")))
    heads = [exchange.unpack(message) for message in messages]
    changes = exchange.read_blocks(heads[0], messages[0])
    return {head["kind"]: head for head in heads} | {"block": orjson.loads(orjson.dumps(exchange.columns(changes)))}


def test_every_kind_of_message_has_an_example(said: dict[str, dict[str, Any]]) -> None:
    assert set(EXAMPLES) == set(said)


@pytest.mark.parametrize("kind", sorted(EXAMPLES))
def test_an_example_has_the_shape_of_a_real_message(kind: str, said: dict[str, dict[str, Any]]) -> None:
    shapes = [{name: type(value) for name, value in head.items()} for head in (EXAMPLES[kind], said[kind])]
    assert shapes[0] == shapes[1]


def test_the_version_and_the_mark_of_a_message_are_those_of_the_program() -> None:
    assert PAGE.splitlines()[2].startswith(f"Version {exchange.PROTOCOL},")
    assert f"`{exchange.MAGIC.decode()}`" in PAGE


def test_the_limits_are_those_of_the_program() -> None:
    counts = {PAGE_BYTES: "bytes", PAGE_CHANGES: "changes", exchange.LONGEST_ACT: "", exchange.MOST_CHANGES: "changes"}
    limits = [f"{exchange.LARGEST_MESSAGE >> 20} MiB", f"{exchange.LARGEST_ACT // 1_000_000} MB"]
    limits += [f"{count:,} {words}".strip() for count, words in counts.items()]
    assert [limit for limit in limits if limit not in PAGE] == []


def test_every_route_of_the_hub_is_described(tmp_path: Path) -> None:
    hub, access = new_hub(tmp_path / "hub"), Access.open(tmp_path / "hub", create=True)
    routes = {
        f"### `{verb} {rule.rule}`"
        for rule in make_app(hub, access).url_map.iter_rules()
        for verb in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/")
    }
    hub.close()
    access.close()
    assert routes
    assert {line for line in PAGE.splitlines() if line.startswith("### `")} == routes


def test_every_word_of_refusal_is_described() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in tracked("sync_server/*.py"))
    pairs = set(re.findall(r'\bTurned\((\d{3}), "(\w+)"', code)) | set(re.findall(r'\bsaid\((\d{3}), "(\w+)"', code))
    described = {(line[2:5], word) for line in PAGE.splitlines() if re.match(r"\| \d{3} \|", line) for word in re.findall(r"`(\w+)`", line)}
    assert pairs - described == {("403", "form")}, "the page of a browser, not of a laptop"
