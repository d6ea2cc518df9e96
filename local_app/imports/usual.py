"""What a new order and its lines get where the file says nothing: the same as «Новый заказ» gives. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from local_app.imports.known import Known
from local_app.imports.plan import Row
from shared.entity import Value
from shared.money import VatMode
from shared.rules.orders import Birth, new_order, vat_day
from shared.rules.vat import EXEMPT, GENERAL, percent_of, regime_on, usual_mode


class Usual:
    """By the lists of the company. `told_mode`: the VAT mode that a person chose for the whole file, '' for none."""

    def __init__(self, known: Known, told_mode: str) -> None:
        self.known, self.told_mode = known, told_mode

    def order(self, row: str, told: Mapping[str, Value], *, charged: bool) -> dict[str, Value]:
        """A new order of which the file says what is `told`. `charged`: it names the VAT rate of a line."""
        (born,) = new_order(Birth(row, str(told["number"]), str(told["date"] or ""), self.known.author), self.known.office)
        order: dict[str, Value] = {"shipment_date": None, **born.patch, **told}
        mode = self.told_mode or usual_mode(self._regime(order))
        if charged and not self.told_mode and mode == VatMode.NONE:
            mode = VatMode.INCLUDED.value  # an exempt firm that charges VAT of its own will
        return {**born.patch, "vat_mode": mode}

    def vat_of(self, order: Row) -> OrderVat:
        """For the lines of an order, a new one or one that was there."""
        return OrderVat(self.known, self.told_mode, order, self._regime(order))

    def _regime(self, order: Row) -> str:
        return regime_on(self.known.office.regimes, order["organization_id"], vat_day(order))


class OrderVat:
    """The VAT in the lines of one order."""

    def __init__(self, known: Known, told_mode: str, order: Row, regime: str) -> None:
        self.rates, self.told_mode, self.mode = known.office.rates, told_mode, str(order["vat_mode"])
        self.day, self.regime = vat_day(order), GENERAL if regime == EXEMPT else regime
        self.percents: dict[str | None, int | None] = {}

    def of_a_new_line(self, product: Row | None) -> dict[str, Value]:
        """As in the order, at the rate of its product on the day."""
        rate = product["vat_rate_id"] if product else None
        if rate not in self.percents:
            self.percents[rate] = None if self.mode == VatMode.NONE else percent_of(rate, self.rates, self.regime, self.day)
        return {"vat_mode": self.mode, "vat_percent": self.percents[rate]}

    def mode_at(self, percent: Value) -> str:
        """The mode of a line whose rate the file names."""
        if percent is None:
            return VatMode.NONE.value
        return self.told_mode or (VatMode.INCLUDED.value if self.mode == VatMode.NONE else self.mode)
