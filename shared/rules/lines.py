"""Lines of an order: added from a product or from pasted text, typed into, moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.change import Edit, Refused
from shared.entities.goods import DEFAULT_QUANTITY
from shared.entities.orders import ORDER_LINES
from shared.entity import Field, Value
from shared.fold import plain
from shared.money import divide_half_up
from shared.rules.office import Row, Sheet
from shared.rules.orders import change_discount, discount, vat_day
from shared.rules.pasted import Pasted
from shared.rules.positions import several
from shared.rules.vat import percent_of, regime_on
from shared.values import parse

MOST_LINES = 2000
"""Of one order: more than any paper can carry, and a pasted file by mistake is told in time."""
TYPED = ("name", "quantity", "price", "cost", "note")


def from_product(sheet: Sheet, line_id: str, product: Row, position: str) -> Edit:
    """A new line: name, unit, price and cost are copied, so that old orders never change with the list of products."""
    patch: dict[str, Value] = {
        "order_id": sheet.order["id"],
        "position": position,
        "quantity": DEFAULT_QUANTITY,
        **_of_product(sheet, product),
    }
    return Edit("order_lines", line_id, patch)


def from_text(sheet: Sheet, line_id: str, name: str, position: str) -> Edit:
    """A new line that no product stands behind: only its name."""
    if not name.strip():
        raise Refused("Напишите название или выберите товар", "name")
    patch: dict[str, Value] = {
        "order_id": sheet.order["id"],
        "position": position,
        "name": str(parse(_field("name"), name)),
        "quantity": DEFAULT_QUANTITY,
        "vat_mode": sheet.order["vat_mode"],
        "vat_percent": _percent(sheet, None),
    }
    return Edit("order_lines", line_id, patch)


def change_product(sheet: Sheet, line: Row, product: Row) -> list[Edit]:
    """Another product in the same line: its name, unit, price and VAT come along, quantity and discount stay."""
    if line["product_id"] == product["id"] and line["name"] == product["name"]:
        return []
    return [Edit("order_lines", line["id"], _of_product(sheet, product))]


def change_cell(line: Row, name: str, text: str, gross: int | None = None) -> list[Edit]:
    """What was typed into a cell. `gross` in kopecks bounds a discount; no edit when the value stays as it was."""
    if name == "discount":
        return change_discount("order_lines", line, text, gross)
    if name == "vat_percent":
        return _kept(line, {"vat_percent": parse(_field(name), text)})
    if name not in TYPED:
        raise Refused(f"Столбец «{name}» не меняют руками", name)
    value = parse(_field(name), text)
    if name == "name" and not value:
        raise Refused("Название строки не может быть пустым. Напишите его или удалите строку", name)
    return _kept(line, {name: value})


def change_unit(line: Row, unit_id: str | None) -> list[Edit]:
    return _kept(line, {"unit_id": unit_id})


def places(lines: Sequence[Row], after: str | None, count: int) -> tuple[list[Edit], list[str]]:
    """Room for `count` new lines after the line `after` (None: before the first; unknown: at the end).

    Equal or foreign places leave no room between neighbours: then the other lines get new places, and those edits come first.
    """
    if len(lines) + count > MOST_LINES:
        raise Refused(f"В заказе может быть не больше {MOST_LINES} строк. Разделите его на несколько заказов")
    index = 0 if after is None else next((at for at, line in enumerate(lines, 1) if line["id"] == after), len(lines))
    before = lines[index - 1]["position"] if index else ""
    behind = lines[index]["position"] if index < len(lines) else ""
    try:
        return [], several(before, behind, count)
    except ValueError:
        fresh = several("", "", len(lines) + count)
        kept = [*fresh[:index], *fresh[index + count :]]
        edits = [Edit("order_lines", line["id"], {"position": place}) for line, place in zip(lines, kept, strict=True)]
        return edits, fresh[index : index + count]


def move(lines: Sequence[Row], line_id: str, index: int) -> list[Edit]:
    """The line takes the place `index` (from 0) among the others; only it changes, unless there is no room."""
    at = next((number for number, line in enumerate(lines) if line["id"] == line_id), None)
    index = max(0, min(index, len(lines) - 1))
    if at is None or at == index:
        return []
    others = [line for line in lines if line["id"] != line_id]
    edits, (place,) = places(others, others[index - 1]["id"] if index else None, 1)
    return [*edits, Edit("order_lines", line_id, {"position": place})]


def pasted_line(
    sheet: Sheet, line_id: str, row: Pasted, product: Row | None, position: str, units: Mapping[str, str]
) -> tuple[Edit, dict[str, str]]:
    """A line of a pasted row, and what could not be read: column -> why. Such a cell stays blank until it is typed again.

    `units`: ids by plain names; a product keeps its own unit.
    """
    new = from_product(sheet, line_id, product, position) if product else from_text(sheet, line_id, row.name or "Без названия", position)
    patch, wrong = dict(new.patch), {}
    patch["unit_id"] = patch.get("unit_id") or units.get(plain(row.unit))
    for name, text in (("quantity", row.quantity), ("price", row.price)):
        if not text:
            continue
        try:
            patch[name] = parse(_field(name), text)
        except Refused as refused:
            patch[name] = None
            wrong[name] = str(refused)
    if row.discount:
        try:
            patch["discount_percent"], patch["discount_sum"] = discount(row.discount, _gross(patch))
        except Refused as refused:
            wrong["discount"] = str(refused)
    return Edit("order_lines", line_id, patch), wrong


def _gross(patch: Mapping[str, Value]) -> int:
    """Kopecks of a line before its discount."""
    return divide_half_up(int(patch.get("quantity") or 0) * int(patch.get("price") or 0), 10**10)


def _of_product(sheet: Sheet, product: Row) -> dict[str, Value]:
    return {
        "product_id": product["id"],
        "name": product["name"],
        "unit_id": product["unit_id"],
        "price": product["price"],
        "cost": product["cost"],
        "vat_mode": sheet.order["vat_mode"],
        "vat_percent": _percent(sheet, product["vat_rate_id"]),
    }


def _percent(sheet: Sheet, rate_id: str | None) -> int | None:
    day = vat_day(sheet.order)
    regime = regime_on(sheet.office.regimes, sheet.order["organization_id"], day)
    return percent_of(rate_id, sheet.office.rates, regime, day)


def _kept(line: Row, patch: dict[str, Value]) -> list[Edit]:
    new = {name: value for name, value in patch.items() if line[name] != value}
    return [Edit("order_lines", line["id"], new)] if new else []


def _field(name: str) -> Field:
    field = ORDER_LINES.field(name)
    if field is None:
        raise Refused(f"У строки заказа нет поля «{name}»", name)
    return field
