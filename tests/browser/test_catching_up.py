"""A laptop that was away for a year catches up by a snapshot under an open form: nothing typed is lost, nothing overwritten unseen."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from local_app.fetching import WORTHWHILE
from local_app.sync import note
from shared.change import Edit
from shared.store import FILE_NAME, Store
from tests.browser.conftest import Opening, Program
from tests.browser.test_sync import CLIENT, Office, alone, join, office, out_of_reach

__all__ = ["alone", "office"]
LONG_AGO = "1600000000000"


def test_a_form_that_is_open_while_a_snapshot_takes_the_place_of_the_store_keeps_what_is_typed(
    opened: Opening, alone: Program, office: Office, tmp_path: Path
) -> None:
    page = opened(alone, "/sync")
    join(page, office, "maria")
    hub = out_of_reach(alone)
    page.get_by_role("button", name="Синхронизировать сейчас").click()
    expect(page.locator(".top .sync")).to_contain_text("Нет связи")
    office.syncer.sync_once()
    office.colleague.do_many(([Edit("clients", f"c{number}", {"name": f"Клиент {number}"})] for number in range(WORTHWHILE)), "Импорт")
    office.colleague.do([Edit("clients", CLIENT, {"city": "Самара"})], "Город")
    page.get_by_role("link", name="Клиенты").click()
    page.get_by_text("ООО «Общий»").dblclick()
    city, words = page.get_by_label("Город", exact=True), page.get_by_label("Примечание", exact=True)
    expect(city).to_have_value("Уфа")
    office.syncer.sync_once()
    store = Store.open(alone.folder / FILE_NAME)
    note(store, sync_ok=LONG_AGO)
    city.fill("Пермь")
    city.press("Tab")
    expect(page.locator(".saved")).to_contain_text("Сохранено")  # by who knows nothing of the other city
    hub.keep(alone.folder)
    words.focus()
    for letter in "набирается, пока данные меняются под рукой":
        words.press_sequentially(letter, delay=60)
    words.blur()
    expect(page.locator(".field .mark")).to_have_count(1, timeout=40_000)
    expect(page.locator(".top .sync")).to_contain_text("Синхронизировано")
    assert list((tmp_path / "hub").glob("snapshots/*.snapshot")), "it was a snapshot"
    expect(words).to_have_value("набирается, пока данные меняются под рукой")
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.endsWith('/note'))")  # the last words are written, too
    store.close()
    store = Store.open(alone.folder / FILE_NAME)
    assert store.one("SELECT count(*) FROM clients") == WORTHWHILE + 1
    found = {conflict.field: sorted(str(rival.value) for rival in conflict.values) for conflict in store.conflicts(CLIENT)}
    assert found == {"city": ["Пермь", "Самара"]}
    assert store.one("SELECT note FROM clients WHERE id = ?", (CLIENT,)) == "набирается, пока данные меняются под рукой"
    assert store.verify() == []
    store.close()
