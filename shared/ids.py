"""Ids: time-ordered ones for new rows, derived ones for rows that two laptops must make alike, labels for devices."""

from __future__ import annotations

import secrets
from hashlib import blake2b

DEVICE_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def uuid7(at_ms: int) -> str:
    """A UUID of version 7 (RFC 9562): 48 bits of milliseconds, the rest random."""
    return _shaped(at_ms, secrets.randbits(80), 7)


def derived_id(at_ms: int, *parts: str) -> str:
    """A UUID of version 8 (RFC 9562) that depends only on its arguments: the same thing made twice gets one id."""
    digest = blake2b("\0".join(parts).encode(), digest_size=10).digest()
    return _shaped(at_ms, int.from_bytes(digest, "big"), 8)


def new_device() -> str:
    """A label for the changes of one laptop."""
    return "".join(secrets.choice(DEVICE_LETTERS) for _ in range(12))


def _shaped(at_ms: int, rest: int, version: int) -> str:
    value = (max(at_ms, 0) & ((1 << 48) - 1)) << 80 | rest & ((1 << 80) - 1)
    value = value & ~(0xF << 76) | version << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
