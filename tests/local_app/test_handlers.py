"""How a handler is declared is looked at once, and the answers are NiceGUI's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from nicegui import helpers

from local_app.widgets.handlers import looking_once


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
