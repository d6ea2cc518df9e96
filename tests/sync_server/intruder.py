"""An enrolled device with a program that somebody has changed: it says what it likes, over real HTTP."""

from __future__ import annotations

from typing import Any

import requests

from shared import exchange
from shared.change import ROOT, Change
from shared.exchange import Base
from tests.support.hostile import NOW, Wish, chained, offer_of
from tests.sync_server.conftest import Serving

MESSAGE = "application/x-zakaznik"


class Intruder:
    """A token of the hub, and what may be done with it."""

    def __init__(self, serving: Serving, login: str) -> None:
        self.serving, self.found = serving, serving.enrol(login, f"Ноутбук {login}")
        self.device, self.author = self.found["device"], self.found["author"]
        self.base = Base(0, ROOT)
        self.tips: dict[str, tuple[int, bytes]] = {}

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> requests.Response:
        headers = {"Authorization": f"Bearer {self.found['token']}", "Content-Type": kind}
        return requests.request(method, f"{self.serving.url}/api/v1/{path}", data=body, headers=headers, timeout=30)

    def sent(self, changes: list[Change]) -> requests.Response:
        """An offer on the place where this device stands; from a page that answers it, it goes on."""
        answer = self.ask("POST", "exchange", offer_of(self.base, changes), MESSAGE)
        if answer.ok:
            head = exchange.unpack(answer.content)
            self.base = Base(head["end"], bytes.fromhex(head["head"]))
        return answer

    def pulled(self) -> list[Change]:
        """Everything that the hub tells from the beginning on."""
        answer = self.ask("POST", "exchange", offer_of(Base(0, ROOT), []), MESSAGE)
        return exchange.read_blocks(exchange.unpack(answer.content), answer.content)

    def writes(self, *wishes: Wish, label: str = "", author: str | None = None) -> requests.Response:
        """Wishes as the next changes of a chain of its own, or under any label and name."""
        label = label or f"label {self.device}"
        changes = chained(label, *self.tips.get(label, (0, ROOT)), wishes, self.author if author is None else author)
        answer = self.sent(changes)
        if answer.ok:
            self.tips[label] = (changes[-1].n, changes[-1].id)
        return answer

    def refusals(self) -> list[str]:
        """Why what it wrote does not count, in the hub's words."""
        return [row["refused"] for row in self.serving.hub.rows("SELECT refused FROM log WHERE refused <> '' ORDER BY seq")]


def wish(entity: str, row: str, patch: bytes, **more: Any) -> Wish:
    return Wish(entity, row, patch, **{"new_act": True, "stamp": NOW, "read_to": 0, "own_n": 0, "also": b"", "refused": "", **more})
