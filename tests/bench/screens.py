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
REST_MS = 300
"""Between two clicks the program comes to an end with everything."""
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
    """Medians in milliseconds. The program has been used for a moment: it and the page keep what they have read."""
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
                figures = {click.figure: median([spent(page, running.url, click, turn) for turn in range(turns)]) for click in CLICKS}
    finally:
        stop(running)
    return Line("screens", {"orders": orders}, figures, [Limit(name, CLICK_MS) for name in figures])


def spent(page: Page, url: str, click: Click, turn: int) -> float:
    """Milliseconds until one click is answered."""
    page.goto(url + ("/orders" if click.at == "order" else click.at))
    if click.at == "/settings":
        page.wait_for_selector(".crumbs")
    else:
        page.wait_for_function(f"{NUMBER} && document.querySelector('.totals')?.innerText")
    if click.at == "order":
        page.locator(".ag-row[row-index='0'] [col-id='number']").dblclick()
        page.wait_for_selector(".order-form")
    page.wait_for_timeout(REST_MS)
    return float(page.evaluate(MEASURED, click.scripts(turn)))
