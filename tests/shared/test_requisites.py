"""Requisites of real firms and banks pass, and each slip of the finger is named in plain words."""

import pytest

from shared.entity import Value
from shared.rules.requisites import account, bic, correspondent_account, inn, kpp, ogrn, warnings

FIRM: dict[str, Value] = {"legal_form": "company", "inn": "7707083893", "kpp": "773601001", "ogrn": "1027700132195", "country": ""}
ACCOUNT: dict[str, Value] = {"bic": "044525225", "account": "40702810138250123017", "correspondent_account": "30101810400000000225"}


@pytest.mark.parametrize("number", ["7707083893", "7702070139", "7736050003", "500100732259"])
def test_a_true_inn_passes(number: str) -> None:
    assert inn(number) is None


def test_a_wrong_check_digit_is_said_as_a_person_would() -> None:
    assert inn("7707083894") == "ИНН 7707083894: не сходится контрольная цифра. Проверьте последние две цифры"


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("0000000000", "с двух нулей"),
        ("000000000000", "с двух нулей"),
        ("500100732258", "контрольная цифра"),
        ("500100732239", "контрольная цифра"),
        ("770708389", "потерян ноль"),
        ("50010073225", "потерян ноль"),
        ("77070838933", "потерян ноль"),
        ("77", "здесь 2"),
        ("7707 083893", "только цифры"),
        ("７７０７０８３８９３", "только цифры"),
    ],
)
def test_a_wrong_inn_is_explained(number: str, why: str) -> None:
    assert why in (inn(number) or "")


def test_any_single_wrong_digit_of_an_inn_of_a_person_is_noticed_at_its_end() -> None:
    wrong = [number for number in (f"50010073225{digit}" for digit in "0123456789") if inn(number)]
    assert len(wrong) == 9


def test_kpp_has_nine_signs_with_letters_in_the_middle() -> None:
    assert kpp("773601001") is kpp("7736AB001") is None
    assert "должно быть 9" in (kpp("77360100") or "")
    assert "латинские" in (kpp("7736ab001") or "")
    assert "латинские" in (kpp("A73601001") or "")


@pytest.mark.parametrize("number", ["1027700132195", "1037700013020", "304463210700212"])
def test_a_true_ogrn_passes(number: str) -> None:
    assert ogrn(number) is None


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("1027700132196", "ОГРН 1027700132196: не сходится"),
        ("304463210700211", "ОГРНИП 304463210700211: не сходится"),
        ("0000000000000", "с нуля"),
        ("123", "здесь 3"),
        ("", "только цифры"),
    ],
)
def test_a_wrong_ogrn_is_explained(number: str, why: str) -> None:
    assert why in (ogrn(number) or "")


def test_a_bic_has_nine_digits() -> None:
    assert bic("044525225") is None
    assert "должно быть 9" in (bic("44525225") or "")
    assert "с нуля" in (bic("144525225") or "")
    assert "только цифры" in (bic("04452522O") or "")


@pytest.mark.parametrize(("bank", "number"), [("049805746", "40602810700000000025"), ("044525225", "40702810138250123017")])
def test_an_account_agrees_with_its_bank(bank: str, number: str) -> None:
    assert account(number, bank) is None


@pytest.mark.parametrize(("bank", "number"), [("049805000", "30101810800000000746"), ("044525225", "30101810400000000225")])
def test_a_correspondent_account_agrees_with_its_bank(bank: str, number: str) -> None:
    assert correspondent_account(number, bank) is None


def test_one_wrong_digit_anywhere_in_an_account_is_noticed() -> None:
    good = "40702810138250123017"
    slips = [good[:place] + str((int(good[place]) + 1) % 10) + good[place + 1 :] for place in range(20)]
    assert [slip for slip in slips if account(slip, "044525225") is None] == []


def test_an_account_without_a_good_bic_is_checked_by_its_shape_alone() -> None:
    assert account("40702810138250123018", "") is None
    assert account("40702810138250123018", "0445") is None
    assert "должно быть 20" in (account("4070281013825012301", "") or "")


def test_an_account_in_a_cash_centre_is_checked_by_the_number_of_the_centre() -> None:
    assert account("30101810800000000746", "049805000") is None
    assert "не подходит к БИК 049805000" in (account("30101810800000000747", "049805000") or "")


def test_an_account_of_the_treasury_has_no_such_key() -> None:
    assert account("03100643000000018500", "017003983") is None


def test_a_good_firm_and_a_good_account_raise_no_warning() -> None:
    assert warnings("clients", FIRM) == warnings("organizations", FIRM) == warnings("bank_accounts", ACCOUNT) == {}
    assert warnings("clients", {}) == warnings("bank_accounts", {}) == warnings("orders", {"inn": "1"}) == {}


def test_each_wrong_field_of_a_firm_has_its_own_words() -> None:
    found = warnings("clients", FIRM | {"inn": "7707083894", "kpp": "1", "ogrn": "1027700132196"})
    assert set(found) == {"inn", "kpp", "ogrn"}
    assert found["inn"].startswith("ИНН 7707083894")


def test_a_sole_trader_has_long_numbers_and_no_kpp() -> None:
    trader = {"legal_form": "sole_trader", "inn": "500100732259", "kpp": "", "ogrn": "304463210700212"}
    assert warnings("clients", trader) == {}
    found = warnings("clients", FIRM | {"legal_form": "sole_trader"})
    assert "у предпринимателя должно быть 12 цифр, а здесь 10" in found["inn"]
    assert "только у организаций" in found["kpp"]
    assert "15 цифр" in found["ogrn"]


def test_numbers_of_a_client_from_abroad_are_not_judged() -> None:
    assert warnings("clients", FIRM | {"inn": "12", "country": "Германия"}) == {}
    assert set(warnings("clients", FIRM | {"inn": "12", "country": "Россия"})) == {"inn"}


def test_each_wrong_field_of_an_account_has_its_own_words() -> None:
    assert set(warnings("bank_accounts", ACCOUNT | {"bic": "046577974"})) == {"account", "correspondent_account"}
    assert set(warnings("bank_accounts", ACCOUNT | {"bic": "04452522"})) == {"bic"}
