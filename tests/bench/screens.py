"""What a click costs its user: the program on a large store and a real Chromium, from the click until what was asked for stands there."""

from __future__ import annotations

import shutil
from typing import NamedTuple

from playwright.sync_api import Page, sync_playwright

from tests.bench.large import large_store
from tests.bench.measure import Limit, Line, Options, median
from tests.browser.conftest import CHROMIUM, FLAGS, launch, stop

CLICK_MS = 100.0
MOST = 12
"""Repetitions at most: each takes a second with the way back."""
REST_MS = 500
"""Between two clicks the program comes to an end with everything; a page that was loaded, with what it loads for the other screens."""
WIDTH, HEIGHT = 1366, 768
MEASURED = """([act, there]) => new Promise((resolve, reject) => {
    const answered = new Function("return " + there), began = performance.now();
    const look = () => {
        const spent = performance.now() - began;
        if (answered()) resolve(spent);
        else if (spent > 20000) reject(new Error("nothing came of " + act));
        else setTimeout(look, 1);
    };
    new Function(act)();
    look();
})"""
GO = "document.querySelector(`a.entry[href='{}']`).click()"
FIRST = "document.querySelector(`.ag-row[row-index='0'] [col-id='{}']`)?.innerText"
NUMBER = FIRST.format("number")
OPEN = "document.querySelector(`.ag-row[row-index='{}'] [col-id='number']`).dispatchEvent(new MouseEvent('dblclick', {{bubbles: true}}))"
SORT = "document.querySelector(`.ag-header-cell[col-id='total'] .ag-header-cell-label`).click()"
CHOSEN = (
    "(rows => rows.length && rows.every(row => row.innerText === document.querySelector('.segments .on .status')?.innerText))"
    "([...document.querySelectorAll(`.ag-row [col-id='status_id']`)])"
)
TAB = "document.querySelectorAll('.{} [role=tab]')[{}].click()"
SETTINGS = "location.pathname === '/settings' && document.querySelector('.crumbs')?.innerText"
FORM, PANEL = "document.querySelector('.order-form input')", "document.querySelector('.order-body .panel')"


class Click(NamedTuple):
    """`act` is done at an address (`order`: of some order); `there`: what shows that it was answered. `turn` is the repetition."""

    figure: str
    at: str
    act: str
    there: str

    def scripts(self, turn: int) -> list[str]:
        return [self.act.replace("turn", str(turn)), self.there]


CLICKS = (
    Click("home_ms", "/settings", GO.format("/"), "document.querySelector('tr.link')"),
    Click("clients_ms", "/settings", GO.format("/clients"), FIRST.format("name")),
    Click("orders_ms", "/settings", GO.format("/orders"), NUMBER),
    Click("open_order_ms", "/orders", OPEN.format("turn"), FORM),
    Click("new_order_ms", "/orders", "document.querySelector('[data-key-new]').click()", FORM),
    Click("section_ms", "order", TAB.format("tabs", 2), PANEL),
    Click("sort_ms", "/orders", f"window.was = {NUMBER}; {SORT}", f"{NUMBER} && {NUMBER} !== window.was"),
    Click("segment_ms", "/orders", TAB.format("segments", "2 + turn % 5"), CHOSEN),
)


def screens(options: Options) -> Line:
    """Milliseconds: medians of clicks in one page, as somebody works there all day; `first_…`: the first click in a page just loaded."""
    orders = options.sized(100_000)
    folder = options.work / "laptop"
    shutil.copytree(large_store(options.cache, orders), folder)
    running = launch(folder)
    try:
        with sync_playwright() as playwright:
            path = next(filter(None, map(shutil.which, CHROMIUM)), None)
            with playwright.chromium.launch(executable_path=path, args=list(FLAGS)) as browser:
                page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="ru-RU")
                page.goto(running.entrance("bench"))
                page.wait_for_url(f"{running.url}/")
                turns = min(options.repeats, MOST)
                spent = {
                    click.figure: [loaded(page, running.url, click), *(again(page, click, turn) for turn in range(turns))]
                    for click in CLICKS
                }
    finally:
        stop(running)
    figures = {name: median(times[1:]) for name, times in spent.items()}
    first = {f"first_{name}": times[0] for name, times in spent.items()}
    return Line("screens", {"orders": orders}, {**figures, **first}, [Limit(name, CLICK_MS) for name in figures])


def all_of(page: Page, url: str, click: Click, turns: int) -> list[float]:
    return [loaded(page, url, click), *(again(page, click, turn) for turn in range(turns))]


def loaded(page: Page, url: str, click: Click) -> float:
    """Milliseconds until the first click in a page that was just loaded is answered."""
    page.goto(url + ("/orders" if click.at == "order" else click.at))
    return spent_on(page, click, MOST)


def again(page: Page, click: Click, turn: int) -> float:
    """Milliseconds until one more click is answered; the way back to where it is made goes by clicks too."""
    page.evaluate(GO.format("/orders" if click.at == "order" else click.at))
    return spent_on(page, click, turn)


def spent_on(page: Page, click: Click, turn: int) -> float:
    if click.at == "/settings":
        page.wait_for_function(SETTINGS)
    else:
        page.wait_for_function(f"location.pathname === '/orders' && {NUMBER} && document.querySelector('.totals')?.innerText")
    if click.at == "order":
        page.locator(".ag-row[row-index='0'] [col-id='number']").dblclick()
        page.wait_for_selector(".order-form")
    page.wait_for_timeout(REST_MS)
    return float(page.evaluate(MEASURED, click.scripts(turn)))
