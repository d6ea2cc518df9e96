"""The line to the hub: its address and token, and every request to it, with the world's troubles in plain words."""

from __future__ import annotations

import json
import os
import re
import ssl
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse

from local_app import skew
from local_app.desk import now_ms
from shared.change import AT_HUB, OFFLINE, UPDATE, Refused, SyncTrouble
from shared.exchange import LARGEST_MESSAGE, MEDIA_TYPE

VERSION = "0.1"
TIMEOUT = (5, 60)
"""Seconds to connect, and between two bytes of an answer."""
SLOWEST = 60.0, 1024
"""Within so many seconds so many bytes of an answer must come: whoever drips one now and then would hold the sync for ever."""
PIECE = 1 << 18
"""Bytes of an answer that are taken at once, at most."""
SECRETS = "hub.json"


BYTES = "application/octet-stream"
STRANGER = "По этому адресу отвечает не сервер Заказника. Проверьте адрес и сеть"
OF_ANOTHER_VERSION = frozenset({"content_type", "malformed"})
"""The hub's words for what it could not read."""


class TurnedAway(SyncTrouble):
    """The hub does not let this laptop in; `error` is its word for it: unknown, revoked or wipe."""

    def __init__(self, message: str, error: str) -> None:
        super().__init__(message)
        self.error = error


class HubSaid(SyncTrouble):
    """The hub itself said no to one request, with its word and an HTTP status; the line to it stands."""

    def __init__(self, message: str, error: str, status: int) -> None:
        super().__init__(message, UPDATE if error in OF_ANOTHER_VERSION else AT_HUB if status >= 500 else "")
        self.error, self.status = error, status


class NoLine(SyncTrouble):
    """Nothing can be reached at the hub's address."""

    def __init__(self, message: str) -> None:
        super().__init__(message, OFFLINE)


class Answer(NamedTuple):
    """What came back, read to its end."""

    status: int
    kind: str  # what the body is called, without what may follow: «; charset=utf-8»
    body: bytes


class HubAddress(NamedTuple):
    """Kept beside the store, never in it: the token is a secret."""

    url: str
    token: str = ""
    name: str = ""
    title: str = ""

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Where the hub of a data folder is. Raises SyncTrouble before enrolment."""
        try:
            found = cls(**json.loads((folder / SECRETS).read_text(encoding="utf-8")))
            if not all(isinstance(part, str) for part in found):
                raise TypeError(SECRETS)
            return found
        except FileNotFoundError as error:
            raise SyncTrouble("Ноутбук не подключён к серверу. Попросите у администратора одноразовый код") from error
        except (ValueError, TypeError, RecursionError) as error:
            raise SyncTrouble(f"Файл {SECRETS} повреждён. Подключите ноутбук к серверу заново одноразовым кодом") from error

    def keep(self, folder: Path) -> None:
        """Written to a new file with narrow rights, then put in place at once."""
        new = folder / f"{SECRETS}.new"
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(self._asdict(), file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(folder / SECRETS)


HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:@\[\]]+)(:\d{1,5})?", re.IGNORECASE)
LOOPBACK = re.compile(r"(localhost|127(\.\d+){3}|\[::1\])(:\d+)?", re.IGNORECASE)


def address_of(typed: str) -> str:
    """The address of a hub as people type it, with a scheme: http only on this computer. Raises Refused."""
    text = typed.strip()
    scheme, rest = text.split("://", 1) if "://" in text else ("", text)
    rest = re.split("[?#]", rest, maxsplit=1)[0].strip("/")
    host = rest.partition("/")[0]
    if not host:
        raise Refused("Введите адрес сервера, например https://orders.example.ru. Его знает администратор")
    if scheme.casefold() not in ("", "http", "https") or re.search(r"\s", text) or not HOST.fullmatch(host):
        raise Refused(f"Адрес «{text}» записан неверно. Он выглядит так: https://orders.example.ru")
    return f"{scheme.casefold() or ('http' if LOOPBACK.fullmatch(host) else 'https')}://{rest}"


def addresses_of(typed: str) -> list[str]:
    """Where the hub may be that was meant: as typed, then without the page that was copied with it, then by https alone. Raises Refused."""
    address = address_of(typed)
    scheme, _, rest = address.partition("://")
    host = rest.partition("/")[0]
    return list(dict.fromkeys([address, f"{scheme}://{host}", f"https://{host}"]))


def invited(url: str, code: str) -> tuple[str, str]:
    """The address and the code. The picture of a code holds both in one text, which may be pasted into either field. Raises Refused."""
    for pasted in (code.split(), url.split()):
        if len(pasted) == 2 and "://" in pasted[0]:
            return pasted[0], pasted[1]
    if url.strip() and not code.strip():
        raise Refused("Введите одноразовый код. Его выдаёт администратор", "code")
    return url, code


class OfTheSystem(HTTPAdapter):
    """Trusts what this computer trusts, so that a company may use a certificate authority of its own, and the list that we bring."""

    def init_poolmanager(self, *sizes: Any, **wishes: Any) -> None:
        super().init_poolmanager(*sizes, **wishes, ssl_context=ssl.create_default_context())


class Hubline:
    """One connection to a hub, for one thread."""

    def __init__(self, address: HubAddress, clock: Callable[[], int] = now_ms) -> None:
        self.address, self.clock = address, clock
        self.off_ms = 0  # how far the clock is ahead of the hub's, by the last answer
        self.session = requests.Session()
        self.session.trust_env = False  # a proxy of the system must not see the token
        self.session.headers["X-Zakaznik-Version"] = VERSION
        if address.url.startswith("https:"):
            self.session.mount("https://", OfTheSystem())
        if address.token:
            self.session.headers["Authorization"] = f"Bearer {address.token}"

    def must_be_hub(self) -> None:
        """Asked before a code is told to anybody. Raises SyncTrouble."""
        found = self.get("/api/v1/ping")
        if not isinstance(found, dict) or found.get("hub") != "zakaznik":
            raise SyncTrouble(STRANGER, OFFLINE)

    def exchange(self, message: bytes, unsent: int) -> bytes:
        """One message of the sync and its answer."""
        headers = {"Content-Type": MEDIA_TYPE, "X-Zakaznik-Unsent": str(unsent)}
        return content(self._ask("POST", "/api/v1/exchange", message, headers), MEDIA_TYPE)

    def json(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """A JSON request and its answer."""
        return dictionary(self._ask("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"}))

    def get(self, path: str) -> Any:  # noqa: ANN401  # a dictionary or bytes, as the hub's content type says
        answer = self._ask("GET", path, b"", {})
        return dictionary(answer) if answer.kind == "application/json" else content(answer, BYTES)

    def put(self, path: str, body: bytes) -> dict[str, Any]:
        return dictionary(self._ask("PUT", path, body, {"Content-Type": BYTES}))

    def _ask(self, verb: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        sent_ms = self.clock()
        try:
            with self.session.request(
                verb, self.address.url + path, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False, stream=True
            ) as found:
                answer = Answer(found.status_code, kind_of(found), whole(found.raw))
        except requests.exceptions.SSLError as error:
            raise SyncTrouble(
                "Сертификату сервера этот компьютер не верит. Проверьте адрес сервера и часы; если у компании свой центр сертификации, "
                "установите его сертификат в систему"
            ) from error
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise NoLine("Нет связи с сервером. Данные на месте, обмен повторится сам") from error
        if answer.status < 400:
            self.off_ms = skew.off_ms(sent_ms, self.clock(), found.headers.get("Date", ""))
            return answer
        why = word(answer)
        if answer.status == 403 and why:
            raise Refused(said(answer))
        if answer.status == 401 and why:
            raise TurnedAway(said(answer), why)
        raise HubSaid(said(answer), why, answer.status) if why else SyncTrouble(said(answer), OFFLINE)


def whole(body: HTTPResponse) -> bytes:
    """All of a body. Raises SyncTrouble: larger than any of the hub's; TimeoutError: it drips."""
    found, began, then = bytearray(), time.monotonic(), 0
    within, least = SLOWEST
    while piece := body.read1(PIECE, decode_content=True):
        found += piece
        if len(found) > LARGEST_MESSAGE:
            raise SyncTrouble(STRANGER, OFFLINE)
        if (now := time.monotonic()) - began > within:
            if len(found) - then < least:
                raise TimeoutError("a body that drips")
            began, then = now, len(found)
    return bytes(found)


def kind_of(answer: requests.Response) -> str:
    return answer.headers.get("Content-Type", "").partition(";")[0].strip().casefold()


def content(answer: Answer, kind: str) -> bytes:
    """The body. Raises SyncTrouble for a stranger's one: a network that wants a log-in answers anything with its page, and 200."""
    if answer.kind != kind:
        raise SyncTrouble(STRANGER, OFFLINE)
    return answer.body


def dictionary(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer. Raises SyncTrouble for a stranger's one."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise SyncTrouble(STRANGER, OFFLINE) from error
    return found if isinstance(found, dict) else {}


def told(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer; {} for a stranger's one."""
    try:
        return dictionary(answer)
    except SyncTrouble:
        return {}


def word(answer: Answer) -> str:
    """The hub's word for why it said no; '' for a stranger's answer."""
    found = told(answer)
    return str(found["error"]) if found.get("message") and isinstance(found.get("error"), str) else ""


def said(answer: Answer) -> str:
    """The hub's own Russian words, or ours for a stranger's answer (a captive portal, a proxy)."""
    message = told(answer).get("message")
    return str(message) if message else f"По этому адресу отвечает не сервер Заказника (код {answer.status}). Проверьте адрес и сеть"
