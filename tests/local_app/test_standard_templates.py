"""What the standard templates make of facts that are seldom together."""

from __future__ import annotations

import re

import pytest

from local_app.documents.filling import fill
from local_app.documents.standard import STANDARD, standard

FIRM = {"director": "Кузнецов П. А.", "director_post": "Генеральный директор"}


@pytest.mark.parametrize(
    ("manager", "signed"),
    [
        ({"name": "Анна Петрова", "post": ""}, "Ответственный Анна Петрова"),
        ({"name": "Анна Петрова", "post": "Старший менеджер"}, "Старший менеджер Анна Петрова"),
        ({"name": "", "post": ""}, "Генеральный директор Кузнецов П. А."),
    ],
)
def test_an_offer_is_signed_with_the_post_of_whom_it_names(manager: dict[str, str], signed: str) -> None:
    html = fill(standard("offer").body, {"manager": {**manager, "phone": "", "email": ""}, "organization": FIRM, "lines": []}).html
    (sign,) = re.findall(r'<div class="sign">(.*?)</div>', html, re.DOTALL)
    assert " ".join(re.sub("<[^>]+>", " ", sign).split()) == signed


def test_a_contract_has_one_stop_after_a_day_and_tells_what_the_discount_is_taken_from() -> None:
    facts = {"document": {"shipment_date": "1 декабря 2026 г."}, "totals": {"sum": "500,00", "discount": "−50,00"}, "lines": []}
    words = fill(standard("contract").body, facts).html
    assert "исполняет договор до 1 декабря 2026 г.</p>" in words
    assert [each in words for each in ("Итого:", "500,00", "−50,00")] == [True] * 3


@pytest.mark.parametrize(
    ("taxes", "said"),
    [
        ([("НДС 10 %", "96,67"), ("НДС 22 %", "1 718,77")], "в том числе НДС 10 % — 96,67 руб., НДС 22 % — 1 718,77 руб."),
        ([("В том числе НДС 5 %", "4,76"), ("В том числе НДС 22 %", "18,03")], "в том числе НДС 5 % — 4,76 руб., НДС 22 % — 18,03 руб."),
        ([("Без НДС", "—")], "без НДС."),
    ],
)
def test_the_price_of_a_contract_holds_its_tax_however_it_was_counted(taxes: list[tuple[str, str]], said: str) -> None:
    totals = {"total": "100,00", "words": "Сто рублей 00 копеек", "vat_lines": [{"label": label, "sum": sum_} for label, sum_ in taxes]}
    html = fill(standard("contract").body, {"totals": totals, "lines": []}).html
    (price,) = re.findall(r"<p>2\.1\. (.*?)</p>", html)
    assert price.replace("&nbsp;", " ") == f"Цена договора — 100,00 руб. (Сто рублей 00 копеек), {said}"


@pytest.mark.parametrize("kind", ["contract", "specification", "act"])
@pytest.mark.parametrize(("form", "stamps"), [("Физическое лицо", 1), ("Индивидуальный предприниматель", 2), ("Организация", 2)])
def test_a_person_has_no_stamp_and_no_court_of_commerce(kind: str, form: str, stamps: int) -> None:
    html = fill(standard(kind).body, {"client": {"legal_form": form}, "lines": []}).html
    assert html.count("М. П.") == stamps
    assert ("арбитражный суд" in html) is (kind == "contract" and stamps == 2)


UNITS = (("упаковка (10 шт)", True), ("кубический метр", True), ("м" * 40, False), ("", True))


@pytest.mark.parametrize("kind", STANDARD)
def test_a_unit_is_torn_between_its_words_only(kind: str) -> None:
    html = fill(standard(kind).body, {"lines": [{"unit": unit} for unit, _ in UNITS]}).html
    assert [f'<td class="unit">{unit}</td>' in html for unit, _ in UNITS] == [whole for _, whole in UNITS]


def test_an_invoice_paid_in_part_says_what_its_code_asks_for() -> None:
    for debt, said in (("400,00", "в приложении банка: осталось 400,00&nbsp;руб.</div>"), ("1 000,00", "в приложении банка</div>")):
        facts = {"lines": [], "payment": {"qr": "data:,"}, "totals": {"total": "1 000,00", "debt": debt}}
        assert said in fill(standard("invoice").body, facts).html


def test_a_firm_without_a_second_number_has_no_empty_cell_for_it() -> None:
    html = fill(standard("invoice").body, {"lines": [], "organization": {"inn": "500100732259", "kpp": ""}}).html
    assert '<td colspan="2">ИНН&nbsp;500100732259</td>' in html


@pytest.mark.parametrize("whose", ["account", "client_account"])
def test_a_contract_names_of_an_account_what_is_known(whose: str) -> None:
    words = {"account": "40702810138250123017", "bank": "", "correspondent_account": "", "bic": "044525225"}
    html = fill(standard("contract").body, {"lines": [], whose: words}).html
    assert re.findall(r"<p>(Р/с.*|К/с.*|БИК.*)</p>", html) == ["Р/с&nbsp;40702810138250123017", "БИК&nbsp;044525225"]
    whole = {**words, "bank": "ПАО Сбербанк", "correspondent_account": "30101810400000000225"}
    html = fill(standard("contract").body, {"lines": [], whose: whole}).html
    assert re.findall(r"<p>(Р/с.*|К/с.*)</p>", html) == [
        "Р/с&nbsp;40702810138250123017, ПАО Сбербанк",
        "К/с&nbsp;30101810400000000225, БИК&nbsp;044525225",
    ]
