"""People of the company: an account on the hub and a row among employees, made and changed together."""

from __future__ import annotations

from shared.change import Edit
from sync_server.access import Access, User
from sync_server.hub import Hub


def add_user(hub: Hub, access: Access, login: str, name: str, role: str, password: str) -> User:
    """A new account; the employee with this login, or with this name and no login yet, becomes its owner, else a new one is made.

    Refused: see `Users.check_new`.
    """
    access.users.check_new(login, role, password)
    name = " ".join(name.split()) or login.strip()
    employee = known_employee(hub, access, login, name) or hub.new_id()
    hub.write([Edit("employees", employee, {"name": name, "login": login.strip(), "role": role})])
    return access.users.add(employee, login, name, role, password)


def set_role(hub: Hub, access: Access, user: User, role: str) -> None:
    """Refused: an unknown role, or the last administrator would be gone."""
    access.users.set_role(user, role)
    hub.write([Edit("employees", user.id, {"role": role})])


def known_employee(hub: Hub, access: Access, login: str, name: str) -> str | None:
    """The id of the one living employee that fits and has no account; several namesakes fit nobody."""
    rows = hub.rows(
        "SELECT id FROM employees WHERE deleted = 0 AND (login = ? OR (login = '' AND name = ?)) ORDER BY login = '', id",
        (login.strip(), name),
    )
    free = [row["id"] for row in rows if access.users.find(row["id"]) is None]
    return str(free[0]) if len(free) == 1 else None
