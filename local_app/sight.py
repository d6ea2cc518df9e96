"""What a user had seen when the typing began, as a word that outlives the form: the page, a draft or the browser holds it."""

from __future__ import annotations

from shared.change import View


def told(view: View) -> str:
    """As a word."""
    place, own_n, also, cut = view
    return f"{place}.{own_n}.{cut}.{also.hex()}"


def taken_up(word: str, now: View) -> View:
    """Others' changes the user had seen when the typing began; of one's own changes, all. Without a word: what is seen now."""
    return typing_on(View(*_read(word)), now) if word else now


def typing_on(begun: View, now: View) -> View:
    """Whoever goes on typing has seen what was saved of it meanwhile, and nothing that others have written since."""
    return begun._replace(own_n=now.own_n)


def _read(word: str) -> tuple[int, int, bytes, int]:
    place, own_n, cut, also = word.split(".")
    return int(place), int(own_n), bytes.fromhex(also), int(cut)
