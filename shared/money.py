"""Money: kopecks, exact quantities, discounts, VAT, the sum in words. Screens, papers, hub and reports all count here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from operator import sub
from typing import NamedTuple


class VatMode(StrEnum):
    """How the VAT of an order stands to its prices."""

    ON_TOP = "on_top"  # «НДС сверху»: added to the prices
    INCLUDED = "included"  # «НДС в сумме»: the prices hold it
    NONE = "none"  # «Без НДС»


_ON_TOP = VatMode.ON_TOP.value  # a plain string compares twice as fast in the loop
_WITH_VAT = frozenset({_ON_TOP, VatMode.INCLUDED.value})


class Line(NamedTuple):
    """What is asked for: one line of an order, in the units of the log. None is a field that was left empty."""

    quantity: int | None  # millionths of a unit; negative in a return
    price: int | None  # millionths of a rouble
    discount_percent: int | None = None  # millionths of a percent
    discount_sum: int | None = None  # kopecks; counts when there is no percent
    vat_mode: str = VatMode.NONE  # an unknown mode of a newer program counts as «Без НДС»
    vat_percent: int | None = None  # millionths of a percent; None is «Без НДС»
    cost: int | None = None  # purchase price of one unit, millionths of a rouble


class LineTotal(NamedTuple):
    """What a line comes to, in kopecks: gross - discount - order_discount = net."""

    gross: int
    discount: int  # the line's own discount
    order_discount: int  # its share of the order's discount
    net: int
    vat: int
    total: int  # what the client pays for the line
    vat_percent: int | None  # millionths of a percent; None when the line is «Без НДС»
    cost: int


Counted = tuple[int, int, int, int, int, int, int | None, int]
"""A `LineTotal` before it gets its names: names cost as much as the counting."""
Sums = tuple[int, int, int, int, int, int, int, int, int]


class OrderTotal(NamedTuple):
    """What an order comes to, in kopecks; every sum is the sum of its lines, and gross - discount = net."""

    lines: tuple[LineTotal, ...]
    gross: int
    discount: int  # discounts of the lines and of the order together
    order_discount: int  # the order's part of it
    net: int
    vat: int
    total: int
    paid: int
    debt: int  # negative when the client has overpaid
    expenses: int
    cost: int
    margin: int  # total - vat - cost - expenses
    vat_by_rate: Mapping[int, int]  # millionths of a percent -> VAT; 0 % is here, «Без НДС» is not


def order_total(
    lines: Iterable[Line], discount_percent: int | None = None, discount_sum: int | None = None, paid: int = 0, expenses: int = 0
) -> OrderTotal:
    """Count an order. The lines come sorted by (position, id): equal remainders of the discount are dealt out in their order.

    The order of computation: the line is rounded to the kopeck, then its discount, then its share of the order's
    discount, VAT last (per line, as the invoice of Government resolution 1137 states it per line).
    """
    counted, order_discount = _counted(tuple(lines), discount_percent, discount_sum)
    sums = _summed(counted, paid, expenses)
    by_rate: dict[int, int] = {}
    for line in counted:
        if (rate := line[6]) is not None:
            by_rate[rate] = by_rate.get(rate, 0) + line[4]
    cost = sum(line[7] for line in counted)
    gross, discount, net, vat, total, _, debt, _, margin = sums
    totals = tuple(map(LineTotal._make, counted))
    return OrderTotal(totals, gross, discount, order_discount, net, vat, total, paid, debt, expenses, cost, margin, by_rate)


def order_sums(lines: Sequence[Line], discount_percent: int | None, discount_sum: int | None, paid: int, expenses: int) -> Sums:
    """Of the whole order alone: (gross, discount, net, vat, total, paid, debt, expenses, margin); `order_total` counts the same lines."""
    return _summed(_counted(lines, discount_percent, discount_sum)[0], paid, expenses)


def discount_of(amount: int, percent: int | None, given: int | None) -> int:
    """Kopecks taken off `amount`: the percent of it (millionths of a percent), or else the given sum in kopecks.

    It never takes more than all, and follows the sign of the amount, so that a return mirrors its sale.
    A negative discount is a surcharge.
    """
    if not (percent or given) or not amount:
        return 0
    size = abs(amount)
    wanted = divide_half_up(size * percent, 100_000_000) if percent else (given or 0)
    taken = min(wanted, size)
    return taken if amount > 0 else -taken


def vat_of(net: int, mode: str, percent: int | None) -> int:
    """VAT in kopecks on a sum after discounts: on top of it, or the part of it that is VAT. `percent` in millionths."""
    if not percent or percent < 0 or mode not in _WITH_VAT:
        return 0
    return divide_half_up(net * percent, 100_000_000 if mode == _ON_TOP else 100_000_000 + percent)


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """Split `amount` in proportion to the weights by the largest remainder: the parts add up to the last kopeck.

    Equal remainders are served in the order of the weights. Negative weights take negative parts, and
    spread(-a, -w) = -spread(a, w). Weights that add up to nothing can carry nothing: ValueError.
    """
    if not amount:
        return [0] * len(weights)
    whole = sum(weights)
    if not whole:
        raise ValueError("weights that add up to nothing carry no amount")
    if len(weights) == 1:
        return [amount]
    if whole < 0:
        amount, whole = -amount, -whole
        return _dealt([amount * weight for weight in weights], whole, -amount)
    return _dealt([amount * weight for weight in weights], whole, amount)


def divide_half_up(numerator: int, denominator: int) -> int:
    """Divide by a positive number, rounded to the nearest whole; a half goes away from zero, as it does on paper."""
    half = denominator // 2
    return (numerator + half) // denominator if numerator >= 0 else -((half - numerator) // denominator)


def in_words(kopecks: int) -> str:
    """«Одна тысяча двести тридцать четыре рубля 56 копеек»."""
    from num2words import num2words  # 30 ms, and only papers need it

    words = num2words(Decimal(kopecks) / 100, lang="ru", to="currency", currency="RUB", separator="", cents=False)
    return str(words[:1].upper() + words[1:])


def _times(quantity: int | None, price: int | None) -> int:
    """Kopecks of a quantity at a price: millionths by millionths of a rouble, rounded once."""
    if not quantity or not price:
        return 0
    exact = quantity * price  # `divide_half_up`, written out: it is asked for every line of every order
    return (exact + 5_000_000_000) // 10_000_000_000 if exact >= 0 else -((5_000_000_000 - exact) // 10_000_000_000)


def _counted(asked: Sequence[Line], percent: int | None, given: int | None) -> tuple[list[Counted], int]:
    """Every line, and the discount of the order that was dealt out over them."""
    grosses = [_times(line[0], line[1]) for line in asked]
    discounts = [discount_of(gross, line[2], line[3]) if line[2] or line[3] else 0 for gross, line in zip(grosses, asked, strict=True)]
    nets = list(map(sub, grosses, discounts))
    order_discount = discount_of(sum(nets), percent, given) if percent or given else 0
    shares = spread(order_discount, nets)
    return list(map(_line, asked, grosses, discounts, nets, shares)), order_discount


def _line(line: Line, gross: int, discount: int, net: int, share: int) -> Counted:
    """In the order of `LineTotal`."""
    quantity, _, _, _, mode, percent, cost = line
    net -= share
    spent = _times(quantity, cost) if cost else 0
    if mode not in _WITH_VAT:
        return gross, discount, share, net, 0, net, None, spent
    vat = vat_of(net, mode, percent)
    return gross, discount, share, net, vat, net + vat if mode == _ON_TOP else net, percent, spent


def _summed(counted: Sequence[Counted], paid: int, expenses: int) -> Sums:
    """Sums of the lines; every sum is made of rounded lines, never of the total."""
    gross = net = vat = total = cost = 0
    for line in counted:
        gross += line[0]
        net += line[3]
        vat += line[4]
        total += line[5]
        cost += line[7]
    return gross, gross - net, net, vat, total, paid, total - paid, expenses, total - vat - cost - expenses


def _dealt(products: list[int], whole: int, amount: int) -> list[int]:
    """Cut every exact part towards zero, then give the kopecks that are missing to those who lost most."""
    parts = [product // whole if product >= 0 else -(-product // whole) for product in products]
    missing = amount - sum(parts)
    if not missing:
        return parts
    step = 1 if missing > 0 else -1
    lost = [step * (part * whole - product) for part, product in zip(parts, products, strict=True)]
    for index in sorted(range(len(parts)), key=lost.__getitem__)[: abs(missing)]:
        parts[index] += step
    return parts
