"""The administrator's wipe while somebody works: nothing of the company stays on the screens or in what the browser keeps for us."""

from __future__ import annotations

import signal
from pathlib import Path

from playwright.sync_api import expect

from local_app.desk import Desk
from tests.browser.closing import close
from tests.browser.conftest import Opening, launch, stop
from tests.support.machines import Machine, new_hub

SECRET, TYPED = "Тайный клиент", "напечатано"
KEPT = "() => JSON.stringify(localStorage)"
WATCH = """secret => {
  window.shown = [];
  const look = () => document.body.innerText.includes(secret) && window.shown.push(location.pathname);
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}"""


def test_a_wipe_takes_the_kept_registers_and_what_was_being_typed(opened: Opening, tmp_path: Path) -> None:
    hub, laptop = new_hub(tmp_path / "hub"), Machine(tmp_path / "laptop")
    with hub.serving() as url:
        prefix = hub.enrol(url, laptop, "boris")["prefix"]
        laptop.client(SECRET)
        laptop.sync()
        program = launch(laptop.folder)
        page, other = opened(program, "/clients"), opened(program, "/clients")
        page.get_by_text(SECRET).dblclick()
        note = page.get_by_label("Примечание", exact=True)
        expect(note).to_be_visible()  # a card that opens later takes up what is typed in the other tab, and the browser forgets it
        other.get_by_text(SECRET).dblclick()
        expect(other.get_by_label("Примечание", exact=True)).to_be_visible()
        program.process.send_signal(signal.SIGSTOP)  # it takes nothing of what is typed now
        other.get_by_label("Примечание", exact=True).press_sequentially(TYPED)
        assert TYPED in other.evaluate(KEPT)
        close(other)  # the browser holds the half of a text, and no page hears of the wipe
        program.process.send_signal(signal.SIGCONT)
        order = opened(program, "/orders")
        order.keyboard.press("Alt+N")
        client = order.get_by_label("Клиент", exact=True)
        expect(client).to_be_focused()
        client.press_sequentially(TYPED)
        order.get_by_label("Товар или услуга, новая строка").press_sequentially(TYPED)
        assert order.evaluate("typed => Object.values(localStorage).filter((text) => text.includes(typed)).length", TYPED) == 3
        close(order)
        note.press_sequentially(TYPED)
        hub.run("revoke", prefix, "--wipe")
        laptop.turned_away()
        expect(page).to_have_url(program.url + "/sync")
        expect(page.locator("header .sync")).to_have_text("Данные стёрты администратором")
        assert TYPED not in page.evaluate(KEPT)
        page.evaluate(WATCH, SECRET)
        page.get_by_role("link", name="Клиенты").click()
        expect(page.get_by_text("Заведите первого клиента")).to_be_visible()
        assert page.evaluate("window.shown") == []
        stop(program)
    desk = Desk.open(laptop.folder)
    assert desk.store.rows("SELECT * FROM clients") == []
    desk.close()
