"""A running program with goods to sell and one browser: what the tests of the order form stand on."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from local_app.desk import Desk
from shared.change import ROOT, Change, Edit, change_id, next_stamp
from shared.entity import MICRO, Value
from tests.browser.conftest import PATIENCE_MS, Program, launch, let_in, port_of_its_own, stay, stop

NBSP = "\N{NO-BREAK SPACE}"
DAY = "2026-11-23"
HOLD = """() => {
  window.asked = fetch;
  window.held = [];
  window.fetch = (...question) => new Promise((answered) => held.push(() => answered(asked(...question))));
}"""
"""Questions of the page wait until they are let go. The browser's own interception lets slip by what is asked right after it."""
GOODS = (("board", "Доска обрезная", "D-1", 1198), ("nails", "Гвозди", "N-1", 100), ("delivery", "Доставка", "S-1", 500))


class Shop:
    """The program, its data as a second process sees them, and the browser."""

    def __init__(self, program: Program, desk: Desk, context: BrowserContext) -> None:
        self.program, self.desk, self.context = program, desk, context
        self.orders = self.foreign = 0

    def order(self, *lines: dict[str, Value], **fields: Value) -> str:
        """A new order with these lines; ids of the lines are «order-1», «order-2» …"""
        self.orders += 1
        order_id = f"order{self.orders}"
        named: dict[str, Value] = {"organization_id": "firm", "client_id": "client", "status_id": "new", "manager_id": "anna"}
        edits = [Edit("orders", order_id, {"number": f"Т-{self.orders}", "date": DAY, **named, **fields})]
        for number, line in enumerate(lines, 1):
            own: dict[str, Value] = {"order_id": order_id, "position": f"V{number}", "name": f"Строка {number}", "vat_percent": 22 * MICRO}
            edits.append(Edit("order_lines", f"{order_id}-{number}", {**own, **line}))
        self.desk.do(edits, "Заказ для проверки")
        return order_id

    def from_another_laptop(self, entity: str, row: str, patch: dict[str, Value], *, knowing: bool = False) -> None:
        """A change as the sync brings it: by a colleague who has seen nothing of what was done here, or (`knowing`) all of this row."""
        self.foreign += 1
        device, text = f"other{self.foreign}", orjson.dumps(patch)
        stamp = next_stamp(self.desk.clock(), self.desk.store.log.state().stamp)
        key = change_id(ROOT, device, 1, 1, "oleg", entity, row, text)
        with self.desk.store.transaction():
            seen = self.desk.store.db.execute("SELECT id FROM log WHERE row = ?", (row,)).fetchall() if knowing else []
            change = Change(key, ROOT, device, 1, 1, "oleg", entity, row, text, stamp, 0, 0, b"".join(each for (each,) in seen))
            self.desk.store.commit([change], first_place=self.foreign)
            self.desk.store.log.set_state(place=self.foreign)

    def freeze(self) -> None:
        """As on a laptop that is too busy to answer."""
        self.program.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It has time again."""
        self.program.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """As when the power goes."""
        self.program.process.send_signal(signal.SIGKILL)
        self.program.process.wait(20)

    def start_again(self) -> None:
        """On the port where it was, so that the browser knows it."""
        stop(self.program)
        self.program = launch(self.program.folder, "--port", self.program.url.rpartition(":")[2])

    def let_in(self) -> None:
        """Hand the browser the cookie of this launch."""
        let_in(self.context, self.program, f"{self.orders:032x}")

    def lines(self, order_id: str) -> list[dict[str, object]]:
        sql = "SELECT * FROM order_lines WHERE order_id = ? AND deleted = 0 ORDER BY position, id"
        return self.desk.store.rows(sql, (order_id,))

    def open(self, order_id: str) -> OrderScreen:
        page = self.context.new_page()
        page.goto(f"{self.program.url}/orders/{order_id}")
        return OrderScreen(page)


class OrderScreen:
    """The order form as a person sees it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.ready()

    def ready(self) -> None:
        expect(self.fresh).to_be_visible()

    def written(self) -> None:
        """The program has answered to all that was typed into the lines: a cell shows it before."""
        kept = "Object.keys(localStorage).filter(key => key.startsWith('zakaznik lines ')).map(key => JSON.parse(localStorage[key]))"
        self.page.wait_for_function(f"() => !{kept}.some(each => each.waiting?.length)")

    @property
    def fresh(self) -> Locator:
        """The product cell of the new line."""
        return self.page.get_by_label("Товар или услуга, новая строка").last

    def cell(self, name: str, line: int) -> Locator:
        return self.page.get_by_label(f"{name}, строка {line}", exact=True)

    def sum(self, line: int) -> Locator:
        return self.page.locator(".lines tbody tr[data-id]").nth(line - 1).locator("td.sum")

    def total(self, label: str) -> Locator:
        return self.page.locator(".lines-totals dt", has_text=label).locator("xpath=following-sibling::dd[1]")

    def names(self) -> list[str]:
        """Product cells of all lines but the new one."""
        cells = self.page.locator(".lines tbody tr[data-id]:not(.ghost) td.product input")
        return [cell.input_value() for cell in cells.all()]

    def keys(self, *keys: str) -> None:
        """Texts are typed, keys in angle brackets are pressed, as in «доска», «<Enter>»."""
        for key in keys:
            if key.startswith("<"):
                self.page.keyboard.press(key[1:-1])
            else:
                self.page.keyboard.type(key)

    def paste(self, text: str) -> None:
        """A paste into the focused cell, as the clipboard brings it."""
        self.page.evaluate(
            "text => { const data = new DataTransfer(); data.setData('text/plain', text);"
            " document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})) }",
            text,
        )

    def listed(self) -> Locator:
        """What the list under the cell offers."""
        return self.page.locator(".lines-list li")


@contextmanager
def open_shop(folder: Path, browser: Browser) -> Iterator[Shop]:
    """Goods in the store, the program over it, a browser that has been let in."""
    desk = Desk.open(folder, create=True)
    desk.do(reference_rows(), "Справочники для проверки")
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="ru-RU", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    shop = Shop(launch(folder, "--port", port_of_its_own()), desk, context)
    try:
        shop.let_in()
        stay(context, shop.program.url)
        yield shop
    finally:
        context.close()
        stop(shop.program)
        desk.close()


def reference_rows() -> list[Edit]:
    goods = [
        Edit("products", row, {
            "name": name, "sku": sku, "price": price * MICRO, "unit_id": "piece", "vat_rate_id": "main", "barcode": f"46000000000{number}",
        })
        for number, (row, name, sku, price) in enumerate(GOODS)
    ]  # fmt: skip
    return [
        Edit("organizations", "firm", {"name": "ООО «Ромашка»", "main": 1}),
        Edit("organizations", "exempt", {"name": "ИП Упрощёнка"}),
        Edit("vat_regimes", "regime", {"organization_id": "exempt", "since": "2020-01-01", "regime": "simplified"}),
        Edit("vat_rates", "main", {"name": "22 %", "percent": 22 * MICRO, "valid_from": "2026-01-01"}),
        Edit("vat_rates", "former", {"name": "20 %", "percent": 20 * MICRO, "valid_from": "2019-01-01", "valid_to": "2025-12-31"}),
        Edit("vat_rates", "ten", {"name": "10 %", "percent": 10 * MICRO}),
        Edit("vat_rates", "none", {"name": "Без НДС"}),
        Edit("units", "piece", {"name": "шт"}),
        Edit("units", "kilo", {"name": "кг"}),
        Edit("statuses", "new", {"name": "Новый", "position": 1, "color": "blue"}),
        Edit("statuses", "work", {"name": "В работе", "position": 2, "color": "violet"}),
        Edit("employees", "anna", {"name": "Иванова Анна Сергеевна"}),
        Edit("employees", "oleg", {"name": "Смирнов Олег"}),
        Edit("clients", "client", {"name": "ООО «Вектор»"}),
        Edit("contacts", "boss", {"client_id": "client", "name": "Кузнецов Пётр"}),
        Edit("clients", "stranger", {"name": "Чужая фирма"}),
        Edit("contacts", "foreign", {"client_id": "stranger", "name": "Чужой Человек"}),
        Edit("custom_fields", "delivery", {"home": "orders", "name": "Предоплата по договору", "value_kind": "money", "position": 1}),
        Edit("custom_fields", "way", {"home": "orders", "name": "Способ доставки", "value_kind": "text", "position": 2}),
        *goods,
    ]
