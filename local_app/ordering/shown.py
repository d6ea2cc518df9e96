"""How the lines and totals of an order look in the lines editor: every value as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared import formats
from shared.money import Line, LineTotal, OrderTotal, VatMode, in_words, order_total
from shared.rules.office import Row, Sheet

NO_VAT = "Без НДС"
Shown = dict[str, Any]


def count(sheet: Sheet) -> OrderTotal:
    """The money of the order as the money module has it; payments and expenses are not asked here."""
    lines = (
        Line(row["quantity"], row["price"], row["discount_percent"], row["discount_sum"], row["vat_mode"], row["vat_percent"], row["cost"])
        for row in sheet.lines
    )
    return order_total(lines, sheet.order["discount_percent"], sheet.order["discount_sum"])


def lines_shown(sheet: Sheet, total: OrderTotal, units: Mapping[str, str]) -> list[Shown]:
    """All lines of an order that is opened."""
    return LinesShown(units).rows(sheet, total)


class LinesShown:
    """One row of texts for each line; a line that is as it was before is not written anew."""

    def __init__(self, units: Mapping[str, str]) -> None:
        self.units = units
        self.known: dict[str, tuple[Row, LineTotal, Shown]] = {}

    def rows(self, sheet: Sheet, total: OrderTotal) -> list[Shown]:
        known = self.known
        pairs = zip(sheet.lines, total.lines, strict=True)
        self.known = {row["id"]: self._kept(known.get(row["id"]), row, counted, sheet) for row, counted in pairs}
        return [shown for _, _, shown in self.known.values()]

    def _kept(self, old: tuple[Row, LineTotal, Shown] | None, row: Row, counted: LineTotal, sheet: Sheet) -> tuple[Row, LineTotal, Shown]:
        if old and old[0] == row and old[1] == counted:
            return old
        return row, counted, line_shown(row, counted, sheet, self.units)


def line_shown(row: Row, counted: LineTotal, sheet: Sheet, units: Mapping[str, str]) -> Shown:
    product = sheet.products.get(row["product_id"] or "")
    sum_on_paper = counted.gross - counted.discount
    return {
        "id": row["id"],
        "product": row["name"],
        "sku": product["sku"] if product else "",
        "unit": units.get(row["unit_id"] or "", ""),
        "quantity": "" if row["quantity"] is None else formats.quantity(row["quantity"]),
        "price": "" if row["price"] is None else formats.price(row["price"], ""),
        "discount": discount_shown(row),
        "vat": rate_shown(row["vat_percent"] if row["vat_mode"] != VatMode.NONE else None),
        "sum": dashed(sum_on_paper),
        "hint": hint(counted),
        "negative": sum_on_paper < 0,
    }


def totals_shown(sheet: Sheet, total: OrderTotal) -> Shown:
    in_lines = total.discount - total.order_discount
    return {
        "count": formats.plural(len(sheet.lines), ("строка", "строки", "строк")) if sheet.lines else "",
        "gross": dashed(total.gross),
        "lines_discount": formats.money(-in_lines, "") if in_lines else "",
        "discount_text": discount_shown(sheet.order),
        "discount": formats.money(-total.order_discount, "") if total.order_discount else formats.DASH,
        "vat": vat_shown(sheet, total),
        "with_vat": sheet.order["vat_mode"] != VatMode.NONE or any(line["vat_mode"] != VatMode.NONE for line in sheet.lines),
        "total": formats.money(total.total),
        "negative": total.total < 0,
        "words": in_words(total.total),
    }


def vat_shown(sheet: Sheet, total: OrderTotal) -> list[Shown]:
    """VAT by rate, as «НДС 22 % сверху» and «В том числе НДС 22 %»; «Без НДС» when there is none at all, «НДС» before the first line."""
    sums: dict[tuple[str, int], int] = {}
    for row, counted in zip(sheet.lines, total.lines, strict=True):
        if counted.vat_percent is not None:
            key = (row["vat_mode"], counted.vat_percent)
            sums[key] = sums.get(key, 0) + counted.vat
    shown = [{"label": vat_label(mode, percent), "sum": dashed(vat)} for (mode, percent), vat in sorted(sums.items())]
    mode = NO_VAT if sheet.lines or sheet.order["vat_mode"] == VatMode.NONE else "НДС"
    return shown or [{"label": mode, "sum": formats.DASH}]


def vat_label(mode: str, percent: int) -> str:
    rate = formats.percent(percent)
    return f"НДС {rate} сверху" if mode == VatMode.ON_TOP else f"В том числе НДС {rate}"


def discount_shown(row: Row) -> str:
    if row["discount_percent"]:
        return formats.percent(row["discount_percent"])
    return formats.money(row["discount_sum"], "") if row["discount_sum"] else ""


def rate_shown(percent: int | None) -> str:
    return NO_VAT if percent is None else formats.percent(percent)


def hint(counted: LineTotal) -> str:
    """What stands behind the sum of a line, for the one who asks."""
    parts = [f"Без скидки {formats.money(counted.gross)}"]
    if counted.order_discount:
        parts.append(f"доля скидки на заказ {formats.money(counted.order_discount)}")
    if counted.vat_percent is not None:
        parts.append(f"НДС {formats.money(counted.vat)}")
    return ", ".join([*parts, f"к оплате {formats.money(counted.total)}"])


def dashed(kopecks: int) -> str:
    return formats.money(kopecks, "") if kopecks else formats.DASH
