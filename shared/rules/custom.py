"""Custom fields: what the user defines, as a field of the vocabulary; values lie in the log as plain readable texts."""

from __future__ import annotations

from shared.change import Edit, Refused
from shared.entity import MICRO, Field, Kind, Value
from shared.formats import money, show
from shared.ids import derived_id
from shared.rules.office import Row
from shared.values import parse

KINDS = {
    "text": Kind.TEXT, "note": Kind.NOTE, "money": Kind.MONEY, "quantity": Kind.QUANTITY,
    "date": Kind.DATE, "flag": Kind.FLAG, "choice": Kind.CHOICE,
}  # fmt: skip
OWNERS = {"orders": "order_id", "order_lines": "line_id", "clients": "client_id", "products": "product_id"}
"""Home of a custom field -> the field of `custom_values` that names the row."""


def field_of(custom: Row) -> Field:
    """The custom field as a field; a kind of a newer program is shown as text."""
    options = [line.strip() for line in str(custom["options"]).splitlines() if line.strip()]
    kind = KINDS.get(custom["value_kind"], Kind.TEXT)
    choices = {"": "", **{option: option for option in options}} if kind is Kind.CHOICE else None
    return Field(custom["id"], kind, custom["name"], choices=choices)


def value_id(custom_id: str, row_id: str) -> str:
    """The id of the value of one field in one row: two laptops never make it twice."""
    return derived_id(0, "custom_values", custom_id, row_id)


def set_value(custom: Row, row_id: str, value: Value, kept: Row | None = None) -> list[Edit]:
    """The value of a custom field of one row, as a text that reports and templates can show. `kept`: as it is now, if it ever was."""
    owner = OWNERS.get(custom["home"], "order_id")
    text = to_text(field_of(custom), value)
    patch = {owner: row_id, "field_id": custom["id"], "value": text, **alive(kept)}
    return [Edit("custom_values", value_id(custom["id"], row_id), patch)]


def alive(kept: Row | None) -> dict[str, Value]:
    """What a value has to say besides, so as to be shown: its id is always the same, and an undo may have deleted that row."""
    return {"deleted": 0} if kept and kept["deleted"] else {}


def to_text(field: Field, value: Value) -> str:
    """«1234.50», «0.195», «2026-03-12», «да»: read by people, by SQL and by `from_text` alike."""
    if value is None or value == "":
        return ""
    if field.kind is Kind.FLAG:
        return "да" if value else ""
    if field.kind is Kind.MONEY:
        return _decimal(int(value), 100, 2)
    if field.kind is Kind.QUANTITY:
        return _decimal(int(value), MICRO, 0)
    return str(value)


def from_text(field: Field, text: str) -> Value:
    """The value of a kept text; Refused when the field was given another kind since and the text does not fit it."""
    if field.kind is Kind.CHOICE:
        return text  # an option that was removed since stays with the row
    return parse(field, text) if text else field.blank


def in_words(custom: Row, text: str) -> str:
    """«1 234,50», «0,195», «12.03.2026»: a kept text as papers and the history show it, or as it stands if it does not fit its kind."""
    field = field_of(custom)
    try:
        value = from_text(field, text) if text else None
    except Refused:
        return text
    return money(int(value), "") if field.kind is Kind.MONEY and isinstance(value, int) else show(field, value)


def _decimal(number: int, scale: int, shown: int) -> str:
    whole, rest = divmod(abs(number), scale)
    digits = str(rest).rjust(len(str(scale)) - 1, "0").rstrip("0").ljust(shown, "0")
    return f"{'-' if number < 0 else ''}{whole}{'.' if digits else ''}{digits}"
