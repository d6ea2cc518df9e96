"""People of the company: an account on the hub and a row among employees, made and changed together."""

from __future__ import annotations

from shared.change import Edit
from shared.entities import ENTITIES
from shared.shapes import ROW_ID
from sync_server.access import Access, User
from sync_server.hub import Hub


def add_user(hub: Hub, access: Access, login: str, name: str, role: str, password: str) -> User:
    """A new account; the employee with this login, or with this name and no login yet, becomes its owner, else a new one is made.

    Refused: see `Users.check_new`.
    """
    name = " ".join(name.split()) or login.strip()
    with access.book.writing():  # another administrator may be adding the very same person
        access.users.check_new(login, role, password)
        employee = known_employee(hub, access, login, name) or hub.new_id()
        hub.write([Edit("employees", employee, {"name": name, "login": login.strip(), "role": role})])
        return access.users.add(employee, login, name, role, password)


def set_role(hub: Hub, access: Access, user: User, role: str) -> None:
    """Refused: an unknown role, or the last administrator would be gone."""
    access.users.set_role(user, role)
    hub.write([Edit("employees", user.id, {"role": role})])


def reclaim(hub: Hub, access: Access, user: User, author: str, login: str) -> User:
    """On a hub that is built anew, a person whose laptop comes with history gets the employee's row that this history knows.

    The row made with the account goes. Nothing happens outside `rebuild`, to an account whose laptop works already, and to others' laptops.
    """
    fits = ROW_ID.fullmatch(author) is not None and author != user.id and access.users.folded(login) == access.users.folded(user.login)
    mine = [device for device in access.devices.all() if device.user == user.id]
    if not (fits and hub.rebuilding()) or len(mine) > 1 or access.users.find(author) is not None:
        return user
    return become(hub, access, user, author)


def become(hub: Hub, access: Access, user: User, employee: str) -> User:
    """The account is this employee's from now on; the row made with the account goes."""
    hub.write([
        Edit("employees", employee, {"name": user.name, "login": user.login, "role": user.role}),
        Edit("employees", user.id, {"login": "", "deleted": 1}),
    ])  # fmt: skip
    return access.users.move(user, employee)


def reunite(hub: Hub, access: Access) -> int:
    """At the end of a rebuild: who has no laptop of their own becomes the employee whom others' laptops brought. Returns how many did.

    A row of theirs that is named somewhere stays: others count on it already.
    """
    owners, done = {device.user for device in access.devices.all()}, 0
    for user in access.users.all():
        rows = hub.rows("SELECT id FROM employees WHERE deleted = 0 AND login = ? AND id <> ?", (user.login, user.id))
        brought = [str(row["id"]) for row in rows if access.users.find(row["id"]) is None]
        if len(brought) == 1 and user.id not in owners and not is_named(hub, user.id):
            become(hub, access, user, brought[0])
            done += 1
    return done


def is_named(hub: Hub, employee: str) -> bool:
    """Whether any row refers to the employee."""
    columns = [(name, field.name) for name, entity in ENTITIES.items() for field in entity.fields if field.target == "employees"]
    return any(hub.rows(f'SELECT 1 FROM "{table}" WHERE "{column}" = ? LIMIT 1', (employee,)) for table, column in columns)


def say_again(hub: Hub, access: Access) -> int:
    """After a rebuild: logins and roles are what the accounts say, whatever was brought, and in no dispute. Returns how many were not."""
    rows = {row["id"]: (row["login"], row["role"]) for row in hub.rows("SELECT id, login, role FROM employees")}
    disputed = {row["row"] for row in hub.rows("SELECT row FROM conflicts WHERE entity = 'employees' AND field IN ('login', 'role')")}
    wrong = [
        Edit("employees", user.id, {"login": user.login, "role": user.role})
        for user in access.users.all()
        if user.id in rows and (user.id in disputed or rows[user.id] != (user.login, user.role))
    ]
    if wrong:
        hub.write(wrong)
    return len(wrong)


def known_employee(hub: Hub, access: Access, login: str, name: str) -> str | None:
    """The id of the one living employee that fits and has no account; several namesakes fit nobody."""
    rows = hub.rows(
        "SELECT id FROM employees WHERE deleted = 0 AND (login = ? OR (login = '' AND name = ?)) ORDER BY login = '', id",
        (login.strip(), name),
    )
    free = [row["id"] for row in rows if access.users.find(row["id"]) is None]
    return str(free[0]) if len(free) == 1 else None
