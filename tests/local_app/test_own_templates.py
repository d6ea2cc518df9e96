"""A template of one's own that is begun, deleted or disagreed about: which one a paper takes, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from local_app.desk import Desk
from local_app.documents.doubts import doubts
from local_app.documents.facts import document_of
from local_app.documents.issuing import as_of_now, draft, filled
from local_app.documents.printer import Printer
from local_app.documents.standard import free_name, offered, usual
from shared.change import ROOT, Change, Edit, Refused, change_id, next_stamp
from shared.entity import MICRO, Value
from tests.support.laptops import new_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = new_desk(tmp_path)
    made.do([
        Edit("organizations", "firm", {"name": "ООО «Свет»"}), Edit("clients", "client", {"name": "ООО «Лютик»"}),
        Edit("orders", "order", {"number": "7", "date": "2026-11-20", "client_id": "client", "organization_id": "firm"}),
        Edit("order_lines", "line", {"order_id": "order", "name": "Доска", "quantity": MICRO, "price": 100 * MICRO}),
    ], "Данные")  # fmt: skip
    yield made
    made.close()


def write(desk: Desk, row: str, **patch: Value) -> None:
    desk.do([Edit("templates", row, patch)], "Шаблон")


def said(desk: Desk, printer: Printer, template: str) -> tuple[str, list[str]]:
    """What a new invoice comes out as, and what is asked about it."""
    document = as_of_now(desk, document_of(desk.store, draft(desk, "order", "invoice", template)))
    printed, facts = filled(desk.store, printer, document)
    return printed.html, doubts(desk.store, document, facts, printed)


def test_a_template_that_is_only_begun_is_taken_for_no_paper(desk: Desk) -> None:
    write(desk, "own1", name="Наш счёт", document_type="invoice", body="<p>Счёт</p>")
    write(desk, "own2", name="Новый счёт", document_type="invoice")
    write(desk, "own3", name="Накладная", document_type="torg12", body=" \n\t")
    assert usual(desk.store, "invoice") == "own1"
    assert "torg12" not in offered(desk.store)
    write(desk, "own2", body="<p>Новый</p>")
    assert usual(desk.store, "invoice") == "own2"
    assert usual(desk.store, "act") is None


def test_a_paper_begins_with_the_template_of_its_own_organization(desk: Desk) -> None:
    write(desk, "own1", name="Счёт «Света»", document_type="invoice", organization_id="firm", body="<p>Свет</p>")
    assert usual(desk.store, "invoice", "other") is None
    write(desk, "own2", name="Счёт всех", document_type="invoice", body="<p>Все</p>")
    write(desk, "own3", name="Счёт другой", document_type="invoice", organization_id="other", body="<p>Другая</p>")
    assert [usual(desk.store, "invoice", each) for each in ("firm", "other", "third", None)] == ["own1", "own3", "own2", "own2"]


def test_names_of_templates_tell_them_apart(desk: Desk) -> None:
    for row, name in (("own1", "Счёт: свой"), ("own2", "счёт: свой 2")):
        assert free_name(desk.store, "Счёт: свой").casefold() == name.casefold()
        write(desk, row, name=name, document_type="invoice", body="<p>Счёт</p>")
    assert free_name(desk.store, "Счёт: свой") == "Счёт: свой 3"
    assert free_name(desk.store, "Акт: свой") == "Акт: свой"


def test_a_template_without_text_or_of_another_format_fills_nothing(desk: Desk, printer: Printer) -> None:
    write(desk, "own", document_type="invoice", body=" ")
    with pytest.raises(Refused, match="Шаблон «без названия» пуст"):
        said(desk, printer, "own")
    write(desk, "own", name="Наш счёт", format="docx", body="<p>Счёт</p>")
    with pytest.raises(Refused, match="Шаблон «Наш счёт»: пока заполняются только шаблоны HTML"):
        said(desk, printer, "own")


def test_a_paper_whose_template_was_deleted_is_of_the_standard_one_and_says_so(desk: Desk, printer: Printer) -> None:
    write(desk, "own", name="Наш счёт", document_type="invoice", body="<p>Свой</p>")
    assert said(desk, printer, "own") == ("<p>Свой</p>", [])
    write(desk, "own", deleted=1)
    html, asked = said(desk, printer, "own")
    assert "Счёт на оплату" in html
    assert asked == ["Шаблон «Наш счёт» удалён: документ заполнен по стандартному"]


def test_a_template_that_two_have_changed_is_asked_about(desk: Desk, printer: Printer) -> None:
    write(desk, "own", name="Наш счёт", document_type="invoice", body="<p>Свой</p>")
    text = orjson.dumps({"body": "<p>Чужой</p>"})
    stamp = next_stamp(desk.clock(), desk.store.log.state().stamp)
    theirs = Change(
        change_id(ROOT, "other", 1, 1, "oleg", "templates", "own", text), ROOT, "other", 1, 1, "oleg", "templates", "own", text, stamp, 0, 0
    )
    with desk.store.transaction():
        desk.store.commit([theirs], first_place=1)
    (asked,) = said(desk, printer, "own")[1]
    assert asked.endswith("Шаблон документа Наш счёт: «Текст шаблона»")
