"""A laptop without a store: it builds real offers of real changes, reads real answers and remembers only where it stands."""

from __future__ import annotations

import asyncio
from random import Random
from time import perf_counter

import orjson

from shared import exchange
from shared.change import ROOT, Change, Edit, change_id
from shared.exchange import Base, Malformed
from tests.bench import workload

STAMP = workload.FIRST_MS << 16


class Guest:
    """One laptop of the crowd, enrolled under a token of its own."""

    def __init__(self, label: str, token: str, author: str, base: Base, acts: list[list[Edit]], luck: Random) -> None:
        self.label, self.token, self.author, self.base = label, token, author, base
        self.acts, self.luck = acts, luck
        self.n, self.tip, self.errors = 0, ROOT, 0

    def offer(self, edits: int) -> bytes:
        """The next message: an act of so many edits."""
        changes: list[Change] = []
        act, own_n = self.n + 1, self.n
        for entity, row, patch in workload.later_edits(self.acts, edits, seed=self.luck.getrandbits(32)):
            self.n += 1
            text = orjson.dumps(patch)
            key = change_id(self.tip, self.label, self.n, act, self.author, entity, row, text)
            facts = (STAMP + self.n, self.base.place, own_n)
            changes.append(Change(key, self.tip, self.label, self.n, act, self.author, entity, row, text, *facts))
            self.tip = key
        head = {"protocol": exchange.PROTOCOL, "kind": "offer", "place": self.base.place, "head": self.base.head.hex()}
        return exchange.pack(head, [exchange.block(changes)])

    async def exchange(self, port: int, message: bytes) -> None:
        """One request on a new connection, as after a minute of silence. What is no page of ours counts as an error."""
        try:
            head = exchange.unpack(await asked(port, self.token, message))
            self.base = Base(head["end"], bytes.fromhex(head["head"]))
        except (OSError, Malformed, KeyError, ValueError):
            self.errors += 1


async def exchange_once(port: int, guest: Guest, edits: int) -> float:
    """Seconds of one sync of this laptop."""
    message = guest.offer(edits)
    begun = perf_counter()
    await guest.exchange(port, message)
    return perf_counter() - begun


async def asked(port: int, token: str, message: bytes) -> bytes:
    """The body of the hub's answer to one POST; b'' for any other status than 200."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        lines = (
            "POST /api/v1/exchange HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Authorization: Bearer {token}", "X-Zakaznik-Unsent: 5",
            "X-Zakaznik-Version: 0.1", "Content-Type: application/x-zakaznik", f"Content-Length: {len(message)}", "Connection: close",
        )  # fmt: skip
        writer.write("\r\n".join([*lines, "", ""]).encode() + message)
        head, _, body = (await reader.read(-1)).partition(b"\r\n\r\n")
        return body if head.startswith(b"HTTP/1.1 200") else b""
    finally:
        writer.close()
