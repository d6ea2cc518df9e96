"""The pictures of the manual, taken from the demo in a real Chromium: `python3 run.py screenshots [NAME …]`."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from playwright.sync_api import BrowserContext, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--lang=ru-RU",
)  # fmt: skip
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SIZE: ViewportSize = {"width": 1366, "height": 768}
DISPUTED = "Around the Horn"
"""A client of the sample whose phone two people change without seeing each other."""


class Demo(NamedTuple):
    """The running demo: its folder, and the addresses it printed, by the words before them."""

    folder: Path
    addresses: Mapping[str, str]

    def address(self, begins: str) -> str:
        return next(url for words, url in self.addresses.items() if words.startswith(begins))

    def ask(self, laptop: str, *words: str) -> Any:  # noqa: ANN401 - what a command answers
        command = [sys.executable, "-m", "local_app", "desk", "--data", str(self.folder / laptop), *words, "--json"]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout)  # noqa: S603

    def id_of(self, entity: str, name: str) -> str:
        found = self.ask("laptop-a", "sql", f"SELECT id FROM {entity} WHERE name = '{name}'")
        return str(found[0]["id"])


class Camera:
    """One browser window on laptop A."""

    def __init__(self, demo: Demo, page: Page) -> None:
        self.demo, self.page = demo, page
        self.base = re.sub(r"(:\d+)/.*", r"\1", demo.address("Ноутбук А"))

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing loads and nothing moves."""
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_timeout(700)

    def take(self, name: str) -> None:
        self.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled", caret="hide")


# --- what is to be seen ------------------------------------------------------------------------------------------------


def home(camera: Camera) -> None:
    camera.go("/")


def clients(camera: Camera) -> None:
    camera.go("/clients")


def client(camera: Camera) -> None:
    camera.go(f"/clients/{camera.demo.id_of('clients', 'Ernst Handel')}")


def client_orders(camera: Camera) -> None:
    camera.go(f"/clients/{camera.demo.id_of('clients', 'Ernst Handel')}?section=orders")


def orders(camera: Camera) -> None:
    camera.go("/orders")


def new_order(camera: Camera) -> None:
    """An order of the day: a client by a few letters, one line typed, three chosen in the dialog, a discount on the whole."""
    page = camera.page
    camera.go("/orders/new")
    page.get_by_label("Клиент", exact=True).first.click()
    page.keyboard.type("ernst", delay=60)
    page.wait_for_timeout(1200)
    page.keyboard.press("Enter")
    camera.settle()
    page.get_by_label("Товар или услуга, новая строка").last.click()
    page.keyboard.type("chai", delay=60)
    page.wait_for_timeout(1200)
    page.keyboard.press("Enter")
    page.keyboard.type("12*3", delay=60)
    page.keyboard.press("Tab")
    camera.settle()


def pick(camera: Camera) -> None:
    new_order(camera)
    page = camera.page
    page.get_by_role("button", name="Добавить товар или услугу").click()
    camera.settle()
    page.keyboard.type("ch", delay=60)
    page.wait_for_timeout(1000)
    for number in (1, 2, 3):
        page.locator(".pick-option").nth(number).click()
        page.wait_for_timeout(400)
    camera.settle()


def order(camera: Camera) -> None:
    pick(camera)
    page = camera.page
    page.get_by_role("button", name="Добавить в заказ").click()
    camera.settle()
    page.locator('input[data-id="order"][data-field="discount"]').click()
    page.keyboard.type("5%")
    page.keyboard.press("Enter")
    camera.settle()


def status(camera: Camera) -> None:
    section(camera, "Статус")


def payments(camera: Camera) -> None:
    section(camera, "Оплаты")


def invoice(camera: Camera) -> None:
    order(camera)
    page = camera.page
    page.get_by_role("tab", name="Документы и шаблоны").click()
    page.get_by_role("button", name="Создать счёт").click()
    page.frame_locator("iframe").get_by_role("heading").wait_for()
    page.wait_for_timeout(1000)  # a page that is written into a frame is never «idle»


def section(camera: Camera, name: str) -> None:
    """A section of an order that has been paid for and shipped."""
    found = camera.demo.ask("laptop-a", "sql", "SELECT order_id FROM order_totals WHERE paid > 0 ORDER BY date DESC, order_id LIMIT 1")
    camera.go(f"/orders/{found[0]['order_id']}")
    camera.page.get_by_role("tab", name=name).click()
    camera.settle()


SALES = """№ п/п;Номер;Дата;Покупатель;ИНН;Артикул;Номенклатура;Кол-во;Ед.;Цена продажи;Скидка;Склад
1;С-101;12.03.2026;ООО «Ромашка»;7701234560;Д-25-150;Доска обрезная 25×150;40;шт;349,90;5%;Основной
2;С-101;12.03.2026;ООО «Ромашка»;7701234560;У-1;Доставка по городу;1;усл;1 500,00;;
3;С-102;13.03.2026;ИП Ёлкин П. И.;500100732259;Г-100;Гвозди 100 мм;2,5;кг;210,00;;Основной
"""
"""A table as people have them: most names are known, «Цена продажи» is to be chosen."""


def loading(camera: Camera) -> None:
    """A file of sales, its columns about to be checked."""
    camera.go("/orders/import")
    page = camera.page
    page.locator("input[type=file]").set_input_files(
        {"name": "Продажи за март.csv", "mimeType": "text/csv", "buffer": SALES.encode("utf-8-sig")}
    )
    page.get_by_label("Поле для столбца «Цена продажи»").select_option("price")
    page.wait_for_timeout(2000)  # the line of the upload fades


def calendar(camera: Camera) -> None:
    camera.go("/calendar")


def report(camera: Camera) -> None:
    camera.go("/reports/sales_by_month")


def conflicts(camera: Camera) -> None:
    """Both laptops write one field at the same moment, then both sync."""
    for laptop in ("laptop-a", "laptop-b"):
        camera.demo.ask(laptop, "sync")
    row = camera.demo.id_of("clients", DISPUTED)
    with ExitStack() as both:
        for laptop, phone in (("laptop-a", "+7 495 000-11-22"), ("laptop-b", "+7 495 000-33-44")):
            command = [sys.executable, "-m", "local_app", "desk", "--data", str(camera.demo.folder / laptop), "set", "clients", row]
            both.enter_context(subprocess.Popen([*command, f"phone={phone}"], stdout=subprocess.DEVNULL))  # noqa: S603
    for laptop in ("laptop-a", "laptop-b", "laptop-a"):
        camera.demo.ask(laptop, "sync")
    camera.go("/sync")


def manager(camera: Camera) -> None:
    """Datasette as the manager sees it."""
    enter(camera, camera.demo.address("Отчёты") + "-/login", "orlova")
    camera.page.goto(camera.demo.address("Отчёты") + "reports/sales_by_month")
    camera.settle()


def devices(camera: Camera) -> None:
    """The administrator's page of devices on the hub."""
    enter(camera, camera.demo.address("Сервер"), "admin")
    camera.page.goto(camera.demo.address("Сервер") + "devices")
    camera.settle()


def enter(camera: Camera, address: str, login: str) -> None:
    camera.page.context.clear_cookies(name="zakaznik_hub")  # hub and reports share the session of a host
    camera.page.goto(address)
    camera.page.fill("input[name=login]", login)
    camera.page.fill("input[name=password]", f"demo-{login}")
    camera.page.get_by_role("button", name="Войти").click()
    camera.settle()


SHOTS: Mapping[str, Callable[[Camera], None]] = MappingProxyType({
    "home": home, "clients": clients, "client": client, "client-orders": client_orders, "orders": orders, "pick": pick, "order": order,
    "invoice": invoice, "status": status, "payments": payments, "loading": loading, "calendar": calendar, "report": report,
    "conflicts": conflicts, "manager": manager, "devices": devices,
})  # fmt: skip
"""Every picture of the manual and how to come to it."""


# --- the demo and the browser ------------------------------------------------------------------------------------------


@contextmanager
def running_demo() -> Iterator[Demo]:
    """A demo in a folder of its own, ended as a whole."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "demo"
        command = [sys.executable, "-m", "local_app", "demo", "--data", str(folder), "--no-browser"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:  # noqa: S603
            try:
                yield Demo(folder, addresses_of(process))
            finally:
                process.terminate()
                process.communicate()  # it says what it stops


def addresses_of(process: subprocess.Popen[str]) -> dict[str, str]:
    """What the demo prints, up to the line that says how to stop it."""
    found: dict[str, str] = {}
    for line in process.stdout or ():
        if match := re.search(r"^ *(.+): (http://\S+)$", line):
            found[match[1]] = match[2]
        if "Ctrl+C" in line:
            break
    return found


@contextmanager
def window(addresses: Sequence[str]) -> Iterator[BrowserContext]:
    """A new Chromium that has been let into these laptops."""
    with sync_playwright() as driver:
        program = next(filter(None, map(shutil.which, CHROMIUM)), None)
        browser = driver.chromium.launch(executable_path=program, args=list(FLAGS))
        context = browser.new_context(viewport=SIZE, locale="ru-RU", timezone_id="Europe/Moscow", reduced_motion="reduce")
        for address in addresses:
            page = context.new_page()
            page.goto(address)
            page.wait_for_load_state("networkidle")
            page.close()
        yield context
        browser.close()


def main(names: Sequence[str]) -> int:
    """Exit code 2: no such picture."""
    if unknown := set(names) - set(SHOTS):
        sys.stderr.write(f"Нет таких картинок: {', '.join(sorted(unknown))}. Есть: {', '.join(SHOTS)}\n")
        return 2
    PICTURES.mkdir(exist_ok=True)
    with running_demo() as demo, window([demo.address("Ноутбук А"), demo.address("Ноутбук Б")]) as context:
        camera = Camera(demo, context.new_page())
        for name, come in SHOTS.items():
            if not names or name in names:
                come(camera)
                camera.take(name)
                sys.stdout.write(f"docs/pictures/{name}.png\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
