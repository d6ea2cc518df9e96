"""A new order: what is usual is filled in by the rule, and the form opens."""

from __future__ import annotations

from local_app.pages.order_rows import office
from local_app.session import Session
from shared.rules.orders import Birth, new_order


def open_new_order(session: Session, client: str | None = None) -> None:
    desk, day = session.desk, session.app.clock().date().isoformat()
    birth = Birth(desk.new_id(), "", day, desk.author)
    if session.do(new_order(birth, office(session.store), client), "Новый заказ"):
        session.go(f"/orders/{birth.order_id}")
