"""«Загрузить из Excel»: a table comes in by the screens, with its bad rows named, stopped, taken back, and nothing doubled."""

from __future__ import annotations

import re
import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Locator, Page, expect

from local_app.exports.files import write_file
from local_app.imports.samples import sample_table
from local_app.passing import LOADED
from shared.store import FILE_NAME
from tests.browser import sample
from tests.browser.conftest import Opening, Program, launch, stop
from tests.support.laptops import answered, write_table

HEADERS = ["Номер", "Дата", "Покупатель", "Номенклатура", "Кол-во", "Сколько стоит", "Склад"]
MANY = 30_000
"""Clients of a file that takes some seconds to write."""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Program]:
    """A program whose data nobody else has touched."""
    folder = tmp_path / "laptop"
    folder.mkdir()
    sample.fill(folder)
    running = launch(folder)
    yield running
    stop(running)


def counted(program: Program, entity: str, condition: str = "1") -> int:
    (row,) = answered("desk", "--data", str(program.folder), "sql", f"SELECT count(*) AS n FROM {entity} WHERE deleted = 0 AND {condition}")
    return int(row["n"])


def give(page: Page, *files: Path) -> None:
    page.locator("input[type=file]").set_input_files([str(file) for file in files])


def foot(page: Page, name: str) -> Locator:
    """A button of the bar below by its whole name: «Загрузить» is not «Загрузить ещё файл»."""
    return page.locator(".loading-foot").get_by_role("button", name=name, exact=True)


def field(page: Page, column: str) -> Locator:
    return page.get_by_label(f"Поле для столбца «{column}»", exact=True)


def sales(tmp_path: Path, *rows: list[str]) -> Path:
    return write_table(tmp_path / "sales.csv", [HEADERS, *rows])


def test_orders_come_in_from_the_register_and_one_click_takes_them_back(opened: Opening, own: Program, tmp_path: Path) -> None:
    page = opened(own, "/orders")
    expect(page.locator(".totals")).to_contain_text("240 заказов")
    page.get_by_label("Загрузить из Excel").click()
    rows = [["Н-1", "01.02.2026", "ООО «Ромашка»", "Гвозди", str(number), "10,50", "Тула"] for number in (1, 2)]
    give(page, sales(tmp_path, *rows, ["Н-2", "02.02.2026", "ООО «Новый»", "Молоток", "1", "1 200", ""]))
    expect(field(page, "Покупатель")).to_have_value("client")
    expect(field(page, "Склад")).to_have_value("")
    expect(page.locator(".loading-foot")).to_contain_text("Не хватает: «Цена»")
    expect(foot(page, "Проверить")).to_be_disabled()
    field(page, "Сколько стоит").select_option("price")
    expect(page.locator(".loading-foot")).to_contain_text("Не загружаются столбцы: Склад")
    foot(page, "Проверить").click()
    expect(page.get_by_role("row", name=re.compile("Заказы"))).to_have_text(re.compile("Заказы2——"))
    expect(page.locator(".loading")).to_contain_text(re.compile(r"1\s231,50"))
    assert counted(own, "orders") == 240
    expect(foot(page, "Загрузить")).to_be_focused()  # the next step has the focus
    page.keyboard.press("Enter")
    expect(page.locator(".loading")).to_contain_text("Загружено: 2 заказа, 3 строки")
    assert counted(own, "orders") == 242
    assert list((own.folder / LOADED).iterdir()) == []
    foot(page, "Отменить загрузку").click()
    expect(page.locator(".loading")).to_contain_text("Загрузка отменена")
    assert counted(own, "orders") == 240
    foot(page, "К списку").click()
    expect(page.locator(".totals")).to_contain_text("240 заказов")


def test_the_same_file_twice_has_nothing_to_load_and_knows_its_columns(opened: Opening, own: Program, tmp_path: Path) -> None:
    file = sales(tmp_path, ["Н-1", "01.02.2026", "ООО «Ромашка»", "Гвозди", "1", "10,50", "Тула"])
    page = opened(own, "/orders/import")
    give(page, file)
    field(page, "Сколько стоит").select_option("price")
    foot(page, "Проверить").click()
    foot(page, "Загрузить").click()
    foot(page, "Загрузить ещё файл").click()
    expect(page.locator(".loading-zone")).to_be_visible()
    give(page, file)
    expect(field(page, "Сколько стоит")).to_have_value("price")
    foot(page, "Проверить").click()
    expect(page.locator(".loading-foot")).to_contain_text("Загружать нечего")
    expect(foot(page, "Загрузить")).to_be_disabled()
    assert counted(own, "order_lines", "name = 'Гвозди'") == 1


def test_the_users_own_fields_are_filled_as_the_columns_tell(opened: Opening, own: Program, tmp_path: Path) -> None:
    def define(home: str, name: str, kind: str) -> None:
        answered("desk", "--data", str(own.folder), "new", "custom_fields", f"home={home}", f"name={name}", f"value_kind={kind}")

    define("orders", "Доставка", "text")
    rows = [HEADERS, ["Н-1", "01.02.2026", "ООО «Ромашка»", "Гвозди", "1", "10,50", "12,5"]]
    told = [["доставка", "Цвет изделия"], ["Курьер", "синий"]]
    file = write_table(tmp_path / "s.csv", [[*row, *more] for row, more in zip(rows, told, strict=True)])
    page = opened(own, "/orders/import")
    expect(page.locator(".loading-fields")).to_contain_text("Доставка")
    give(page, file)
    expect(field(page, "доставка")).to_have_value("custom:Доставка")
    expect(field(page, "Склад")).to_have_value("")
    define("order_lines", "Склад", "quantity")
    define("order_lines", "Цвет", "text")
    page.reload()  # as by the menu from where the fields are defined
    expect(field(page, "Склад")).to_have_value("custom:Склад")
    assert field(page, "Цвет изделия").locator("optgroup").evaluate_all("each => each.map(group => group.label)")[-2:] == [
        "Параметры строки", "Параметры заказа",
    ]  # fmt: skip
    field(page, "Цвет изделия").select_option(label="Цвет")
    field(page, "Сколько стоит").select_option("price")
    expect(page.locator(".loading-foot")).to_contain_text("Загружаются все столбцы")
    foot(page, "Проверить").click()
    expect(page.get_by_role("row", name=re.compile("Значения параметров"))).to_have_text("Значения параметров3——")
    foot(page, "Загрузить").click()
    expect(page.locator(".loading")).to_contain_text("3 значения")
    assert counted(own, "custom_values", "value IN ('Курьер', '12.5', 'синий')") == 3
    foot(page, "Загрузить ещё файл").click()
    give(page, file)
    expect(field(page, "Цвет изделия")).to_have_value("custom:Цвет")
    foot(page, "Проверить").click()
    expect(page.locator(".loading-foot")).to_contain_text("Загружать нечего")


def test_bad_rows_are_named_go_out_as_a_file_and_the_good_ones_come_in_without_them(opened: Opening, own: Program, tmp_path: Path) -> None:
    rows = [["Название", "ИНН", "Город"], *([f"Клиент {number}", "7,7E+09", "Тула"] for number in range(250)), ["Верный", "", "Орёл"]]
    page = opened(own, "/clients/import")
    give(page, write_table(tmp_path / "c.csv", rows))
    foot(page, "Проверить").click()
    expect(page.locator(".loading")).to_contain_text("Ошибки в 250 строках")
    expect(page.locator(".loading-problems tbody tr")).to_have_count(200)
    expect(page.locator(".loading-problems tbody tr").first).to_have_text(re.compile("^2ИННИНН записан числом и потерял цифры"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Все ошибочные строки в Excel").click()
    book = load_workbook(BytesIO(download.value.path().read_bytes()), read_only=True)
    assert book.active is not None
    told = list(book.active.iter_rows(values_only=True))
    book.close()
    assert (len(told), told[0], told[1][0], told[1][2:]) == (
        251, ("Строка файла", "Что не так", "Название", "ИНН", "Город"), 2, ("Клиент 0", "7,7E+09", "Тула"),
    )  # fmt: skip
    foot(page, "Загрузить без 250 ошибочных строк").click()
    expect(page.locator(".loading")).to_contain_text("Загружено: 1 клиент")
    assert counted(own, "clients") == len(sample.CLIENTS) + 1


def test_a_file_that_is_no_table_is_told_above_the_place_for_another_one(opened: Opening, program: Program, tmp_path: Path) -> None:
    page = opened(program, "/products/import")
    for name, content, words in (
        ("прайс.xlsx", b"PK\x03\x04 broken", "повреждён или защищён паролем"),
        ("пусто.csv", b"", "пуст"),
        ("письмо.docx", b"PK", "Это не таблица"),
    ):
        (tmp_path / name).write_bytes(content)
        give(page, tmp_path / name)
        expect(page.get_by_role("alert")).to_contain_text(words)
        expect(page.locator(".loading-zone")).to_be_visible()
    assert not any((program.folder / LOADED).glob("*/*"))
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("/products$"))


def test_a_dropped_workbook_offers_its_sheets(opened: Opening, program: Program, tmp_path: Path) -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Обложка"
    first.append(["Прайс-лист"])
    second = book.create_sheet("Товары")
    for row in (["Название", "Цена"], ["Кабель ВВГ", 120]):
        second.append(row)
    book.save(tmp_path / "p.xlsx")
    page = opened(program, "/products/import")
    drop(page, tmp_path / "p.xlsx")
    expect(foot(page, "Проверить")).to_be_disabled()
    page.get_by_label("Лист", exact=True).select_option("Товары")
    expect(field(page, "Цена")).to_have_value("price")
    foot(page, "Проверить").click()
    expect(page.get_by_role("row", name=re.compile("Товары и услуги"))).to_have_text("Товары и услуги——1")


def drop(page: Page, file: Path) -> None:
    """As from the desktop of the system."""
    script = (
        "([content, name]) => { const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0)), held = new DataTransfer();"
        " held.items.add(new File([bytes], name)); return held }"
    )
    expect(page.locator(".loading-zone")).to_be_visible()
    held = page.evaluate_handle(script, [b64encode(file.read_bytes()).decode(), file.name])
    page.dispatch_event(".loading-zone", "drop", {"dataTransfer": held})


def test_days_that_nothing_tells_apart_are_asked_about(opened: Opening, own: Program, tmp_path: Path) -> None:
    page = opened(own, "/orders/import")
    give(page, sales(tmp_path, ["Н-1", "03/04/2026", "ООО «Ромашка»", "Гвозди", "1", "10,50", ""]))
    field(page, "Сколько стоит").select_option("price")
    page.get_by_label("Вид дат в столбце «Дата»").select_option(label="03/04/2026 — 4 марта 2026 г.")
    foot(page, "Проверить").click()
    foot(page, "Загрузить").click()
    expect(page.locator(".loading")).to_contain_text("Загружено: 1 заказ")
    assert counted(own, "orders", "date = '2026-03-04'") == 1


@contextmanager
def kept_from_writing(program: Program) -> Iterator[None]:
    """Its writing waits, however quick it is."""
    with closing(sqlite3.connect(program.folder / FILE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_a_stopped_loading_leaves_what_is_whole_and_goes_on_from_there(opened: Opening, own: Program, tmp_path: Path) -> None:
    file = write_table(tmp_path / "c.csv", [["Название"], *([f"Клиент {number}"] for number in range(MANY))])
    page = opened(own, "/clients/import")
    give(page, file)
    foot(page, "Проверить").click()
    with kept_from_writing(own):
        foot(page, "Загрузить").click()
        expect(page.locator(".loading-progress")).to_contain_text("Запись", timeout=30_000)
        foot(page, "Отменить").click()
        expect(page.locator(".loading-progress")).to_contain_text("Останавливается")
    expect(page.locator(".loading")).to_contain_text("Загрузка остановлена, записано", timeout=30_000)
    some = counted(own, "clients") - len(sample.CLIENTS)
    assert 0 <= some < MANY
    foot(page, "Продолжить").click()
    expect(foot(page, "Загрузить")).to_be_visible(timeout=30_000)  # the whole table is checked once more
    with kept_from_writing(own):
        foot(page, "Загрузить").click()
        page.locator(".nav").get_by_text("Календарь").click()  # other work goes on meanwhile
        expect(page.locator(".working")).to_be_visible()
    expect(page.locator(".notice")).to_contain_text("Загружено:", timeout=60_000)
    assert counted(own, "clients") == len(sample.CLIENTS) + MANY


def test_the_sample_file_is_downloaded_and_comes_in_by_the_keyboard(opened: Opening, own: Program, tmp_path: Path) -> None:
    page = opened(own, "/products/import")
    with page.expect_download() as download:
        page.get_by_role("button", name="Пример файла").click()
    download.value.save_as(tmp_path / "sample.xlsx")
    give(page, tmp_path / "sample.xlsx")
    expect(foot(page, "Проверить")).to_be_focused()
    page.keyboard.press("Enter")
    expect(foot(page, "Загрузить")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".loading")).to_contain_text("Загружено: 2 позиции")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("/products$"))
    page.get_by_label("Загрузить из Excel").click()
    expect(page.locator(".loading")).to_contain_text("Загружено: 2 позиции")


def test_a_file_waits_while_its_screen_is_left_and_goes_with_the_program(opened: Opening, own: Program, tmp_path: Path) -> None:
    assert write_file(tmp_path / "s.xlsx", sample_table("clients"), "Пример", lambda *_: None) == 2
    page = opened(own, "/clients/import")
    give(page, tmp_path / "s.xlsx")
    expect(field(page, "ИНН")).to_have_value("inn")
    field(page, "ИНН").select_option("code")
    expect(field(page, "ИНН")).to_have_attribute("value", "code")  # the program has heard of it
    page.reload()
    expect(field(page, "ИНН")).to_have_value("code")
    assert any((own.folder / LOADED).glob("*/s.xlsx"))
    stop(own)
    assert not (own.folder / LOADED).exists()
