"""Where many edits are parted: into pages that are committed together, and into acts that a message can carry. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from shared.change import Change, Edit, Refused
from shared.exchange import LARGEST_ACT
from shared.formats import bytes_size

ROWS_A_COMMIT = 6000
UNDONE_AT_ONCE = 2_500
"""Changes of one act when a whole import is taken back: written in a tenth of a second, for which an edit of the window may wait."""


def pages(acts: Iterable[Sequence[Edit]]) -> Iterator[list[Sequence[Edit]]]:
    """Acts in groups of some thousand rows."""
    page: list[Sequence[Edit]] = []
    rows = 0
    for act in acts:
        page.append(act)
        rows += len(act)
        if rows >= ROWS_A_COMMIT:
            yield page
            page, rows = [], 0
    if page:
        yield page


def parts(edits: Sequence[Edit]) -> list[Sequence[Edit]]:
    """Many edits as several acts."""
    return [edits[at : at + UNDONE_AT_ONCE] for at in range(0, len(edits), UNDONE_AT_ONCE)]


def must_fit(changes: Sequence[Change]) -> None:
    """Raises Refused for an act that no message could carry."""
    if any(sum(len(change.patch) for change in act) > LARGEST_ACT for _, act in groupby(changes, key=attrgetter("act"))):
        raise Refused(f"За одно действие записывается не больше {bytes_size(LARGEST_ACT)}. Разделите его на части")
