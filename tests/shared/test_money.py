"""Money against sums known from elsewhere: the check set of the VAT rules, and the 2 155 lines of Northwind."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from shared.entity import MICRO
from shared.money import Line, VatMode, discount_of, divide_half_up, in_words, order_total, spread, vat_of

SALES = Path(__file__).parents[1] / "data" / "northwind" / "sales.csv"
CHECK_SET = (("0.195", "1198"), ("33.33", "3"), ("19.99", "7"), ("0.07", "13"), ("348.35", "16"))


def micro(number: str) -> int:
    return int(Decimal(number) * MICRO)


def line(quantity: str, price: str, mode: str = VatMode.NONE, vat: str | None = None, discount: str | None = None) -> Line:
    percent = None if discount is None else micro(discount)
    return Line(micro(quantity), micro(price), percent, None, mode, None if vat is None else micro(vat))


def check_set(mode: VatMode, vat: str) -> list[Line]:
    return [line(quantity, price, mode, vat) for quantity, price in CHECK_SET]


def test_lines_are_rounded_half_up_each_and_then_added() -> None:
    total = order_total(check_set(VatMode.NONE, "22"))
    assert [each.gross for each in total.lines] == [23361, 9999, 13993, 91, 557360]
    assert total.gross == total.net == total.total == 604804


@pytest.mark.parametrize(
    ("mode", "rate", "vat"),
    [
        (VatMode.ON_TOP, "22", 133056),  # of the total it would be 1330.57
        (VatMode.ON_TOP, "5", 30241),
        (VatMode.INCLUDED, "5", 28799),
        (VatMode.INCLUDED, "7", 39566),
        (VatMode.INCLUDED, "22", 109063),
    ],
)
def test_vat_is_counted_per_line(mode: VatMode, rate: str, vat: int) -> None:
    total = order_total(check_set(mode, rate))
    assert total.vat == vat
    assert total.vat_by_rate == {micro(rate): vat}
    assert total.total == 604804 + (vat if mode is VatMode.ON_TOP else 0)


def test_northwind_comes_to_its_known_sum() -> None:
    with SALES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [line(row["Quantity"], row["UnitPrice"], discount=str(Decimal(row["Discount"]) * 100)) for row in rows]
    total = order_total(lines)
    assert len(lines) == 2155
    assert total.gross == 135445859
    assert total.net == 126579276


def test_zero_rate_is_listed_and_no_vat_is_not() -> None:
    total = order_total([line("1", "100", VatMode.INCLUDED, "0"), line("1", "100", VatMode.INCLUDED), line("1", "100", VatMode.NONE, "22")])
    assert total.vat_by_rate == {0: 0}
    assert [each.vat_percent for each in total.lines] == [0, None, None]


def test_an_unknown_mode_of_a_newer_program_counts_no_vat() -> None:
    assert order_total([line("1", "100", "by_the_moon", "22")]).total == 10000


def test_each_rate_has_its_own_sum_of_vat() -> None:
    total = order_total(
        [line("1", "122", VatMode.INCLUDED, "22"), line("1", "110", VatMode.INCLUDED, "10"), line("1", "244", VatMode.INCLUDED, "22")]
    )
    assert total.vat_by_rate == {22 * MICRO: 6600, 10 * MICRO: 1000}


def test_the_order_of_computation_is_line_discount_then_order_discount_then_vat() -> None:
    only = order_total([line("3", "33.33", VatMode.ON_TOP, "22", discount="10")], discount_percent=5 * MICRO).lines[0]
    assert (only.gross, only.discount, only.order_discount, only.net, only.vat, only.total) == (9999, 1000, 450, 8549, 1881, 10430)


def test_a_discount_of_an_order_loses_no_kopeck() -> None:
    total = order_total([line("1", "33.33")] * 3, discount_sum=10000 // 3)
    assert [each.order_discount for each in total.lines] == [1111, 1111, 1111]
    total = order_total([line("1", "33.33")] * 3, discount_sum=100)
    assert [each.order_discount for each in total.lines] == [34, 33, 33]
    assert total.discount == total.order_discount == 100


def test_a_discount_by_percent_of_an_order_is_rounded_once() -> None:
    total = order_total([line("1", "0.05")] * 10, discount_percent=10 * MICRO)
    assert total.order_discount == 5  # by line it would be 10 times 1 kopeck
    assert sum(each.order_discount for each in total.lines) == 5


def test_a_discount_takes_no_more_than_all() -> None:
    assert order_total([Line(MICRO, 100 * MICRO, None, 50000)]).net == 0
    assert order_total([line("1", "100")], discount_sum=50000).net == 0


def test_a_percent_counts_before_a_sum() -> None:
    assert order_total([Line(MICRO, 100 * MICRO, 10 * MICRO, 500)]).discount == 1000
    assert order_total([Line(MICRO, 100 * MICRO, 0, 500)]).discount == 500


def test_a_negative_discount_is_a_surcharge() -> None:
    assert discount_of(10000, -5 * MICRO, None) == -500
    assert order_total([line("1", "100")], discount_sum=-500).net == 10500


def test_a_return_mirrors_its_sale() -> None:
    sale = order_total([line("2.5", "33.33", VatMode.ON_TOP, "22", "3"), line("1", "0.07", VatMode.ON_TOP, "10")], discount_sum=777)
    back = order_total([line("-2.5", "33.33", VatMode.ON_TOP, "22", "3"), line("-1", "0.07", VatMode.ON_TOP, "10")], discount_sum=777)
    assert [-number for number in sale.lines[0][:6]] == list(back.lines[0][:6])
    assert (back.net, back.vat, back.total) == (-sale.net, -sale.vat, -sale.total)


def test_an_order_whose_lines_cancel_out_carries_no_discount() -> None:
    total = order_total([line("1", "100"), line("-1", "100")], discount_sum=1000)
    assert (total.net, total.discount) == (0, 0)


def test_debt_and_margin() -> None:
    lines = [Line(2 * MICRO, 122 * MICRO, None, None, VatMode.INCLUDED, 22 * MICRO, 50 * MICRO)]
    total = order_total(lines, paid=30000, expenses=1500)
    assert total.debt == 24400 - 30000
    assert total.cost == 10000
    assert total.margin == 24400 - 4400 - 10000 - 1500


def test_an_empty_order_and_empty_fields_come_to_nothing() -> None:
    assert order_total([]).total == 0
    assert order_total([Line(None, None), Line(MICRO, None, 5 * MICRO), Line(None, MICRO)], discount_percent=MICRO).total == 0


@pytest.mark.parametrize(
    ("numerator", "denominator", "result"), [(5, 2, 3), (-5, 2, -3), (4, 3, 1), (-4, 3, -1), (5, 3, 2), (-5, 3, -2), (0, 7, 0)]
)
def test_a_half_goes_away_from_zero(numerator: int, denominator: int, result: int) -> None:
    assert divide_half_up(numerator, denominator) == result


def test_equal_remainders_are_served_in_order() -> None:
    assert spread(2, [1, 1, 1]) == [1, 1, 0]
    assert spread(-2, [1, 1, 1]) == [-1, -1, 0]
    assert spread(5, [10, -5]) == [10, -5]


def test_weights_of_nothing_carry_nothing() -> None:
    assert spread(0, [0, 0]) == [0, 0]
    with pytest.raises(ValueError, match="nothing"):
        spread(1, [1, -1])


def test_a_negative_rate_gives_no_vat() -> None:
    assert vat_of(10000, VatMode.INCLUDED, -100 * MICRO) == 0


@pytest.mark.parametrize(
    ("kopecks", "words"),
    [
        (123456, "Одна тысяча двести тридцать четыре рубля 56 копеек"),
        (100, "Один рубль 00 копеек"),
        (201, "Два рубля 01 копейка"),
        (0, "Ноль рублей 00 копеек"),
        (50, "Ноль рублей 50 копеек"),
        (-100, "Минус один рубль 00 копеек"),
        (2_100_002_12, "Два миллиона сто тысяч два рубля 12 копеек"),
    ],
)
def test_a_sum_in_words(kopecks: int, words: str) -> None:
    assert in_words(kopecks) == words
