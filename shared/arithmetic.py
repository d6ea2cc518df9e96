"""Sums that a person types into a number field: «1 234,5», «12*3», «(100 + 20) / 4», counted exactly and never by eval."""

from __future__ import annotations

import re
from fractions import Fraction

LONGEST = 100
"""Characters of one sum: longer than any a person types, short enough that brackets cannot exhaust the stack."""

_LOOKALIKES = str.maketrans({"−": "-", "–": "-", "—": "-", "×": "*", "⋅": "*", "÷": "/"})
_NUMBER = (
    r"[0-9]{1,3}(?: [0-9]{3})+(?![0-9])(?:[.,][0-9]+)?"  # 1 234 567,50
    r"|[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+"  # 1,234.50 and 1.234,50
    r"|[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+"  # 1234,5  12,  ,5
)
_TOKEN = re.compile(rf" *(?:({_NUMBER})|([-+*/()])) *")
_OPERATION = re.compile(r"[0-9.,)] *[-+*/]")


def calculate(text: str) -> Fraction:
    """The exact result; ValueError when the text is not a sum, ZeroDivisionError when it divides by zero."""
    tokens = _tokens(plain(text))
    result = _sum(tokens)
    if tokens:
        raise ValueError(text)
    return result


def is_operation(text: str) -> bool:
    """Does the text count something («12*3»), or is it one number («-12,5»)?"""
    return _OPERATION.search(plain(text)) is not None


def plain(text: str) -> str:
    """One kind of space, minus and multiplication sign, whatever the keyboard or the pasted file used."""
    return " ".join(text.translate(_LOOKALIKES).split())


def _tokens(text: str) -> list[str]:
    """The tokens with the first one at the end, to be popped from there."""
    if not text or len(text) > LONGEST:
        raise ValueError(text)
    tokens: list[str] = []
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if not found:
            raise ValueError(text)
        tokens.append(found[1] or found[2])
        place = found.end()
    return tokens[::-1]


def _sum(tokens: list[str]) -> Fraction:
    result = _product(tokens)
    while tokens and tokens[-1] in "+-":
        sign = tokens.pop()
        part = _product(tokens)
        result = result + part if sign == "+" else result - part
    return result


def _product(tokens: list[str]) -> Fraction:
    result = _factor(tokens)
    while tokens and tokens[-1] in "*/":
        sign = tokens.pop()
        part = _factor(tokens)
        result = result * part if sign == "*" else result / part
    return result


def _factor(tokens: list[str]) -> Fraction:
    if not tokens:
        raise ValueError("the sum ends too early")
    sign = tokens.pop()
    if sign == "-":
        return -_factor(tokens)
    if sign == "+":
        return _factor(tokens)
    if sign == "(":
        inside = _sum(tokens)
        if not tokens or tokens.pop() != ")":
            raise ValueError("a bracket is not closed")
        return inside
    return _literal(sign)


def _literal(number: str) -> Fraction:
    """«1 234,5», «1,234.50» and «1.234,50» alike: the last separator is the decimal one; ValueError for a sign."""
    whole, point, decimals = number.replace(" ", "").replace(",", ".").rpartition(".")
    if not point:
        return Fraction(int(decimals))
    decimals = decimals or "0"
    return Fraction(int((whole.replace(".", "") or "0") + decimals), 10 ** len(decimals))
