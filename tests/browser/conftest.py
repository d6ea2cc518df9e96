"""The program as its user has it: a process on a folder, and Chromium on its one-time address."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from local_app import single
from local_app.guard import Keys
from tests.browser import sample
from tests.browser.closing import close
from tests.support.laptops import environment

if TYPE_CHECKING:
    from tests.browser.order_desk import OrderScreen, Shop

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
WINDOWLESS = "chromium-headless-shell"
"""The same engine without the windows around it, which nobody sees here and which take a fifth of the time."""
PATIENCE_MS = 30_000
"""An upper limit on a busy machine; nothing waits when what is expected is there."""
expect.set_options(timeout=PATIENCE_MS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test says what stood on its pages: most failures happen where nobody looks."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("browser")
    if report.failed and browser:
        report.sections += [(page.url, seen_on(page)) for context in browser.contexts for page in context.pages]
    return report


def seen_on(page: Page) -> str:
    try:
        held = page.evaluate("[document.activeElement.outerHTML, ...Object.entries(localStorage).map(String)]")
        return "\n".join([page.locator("body").inner_text(timeout=PATIENCE_MS), *(each[:300] for each in held)])
    except Error as error:
        return str(error)


class Program(NamedTuple):
    """A running program: its folder, its address, and addresses that open it."""

    folder: Path
    process: subprocess.Popen[str]
    url: str

    def entrance(self, nonce: str) -> str:
        """An opening address as a second start would print it; each nonce opens once."""
        running = single.read(self.folder / "app.lock")
        assert running is not None
        return self.url + Keys(running.secret, running.port).opening_path(nonce)


def until_it_answers(port: int) -> None:
    """The program says where it is a moment before it listens there."""
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the program does not answer")


def port_of_its_own() -> str:
    """For a program that is killed and comes back to it: none that a program looking for a free one would take meanwhile."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return str(found.getsockname()[1])


def launch(folder: Path, *options: str) -> Program:
    """Start the program and wait until it says where it is open."""
    command = [sys.executable, "-m", "local_app", "app", "--data", str(folder), "--no-browser", *options]
    outside = {name: value for name, value in environment().items() if name != "PYTEST_CURRENT_TEST"}  # else NiceGUI tests itself
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=outside)
    assert process.stdout is not None
    said = next((line for line in process.stdout if "http://" in line), "")
    found = re.search(r"http://127\.0\.0\.1:\d+", said)
    program = Program(folder, process, found[0] if found else "")
    if not found:
        stop(program)
        raise RuntimeError(f"the program did not start: {said!r}")
    until_it_answers(int(program.url.rsplit(":", 1)[1]))
    return program


def stop(program: Program) -> None:
    program.process.terminate()
    program.process.wait(20)
    assert program.process.stdout is not None
    program.process.stdout.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, (WINDOWLESS, *CHROMIUM))), None)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=[*FLAGS, "--process-per-site"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """One program on the sample firm for all tests of a file that only add to it: what other files add depends on who is quicker."""
    folder = tmp_path_factory.mktemp("laptop")
    sample.fill(folder)
    running = launch(folder)
    yield running
    stop(running)


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One browser profile for all tests: what was loaded once comes from its cache, as on a real laptop."""
    found = browser.new_context(locale="ru-RU", accept_downloads=True)
    found.set_default_timeout(PATIENCE_MS)
    yield found
    found.close()


def let_in(context: BrowserContext, program: Program, nonce: str) -> None:
    """Hands the browser the cookie of this launch, without a page: `test_access` enters as a person does."""
    answer = context.request.get(program.entrance(nonce))
    assert answer.ok, answer.text()


def stay(context: BrowserContext, url: str) -> None:
    """One tab stays open: the others live in its process, where scripts are compiled already. That is half of opening a page."""
    if not context.pages:
        context.new_page().goto(f"{url}/static/theme.css")


Opening = Callable[..., Page]


@pytest.fixture
def opened(context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Opening]:
    """`opened(program, "/clients")`: a tab of its own. A fault in the page, or a request to another machine, fails the test."""
    faults: list[str] = []
    pages: list[Page] = []

    def open_page(program: Program, path: str = "/", *, width: int = 1366, height: int = 768) -> Page:
        stay(context, program.url)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("request", lambda asked: faults.append(f"foreign: {asked.url}") if not is_own(asked.url, program) else None)
        let_in(context, program, f"{request.node.nodeid}{len(pages)}".encode().hex())
        page.goto(program.url + path)
        page.wait_for_selector(".nav")
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        close(page)
    assert faults == []


def is_own(url: str, program: Program) -> bool:
    return url.startswith((program.url, "data:", "blob:"))


@pytest.fixture
def page(opened: Opening, program: Program) -> Page:
    return opened(program)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Shop]:
    """A program with a few goods, for the tests of a file; they may kill it and start it again."""
    from tests.browser.order_desk import open_shop

    with open_shop(tmp_path_factory.mktemp("shop"), browser) as found:
        yield found


@pytest.fixture
def lined(shop: Shop) -> Iterator[tuple[Shop, str, OrderScreen]]:
    """The form of an order with three lines of 10, 20 and 30 roubles."""
    order_id = shop.order({"price": 10_000_000}, {"price": 20_000_000}, {"price": 30_000_000})
    screen = shop.open(order_id)
    yield shop, order_id, screen
    close(screen.page)
