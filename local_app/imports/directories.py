"""Clients, products and the small lists of an import: each is found by its natural key, or wanted anew, once. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from local_app.imports.cells import whole_inn
from local_app.imports.known import Key, Known, client_keys, folded, product_keys, same_client, same_product
from local_app.imports.plan import Problem, Row, Wanted
from local_app.imports.table import Table
from shared.entity import Value
from shared.fold import plain
from shared.ids import derived_id

_CLIENT_FIELDS = (
    "full_name", "inn", "kpp", "ogrn", "code", "phone", "email", "site", "city", "country", "legal_address", "postal_address",
)  # fmt: skip
_OF_ITS_OWN = ("legal_form", "potential")
"""What only a table of clients tells."""
SOLE_TRADER_INN = 12
"""Digits of the ИНН of a person; a firm has 10."""


class Directories:
    """The rows that the lines of a file name. `authority` is the entity the file is about: its rows change, others are only filled in."""

    def __init__(self, known: Known, table: Table, authority: str = "") -> None:
        self.known, self.table, self.authority = known, table, authority
        self.wanted: dict[str, Wanted] = {}
        self._clients: dict[tuple[Value, ...], str] = {}
        self._by_name: list[tuple[int, str]] = []  # rows of the file whose client is told by its name alone
        told = ("client", *_CLIENT_FIELDS, "contact", "account", *(("note", "manager", *_OF_ITS_OWN) if authority == "clients" else ()))
        self._client_columns = [table.columns[key] for key in told if key in table.columns]

    def groups(self) -> list[list[Wanted]]:
        """Acts: the small lists together, every client with its contacts and every product by itself."""
        lists: list[Wanted] = []
        owned: dict[str, list[Wanted]] = {}
        for wanted in self.wanted.values():
            if wanted.entity in ("clients", "products"):
                owned.setdefault(wanted.row, []).append(wanted)
            elif wanted.entity in ("contacts", "bank_accounts", "custom_values"):
                owned.setdefault(str(wanted.patch.get("client_id") or wanted.patch["product_id"]), []).append(wanted)
            else:
                lists.append(wanted)
        return [*([lists] if lists else []), *owned.values()]

    def doubts(self) -> list[Problem]:
        """Rows that name a client by a name which several clients bear: one had to be taken."""
        shared = [(index, name) for index, name in self._by_name if len(self.known.namesakes[name]) > 1]
        return [
            Problem(
                self.table.numbers[index],
                self.table.headers["client"],
                f"клиентов с названием «{self.table.cell('client', index)}» несколько, а ИНН не указан: взят первый из них. Проверьте",
            )
            for index, name in shared
        ]

    def client(self, index: int, held: Row | None = None) -> str:
        """The client of a row of the file, the one that its order has if that is meant; rows that tell the same are looked at once."""
        kept = held if held is not None and self._is_meant(held, index) else None
        told = (kept["id"] if kept else "", *[column[index] for column in self._client_columns])
        if told not in self._clients:
            self._clients[told] = kept["id"] if kept and kept["deleted"] else self._client(index, kept)
        return self._clients[told]

    def _is_meant(self, client: Row, index: int) -> bool:
        """Does the row of the file say nothing else about it?"""
        told = {"inn": "", "kpp": "", "code": "", **self._told(index, ("client", "inn", "kpp", "code"))}
        keys = client_keys({**told, "name": told.get("client")})
        return bool(keys) and set(keys) <= {*client_keys(client), ("inn", whole_inn(client["inn"] or ""), "")}

    def _client(self, index: int, kept: Row | None) -> str:
        told = self._told(index, ("client", *_CLIENT_FIELDS))
        told["name"] = told.pop("client", "")
        keys = _keys_of_client(told)
        whole = {"inn": "", "kpp": "", "code": "", **told}
        row = kept["id"] if kept else self._find("clients", keys, client_keys(whole), same_client(whole))
        name = folded(told["name"])
        self.known.namesakes.setdefault(name, set()).add(row)
        if keys[0][0] == "name" and not kept:
            self._by_name.append((index, name))
        if self.authority == "clients":
            told |= self._told(index, ("note", *_OF_ITS_OWN))
            if manager := self.table.cell("manager", index):
                told["manager_id"] = self.named("employees", manager)
        initial: dict[str, Value] = {"legal_form": "sole_trader"} if len(str(told.get("inn") or "")) == SOLE_TRADER_INN else {}
        self._want("clients", row, told, initial)
        self._contact(index, row)
        self._account(index, row)
        return row

    def knows_product(self, index: int) -> bool:
        """Whether there is one already that a row of the file names."""
        told = self._told(index, ("product", "sku"))
        return not self.known.keys["products"].keys().isdisjoint(product_keys({"sku": "", **told, "name": told.get("product", "")}))

    def product(self, index: int, held: Row | None = None) -> str:
        """The product of a row of the file, or the one that its line has."""
        if held and held["deleted"]:
            return str(held["id"])
        told = self._told(index, ("product", "sku", "cost"))
        told["name"] = told.pop("product", "")
        keys = product_keys({"sku": "", **told})
        row = held["id"] if held else self._find("products", keys, keys, same_product({"sku": "", **told}))
        if group := self.table.cell("group", index):
            told["group_id"] = self.named("product_groups", group)
        if unit := self.table.cell("unit", index):
            told["unit_id"] = self.named("units", unit)
        if self.authority == "products":
            told |= self._told(index, ("barcode", "price", "product_kind", "archived", "note"))
            if rate := self.table.cell("vat", index):
                told["vat_rate_id"] = rate
        if not told["name"]:
            told.pop("name")
        self._want("products", row, told, {})
        return row

    def own(self, entity: str, index: int, row: str) -> None:
        """What a row of the file says in the user's own fields; of several rows about one card the first one counts."""
        for wanted in self.table.own(entity, index, row):
            self.wanted.setdefault(wanted.row, wanted)

    def named(self, entity: str, name: Value) -> str:
        """A row of a small list by its name."""
        keys: list[Key] = [("name", folded(name)), ("name", plain(str(name or "")))]
        row = self._find(entity, keys, keys)
        first = entity == "statuses" and row not in self.wanted
        self._want(entity, row, {"name": name}, {"position": self._behind()} if first else {})
        return row

    def _behind(self) -> int:
        """A new status stands behind all others: where the first one stands, new orders begin."""
        new = sum(wanted.entity == "statuses" for wanted in self.wanted.values())
        return max((status["position"] or 0 for status in self.known.office.statuses), default=0) + new + 1

    def _find(self, entity: str, keys: Sequence[Key], registered: Iterable[Key], same: Key = ()) -> str:
        """The row with one of the keys, strongest first; a weaker key counts only for a row that lacks the stronger ones.

        `same`: a name with its strongest key, by which a row is told from others that share that key.
        """
        known, marked = self.known.keys[entity], self.known.marked
        if row := known.get(same, ""):
            return row
        for place, key in enumerate(keys):
            stronger = {earlier[0] for earlier in keys[:place]} - {key[0]}
            found = known.get(key, "")
            if found and not stronger & marked.get(found, frozenset()):
                row = found
                break
        row = row or derived_id(0, entity, *keys[0])
        marked[row] = marked.get(row, frozenset()) | {key[0] for key in keys}
        for key in registered:
            known.setdefault(key, row)
        return row

    def _want(self, entity: str, row: str, told: dict[str, Value], initial: dict[str, Value]) -> None:
        """What several lines tell about one row adds up; where they differ, the first one counts."""
        before = self.wanted.get(row)
        filled = {name: value for name, value in told.items() if value is not None and value != ""}
        if before is None:
            self.wanted[row] = Wanted(entity, row, filled, initial, fill=self.authority != entity)
        elif filled.keys() - before.patch.keys():
            self.wanted[row] = before._replace(patch={**filled, **before.patch})

    def _contact(self, index: int, client: str) -> None:
        name = self.table.cell("contact", index)
        if not name:
            return
        key = (client, folded(name))
        row = self.known.keys["contacts"].setdefault(key, derived_id(0, "contacts", *key))
        told: dict[str, Value] = {"client_id": client, "name": name, "post": self.table.cell("contact_post", index)}
        self._want("contacts", row, told, {})

    def _account(self, index: int, client: str) -> None:
        account = self.table.cell("account", index)
        if not account:
            return
        key = (client, str(account))
        row = self.known.keys["bank_accounts"].setdefault(key, derived_id(0, "bank_accounts", *key))
        told: dict[str, Value] = {"client_id": client, "account": account, **self._told(index, ("bic", "bank"))}
        self._want("bank_accounts", row, told, {})

    def _told(self, index: int, keys: Iterable[str]) -> dict[str, Value]:
        columns = self.table.columns
        return {key: columns[key][index] for key in keys if key in columns}


def _keys_of_client(told: dict[str, Value]) -> list[Key]:
    """Keys to look by: an ИНН with its КПП, or with the row that has none; without a КПП any row with the ИНН."""
    inn, kpp = whole_inn(str(told.get("inn") or "")), str(told.get("kpp") or "")
    by_inn: list[Key] = [("inn", inn, kpp), ("inn", inn, "") if kpp else ("inn", inn)] if inn else []
    rest = client_keys({**told, "inn": "", "kpp": "", "code": told.get("code") or ""})
    return [*by_inn, *rest]
