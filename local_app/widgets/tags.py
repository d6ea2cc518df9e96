"""Plain HTML elements for a dense screen: a tag, its classes, its text."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Generic, TypeVar

from nicegui import ui
from nicegui.element import Element

Act = Callable[[], object]
"""What a click does; an answer that can be awaited is awaited."""
Attribute = str | int | bool | Act | None
Shown = TypeVar("Shown")


class Tag(Element):
    """`Tag("a", "entry", "Клиенты", href="/clients")`. An underscore in an attribute stands for a hyphen; `on_click` is an Act.

    A new element is on its way to the page as it is; what it is made of need not be told change by change.
    """

    def __init__(self, name: str, classes: str = "", text: str = "", **attributes: Attribute) -> None:
        super().__init__(name)
        self._text = text
        list.extend(self.classes, classes.split())
        told = {attribute.replace("_", "-"): value for attribute, value in attributes.items() if value is not None and not callable(value)}
        dict.update(self.props, told)
        for value in attributes.values():
            if callable(value):
                self.on("click", partial(self._clicked, value), args=[])

    @property
    def text(self) -> str:
        """What stands in it, before its children."""
        return self._text or ""

    def set_text(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.update()

    def _clicked(self, act: Act, _: object) -> object:
        return act()


def div(classes: str = "", text: str = "", **attributes: Attribute) -> Tag:
    return Tag("div", classes, text, **attributes)


def span(classes: str = "", text: str = "", **attributes: Attribute) -> Tag:
    return Tag("span", classes, text, **attributes)


def link(text: str, href: str, classes: str = "") -> Tag:
    return Tag("a", classes, text, href=href)


def button(text: str, on_click: Act, *, kind: str = "", icon: str = "", tip: str = "", **attributes: Attribute) -> Tag:
    """`kind`: '' outlined, «main» filled (one a screen), «flat» without a frame, «icon» a picture only (give it a `tip`)."""
    named = None if text else tip or None  # words that are shown are the name: a screen reader says what the eye sees
    made = Tag("button", f"btn {kind}", "", on_click=on_click, type="button", title=tip or None, aria_label=named, **attributes)
    with made:
        if icon:
            ui.icon(icon)
        if text:
            span("", text)
    return made


def filter_button(text: str, **attributes: Attribute) -> Tag:
    """A filter that opens a menu: put the menu inside."""
    with Tag("button", "btn flat", "", type="button", **attributes) as made:
        span("", text)
        ui.icon("expand_more")
    return made


def empty(text: str, action: str = "", on_click: Act | None = None) -> Tag:
    """What stands where there is nothing yet: what this is for, and the first step."""
    with div("empty") as made:
        div("", text)
        if action and on_click:
            button(action, on_click, kind="main")
    return made


def status_dot(name: str, color: str) -> Tag:
    """A status as everywhere: a dot and its name."""
    return span(f"status hue-{color or 'gray'}", name)


class Part(Generic[Shown]):
    """A part of a screen over what `read` answers, drawn anew only when that is something else: every commit asks for a refresh,
    and a click under way, the focus and a half-typed text would go with the elements that a redraw takes away.
    """

    def __init__(self, classes: str, read: Callable[[], Shown], draw: Callable[[Shown], object], *, name: str = "div") -> None:
        self.read, self.draw = read, draw
        self.holder = Tag(name, classes)
        self.shown: Shown | None = None
        self.refresh()

    def refresh(self) -> None:
        if self.holder.is_deleted:
            return
        found = self.read()
        if found == self.shown:
            return
        self.shown = found
        self.holder.clear()
        with self.holder:
            self.draw(found)


class Pieces(Generic[Shown]):
    """A list over what `read` answers by key. Only what has changed of it is drawn anew: the rest stays under the hands, in its new order.

    `draw` makes one element of each.
    """

    def __init__(
        self, classes: str, read: Callable[[], Mapping[Hashable, Shown]], draw: Callable[[Shown], Element], *, name: str = "div"
    ) -> None:
        self.read, self.draw = read, draw
        self.holder = Tag(name, classes)
        self.drawn: dict[Hashable, tuple[Shown, Element]] = {}
        self.refresh()

    def __bool__(self) -> bool:
        return bool(self.drawn)

    def refresh(self) -> None:
        if self.holder.is_deleted:
            return
        found = self.read()
        for key in [key for key, (shown, _) in self.drawn.items() if key not in found or found[key] != shown]:
            self.drawn.pop(key)[1].delete()
        for key in [key for key in found if key not in self.drawn]:
            with self.holder:
                self.drawn[key] = found[key], self.draw(found[key])
        for place, key in enumerate(found):
            element = self.drawn[key][1]
            if self.holder.default_slot.children[place] is not element:
                element.move(target_index=place)
