"""«Не принято сервером» as its user sees it: told with its reason, exported, sent again, corrected, let go. The hub is a real one."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Opening, Program
from tests.browser.test_sync import Office, alone, join, office, out_of_reach, send
from tests.support.laptops import answered

__all__ = ["alone", "office"]


def test_what_the_hub_does_not_take_is_told_and_kept(opened: Opening, alone: Program, office: Office) -> None:
    page = opened(alone, "/sync")
    join(page, office, "rita")
    panel = page.locator(".panel", has_text="Не принято сервером").filter(has=page.locator(".conflict"))
    expect(panel).to_contain_text("Клиент ООО «Общий»")
    expect(panel).to_contain_text("Роль «Только чтение» не позволяет менять данные")
    expect(panel).to_contain_text("Уфа")
    expect(page.get_by_text("Сервер не принял 1 изменение")).to_be_visible()
    expect(page.get_by_text("Ваша роль — «Только чтение»")).to_be_visible()
    with page.expect_download() as download:
        panel.get_by_role("button", name="Выгрузить").click()
    saved = download.value.path().read_text("utf-8-sig")
    assert "ООО «Общий»;Город;Уфа;Роль «Только чтение»" in saved
    panel.get_by_role("button", name="Отправить снова").focus()
    answered("desk", "--data", str(alone.folder), "new", "clients", "name=ООО «Второй»")
    expect(panel.locator(".conflict")).to_have_count(2)
    expect(panel.locator(".conflict", has=page.locator(":focus"))).to_contain_text("ООО «Общий»")
    hub = out_of_reach(alone)  # it would refuse that again, and a notice of that take the place of this one
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("Записано снова: 1")
    hub.keep(alone.folder)
    send(page, alone)
    panel.get_by_role("button", name="Убрать всё").click()
    expect(panel).to_have_count(0)
    page.locator(".notice").get_by_role("button", name="Вернуть").click()
    expect(panel.locator(".conflict")).to_have_count(2)


def test_what_the_hub_does_not_take_is_corrected_and_sent(opened: Opening, alone: Program, office: Office) -> None:
    page = opened(alone, "/sync")
    join(page, office, "rita")
    page.get_by_role("button", name="Исправить").click()
    asked = page.get_by_role("dialog", name="Исправить непринятое")
    asked.get_by_label("Город", exact=True).fill("Пермь")
    asked.get_by_role("button", name="Отправить").click()
    expect(asked).to_be_hidden()
    send(page, alone)
    expect(page.locator(".conflict")).to_contain_text("Город: Пермь")
