"""The network of the simulated world: messages are lost, repeated, reordered, cut and altered on the way."""

from __future__ import annotations

from local_app.rounds import find_common
from shared.change import SyncTrouble
from shared.store.letters import Progress
from sync_server.judge import Untimely
from tests.simulator.machines import Laptop
from tests.simulator.world import Letter, Violation, World


def send(world: World, laptop: Laptop) -> None:
    """The laptop asks the hub: here is what I have, what is new?"""
    with world.bad_disk(laptop):
        offer = laptop.courier.offer()
        world.letters.append(Letter(laptop, world.life[laptop.number], offer, offer.message))
        world.faults["offers"] += 1


def deliver(world: World) -> Laptop | None:
    """One of the messages on the way arrives, perhaps twice, perhaps never, perhaps damaged. Returns a laptop that got an answer."""
    if not world.letters:
        return None
    index, fortune = world.luck.randrange(len(world.letters)), world.luck.random()
    letter = world.letters[index] if fortune < 0.12 else world.letters.pop(index)
    world.faults["messages repeated"] += fortune < 0.12
    world.faults["messages reordered"] += index > 0
    if 0.12 <= fortune < 0.24:
        world.faults["messages lost"] += 1
        return None
    if 0.24 <= fortune < 0.27:
        world.faults["messages damaged"] += 1
        letter = letter._replace(message=damaged(world, letter.message), damaged=True)
    return arrive(world, letter)


def arrive(world: World, letter: Letter) -> Laptop | None:
    if not letter.answer:
        answer = asked(world, letter.laptop, letter.message)
        if answer is not None:
            world.letters.append(letter._replace(message=answer, answer=True, damaged=False))
        return None
    if letter.life != world.life[letter.laptop.number]:
        return None
    with world.bad_disk(letter.laptop):
        take(world, letter)
    world.whole(letter.laptop.store)
    return letter.laptop


def damaged(world: World, message: bytes) -> bytes:
    """Cut, one bit turned, or a stranger's page."""
    kind, at = world.luck.randrange(3), world.luck.randrange(len(message))
    if kind == 0:
        return message[:at]
    return message[:at] + bytes([message[at] ^ 1]) + message[at + 1 :] if kind == 1 else b"<html>log in to the network</html>"


def asked(world: World, laptop: Laptop, message: bytes) -> bytes | None:
    """The hub's answer; None when it has none to give."""
    server = world.server
    if laptop.revoked:
        return None
    place, stamp = server.store.db.execute("SELECT place, stamp FROM state").fetchone()
    answer: bytes | None = None
    with world.bad_disk(server):
        try:
            answer = server.hub.handle(laptop.guest, message)
        except ValueError:
            world.faults["messages turned away"] += 1
        except Untimely:
            world.faults["laptops told to wait for others"] += 1
    check_stamps(world, place, stamp)
    return answer


def check_stamps(world: World, place: int, top: int) -> None:
    """A clock that runs ahead is held back to the hub's time."""
    count, greatest = world.server.store.db.execute("SELECT count(*), max(stamp) FROM log WHERE seq > ?", (place,)).fetchone()
    if count and greatest > max(world.server.hub.clock() << 16, top) + count:
        raise Violation("the hub has let a stamp of the future in")


def take(world: World, letter: Letter) -> None:
    try:
        progress = letter.laptop.courier.take(letter.offer, letter.message)
    except SyncTrouble as trouble:
        if not letter.damaged:
            raise Violation(f"an answer that came whole is not understood: {trouble}") from trouble
        world.faults["answers turned away"] += 1
        return
    if progress.history_differs:
        agree(world, letter, progress)


def agree(world: World, letter: Letter, progress: Progress) -> None:
    """The hub's history is another one: the laptop asks back and forth over the same bad network."""
    world.faults["another history met"] += 1

    def ask(message: bytes) -> bytes:
        answer = None if world.chance(0.15) else asked(world, letter.laptop, message)
        if answer is None:
            raise SyncTrouble("no answer")
        return damaged(world, answer) if world.chance(0.02) else answer

    try:
        find_common(letter.laptop.courier, ask, letter.offer, progress)
    except SyncTrouble:
        world.faults["no agreement yet"] += 1
