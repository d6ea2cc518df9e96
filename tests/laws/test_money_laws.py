"""Laws of money that hold for every order: nothing is lost by a discount, every sum is the sum of its lines."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from shared.entity import MICRO
from shared.money import Line, VatMode, divide_half_up, order_total, spread

PERCENTS = st.none() | st.integers(0, 100 * MICRO) | st.sampled_from([5 * MICRO, 10 * MICRO, 33_333_333])
SUMS = st.none() | st.integers(0, 10**9)
RATES = st.sampled_from([None, 0, 5 * MICRO, 7 * MICRO, 10 * MICRO, 20 * MICRO, 22 * MICRO])
MODES = st.sampled_from(list(VatMode))
PRICES = st.integers(0, 10**11)


def lines(smallest: int, largest: int) -> st.SearchStrategy[list[Line]]:
    quantities = st.integers(smallest, largest)
    return st.lists(st.builds(Line, quantities, PRICES, PERCENTS, SUMS, MODES, RATES, PRICES), max_size=12)


SALES = lines(0, 10**9)
MIXED = lines(-(10**9), 10**9)


@given(MIXED, PERCENTS, SUMS)
def test_every_sum_of_an_order_is_the_sum_of_its_lines(asked: list[Line], percent: int | None, given_sum: int | None) -> None:
    total = order_total(asked, percent, given_sum)
    for name in ("gross", "net", "vat", "total", "cost", "order_discount"):
        assert getattr(total, name) == sum(getattr(line, name) for line in total.lines)
    assert sum(total.vat_by_rate.values()) == total.vat
    assert total.gross - total.discount == total.net


@given(MIXED, PERCENTS, SUMS)
def test_a_line_on_paper_adds_up(asked: list[Line], percent: int | None, given_sum: int | None) -> None:
    for line, meant in zip(order_total(asked, percent, given_sum).lines, asked, strict=True):
        assert line.gross - line.discount - line.order_discount == line.net
        assert line.total == line.net + (line.vat if meant.vat_mode == VatMode.ON_TOP else 0)


@given(SALES, PERCENTS, SUMS)
def test_a_discount_is_never_more_than_its_line_and_never_less_than_nothing(
    asked: list[Line], percent: int | None, given_sum: int | None
) -> None:
    for line in order_total(asked, percent, given_sum).lines:
        assert 0 <= line.discount <= line.gross
        assert 0 <= line.order_discount <= line.gross - line.discount


@given(MIXED, PERCENTS, SUMS)
def test_a_return_mirrors_its_sale_to_the_kopeck(asked: list[Line], percent: int | None, given_sum: int | None) -> None:
    back = [line._replace(quantity=-(line.quantity or 0)) for line in asked]
    there, again = order_total(asked, percent, given_sum), order_total(back, percent, given_sum)
    assert [line[:6] for line in again.lines] == [tuple(-number for number in line[:6]) for line in there.lines]


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**12), min_size=1).filter(any))
def test_a_split_loses_nothing_and_is_within_a_kopeck_of_fair(amount: int, weights: list[int]) -> None:
    parts = spread(amount, weights)
    assert sum(parts) == amount
    assert all(abs(part - Fraction(amount * weight, sum(weights))) < 1 for part, weight in zip(parts, weights, strict=True))


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(-(10**12), 10**12), min_size=1).filter(sum))
def test_a_split_over_sales_and_returns_loses_nothing_either(amount: int, weights: list[int]) -> None:
    assert sum(spread(amount, weights)) == amount
    assert spread(-amount, [-weight for weight in weights]) == [-part for part in spread(amount, weights)]


@given(st.integers(), st.integers(1))
def test_rounding_is_within_a_half_and_symmetric(numerator: int, denominator: int) -> None:
    rounded = divide_half_up(numerator, denominator)
    assert abs(rounded - Fraction(numerator, denominator)) <= Fraction(1, 2)
    assert divide_half_up(-numerator, denominator) == -rounded
