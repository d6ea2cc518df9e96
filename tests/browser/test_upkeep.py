"""What keeps the data well, as its user meets it: repeats made one, a backup by a button, news of the machines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from local_app.desk import Desk
from shared.store import FILE_NAME, Store
from shared.store.news import tell
from tests.browser.conftest import Opening, Program, launch, stop
from tests.support.laptops import answered
from tests.support.machines import Machine, new_hub


def desk(program: Program, *words: str) -> str:
    return str(answered("desk", "--data", str(program.folder), *words)["id"])


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Program]:
    """A program with nothing in it: no repeats but those that the test makes."""
    Desk.open(tmp_path, create=True).close()
    running = launch(tmp_path)
    yield running
    stop(running)


def test_two_cards_of_one_client_become_one_and_two_again(opened: Opening, own: Program) -> None:
    kept = desk(own, "new", "clients", "name=ООО «Двойник»", "city=Орёл")
    other = desk(own, "new", "clients", "name=Двойник", "phone=+7 916 000-11-22")
    order = desk(own, "new", "orders", "number=Д-1", f"client_id={other}")
    page = opened(own, f"/clients/{kept}")
    page.get_by_role("link", name="Сравнить и объединить").click()
    expect(page.get_by_text("одинаковое название")).to_be_visible()
    page.get_by_role("button", name="Поменять местами").click()
    expect(page.get_by_role("button", name="Название: ООО «Двойник»")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Название: Двойник").click()
    expect(page.get_by_role("button", name="Название: Двойник")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Объединить", exact=True).click()
    expect(page.locator(".notice")).to_contain_text("Записи объединены")
    expect(page.get_by_text("одинаковое название")).to_have_count(0)

    def rows() -> list[dict[str, object]]:
        sql = (
            "SELECT c.id, c.name, c.city, c.phone, c.deleted, o.id AS orders FROM clients c LEFT JOIN orders o ON o.client_id = c.id "
            f"WHERE c.id IN ('{kept}', '{other}') ORDER BY c.deleted, c.name"
        )
        return list(answered("desk", "--data", str(own.folder), "sql", sql))

    united, gone = rows()
    assert united == {"id": kept, "name": "Двойник", "city": "Орёл", "phone": "+7 916 000-11-22", "deleted": 0, "orders": order}
    assert (gone["id"], gone["deleted"], gone["orders"]) == (other, 1, None)
    page.keyboard.press("Control+z")  # the notice may be gone by now
    expect(page.locator(".notice")).to_contain_text("Отменено")
    assert [(row["name"], row["phone"], row["orders"]) for row in rows()] == [
        ("Двойник", "+7 916 000-11-22", order),
        ("ООО «Двойник»", "", None),
    ]
    page.get_by_role("button", name="Это разные").click()
    expect(page.get_by_text("Повторов нет")).to_be_visible()


def test_a_backup_is_made_by_the_button(opened: Opening, own: Program) -> None:
    page = opened(own, "/settings")
    expect(page.get_by_text("Вернуть копию: завершите программу и выполните python3 run.py desk restore ФАЙЛ.")).to_be_visible()
    page.get_by_role("button", name="Сделать копию сейчас").click()
    expect(page.locator(".notice")).to_contain_text("Резервная копия сделана и проверена")
    expect(page.get_by_role("row", name=re.compile("Последняя копия сегодня"))).to_be_visible()
    assert any((own.folder / "backups").glob("*.sqlite"))


def test_news_of_the_machines_are_said_at_once_and_stay_until_they_are_read(opened: Opening, program: Program) -> None:
    page = opened(program, "/settings")
    words = "Сервер восстановлен из резервной копии. Проверка"
    store = Store.open(program.folder / FILE_NAME)
    tell(store, words, 1_790_000_000_000)
    store.close()
    expect(page.locator(".notice")).to_contain_text(words)
    page.goto(program.url + "/sync")
    expect(page.get_by_text("Что произошло")).to_be_visible()
    page.get_by_role("button", name="Понятно").click()
    expect(page.get_by_text("Что произошло")).to_be_hidden()
    expect(page.get_by_text(words)).to_have_count(0)


def test_a_revoked_laptop_says_so_and_an_open_window_of_a_wiped_one_shows_nothing_more(opened: Opening, tmp_path: Path) -> None:
    hub, laptop = new_hub(tmp_path / "hub"), Machine(tmp_path / "laptop")
    with hub.serving() as url:
        prefix = hub.enrol(url, laptop, "boris")["prefix"]
        laptop.client("Тайный клиент")
        laptop.sync()
        program = launch(laptop.folder)
        page = opened(program, "/sync")
        hub.run("revoke", prefix)
        page.get_by_role("button", name="Синхронизировать сейчас").click()
        expect(page.locator("header .sync")).to_have_text("Доступ отозван")
        expect(page.get_by_role("cell", name=re.compile("Обратитесь к администратору"))).to_be_visible()
        expect(page.get_by_text("Подключить к серверу заново")).to_be_visible()
        page.goto(program.url + "/clients")
        expect(page.get_by_text("Тайный клиент")).to_be_visible()
        hub.run("revoke", prefix, "--wipe")
        laptop.turned_away()  # by this sync, or by one of the open program that came first
        expect(page).to_have_url(program.url + "/sync")
        expect(page.locator("header .sync")).to_have_text("Данные стёрты администратором")
        expect(page.get_by_text("Администратор отозвал доступ").first).to_be_visible()
        page.goto(program.url + "/clients")
        expect(page.get_by_text("Заведите первого клиента")).to_be_visible()
        stop(program)
