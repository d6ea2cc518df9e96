"""NiceGUI looks at how a handler is declared whenever an element is made, three times for each: half of what making one costs.

Here it looks once at each method, whatever it is bound to. See decision 0026.
"""

from __future__ import annotations

from collections.abc import Callable

from nicegui import helpers

Handler = Callable[..., object]


def look_once() -> None:
    """From now on NiceGUI asks `looking_once`."""
    helpers.expects_arguments = looking_once(helpers.expects_arguments)  # type: ignore[assignment] # a function in its place


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
