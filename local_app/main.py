"""The program with its window: one folder, one port on this machine, screens in the browser."""

from __future__ import annotations

import asyncio
import gc
import os
import secrets
import sys
import webbrowser
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from local_app import single
from local_app.guard import ENDED, ENDED_PATH, Guard, Keys, small_page
from local_app.passing import forget_halves, forget_loaded
from local_app.saying import of_the_system
from local_app.waiting import waiting
from shared.change import Refused
from shared.progress import Progress, silent
from shared.store import StoreTrouble
from shared.typed import complaint

if TYPE_CHECKING:
    from local_app.session import Application

RECONNECT_SECONDS = 900.0
"""A lid may be closed for a while and the tab goes on where it was; after a night it loads anew, and drafts bring back what was typed."""
POLL_SECONDS = 0.5
BETWEEN_COLLECTIONS = 50_000
"""New objects; a screen makes some thousands that last, and was searched for garbage ten times meanwhile: a twentieth of its time."""


def run(folder: Path, port: int | None = None, show: bool = True, title: str = "Заказник") -> int:  # noqa: FBT001, FBT002 - the command line calls it so
    """Open the program on a folder until it is stopped. 0: it ran, or the one that runs was shown; 1: it could not, stderr says why."""
    try:
        folder.mkdir(0o700, parents=True, exist_ok=True)
        with single.held(folder) as lock, single.claimed(port) as chosen:
            keys = Keys(secrets.token_urlsafe(32), chosen)
            single.write(lock, single.Running(keys.port, keys.secret))
            return serve(folder, keys, show=show, title=title)
    except single.Taken as taken:
        return show_running(taken.running, show=show)
    except (Refused, StoreTrouble) as trouble:
        return fail(str(trouble))
    except OSError as error:
        return fail(of_the_system(error))


def fail(words: str) -> int:
    print(complaint(words), file=sys.stderr)  # noqa: T201 - a program that cannot open a window says it here
    return 1


def show_running(running: single.Running | None, *, show: bool) -> int:
    """A second start on one folder: show the window of the first."""
    if running is None:
        return fail("Эта папка уже открыта другой программой. Подождите немного и попробуйте ещё раз")
    announce(Keys(running.secret, running.port), show=show, again=True)
    return 0


def announce(keys: Keys, *, show: bool, again: bool = False) -> None:
    """Print the address that opens the program once, and open it in the browser."""
    address = f"http://{single.HOST}:{keys.port}{keys.opening_path(secrets.token_urlsafe(9))}"
    print(f"{'Программа уже открыта' if again else 'Заказник открыт'}: {address}", flush=True)  # noqa: T201 - for who starts it from a terminal
    if show:
        webbrowser.open(address)


async def announce_when_open(keys: Keys, *, show: bool) -> None:
    """The start is over a moment before the port is open; whoever reads the address may use it at once."""
    while True:
        try:
            _, writer = await asyncio.open_connection(single.HOST, keys.port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.01)
            continue
        writer.close()
        announce(keys, show=show)
        return


def serve(folder: Path, keys: Keys, *, show: bool, title: str) -> int:
    """Load the web side (only now: the checks above must be quick) and serve until stopped."""
    os.environ["NICEGUI_STORAGE_PATH"] = str(folder / ".nicegui")
    sys.modules.setdefault("aiohttp", None)  # type: ignore[arg-type] # of a client that nobody here is: a sixth of the loading
    from nicegui import app as server
    from nicegui import background_tasks, ui
    from nicegui import run as worker

    from shared.money import in_words

    worker.process_pool_start_method = "spawn"
    with waiting(keys.port, show=show) as progress:
        application = open_application(folder, title, progress)
    server.add_middleware(Guard, keys=keys)
    build(application)
    server.on_startup(lambda: background_tasks.create(announce_when_open(keys, show=show)))
    server.on_startup(lambda: background_tasks.create(worker.io_bound(in_words, 0)))  # loaded before the first order asks
    server.on_startup(collect_rarely)
    server.on_shutdown(lambda: close(application))
    ui.run(
        root=page_of(application), host=single.HOST, port=keys.port, title=title, reload=False, show=False, language="ru", tailwind=False,
        show_welcome_message=False, reconnect_timeout=RECONNECT_SECONDS, favicon=favicon(), gzip_middleware_factory=None,
        ws_per_message_deflate=False, uvicorn_logging_level="error", binding_refresh_interval=None,
    )  # fmt: skip
    return 0


def collect_rarely() -> None:
    """What is loaded by now stays and is never searched for garbage; the rest is when some screens have come and gone."""
    gc.freeze()
    gc.set_threshold(BETWEEN_COLLECTIONS, 2)


def open_application(folder: Path, title: str, progress: Progress = silent) -> Application:
    """The desk, the drafts and the sync of a folder. Raises StoreTrouble. `progress`: of a large store that has to be drawn again."""
    from local_app.backups import Backups
    from local_app.desk import Desk, now_ms, steady_ms
    from local_app.documents.printer import Printer
    from local_app.drafts import Drafts
    from local_app.repeats import Repeats
    from local_app.session import Application
    from local_app.syncing import Syncing
    from shared.store.news import tell

    desk = Desk.open(folder, create=True, progress=progress)
    forget_loaded(folder)
    forget_halves(folder)
    try:
        drafts = Drafts.of_folder(folder, lambda words: tell(desk.store, words, now_ms()))
    except BaseException:
        desk.close()
        raise
    application = Application(folder, title, desk, drafts, datetime.now)
    application.sync = Syncing(application, now_ms)
    application.backups = Backups(folder, now_ms)
    application.repeats = Repeats(folder, steady_ms)
    application.printer = Printer()
    application.sync.watch(lambda: None if application.sync.busy else application.repeats.soon())
    return application


def close(application: Application) -> None:
    application.desk.close()
    application.drafts.close()
    application.printer.close()
    forget_loaded(application.folder)


def build(application: Application) -> None:
    """Everything that answers beside the screens: our files, the doors of the grids, the pulse."""
    from nicegui import app as server
    from starlette.responses import HTMLResponse

    from local_app.pages import order_documents
    from local_app.widgets import lean, listing, theme
    from local_app.wiping import forgetting

    lean.make_lean()
    theme.serve()
    server.include_router(listing.doors(application))
    server.include_router(order_documents.doors(application))
    server.add_api_route(ENDED_PATH, lambda: HTMLResponse(small_page(ENDED), headers={"Cache-Control": "no-store"}))
    application.desk.listen(lambda _: application.sync.edited())
    forget = forgetting(application.store, application.drafts)
    application.desk.listen(lambda _: forget())
    server.timer(POLL_SECONDS, application.desk.poll)
    server.timer(POLL_SECONDS, application.sync.tick)
    server.timer(POLL_SECONDS, application.sync.pulse)  # beside `tick`, which lasts as long as the sync does
    server.timer(POLL_SECONDS, application.backups.tick)
    server.timer(POLL_SECONDS, application.repeats.tick)


def page_of(application: Application) -> Callable[[], None]:
    """The one page of the program: the frame with all its screens inside."""
    from nicegui import ui

    from local_app.pages.screens import SCREENS
    from local_app.session import Session
    from local_app.widgets.frame import frame

    def page() -> None:
        session = Session(application, ui.context.client)
        session.start()
        frame(session, SCREENS)

    return page


def favicon() -> str:
    from local_app.widgets.theme import ICON

    return ICON
