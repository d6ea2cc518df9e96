"""The sync as its user sees it: joining by a code, sending, a disagreement with a colleague and its end. The hub is a real one."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from local_app.desk import Desk, now_ms
from local_app.hubline import HubAddress
from local_app.sync import Syncer, note
from local_app.widgets.disputes import MOST
from shared import filestore
from shared.change import Edit
from shared.entity import Value
from shared.store import FILE_NAME, Store
from shared.store.news import tell
from sync_server.access import Access
from sync_server.hub import Hub
from sync_server.people import add_user
from tests.browser.conftest import Opening, Program, launch, stop
from tests.support.laptops import answered, write_table
from tests.sync_server.conftest import PASSWORD, QUICK, served

CLIENT = "02000000-0000-7000-8000-0000000000aa"


class Office(NamedTuple):
    """A hub with two people, and the laptop of one of them as a script works with it."""

    url: str
    access: Access
    colleague: Desk
    syncer: Syncer

    def code(self, login: str) -> str:
        return self.access.codes.issue(self.access.users.get(login).id)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    folder = tmp_path / "hub"
    folder.mkdir()
    access = Access.open(folder, clock=now_ms, luck=random.Random(7).randbytes, hasher=QUICK, create=True)
    hub = Hub.create(folder, now_ms)
    people = (("maria", "Мария Иванова", "manager"), ("boris", "Борис Петров", "manager"), ("rita", "Рита Белова", "reader"))
    for login, name, role in people:
        add_user(hub, access, login, name, role, PASSWORD)
    with served(hub, access) as url:
        desk = Desk.open(tmp_path / "boris", create=True)
        office = Office(url, access, desk, Syncer(tmp_path / "boris"))
        office.syncer.enrol(url, office.code("boris"))
        yield office
        desk.close()
    hub.close()
    access.close()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Program]:
    """A program that belongs to no hub yet, with one client in it."""
    desk = Desk.open(tmp_path / "maria", create=True)
    desk.do([Edit("clients", CLIENT, {"name": "ООО «Общий»", "city": "Уфа"})], "Клиент")
    desk.close()
    running = launch(tmp_path / "maria")
    yield running
    stop(running)


def join(page: Page, office: Office, login: str) -> None:
    page.get_by_label("Адрес сервера").fill(office.url)
    page.get_by_label("Одноразовый код").fill(office.code(login))
    page.get_by_role("button", name="Подключить").click()
    expect(page.locator(".top .sync")).to_contain_text("Синхронизировано")
    expect(page.get_by_text("Подключение к серверу")).to_have_count(0)  # the screen is drawn anew after that


def out_of_reach(program: Program) -> HubAddress:
    """No sync of the meantime changes anything, until the address that this answers with is kept again."""
    hub = HubAddress.of(program.folder)
    hub._replace(url="http://127.0.0.1:9").keep(program.folder)
    return hub


def send(page: Page, program: Program) -> None:
    """By the button, and wait until it has been done."""
    page.goto(program.url + "/sync")
    page.get_by_role("button", name="Синхронизировать сейчас").click()
    expect(page.locator(".notice")).to_contain_text("Синхронизировано")


def disagree(page: Page, program: Program, office: Office) -> None:
    """The user and a colleague name another city each, without seeing the other's; the hub knows both."""
    office.syncer.sync_once()
    office.colleague.do([Edit("clients", CLIENT, {"city": "Самара"})], "Город")
    page.goto(f"{program.url}/clients/{CLIENT}")
    page.get_by_label("Город").fill("Пермь")
    page.get_by_label("Город").press("Enter")
    expect(page.locator(".saved")).to_contain_text("Сохранено")
    send(page, program)
    office.syncer.sync_once()


def test_a_laptop_joins_by_a_code_and_its_work_reaches_the_colleague(opened: Opening, alone: Program, office: Office) -> None:
    page = opened(alone, "/sync")
    expect(page.locator(".top .sync")).to_contain_text("Не подключено")
    join(page, office, "maria")
    expect(page.locator(".top .me")).to_contain_text("Мария Иванова")
    office.syncer.sync_once()
    assert office.colleague.store.one("SELECT name FROM clients WHERE id = ?", (CLIENT,)) == "ООО «Общий»"


def test_a_wrong_code_is_refused_in_words(opened: Opening, alone: Program, office: Office) -> None:
    page = opened(alone, "/sync")
    page.get_by_label("Адрес сервера").fill(office.url)
    page.get_by_label("Одноразовый код").fill("0000-0000")
    page.get_by_role("button", name="Подключить").click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("[Кк]од"))
    expect(page.locator(".top .sync")).to_contain_text("Не подключено")


def test_a_clock_that_is_wrong_is_told_under_the_bar_until_it_is_right(opened: Opening, alone: Program) -> None:
    with closing(Store.open(alone.folder / FILE_NAME)) as store:
        note(store, clock_off=str(-130 * 60_000))
        page = opened(alone, "/orders")
        expect(page.locator(".under-top", has_text="часов")).to_contain_text(re.compile(r"отстают на 2.ч 10.мин от часов сервера"))
        note(store, clock_off="0")
    page.reload()
    expect(page.locator(".top .sync")).to_be_visible()
    expect(page.locator(".under-top", has_text="часов")).to_be_hidden()


def test_a_disagreement_shows_both_values_and_ends_by_a_choice(opened: Opening, alone: Program, office: Office) -> None:
    page = opened(alone, "/sync")
    join(page, office, "maria")
    disagree(page, alone, office)
    send(page, alone)
    expect(page.locator(".conflict")).to_contain_text("Пермь")
    expect(page.locator(".conflict")).to_contain_text("Самара")
    expect(page.locator(".conflict")).to_contain_text("Борис Петров")
    expect(page.locator(".panel .title", has_text="Расхождения")).to_have_css("font-weight", "500")
    expect(page.locator(".nav .badge").last).to_have_text("1")
    page.locator(".conflict .head", has_text="Самара").get_by_role("button").click()
    expect(page.get_by_text("Расхождений нет")).to_be_visible()
    send(page, alone)
    office.syncer.sync_once()
    assert office.colleague.store.conflicts() == []
    assert office.colleague.store.one("SELECT city FROM clients WHERE id = ?", (CLIENT,)) == "Самара"


def test_many_disagreements_are_settled_by_one_choice_that_can_be_undone(opened: Opening, alone: Program, office: Office) -> None:
    page, count = opened(alone, "/sync"), MOST + 10
    join(page, office, "maria")
    prices = [Edit("products", f"p{number:03}", {"name": f"Товар {number}", "price": 100_000_000}) for number in range(count)]
    office.colleague.do(prices, "Прайс-лист")
    office.syncer.sync_once()
    send(page, alone)
    mine = write_table(alone.folder / "mine.csv", [["Название", "Цена"], *([f"Товар {number}", "120"] for number in range(count))])
    answered("desk", "--data", str(alone.folder), "import", str(mine), "--as", "products")
    office.colleague.do([edit._replace(patch={"price": 130_000_000}) for edit in prices], "Новый прайс-лист")
    office.syncer.sync_once()
    send(page, alone)
    expect(page.locator(".panel .badge:visible")).to_have_text(str(count))
    expect(page.locator(".conflict")).to_have_count(MOST)
    expect(page.get_by_text(f"Показаны первые {MOST} из {count}")).to_be_visible()
    page.get_by_role("button", name="Решить все сразу").click()
    page.get_by_role("menuitem", name=f"Взять значения: Мария Иванова ({count})").click()
    expect(page.locator(".notice")).to_contain_text(f"Снято расхождений: {count}")
    undo = page.locator(".notice").get_by_role("button", name="Отменить")
    undo.focus()  # so it stays
    expect(page.get_by_text("Расхождений нет")).to_be_visible()
    undo.click()
    expect(page.locator(".notice")).to_contain_text("Отменено: Расхождения решены")
    page.locator(".notice").get_by_role("button", name="Вернуть").click()
    expect(page.locator(".notice")).to_contain_text("Возвращено: Расхождения решены")
    send(page, alone)
    office.syncer.sync_once()
    assert office.colleague.store.conflicts() == []
    assert office.colleague.store.rows("SELECT DISTINCT price FROM products") == [{"price": 120_000_000}]


def test_the_mark_on_the_field_settles_a_disagreement_in_the_card(opened: Opening, alone: Program, office: Office) -> None:
    page = opened(alone, "/sync")
    join(page, office, "maria")
    disagree(page, alone, office)
    send(page, alone)
    page.goto(f"{alone.url}/clients/{CLIENT}")
    page.locator(".field .mark").click()
    page.locator(".rival", has_text="Самара").get_by_role("button").click()
    expect(page.locator(".field .mark")).to_have_count(0)
    expect(page.get_by_label("Город")).to_have_value("Самара")


def test_a_press_of_the_button_counts_though_the_state_changes_under_the_pointer(opened: Opening, alone: Program, office: Office) -> None:
    page = opened(alone, "/sync")
    join(page, office, "maria")
    page.get_by_role("button", name="Синхронизировать сейчас").hover()
    page.mouse.down()
    store = Store.open(alone.folder / FILE_NAME)
    tell(store, "Сервер восстановлен", 1_790_000_000_000)
    store.close()
    expect(page.get_by_text("Что произошло")).to_be_visible()
    page.mouse.up()
    expect(page.locator(".notice")).to_contain_text("Синхронизировано")


def test_what_is_typed_into_a_disagreement_stays_when_a_sync_comes(opened: Opening, alone: Program, office: Office) -> None:
    page = opened(alone, "/sync")
    join(page, office, "maria")
    disagree(page, alone, office)
    send(page, alone)
    page.reload()  # the notice of the sync before is gone
    mine = page.get_by_label("Город: своё значение")
    mine.press_sequentially("Кинель")
    page.get_by_role("button", name="Синхронизировать сейчас").click()
    expect(page.locator(".notice")).to_contain_text("Синхронизировано")
    expect(mine).to_have_value("Кинель")
    page.get_by_role("button", name="Записать своё").click()
    expect(page.get_by_text("Расхождений нет")).to_be_visible()


def test_a_colleagues_change_says_who_made_it_in_the_open_card(opened: Opening, alone: Program, office: Office) -> None:
    syncing = opened(alone, "/sync")
    join(syncing, office, "maria")
    card = opened(alone, f"/clients/{CLIENT}")
    expect(card.get_by_label("Город")).to_have_value("Уфа")
    office.syncer.sync_once()
    office.colleague.do([Edit("clients", CLIENT, {"city": "Самара"})], "Город")
    office.syncer.sync_once()
    send(syncing, alone)
    expect(card.get_by_label("Город")).to_have_value("Самара")
    expect(card.locator(".field", has_text="Город").first).to_contain_text("Изменил Борис Петров")


def test_a_file_that_does_not_go_is_named_on_the_page_and_the_header_stays_calm(opened: Opening, alone: Program, office: Office) -> None:
    page = opened(alone, "/sync")
    join(page, office, "maria")
    kept = filestore.keep(alone.folder, b"content", "Чертёж.pdf")
    filestore.path_of(alone.folder, kept.sha256).write_bytes(b"damaged")
    with closing(Desk.open(alone.folder)) as desk:
        patch: dict[str, Value] = {"client_id": CLIENT, "name": "Чертёж.pdf", "sha256": kept.sha256, "size": kept.size}
        desk.do([Edit("attachments", "drawing", patch)], "Файл")
    send(page, alone)
    expect(page.get_by_role("cell", name="Файл «Чертёж.pdf» на этом компьютере повреждён")).to_be_visible()
    expect(page.locator(".top .sync")).to_contain_text("Синхронизировано")


def take_files(page: Page, program: Program, size: str) -> None:
    """Which files of colleagues come by themselves."""
    page.goto(program.url + "/settings")
    page.get_by_role("radio", name=size, exact=True).click()
    expect(page.get_by_role("radio", name=size, exact=True)).to_have_attribute("aria-checked", "true")


def test_a_large_file_of_a_colleague_comes_when_it_is_asked_for(opened: Opening, alone: Program, office: Office) -> None:
    page, content = colleagues_file(opened, alone, office)
    page.get_by_role("button", name="Загрузить", exact=True).click()
    expect(page.get_by_text("файл ещё не загружен")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("button", name="Чертёж.pdf").click()
    assert download.value.path().read_bytes() == content


def test_a_file_that_comes_by_itself_can_be_opened_on_a_page_that_is_open(opened: Opening, alone: Program, office: Office) -> None:
    page, _ = colleagues_file(opened, alone, office)
    other = page.context.new_page()
    take_files(other, alone, "Все")
    send(other, alone)
    expect(page.get_by_text("файл ещё не загружен")).to_have_count(0)
    other.close()


def colleagues_file(opened: Opening, alone: Program, office: Office) -> tuple[Page, bytes]:
    """The page of a client with a file of a colleague that has not come."""
    page = opened(alone, "/sync")
    join(page, office, "maria")
    take_files(page, alone, "До 1 МБ")
    office.syncer.sync_once()
    content = random.Random(3).randbytes(1_500_000)
    kept = filestore.keep(office.colleague.folder, content, "Чертёж.pdf")
    patch: dict[str, Value] = {"client_id": CLIENT, "name": "Чертёж.pdf", "sha256": kept.sha256, "size": kept.size}
    office.colleague.do([Edit("attachments", "drawing", patch)], "Файл")
    office.syncer.sync_once()
    send(page, alone)
    page.goto(f"{alone.url}/clients/{CLIENT}?section=attachments")
    expect(page.get_by_text("файл ещё не загружен")).to_be_visible()
    expect(page.get_by_text("1,4 МБ")).to_be_visible()
    return page, content
