"""The laptop's half of the exchange: what it offers, and how it takes the hub's answer, each answer in one commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from shared import exchange
from shared.change import UPDATE, Change, SyncTrouble
from shared.cutter import Cutter
from shared.exchange import Base, Malformed
from shared.ids import new_device
from shared.merge import is_ancestor
from shared.shapes import Patches
from shared.store.chain import BLOCK, Chain, genuine
from shared.store.letters import Answer, Offer, Page, Progress, brought, damaged, segments_of
from shared.store.naming import Names, lost_at, owners_in
from shared.store.refusals import remember
from shared.store.rows import uncollected
from shared.store.store import Store


class Courier:
    """Runs in the sync's own thread, on a store of its own."""

    def __init__(self, store: Store, *, new_label: Callable[[], str] = new_device, cutter: Callable[[], Cutter] = Cutter) -> None:
        self.store, self.chain = store, Chain(store.db)
        self.new_label, self.cutter = new_label, cutter
        self.waiting = 0  # changes without a place when the last offer was made, those in it too
        self.refused = 0  # changes of this laptop that the hub did not take
        self.read_back = 0  # own changes that only the hub had: this store was restored from a backup

    def offer(self) -> Offer:
        """The next page of unsent changes; an empty one asks for news."""
        state = self.store.log.state()
        return self._sealed(self.page_after(None), Base(state.place, state.head))

    @uncollected()
    def page_after(self, offer: Offer | None) -> Page:
        """What is to be sent next, while an offer is on its way: the costly part of the offer after it."""
        seqs, changes = self._next_page(offer.seqs[-1] if offer and offer.seqs else 0)
        return Page(seqs, changes, [exchange.block(changes)] if changes else [])

    def ahead(self, offer: Offer, answer: Answer, page: Page) -> Offer | None:
        """The offer after this answer, which is not applied yet: it stands where the answer leads. None when there is nothing to say,
        or when the hub has not echoed all that was offered.
        """
        head = answer.head
        end, last, chained = (head.get(name) for name in ("end", "last", "head"))
        if head.get("kind") != "page" or type(end) is not int or type(last) is not int or not isinstance(chained, str):
            return None
        try:
            echoed = sum(count for index, count in segments_of(head, len(offer.seqs)) if index >= 0)
            base = Base(end, bytes.fromhex(chained))
        except ValueError:  # `apply` says what is wrong with it
            return None
        if echoed < len(offer.seqs) or end <= offer.base.place or not (page.changes or end < last):
            return None
        return self._sealed(page, base)

    def _sealed(self, page: Page, base: Base) -> Offer:
        self.waiting = self.store.unsent()
        head = {"protocol": exchange.PROTOCOL, "kind": "offer", "place": base.place, "head": base.head.hex()}
        return Offer(base, page.seqs, page.changes, exchange.pack(head, page.blocks))

    def _next_page(self, after: int) -> tuple[list[int], list[Change]]:
        """Whole acts from the front of what has no place yet, as far as it is what was written here."""
        seqs, changes = list[int](), list[Change]()
        cutter = self.cutter()
        for begin, last in self.store.log.unsent_ranges():
            first = max(begin, after + 1)
            at = first
            for seq, change in self.chain.numbered(first, last):
                if seq != at or not genuine(change):
                    break
                if cutter.full((change.device, change.act), cutter.weight(change)):
                    return seqs, changes
                seqs.append(seq)
                changes.append(change)
                at += 1
            if at <= last:
                return before_damage(seqs, changes)
        return seqs, changes

    def take(self, offer: Offer, message: bytes) -> Progress:
        """Reads and applies an answer. Raises SyncTrouble."""
        return self.apply(offer, self.read(message))

    def read(self, message: bytes) -> Answer:
        """The answer in a message. Raises SyncTrouble for one that was cut or altered on the way."""
        try:
            return Answer(exchange.unpack(message), message)
        except Malformed as error:
            raise damaged() from error

    @uncollected()
    def apply(self, offer: Offer, answer: Answer) -> Progress:
        """Applies an answer. Raises SyncTrouble when the hub cannot be understood or its chain does not fit."""
        head, message = answer
        kind = head.get("kind")
        try:
            if kind == "page":
                segments = segments_of(head, len(offer.seqs))
                return self._take_page(offer, head, segments, brought(segments, exchange.read_blocks(head, message)))
        except Malformed as error:
            raise damaged() from error
        if kind == "update":
            raise SyncTrouble(
                "Версии сервера и программы не подходят друг к другу. Обновите программу; работать без связи можно по-прежнему", UPDATE
            )
        if kind not in ("mismatch", "gap"):
            raise SyncTrouble("Сервер ответил непонятно. Обновите программу", UPDATE)
        return Progress(offer.base.place, int(head.get("last", 0)), 0, frozenset(), history_differs=True)

    def _take_page(self, offer: Offer, head: Mapping[str, Any], segments: list[tuple[int, int]], foreign: list[Change]) -> Progress:
        parsed = exchange.parsed(change.patch for change in foreign)
        if not segments:  # nothing is new: nothing is written
            return Progress(offer.base.place, int(head["last"]), 0, frozenset())
        with self.store.transaction():
            state = self.store.log.state()
            if (state.place, state.head) != offer.base:
                return Progress(state.place, state.place, 0, frozenset())
            touched, place = set[str](), state.place
            offered, redraw = self._adjusted(offer, head["facts"])
            entries = list[Change]()
            at = 0
            for index, count in segments:
                if index >= 0:
                    self._place(offer.seqs[index : index + count], place + 1)
                    entries += offered[index : index + count]
                else:
                    entries += foreign[at : at + count]
                    touched |= self._pulled(foreign[at : at + count], parsed[at : at + count], place + 1, redraw)
                    at += count
                place += count
            reached, chained, kept = self.chain.extend(state.place, state.head, entries)
            if reached != head.get("end") or chained.hex() != head.get("head"):
                raise SyncTrouble("История изменений сервера не сходится с присланной. Ничего не записано, повторим позже")
            self.chain.keep(reached, chained, kept)
            touched |= self.store.drawing.redraw_rows(redraw) if redraw else set()
            self._settle_state(entries)
        return Progress(reached, int(head["last"]), len(foreign), frozenset(touched))

    def _settle_state(self, entries: list[Change]) -> None:
        """Remembers the greatest stamp and up to where everything has a place."""
        last = self.store.log.last_seq()
        gaps = self.store.log.unsent_ranges()
        stamp = max((entry.stamp for entry in entries), default=0)
        self.store.log.set_state(sent=gaps[0][0] - 1 if gaps else last, stamp=max(self.store.log.state().stamp, stamp))

    def _adjusted(self, offer: Offer, facts: Mapping[str, Any]) -> tuple[list[Change], dict[str, str]]:
        """The offered changes with the hub's facts in place of the laptop's, and the rows that have to be settled again."""
        changes, rows, refused_now = list(offer.changes), dict[str, str](), list[Change]()
        for key, (stamp, read_to, also, refused, *own_n) in facts.items():
            index = int(key)
            change = changes[index]._replace(stamp=stamp, read_to=read_to, refused=refused)
            change = change if also is None else change._replace(also=bytes.fromhex(also))
            changes[index] = change._replace(own_n=own_n[0]) if own_n else change
            self._rewrite(offer.seqs[index], changes[index])
            rows[changes[index].row] = changes[index].entity
            if refused and not offer.changes[index].refused:
                refused_now.append(changes[index])
        remember(self.store, refused_now)
        self.refused += len(refused_now)
        return changes, rows

    def _rewrite(self, seq: int, change: Change) -> None:
        """The facts of a logged change, as the hub has them."""
        self.store.db.execute(
            "UPDATE log SET stamp = ?, read_to = ?, own_n = ?, also = ?, refused = ? WHERE seq = ?",
            (change.stamp, change.read_to, change.own_n, change.also, change.refused, seq),
        )

    def _place(self, seqs: list[int], place: int) -> None:
        """The echo is the acknowledgement: these own changes have places now."""
        for first, last in stretches(seqs):
            self.store.log.put_range(first, last - first + 1, place)
            place += last - first + 1

    def _pulled(self, changes: list[Change], patches: list[dict[str, Any]], place: int, redraw: dict[str, str]) -> set[str]:
        """Others' changes; some may be known already, when a history was offered again or read back."""
        touched, run, fresh = set[str](), list[int](), set[bytes]()
        for index, change in enumerate(changes):
            known = None if change.prev in fresh else self.store.log.find(change.device, change.n, change.id)
            if not known:
                fresh.add(change.id)
                run.append(index)
                continue
            touched |= self._commit_run(changes, patches, run, place)
            self.store.log.put_range(known[0], 1, place + index)
            self._rewrite(known[0], change)
            redraw[change.row] = change.entity
            run = []
        return touched | self._commit_run(changes, patches, run, place)

    def _commit_run(self, changes: list[Change], patches: list[dict[str, Any]], run: list[int], place: int) -> set[str]:
        if not run:
            return set()
        some = [changes[index] for index in run]
        touched = self.store.commit(some, first_place=place + run[0], patches=Patches(some, [patches[index] for index in run]))
        device = self.store.log.state().device
        for change in some:
            if change.device == device:
                self._follow(change)
        return touched

    def _follow(self, change: Change) -> None:
        """A change under my own label that I did not have: read back after a restore, or made by a copy of this laptop."""
        state = self.store.log.state()
        if change.device != state.device:
            return
        if change.prev == state.tip:
            self.store.log.set_state(n=change.n, tip=change.id)
            self.read_back += 1
        elif not self._is_mine(change):
            self.store.log.set_state(device=self.new_label(), prefix="")

    def _is_mine(self, change: Change) -> bool:
        state = self.store.log.state()
        tip = self.store.log.find_any(state.n, state.tip)
        here = self.store.log.find(change.device, change.n, change.id)
        if tip is None or here is None:
            return False
        return is_ancestor(self.store.log.branches(), here[1], change.n, tip[1], state.n)

    # ------------------------------------------------------------------ a hub with another history
    def probe(self, low: int, high: int) -> tuple[list[Base], bytes]:
        """Heads of own places between low and high, at most `STEPS` of them, for the hub to compare."""
        places = sorted({low + (high - low) * step // STEPS for step in range(STEPS + 1)})
        bases = [Base(place, self.chain.head_at(place) or b"") for place in places]
        pairs = [[base.place, base.head.hex()] for base in bases]
        return bases, exchange.pack({"protocol": exchange.PROTOCOL, "kind": "probe", "pairs": pairs})

    def cut(self, common: Base) -> bool:
        """ONE commit: places after the last common one are taken back, what stood there will be offered again, what was seen is named."""
        with self.store.transaction():
            state = self.store.log.state()
            if common.place >= state.place or self.chain.head_at(common.place) != common.head:
                return False
            spans, own = list(self.chain.spans(common.place + 1, state.place)), self.store.unsent()
            owners = partial(owners_in, self.store.db, self.store.catalogue)
            gone = Names(self.store.catalogue, lost_at(self.store.db, spans), owners, own)
            self._strip(common.place)
            self._say_again(common.place, gone)
            self.store.db.execute("INSERT INTO cuts (place, gone) VALUES (?, ?)", (common.place, b"".join(gone.ids)))
            self.store.db.execute("DELETE FROM notes WHERE name LIKE 'file:%'")  # that hub may have lost files too
            self.store.db.execute("DELETE FROM heads WHERE place > ?", (common.place,))
            self.chain.keep(*common, [])
            gaps = self.store.log.unsent_ranges_from(0)
            self.store.log.set_state(sent=gaps[0][0] - 1 if gaps else 0)
        return True

    def _strip(self, place: int) -> None:
        self.store.db.execute("DELETE FROM ranges WHERE first_place > ?", (place,))
        self.store.db.execute("UPDATE ranges SET count = ? - first_place + 1 WHERE first_place + count - 1 > ?", (place, place))

    def _say_again(self, place: int, gone: Names) -> None:
        """Changes without a place that had read beyond it: what they saw there is said by name, as far as the merge may ask."""
        for first, last in self.store.log.unsent_ranges_from(0):
            sql = "SELECT seq, read_to, also, entity, row, patch LIKE '%\"deleted\"%' FROM log WHERE seq BETWEEN ? AND ? AND read_to > ?"
            for seq, read_to, also, entity, row, deletes in self.store.db.execute(sql, (first, last, place)).fetchall():
                named = also + gone.of(entity, row, deletes=deletes, first=read_to - place)
                self.store.db.execute("UPDATE log SET read_to = ?, also = ? WHERE seq = ?", (place, named, seq))


STEPS = BLOCK


def before_damage(seqs: list[int], changes: list[Change]) -> tuple[list[int], list[Change]]:
    """What another program has changed or removed is never sent, and nothing of the act it may belong to."""
    act = (changes[-1].device, changes[-1].act) if changes else None
    whole = sum((change.device, change.act) != act for change in changes)
    return seqs[:whole], changes[:whole]


def stretches(seqs: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of consecutive numbers, as (first, last)."""
    found: list[tuple[int, int]] = []
    for seq in seqs:
        if found and seq == found[-1][1] + 1:
            found[-1] = (found[-1][0], seq)
        else:
            found.append((seq, seq))
    return found
