"""Values coming in: what a person typed or a file holds becomes a value of its kind. The other way round is `shared.formats`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from shared.arithmetic import calculate, is_operation, plain
from shared.change import Refused
from shared.dates import find_date, find_moment
from shared.entity import MICRO, Field, Kind, Value
from shared.money import divide_half_up
from shared.shapes import CONTROL, CONTROL_IN_NOTE, LARGEST, LONGEST, ROW_ID, check

__all__ = ["LARGEST", "LONGEST", "PARSERS", "check", "from_micro", "parse", "parse_discount", "to_micro"]

_MONEY = Field("", Kind.MONEY, "Сумма")
_PERCENT = Field("", Kind.PERCENT, "Процент")
_CURRENCY = re.compile(r" *(?:₽|руб(?:\.|лей|ля|ль)?|р\.?)$", re.IGNORECASE)
_YES = frozenset({"да", "д", "yes", "y", "true", "истина", "1", "+", "есть", "✓"})
_NO = frozenset({"", "нет", "н", "no", "n", "false", "ложь", "0", "-"})
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")


def parse(field: Field, text: str, today: date | None = None) -> Value:
    """The value a person means; Refused says what is wrong and what to write. `today` completes «12.03» and «завтра»."""
    try:
        value = PARSERS[field.kind](field, text, today)
    except Refused as refused:
        raise Refused(str(refused), field.name) from None
    if field.kind is not Kind.CHOICE and (wrong := check(field, value)):  # an option, maybe of a user's own field, is in its list
        raise Refused(wrong, field.name)
    return value


def parse_discount(text: str) -> tuple[int | None, int | None]:
    """A discount as people type it: «5%» is (millionths of a percent, None), «500» is (None, kopecks), a blank takes both away."""
    field = _PERCENT if plain(text).endswith("%") else _MONEY
    value = parse(field, text)
    number = value if isinstance(value, int) else None
    return (number, None) if field is _PERCENT else (None, number)


def to_micro(number: str | Decimal) -> int:
    """Whole millionths of a number; Refused when it has more than six decimals or is no number."""
    if isinstance(number, str):
        found = _scaled(number, MICRO)
        if found is None:
            raise Refused("Нет числа. Напишите его, например 1\N{NO-BREAK SPACE}234,5")
        return found
    if not number.is_finite() or number.adjusted() > 15:  # before a Fraction of 1E+999999 fills the memory
        raise Refused(f"{number} — слишком большое число")
    if number and number.adjusted() < -6:
        raise Refused(_too_fine(str(number), MICRO))
    return _exact(Fraction(number), str(number), MICRO)


def from_micro(micro: int) -> Decimal:
    """The exact number of units in whole millionths."""
    return Decimal(micro) / MICRO


def _scaled(text: str, scale: int) -> int | None:
    """The typed number in parts of `scale`. One number must be exact; the result of a sum («100/3») is rounded half up."""
    if not plain(text):
        return None
    try:
        result = calculate(text)
    except ZeroDivisionError:
        raise Refused(f"«{_short(text)}»: на ноль делить нельзя") from None
    except ValueError:
        raise Refused(f"«{_short(text)}» не похоже на число. Напишите, например, 1\N{NO-BREAK SPACE}234,5 или 12*3") from None
    if is_operation(text):
        return divide_half_up(result.numerator * scale, result.denominator)
    if "(" in text:  # a sum to the screen, a minus to an accountant
        raise Refused(f"«{_short(text)}»: число в скобках. Если это минус, поставьте его вместо скобок")
    return _exact(result, text, scale)


def _exact(number: Fraction, text: str, scale: int) -> int:
    scaled = number * scale
    if scaled.denominator != 1:
        raise Refused(_too_fine(text, scale))
    return scaled.numerator


def _too_fine(text: str, scale: int) -> str:
    if scale == 1:
        return f"«{_short(text)}»: нужно целое число. Уберите дробную часть"
    most = "двух" if scale == 100 else "шести"
    return f"«{_short(text)}»: после запятой может быть не больше {most} цифр. Округлите число"


def _short(text: str) -> str:
    stripped = text.strip()
    return stripped if len(stripped) <= 40 else f"{stripped[:40]}…"


def _text(field: Field, text: str, _: date | None) -> Value:
    """One line: runs of spaces, tabs and line breaks of a pasted text become one space."""
    words = text.split()
    return CONTROL.sub("", ("" if field.grouped and "".join(words).isdecimal() else " ").join(words))


def _note(_: Field, text: str, __: date | None) -> Value:
    return CONTROL_IN_NOTE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _link(_: Field, text: str, __: date | None) -> Value:
    """A path of a folder may hold two spaces in a row."""
    return CONTROL.sub("", text).strip()


def _phone(field: Field, text: str, today: date | None) -> Value:
    if text.strip() and not re.search(r"[0-9]", text):
        raise Refused(f"«{_short(text)}»: в телефоне нет ни одной цифры. Напишите, например, +7 916 123-45-67")
    return _text(field, ", ".join(line.rstrip(" ,;") for line in text.splitlines() if line.strip(" ,;")), today)


def _email(_: Field, text: str, __: date | None) -> Value:
    """Several addresses may stand in one field."""
    addresses = [address for address in re.split(r"[,;\s]+", text) if address]
    for address in addresses:
        if not _EMAIL.fullmatch(address):
            raise Refused(f"«{_short(address)}» не похоже на адрес почты. Напишите, например, ivan@example.ru")
    return ", ".join(addresses)


def _money(_: Field, text: str, __: date | None) -> Value:
    return _scaled(_CURRENCY.sub("", plain(text)), 100)


def _price(_: Field, text: str, __: date | None) -> Value:
    return _scaled(_CURRENCY.sub("", plain(text)), MICRO)


def _quantity(_: Field, text: str, __: date | None) -> Value:
    return _scaled(text, MICRO)


def _percent(_: Field, text: str, __: date | None) -> Value:
    """«5%», «5»; «Без НДС» is how an empty VAT rate is written."""
    cleaned = plain(text).casefold()
    return None if cleaned == "без ндс" else _scaled(cleaned.removesuffix("%"), MICRO)


def _integer(_: Field, text: str, __: date | None) -> Value:
    return _scaled(text, 1)


def _date(_: Field, text: str, today: date | None) -> Value:
    return find_date(text, today)


def _moment(_: Field, text: str, today: date | None) -> Value:
    return find_moment(text, today)


def _flag(_: Field, text: str, __: date | None) -> Value:
    word = plain(text).casefold()
    if word in _YES:
        return 1
    if word in _NO:
        return 0
    raise Refused(f"«{_short(text)}»: напишите «да» или «нет»")


def _choice(field: Field, text: str, __: date | None) -> Value:
    word = plain(text).casefold()
    choices = field.choices or {}
    for key, label in choices.items():
        if word in (key.casefold(), plain(label).casefold()):
            return key
    if not word:
        return ""
    raise Refused(f"«{_short(text)}» нет в списке. Можно: {', '.join(filter(None, choices.values()))}")


def _reference(field: Field, text: str, __: date | None) -> Value:
    """Only an id: to find a row by its name one needs the rows."""
    if text.strip() and not ROW_ID.fullmatch(text.strip()):
        raise Refused(f"«{_short(text)}»: выберите значение поля «{field.label}» из списка")
    return text.strip() or None


def _data(field: Field, _: str, __: date | None) -> Value:
    raise Refused(f"Поле «{field.label}» заполняет программа, вручную его не меняют")


PARSERS: Mapping[Kind, Callable[[Field, str, date | None], Value]] = {
    Kind.TEXT: _text,
    Kind.NOTE: _note,
    Kind.PHONE: _phone,
    Kind.EMAIL: _email,
    Kind.LINK: _link,
    Kind.MONEY: _money,
    Kind.PRICE: _price,
    Kind.QUANTITY: _quantity,
    Kind.PERCENT: _percent,
    Kind.INTEGER: _integer,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
    Kind.REFERENCE: _reference,
    Kind.DATA: _data,
}
"""One way of reading per kind; a kind that is missing here fails a test of the house."""
