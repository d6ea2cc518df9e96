"""The first minutes of a new user: the reference lists are there, alone or beside a hub that has none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect

from shared.change import Edit
from tests.browser.conftest import Opening, Program, launch, stop
from tests.support.laptops import new_desk


@contextmanager
def started(folder: Path) -> Iterator[Program]:
    running = launch(folder)
    try:
        yield running
    finally:
        stop(running)


def test_the_first_order_of_a_new_user_has_a_status_a_rate_and_units(opened: Opening, tmp_path: Path) -> None:
    with started(tmp_path) as program:
        page = opened(program, "/orders/new")
        expect(page.locator(".order-status")).to_contain_text("Новый")
        page.locator(".order-status").click()
        page.get_by_role("menuitem", name="В работе").click()
        expect(page.locator(".order-status")).to_contain_text("В работе")
        page.goto(program.url + "/directory")
        expect(page.get_by_role("link", name="Ставки НДС")).to_contain_text("7")
        expect(page.get_by_text("Заполнить справочники")).to_have_count(0)


def test_the_first_screen_of_a_new_user_begins_with_his_own_organization(opened: Opening, tmp_path: Path) -> None:
    with started(tmp_path) as program:
        page = opened(program)
        expect(page.get_by_role("button", name="Новый заказ")).to_have_count(0)
        page.get_by_role("button", name="Добавить свою организацию").click()
        page.get_by_label("Название", exact=True).fill("ООО «Ромашка»")
        page.keyboard.press("Tab")
        page.get_by_role("tab", name="Режимы НДС").click()
        expect(page.get_by_text("Пока здесь пусто, считается общий режим, с НДС.")).to_be_visible()
        page.keyboard.press("Alt+1")
        expect(page.get_by_role("button", name="Новый заказ")).to_be_visible()
        expect(page.get_by_role("button", name="Добавить свою организацию")).to_have_count(0)


def test_whoever_adds_an_assignee_is_asked_whom(opened: Opening, tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    desk.do([Edit("employees", "anna", {"name": "Анна Петрова"}), Edit("orders", "o", {"number": "1"})], "Заказ")
    with desk.store.transaction():
        desk.store.log.set_state(author="anna", prefix="АА")
    desk.close()
    with started(tmp_path) as program:
        page = opened(program, "/orders/o?section=assignees")
        page.get_by_role("button", name="Добавить", exact=True).click()
        window = page.get_by_role("dialog")
        expect(window.get_by_label("Наш сотрудник", exact=True)).to_be_focused()
        page.keyboard.type("анна")
        page.keyboard.press("Tab")
        expect(window.get_by_label("Наш сотрудник", exact=True)).to_have_value("Анна Петрова")
        window.get_by_role("button", name="Готово").click()
        expect(page.locator(".panel tbody tr")).to_contain_text("Анна Петрова")


def test_a_laptop_whose_hub_has_no_lists_fills_them_by_a_button(opened: Opening, tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    with desk.store.transaction():
        desk.store.log.set_state(author="anna", prefix="АА")
    desk.close()
    with started(tmp_path) as program:
        page = opened(program, "/orders/new")
        page.locator(".order-status").click()
        page.get_by_role("menuitem", name="Заполнить справочники").click()
        expect(page.get_by_text("Добавлено в справочники: ")).to_be_visible()
        page.get_by_role("menuitem", name="Согласование").click()  # the menu stands there with what it has now
        expect(page.locator(".order-status")).to_contain_text("Согласование")


def test_the_button_stands_in_the_directories_too(opened: Opening, tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    with desk.store.transaction():
        desk.store.log.set_state(author="anna", prefix="АА")
    desk.close()
    with started(tmp_path) as program:
        page = opened(program, "/directory")
        page.get_by_role("button", name="Заполнить справочники").click()
        expect(page.get_by_text("Добавлено в справочники: ")).to_be_visible()
        expect(page.get_by_role("link", name="Статусы")).to_contain_text("8")
        expect(page.get_by_role("button", name="Заполнить справочники")).to_have_count(0)
