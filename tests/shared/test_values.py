"""What people type and files hold becomes values, or a sentence that says what to write instead."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.change import Refused
from shared.entity import MICRO, Field, Kind, Value
from shared.formats import show
from shared.values import check, from_micro, parse, parse_discount, to_micro

TODAY = date(2026, 11, 23)
VAT_MODE = Field("vat_mode", Kind.CHOICE, "НДС", choices={"on_top": "НДС сверху", "included": "НДС в сумме"})


def read(kind: Kind, text: str) -> Value:
    return parse(Field("field", kind, "Поле"), text, TODAY)


def refusal(kind: Kind, text: str) -> str:
    with pytest.raises(Refused) as refused:
        read(kind, text)
    assert refused.value.field == "field"
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "kopecks"),
    [
        ("1 234,5", 123450),
        ("1\N{NO-BREAK SPACE}234,50\N{NO-BREAK SPACE}₽", 123450),
        ("1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567", 123456700),
        ("1,234.50", 123450),
        ("1.234,50", 123450),
        ("1234.5", 123450),
        ("−5", -500),
        ("-0,01", -1),
        ("+7", 700),
        (",5", 50),
        ("12,", 1200),
        ("500 руб.", 50000),
        ("500р", 50000),
        ("12*3", 3600),
        ("12×3", 3600),
        ("(100 + 20) / 4", 3000),
        ("100-20-30", 5000),
        ("100/10/2", 500),
        ("2+2*2", 600),
        ("-(2+3)*2", -1000),
        ("0,1+0,2", 30),
        ("0,195*1198", 23361),
        ("100/3", 3333),
        ("-100/8/1000", -1),
        ("", None),
        ("  ", None),
    ],
)
def test_money_is_read_as_people_type_it(text: str, kopecks: int | None) -> None:
    assert read(Kind.MONEY, text) == kopecks


@pytest.mark.parametrize(
    "text",
    [
        "абв",
        "12 34",
        "1 2345",
        "1,2,3",
        "12*",
        "*12",
        "2*(3",
        "2)3",
        "1e5",
        "5%",
        "12..3",
        "__import__('os')",
        "9" * 101,
        "1=1",
        "()",
        "١٢",
    ],
)
def test_what_is_no_number_is_refused_with_an_example(text: str) -> None:
    words = refusal(Kind.MONEY, text)
    assert "не похоже на число" in words
    assert "1\N{NO-BREAK SPACE}234,5" in words


def test_more_decimals_than_a_kind_has_are_refused_and_not_rounded() -> None:
    assert "не больше двух цифр" in refusal(Kind.MONEY, "12,345")
    assert "не больше шести цифр" in refusal(Kind.PRICE, "0,1234567")
    assert "целое число" in refusal(Kind.INTEGER, "1,5")
    assert read(Kind.MONEY, "12,3400") == 1234


def test_division_by_zero_and_numbers_without_end_are_refused() -> None:
    assert "на ноль" in refusal(Kind.MONEY, "5/(2-2)")
    assert "Слишком большое" in refusal(Kind.PRICE, "99999999999")
    assert "от −100 до 100" in refusal(Kind.PERCENT, "101")


@pytest.mark.parametrize("text", ["(500)", " (1 234,50) ", "-(500)"])
def test_one_number_in_brackets_may_be_an_accountants_minus_and_is_asked_about(text: str) -> None:
    for kind in (Kind.MONEY, Kind.PRICE, Kind.QUANTITY, Kind.PERCENT):
        assert f"«{text.strip()}»: число в скобках. Если это минус" in refusal(kind, text)
    assert read(Kind.MONEY, "(100+20)") == 12000


def test_deep_brackets_do_not_break_the_reader() -> None:
    assert read(Kind.INTEGER, "(" * 48 + "7+0" + ")" * 48) == 7
    assert "не похоже" in refusal(Kind.INTEGER, "(" * 5000)


def test_prices_quantities_and_percents_are_whole_millionths() -> None:
    assert read(Kind.PRICE, "33,333333") == 33333333
    assert read(Kind.QUANTITY, "0,195") == 195000
    assert read(Kind.PERCENT, "5%") == read(Kind.PERCENT, "5 %") == read(Kind.PERCENT, "5") == 5 * MICRO
    assert read(Kind.PERCENT, "Без НДС") is None
    assert read(Kind.INTEGER, "12 345") == 12345


def test_a_discount_is_a_percent_or_a_sum() -> None:
    assert parse_discount("5%") == (5 * MICRO, None)
    assert parse_discount("500") == (None, 50000)
    assert parse_discount("") == (None, None)
    with pytest.raises(Refused, match="от −100 до 100"):
        parse_discount("500%")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("12.03.2026", "2026-03-12"),
        ("12.03.26", "2026-03-12"),
        ("1.3.2026 г.", "2026-03-01"),
        ("12/03/2026", "2026-03-12"),
        ("2026-03-12", "2026-03-12"),
        ("2026-03-12 00:00:00", "2026-03-12"),
        ("12.03", "2026-03-12"),
        ("12 марта", "2026-03-12"),
        ("12 МАЯ 2025 года", "2025-05-12"),
        ("1 мая", "2026-05-01"),
        ("7 июл 25", "2025-07-07"),
        ("7 май 25", "2025-05-07"),
        ("7 сент. 2025", "2025-09-07"),
        ("29.02.2028", "2028-02-29"),
        ("05.06.65", "1965-06-05"),
        ("сегодня", "2026-11-23"),
        ("Завтра", "2026-11-24"),
        ("вчера", "2026-11-22"),
        ("в понедельник", "2026-11-30"),
        ("вторник", "2026-11-24"),
        ("в среду", "2026-11-25"),
        ("Во вторник", "2026-11-24"),
        ("воскресенье", "2026-11-29"),
        ("через 3 дня", "2026-11-26"),
        ("через 10 дней", "2026-12-03"),
        ("через неделю", "2026-11-30"),
        ("через 2 недели", "2026-12-07"),
        ("", None),
    ],
)
def test_dates_are_read_as_people_type_them(text: str, iso: str | None) -> None:
    assert read(Kind.DATE, text) == iso


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("31.02.2026", "нет такого дня"),
        ("32.01.26", "нет такого дня"),
        ("12.03.0206", "год 206"),
        ("12 мартобря", "не похоже"),
        ("5", "не похоже"),
        ("через день", "не похоже"),
        ("через пять дней", "не похоже"),
    ],
)
def test_what_is_no_date_is_refused(text: str, why: str) -> None:
    assert why in refusal(Kind.DATE, text)


def test_a_day_without_a_year_needs_to_know_today() -> None:
    with pytest.raises(Refused, match="не хватает года"):
        parse(Field("date", Kind.DATE, "Дата"), "12.03")
    for text in ("завтра", "в пятницу", "через неделю"):
        with pytest.raises(Refused, match="дата целиком"):
            parse(Field("date", Kind.DATE, "Дата"), text)


def test_yes_and_no_have_many_words() -> None:
    assert [read(Kind.FLAG, word) for word in ("да", "Да", "1", "true", "+", "истина")] == [1] * 6
    assert [read(Kind.FLAG, word) for word in ("нет", "", "0", "False", "-")] == [0] * 5
    assert "«да» или «нет»" in refusal(Kind.FLAG, "может быть")


def test_a_choice_is_read_by_its_key_and_by_its_words() -> None:
    assert parse(VAT_MODE, "on_top") == parse(VAT_MODE, "ндс  сверху") == "on_top"
    assert parse(VAT_MODE, "") == ""
    with pytest.raises(Refused, match="Можно: НДС сверху, НДС в сумме"):
        parse(VAT_MODE, "НДС сбоку")


def test_texts_are_cleaned_of_what_breaks_tables() -> None:
    assert read(Kind.TEXT, "  ООО\t«Ромашка»\r\nМосква\x00 ") == "ООО «Ромашка» Москва"
    assert read(Kind.NOTE, " одна\r\nдве\x0bтри\rконец \n") == "одна\nдветри\nконец"
    assert read(Kind.LINK, r" \\server\my  files ") == r"\\server\my  files"


def test_the_spaces_between_the_digits_of_a_long_number_are_not_kept() -> None:
    account = Field("account", Kind.TEXT, "Счёт", grouped=True)
    assert parse(account, " 4070 2810\u00a0900000 012345 ") == "40702810900000012345"
    assert parse(account, "GB 12  345") == "GB 12 345"
    assert parse(Field("name", Kind.TEXT, "Название"), "1 000 мелочей") == "1 000 мелочей"
    assert parse(Field("number", Kind.TEXT, "Номер"), "12 345") == "12 345"


def test_phones_and_addresses_of_mail_look_like_themselves() -> None:
    assert read(Kind.PHONE, "+7 916 123-45-67 доб. 12") == "+7 916 123-45-67 доб. 12"
    assert "ни одной цифры" in refusal(Kind.PHONE, "нет")
    assert read(Kind.EMAIL, "a@b.ru; c.d@e-f.com") == "a@b.ru, c.d@e-f.com"
    for wrong in ("ivan", "ivan@", "@mail.ru", "a@b", "a@b@c.ru", "a@b..ru"):
        assert "не похоже на адрес почты" in refusal(Kind.EMAIL, wrong)


def test_a_reference_is_an_id_and_data_is_never_typed() -> None:
    assert read(Kind.REFERENCE, " 0192f0c1-aaaa-7bbb-8ccc-1234567890ab ") == "0192f0c1-aaaa-7bbb-8ccc-1234567890ab"
    assert read(Kind.REFERENCE, "") is None
    assert "из списка" in refusal(Kind.REFERENCE, "ООО «Ромашка»")
    assert "заполняет программа" in refusal(Kind.DATA, "{}")


def test_millionths_are_exact_or_refused() -> None:
    assert to_micro("0,195") == to_micro(Decimal("0.195")) == 195000
    assert to_micro(Decimal("-1E+3")) == -1000 * MICRO
    assert from_micro(195000) == Decimal("0.195")
    for wrong in ("0.1234567", "", "нет", Decimal("1E-7"), Decimal("NaN"), Decimal("Infinity"), Decimal("1E+999999"), Decimal("1E-999999")):
        with pytest.raises(Refused):
            to_micro(wrong)


@given(st.integers(-(10**15), 10**15))
def test_millionths_survive_the_way_there_and_back(micro: int) -> None:
    assert to_micro(from_micro(micro)) == micro


@given(st.sampled_from([Kind.MONEY, Kind.PRICE, Kind.QUANTITY, Kind.PERCENT, Kind.INTEGER]), st.integers(-(10**8), 10**8))
def test_a_number_that_is_shown_reads_back_as_itself(kind: Kind, number: int) -> None:
    field = Field("field", kind, "Поле")
    assert parse(field, show(field, number)) == number


@given(st.dates(date(1950, 1, 1), date(2199, 12, 31)), st.times())
def test_a_date_that_is_shown_reads_back_as_itself(day: date, time: object) -> None:
    field, moment = Field("date", Kind.DATE, "Дата"), Field("moment", Kind.MOMENT, "Когда")
    assert parse(field, show(field, day.isoformat())) == day.isoformat()
    iso = f"{day.isoformat()}T{str(time)[:5]}"
    assert parse(moment, show(moment, iso)) == iso


@given(st.sampled_from(Kind), st.text(max_size=60))
def test_whatever_is_typed_becomes_a_good_value_or_is_refused(kind: Kind, text: str) -> None:
    field = Field("field", kind, "Поле", choices={"one": "Один"})
    try:
        value = parse(field, text, TODAY)
    except Refused:
        return
    assert check(field, value) is None
