"""From the texts of a column to values: each distinct text is read once, and what cannot be read is told by row. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple

from local_app.imports.marks import UNCOUNTED
from shared.arithmetic import is_operation, plain
from shared.change import Refused
from shared.entity import MICRO, NUMERIC, Field, Kind, Value
from shared.rules import requisites
from shared.rules.pasted import DASHES
from shared.values import parse

Reader = Callable[[str], Value]
_CELL_ERRORS = frozenset((
    "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!",
    "#Н/Д", "#ССЫЛКА!", "#ЗНАЧ!", "#ДЕЛ/0!", "#ИМЯ?", "#ЧИСЛО!", "#ПУСТО!",
))  # fmt: skip
_CUT = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{2,3}", re.IGNORECASE)
"""«7,92E+10»: how a spreadsheet saves a long number of a narrow cell, whose other digits are gone."""
NOTHING = DASHES | {""}
_DISCOUNT = Field("discount", Kind.PERCENT, "Скидка, %")
_PLAIN = re.compile(r"(-?)([0-9]{1,7})(?:[.,]([0-9]{1,6}))?")
_WORDS = {"дд": "%d", "мм": "%m", "гггг": "%Y", "гг": "%y", "dd": "%d", "mm": "%m", "yyyy": "%Y", "yy": "%y"}
_FOREIGN = ("%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%m.%d.%Y")
"""Month first: taken only when a column has days that cannot be months."""
_NO_VAT = frozenset(("без ндс", "без налога", "без налога (ндс)", "не облагается", "ндс не облагается", "нет", "-"))
_AROUND_VAT = re.compile(r"\b(?:в том числе|в т\. ?ч\.|вкл\.|включая|ставка|ндс)", re.IGNORECASE)
_COUNTED_VAT = re.compile(r"([0-9]{1,2}) ?/ ?([0-9]{3})%?")
"""«20/120», the rate within a sum."""
_SERIAL = re.compile(r"([0-9]{5})(?:[.,][0-9]+)?")
_SERIALS = range(20_000, 80_000)
_SERIAL_ZERO = date(1899, 12, 30).toordinal()


class Wrong(NamedTuple):
    """Why a cell cannot be read; `place` counts the rows of the sheet from 0."""

    place: int
    reason: str


def read_column(texts: Iterable[str], reader: Reader) -> tuple[list[Value], list[Wrong]]:
    """The values of a column in the order of its rows (None where it is wrong), and what is wrong."""
    memo: dict[str, Value] = {}
    failed: dict[str, str] = {}
    values: list[Value] = []
    wrong: list[Wrong] = []
    for index, text in enumerate(texts):
        if text not in memo:
            memo[text] = _tried(reader, text, failed)
        if text in failed:
            wrong.append(Wrong(index, failed[text]))
        values.append(memo[text])
    return values, wrong


def reader_of(key: str, field: Field, dates: str = "", header: str = "") -> Reader:
    """How the cells of a column are read: by its key where the file's way differs from typing, else as if a person typed them."""
    if key == "discount" and "%" in header:  # its very name says what its numbers are
        return lambda text: read_value(field, text)
    if key in _SPECIAL and not (key == "vat" and field.kind is Kind.TEXT):  # among products it is the name of a rate
        return _SPECIAL[key]
    if field.kind is Kind.DATE:
        return lambda text: read_date(text, dates)
    return lambda text: read_value(field, text)


def read_value(field: Field, text: str) -> Value:
    """As a person types it, but a file holds no sums: «2026-03-12» is no number."""
    if field.kind in (Kind.TEXT, Kind.PHONE) and _CUT.fullmatch(text.strip()):
        raise Refused(f"«{text.strip()}»: длинное число сохранено не целиком. Сделайте столбец текстовым и впишите все цифры")
    if field.kind is Kind.FLAG and not text.strip():
        return None  # on the screen a blank is a «no», here it says nothing
    if text.strip() in NOTHING and field.kind in (Kind.PHONE, Kind.EMAIL, *NUMERIC):
        return parse(field, "")
    if field.kind in NUMERIC and is_operation(text):
        raise Refused(f"«{text.strip()}» — не число. Напишите, например, 1\N{NO-BREAK SPACE}234,5")
    if field.kind in (Kind.PRICE, Kind.QUANTITY) and (plain := _PLAIN.fullmatch(text)):
        return int(plain[1] + plain[2] + (plain[3] or "").ljust(6, "0"))  # nearly every cell, at a tenth of the time
    try:
        return parse(field, text)
    except Refused as refused:
        raise Refused(str(refused).removesuffix(" или 12*3")) from None


def read_fraction(text: str) -> Value:
    """A discount as a share of one, in millionths of a percent: 0.15 is 15 %."""
    if text.rstrip().endswith("%"):
        return read_value(_DISCOUNT, text)
    field = Field("discount_fraction", Kind.QUANTITY, "Скидка, доля")
    share = read_value(field, text)
    if share is None:
        return None
    if abs(int(share)) > MICRO:
        raise Refused(f"«{text.strip()}» больше единицы: доля скидки — от 0 до 1, а для процентов выберите поле «Скидка, %»")
    return int(share) * 100


def read_discount(text: str) -> Value:
    """A discount in percent. A file that holds shares of one writes 0.1 for 10 %, and nobody could tell that from a tenth of a percent."""
    percent = read_value(_DISCOUNT, text)
    if isinstance(percent, int) and 0 < abs(percent) < MICRO and "%" not in text:
        shown = text.strip().replace(".", ",")
        raise Refused(
            f"«{text.strip()}»: это {shown} % или доля? Напишите со знаком, например «{shown}%», "
            "а если в столбце доли (0,1 — это 10 %), выберите для него поле «Скидка, доля»"
        )
    return percent


def read_vat(text: str) -> Value:
    """A VAT rate in millionths of a percent, None for «Без НДС»; a cell formatted as a percent holds 0.2 for 20 %."""
    words = plain(text).casefold()
    if words in _NO_VAT:
        return None
    field = Field("vat_percent", Kind.PERCENT, "Ставка НДС")
    number = plain(_AROUND_VAT.sub("", words).strip(" .:"))
    if (counted := _COUNTED_VAT.fullmatch(number)) and int(counted[2]) == 100 + int(counted[1]):
        return int(counted[1]) * MICRO
    try:
        rate = read_value(field, number)
    except Refused:
        raise Refused(f"«{text.strip()}» не похоже на ставку НДС. Напишите, например, «22%» или «Без НДС»") from None
    if isinstance(rate, int) and rate < 0:
        raise Refused(f"«{text.strip()}»: ставка НДС не бывает отрицательной")
    if isinstance(rate, int) and 0 < rate < MICRO and "%" not in text:
        return rate * 100
    return rate


def _without_spaces(text: str) -> str:
    """Digits as they are, whatever parts them; a dash alone is how people write that there are none."""
    together = "".join(text.split())
    return "" if together in NOTHING else together


def read_inn(text: str) -> Value:
    """ИНН; one that lost its leading zero gets it back. Whatever else is wrong is told as a warning, as in the card of a client."""
    if "e+" in text.lower():
        raise Refused("ИНН записан числом и потерял цифры. Сделайте ячейку текстовой")
    return whole_inn(text) or read_value(Field("inn", Kind.TEXT, "ИНН"), text.strip() if text.strip() not in NOTHING else "")


def whole_inn(text: str) -> str:
    """The digits of an ИНН by which a client can be told, with a lost zero where that makes it right; '' for what is none."""
    inn = _without_spaces(text)
    if not (inn.isascii() and inn.isdigit()):
        return ""
    if len(inn) in (9, 11) and requisites.inn(f"0{inn}") is None:
        inn = f"0{inn}"
    return inn if len(inn) in (10, 12) and not inn.startswith("00") else ""


def read_kpp(text: str) -> Value:
    """КПП; 8 digits are one that lost its leading zero. Any other length is told as a warning, as in the card of a client."""
    kpp = _without_spaces(text)
    if kpp.isdigit() and len(kpp) == 8:
        kpp = f"0{kpp}"
    return read_value(Field("kpp", Kind.TEXT, "КПП"), kpp)


def tax_numbers(text: str) -> tuple[str, str]:
    """«7707083893/773601001» as ИНН and КПП; an ИНН alone has no КПП beside it."""
    inn, slash, kpp = text.partition("/")
    return (inn, kpp.strip()) if slash else (text, "")


def read_account(text: str) -> Value:
    """A bank account of 20 digits; a number cell keeps only 15 of them, so such an account is refused. Other doubts are warnings."""
    account = _without_spaces(text).replace(".", "")
    if "e+" in account.lower() or (len(account) == 20 and account.endswith("00000") and account[15:] == "00000"):
        raise Refused("счёт записан числом и потерял последние цифры. Сделайте ячейку текстовой и впишите 20 цифр")
    return account if account.isdecimal() else read_value(Field("account", Kind.TEXT, "Счёт"), text)


def read_date(text: str, form: str) -> Value:
    """ISO date or None for a blank. `form` is strptime's, or '' for the Russian and ISO ways; the day numbers of Excel are known in any."""
    cleaned = text.strip()
    field = Field("date", Kind.DATE, "Дата")
    if (serial := _SERIAL.fullmatch(cleaned)) and int(serial[1]) in _SERIALS:
        return date.fromordinal(_SERIAL_ZERO + int(serial[1])).isoformat()
    if cleaned in NOTHING:
        return None
    if not form or (cleaned[:4].isdigit() and cleaned[4:5] == "-"):
        return parse(field, _without_time(cleaned))
    try:
        found = datetime.strptime(_without_time(cleaned), form)  # noqa: DTZ007 a date has no zone
    except ValueError:
        raise Refused(f"«{cleaned}» не похоже на дату в указанном виде") from None
    return parse(field, found.date().isoformat())


def date_form(texts: Sequence[str], given: str = "") -> str:
    """How a column writes its dates: as given («ДД.ММ.ГГГГ» or strptime's), or the way in which more of its cells are dates."""
    if given:
        return strptime_form(given)
    distinct = sorted({text.strip() for text in texts if text.strip()})
    return max(("", *_FOREIGN), key=lambda form: sum(_reads(text, form) for text in distinct))


def doubtful_date(texts: Sequence[str]) -> tuple[str, str]:
    """A text that is one day in the Russian way and another one with the month first, and that other way; blanks when something tells."""
    distinct = sorted({text.strip() for text in texts if text.strip()})
    foreign = max(_FOREIGN, key=lambda form: sum(_reads(text, form) for text in distinct))
    if sum(_reads(text, "") for text in distinct) != sum(_reads(text, foreign) for text in distinct):
        return "", ""
    readable = [text for text in distinct if _reads(text, "") and _reads(text, foreign)]
    return next(((text, foreign) for text in readable if read_date(text, "") != read_date(text, foreign)), ("", ""))


def strptime_form(given: str) -> str:
    """«ДД.ММ.ГГГГ», «dd/mm/yyyy» or «%d.%m.%Y» to the last of them."""
    if "%" in given:
        return given
    form = given.casefold()
    for word, sign in sorted(_WORDS.items(), key=lambda pair: -len(pair[0])):
        form = form.replace(word, sign)
    if "%d" not in form or "%m" not in form or "%y" not in form.lower():
        raise Refused(f"Вид дат «{given}» непонятен. Напишите, например, ДД.ММ.ГГГГ")
    return form


_SPECIAL: Mapping[str, Reader] = MappingProxyType({
    "inn": read_inn, "kpp": read_kpp, "account": read_account,
    "discount": read_discount, "discount_fraction": read_fraction, "vat": read_vat,
})  # fmt: skip


def _tried(reader: Reader, text: str, failed: dict[str, str]) -> Value:
    try:
        return reader(_counted(text))
    except Refused as refused:
        failed[text] = str(refused)
        return None


def _counted(text: str) -> str:
    """The text of a cell that is no error."""
    if text.strip() == UNCOUNTED:
        raise Refused("в ячейке формула без значения: откройте файл в Excel и сохраните его")
    if text.strip() in _CELL_ERRORS:
        raise Refused(f"в ячейке ошибка Excel {text.strip()}")
    return text


def _reads(text: str, form: str) -> bool:
    try:
        return read_date(text, form) is not None
    except Refused:
        return False


def _without_time(text: str) -> str:
    """Exports write «12.03.2026 10:15:00»: an order keeps the day."""
    day, _, rest = text.replace("T", " ").partition(" ")
    return day if ":" in rest else text
