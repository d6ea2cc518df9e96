"""Lines of what the directory does not have: typed goods without a price, pasted units that are new."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.closing import close
from tests.browser.order_desk import Shop


def test_what_the_directory_does_not_have_is_asked_for_its_price(shop: Shop) -> None:
    order_id = shop.order()
    screen = shop.open(order_id)
    screen.fresh.click()
    screen.keys("Погрузка вручную")
    expect(screen.listed()).to_have_count(1)
    screen.keys("<Enter>")
    expect(screen.sum(1)).to_have_text("—")  # the program has looked for it in the directory
    screen.keys("2", "<Enter>", "150", "<Enter>")
    expect(screen.sum(1)).to_have_text("300,00")
    expect(screen.fresh).to_be_focused()
    screen.keys("гвозд")
    expect(screen.listed().first).to_contain_text("Гвозди")
    screen.keys("<Enter>", "3", "<Enter>")
    expect(screen.sum(2)).to_have_text("300,00")
    expect(screen.fresh).to_be_focused()
    screen.paste("№\tНаименование\tЕд.\tКол-во\n1\tПодъём\tэтаж\t4\n")
    expect(screen.cell("Единица", 3)).to_have_value("этаж")
    screen.cell("Единица", 1).click()
    screen.keys("эт")
    expect(screen.listed()).to_have_text(["этаж"])
    close(screen.page)
