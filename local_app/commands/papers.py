"""Command on papers: a document of an order, as a draft or issued at once, and its PDF."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from local_app.commands.names import find_row
from local_app.commands.output import Answer
from local_app.desk import Desk
from local_app.documents.doubts import Doubtful
from local_app.documents.facts import document_of
from local_app.documents.issuing import as_of_now, draft, filled, issue, number_warning
from local_app.documents.printer import Printer
from local_app.documents.standard import sheet
from local_app.exports.files import check_place
from local_app.saying import of_the_system
from shared import filestore
from shared.change import Edit, Refused
from shared.rules.documents import called
from shared.rules.office import Row

SAID = ("id", "document_type", "number", "date", "state", "total", "sha256")


def document(desk: Desk, options: Namespace) -> Answer:
    if options.out:
        check_place(options.out)  # before a number is taken
    catalogue, trouble = desk.store.catalogue, ""
    order = find_row(desk.store, catalogue["orders"], options.order)
    template = find_row(desk.store, catalogue["templates"], options.template) if options.template else None
    printer = Printer()
    try:
        made = draft(desk, order, options.kind, template)
        if options.number:
            desk.do([Edit("documents", made, {"number": options.number})], "Задан номер документа")
        found, doubts = issued(desk, printer, made) if options.issue else (document_of(desk.store, made), [])
        warning = number_warning(desk.store, found if options.issue else as_of_now(desk, found))
        doubts = [*doubts, *([warning] if warning else [])]
        if options.out:
            trouble = written(options.out, pdf_of(desk, printer, found))
    finally:
        printer.close()
    words = [
        f"{'Выставлен' if options.issue else 'Черновик'}: {called(found)}",
        *doubts,
        *([str(options.out)] if options.out and not trouble else []),
    ]
    return Answer({**{name: found[name] for name in SAID}, "doubts": doubts}, "\n".join(words), trouble)


def written(path: Path, content: bytes) -> str:
    """What has hindered the writing, or ''. No error of its own: the document is made, and who repeats the command makes another one."""
    try:
        path.write_bytes(content)
    except OSError as error:
        return of_the_system(error)
    return ""


def issued(desk: Desk, printer: Printer, made: str) -> tuple[Row, list[str]]:
    """Nobody can be asked at a command: what a screen asks about is told with the answer."""
    try:
        try:
            return issue(desk, printer, made), []
        except Doubtful as doubtful:
            return issue(desk, printer, made, doubtful.doubts), doubtful.doubts
    except Refused:  # and the next attempt makes a draft of its own
        desk.do([Edit("documents", made, {"deleted": 1})], "Убран черновик, который не выставлен")
        raise


def pdf_of(desk: Desk, printer: Printer, found: Row) -> bytes:
    """The kept paper of an issued document, a fresh one of a draft."""
    if found["sha256"]:
        return filestore.path_of(desk.folder, found["sha256"]).read_bytes()
    printed, _ = filled(desk.store, printer, as_of_now(desk, found))
    return printer.pdf(printed.html, sheet(), called(found))
