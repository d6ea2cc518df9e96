"""Values look as a Russian reader expects them, to the space and the comma."""

import re
from datetime import datetime

import pytest

from shared.entity import MICRO, Field, Kind, Value
from shared.formats import (
    SHOW,
    SPACE,
    ago,
    bytes_size,
    form,
    lasting,
    long_day,
    money,
    named,
    plural,
    price,
    quantity,
    share,
    show,
    web_address,
    when,
)

NOW = datetime(2026, 11, 23, 15, 30)  # noqa: DTZ001 # people's local time has no zone
ORDERS = ("заказ", "заказа", "заказов")


def shown(kind: Kind, value: Value) -> str:
    """With plain spaces, so that the expectations below can be read."""
    return show(Field("field", kind, "Поле", choices={"on_top": "НДС сверху"}), value).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Kind.MONEY, 123450, "1 234,50 ₽"),
        (Kind.MONEY, 123456789012, "1 234 567 890,12 ₽"),
        (Kind.MONEY, -5, "−0,05 ₽"),
        (Kind.MONEY, 0, "0,00 ₽"),
        (Kind.PRICE, 1198 * MICRO, "1 198,00 ₽"),
        (Kind.PRICE, 33333300, "33,3333 ₽"),
        (Kind.PRICE, 1, "0,000001 ₽"),
        (Kind.QUANTITY, 195000, "0,195"),
        (Kind.QUANTITY, 1500 * MICRO, "1 500"),
        (Kind.QUANTITY, -2500000, "−2,5"),
        (Kind.PERCENT, 5 * MICRO, "5 %"),
        (Kind.PERCENT, 7500000, "7,5 %"),
        (Kind.INTEGER, 12345, "12 345"),
        (Kind.DATE, "2026-03-12", "12.03.2026"),
        (Kind.MOMENT, "2026-03-12T14:05", "12.03.2026 14:05"),
        (Kind.FLAG, 1, "да"),
        (Kind.FLAG, 0, "нет"),
        (Kind.CHOICE, "on_top", "НДС сверху"),
        (Kind.CHOICE, "a_key_of_tomorrow", "a_key_of_tomorrow"),
        (Kind.TEXT, "ООО «Ромашка»", "ООО «Ромашка»"),
        (Kind.MONEY, None, ""),
        (Kind.DATE, None, ""),
        (Kind.CHOICE, "", ""),
    ],
)
def test_a_value_is_shown_by_its_kind(kind: Kind, value: Value, text: str) -> None:
    assert shown(kind, value) == text


@pytest.mark.parametrize("kind", Kind)
def test_a_value_of_a_wrong_shape_is_shown_as_it_is(kind: Kind) -> None:
    assert kind in SHOW
    assert shown(kind, "что-то") == ("да" if kind is Kind.FLAG else "что-то")


def test_numbers_are_grouped_by_a_space_that_does_not_break() -> None:
    assert money(123450) == "1\N{NO-BREAK SPACE}234,50\N{NO-BREAK SPACE}₽"
    assert money(123450, "") == "1\N{NO-BREAK SPACE}234,50"
    assert price(10 * MICRO, "") == "10,00"
    assert quantity(0) == "0"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://firm.ru/план", "https://firm.ru/план"),
        ("www.firm.ru", "https://www.firm.ru"),
        ("фирма.рф/цены?лист=2", "https://фирма.рф/цены?лист=2"),
        ("127.0.0.1", ""),
        ("план.PDF", ""),
        ("firm.ru/план.pdf", "https://firm.ru/план.pdf"),
        ("C:\\Проекты\\2026", ""),
        ("\\\\server\\общая", ""),
        ("схема лежит у Пети", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_a_site_is_an_address_with_or_without_its_scheme(typed: str, address: str) -> None:
    assert web_address(typed) == address


def test_zero_can_be_a_dash() -> None:
    assert show(Field("sum", Kind.MONEY, "Сумма"), 0, zero_as_dash=True) == "—"
    assert show(Field("sum", Kind.MONEY, "Сумма"), 1, zero_as_dash=True) != "—"
    assert show(Field("main", Kind.FLAG, "Основной"), 0, zero_as_dash=True) == "нет"


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (0, "заказов"), (1, "заказ"), (2, "заказа"), (4, "заказа"), (5, "заказов"), (11, "заказов"), (12, "заказов"),
        (14, "заказов"), (21, "заказ"), (22, "заказа"), (111, "заказов"), (101, "заказ"), (-1, "заказ"), (-3, "заказа"),
        (-12, "заказов"),
    ],
)  # fmt: skip
def test_the_word_agrees_with_the_number(number: int, word: str) -> None:
    assert form(number, ORDERS) == word


def test_a_count_has_its_word() -> None:
    assert plural(5, ORDERS) == "5 заказов"
    assert plural(1234, ORDERS) == "1\N{NO-BREAK SPACE}234 заказа"


@pytest.mark.parametrize(
    ("iso", "words"),
    [
        ("2026-11-23T14:05", "сегодня, 14:05"),
        ("2026-11-22T09:12", "вчера, 09:12"),
        ("2026-11-24T10:00", "завтра, 10:00"),
        ("2026-11-23", "сегодня"),
        ("2026-11-21T23:59", "21 ноября"),
        ("2026-03-12", "12 марта"),
        ("2025-03-12T10:00", "12 марта 2025"),
        ("2027-01-01", "1 января 2027"),
    ],
)
def test_a_moment_is_said_as_people_say_it(iso: str, words: str) -> None:
    assert when(iso, NOW) == words


def test_midnight_stands_for_the_whole_day() -> None:
    assert shown(Kind.MOMENT, "2026-03-12T00:00") == "12.03.2026"
    assert shown(Kind.MOMENT, "2026-03-12T00:01") == "12.03.2026 00:01"


def test_a_date_on_paper_is_written_in_full() -> None:
    assert long_day("2026-05-01") == "1 мая 2026 г."


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "только что"), (59.9, "только что"), (60, "1 мин назад"), (125, "2 мин назад"), (3600, "1 ч назад"),
        (86399, "23 ч назад"), (86400, "1 день назад"), (259200, "3 дня назад"), (432000, "5 дней назад"),
    ],
)  # fmt: skip
def test_how_long_ago_is_said_in_words(seconds: float, words: str) -> None:
    assert ago(seconds) == re.sub(r"(?<=\d) (?=мин|ч)", SPACE, words)  # a number is not torn from its unit


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 мин"), (6, "6 мин"), (120, "2 ч"), (130, "2 ч 10 мин"), (1440, "1 день"), (4579, "3 дня 4 ч"), (525600, "365 дней")],
)
def test_how_long_something_lasts_is_said_in_two_units(minutes: int, words: str) -> None:
    assert lasting(minutes * 60_000).replace("\N{NO-BREAK SPACE}", " ") == words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 байт"), (1, "1 байт"), (2, "2 байта"), (1023, "1 023 байта"), (1536, "1,5 КБ"), (10 * 1024, "10 КБ"),
        (1024**2, "1 МБ"), (12_900_000, "12 МБ"), (3 * 1024**3, "3 ГБ"), (5 * 1024**4, "5 120 ГБ"),
    ],
)  # fmt: skip
def test_sizes_of_files_are_short(size: int, words: str) -> None:
    assert bytes_size(size).replace("\N{NO-BREAK SPACE}", " ") == words


def test_percents_of_a_column_stand_under_each_other() -> None:
    assert [share(number * MICRO // 100) for number in (9500, 9530, 5, 100_000)] == ["95,0", "95,3", "0,05", "1\N{NO-BREAK SPACE}000,0"]


def test_a_name_with_quotes_gets_no_second_pair() -> None:
    assert (named("Офис"), named("ООО «Ромашка»")) == ("«Офис»", "ООО «Ромашка»")
