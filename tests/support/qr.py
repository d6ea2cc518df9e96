"""What a phone reads from a square that was drawn as SVG."""

from __future__ import annotations

import re

import zxingcpp
from PIL import Image, ImageDraw

UNIT, QUIET = 4, 16
"""Pixels of a module, and of the white around the square."""


def qr_text(page: str) -> str:
    """The text behind the first square of a page: its path is drawn to a bitmap and decoded."""
    path = found(r'<path[^>]* stroke="[^>]* d="(M[^"]+)"', page)
    scale = re.search(r'transform="scale\((\d+)\)"', page)
    size = int(found(r'(?:viewBox="0 0 |<svg[^>]* width=")(\d+)', page)) // (1 if scale is None or "viewBox" in page else int(scale[1]))
    unit = UNIT * (int(scale[1]) if scale and "viewBox" in page else 1)
    side = size * UNIT + 2 * QUIET
    picture = Image.new("L", (side, side), 255)
    x = y = 0.0
    for verb, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?: ?(-?[\d.]+))?", path):
        if verb == "h":
            left, top = QUIET + x * unit, QUIET + (y - 0.5) * unit
            ImageDraw.Draw(picture).rectangle((left, top, left + float(first) * unit - 1, top + unit - 1), fill=0)
            x += float(first)
        else:
            x, y = (float(first), float(second)) if verb == "M" else (x + float(first), y + float(second))
    return str(zxingcpp.read_barcodes(picture)[0].text)


def found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    assert match
    return match[1]
