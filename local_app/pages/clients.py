"""The register of clients."""

from __future__ import annotations

from local_app.pages.duplicates import badge_link
from local_app.session import Session
from local_app.widgets.register import Options, RegisterView


def page(session: Session) -> None:
    session.entitle("Клиенты")
    RegisterView(
        session,
        "clients",
        Options(
            chips=("manager_id",),
            several=("manager_id", "potential"),
            extra=lambda: badge_link(session, "clients"),
            load="/clients/import",
            new=("Новый клиент", lambda: session.go(f"/clients/{session.desk.new_id()}")),
            purpose="Здесь все, кому вы продаёте или хотите продать. Заведите первого клиента.",
        ),
    )
