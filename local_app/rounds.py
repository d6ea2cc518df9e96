"""The rounds of an exchange: one message is on its way while the answer before it is applied, until both sides have everything."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from local_app.moving import RECEIVED, SENT, Moving, Report, silent
from shared import exchange
from shared.change import SyncTrouble
from shared.exchange import Base
from shared.store import Store, unsent
from shared.store.courier import Courier
from shared.store.letters import Offer, Progress, damaged

MOST_ROUNDS = 100_000
Ask = Callable[[bytes], bytes]
"""Brings a message to the hub and its answer back. Raises SyncTrouble."""


def exchange_all(
    courier: Courier, ask: Ask, report: Report = silent, most_rounds: int = MOST_ROUNDS, line: Executor | None = None
) -> tuple[int, int]:
    """Rounds until both sides have everything; how many changes were sent and received. Raises SyncTrouble.

    `line`: a thread that asks; the hub then works on the next message while this side applies the answer before it.
    """
    waiting, sent, received = courier.store.unsent(), 0, 0
    offer = courier.offer()
    coming = asked(line if waiting > len(offer.changes) else None, ask, offer)  # nothing else to do meanwhile: no thread
    for _ in range(most_rounds):
        page = courier.page_after(offer) if line else None
        answer = courier.read(coming.result())
        ahead = courier.ahead(offer, answer, page) if page else None
        if ahead:
            coming = asked(line, ask, ahead)
        progress = courier.apply(offer, answer)
        if progress.history_differs:
            find_common(courier, ask, offer, progress)
            waiting = sent + courier.store.unsent()  # what had a place and lost it is sent again
        else:
            left = courier.store.unsent()
            sent, received = max(waiting - left, sent), received + progress.received
            tell(report, sent, left, received, progress)
            if progress.place >= progress.last and (not left or not offer.changes):
                must_be_sound(courier.store)
                if not left:
                    return sent, received
        offer = ahead or courier.offer()
        coming = coming if ahead else asked(line, ask, offer)
    raise SyncTrouble("Обмен не закончился. Повторим позже")


def tell(report: Report, sent: int, left: int, received: int, progress: Progress) -> None:
    """What is sent comes first; while it goes, the hub's news come with the answers."""
    coming = progress.last - progress.place
    if left:
        report(Moving(SENT, sent, sent + left))
    elif received:
        report(Moving(RECEIVED, received, received + coming))
    elif sent:
        report(Moving(SENT, sent, sent))


def asked(line: Executor | None, ask: Ask, offer: Offer) -> Future[bytes]:
    """The answer to come; without a line it is there at once."""
    if line:
        return line.submit(ask, offer.message)
    answer = Future[bytes]()
    answer.set_result(ask(offer.message))
    return answer


def must_be_sound(store: Store) -> None:
    """Raises SyncTrouble that names what cannot be sent, because it is not what was written here."""
    if found := unsent.broken(store):
        raise SyncTrouble(
            f"Неотправленное повреждено: {unsent.words(store, found)}. Это и сделанное позже не отправлено, остальное обмену не мешает. "
            "Почините: desk heal"
        )


def find_common(courier: Courier, ask: Ask, offer: Offer, progress: Progress) -> None:
    """The hub's history is another one: both look for the newest common place, then the laptop takes its places back to it."""
    low, high = 0, offer.base.place
    common = Base(0, bytes(16))
    while True:
        bases, message = courier.probe(low, high)
        head = told(ask, message)
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


def told(ask: Ask, message: bytes) -> dict[str, Any]:
    """The head of the hub's answer. Raises SyncTrouble."""
    try:
        return exchange.unpack(ask(message))
    except exchange.Malformed as error:
        raise damaged() from error
