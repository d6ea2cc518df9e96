"""The laptop's sync with the hub over HTTP: enrolment, rounds of the exchange, and what the header shows about it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import requests

from local_app.desk import now_ms
from shared import exchange
from shared.change import Refused, SyncTrouble
from shared.exchange import Base
from shared.store import FILE_NAME, Store
from shared.store.courier import Courier, Offer, Progress

VERSION = "0.1"
TIMEOUT = (5, 60)
"""Seconds to connect, and between two bytes of an answer."""
SECRETS = "hub.json"
MOST_ROUNDS = 100_000
Report = Callable[[int, int], None]
"""Called with (done, of all) changes while a sync runs."""
Ask = Callable[[bytes], bytes]
"""Brings a message to the hub and its answer back. Raises SyncTrouble."""


class SyncResult(NamedTuple):
    """What one sync has moved, in changes."""

    sent: int
    received: int
    at_ms: int


class SyncState(NamedTuple):
    """What the header says."""

    enrolled: bool
    online: bool
    last_ok_ms: int  # 0: never
    unsent: int
    trouble: str


class HubAddress(NamedTuple):
    """Kept beside the store, never in it: the token is a secret."""

    url: str
    token: str
    name: str
    title: str


def sync_state(store: Store) -> SyncState:
    """Cheap enough to be asked every second."""
    notes = dict(store.db.execute("SELECT name, value FROM notes WHERE name IN ('sync_ok', 'sync_trouble')").fetchall())
    enrolled = (store.path.parent / SECRETS).exists()
    trouble = notes.get("sync_trouble", "")
    return SyncState(enrolled, enrolled and not trouble and "sync_ok" in notes, int(notes.get("sync_ok", 0)), store.unsent(), trouble)


class Syncer:
    """The sync of one data folder; each round opens the store anew, so any thread may run it."""

    def __init__(self, folder: Path, clock: Callable[[], int] = now_ms) -> None:
        self.folder, self.clock = folder, clock
        self.session = requests.Session()
        self.session.trust_env = False  # a proxy of the system must not see the token

    def address(self) -> HubAddress | None:
        """Where the hub is; None before enrolment."""
        try:
            return HubAddress(**json.loads((self.folder / SECRETS).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise SyncTrouble(f"Файл {SECRETS} повреждён. Подключите ноутбук к серверу заново одноразовым кодом") from error

    def enrol(self, url: str, code: str) -> dict[str, Any]:
        """Spends a one-time code; afterwards this laptop has a person, a node prefix and a token. Raises Refused, SyncTrouble."""
        store = Store.open(self.folder / FILE_NAME)
        try:
            label = store.log.state().device
            found = self._json(url.rstrip("/") + "/api/v1/enrol", {"code": code, "label": label, "version": VERSION})
            self._keep(HubAddress(url.rstrip("/"), found["token"], found["name"], found["title"]))
            with store.transaction():
                store.log.set_state(author=found["author"], prefix=found["prefix"])
        finally:
            store.close()
        return {name: found[name] for name in ("author", "name", "role", "prefix", "title")}

    def sync_once(self, report: Report | None = None) -> SyncResult:
        """Exchanges until both sides have everything. Raises SyncTrouble; what was exchanged till then is kept."""
        store = Store.open(self.folder / FILE_NAME)
        try:
            result = self._rounds(store, report)
            note(store, sync_ok=str(result.at_ms), sync_trouble="")
        except SyncTrouble as trouble:
            note(store, sync_trouble=str(trouble))
            raise
        finally:
            store.close()
        return result

    def _rounds(self, store: Store, report: Report | None) -> SyncResult:
        address = self.address()
        if address is None:
            raise SyncTrouble("Ноутбук не подключён к серверу. Попросите у администратора одноразовый код")
        sent, received = exchange_all(Courier(store), lambda message: self._exchange(address, message, store.unsent()), report)
        self._renew_prefix(store, address)
        return SyncResult(sent, received, self.clock())

    def _renew_prefix(self, store: Store, address: HubAddress) -> None:
        """A laptop that found itself copied takes a new prefix for the numbers of its documents."""
        if store.log.state().prefix:
            return
        found = self._json(address.url + "/api/v1/prefix", {}, address.token)
        with store.transaction():
            store.log.set_state(prefix=found["prefix"])

    # ------------------------------------------------------------------ HTTP
    def _exchange(self, address: HubAddress, message: bytes, unsent: int) -> bytes:
        headers = {"Content-Type": "application/x-zakaznik", "X-Zakaznik-Version": VERSION, "X-Zakaznik-Unsent": str(max(unsent, 0))}
        return self._post(address.url + "/api/v1/exchange", message, headers, address.token).content

    def _json(self, url: str, body: dict[str, str], token: str = "") -> dict[str, Any]:
        answer = self._post(url, json.dumps(body).encode(), {"Content-Type": "application/json"}, token)
        try:
            found = answer.json()
        except ValueError as error:
            raise SyncTrouble("По этому адресу отвечает не сервер Заказника. Проверьте адрес и сеть") from error
        return found if isinstance(found, dict) else {}

    def _post(self, url: str, body: bytes, headers: dict[str, str], token: str) -> requests.Response:
        if token:
            headers = headers | {"Authorization": f"Bearer {token}"}
        try:
            answer = self.session.post(url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            raise SyncTrouble("Нет связи с сервером. Данные на месте, обмен повторится сам") from error
        if answer.ok:
            return answer
        message = said(answer)
        if answer.status_code == 403:
            raise Refused(message)
        raise SyncTrouble(message)

    def _keep(self, address: HubAddress) -> None:
        """Written to a new file with narrow rights, then put in place at once."""
        new = self.folder / f"{SECRETS}.new"
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(address._asdict(), file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.folder / SECRETS)


def exchange_all(courier: Courier, ask: Ask, report: Report | None = None, most_rounds: int = MOST_ROUNDS) -> tuple[int, int]:
    """Rounds until both sides have everything; how many changes were sent and received. Raises SyncTrouble."""
    waiting, sent, received = courier.store.unsent(), 0, 0
    for _ in range(most_rounds):
        offer = courier.offer()
        progress = courier.take(offer, ask(offer.message))
        if progress.history_differs:
            find_common(courier, ask, offer, progress)
            continue
        left = courier.store.unsent()
        sent, received = max(waiting - left, sent), received + progress.received
        if report:
            report(sent + received, sent + received + left + progress.last - progress.place)
        if not left and progress.place >= progress.last:
            return sent, received
    raise SyncTrouble("Обмен не закончился. Повторим позже")


def find_common(courier: Courier, ask: Ask, offer: Offer, progress: Progress) -> None:
    """The hub's history is another one: both look for the newest common place, then the laptop takes its places back to it."""
    low, high = 0, offer.base.place
    common = Base(0, bytes(16))
    while True:
        bases, message = courier.probe(low, high)
        try:
            head, _ = exchange.unpack(ask(message))
        except exchange.Malformed as error:
            raise SyncTrouble(f"Ответ сервера повреждён в пути ({error}). Повторим позже") from error
        index = head.get("index")
        if head.get("kind") != "common" or type(index) is not int or not -1 <= index < len(bases):
            raise SyncTrouble("Сервер ответил непонятно. Повторим позже")
        if index < 0:
            break
        common = bases[index]
        if index + 1 >= len(bases) or bases[index + 1].place == common.place + 1:
            break
        low, high = common.place, bases[index + 1].place
    if not courier.cut(common) and progress.place == common.place:
        raise SyncTrouble("История сервера и ноутбука расходится, и общее место не найдено. Сообщите администратору")


def said(answer: requests.Response) -> str:
    """The hub's own Russian words, or ours for a stranger's answer (a captive portal, a proxy)."""
    try:
        message = answer.json().get("message")
    except (ValueError, AttributeError):
        message = None
    return str(message) if message else f"По адресу сервера отвечает что-то другое (код {answer.status_code}). Проверьте сеть"


def note(store: Store, **values: str) -> None:
    """Remembers the outcome of the last sync in the store."""
    with store.transaction():
        store.db.executemany("INSERT OR REPLACE INTO notes VALUES (?, ?)", list(values.items()))
