"""What is done in NiceGUI's place gives what NiceGUI's own gives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import pytest
from nicegui import Client, binding, helpers, ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.page import page
from socketio.packet import Packet  # type: ignore[import-untyped]

from local_app.widgets.lean import descendants, holds_bytes, looking_once, propagating_to_the_bound
from local_app.widgets.tags import Tag, div, span


class Listener:
    def plain(self) -> None:
        """Wants nothing."""

    def given(self, event: object) -> None:
        """Wants the event."""

    def lenient(self, event: object = None, *more: object, **named: object) -> None:
        """Takes the event, and does without."""

    @classmethod
    def of_class(cls, event: object) -> None:
        """Wants the event."""

    @staticmethod
    def static(event: object) -> None:
        """Wants the event."""


@pytest.mark.parametrize("name", ["plain", "given", "lenient", "of_class", "static"])
def test_every_kind_of_handler_has_the_same_answer_the_first_time_and_later(name: str) -> None:
    expects = looking_once(helpers.expects_arguments)
    handlers: list[Callable[..., object]] = [getattr(Listener(), name), getattr(Listener(), name)]
    handlers += [partial(handlers[0]), partial(handlers[0], None) if name in {"given", "of_class", "static"} else handlers[0]]
    handlers += [lambda: None, lambda event: event, lambda event=None: event]
    assert [expects(each) for each in handlers * 2] == [helpers.expects_arguments(each) for each in handlers * 2]


def test_a_method_is_looked_at_once_whatever_it_is_bound_to() -> None:
    looked: list[Callable[..., object]] = []

    def look(handler: Callable[..., object]) -> bool:
        looked.append(handler)
        return False

    expects = looking_once(look)
    first, second = Listener(), Listener()
    for handler in (first.plain, second.plain, first.given, second.plain):
        expects(handler)
    assert looked == [first.plain, first.given]


def shown(build: Callable[[], object]) -> None:
    """Builds a page; NiceGUI wants a loop for it."""

    async def built() -> None:
        with Client(page("/lean"), request=None):
            build()

    asyncio.run(built())


def test_the_elements_below_one_come_in_niceguis_order() -> None:
    def build() -> None:
        with div() as top:
            with div():
                span("", "a")
                with div():
                    ui.icon("add")
            span("", "b")
            with top.add_slot("beside"), div():
                span("", "c")
        layout = top.client.layout
        for element in (layout, top, *layout.descendants()):
            for own in (False, True):
                assert list(descendants(element, include_self=own)) == list(Element.descendants(element, include_self=own))
        assert len(list(descendants(top))) == 7

    shown(build)


@pytest.mark.parametrize("message", [["download", {"src": b"", "filename": "a.xlsx"}], ["update", {"4": {"text": "a"}}], ["open", "/"], []])
def test_a_message_with_a_file_is_told_from_the_others_as_by_its_library(message: list[object]) -> None:
    assert holds_bytes(message) == Packet.data_is_binary(message)


def test_only_what_is_bound_is_propagated() -> None:
    class Bound:
        value = binding.BindableProperty()

    source, target, alone = Bound(), Bound(), Bound()
    source.value = target.value = alone.value = 1
    binding.bind_to(source, "value", target, "value")
    told: list[object] = []
    propagated = propagating_to_the_bound(lambda source, _: told.append(source))
    for each in (alone, source):
        propagated(each, ("value",))
    assert told == [source]


def test_a_tag_is_what_niceguis_own_element_would_be() -> None:
    def build() -> None:
        made = Tag("a", "entry wide", "Клиенты", href="/clients", aria_label="Все", hidden=None)
        like = TextElement(tag="a", text="Клиенты").classes("entry wide").props("href=/clients aria-label=Все")
        assert made._to_dict() == like._to_dict()
        told = made.client.outbox.updates
        told.clear()
        made.set_text("Клиенты")
        assert (made.text, list(told)) == ("Клиенты", [])
        made.set_text("Заказы")
        assert (made._to_dict()["text"], list(told)) == ("Заказы", [made.id])

    shown(build)
