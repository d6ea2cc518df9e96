"""The register of goods and services."""

from __future__ import annotations

from local_app.pages.duplicates import badge_link
from local_app.session import Session
from local_app.widgets.register import Options, RegisterView


def page(session: Session) -> None:
    session.entitle("Товары и услуги")
    RegisterView(
        session,
        "products",
        Options(
            chips=("group_id",),
            several=("group_id", "unit_id", "vat_rate_id", "archived"),
            extra=lambda: badge_link(session, "products"),
            load="/products/import",
            new=("Новый товар или услуга", lambda: session.go(f"/products/{session.desk.new_id()}")),
            purpose="Здесь то, что вы продаёте: из этого списка заполняются заказы.",
        ),
    )
