"""Papers of an order: what a draft begins with, what is missing on the way to the client, and that an issued one stays as it is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from shared.change import Refused
from shared.entities.work import DOCUMENT_TYPES
from shared.entity import Value
from shared.formats import day, money
from shared.rules import requisites
from shared.rules.office import Row

KEPT = frozenset({"document_type", "number", "date", "state", "organization_id", "template_id", "total", "facts", "sha256", "deleted"})
"""What an issued document keeps for ever. Its order and client may be merged into others, and a note may be written beside it."""
NEED_ACCOUNT = frozenset({"invoice"})
"""Papers that ask for money: they are of no use without an account to pay to."""
PRINT_ACCOUNT = NEED_ACCOUNT | {"contract"}
"""Papers that bear the account: on the others a wrong one is no more than a word."""
HINTS = {"organizations": "наша организация", "bank_accounts": "расчётный счёт", "clients": "клиент"}
WHOSE = {"organizations": "нашей организации", "clients": "клиента"}


class Flaw(NamedTuple):
    """What is wrong with a paper, in the user's words. A `grave` one keeps it from being issued."""

    text: str
    grave: bool


class Sides(NamedTuple):
    """Whose paper it is: our organization, the account it is to be paid to, the client. None is not chosen."""

    organization: Row | None
    account: Row | None
    client: Row | None


def flaws(document_type: str, sides: Sides, lines: int, total: int | None = None) -> list[Flaw]:
    """Everything that is missing or wrong on a paper, grave things first. `total` in kopecks, None when it is not known."""
    found = [
        Flaw("Выберите нашу организацию в разделе «Основное»", grave=True) if not sides.organization else None,
        Flaw("Выберите клиента в разделе «Основное»", grave=True) if not sides.client else None,
        Flaw("В заказе нет ни одной строки: добавьте товар или услугу", grave=True) if not lines else None,
        Flaw("У нашей организации нет расчётного счёта: добавьте его в её карточке, «Справочники» → «Свои организации»", grave=True)
        if document_type in NEED_ACCOUNT and sides.organization and not sides.account
        else None,
        Flaw("По этому счёту нечего платить: сумма не больше нуля. Проверьте строки и скидки", grave=False)
        if document_type in NEED_ACCOUNT and lines and total is not None and total <= 0
        else None,
        *_of_requisites(document_type, sides),
    ]
    return sorted((flaw for flaw in found if flaw), key=lambda flaw: not flaw.grave)


def _of_requisites(document_type: str, sides: Sides) -> list[Flaw]:
    """A wrong requisite is a warning where it is typed, and an error on paper; one that is missing is worth a word."""
    named = (("organizations", sides.organization), ("bank_accounts", sides.account), ("clients", sides.client))
    wrong = [
        Flaw(f"{text} ({HINTS[entity]})", grave=entity != "bank_accounts" or document_type in PRINT_ACCOUNT)
        for entity, row in named
        if row
        for text in requisites.warnings(entity, row).values()
    ]
    missing = [
        Flaw(f"У {WHOSE[entity]} не указан ИНН: впишите его в карточке", grave=False)
        for entity, row in named
        if row and entity != "bank_accounts" and not row["inn"] and row["legal_form"] != "person"
    ]
    return [*wrong, *missing, *_of_account(document_type, sides.account)]


def _of_account(document_type: str, account: Row | None) -> list[Flaw]:
    """Nobody can pay to an account of an unknown bank, and no code is drawn for it. A treasury has no correspondent account."""
    lacks = [label for name, label in (("bank", "банк"), ("bic", "БИК")) if account and not account[name]]
    if not lacks or document_type not in PRINT_ACCOUNT:
        return []
    return [
        Flaw(f"У нашего расчётного счёта не указан{'ы' if len(lacks) > 1 else ''} {' и '.join(lacks)}: впишите в его карточке", grave=False)
    ]


def overtaken(document: Row, order: Row, total: int) -> str:
    """What an issued document says otherwise than its order does by now, '' for nothing: whoever sends it once more should know.

    `total`: kopecks of the order.
    """
    if document["state"] != "issued":
        return ""
    if document["client_id"] != order["client_id"]:
        return "в заказе теперь другой клиент"
    if document["organization_id"] != order["organization_id"]:
        return "в заказе теперь другая наша организация"
    return f"в заказе теперь {money(total)}" if document["total"] != total else ""


def must_stay(row: Row | None, patch: Mapping[str, Value], borne: Mapping[str, Value] = MappingProxyType({})) -> None:
    """Raises Refused when an edit would change a document that was issued; it may only be cancelled.

    `borne`: what its paper bears, where somebody else had changed the draft meanwhile: that may be written again.
    """
    if row is None or row["state"] not in ("issued", "cancelled"):
        return
    changed = {name for name in KEPT & patch.keys() if patch[name] not in (row[name], borne.get(name, row[name]))}
    if not changed or (row["state"] == "issued" and changed == {"state"} and patch["state"] == "cancelled"):
        return
    words = "аннулирован" if row["state"] == "cancelled" else "выставлен"
    raise Refused(f"{called(row)} {words}, менять его нельзя. Аннулируйте его и создайте новый документ", min(changed))


def called(row: Row) -> str:
    """«Счёт на оплату № ИБ-12 от 26.11.2026»; a draft has no number yet."""
    name = DOCUMENT_TYPES.get(row["document_type"], "Документ")
    number = f" № {row['number']}" if row["number"] else " без номера"
    return f"{name}{number} от {day(row['date'])}" if row["date"] else f"{name}{number}"
