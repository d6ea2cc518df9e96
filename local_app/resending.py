"""What the hub has refused, done again or let go: for the list on the screen and for the command alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from local_app import sight
from local_app.desk import Desk
from shared.store.refusals import Refusal, refusals, sent_again, settle


def chosen(desk: Desk, act: tuple[int, int] | None) -> list[Refusal]:
    """One refused act, or all of them."""
    return [refusal for refusal in refusals(desk.store) if act is None or refusal.act == act]


def send_again(desk: Desk, wanted: Sequence[Refusal]) -> int:
    """The same values as new acts, in their old order; how many changes. Raises Refused. What the hub says then is another matter.

    One step of undo, which puts them back into the list. Their author has seen no more for sending them again: what colleagues have
    written meanwhile stands beside them, not under them.
    """
    batch = sent = 0
    for refusal in reversed(wanted):
        view = sight.typing_on(refusal.seen, desk.view())
        act = desk.do(refusal.edits, "Отправлено снова непринятое", view, batch)
        sent_again(desk.store, refusal, act.act)
        batch, sent = act.batch, sent + len(refusal.edits)
    return sent


def let_go(desk: Desk, wanted: Sequence[Refusal]) -> dict[str, str]:
    """The list forgets them, the log does not. The answer is for `take_up`."""
    return settle(desk.store, wanted)


def take_up(desk: Desk, let_go: Mapping[str, str]) -> int:
    """They wait for their author's word again; how many notes."""
    with desk.store.transaction():
        desk.store.note(let_go)
    return len(let_go)


def changes(wanted: Sequence[Refusal]) -> int:
    return sum(len(refusal.edits) for refusal in wanted)
