"""What is asked before a paper is issued: a wrong tag of its template, and what people disagree about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_app.commands.papers import issued
from local_app.documents.doubts import Doubtful
from local_app.documents.facts import document_of
from local_app.documents.issuing import draft, issue
from local_app.documents.printer import Printer
from shared.change import Edit
from shared.entity import MICRO
from tests.support.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.close()


@pytest.fixture(scope="module")
def printer() -> Iterator[Printer]:
    made = Printer()
    yield made
    made.close()


def fill(office: Office) -> None:
    """An order that can be issued, on two laptops."""
    anna, boris = office.laptop(), office.laptop("u2")
    account = {"organization_id": "firm", "account": "40702810138250123017", "bic": "044525225"}
    anna.desk.do([
        Edit("organizations", "firm", {"name": "ООО «Ромашка»"}), Edit("bank_accounts", "account", account),
        Edit("clients", "client", {"name": "ООО «Лютик»"}),
        Edit("orders", "order", {"number": "7", "date": "2026-11-20", "client_id": "client", "organization_id": "firm"}),
        Edit("order_lines", "line", {"order_id": "order", "name": "Кресло", "price": 10 * MICRO}),
    ], "Заказ")  # fmt: skip
    office.sync(anna, boris)


def test_an_order_in_disagreement_is_issued_after_a_word_about_it(office: Office, printer: Printer) -> None:
    fill(office)
    anna, boris = office.laptops
    for laptop, name in ((anna, "Анна"), (boris, "Борис")):
        office.put(laptop, "order", discount_percent=len(name) * MICRO, discount_sum=None)
        office.put(laptop, "client", entity="clients", inn=f"77070838{len(name):02}", note=name)
        office.put(laptop, "line", entity="order_lines", price=len(name) * MICRO)
    office.sync(boris, anna)
    anna.desk.do([Edit("clients", "client", {"inn": "7707083893"})], "ИНН", anna.desk.view())
    made = draft(anna.desk, "order", "invoice")
    with pytest.raises(Doubtful) as doubtful:
        issue(anna.desk, printer, made)
    assert doubtful.value.doubts == [
        "Есть расхождения, а на бумаге будет то, что сейчас действует. Заказ 7 от 20.11.2026: «Скидка»; Строка заказа Кресло: «Цена»"
    ]
    assert document_of(anna.store, made)["state"] == "draft"
    assert issue(anna.desk, printer, made, doubtful.value.doubts)["state"] == "issued"


def test_a_disagreement_about_what_the_template_prints_of_a_client_is_said(office: Office, printer: Printer) -> None:
    fill(office)
    anna, boris = office.laptops
    office.put(anna, "client", entity="clients", legal_address="Уфа")
    office.put(boris, "client", entity="clients", legal_address="Омск")
    office.sync(boris, anna)
    with pytest.raises(Doubtful, match="Клиент ООО «Лютик»: «Юридический адрес»"):
        issue(anna.desk, printer, draft(anna.desk, "order", "invoice"))


def test_a_wrong_tag_is_asked_about_and_a_command_tells_it(office: Office, printer: Printer) -> None:
    fill(office)
    anna = office.laptops[0]
    body = "<p>{{ client.name }}</p>{{ client.inm }}"
    anna.desk.do([Edit("templates", "own", {"name": "Свой", "document_type": "invoice", "format": "html", "body": body})], "Шаблон")
    made = draft(anna.desk, "order", "invoice", "own")
    with pytest.raises(Doubtful, match=r"В шаблоне неверный тег, строка 1: client\.inm"):
        issue(anna.desk, printer, made)
    row, doubts = issued(anna.desk, printer, made)
    assert (row["state"], doubts) == ("issued", ["В шаблоне неверный тег, строка 1: client.inm"])
