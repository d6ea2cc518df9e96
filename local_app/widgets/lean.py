"""What NiceGUI does for every element of a screen and nobody here needs.

It looks three times at how the same handlers are declared, goes through bindings that nobody has made, and searches every message
for bytes; and it walks the elements of a page through as many generators as they are deep. See decision 0026.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nicegui import binding, core, helpers
from nicegui.element import Element

Handler = Callable[..., object]
Attribute = tuple[str, ...]


def make_lean() -> None:
    """From now on NiceGUI asks and walks as here."""
    helpers.expects_arguments = looking_once(helpers.expects_arguments)  # type: ignore[assignment] # a function in its place
    binding._propagate = propagating_to_the_bound(binding._propagate)  # type: ignore[assignment] # noqa: SLF001 - as above
    Element.descendants = descendants  # type: ignore[method-assign]
    core.sio.packet_class.data_is_binary = staticmethod(holds_bytes)


def holds_bytes(message: object) -> bool:
    """Whether a message carries a file: then its content stands at once beside the file's name, and never deeper."""
    parts = message if isinstance(message, list) else []
    return any(isinstance(value, bytes) for part in parts if isinstance(part, dict) for value in part.values())


def looking_once(expects_arguments: Callable[[Handler], bool]) -> Callable[[Handler], bool]:
    """The same answers, remembered for methods: there are as many as are written, while other handlers are made for each element."""
    known: dict[Handler, bool] = {}

    def expects(handler: Handler) -> bool:
        method = getattr(handler, "__func__", None)
        if method is None:
            return expects_arguments(handler)
        if method not in known:
            known[method] = expects_arguments(handler)
        return known[method]

    return expects


def propagating_to_the_bound(propagate: Callable[[object, Attribute], None]) -> Callable[[object, Attribute], None]:
    """The same for what is bound to something; for everything else there is nothing to do."""

    def propagated(source: object, name: Attribute) -> None:
        if binding.bindings.get((id(source), name)):
            propagate(source, name)

    return propagated


def descendants(self: Element, *, include_self: bool = False) -> Iterator[Element]:
    """The elements below one, each before those below it, in one loop."""
    waiting = [self]
    while waiting:
        element = waiting.pop()
        if include_self or element is not self:
            yield element
        for slot in reversed(element.slots.values()):
            waiting.extend(reversed(slot.children))
