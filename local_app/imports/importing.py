"""Import from a file, end to end: read, plan with every problem named, and only then write."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from local_app.desk import Desk
from local_app.imports.cards import card_groups
from local_app.imports.columns import KINDS
from local_app.imports.directories import SOLE_TRADER_INN
from local_app.imports.known import Known, load_known
from local_app.imports.order_lines import incomplete, order_groups
from local_app.imports.plan import Plan, Problem, Wanted, edits_of
from local_app.imports.sheet import Sheet, read_sheet
from local_app.imports.table import Table, read_table, under_its_header, without_sums
from shared.change import Refused, View
from shared.entities.orders import VAT_MODES
from shared.entity import Value
from shared.locking import held
from shared.progress import Progress
from shared.rules import requisites
from shared.store import Store
from shared.store.file import trouble

LOCK = "import.lock"
AGAIN_SECONDS = 0.1


class Request(NamedTuple):
    """What the user asks for. `columns` is {column key: header}, empty to recognise the headers by themselves."""

    kind: str
    columns: Mapping[str, str] = MappingProxyType({})
    encoding: str = ""
    delimiter: str = ""
    dates: str = ""
    vat_mode: str = ""
    go_on: bool = False
    dry_run: bool = False
    sheet: str = ""  # of a workbook; '' for the first one


class Outcome(NamedTuple):
    """What an import found and did. `written` is False when problems stopped it."""

    plan: Plan
    written: bool


def import_file(desk: Desk, path: Path, request: Request, progress: Progress) -> Outcome:
    """Reads, plans and writes. With any bad row nothing is written unless the request says to go on. Raises Refused."""
    progress("Чтение файла", 0, 0)
    sheet = read_sheet(path, request.encoding, request.delimiter, request.sheet)
    if request.dry_run:
        return Outcome(checked(desk, sheet, request, progress), written=False)
    with only_one(desk.folder, progress):
        view, plan = desk.view(), checked(desk, sheet, request, progress)
        if plan.problems and not request.go_on:
            return Outcome(plan, written=False)
        write(desk, plan, f"Импорт из файла {path.name}", progress, view)
    return Outcome(plan, written=True)


def checked(desk: Desk, sheet: Sheet, request: Request, progress: Progress) -> Plan:
    progress("Проверка строк", 0, len(sheet.rows))
    return plan_import(desk.store, sheet, request)


@contextmanager
def only_one(folder: Path, progress: Progress) -> Iterator[None]:
    """One import after the other on one folder: the second one is planned over what the first has written, else both make everything."""
    with ExitStack() as lock:
        while True:
            try:
                lock.enter_context(held(folder / LOCK))
                break
            except (BlockingIOError, PermissionError) as error:
                if error.filename:  # it is not held by somebody: the folder cannot be written
                    raise trouble(error, folder / LOCK) from error
                progress("Ждём, пока закончится другая загрузка в эту папку", 0, 0)
                time.sleep(AGAIN_SECONDS)
        yield


def plan_import(store: Store, sheet: Sheet, request: Request) -> Plan:
    """The dry run: everything an import would do and everything that is wrong. Reads the store, writes nothing."""
    if request.kind not in KINDS:
        raise Refused(f"Вид импорта «{request.kind}» неизвестен. Бывают: {', '.join(KINDS)}")
    if request.vat_mode and request.vat_mode not in VAT_MODES:
        raise Refused(f"Режим НДС «{request.vat_mode}» неизвестен. Бывают: {', '.join(VAT_MODES)}")
    sheet, said = _its_rows(request, sheet)
    try:
        table = read_table(request.kind, sheet, request.columns, request.dates)
    except Refused as refused:
        raise Refused(" ".join([f"{refused}.", *(warning.reason for warning in said if not warning.row)]).rstrip(".")) from refused
    known = load_known(store, table.columns.get("number", ()))
    groups, warnings = _groups(request, table, known)
    acts, tallies = edits_of(groups, known.current)
    warnings += [*said, *_passed_over(request, sheet, table), *_doubtful(table)]
    return Plan(len(sheet.rows), acts, sorted(table.problems), sorted(warnings), tallies)


def _its_rows(request: Request, sheet: Sheet) -> tuple[Sheet, list[Problem]]:
    """The rows below the names of the columns, without totals; and what was passed over."""
    kept, said = without_sums(under_its_header(request.kind, sheet, request.columns))
    if sheet.others:
        words = f"В книге взят лист «{sheet.name}», есть и другие: {', '.join(sheet.others)}. Другой лист — --sheet"
        said.insert(0, Problem(0, "", words))
    return kept, said


def _passed_over(request: Request, sheet: Sheet, table: Table) -> list[Problem]:
    """Columns that nothing was found for, unless the user has told which ones to take."""
    left = [header for header in sheet.headers if header and header not in table.headers.values()]
    return [Problem(0, "", f"не загружаются столбцы: {', '.join(left)}")] if left and not request.columns else []


def write(desk: Desk, plan: Plan, words: str, progress: Progress, view: View) -> None:
    """Does the acts of a plan through the desk; one undo takes them all back. `view`: what the plan has seen.

    What a sync brings or a person types while rows are checked and written stands beside what the file says, not under it.
    """
    if plan.acts:
        desk.do_many(plan.acts, words, lambda done: progress("Запись", done, len(plan.acts)), view)


def _groups(request: Request, table: Table, known: Known) -> tuple[list[list[Wanted]], list[Problem]]:
    if request.kind != "order-lines":
        return card_groups(request.kind, table, known)
    directories, orders = order_groups(table, known, request.vat_mode)
    return [*directories.groups(), *orders], [*directories.doubts(), *incomplete(table)]


def _doubtful(table: Table) -> list[Problem]:
    """Requisites whose check digits do not agree: imported as they are, but told."""
    keys = [key for key in ("inn", "kpp", "ogrn", "account", "bic", "country") if key in table.columns]
    if not {"inn", "kpp", "ogrn", "account"} & set(keys):
        return []
    seen: set[tuple[Value, ...]] = set()
    found = []
    for number, values in zip(table.numbers, zip(*(table.columns[key] for key in keys), strict=True), strict=True):
        if values not in seen:
            seen.add(values)
            found += [Problem(number, table.headers[key], words) for key, words in _warnings(dict(zip(keys, values, strict=True))).items()]
    return found


def _warnings(row: dict[str, Value]) -> dict[str, str]:
    form = "sole_trader" if len(str(row.get("inn") or "")) == SOLE_TRADER_INN else "company"
    return {**requisites.warnings("clients", {**row, "legal_form": form}), **requisites.warnings("bank_accounts", row)}
