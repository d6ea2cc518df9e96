"""The hub: the store that every laptop's changes come to, and its door to the street."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from pathlib import Path
from threading import RLock
from typing import Any, Protocol, Self

import orjson

from shared import exchange
from shared.change import Change, Edit, change_id, next_stamp
from shared.cutter import PAGE_BYTES, Cutter
from shared.exchange import Base, Malformed
from shared.ids import uuid7
from shared.progress import Progress, silent
from shared.shapes import Patches
from shared.store import FILE_NAME, Store
from shared.store.attached import naming_sql
from shared.store.chain import Chain
from shared.store.compact import thinned_after
from shared.store.log import stretches
from shared.store.rows import uncollected
from sync_server import bringing
from sync_server.judge import must_be_own, verdicts
from sync_server.offers import Known, all_adjusted, base_of, clamped, continues, facts_of
from sync_server.paging import BLOCK, Block, Blocks, Paging, Recent

HUB_DEVICE = "hub"
PROBES = 1000


class Guest(Protocol):
    """Who speaks: what the accounts know of a device."""

    @property
    def id(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def role(self) -> str: ...


class Hub:
    """Safe for any number of threads: one at a time holds the store."""

    def __init__(
        self, store: Store, folder: Path, clock: Callable[[], int], cutter: Callable[[], Cutter] = Cutter, block: int = BLOCK
    ) -> None:
        self.store, self.folder, self.clock, self.cutter = store, folder, clock, cutter
        self.chain = Chain(store.db)
        self.recent, self.blocks = Recent(), Blocks(block)
        self.lock = RLock()

    @classmethod
    def create(cls, folder: Path, clock: Callable[[], int] | None = None) -> Self:
        """A new hub. Raises StoreTrouble."""
        Store.create(folder / FILE_NAME, HUB_DEVICE, hub=True).close()
        return cls.open(folder, clock)

    @classmethod
    def open(cls, folder: Path, clock: Callable[[], int] | None = None, progress: Progress = silent) -> Self:
        """The hub of a folder. Raises StoreTrouble. `progress`: hears how far a large store is that has to be drawn again."""
        return cls(Store.open(folder / FILE_NAME, progress=progress), folder, clock or (lambda: time.time_ns() // 1_000_000))

    def close(self) -> None:
        with self.lock:
            self.store.close()

    # ------------------------------------------------------------------ for the hub's own pages and commands
    def rows(self, sql: str, params: Sequence[object] = ()) -> list[dict[str, Any]]:
        with self.lock:
            return self.store.rows(sql, params)

    def status(self) -> dict[str, Any]:
        with self.lock:
            return self.store.status()

    def names_file(self, sha256: str) -> bool:
        """Whether a file with this content is named here."""
        with self.lock:
            return bool(self.store.one(f"SELECT 1 FROM ({naming_sql()}) WHERE sha256 = ? LIMIT 1", (sha256,)))

    def place(self) -> int:
        """How many changes the hub has."""
        with self.lock:
            return self.store.log.state().place

    def stands_at(self, place: int, head: str) -> bool:
        """Whether this history goes through that head."""
        with self.lock:
            found = self.chain.head_at(place)
            return found is not None and found.hex() == head

    def verify(self) -> list[str]:
        """See `Store.verify`."""
        with self.lock:
            return self.store.verify()

    def new_id(self) -> str:
        return uuid7(self.clock())

    def write(self, edits: Iterable[Edit], author: str = "") -> None:
        """The hub's own act, as a device of its own: accounts' employees, repairs."""
        with self.lock:
            self._write(edits, author)

    def _write(self, edits: Iterable[Edit], author: str) -> None:
        with self.store.transaction():
            state = self.store.log.state()
            stamp, n, prev, changes = next_stamp(self.clock(), state.stamp), state.n, state.tip, list[Change]()
            for entity, row, patch in edits:
                n += 1
                text = orjson.dumps(patch)
                key = change_id(prev, HUB_DEVICE, n, state.n + 1, author, entity, row, text)
                changes.append(Change(key, prev, HUB_DEVICE, n, state.n + 1, author, entity, row, text, stamp, state.place, state.n))
                prev = key
            self._append(changes, stamp)
            self.store.log.set_state(n=n, tip=prev)
        self._remember(Base(state.place, state.head), changes)

    # ------------------------------------------------------------------ the door
    def handle(self, guest: Guest, message: bytes) -> bytes:
        """Answers one message of a device. Raises Malformed."""
        with self.lock, uncollected():  # one at a time from the first byte on: a large message takes many times its size
            return self._handle(guest, exchange.unpack(message), message)

    def _handle(self, guest: Guest, head: dict[str, Any], message: bytes) -> bytes:
        if head.get("protocol") != exchange.PROTOCOL:
            return exchange.pack({"kind": "update", "protocol": exchange.PROTOCOL})
        if head.get("kind") == "probe":
            return self._probed(head)
        if head.get("kind") != "offer":
            raise Malformed("an unknown kind of message")
        base = base_of(head)
        changes = exchange.read_blocks(head, message, exchange.LARGEST_OFFER)
        texts = [change.patch for change in changes]
        patches = Patches(changes, exchange.parsed(texts))
        exchange.must_be_canonical(texts, patches)
        if not self.recent.knows(base) and self.chain.head_at(base.place) != base.head:
            return exchange.pack({"kind": "mismatch", "place": self.store.log.state().place})
        known = self._take(guest, base, changes, patches) if changes else Known([], [])
        return exchange.pack({"kind": "gap"}) if known is None else self._answer(base, changes, known)

    def _take(self, guest: Guest, base: Base, changes: list[Change], patches: Patches) -> Known | None:
        """Appends what is new of an offer; None when a predecessor is unknown here."""
        with self.store.transaction():
            known = self._known(changes)
            if known is None:
                return None
            fresh = [index for index, seq in enumerate(known.seqs) if not seq]
            if not fresh:
                return known
            whole = len(fresh) == len(changes)
            new, written = (changes, patches) if whole else ([changes[index] for index in fresh], patches.of(fresh))
            state = self.store.log.state()
            role = self._role(guest)
            refused = verdicts(new, written, role, self._kinds_of(new))
            if role is not None:  # while a lost hub is filled again everything comes with whoever has it
                must_be_own(new, refused, guest.user, HUB_DEVICE)
                bringing.note(self.store, new, state.place + 1, guest.id, guest.user, self.clock())
            stamps = clamped(new, state.stamp, self.clock)
            adjusted = all_adjusted(new, stamps, base.place, refused)
            self._append(adjusted, max(state.stamp, *stamps), written)
        self._remember(Base(state.place, state.head), adjusted)
        if whole:
            return Known(adjusted, [*range(state.place + 1, state.place + 1 + len(adjusted))])
        for seq, (index, change) in enumerate(zip(fresh, adjusted, strict=True), state.place + 1):
            known.changes[index], known.seqs[index] = change, seq
        return known

    def _known(self, changes: list[Change]) -> Known | None:
        """Which of these are here already; what follows a new one on its chain is new, so that only beginnings are looked up."""
        fresh, found = dict[bytes, Change](), Known([], [])
        for stretch in stretches(changes):
            known = Known([], []) if stretch[0].prev in fresh else self._known_of(stretch)
            new = stretch[len(known.seqs) :]
            found.changes.extend((*known.changes, *new))
            found.seqs.extend((*known.seqs, *repeat(0, len(new))))
            if not new:
                continue
            before = fresh.get(new[0].prev)
            if not before and not self.store.log.knows(new[0].device, new[0].n - 1, new[0].prev):
                return None
            ids = dict(zip([change.id for change in new], new, strict=True))
            if len(ids) < len(new) or not ids.keys().isdisjoint(fresh) or not all(map(continues, new, [before, *new])):
                raise Malformed("a change stands twice, an act is cut, or numbers do not follow")
            fresh |= ids
        return found

    def _known_of(self, stretch: Sequence[Change]) -> Known:
        """The beginning of a stretch of one chain that is here, as it is here."""
        known = Known([], [])
        for change in stretch:
            here = self.store.log.find(change.device, change.n, change.id)
            if not here:
                break
            known.changes.extend(self.chain.changes(here[0], here[0]))
            known.seqs.append(here[0])
        return known

    def _kinds_of(self, changes: list[Change]) -> dict[str, str]:
        """The entity of those of these rows that the hub has."""
        rows = orjson.dumps([change.row for change in changes]).decode()
        sql = "SELECT row, entity FROM json_each(?) CROSS JOIN log ON row = value WHERE refused = ''"
        return dict(self.store.db.execute(sql, (rows,)).fetchall())

    def _append(self, changes: list[Change], stamp: int, patches: Patches | None = None) -> None:
        state = self.store.log.state()
        self.store.commit(changes, patches=patches)
        self.chain.keep(*self.chain.extend(state.place, state.head, changes))
        self.store.log.set_state(stamp=stamp, sent=state.place + len(changes))

    def _remember(self, begin: Base, changes: list[Change]) -> None:
        """After the commit: what was appended is what most laptops ask for next."""
        state = self.store.log.state()
        self.recent.append(begin, Base(state.place, state.head), changes)

    def rebuild(self, *, on: bool) -> None:
        """After a restore or a loss laptops bring back what was accepted once, others' changes too: roles are not asked while it is on."""
        with self.lock, self.store.transaction():
            self.store.note({"rebuild": "on" if on else ""})

    def rebuilding(self) -> bool:
        with self.lock:
            return bool(self.store.noted("rebuild"))

    def _role(self, guest: Guest) -> str | None:
        """What the guest's account says. None: roles are not asked, for who brings an act to a lost hub is not who made it."""
        return None if self.rebuilding() else guest.role

    # ------------------------------------------------------------------ answers
    def _answer(self, base: Base, changes: list[Change], known: Known) -> bytes:
        """A page of everything after the base: the laptop's own changes as echoes, others' whole."""
        offered = {seq: index for index, seq in enumerate(known.seqs)}
        state = self.store.log.state()
        page = self._page(base.place + 1, Base(state.place, state.head), offered)
        facts = {
            str(index): found
            for index, (seq, change, offer) in enumerate(zip(known.seqs, known.changes, changes, strict=True))
            if change is not offer and base.place < seq <= page.end and (found := facts_of(change, offer))
        }
        head = {
            "kind": "page", "place": base.place, "end": page.end, "last": state.place,
            "head": (self.chain.head_at(page.end) or b"").hex(), "segments": page.segments, "facts": facts,
        }  # fmt: skip
        return exchange.pack(head, page.blocks())

    def _page(self, first: int, end: Base, offered: Mapping[int, int]) -> Paging:
        """Whole acts from the first place on; what the laptop has offered itself is only named and weighs nothing."""
        page = Paging(first - 1)
        if end.place - first < len(offered) and all(seq in offered for seq in range(first, end.place + 1)):
            for seq in range(first, end.place + 1):
                page.echo(offered[seq])
            return page
        cutter, low, high = self.cutter(), min(offered, default=0), max(offered, default=0)
        thinned = thinned_after(self.store, first - 1)
        while page.end < end.place:
            first, last = page.end + 1, self.blocks.end_of(page.end + 1)
            if self.blocks.begins(first) and last <= end.place and (last < low or first > high):
                block = self._block(first, last, end)
                if block and cutter.takes(block.act, block.size, block.places):
                    page.bring_block(block)
                    continue
            for seq, change in enumerate(self._between(first, min(last, end.place), end), first):
                index = offered.get(seq, -1)
                if cutter.full((change.device, change.act), 0 if index >= 0 else cutter.weight(change), whole=seq <= thinned):
                    return page
                page.echo(index) if index >= 0 else page.bring(change)
        return page

    def _block(self, first: int, last: int, end: Base) -> Block | None:
        """These changes, encoded; once for all who ask. None when they are more than a page."""
        found = self.blocks.get(first)
        sql = "SELECT sum(length(CAST(patch AS BLOB)) + length(also)) FROM log WHERE seq BETWEEN ? AND ?"
        if found or self.store.one(sql, (first, last)) >= PAGE_BYTES:
            return found
        return self.blocks.keep(first, list(self._between(first, last, end)))

    def _between(self, first: int, last: int, end: Base) -> Iterable[Change]:
        """The changes at these places; `end` is where the hub stands."""
        found = self.recent.between(first, last, end)
        return self.chain.proven(first, last) if found is None else found

    def _probed(self, head: Mapping[str, Any]) -> bytes:
        """Of the laptop's (place, head) pairs, in order of places, the last one that holds here too."""
        pairs = head.get("pairs")
        if not isinstance(pairs, list) or len(pairs) > PROBES:
            raise Malformed("no pairs")
        agreed = -1
        for index, pair in enumerate(pairs):
            base = base_of({"place": pair[0], "head": pair[1]} if isinstance(pair, list) and len(pair) == 2 else {})
            if self.chain.head_at(base.place) != base.head:
                break
            agreed = index
        return exchange.pack({"kind": "common", "index": agreed, "last": self.store.log.state().place})
