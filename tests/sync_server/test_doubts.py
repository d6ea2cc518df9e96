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
from tests.sync_server.conftest import Serving
from tests.sync_server.test_two_laptops import Laptop


@pytest.fixture
def laptops(serving: Serving, tmp_path: Path) -> Iterator[tuple[Laptop, Laptop]]:
    """Both have an order that can be issued."""
    both = anna, _ = Laptop(tmp_path / "a", serving, "maria"), Laptop(tmp_path / "b", serving, "boris")
    account = {"organization_id": "firm", "account": "40702810138250123017", "bic": "044525225"}
    anna.desk.do([
        Edit("organizations", "firm", {"name": "ООО «Ромашка»"}), Edit("bank_accounts", "account", account),
        Edit("clients", "client", {"name": "ООО «Лютик»"}),
        Edit("orders", "order", {"number": "7", "date": "2026-11-20", "client_id": "client", "organization_id": "firm"}),
        Edit("order_lines", "line", {"order_id": "order", "name": "Кресло", "price": 10 * MICRO}),
    ], "Заказ")  # fmt: skip
    for laptop in both:
        laptop.syncer.sync_once()
    yield both
    for laptop in both:
        laptop.desk.close()


def settled(*laptops: Laptop) -> None:
    for laptop in (*laptops, laptops[0]):
        laptop.syncer.sync_once()


def test_an_order_in_disagreement_is_issued_after_a_word_about_it(laptops: tuple[Laptop, Laptop], printer: Printer) -> None:
    anna, boris = laptops
    for laptop, name in ((anna, "Анна"), (boris, "Борис")):
        laptop.do("orders", "order", discount_percent=len(name) * MICRO, discount_sum=None)
        laptop.do("clients", "client", inn=f"77070838{len(name):02}", note=name)
        laptop.do("order_lines", "line", price=len(name) * MICRO)
    settled(boris, anna)
    anna.desk.do([Edit("clients", "client", {"inn": "7707083893"})], "ИНН", anna.desk.view())
    made = draft(anna.desk, "order", "invoice")
    with pytest.raises(Doubtful) as doubtful:
        issue(anna.desk, printer, made)
    assert doubtful.value.doubts == [
        "Есть расхождения, а на бумаге будет то, что сейчас действует. Заказ 7 от 20.11.2026: «Скидка»; Строка заказа Кресло: «Цена»"
    ]
    assert document_of(anna.desk.store, made)["state"] == "draft"
    assert issue(anna.desk, printer, made, doubtful.value.doubts)["state"] == "issued"


def test_a_disagreement_about_what_the_template_prints_of_a_client_is_said(laptops: tuple[Laptop, Laptop], printer: Printer) -> None:
    anna, boris = laptops
    anna.do("clients", "client", legal_address="Уфа")
    boris.do("clients", "client", legal_address="Омск")
    settled(boris, anna)
    with pytest.raises(Doubtful, match="Клиент ООО «Лютик»: «Юридический адрес»"):
        issue(anna.desk, printer, draft(anna.desk, "order", "invoice"))


def test_a_wrong_tag_is_asked_about_and_a_command_tells_it(laptops: tuple[Laptop, Laptop], printer: Printer) -> None:
    anna, _ = laptops
    body = "<p>{{ client.name }}</p>{{ client.inm }}"
    anna.desk.do([Edit("templates", "own", {"name": "Свой", "document_type": "invoice", "format": "html", "body": body})], "Шаблон")
    made = draft(anna.desk, "order", "invoice", "own")
    with pytest.raises(Doubtful, match=r"В шаблоне неверный тег, строка 1: client\.inm"):
        issue(anna.desk, printer, made)
    row, doubts = issued(anna.desk, printer, made)
    assert (row["state"], doubts) == ("issued", ["В шаблоне неверный тег, строка 1: client.inm"])
