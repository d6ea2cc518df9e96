"""The card of a product or service."""

from __future__ import annotations

from local_app.pages import custom
from local_app.session import Session
from local_app.widgets.card import Card, Section
from shared.entities import ENTITIES

GROUPS = {"": ("name", "sku", "barcode", "product_kind", "group_id", "unit_id"), "Цены": ("price", "cost", "vat_rate_id")}


def page(session: Session, row: str) -> None:
    card = Card(session, ENTITIES["products"], row)
    card.draw([
        Section("main", "Основное", lambda: card.fields(GROUPS)),
        Section("history", "История", card.history),
        custom.section(session, "products", row, card.saved),
    ])  # fmt: skip
    if not card.form.exists:
        card.form.focus("name")
