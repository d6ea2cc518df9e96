"""A paper that a colleague has issued: it comes after the row that names it, on a page that is open meanwhile."""

from __future__ import annotations

from playwright.sync_api import expect

from shared import filestore
from shared.change import Edit
from shared.entity import Value
from tests.browser.conftest import Opening, Program
from tests.browser.test_sync import Office, alone, join, office, send

__all__ = ["alone", "office"]

ORDER = "02000000-0000-7000-8000-0000000000bb"


def test_a_paper_that_comes_later_can_be_opened_on_a_page_that_is_open(opened: Opening, alone: Program, office: Office) -> None:
    page, content = opened(alone, "/sync"), b"%PDF-1.7"
    join(page, office, "maria")
    kept = filestore.keep(office.colleague.folder, content, "Счёт.pdf")
    filestore.path_of(office.colleague.folder, kept.sha256).unlink()
    paper: dict[str, Value] = {"order_id": ORDER, "document_type": "invoice", "state": "issued", "number": "7", "sha256": kept.sha256}
    office.colleague.do([Edit("orders", ORDER, {"number": "АБ-1"}), Edit("documents", f"{ORDER}-7", paper)], "Счёт")
    office.syncer.sync_once()
    send(page, alone)
    page.goto(f"{alone.url}/orders/{ORDER}?section=documents")
    expect(page.get_by_text("файл ещё не загружен")).to_be_visible()
    filestore.keep(office.colleague.folder, content, "Счёт.pdf")
    office.syncer.sync_once()
    other = page.context.new_page()
    send(other, alone)
    expect(page.get_by_text("файл ещё не загружен")).to_have_count(0)
    other.close()
