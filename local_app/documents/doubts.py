"""What is asked before a paper is issued: disputed values on it, a template that is deleted or disputed, tags that lead nowhere."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from types import MappingProxyType

from local_app.documents.facts import Paper
from local_app.documents.filling import Filled
from local_app.documents.standard import form_of
from shared.change import Refused
from shared.rules.office import Row
from shared.store import Store

WHOLLY = frozenset({"documents", "orders", "order_lines", "templates"})
"""Rows of which every field counts on a paper; of the others only those that its template prints."""
CALLED = MappingProxyType({
    "clients": "client", "contacts": "contact", "organizations": "organization", "bank_accounts": "account", "employees": "manager",
})  # fmt: skip
"""What a template calls them."""
MOST = 5
"""Rows in disagreement that are named: after an import there may be hundreds."""
Disputed = dict[tuple[str, str], list[str]]
"""{entity and row: its fields about which people disagree}"""


class Doubtful(Refused):
    """The paper can be issued, but whoever issues it should have heard this."""

    def __init__(self, doubts: Collection[str]) -> None:
        super().__init__(". ".join(doubts))
        self.doubts = list(doubts)


def doubts(store: Store, document: Row, said: Paper, filled: Filled) -> list[str]:
    """Everything of the kind, each in one line."""
    own = store.row("templates", str(document["template_id"] or ""))
    gone = [f"Шаблон «{own['name']}» удалён: документ заполнен по стандартному"] if own and own["deleted"] else []
    return [*disagreement(store, document, said), *gone, *(f"В шаблоне неверный тег, {tag}" for tag in filled.unknown)]


def disagreement(store: Store, document: Row, said: Paper) -> Iterator[str]:
    """What people disagree about and the paper says, in one line; nothing when there is none."""
    found = disputed(store, document, said)
    named = [f"{store.called(*key).partition(' · ')[0]}: {labels(store, key[0], fields)}" for key, fields in list(found.items())[:MOST]]
    more = [f"и ещё записей: {len(found) - MOST}"] if len(found) > MOST else []
    if named:
        yield f"Есть расхождения, а на бумаге будет то, что сейчас действует. {'; '.join([*named, *more])}"


def disputed(store: Store, document: Row, said: Paper) -> Disputed:
    """The rows of the paper with their fields in disagreement, the order first."""
    sides, order = said.sides, store.row("orders", str(document["order_id"])) or {}
    parties = [side["id"] for side in (sides.client, sides.organization, sides.account) if side]
    people = (order.get("contact_id"), order.get("manager_id"))
    rows = [order.get("id"), document["id"], document["template_id"], *parties, *people]
    sql = (
        "SELECT DISTINCT entity, row, field FROM conflicts WHERE row IN (SELECT value FROM json_each(?1)) "
        "OR row IN (SELECT id FROM order_lines WHERE order_id = ?2 AND deleted = 0) ORDER BY entity <> 'orders', entity, row, field"
    )
    printed, found = form_of(store, document).body, Disputed()
    for entity, row, field in store.db.execute(sql, (json.dumps([row for row in rows if row]), document["order_id"])):
        if entity in WHOLLY or said_as(entity, field).search(printed):
            found.setdefault((entity, row), []).append(field)
    return found


def said_as(entity: str, field: str) -> re.Pattern[str]:
    """A field in a template, or what is made of it: `director_initials`, `paper_name`."""
    return re.compile(rf"\b{CALLED[entity]}\.(paper_|full_)?{field.removeprefix('full_')}")


def labels(store: Store, entity: str, fields: Collection[str]) -> str:
    """«Скидка», «Цена»: both halves of a discount are one."""
    known = [store.catalogue[entity].field(name) for name in fields]
    return ", ".join(dict.fromkeys(f"«{field.label.partition(',')[0]}»" if field else "«Удаление»" for field in known))
