"""The door for laptops over a real port: enrolment, tokens, bad bodies. Only 4xx with a reason, never a traceback."""

from __future__ import annotations

import json
import socket
from contextlib import suppress

import pytest
import requests

from shared import exchange
from sync_server.app import LARGEST_BODY
from tests.sync_server.conftest import Serving

BODY = {"Content-Type": "application/x-zakaznik"}


def post(serving: Serving, path: str, token: str = "", **given: object) -> requests.Response:
    headers = {**BODY, **({"Authorization": f"Bearer {token}"} if token else {}), **given.pop("headers", {})}  # type: ignore[dict-item]
    return requests.post(f"{serving.url}/api/v1/{path}", headers=headers, timeout=20, **given)  # type: ignore[arg-type]


def reason(answer: requests.Response) -> tuple[int, str]:
    """The status and the word for programs; every refusal also has a Russian sentence."""
    told = answer.json()
    assert any("а" <= letter <= "я" for letter in told["message"].lower())
    assert "Traceback" not in answer.text
    return answer.status_code, told["error"]


class TestEnrolment:
    def test_tells_a_laptop_who_it_is(self, serving: Serving) -> None:
        found = serving.enrol("boris")
        boris = serving.access.users.get("boris")
        assert (found["author"], found["name"], found["role"], found["title"]) == (boris.id, "Борис", "salesperson", "ООО «Ромашка»")
        assert len(found["prefix"]) == 2
        assert serving.access.devices.by_token(found["token"]) == serving.access.devices.get(found["device"])

    @pytest.mark.parametrize(
        ("names", "label"),
        [
            ({"name": "ANNA-PC", "label": "3sudube3uud7"}, "ANNA-PC"),
            ({"name": " \x1b[31m\n\u202e ", "label": "3sudube3uud7"}, "[31m"),
            ({"name": " \n ", "label": "3sudube3uud7"}, "3sudube3uud7"),
            ({"label": "3sudube3uud7"}, "3sudube3uud7"),
            ({"name": "я" * 101}, "я" * 100),
            ({}, "Борис"),
        ],
    )
    def test_calls_a_device_by_its_computers_name_in_one_printable_line_and_an_older_one_by_its_label(
        self, serving: Serving, names: dict[str, str], label: str
    ) -> None:
        code = serving.access.codes.issue(serving.access.users.get("boris").id)
        found = post(serving, "enrol", json={"code": code, **names}).json()
        assert serving.access.devices.get(found["device"]).label == label

    def test_author_is_a_row_of_employees_in_the_merged_store(self, serving: Serving) -> None:
        found = serving.enrol("boris")
        rows = serving.hub.rows("SELECT name, login, role FROM employees WHERE id = ?", (found["author"],))
        assert rows == [{"name": "Борис", "login": "boris", "role": "salesperson"}]

    def test_refuses_a_wrong_code_and_slows_down_guessing(self, serving: Serving) -> None:
        told = [reason(post(serving, "enrol", json={"code": f"АААА-ААА{number}"})) for number in range(6)]
        assert told == [(403, "code")] * 5 + [(429, "too_many")]

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b'{"code": 5}', b"\xff\xfe", b'{"code": "x", "label": []}'])
    def test_refuses_what_is_no_request(self, serving: Serving, body: bytes) -> None:
        assert reason(post(serving, "enrol", data=body)) == (400, "malformed")

    def test_refuses_a_large_request(self, serving: Serving) -> None:
        assert reason(post(serving, "enrol", data=b" " * 200_000)) == (413, "too_large")


class TestExchange:
    def test_turns_away_strangers(self, serving: Serving) -> None:
        assert reason(post(serving, "exchange", data=b"")) == (401, "unknown")
        assert reason(post(serving, "exchange", "неизвестный".encode().hex(), data=b"")) == (401, "unknown")
        assert reason(post(serving, "exchange", data=b"", headers={"Authorization": "Basic YTpi"})) == (401, "unknown")

    def test_answers_an_idle_laptop(self, serving: Serving) -> None:
        offer = exchange.pack({"kind": "offer", "protocol": exchange.PROTOCOL, "place": 0, "head": bytes(16).hex()})
        answer = post(serving, "exchange", serving.enrol("boris")["token"], data=offer)
        head = exchange.unpack(answer.content)
        assert (answer.status_code, answer.headers["Content-Type"], head["kind"]) == (200, BODY["Content-Type"], "page")
        assert len(exchange.read_blocks(head, answer.content)) == 4  # the employees of the four users

    def test_tells_an_old_program_to_update(self, serving: Serving) -> None:
        answer = post(serving, "exchange", serving.enrol("boris")["token"], data=exchange.pack({"kind": "offer", "protocol": 999}))
        assert exchange.unpack(answer.content)["kind"] == "update"

    def test_turns_a_revoked_device_away_at_once_and_says_so(self, serving: Serving) -> None:
        found = serving.enrol("boris")
        serving.access.devices.revoke(serving.access.devices.get(found["device"]))
        assert reason(post(serving, "exchange", found["token"], data=b"")) == (401, "revoked")

    def test_turns_the_devices_of_a_closed_account_away(self, serving: Serving) -> None:
        found = serving.enrol("boris")
        serving.access.users.set_closed(serving.access.users.get("boris"), closed=True)
        assert reason(post(serving, "exchange", found["token"], data=b"")) == (401, "revoked")

    def test_tells_a_lost_device_to_forget_its_data(self, serving: Serving) -> None:
        found = serving.enrol("boris")
        serving.access.devices.revoke(serving.access.devices.get(found["device"]), wipe=True)
        assert reason(post(serving, "exchange", found["token"], data=b"")) == (401, "wipe")
        assert serving.access.devices.get(found["device"]).state == "Отозвано, велено стереть данные"

    def test_notes_when_a_device_came_and_what_waits_on_it(self, serving: Serving) -> None:
        found = serving.enrol("boris")
        post(serving, "exchange", found["token"], data=b"", headers={"X-Zakaznik-Version": "0.9", "X-Zakaznik-Unsent": "17"})
        device = serving.access.devices.get(found["device"])
        assert (device.version, device.unsent, device.seen_ms) == ("0.9", 17, serving.clock.ms)

    @pytest.mark.parametrize("unsent", ["-1", "много".encode().hex(), "9" * 30, "1.5", ""])
    def test_takes_a_strange_estimate_for_nothing(self, serving: Serving, unsent: str) -> None:
        found = serving.enrol("boris")
        post(serving, "exchange", found["token"], data=b"", headers={"X-Zakaznik-Unsent": unsent})
        assert serving.access.devices.get(found["device"]).unsent == 0

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"garbage",
            exchange.MAGIC,
            exchange.MAGIC + bytes(100),
            exchange.pack({"kind": "offer", "protocol": exchange.PROTOCOL})[:-3],
            exchange.pack({"kind": "offer", "protocol": exchange.PROTOCOL}),
            exchange.pack({"kind": "dance", "protocol": exchange.PROTOCOL}),
            exchange.pack({"kind": "probe", "protocol": exchange.PROTOCOL, "pairs": [[]]}),
            exchange.pack({"kind": "offer", "protocol": exchange.PROTOCOL, "place": 0, "head": bytes(16).hex()}, [b"{}"]),
            exchange.pack({"kind": "offer", "protocol": exchange.PROTOCOL, "place": -1, "head": "x"}),
        ],
    )
    def test_refuses_what_is_no_message(self, serving: Serving, body: bytes) -> None:
        assert reason(post(serving, "exchange", serving.enrol("boris")["token"], data=body)) == (400, "malformed")

    def test_refuses_another_kind_of_body(self, serving: Serving) -> None:
        answer = post(serving, "exchange", serving.enrol("boris")["token"], data=b"{}", headers={"Content-Type": "application/json"})
        assert reason(answer) == (415, "content_type")

    def test_refuses_a_body_that_is_too_large_whether_by_a_byte_or_by_far(self, serving: Serving) -> None:
        token = serving.enrol("boris")["token"]
        assert reason(post(serving, "exchange", token, data=bytes(LARGEST_BODY + 1))) == (413, "http")
        assert said_to(serving, f"POST /api/v1/exchange HTTP/1.1\r\nHost: a\r\nContent-Length: {10**12}\r\n\r\n".encode())[0] == 413

    def test_gives_a_copied_laptop_a_new_prefix(self, serving: Serving) -> None:
        found = serving.enrol("boris")
        given = post(serving, "prefix", found["token"]).json()["prefix"]
        assert given != found["prefix"]
        assert serving.access.devices.get(found["device"]).prefix == given


class TestEverythingElse:
    def test_is_answered_in_json_with_a_reason(self, serving: Serving) -> None:
        assert requests.get(f"{serving.url}/api/v1/ping", timeout=10).json() == {"hub": "zakaznik"}
        assert reason(requests.get(f"{serving.url}/api/v1/nothing", timeout=10)) == (404, "http")
        assert reason(requests.get(f"{serving.url}/api/v1/exchange", timeout=10)) == (405, "http")
        assert reason(requests.delete(f"{serving.url}/api/v1/ping", timeout=10)) == (405, "http")

    @pytest.mark.parametrize(
        "request_bytes",
        [
            b"HELLO\r\n\r\n",
            b"GET /api/v1/ping HTTP/9.9\r\nHost: a\r\n\r\n",
            b"POST /api/v1/enrol HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
            b"POST /api/v1/enrol HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"GET /api/v1/ping HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 262_120 + b"\r\n\r\n",
        ],
        ids=["no HTTP", "no such version", "negative length", "wrong chunks", "huge header"],
    )
    def test_even_what_is_hardly_http(self, serving: Serving, request_bytes: bytes) -> None:
        with suppress(ConnectionError):  # the system drops the answer when the hub closes before all was read
            status, told = said_to(serving, request_bytes)
            assert 400 <= status < 500 or (status, told) == (200, {"hub": "zakaznik"})
        assert requests.get(f"{serving.url}/api/v1/ping", timeout=10).ok, "the door works on"


def said_to(serving: Serving, request_bytes: bytes) -> tuple[int, dict[str, str]]:
    """The status and the JSON that the hub answers to these very bytes."""
    host, _, port = serving.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(request_bytes)
        try:
            line.shutdown(socket.SHUT_WR)
        except OSError as closed:  # the hub has turned away what it did not read to its end
            raise ConnectionResetError from closed
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    told = json.loads(body)
    assert isinstance(told, dict)
    return int(head.split()[1]), told


def test_an_account_takes_an_employee_over_only_while_the_hub_is_built_anew(serving: Serving) -> None:
    def enrolled(login: str, author: str, said_login: str) -> str:
        code = serving.access.codes.issue(serving.access.users.get(login).id)
        wanted = {"code": code, "label": "Ноутбук", "author": author, "login": said_login}
        return str(requests.post(f"{serving.url}/api/v1/enrol", json=wanted, timeout=10).json()["author"])

    boris, rita, anna = (serving.access.users.get(login).id for login in ("boris", "rita", "anna"))
    assert enrolled("boris", "an-older-boris", "boris") == boris, "an ordinary day"
    serving.hub.rebuild(on=True)
    assert enrolled("boris", "an-older-boris", "boris") == boris, "his laptop works already"
    assert enrolled("rita", "an-older-boris", "boris") == rita, "somebody else's laptop"
    assert enrolled("maria", anna, "maria") != anna, "the row of another account"
    assert enrolled("anna", "an-older-anna", "Anna") == "an-older-anna"
    assert serving.access.users.get("anna").id == "an-older-anna"
    assert serving.hub.rows("SELECT id, role FROM employees WHERE login = 'anna'") == [{"id": "an-older-anna", "role": "administrator"}]
    assert serving.hub.rows("SELECT deleted FROM employees WHERE id = ?", (anna,)) == [{"deleted": 1}]
