"""Requisites of firms and accounts: are the check digits right, and if not, what to look at. A wrong one is a warning, never a wall."""

from __future__ import annotations

import re
from collections.abc import Mapping

from shared.entity import Value

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, *_INN_10)
_INN_12 = (3, *_INN_11)
_KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
_CASH_CENTRES = ("000", "001", "002")  # ends of a БИК that belong to the Bank of Russia's own cash centres
_OURS = ("", "россия", "российская федерация", "рф")


def inn(text: str) -> str | None:
    """ИНН of 10 digits (a firm) or 12 (a person): one or two check digits, the weighed sum mod 11 mod 10."""
    if wrong := _not_digits("ИНН", text):
        return wrong
    if len(text) in (9, 11):
        return f"ИНН {text}: {len(text)} цифр вместо {len(text) + 1}. Возможно, потерян ноль в начале"
    if len(text) not in (10, 12):
        return f"ИНН {text}: цифр должно быть 10 или 12, а здесь {len(text)}. Проверьте номер"
    if text.startswith("00"):
        return f"ИНН {text}: с двух нулей номер не начинается. Проверьте первые цифры"
    checks = ((_INN_10, 9),) if len(text) == 10 else ((_INN_11, 10), (_INN_12, 11))
    if all(_weighed(text, weights) == text[place] for weights, place in checks):
        return None
    return f"ИНН {text}: не сходится контрольная цифра. Проверьте последние две цифры"


def kpp(text: str) -> str | None:
    """КПП: 9 signs, the 5th and 6th may be capital Latin letters."""
    if _KPP.fullmatch(text):
        return None
    if len(text) != 9:
        return f"КПП {text}: знаков должно быть 9, а здесь {len(text)}. Проверьте номер"
    return f"КПП {text}: должны быть цифры, только на 5 и 6 месте бывают заглавные латинские буквы. Проверьте номер"


def ogrn(text: str) -> str | None:
    """ОГРН of 13 digits, or ОГРНИП of 15: the last digit is that of the rest of the others by 11, or by 13."""
    if wrong := _not_digits("ОГРН", text):
        return wrong
    if len(text) not in (13, 15):
        return f"ОГРН {text}: цифр должно быть 13, у предпринимателя 15, а здесь {len(text)}. Проверьте номер"
    name = "ОГРН" if len(text) == 13 else "ОГРНИП"
    if text.startswith("0"):
        return f"{name} {text}: с нуля номер не начинается. Проверьте первую цифру"
    rest = int(text[:-1]) % (len(text) - 2) % 10
    if rest == int(text[-1]):
        return None
    return f"{name} {text}: не сходится контрольная цифра. Проверьте номер, особенно последние цифры"


def bic(text: str) -> str | None:
    """БИК: 9 digits, 04 first at banks, 00 to 02 at the treasury."""
    if wrong := _not_digits("БИК", text):
        return wrong
    if len(text) != 9:
        return f"БИК {text}: цифр должно быть 9, а здесь {len(text)}. Проверьте номер"
    return None if text.startswith("0") else f"БИК {text}: номер начинается с нуля. Проверьте первую цифру"


def account(text: str, bank_bic: str) -> str | None:
    """An account in a bank: 20 digits that agree with the БИК by the key (Bank of Russia, 08.09.1997 № 515)."""
    own = bank_bic[-3:]
    prefix = f"0{bank_bic[4:6]}" if own in _CASH_CENTRES else own
    return _account("Счёт", text, bank_bic, prefix)


def correspondent_account(text: str, bank_bic: str) -> str | None:
    """The bank's own account in the Bank of Russia: 20 digits that agree with the БИК by the same key."""
    return _account("Корреспондентский счёт", text, bank_bic, f"0{bank_bic[4:6]}")


def warnings(entity_name: str, row: Mapping[str, Value]) -> dict[str, str]:
    """What looks wrong in the requisites of one row: field -> words for the user. Blanks are not wrong."""
    if entity_name in ("clients", "organizations"):
        return _of_a_firm(row)
    if entity_name == "bank_accounts":
        return _of_an_account(row)
    return {}


def _of_a_firm(row: Mapping[str, Value]) -> dict[str, str]:
    """A client from abroad has numbers of its own, which nothing here can check."""
    if _text(row, "country").casefold() not in _OURS:
        return {}
    form = _text(row, "legal_form") or "company"
    tax, branch, state = _text(row, "inn"), _text(row, "kpp"), _text(row, "ogrn")
    found = {
        "inn": tax and (inn(tax) or _length_of_form("ИНН", tax, 10, 12, form)),
        "kpp": branch and (kpp(branch) if form == "company" else "КПП бывает только у организаций. Уберите его или проверьте вид"),
        "ogrn": state and (ogrn(state) or _length_of_form("ОГРН", state, 13, 15, form)),
    }
    return {field: words for field, words in found.items() if words}


def _of_an_account(row: Mapping[str, Value]) -> dict[str, str]:
    bank_bic, own, correspondent = _text(row, "bic"), _text(row, "account"), _text(row, "correspondent_account")
    found = {
        "bic": bank_bic and bic(bank_bic),
        "account": own and account(own, bank_bic),
        "correspondent_account": correspondent and correspondent_account(correspondent, bank_bic),
    }
    return {field: words for field, words in found.items() if words}


def _account(name: str, text: str, bank_bic: str, prefix: str) -> str | None:
    """Without a good БИК of a bank only the shape is checked: treasury accounts (БИК not from 04) have no such key."""
    if wrong := _not_digits(name, text):
        return wrong
    if len(text) != 20:
        return f"{name} {text}: цифр должно быть 20, а здесь {len(text)}. Проверьте номер"
    if bic(bank_bic) or not bank_bic.startswith("04"):
        return None
    key = sum(int(digit) * (7, 1, 3)[place % 3] % 10 for place, digit in enumerate(prefix + text))
    if key % 10 == 0:
        return None
    return f"{name} {text} не подходит к БИК {bank_bic}: не сходится контрольный ключ. Проверьте оба номера"


def _length_of_form(name: str, text: str, firm: int, person: int, form: str) -> str | None:
    wanted = firm if form == "company" else person
    if len(text) == wanted:
        return None
    whose = "организации" if form == "company" else "предпринимателя" if form == "sole_trader" else "физического лица"
    return f"{name} {text}: у {whose} должно быть {wanted} цифр, а здесь {len(text)}. Проверьте номер или вид"


def _not_digits(name: str, text: str) -> str | None:
    if re.fullmatch(r"[0-9]+", text):
        return None
    return f"{name} «{text}»: должны быть только цифры, без пробелов и букв. Уберите лишнее"


def _weighed(text: str, weights: tuple[int, ...]) -> str:
    return str(sum(weight * int(digit) for weight, digit in zip(weights, text, strict=False)) % 11 % 10)


def _text(row: Mapping[str, Value], field: str) -> str:
    value = row.get(field)
    return value.strip() if isinstance(value, str) else ""
