"""The payment code of an invoice (ГОСТ Р 56042-2014): what a bank's program reads from the square, and nothing it might trip over."""

from __future__ import annotations

from typing import NamedTuple

FORMAT = "ST00012"
"""The standard's mark of version 1 in UTF-8."""
LONGEST_NAME, LONGEST_BANK, LONGEST_PURPOSE = 160, 45, 160
"""Characters of the longest values. The standard allows 210 of a purpose, of which some banks cut the end."""


class Payee(NamedTuple):
    """Who is to be paid, and where."""

    name: str
    inn: str
    kpp: str
    account: str
    bank: str
    bic: str
    correspondent_account: str


def payment_code(payee: Payee, kopecks: int, purpose: str) -> str:
    """The text behind the square; '' when there is nothing to pay, or when what the standard requires is missing."""
    required = (payee.name, payee.account, payee.bank, payee.bic)
    if kopecks <= 0 or not all(map(clean, required)):
        return ""
    pairs = {
        "Name": clean(payee.name)[:LONGEST_NAME],
        "PersonalAcc": clean(payee.account),
        "BankName": clean(payee.bank)[:LONGEST_BANK],
        "BIC": clean(payee.bic),
        "CorrespAcc": clean(payee.correspondent_account) or "0",  # the standard's own word for «there is none»
        "Sum": str(kopecks),
        "Purpose": clean(purpose)[:LONGEST_PURPOSE],
        "PayeeINN": clean(payee.inn),
        "KPP": clean(payee.kpp),
    }
    return "|".join([FORMAT, *(f"{name}={value}" for name, value in pairs.items() if value)])


def clean(value: str) -> str:
    """One line without the sign that parts the values."""
    return " ".join(value.replace("|", " ").split())
