"""Files that are dropped on the list of files are kept; the browser would open them instead of the order."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.order_desk import OrderScreen, Shop

DROPPED = """() => {
  const held = new DataTransfer();
  for (const name of ['Чертёж.txt', 'Договор.txt']) held.items.add(new File([name], name, {type: 'text/plain'}));
  return held;
}"""


def test_files_are_dropped_on_the_list_of_files(lined: tuple[Shop, str, OrderScreen]) -> None:
    shop, order_id, screen = lined
    page = screen.page
    page.get_by_role("tab", name="Файлы").click()
    place = page.get_by_role("tabpanel", name="Файлы").locator(".panel")
    held = page.evaluate_handle(DROPPED)
    place.dispatch_event("dragover", {"dataTransfer": held})
    place.dispatch_event("drop", {"dataTransfer": held})
    expect(place.get_by_text("Чертёж.txt")).to_be_visible()
    expect(place.get_by_text("Договор.txt")).to_be_visible()
    assert len(shop.desk.store.rows("SELECT id FROM attachments WHERE order_id = ? AND size > 0", (order_id,))) == 2
