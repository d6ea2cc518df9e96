"""A first look into a workbook of the xlsx kind: how far its sheet reaches, and the cells that hold an error, a formula alone or a percent.

Whoever reads the values lays the whole sheet out in memory up to its farthest cell, and tells none of these things.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from typing import NamedTuple

from shared.change import Refused

LARGEST = 500 * 1024 * 1024
"""Bytes of a file that is read at once into memory, packed or unpacked."""
MOST_CELLS = 10_000_000
"""Of a sheet, blank ones too: each takes some seventy bytes."""
UNCOUNTED = "#ФОРМУЛА!"
"""Stands for a formula whose value the file does not hold: the program that wrote it did not count."""

_PIECE = 4 * 1024 * 1024
_PARTS = rb'<(?:\w+:)?sheet\s[^>]*?\bname="([^"]*)"[^>]*?\b\w+:id="([^"]*)"'
_LINKS = rb'<(?:\w+:)?Relationship\b(?=[^>]*\bId="([^"]*)")[^>]*\bTarget="([^"]*)"'
_PLACE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_FARTHEST = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})[0-9]')
_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="([0-9]{1,7})"')
_TAG = re.compile(rb"<(?:\w+:)?c[ >]")
_ERROR = re.compile(rb'<(?:\w+:)?c\s(?=[^>]*\bt="e")([^>]*)>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<', re.DOTALL)
_ALONE = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_PERCENT_FORMATS = frozenset((9, 10))
"""Excel's own «0%» and «0.00%» (ECMA-376, 18.8.30)."""

Place = tuple[int, int]
"""Row and column from 0."""


class Marks(NamedTuple):
    """What stands in which cell: words of an error, or a number that is shown as a percent."""

    errors: dict[Place, str]
    percents: set[Place]


def marks_of(content: bytes, name: str, sheet: str) -> Marks:
    """Nothing for a workbook of another kind. Raises Refused when it unpacks to too much or the sheet reaches too far."""
    found = Marks({}, set())
    if not content.startswith(b"PK"):
        return found
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            _must_fit(packed, name)
            part = _part_of(packed, sheet)
            if part:
                _look(packed, part, name, sheet, found)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, KeyError) as error:  # RuntimeError: packed with a password
        raise ValueError("the package is damaged") from error
    return found


def _must_fit(packed: zipfile.ZipFile, name: str) -> None:
    if sum(each.file_size for each in packed.infolist()) > LARGEST:
        raise Refused(f"Файл «{name}» в распакованном виде больше 500 МБ. Разделите его на части")
    if packed.testzip():  # a package that unpacks to more than it says
        raise zipfile.BadZipFile


def _part_of(packed: zipfile.ZipFile, sheet: str) -> str:
    """The part of the package that holds a sheet; '' when it is no package of XML sheets."""
    names = set(packed.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return ""
    links = dict(re.findall(_LINKS, packed.read("xl/_rels/workbook.xml.rels")))
    for title, link in re.findall(_PARTS, packed.read("xl/workbook.xml")):
        if unescape(title.decode()) == sheet:
            target = links.get(link, b"").decode()
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return part if part in names else ""
    return ""


def _look(packed: zipfile.ZipFile, part: str, name: str, sheet: str, found: Marks) -> None:
    styles = _percent_styles(packed)
    percent = re.compile(rb'<(?:\w+:)?c\s(?=[^>]*\bs="(?:%b)")([^>]*)>' % b"|".join(styles)) if styles else None
    cells, rows, columns = 0, 0, set[bytes]()
    for piece in _pieces(packed, part):
        cells += len(_TAG.findall(piece))
        columns |= set(_FARTHEST.findall(piece))
        rows = max(rows, max(map(int, _ROW.findall(piece)), default=0))
        if max(cells, rows * max(map(_column, columns), default=0)) > MOST_CELLS:
            raise Refused(
                f"Файл «{name}»: лист «{sheet}» слишком велик, заполненные или оформленные ячейки доходят до строки {rows}. "
                "Удалите строки и столбцы за таблицей или сохраните лист как csv"
            )
        found.errors.update((place, UNCOUNTED) for each in _ALONE.finditer(piece) if (place := _place(each[1])))
        found.errors.update((place, each[2].decode()) for each in _ERROR.finditer(piece) if (place := _place(each[1])))
        if percent:
            found.percents.update(place for each in percent.finditer(piece) if (place := _place(each[1])))


def _pieces(packed: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part in pieces that end with a row."""
    rest = b""
    with packed.open(part) as source:
        while piece := source.read(_PIECE):
            rest += piece
            end = rest.rfind(b"row>") + 4
            if end > 4:
                yield rest[:end]
                rest = rest[end:]
    yield rest


def _percent_styles(packed: zipfile.ZipFile) -> list[bytes]:
    """The numbers of the cell styles that show a percent."""
    if "xl/styles.xml" not in packed.namelist():
        return []
    styles = packed.read("xl/styles.xml")
    formats = re.findall(rb'<(?:\w+:)?numFmt\s(?=[^>]*\bnumFmtId="([0-9]+)")[^>]*\bformatCode="([^"]*)"', styles)
    percents = _PERCENT_FORMATS | {int(number) for number, code in formats if b"%" in code}
    _, _, after = styles.partition(b"cellXfs")
    used = re.findall(rb'<(?:\w+:)?xf\s[^>]*?\bnumFmtId="([0-9]+)"', after.partition(b"cellXfs>")[0])
    return [str(style).encode() for style, number in enumerate(used) if int(number) in percents]


def _place(attributes: bytes) -> Place | None:
    found = _PLACE.search(attributes)
    return (int(found[2]) - 1, _column(found[1]) - 1) if found else None


def _column(letters: bytes) -> int:
    """The number of a column from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
