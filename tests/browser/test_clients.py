"""Cards: saved field by field, explained where wrong, kept through a reload and a killed program, undone, refreshed."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from local_app.desk import Desk
from tests.browser import sample
from tests.browser.closing import close
from tests.browser.conftest import Opening, Program, launch, port_of_its_own, stop
from tests.support.laptops import answered

UNNAMED = """() => [...document.querySelectorAll('input, textarea, select, button')]
    .filter(part => part.offsetParent && !(part.ariaLabel || part.title || part.textContent.trim() || part.closest('label')))
    .map(part => part.outerHTML)"""
"""Controls that a screen reader could not name."""
NEW = "02000000-0000-7000-8000-00000000{:04x}"


def card(opened: Opening, program: Program, number: int, name: str = "") -> Page:
    """The card of a new client, named when a name is given."""
    page = opened(program, f"/clients/{NEW.format(number)}")
    if name:
        type_in(page.get_by_label("Название", exact=True), name)
        expect(page.locator(".saved")).to_contain_text("Сохранено")
    return page


def type_in(field: Locator, text: str) -> None:
    field.fill(text)
    field.press("Enter")


def stored(program: Program, number: int) -> dict[str, object]:
    """The row as another program reads it."""
    row: dict[str, object] = answered("desk", "--data", str(program.folder), "show", "clients", NEW.format(number))
    return row


def test_a_new_client_is_saved_field_by_field(opened: Opening, program: Program) -> None:
    page = card(opened, program, 1, "ООО «Новый дом»")
    type_in(page.get_by_label("Город"), "Пермь")
    page.get_by_label("Потенциальный").check()
    page.get_by_label("Вид").select_option(label="Физическое лицо")
    expect(page.get_by_role("heading", name="ООО «Новый дом»").first).to_be_visible()
    expect(page.get_by_text("Заказов пока нет")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Название", exact=True)).to_have_value("ООО «Новый дом»")
    expect(page.get_by_label("Город")).to_have_value("Пермь")
    expect(page.get_by_label("Потенциальный")).to_be_checked()
    expect(page.get_by_label("Вид")).to_have_value("person")


def test_a_wrong_value_is_explained_and_stays_after_a_reload_until_it_is_right(opened: Opening, program: Program) -> None:
    page = card(opened, program, 2, "ООО «Почта»")
    mail = page.get_by_label("Электронная почта")
    type_in(mail, "ivan собака")
    expect(page.get_by_role("alert")).to_contain_text("не похоже на адрес почты")
    page.reload()
    expect(mail).to_have_value("ivan собака")
    expect(page.get_by_role("alert")).to_contain_text("не похоже на адрес почты")
    type_in(mail, "ivan@example.ru")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.reload()
    expect(mail).to_have_value("ivan@example.ru")


def test_a_wrong_number_of_a_firm_is_saved_with_a_warning(opened: Opening, program: Program) -> None:
    page = card(opened, program, 11, "ООО «Цифра»")
    type_in(page.get_by_label("ИНН"), "7707083894")
    expect(page.locator(".field.warned")).to_contain_text("ИНН")
    type_in(page.get_by_label("ИНН"), "7707083893")
    expect(page.locator(".field.warned")).to_have_count(0)


def test_a_client_that_exists_already_is_named_while_typing(opened: Opening, program: Program) -> None:
    page = card(opened, program, 12, "Ромашка, ООО")
    expect(page.locator(".twin-bar")).to_contain_text("одинаковое название")
    page.get_by_role("link", name="ООО «Ромашка»").click()
    expect(page.get_by_role("heading", name="ООО «Ромашка»").first).to_be_visible()


def test_escape_gives_the_stored_value_back(opened: Opening, program: Program) -> None:
    page = card(opened, program, 3, "ООО «Прежнее»")
    name = page.get_by_label("Название", exact=True)
    name.fill("")
    name.blur()
    expect(page.get_by_role("alert")).to_contain_text("нужно заполнить")
    name.press("Escape")
    expect(name).to_have_value("ООО «Прежнее»")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_escape_after_a_pause_gives_the_value_from_before_the_typing_back(opened: Opening, program: Program) -> None:
    page = card(opened, program, 15, "ООО «Пауза»")
    name, heading = page.get_by_label("Название", exact=True), page.locator(".card-head h1")
    name.press("End")
    name.press_sequentially(" и Ко")
    expect(heading).to_have_text("ООО «Пауза» и Ко")  # the pause has saved it
    name.press("Escape")
    expect(name).to_have_value("ООО «Пауза»")
    expect(heading).to_have_text("ООО «Пауза»")


def test_a_long_text_that_escape_has_dropped_is_told_and_comes_back_by_a_click(opened: Opening, program: Program) -> None:
    page = card(opened, program, 17)
    expect(page.get_by_label("Название", exact=True)).to_be_focused()
    note = page.get_by_label("Примечание", exact=True)
    note.fill("Работа получаса")
    expect(page.locator(".saved")).to_contain_text("Сохранено")  # the pause has saved it
    note.press("Escape")
    expect(note).to_have_value("")
    expect(page.locator(".notice")).to_contain_text("Возвращён прежний текст: «Примечание»")
    page.locator(".notice").get_by_role("button", name="Отменить").click()
    expect(note).to_have_value("Работа получаса")


def test_a_text_typed_with_pauses_is_one_step_of_undo_and_one_line_of_history(opened: Opening, program: Program) -> None:
    page = card(opened, program, 16, "Д")
    heading, name = page.locator("h1"), page.get_by_label("Название", exact=True)
    name.press("End")
    for half, whole in (("ом", "Дом"), ("ик в", "Домик в"), (" деревне", "Домик в деревне")):
        name.press_sequentially(half)
        expect(heading).to_have_text(whole)  # the pause has saved it
    name.press("Enter")
    page.keyboard.press("Control+7")
    expect(page.locator(".moment").filter(has_text="Название")).to_have_count(1)
    expect(page.locator(".moment").filter(has_text="Название")).to_contain_text("Домик в деревне")
    page.keyboard.press("Control+z")
    expect(heading).to_have_text("Д")


def test_ctrl_z_undoes_the_last_act_and_says_which(opened: Opening, program: Program) -> None:
    page = card(opened, program, 4, "ООО «Отмена»")
    city = page.get_by_label("Город")
    type_in(city, "Тула")
    expect(page.locator(".saved")).to_contain_text("Сохранено")
    city.blur()
    page.keyboard.press("Control+z")
    expect(page.locator(".notice")).to_contain_text("Отменено")
    expect(city).to_have_value("")
    page.keyboard.press("Control+y")
    expect(city).to_have_value("Тула")
    page.keyboard.press("Control+z")
    expect(city).to_have_value("")
    page.get_by_role("button", name="Вернуть", exact=True).click()
    expect(city).to_have_value("Тула")


def test_what_is_typed_is_saved_when_a_key_leads_away(opened: Opening, program: Program) -> None:
    page = card(opened, program, 13, "ООО «Спешка»")
    page.get_by_label("Город").fill("Тверь")
    page.keyboard.press("Control+7")
    expect(page.locator(".moment").first).to_contain_text("Город: Тверь")


def test_enter_chooses_what_was_typed_and_not_what_was_listed_before(opened: Opening, program: Program) -> None:
    page = card(opened, program, 14, "ООО «Быстрый»")
    manager = page.get_by_label("Ответственный")
    manager.click()
    expect(page.get_by_role("option", name="Иванова Мария")).to_be_visible()
    manager.evaluate("""input => {
        input.value = "петр";
        input.dispatchEvent(new Event("input"));
        input.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter"}));
    }""")
    expect(manager).to_have_value("Петров Олег")


def test_a_manager_is_found_while_typing_and_a_new_one_is_created(opened: Opening, program: Program) -> None:
    page = card(opened, program, 5, "ООО «Выбор»")
    manager = page.get_by_label("Ответственный")
    manager.click()
    manager.fill("иван")
    page.get_by_role("option", name="Иванова Мария").click()
    expect(manager).to_have_value("Иванова Мария")
    way, known = page.get_by_role("link", name="Открыть: Сотрудник"), f"/directory/employees/{sample.row_id('employees', 'Иванова')}"
    expect(way).to_have_attribute("href", known)
    manager.click()
    manager.fill("Новиков Илья")
    page.get_by_role("option", name="Создать «Новиков Илья»").click()
    expect(manager).to_have_value("Новиков Илья")
    expect(way).not_to_have_attribute("href", known)  # the name stands there before the row is made
    page.reload()
    expect(manager).to_have_value("Новиков Илья")


def test_the_login_and_the_role_of_an_employee_are_only_shown(opened: Opening, program: Program) -> None:
    page = opened(program, f"/directory/employees/{sample.row_id('employees', 'Петров')}")
    expect(page.get_by_label("Имя для входа")).not_to_be_editable()
    expect(page.get_by_label("Роль")).to_be_disabled()
    expect(page.get_by_label("Роль")).to_have_value("manager")
    expect(page.get_by_text("Меняет администратор на странице сервера")).to_have_count(2)
    expect(page.get_by_label("Должность")).to_be_editable()


def test_contacts_of_a_client_are_added_in_a_window_and_counted(opened: Opening, program: Program) -> None:
    page = card(opened, program, 6, "ООО «Люди»")
    page.get_by_role("tab", name="Сотрудники").click()
    expect(page.get_by_role("tab", name="Сотрудники")).to_have_attribute("aria-selected", "true")  # the first one has that button, too
    page.get_by_role("button", name="Добавить").click()
    dialog = page.locator(".q-dialog")
    type_in(dialog.get_by_label("Фамилия, имя, отчество"), "Белова Вера Ильинична")
    expect(dialog.locator(".saved")).to_contain_text("Сохранено")
    dialog.get_by_role("button", name="Готово").click()
    expect(page.get_by_role("cell", name="Белова Вера Ильинична")).to_be_visible()
    expect(page.get_by_role("tab", name="Сотрудники").locator(".count")).to_have_text("1")
    page.get_by_label("Удалить").last.click()
    expect(page.get_by_role("cell", name="Белова Вера Ильинична")).to_have_count(0)
    page.locator(".notice").get_by_role("button", name="Отменить").click()
    expect(page.get_by_role("cell", name="Белова Вера Ильинична")).to_be_visible()


def test_sections_of_the_card_stand_in_the_address(opened: Opening, program: Program) -> None:
    page = opened(program, f"/clients/{sample.row_id('clients', 'ООО «Вектор»')}")
    page.get_by_role("tab", name="Заказы и документы").click()
    expect(page.locator(".totals")).to_contain_text("60 заказов")
    expect(page).to_have_url(re.compile("section=orders"))
    page.keyboard.press("Control+1")
    expect(page.get_by_label("Название", exact=True)).to_be_visible()
    expect(page).not_to_have_url(re.compile("section="))
    page.go_back()
    expect(page.locator(".totals")).to_contain_text("60 заказов")


def test_a_colleagues_change_is_shown_but_not_over_what_is_being_typed(opened: Opening, program: Program) -> None:
    page = card(opened, program, 7, "ООО «Вдвоём»")
    phone = page.get_by_label("Телефон")
    phone.press_sequentially("+7 9")
    answered("desk", "--data", str(program.folder), "set", "clients", NEW.format(7), "city=Омск")
    expect(page.get_by_label("Город")).to_have_value("Омск")
    expect(phone).to_have_value("+7 9")
    expect(phone).to_be_focused()


def test_a_deleted_client_says_so_and_can_be_restored(opened: Opening, program: Program) -> None:
    page = card(opened, program, 8, "ООО «Лишний»")
    page.get_by_label("Удалить").first.click()
    expect(page).to_have_url(program.url + "/clients")
    page.goto(f"{program.url}/clients/{NEW.format(8)}")
    expect(page.get_by_text("Запись удалена")).to_be_visible()
    page.get_by_role("button", name="Восстановить").click()
    expect(page.get_by_text("Запись удалена")).to_be_hidden()
    assert stored(program, 8)["deleted"] == 0


def test_the_history_tells_who_changed_what(opened: Opening, program: Program) -> None:
    page = card(opened, program, 9, "ООО «Летопись»")
    type_in(page.get_by_label("Город"), "Псков")
    page.get_by_role("tab", name="История").click()
    expect(page.locator(".moment").first).to_contain_text("Город: Псков")


def test_a_reader_of_names_hears_every_field(opened: Opening, program: Program) -> None:
    page = card(opened, program, 10, "ООО «Слух»")
    unnamed = page.evaluate(UNNAMED)
    assert unnamed == []


@pytest.fixture
def fragile(tmp_path: Path) -> Program:
    """A program of one's own, to be killed."""
    Desk.open(tmp_path, create=True).close()
    return launch(tmp_path, "--port", port_of_its_own())


def test_what_is_typed_survives_a_killed_program(opened: Opening, fragile: Program) -> None:
    page = card(opened, fragile, 1, "ООО «Стойкость»")
    fragile.process.send_signal(signal.SIGKILL)
    fragile.process.wait(20)
    page.get_by_label("Город").fill("Вологда")
    page.get_by_label("Город").blur()
    close(page)  # a page that stands would load itself anew when the program is back, in the midst of what follows
    port = fragile.url.rsplit(":", 1)[1]
    again = launch(fragile.folder, "--port", port)
    try:
        page = opened(again, f"/clients/{NEW.format(1)}")
        expect(page.get_by_label("Название", exact=True)).to_have_value("ООО «Стойкость»")
        expect(page.get_by_label("Город")).to_have_value("Вологда")
        expect(page.locator(".saved")).to_contain_text("Сохранено")
        assert stored(again, 1)["city"] == "Вологда"
    finally:
        stop(again)
        stop(fragile)
