"""Who signs a paper, and that his name stays with what he signs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from local_app.desk import Desk
from local_app.documents.facts import document_of
from local_app.documents.issuing import as_of_now, draft, filled
from local_app.documents.printer import Printer
from local_app.documents.standard import sheet
from shared.change import Edit
from shared.entity import MICRO, Value
from tests.support.laptops import new_desk

SIGNED = ("contract", "specification", "act")
"""Papers that the client signs, too."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = new_desk(tmp_path)
    firm: dict[str, Value] = {"name": "ООО «Свет»", "director": "Константинопольский Александр Всеволодович"}
    made.do([
        Edit("organizations", "firm", firm), Edit("clients", "client", {"name": "ООО «Лютик»"}),
        Edit("orders", "order", {"number": "7", "date": "2026-11-20", "client_id": "client", "organization_id": "firm"}),
        Edit("order_lines", "line", {"order_id": "order", "name": "Доска", "quantity": MICRO, "price": 100 * MICRO}),
    ], "Данные")  # fmt: skip
    yield made
    made.close()


def html(desk: Desk, printer: Printer, kind: str) -> str:
    return filled(desk.store, printer, as_of_now(desk, document_of(desk.store, draft(desk, "order", kind))))[0].html


def pages(printer: Printer, paper: str) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(printer.pdf(paper, sheet(), "Лист"))).pages]


@pytest.mark.parametrize("kind", SIGNED)
def test_initials_stand_on_the_line_of_their_family_name(desk: Desk, printer: Printer, kind: str) -> None:
    lines = [line for page in pages(printer, html(desk, printer, kind)) for line in page.replace("\N{NO-BREAK SPACE}", " ").splitlines()]
    assert [line for line in lines if "Константинопольский А. В." in line]


@pytest.mark.parametrize("kind", ["invoice", "act"])
def test_sums_and_signatures_are_never_alone_on_a_page(desk: Desk, printer: Printer, kind: str) -> None:
    paper, row = html(desk, printer, kind), '<tr><td class="center">1</td>'
    for rows in range(24, 42, 2):  # places of the end of the table on its page
        long = paper.replace(row, f"{'<tr><td>-</td><td>x</td></tr>' * rows}{row}")
        last = next(page for page in pages(printer, long) if "Всего" in page and "100,00" in page.partition("Всего")[2])
        assert "Доска" in last, rows


def test_nobody_signs_a_contract_on_a_page_without_a_word_of_it(desk: Desk, printer: Printer) -> None:
    paper, row = html(desk, printer, "contract"), '<tr><td class="center">1</td>'
    for rows in range(0, 12, 3):  # places of the end of the text on its page
        long = paper.replace(row, f"{'<tr><td>-</td><td>x</td></tr>' * rows}{row}")
        signed = next(page for page in pages(printer, long) if "Реквизиты и подписи" in page)
        assert "в двух экземплярах" in signed, rows


@pytest.mark.parametrize("kind", SIGNED)
def test_a_sole_trader_and_a_person_sign_for_themselves(desk: Desk, printer: Printer, kind: str) -> None:
    own: dict[str, Value] = {"legal_form": "sole_trader", "name": "ИП Ёлкин Сергей Андреевич", "director": "", "ogrn": "304500116000157"}
    desk.do([Edit("organizations", "firm", own), Edit("clients", "client", {"legal_form": "person", "name": "Иванов Пётр"})], "Вид")
    words = html(desk, printer, kind).replace("\N{NO-BREAK SPACE}", " ")
    assert [words.count(f"</span><span>{name}</span>") for name in ("Ёлкин С. А.", "Иванов Пётр")] == [1, 1]
    assert ("на основании ОГРНИП 304500116000157" in words) is (kind == "contract")
