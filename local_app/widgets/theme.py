"""How everything looks: our style sheets, our font, the keys; light and dark."""

from __future__ import annotations

import json
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path

from nicegui import __version__, ui
from nicegui import app as server
from nicegui.dependencies import js_components
from nicegui.element import Element

from local_app.session import Session
from local_app.widgets import manual

STATIC = Path(__file__).parents[1] / "static"
SHEETS = ("theme", "frame", "fields", "register", "card", "lines", "order", "paper", "manual", "loading")
THEMES = {"auto": "Как в системе", "light": "Светлая", "dark": "Тёмная"}
QUICK = "transition-duration=80"
"""Milliseconds: a window takes letters only when it stands, and a quick hand types on."""
FOR_EVER = 31_536_000
"""Seconds, a year: what has another address when it is another file need not be asked about again."""
SETTLED = 300
"""Milliseconds after its first screen stands a page loads the rest."""
DARK = {"auto": None, "light": False, "dark": True}
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect x="2" y="2" width="20" height="20" rx="4" fill="#1F5FBF"/>'
    '<path d="M7 8h10M7 12h10M7 16h6" stroke="#fff" stroke-width="1.8" stroke-linecap="round"/></svg>'
)


class Darkness(Element, component="darkness.js"):
    """Light, dark, or (None) as the system has it."""

    def __init__(self, value: bool | None) -> None:  # noqa: FBT001 - what it holds
        super().__init__()
        self.put(value)

    def put(self, value: bool | None) -> None:  # noqa: FBT001 - what it holds
        self.props["value"] = value
        self.update()


def serve() -> None:
    """Give out our files and the font's, have windows open at once; when the program starts."""
    server.add_static_files(of_this_version(), STATIC, max_cache_age=FOR_EVER)
    server.add_static_files("/static", STATIC, max_cache_age=0)  # what scripts import by name
    server.add_static_files(manual.PICTURES, manual.FOLDER / "pictures", max_cache_age=0)
    server.add_static_files("/fonts", str(files("font_roboto") / "files"), max_cache_age=FOR_EVER)
    for window in (ui.dialog, ui.menu):
        window.default_props(QUICK)


def dress(session: Session) -> None:
    """The head of a page: style sheets before anything is drawn, and the chosen theme."""
    own = of_this_version()
    sheets = "".join(f'<link rel="stylesheet" href="{own}/{name}.css">' for name in SHEETS)
    preload = "".join(f'<link rel="preload" as="font" crossorigin href="/fonts/Roboto-{face}.ttf">' for face in ("Regular", "Medium"))
    scripts = "".join(f'<script src="{own}/{name}.js" defer></script>' for name in ("order", "keys", "whole"))
    ui.add_head_html(preload + sheets + scripts + f"<script>{warmed()}</script>")
    ui.colors(
        primary="var(--accent)",
        secondary="#5A6675",
        accent="#1F5FBF",
        positive="#1B7A4B",
        negative="#B3261E",
        warning="#9A5A00",
        dark="#1C222B",
    )
    darkness = Darkness(DARK.get(session.app.drafts.setting("theme", "auto")))
    session.set_theme = lambda name: darkness.put(DARK[name])
    if session.app.drafts.setting("folded", default=False):
        ui.query("body").classes("folded")


def warmed() -> str:
    """The script by which a page that stands loads what the other screens are made of: the first click on them does not wait for it."""
    own = [f"/_nicegui/{__version__}/components/{part.key}" for part in js_components.values() if part.path.parent == Path(__file__).parent]
    return f"addEventListener('load', () => setTimeout(() => {json.dumps(own)}.forEach((part) => import(part).catch(() => 0)), {SETTLED}))"


@cache
def of_this_version() -> str:
    """Where our files are: another place when one of them is another, so that no browser shows the old ones after an upgrade."""
    content = b"".join(path.read_bytes() for path in sorted(STATIC.iterdir()))
    return f"/static/{blake2b(content, digest_size=8).hexdigest()}"
