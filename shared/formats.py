"""How values look to a person: money, dates, counts and times in Russian. The other way round is `shared.values`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from shared.entity import Field, Kind, Value

SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EM DASH}"
NO_TIME = "00:00"
"""A moment that was given as a day alone is kept so."""
MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
_KILO = 1024
_FILE = "pdf|docx?|xlsx?|pptx?|odt|ods|rtf|txt|csv|jpe?g|png|tiff?|zip|rar|dwg|html?"
_SITE = re.compile(rf"([\w-]+\.)+(?!(?:{_FILE})$)[^\W\d_]{{2,}}(:[0-9]+)?([/?#]\S*)?", re.IGNORECASE)


def show(field: Field, value: Value, *, zero_as_dash: bool = False) -> str:
    """What a cell or a paper shows. A blank is ''; a value of another shape than its kind is shown as it is."""
    if value is None or value == "":
        return ""
    if zero_as_dash and value == 0 and field.kind is not Kind.FLAG:
        return DASH
    return SHOW[field.kind](field, value)


def money(kopecks: int, unit: str = "₽") -> str:
    """«1 234,50 ₽»; without the sign of the currency when `unit` is ''."""
    return _with_unit(_decimal(kopecks, 2, 2), unit)


def price(micro: int, unit: str = "₽") -> str:
    """Millionths of a rouble as «33,333 ₽»: two decimals, more only when the price has them."""
    return _with_unit(_decimal(micro, 6, 2), unit)


def quantity(micro: int) -> str:
    """Millionths of a unit as «0,195» or «3»."""
    return _decimal(micro, 6, 0)


def percent(micro: int) -> str:
    """Millionths of a percent as «7,5 %»."""
    return _with_unit(_decimal(micro, 6, 0), "%")


def named(title: str) -> str:
    """«Офис»; a firm whose name has such quotes of its own, ООО «Ромашка», gets no second pair around them."""
    return title if "«" in title else f"«{title}»"


def share(micro: int) -> str:
    """Millionths of a percent as «95,0» for a column that says «%» itself: one decimal at least, so that they stand under each other."""
    return _decimal(micro, 6, 1)


def web_address(text: str) -> str:
    """Where a typed address leads: a site may be written without `https://`, as people say it; '' for a folder and for words."""
    if text.startswith(("http://", "https://")):
        return text
    return f"https://{text}" if _SITE.fullmatch(text) else ""


def whole(number: int) -> str:
    """«12 345»."""
    return _decimal(number, 0, 0)


def day(iso: str) -> str:
    """«12.03.2026» from 2026-03-12."""
    return f"{iso[8:10]}.{iso[5:7]}.{iso[:4]}"


def long_day(iso: str) -> str:
    """«12 марта 2026 г.» as papers write it, from 2026-03-12."""
    return f"{int(iso[8:10])} {MONTHS[int(iso[5:7]) - 1]} {iso[:4]} г."


def moment(iso: str) -> str:
    """«12.03.2026 14:05» from 2026-03-12T14:05; midnight stands for the whole day, as when it is typed: «12.03.2026»."""
    return day(iso) if iso[11:16] == "00:00" else f"{day(iso)} {iso[11:16]}"


def form(number: int, forms: tuple[str, str, str]) -> str:
    """The word that stands with the number; forms for 1, 2 and 5: («заказ», «заказа», «заказов»)."""
    rest = abs(number) % 100
    if rest in range(11, 15):
        return forms[2]
    return forms[0] if rest % 10 == 1 else forms[1] if rest % 10 in (2, 3, 4) else forms[2]


def plural(number: int, forms: tuple[str, str, str]) -> str:
    """«5 заказов», «1 234 заказа»."""
    return f"{whole(number)} {form(number, forms)}"


def when(iso: str, now: datetime) -> str:
    """A date or a moment as people say it: «сегодня, 14:05», «вчера», «12 марта», «12 марта 2025»."""
    then = date.fromisoformat(iso[:10])
    near = {0: "сегодня", -1: "вчера", 1: "завтра"}.get((then - now.date()) // timedelta(days=1))
    if near:
        return f"{near}, {iso[11:16]}" if len(iso) > len("2026-03-12") else near
    spoken = f"{then.day} {MONTHS[then.month - 1]}"
    return spoken if then.year == now.year else f"{spoken} {then.year}"


def initials(name: str) -> str:
    """«Иванова А. С.» from «Иванова Анна Сергеевна», never torn between two lines; a name of another shape stays."""
    family, *given = name.split()[:3] or [""]
    return SPACE.join([family, *(f"{word[0]}." for word in given)])


def ago(seconds: float) -> str:
    """«2 мин назад»; what is less than a minute old, or seems to come from the future, is «только что»."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return "только что"
    if minutes < 60:
        return f"{minutes}{SPACE}мин назад"
    hours = minutes // 60
    return f"{hours}{SPACE}ч назад" if hours < 24 else f"{plural(hours // 24, ('день', 'дня', 'дней'))} назад"


def lasting(ms: int) -> str:
    """«6 мин», «2 ч 10 мин», «3 дня 4 ч»: two units at most."""
    hours, minutes = divmod(ms // 60_000, 60)
    days, hours = divmod(hours, 24)
    if days:
        parts = [plural(days, ("день", "дня", "дней")), f"{hours}{SPACE}ч" if hours else ""]
    else:
        parts = [f"{hours}{SPACE}ч" if hours else "", f"{minutes}{SPACE}мин" if minutes or not hours else ""]
    return " ".join(filter(None, parts))


def bytes_size(size: int) -> str:
    """«512 байт», «1,5 КБ», «12 МБ»: units of 1024, one decimal below ten."""
    if size < _KILO:
        return plural(size, ("байт", "байта", "байт"))
    tenths, names = size * 10 // _KILO, iter(("КБ", "МБ", "ГБ"))
    name = next(names)
    while tenths >= _KILO * 10 and name != "ГБ":
        tenths, name = tenths // _KILO, next(names)
    return f"{_decimal(tenths if tenths < 100 else tenths // 10 * 10, 1, 0)}{SPACE}{name}"


def _decimal(number: int, decimals: int, shown: int) -> str:
    """A whole number of 10^-decimals parts, with a comma, groups of three, and at least `shown` decimals."""
    digits = str(abs(number)).rjust(decimals + 1, "0")
    units, rest = (digits[:-decimals], digits[-decimals:]) if decimals else (digits, "")
    kept = rest.rstrip("0").ljust(shown, "0")
    grouped = f"{int(units):,}".replace(",", SPACE)
    return f"{MINUS if number < 0 else ''}{grouped}{',' if kept else ''}{kept}"


def _with_unit(text: str, unit: str) -> str:
    return f"{text}{SPACE}{unit}" if unit else text


def _number(shown: Callable[[int], str]) -> Callable[[Field, Value], str]:
    return lambda _, value: shown(value) if isinstance(value, int) else str(value)


def _dated(shown: Callable[[str], str], length: int) -> Callable[[Field, Value], str]:
    return lambda _, value: shown(value) if isinstance(value, str) and len(value) == length else str(value)


def _as_it_is(_: Field, value: Value) -> str:
    return str(value)


def _flag(_: Field, value: Value) -> str:
    return "да" if value else "нет"


def _choice(field: Field, value: Value) -> str:
    """The Russian words; a key that only a newer program knows is shown as it is."""
    return (field.choices or {}).get(str(value), str(value))


SHOW: Mapping[Kind, Callable[[Field, Value], str]] = {
    Kind.TEXT: _as_it_is,
    Kind.NOTE: _as_it_is,
    Kind.PHONE: _as_it_is,
    Kind.EMAIL: _as_it_is,
    Kind.LINK: _as_it_is,
    Kind.MONEY: _number(money),
    Kind.PRICE: _number(price),
    Kind.QUANTITY: _number(quantity),
    Kind.PERCENT: _number(percent),
    Kind.INTEGER: _number(whole),
    Kind.DATE: _dated(day, len("2026-03-12")),
    Kind.MOMENT: _dated(moment, len("2026-03-12T14:05")),
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
    Kind.REFERENCE: _as_it_is,  # whoever has the row shows its title instead
    Kind.DATA: _as_it_is,
}
"""One way of showing per kind; a kind that is missing here fails a test of the house."""
