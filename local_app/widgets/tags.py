"""Plain HTML elements for a dense screen: a tag, its classes, its text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement


class Tag(TextElement):
    """`Tag("a", "entry", "Клиенты", href="/clients")`; an underscore in an attribute stands for a hyphen."""

    def __init__(self, name: str, classes: str = "", text: str = "", *, on_click: Callable[[], Any] | None = None, **attributes: object) -> None:
        super().__init__(tag=name, text=text)
        self.classes(classes)
        for attribute, value in attributes.items():
            if value is not None:
                self.props[attribute.rstrip("_").replace("_", "-")] = value
        if on_click is not None:
            self.on("click", lambda _: on_click(), args=[])


def div(classes: str = "", text: str = "", **attributes: object) -> Tag:
    return Tag("div", classes, text, **attributes)


def span(classes: str = "", text: str = "", **attributes: object) -> Tag:
    return Tag("span", classes, text, **attributes)


def link(text: str, href: str, classes: str = "") -> Tag:
    return Tag("a", classes, text, href=href)


def button(text: str, on_click: Callable[[], Any], *, kind: str = "", icon: str = "", tip: str = "", **attributes: object) -> Tag:
    """`kind`: '' outlined, «main» filled (one a screen), «flat» without a frame, «icon» a picture only (give it a `tip`)."""
    made = Tag("button", f"btn {kind}", "", on_click=on_click, type="button", title=tip or None, aria_label=tip or None, **attributes)
    with made:
        if icon:
            ui.icon(icon)
        if text:
            span("", text)
    return made


def empty(text: str, action: str = "", on_click: Callable[[], Any] | None = None) -> Tag:
    """What stands where there is nothing yet: what this is for, and the first step."""
    with div("empty") as made:
        div("", text)
        if action and on_click:
            button(action, on_click, kind="main")
    return made


def status_dot(name: str, color: str) -> Tag:
    """A status as everywhere: a dot and its name."""
    return span(f"status hue-{color or 'gray'}", name)
