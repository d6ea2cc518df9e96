"""What a paper says: everything about one order that a template may show, as plain texts, ready to be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import segno

from local_app.ordering.rows import by_id, sheet
from local_app.ordering.shown import count, discount_shown, rate_shown
from shared import formats
from shared.change import Refused
from shared.entities import ENTITIES
from shared.entities.people import CHARTER
from shared.entities.work import DOCUMENT_TYPES
from shared.entity import Kind
from shared.money import LineTotal, OrderTotal, VatMode, divide_half_up, in_words
from shared.rules import custom
from shared.rules.documents import Sides
from shared.rules.office import Row, Sheet
from shared.rules.payment_qr import Payee, payment_code
from shared.store import Store

Facts = dict[str, Any]
"""Texts, and dictionaries and lists of them: nothing of the program itself ever reaches a template."""
GOODS = ("наименование", "наименования", "наименований")

SOLE_TRADER = re.compile(r"^(?:ИП|Индивидуальный предприниматель)\s+", re.IGNORECASE)


class Paper(NamedTuple):
    """A document as its template needs it."""

    facts: Facts
    sides: Sides
    lines: int
    total: int  # kopecks


def paper(store: Store, document: Row) -> Paper:
    """All that is to be said about a document's order at this moment. Raises Refused when the order is gone."""
    order = sheet(store, str(document["order_id"]))
    firm = row_of(store, "organizations", document["organization_id"] or order.order["organization_id"])
    sides = Sides(firm, account_of(store, "organization_id", firm), row_of(store, "clients", order.order["client_id"]))
    total, debt = count(order), owed(store, order.order["id"])
    people = {
        "contact": texts("contacts", row_of(store, "contacts", order.order["contact_id"])),
        "manager": texts("employees", row_of(store, "employees", order.order["manager_id"])),
    }
    facts: Facts = {
        "document": of_document(document, order.order),
        "order": {**texts("orders", order.order), "custom": customs(store, "orders", "order_id", [order.order["id"]])[order.order["id"]]},
        "organization": of_firm(firm),
        "account": texts("bank_accounts", sides.account),
        "client": of_client(store, sides.client),
        "client_account": texts("bank_accounts", account_of(store, "client_id", sides.client)),
        **people,
        "lines": lines(store, order, total),
        "totals": totals(order, total, debt),
    }
    facts["payment"] = payment(facts["document"], vat_lines(order, total, debt), sides, debt)
    return Paper(facts, sides, len(order.lines), total.total)


def texts(entity_name: str, row: Row | None) -> dict[str, str]:
    """Every field of a row as people read it; blanks when there is no row. References and keys of machines are left out."""
    fields = [field for field in ENTITIES[entity_name].fields if field.kind not in (Kind.REFERENCE, Kind.DATA)]
    return {field.name: formats.show(field, row[field.name]) if row else "" for field in fields}


def of_document(document: Row, order: Row) -> dict[str, str]:
    """The head of the paper. A draft has no number."""
    date = str(document["date"] or "")
    return {
        "name": DOCUMENT_TYPES.get(document["document_type"], "Документ"),
        "number": str(document["number"] or ""),
        "date": formats.day(date) if date else "",
        "date_long": formats.long_day(date) if date else "",
        "pay_until": formats.long_day(order["pay_until"]) if order["pay_until"] else "",
        "shipment_date": formats.long_day(order["shipment_date"]) if order["shipment_date"] else "",
        "note": str(document["note"] or ""),
    }


def of_firm(firm: Row | None) -> dict[str, str]:
    """Our organization, with its people as they sign. A sole trader signs alone, as himself, and has no charter to act on."""
    said = texts("organizations", firm)
    alone = bool(firm and firm["legal_form"] == "sole_trader")
    if alone:
        said["director"] = said["director"] or SOLE_TRADER.sub("", said["full_name"] or said["name"])
        if said["basis"] == CHARTER:
            said["basis"] = f"ОГРНИП{formats.SPACE}{said['ogrn']}" if said["ogrn"] else ""
    post = "Индивидуальный предприниматель" if alone else said["director_post"] or "Руководитель"
    return {
        **said,
        "paper_name": said["full_name"] or said["name"],
        "signs_alone": "да" if alone else "",
        "director_post": post,
        "director_initials": formats.initials(said["director"]),
        "accountant_initials": "" if alone else formats.initials(said["accountant"]),
    }


def of_client(store: Store, client: Row | None) -> Facts:
    """The client; a sole trader and a person sign for themselves."""
    return {
        **texts("clients", client),
        "signs_alone": "да" if client and client["legal_form"] in ("sole_trader", "person") else "",
        "custom": customs(store, "clients", "client_id", [client["id"]])[client["id"]] if client else {},
    }


def lines(store: Store, order: Sheet, total: OrderTotal) -> list[Facts]:
    """Each line as it stands on paper: price, discount and sum agree with each other."""
    units = by_id(store, "units", (line["unit_id"] for line in order.lines))
    own = customs(store, "order_lines", "line_id", [line["id"] for line in order.lines])
    goods = customs(store, "products", "product_id", ["", *order.products])
    return [
        {
            **of_line(number, line, counted, order, units),
            "custom": {**goods.get(line["product_id"] or "", goods[""]), **own[line["id"]]},  # of two with one name, the line's
        }
        for number, (line, counted) in enumerate(zip(order.lines, total.lines, strict=True), 1)
    ]


def of_line(number: int, line: Row, counted: LineTotal, order: Sheet, units: Mapping[str, Row]) -> dict[str, str]:
    unit, product = units.get(line["unit_id"] or ""), order.products.get(line["product_id"] or "")
    return {
        "number": str(number),
        "name": str(line["name"]),
        "sku": str(product["sku"]) if product else "",
        "unit": str(unit["name"]) if unit else "",
        "okei": str(unit["okei"]) if unit else "",
        "quantity": "" if line["quantity"] is None else formats.quantity(line["quantity"]),
        "price": "" if line["price"] is None else formats.price(line["price"], ""),
        "discount": discount_shown(line),
        "sum": sum_of(counted.gross - counted.discount),
        "net": sum_of(counted.net),
        "vat_rate": rate_shown(line["vat_percent"] if line["vat_mode"] != VatMode.NONE else None),
        "vat": sum_of(counted.vat) if counted.vat_percent is not None else "",
        "total": sum_of(counted.total),
        "note": str(line["note"]),
    }


def totals(order: Sheet, total: OrderTotal, debt: int) -> Facts:
    """What stands under the table."""
    in_lines = total.discount - total.order_discount
    return {
        "count": str(len(order.lines)),
        "count_words": formats.plural(len(order.lines), GOODS),
        "gross": sum_of(total.gross),
        "line_discount": sum_of(in_lines) if in_lines else "",
        "sum": sum_of(total.gross - in_lines),
        "discount": sum_of(-total.order_discount) if total.order_discount else "",
        "discount_rate": formats.percent(order.order["discount_percent"]) if order.order["discount_percent"] else "",
        "net": sum_of(total.net),
        "vat": sum_of(total.vat),
        "vat_lines": vat_lines(order, total, total.total),
        "total": sum_of(total.total),
        "words": in_words(total.total),
        "debt": sum_of(debt),
    }


def vat_lines(order: Sheet, total: OrderTotal, due: int) -> list[dict[str, str]]:
    """«НДС 22 %» over the prices, «В том числе НДС 22 %» within them, «Без НДС» when there is none; of `due` kopecks their share."""
    part, whole = (due, total.total) if 0 < due < total.total else (1, 1)
    sums: dict[tuple[str, int], int] = {}
    for line, counted in zip(order.lines, total.lines, strict=True):
        if counted.vat_percent is not None:
            key = (line["vat_mode"], counted.vat_percent)
            sums[key] = sums.get(key, 0) + counted.vat
    said = [
        {
            "label": f"{'НДС' if mode == VatMode.ON_TOP else 'В том числе НДС'} {formats.percent(rate)}",
            "sum": sum_of(divide_half_up(vat * part, whole)),
        }
        for (mode, rate), vat in sorted(sums.items())
    ]
    return said or [{"label": "Без НДС", "sum": formats.DASH}]


def payment(document: Facts, vat: list[dict[str, str]], sides: Sides, debt: int) -> dict[str, str]:
    """How to pay what is left: the purpose, and the square of ГОСТ Р 56042-2014 as a picture; '' when it cannot be drawn."""
    number = f" № {document['number']}" if document["number"] else ""
    taxes = ", ".join(f"{line['label']}: {line['sum']}" for line in vat if line["sum"] != formats.DASH) or "Без НДС"
    purpose = f"Оплата по счёту{number} от {document['date']}. {taxes}".replace(formats.SPACE, " ")
    firm, account = sides.organization, sides.account
    if not firm or not account:
        return {"purpose": purpose, "qr": ""}
    names = ("account", "bank", "bic", "correspondent_account")
    code = payment_code(
        Payee(str(firm["name"]), str(firm["inn"]), str(firm["kpp"]), *(str(account[name]) for name in names)), debt, purpose
    )
    return {"purpose": purpose, "qr": segno.make(code, error="m").svg_data_uri(border=0) if code else ""}


def owed(store: Store, order_id: str) -> int:
    """Kopecks that are still to be paid for the order."""
    return int(store.one("SELECT debt FROM order_totals WHERE order_id = ?", (order_id,)) or 0)


def account_of(store: Store, owner: str, row: Row | None) -> Row | None:
    """The main account of a firm, or its first one."""
    sql = f"SELECT * FROM bank_accounts WHERE {owner} = ? AND deleted = 0 ORDER BY main DESC, id LIMIT 1"
    return next(iter(store.rows(sql, (row["id"],))), None) if row else None


def row_of(store: Store, entity: str, row: object) -> Row | None:
    return store.row(entity, str(row)) if row else None


def customs(store: Store, home: str, owner: str, rows: Iterable[str]) -> dict[str, dict[str, str]]:
    """{row: {name of a custom field: its value}}; every field that is defined for such rows is there."""
    wanted = list(rows)
    defined = store.rows("SELECT * FROM custom_fields WHERE home = ? AND deleted = 0 ORDER BY position NULLS LAST, id", (home,))
    found = {row: {field["name"]: "" for field in defined} for row in wanted}
    fields = {field["id"]: field for field in defined}
    sql = f"SELECT {owner}, field_id, value FROM custom_values WHERE deleted = 0 AND {owner} IN (SELECT value FROM json_each(?))"
    for row, field, value in store.db.execute(sql, (json.dumps(wanted),)):
        if field in fields:
            found[row][fields[field]["name"]] = custom.in_words(fields[field], str(value))
    return found


def sum_of(kopecks: int) -> str:
    return formats.money(kopecks, "")


def document_of(store: Store, row_id: str) -> Row:
    """A document that is there. Raises Refused."""
    found = store.row("documents", row_id)
    if found is None or found["deleted"]:
        raise Refused("Этого документа больше нет")
    return found
