"""The manual inside the program: its chapters as HTML, and which of them is about which screen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from nicegui.elements.markdown import prepare_content

from local_app.session import Query, address

_INSTALLED = Path(__file__).resolve().parents[1] / "_manual"
_CHECKOUT = Path(__file__).resolve().parents[2] / "docs"
FOLDER = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
PATH = "/help"
PICTURES = "/manual"
"""The address of the folder of pictures."""

CHAPTERS: Mapping[str, str] = MappingProxyType(
    {
        "/": "Экран",
        "/clients": "Клиент",
        "/clients/import": "Загрузка таблиц",
        "/clients/{row}": "Клиент",
        "/orders": "Реестр заказов",
        "/orders/import": "Загрузка таблиц",
        "/orders/{row}": "Новый заказ",
        "/products": "Товары и справочники",
        "/products/import": "Загрузка таблиц",
        "/products/{row}": "Товары и справочники",
        "/calendar": "Календарь",
        "/reports": "Отчёты",
        "/reports/{name}": "Отчёты",
        "/directory": "Товары и справочники",
        "/directory/{name}": "Товары и справочники",
        "/directory/templates/{row}": "Документы",
        "/directory/{name}/{row}": "Товары и справочники",
        "/duplicates": "Повторы",
        "/sync": "Обмен с сервером",
        "/settings": "Настройки и резервные копии",
        PATH: "Начало",
    }
)
"""The chapter of each screen, by the pattern of its address."""
TRASH = "Отмена и корзина"
ORDER_SECTIONS: Mapping[str, str] = MappingProxyType({"": CHAPTERS["/orders/{row}"], "documents": "Документы"})
OTHER_SECTIONS = "Статус, оплаты и остальные разделы"
"""What an order shows: its first section, and all that have no chapter of their own."""
_CONTENTS = re.compile(r"^- \[.+\]\(#.+\)\n", re.MULTILINE)
_PICTURE = re.compile(r'<img src="pictures/([\w-]+\.png)"')
_ANCHOR = re.compile(r'<a href="#([^"]+)">')
_OTHER_PAGE = re.compile(r'<a href="[\w-]+\.md">(.*?)</a>')


class Chapter(NamedTuple):
    """A heading, its anchor, and what stands under it as HTML. What stands before the first chapter has no heading."""

    title: str
    anchor: str
    body: str


def chapters(back: str) -> list[Chapter]:
    """The whole manual in its order. `back`: the screen it leads back to."""
    text = _CONTENTS.sub("", (FOLDER / "manual.md").read_text(encoding="utf-8"))
    first, *rest = re.split(r"^## ", text, flags=re.MULTILINE)
    parts = [("", first.partition("\n")[2]), *(part.split("\n", 1) for part in rest)]
    return [Chapter(title, anchor_of(title), html_of(body, back)) for title, body in parts]


def html_of(body: str, back: str) -> str:
    """Pictures and chapters by the addresses they have in the program; pages that only the source code has are plain words."""
    shown = prepare_content(body, extras="fenced-code-blocks tables")
    shown = _PICTURE.sub(lambda found: f'<img src="{PICTURES}/{found[1]}"{size_of(found[1])}', shown)
    shown = _ANCHOR.sub(lambda found: f'<a href="{address(PATH, {"chapter": found[1], "from": back})}">', shown)
    return _OTHER_PAGE.sub(r"\1", shown)


def size_of(picture: str) -> str:
    """Its width and height, so that the text stays where it is while the picture comes."""
    with (FOLDER / "pictures" / picture).open("rb") as file:
        head = file.read(24)  # as every PNG begins
    return f' width="{int.from_bytes(head[16:20], "big")}" height="{int.from_bytes(head[20:24], "big")}"'


def anchor_of(title: str) -> str:
    """The anchor of a chapter, as the contents of the manual write it."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def chapter_of(path: str, query: Query) -> str:
    """The heading of the chapter about a screen."""
    if query.get("deleted"):
        return TRASH
    if path in CHAPTERS:
        return CHAPTERS[path]
    if matches("/orders/{row}", path):
        return ORDER_SECTIONS.get(query.get("section", ""), OTHER_SECTIONS)
    return next((title for pattern, title in CHAPTERS.items() if matches(pattern, path)), CHAPTERS[PATH])


def matches(pattern: str, path: str) -> bool:
    parts, words = pattern.split("/"), path.split("/")
    return len(parts) == len(words) and all(part == word or part.startswith("{") for part, word in zip(parts, words, strict=True))


def address_of(path: str, query: Query) -> str:
    """The manual, opened at the chapter about a screen; Esc leads back to the screen."""
    back = query.get("from", "/") if path == PATH else path  # from the manual itself: where it leads back to
    return address(PATH, {"chapter": anchor_of(chapter_of(path, query)), "from": back})
