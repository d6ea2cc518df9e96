"""Where a page of changes ends: by bytes and by count, never within an act."""

from __future__ import annotations

from shared.change import Change

PAGE_BYTES = 2_000_000
PAGE_CHANGES = 5_000
"""A page ends with the act that reaches one of these; an act larger than a page travels alone. It is packed to about 300 kB.

Every page is one durable commit, and each of these writes most pages of the orders' indexes again.
"""
SPARE_BYTES = 4_000_000
SPARE_CHANGES = 5_000
"""A page that should not end yet may grow by so much more: with the largest act behind it a message still holds it."""


class Cutter:
    """Decides, change by change, where a page ends: after the act that fills it."""

    def __init__(self, bytes_limit: int = PAGE_BYTES, count_limit: int = PAGE_CHANGES) -> None:
        self.bytes_left, self.count_left = bytes_limit, count_limit
        self.act: object = None
        self.also = b""

    def full(self, act: object, size: int, *, whole: bool = False) -> bool:
        """Whether the page was full before this change, which then begins another act. `whole`: it should not end here, if it can."""
        spare_bytes, spare_count = (SPARE_BYTES, SPARE_CHANGES) if whole else (0, 0)
        if act != self.act and (self.bytes_left <= -spare_bytes or self.count_left <= -spare_count):
            return True
        self.act = act
        self.bytes_left -= size
        self.count_left -= 1
        return False

    def weight(self, change: Change) -> int:
        """Bytes that this change adds to a message after the one before it, and to the logs that keep what is said once for each."""
        said = len(change.also) if change.also == self.also else 2 * len(change.also)
        self.also = change.also
        return len(change.patch) + said

    def takes(self, act: object, size: int, count: int) -> bool:
        """Whether the page has room for all of so many changes and is not full after them; `act` is the last one's."""
        if size >= self.bytes_left or count >= self.count_left:
            return False
        self.act = act
        self.bytes_left -= size
        self.count_left -= count
        return True
