"""A document from its draft to its issue: the number is taken, the paper is printed and kept, and stays as it is from then on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime

import orjson

from local_app.desk import Desk
from local_app.documents.doubts import Doubtful, doubts
from local_app.documents.facts import Paper, document_of, paper
from local_app.documents.filling import Filled
from local_app.documents.printer import Printer
from local_app.documents.standard import form_of, sheet
from local_app.numbers import given
from shared import filestore
from shared.change import Edit, Refused
from shared.entities.work import DOCUMENT_TYPES
from shared.entity import Value
from shared.rules.documents import Flaw, called, flaws
from shared.rules.numbering import DASH, next_number
from shared.rules.office import Row
from shared.store import Store

HIDDEN = (
    "SELECT log.patch ->> '$.number' FROM documents d CROSS JOIN log ON log.row = d.id "
    "WHERE d.organization_id IS ?1 AND d.document_type = ?2 AND substr(d.date, 1, 4) = ?3 AND d.number <> '' "
    "AND substr(d.number, 1, ?4) <> ?5 AND (SELECT min(branch) < max(branch) FROM log WHERE row = d.id) "
    'AND instr(log.patch, \'"number":"\' || ?5)'
)
"""Numbers of this laptop on papers of documents that two laptops have issued at once, and that bear the other one's number now.

Patches hold whole papers: those of documents that only one laptop has worked on, nearly all of them, are not read.
"""
TRIES = 3
"""A number may be given away by a second window while the paper is printed."""


def draft(desk: Desk, order_id: str, document_type: str, template_id: str | None = None) -> str:
    """A new document of an order, for today; returns its id. Raises Refused."""
    order = desk.store.row("orders", order_id)
    if order is None or order["deleted"]:
        raise Refused("Этого заказа больше нет")
    if document_type not in DOCUMENT_TYPES:
        raise Refused(f"Нет такого вида документов: {document_type}")
    row = desk.new_id()
    patch: dict[str, Value] = {
        "order_id": order_id, "client_id": order["client_id"], "document_type": document_type, "date": today(desk).isoformat(),
        "template_id": template_id,
    }  # fmt: skip
    kept = {name: value for name, value in patch.items() if value is not None}
    desk.do([Edit("documents", row, kept)], f"Создан черновик: {DOCUMENT_TYPES[document_type]}")
    return row


def today(desk: Desk) -> date:
    return datetime.fromtimestamp(desk.clock() / 1000, UTC).astimezone().date()


def as_of_now(desk: Desk, document: Row) -> dict[str, Value]:
    """A draft with what it takes from its order at this moment. Raises Refused when the order is gone."""
    order = desk.store.row("orders", str(document["order_id"]))
    if order is None:
        raise Refused("Заказа этого документа больше нет")
    date_ = document["date"] or today(desk).isoformat()
    return {**document, "client_id": order["client_id"], "organization_id": order["organization_id"], "date": date_}


def filled(store: Store, printer: Printer, document: Row) -> tuple[Filled, Paper]:
    """A draft as it would be issued now. Raises Refused."""
    said = paper(store, document)
    return printer.fill(form_of(store, document).body, said.facts), said


def flaws_of(document: Row, said: Paper) -> list[Flaw]:
    return flaws(str(document["document_type"]), said.sides, said.lines, said.total)


def issue(desk: Desk, printer: Printer, row_id: str, accepted: Collection[str] = ()) -> Row:
    """Takes the number, prints the paper, keeps both with its facts, in one act. Raises Refused, with nothing written.

    Doubtful, when there is something that its user should know first: `accepted` is what he knows.
    """
    for _ in range(TRIES):
        view, document = desk.view(), document_of(desk.store, row_id)
        if document["state"] != "draft":
            raise Refused(f"{called(document)} уже выставлен")
        now = as_of_now(desk, document)
        if desk.store.one("SELECT deleted FROM orders WHERE id = ?", (document["order_id"],)):
            raise Refused("Заказ удалён: сначала восстановите его")
        numbered = {**now, "number": document["number"] or number_for(desk, now)}
        printed, said = filled(desk.store, printer, numbered)
        if grave := [flaw.text for flaw in flaws_of(numbered, said) if flaw.grave]:
            raise Refused(f"Документ не выставлен. {'. '.join(grave)}")
        if unknown := [each for each in doubts(desk.store, numbered, said, printed) if each not in accepted]:
            raise Doubtful(unknown)
        kept = filestore.keep(desk.folder, printer.pdf(printed.html, sheet(), called(numbered)), file_name(numbered))
        if document["number"] or numbered["number"] == number_for(desk, now):
            changed = {name: numbered[name] for name in ("number", "date", "client_id", "organization_id")}
            facts = orjson.dumps(said.facts).decode()
            patch = {**changed, "state": "issued", "total": said.total, "sha256": kept.sha256, "facts": facts}
            desk.do([Edit("documents", row_id, patch)], f"Выставлен документ: {called(numbered)}", view)
            return document_of(desk.store, row_id)
    raise Refused("Номер занят другим документом. Повторите")


def cancel(desk: Desk, row_id: str) -> None:
    """An issued document is of no force any more; it stays, with its number. Raises Refused."""
    document = document_of(desk.store, row_id)
    if document["state"] != "issued":
        raise Refused("Аннулировать можно только выставленный документ")
    desk.do([Edit("documents", row_id, {"state": "cancelled"})], f"Аннулирован документ: {called(document)}")


def number_for(desk: Desk, document: Row) -> str:
    """The next number of the organization, the type and the year on this laptop."""
    year, prefix = str(document["date"])[:4], desk.prefix
    head = f"{prefix}{DASH}" if prefix else ""
    within = (document["organization_id"], document["document_type"])
    hidden = desk.store.db.execute(HIDDEN, (*within, year, len(head), head))
    return next_number(prefix, [*given(desk.store, "documents", within, year, prefix), *(number for (number,) in hidden if number)])


def number_warning(store: Store, document: Row) -> str:
    """A number may be typed by hand, even one that is taken: then this is said under it."""
    if not document["number"]:
        return ""
    sql = (
        "SELECT * FROM documents WHERE number IS ?1 AND length(number) = length(?1) AND document_type = ?2 AND organization_id IS ?3 "
        "AND substr(date, 1, 4) = ?4 AND id <> ?5 AND deleted = 0 ORDER BY date DESC LIMIT 1"
    )
    own = (document["number"], document["document_type"], document["organization_id"], str(document["date"] or "")[:4], document["id"])
    found = store.rows(sql, own)
    return f"Такой номер уже есть: {called(found[0])}" if found else ""


def file_name(document: Row) -> str:
    """«Счёт на оплату № ИБ-12 от 26.11.2026.pdf», without what a file's name may not hold."""
    return "".join(" " if sign in '\\/:*?"<>|' else sign for sign in called(document)) + ".pdf"
