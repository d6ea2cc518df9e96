"""Papers of an order, the rules: what keeps one from being issued, that an issued one stays, what the payment code says."""

from __future__ import annotations

from typing import Any

import pytest

from local_app.documents.standard import STANDARD, standard
from shared.change import Refused
from shared.entities import ENTITIES
from shared.entity import Value
from shared.rules.documents import Sides, called, flaws, must_stay, overtaken
from shared.rules.payment_qr import Payee, payment_code

PAYEE = Payee(
    "ООО «Ромашка»", "7707083893", "770701001", "40702810138250123017", "ПАО Сбербанк, г. Москва", "044525225", "30101810400000000225"
)


def row(entity: str, **fields: Value) -> dict[str, Any]:
    return {"id": entity, **{field.name: field.blank for field in ENTITIES[entity].fields}, **fields}


FIRM = row("organizations", name="ООО «Ромашка»", inn="7707083893", kpp="770701001")
ACCOUNT = row(
    "bank_accounts", account="40702810138250123017", bic="044525225", bank="ПАО Сбербанк", correspondent_account="30101810400000000225"
)
CLIENT = row("clients", name="ООО «Лютик»", inn="7707083893")


def test_a_whole_invoice_has_no_flaws() -> None:
    assert flaws("invoice", Sides(FIRM, ACCOUNT, CLIENT), lines=1, total=1) == []


def test_an_invoice_that_asks_for_nothing_is_told_and_other_papers_are_not() -> None:
    for total in (0, -104_505):
        (found,) = flaws("invoice", Sides(FIRM, ACCOUNT, CLIENT), lines=1, total=total)
        assert ("нечего платить" in found.text, found.grave) == (True, False)
        assert flaws("act", Sides(FIRM, ACCOUNT, CLIENT), lines=1, total=total) == []


def test_what_is_missing_keeps_a_paper_back() -> None:
    said = flaws("invoice", Sides(None, None, None), lines=0)
    assert [flaw.grave for flaw in said] == [True, True, True]
    assert [flaw.text.split(":")[0] for flaw in flaws("invoice", Sides(FIRM, None, CLIENT), 1)] == [
        "У нашей организации нет расчётного счёта"
    ]
    assert flaws("act", Sides(FIRM, None, CLIENT), 1) == []


def test_a_wrong_requisite_is_an_error_on_paper_and_a_missing_inn_a_word() -> None:
    (wrong,) = flaws("act", Sides(FIRM, ACCOUNT, {**CLIENT, "inn": "7707083890"}), 1)
    assert wrong.grave
    assert "не сходится контрольная цифра" in wrong.text
    assert wrong.text.endswith("(клиент)")
    (missing,) = flaws("act", Sides(FIRM, ACCOUNT, {**CLIENT, "inn": ""}), 1)
    assert (missing.text, missing.grave) == ("У клиента не указан ИНН: впишите его в карточке", False)
    assert flaws("act", Sides(FIRM, ACCOUNT, {**CLIENT, "inn": "", "legal_form": "person"}), 1) == []


def test_a_wrong_account_keeps_back_only_the_papers_that_bear_it() -> None:
    sides = Sides(FIRM, {**ACCOUNT, "account": "40702810138250123018"}, CLIENT)
    for kind in STANDARD:
        (wrong,) = flaws(kind, sides, lines=1, total=1)
        assert (wrong.text.endswith("(расчётный счёт)"), wrong.grave) == (True, "account.account" in standard(kind).body), kind


@pytest.mark.parametrize(
    ("bare", "said"),
    [({"bank": ""}, "не указан банк:"), ({"bic": ""}, "не указан БИК:"), ({"bank": "", "bic": ""}, "не указаны банк и БИК:")],
)
def test_an_account_of_no_known_bank_is_told_on_the_papers_that_bear_it(bare: dict[str, Value], said: str) -> None:
    sides = Sides(FIRM, {**ACCOUNT, **bare}, CLIENT)
    for kind in STANDARD:
        found = [flaw for flaw in flaws(kind, sides, lines=1, total=1) if said in flaw.text and not flaw.grave]
        assert bool(found) is ("account.account" in standard(kind).body), kind


ISSUED = row("documents", document_type="invoice", number="ИБ-7", date="2026-11-26", state="issued", total=100, sha256="ab")


@pytest.mark.parametrize("patch", [{"number": "8"}, {"total": 1}, {"state": "draft"}, {"sha256": ""}, {"deleted": 1}, {"facts": "{}"}])
def test_an_issued_document_is_not_changed(patch: dict[str, Value]) -> None:
    with pytest.raises(Refused, match=r"Счёт на оплату № ИБ-7 .* выставлен, менять его нельзя"):
        must_stay({**ISSUED, "deleted": 0}, patch)


@pytest.mark.parametrize("patch", [{"note": "Отправлен"}, {"client_id": "other"}, {"state": "cancelled"}, {"number": "ИБ-7"}])
def test_it_is_cancelled_noted_and_may_follow_its_client(patch: dict[str, Value]) -> None:
    must_stay({**ISSUED, "deleted": 0}, patch)


def test_what_was_cancelled_never_comes_back_and_a_draft_is_free() -> None:
    with pytest.raises(Refused, match="аннулирован"):
        must_stay({**ISSUED, "state": "cancelled", "deleted": 0}, {"state": "issued"})
    must_stay({**ISSUED, "state": "draft", "deleted": 0}, {"number": "1", "deleted": 1})
    must_stay(None, {"state": "issued"})


def test_a_document_is_called_by_its_type_number_and_day() -> None:
    assert called(ISSUED) == "Счёт на оплату № ИБ-7 от 26.11.2026"
    assert called({**ISSUED, "number": "", "date": None}) == "Счёт на оплату без номера"


@pytest.mark.parametrize(
    ("order", "total", "said"),
    [
        ({}, 100, ""),
        ({}, 250, "в заказе теперь 2,50\N{NO-BREAK SPACE}₽"),
        ({"client_id": "other"}, 100, "в заказе теперь другой клиент"),
        ({"organization_id": "other"}, 100, "в заказе теперь другая наша организация"),
    ],
)
def test_an_issued_document_is_compared_with_its_order(order: dict[str, Value], total: int, said: str) -> None:
    now = {"client_id": None, "organization_id": None, **order}
    assert overtaken(ISSUED, now, total) == said
    assert overtaken({**ISSUED, "state": "cancelled"}, now, total) == ""
    assert overtaken({**ISSUED, "state": "draft"}, now, total) == ""


def test_the_payment_code_is_that_of_the_standard() -> None:
    assert payment_code(PAYEE, 123_450, "Оплата по счёту № ИБ-7\nот 26.11.2026 | НДС") == (
        "ST00012|Name=ООО «Ромашка»|PersonalAcc=40702810138250123017|BankName=ПАО Сбербанк, г. Москва|BIC=044525225|"
        "CorrespAcc=30101810400000000225|Sum=123450|Purpose=Оплата по счёту № ИБ-7 от 26.11.2026 НДС|PayeeINN=7707083893|KPP=770701001"
    )


def test_there_is_no_code_when_nothing_is_owed_or_the_account_is_not_known() -> None:
    assert payment_code(PAYEE, 0, "Оплата") == payment_code(PAYEE, -5, "Оплата") == ""
    assert payment_code(PAYEE._replace(account=""), 100, "Оплата") == payment_code(PAYEE._replace(bank=" | "), 100, "Оплата") == ""


def test_long_values_are_cut_to_what_banks_read() -> None:
    code = dict(pair.split("=", 1) for pair in payment_code(PAYEE._replace(name="я" * 300, bank="б" * 90), 1, "п" * 300).split("|")[1:])
    assert (len(code["Name"]), len(code["BankName"]), len(code["Purpose"])) == (160, 45, 160)
