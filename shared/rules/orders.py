"""Orders: a new one, a copy, and the fields of the form that carry the VAT of every line with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from shared.change import Edit, Refused
from shared.entities.orders import VAT_MODES
from shared.entity import MICRO, Value
from shared.money import VatMode
from shared.rules.office import Office, Row, Sheet, first_status, main_organization
from shared.rules.vat import EXEMPT, GENERAL, percent_of, regime_on, usual_mode
from shared.values import parse_discount

COPIED = ("client_id", "organization_id", "contact_id", "subject", "discount_percent", "discount_sum", "note")
COPIED_OF_LINE = (
    "position", "product_id", "name", "unit_id", "quantity", "price",
    "discount_percent", "discount_sum", "vat_mode", "vat_percent", "cost", "note",
)  # fmt: skip

HALVES: Mapping[str, str] = MappingProxyType({"discount_percent": "discount_sum", "discount_sum": "discount_percent"})
"""A discount is one value in two fields: each with the other one."""


NOTHING: Mapping[str, Value] = MappingProxyType({})


class Birth(NamedTuple):
    """What a new order gets from outside: its id, number, day ('YYYY-MM-DD') and the employee who makes it."""

    order_id: str
    number: str
    day: str
    author: str


def vat_day(order: Row) -> str:
    """The rate follows the shipment; without its date, the order's own one."""
    return str(order["shipment_date"] or order["date"] or "")


def new_order(birth: Birth, office: Office, told: Mapping[str, Value] = NOTHING) -> list[Edit]:
    """An empty order of our main organization in the first status, but for what is told; its VAT mode follows the regime of its day."""
    organization = main_organization(office.organizations)
    usual = {
        **_born(birth, first_status(office.statuses)),
        "client_id": None,
        "organization_id": organization["id"] if organization else None,
    }
    order = {"shipment_date": None, **usual, **told}
    mode = usual_mode(regime_on(office.regimes, _id(order["organization_id"]), vat_day(order)))
    return [Edit("orders", birth.order_id, {**usual, "vat_mode": mode, **told})]


def copy_order(sheet: Sheet, birth: Birth, line_ids: Sequence[str]) -> list[Edit]:
    """The same goods for the same client, today: prices and discounts stay, VAT is taken anew for the new day."""
    order = sheet.order
    mode, changed = _vat_for(sheet, order["organization_id"], birth.day)
    copied = {name: order[name] for name in COPIED}
    patch = {**copied, **_born(birth, first_status(sheet.office.statuses)), "vat_mode": mode}
    edits = [Edit("orders", birth.order_id, patch)]
    for line, line_id in zip(sheet.lines, line_ids, strict=True):
        kept = {name: line[name] for name in COPIED_OF_LINE} | changed.get(line["id"], {})
        edits.append(Edit("order_lines", line_id, {"order_id": birth.order_id, **kept}))
    return edits


def change_client(order: Row, client_id: str | None) -> list[Edit]:
    """Another client; the contact of the former one goes."""
    if order["client_id"] == client_id:
        return []
    patch: dict[str, Value] = {"client_id": client_id}
    if order["contact_id"]:
        patch["contact_id"] = None
    return [Edit("orders", order["id"], patch)]


def change_organization(sheet: Sheet, organization_id: str | None) -> list[Edit]:
    """Another of our firms: under another regime the VAT of the order and of its lines changes in the same act."""
    if sheet.order["organization_id"] == organization_id:
        return []
    return _moved(sheet, {"organization_id": organization_id}, organization_id, vat_day(sheet.order))


def change_day(sheet: Sheet, field: str, day: str | None) -> list[Edit]:
    """`date` or `shipment_date`: lines whose rate was the usual one of the former day get that of the new day."""
    if sheet.order[field] == day:
        return []
    moved = {**sheet.order, field: day}
    return _moved(sheet, {field: day}, sheet.order["organization_id"], vat_day(moved))


def change_vat_mode(sheet: Sheet, mode: str) -> list[Edit]:
    """The mode of the order and of every line in one act; lines without a rate get the one of their product."""
    if mode not in VAT_MODES:
        raise Refused(f"Режима НДС «{mode}» нет. Выберите: {', '.join(VAT_MODES.values())}", "vat_mode")
    day = vat_day(sheet.order)
    regime = regime_on(sheet.office.regimes, sheet.order["organization_id"], day)
    edits = [Edit("orders", sheet.order["id"], {"vat_mode": mode})] if sheet.order["vat_mode"] != mode else []
    for line in sheet.lines:
        patch: dict[str, Value] = {} if line["vat_mode"] == mode else {"vat_mode": mode}
        if patch and mode != VatMode.NONE and line["vat_percent"] is None:
            asked = GENERAL if regime == EXEMPT else regime  # an exempt firm that charges VAT of its own will
            patch["vat_percent"] = percent_of(_rate_id(sheet, line), sheet.office.rates, asked, day)
        edits += [Edit("order_lines", line["id"], patch)] if patch else []
    return edits


CARRYING: Mapping[str, Callable[[Sheet, Value], list[Edit]]] = MappingProxyType(
    {
        "client_id": lambda sheet, value: change_client(sheet.order, _id(value)),
        "organization_id": lambda sheet, value: change_organization(sheet, _id(value)),
        "date": lambda sheet, value: change_day(sheet, "date", _id(value)),
        "shipment_date": lambda sheet, value: change_day(sheet, "shipment_date", _id(value)),
        "vat_mode": lambda sheet, value: change_vat_mode(sheet, str(value)),
    }
)
"""Fields that change more than themselves."""


def change_fields(sheet: Sheet, patch: Mapping[str, Value]) -> list[Edit]:
    """Several fields at once, as a form would one after the other; what was asked for itself stands above what follows from the rest."""
    order_id, written = str(sheet.order["id"]), dict[tuple[str, str], dict[str, Value]]()
    for name, change in CARRYING.items():
        if name in patch:
            for edit in change(sheet, patch[name]):
                written.setdefault((edit.entity, edit.row), {}).update(edit.patch)
            order = {**sheet.order, **written.get(("orders", order_id), {})}
            lines = [{**line, **written.get(("order_lines", line["id"]), {})} for line in sheet.lines]
            sheet = sheet._replace(order=order, lines=lines)
    own = {**written.pop(("orders", order_id), {}), **patch}
    return [Edit("orders", order_id, own), *(Edit(entity, row, values) for (entity, row), values in written.items())]


def change_discount(entity: str, row: Row, text: str, base: int | None = None) -> list[Edit]:
    """«5%», «500» or nothing, on an order or on a line; one kind clears the other. `base` is what it is taken from, kopecks.

    Both are written, also the one that stays as it is: of two people who have not seen each other one then wins with both.
    """
    percent, given = discount(text, base)
    patch: dict[str, Value] = {"discount_percent": percent, "discount_sum": given}
    return [Edit(entity, row["id"], patch)] if any(row[name] != value for name, value in patch.items()) else []


def both_halves(patch: Mapping[str, Value], row: Mapping[str, Value]) -> dict[str, Value]:
    """A patch with one half of a discount gets the other one: cleared, or as `row` has it where the half itself is cleared."""
    named = [half for half in HALVES if half in patch]
    if len(named) != 1:
        return dict(patch)
    (half,) = named
    return {**patch, HALVES[half]: None if patch[half] else row.get(HALVES[half])}


def discount(text: str, base: int | None = None) -> tuple[int | None, int | None]:
    """The discount that a person typed; Refused when it would take more than there is."""
    percent, given = parse_discount(text)
    if percent is not None and percent > 100 * MICRO:
        raise Refused("Скидка больше 100 %. Напишите меньший процент", "discount_percent")
    if given is not None and base and given > abs(base):
        raise Refused("Скидка больше самой суммы. Напишите меньшую сумму или процент, например 5%", "discount_sum")
    return percent or None, given or None


def _id(value: Value) -> str | None:
    return str(value) if value else None


def _born(birth: Birth, status: Row | None) -> dict[str, Value]:
    return {"number": birth.number, "date": birth.day, "status_id": status["id"] if status else None, "manager_id": birth.author or None}


def _moved(sheet: Sheet, patch: Mapping[str, Value], organization_id: str | None, day: str) -> list[Edit]:
    mode, lines = _vat_for(sheet, organization_id, day)
    own = {**patch, "vat_mode": mode} if mode != sheet.order["vat_mode"] else patch
    return [Edit("orders", sheet.order["id"], own), *(Edit("order_lines", line_id, change) for line_id, change in lines.items())]


def _vat_for(sheet: Sheet, organization_id: str | None, day: str) -> tuple[str, dict[str, dict[str, Value]]]:
    """The mode under another firm or day, and what changes in which line. A rate or mode that was chosen by hand stays."""
    order, office, old_day = sheet.order, sheet.office, vat_day(sheet.order)
    before = regime_on(office.regimes, order["organization_id"], old_day)
    after = regime_on(office.regimes, organization_id, day)
    mode = _mode_after(order["vat_mode"], before, after)
    changes: dict[str, dict[str, Value]] = {}
    for line in sheet.lines:
        rate_id = _rate_id(sheet, line)
        was, becomes = percent_of(rate_id, office.rates, before, old_day), percent_of(rate_id, office.rates, after, day)
        change: dict[str, Value] = {}
        if was != becomes and line["vat_percent"] == was:
            change["vat_percent"] = becomes
        if mode != order["vat_mode"] and line["vat_mode"] == order["vat_mode"]:
            change["vat_mode"] = mode
        if change:
            changes[line["id"]] = change
    return mode, changes


def _mode_after(mode: str, before: str, after: str) -> str:
    if before == after:
        return mode
    if after == EXEMPT:
        return VatMode.NONE.value
    return usual_mode(after) if before == EXEMPT else mode


def _rate_id(sheet: Sheet, line: Row) -> str | None:
    product = sheet.products.get(line["product_id"] or "")
    return product["vat_rate_id"] if product else None
