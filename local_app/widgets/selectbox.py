"""A plain list to choose from, the browser's own: the keyboard knows it, and hundreds of options cost nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from local_app.widgets.tags import Tag

Groups = Mapping[str, Mapping[str, str]]
"""{heading: {value: words}}; what stands under '' has no heading."""


class SelectBox(Tag):
    """`label` is what a screen reader says; `chosen` hears the value of the option."""

    def __init__(self, label: str, groups: Groups, value: str, chosen: Callable[[str], object], classes: str = "") -> None:
        super().__init__("select", f"plain-select {classes}", aria_label=label)
        self.props.update(innerHTML=options_html(groups), value=value)
        self.on("change", lambda event: chosen(str(event.args)), js_handler="(event) => emit(event.target.value)")

    def put(self, value: str) -> None:
        """Show another value."""
        if self.props["value"] != value:
            self.props["value"] = value
            self.update()


def options_html(groups: Groups) -> str:
    return "".join(
        f'<optgroup label="{escape(heading)}">{_options(options)}</optgroup>' if heading else _options(options)
        for heading, options in groups.items()
    )


def _options(options: Mapping[str, str]) -> str:
    return "".join(f'<option value="{escape(value)}">{escape(words)}</option>' for value, words in options.items())
