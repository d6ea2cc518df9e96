"""Import from a file, end to end: read, plan with every problem named, and only then write."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import takewhile
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from local_app.desk import Desk
from local_app.imports.cards import card_groups
from local_app.imports.columns import KINDS, Vocabulary, like_prices
from local_app.imports.directories import SOLE_TRADER_INN
from local_app.imports.known import Known, load_known, units_of
from local_app.imports.order_lines import incomplete, net_sum, order_groups
from local_app.imports.own import columns_of
from local_app.imports.plan import Plan, Problem, Wanted, edits_of
from local_app.imports.sheet import Sheet, read_sheet
from local_app.imports.table import Table, beside, ended_early, read_table, under_its_header, without_sums
from shared.change import Refused, View
from shared.entities.orders import VAT_MODES
from shared.entity import MICRO, Value
from shared.locking import held
from shared.progress import Progress, silent
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
    """What an import found and did. `written` is False when problems stopped it. `batch`: what one undo takes back, 0 for nothing."""

    plan: Plan
    written: bool
    batch: int = 0


def import_file(desk: Desk, path: Path, request: Request, progress: Progress) -> Outcome:
    """Reads, plans and writes. With any bad row nothing is written unless the request says to go on. Raises Refused."""
    progress("Чтение файла", 0, 0)
    sheet = read_sheet(path, request.encoding, request.delimiter, request.sheet)
    if request.dry_run:
        return Outcome(plan_import(desk.store, sheet, request, progress), written=False)
    with only_one(desk.folder, progress):
        view, plan = desk.view(), plan_import(desk.store, sheet, request, progress)
        if plan.problems and not request.go_on:
            return Outcome(plan, written=False)
        return Outcome(plan, written=True, batch=write(desk, plan, words_of(path.name), progress, view))


def words_of(name: str) -> str:
    """What the undo calls the loading of a file."""
    return f"Импорт из файла {name}"


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
                progress("Ждём, пока закончится другая загрузка в эту папку", 0, 1)
                time.sleep(AGAIN_SECONDS)
        yield


def plan_import(store: Store, sheet: Sheet, request: Request, progress: Progress = silent) -> Plan:
    """The dry run: everything an import would do and everything that is wrong. Reads the store, writes nothing."""
    if request.kind not in KINDS:
        raise Refused(f"Вид импорта «{request.kind}» неизвестен. Бывают: {', '.join(KINDS)}")
    if request.vat_mode and request.vat_mode not in VAT_MODES:
        raise Refused(f"Режим НДС «{request.vat_mode}» неизвестен. Бывают: {', '.join(VAT_MODES)}")
    columns = columns_of(store, request.kind)
    sheet, said = _its_rows(columns, request, sheet)
    try:
        table = read_table(columns, sheet, request.columns, request.dates, progress, units_of(store))
    except Refused as refused:
        raise Refused(" ".join([f"{refused}.", *(warning.reason for warning in said if not warning.row)]).rstrip(".")) from refused
    known = load_known(store, table.columns.get("number", ()))
    groups, warnings = _groups(request, table, known, progress)
    progress("Сравнение с базой", 0, len(groups) or 1)
    acts, tallies = edits_of(groups, known.current)
    warnings += [
        *said,
        *_passed_over(request, sheet, table),
        *_unpriced(request, sheet, table),
        *_like_headings(request, table),
        *beside(sheet),
        *ended_early(sheet),
        *_doubtful(table),
        *_like_shares(table),
    ]
    net = net_sum(table) if request.kind == "order-lines" else None
    return Plan(len(sheet.rows), acts, sorted(table.problems), sorted(warnings), tallies, net)


def _its_rows(columns: Vocabulary, request: Request, sheet: Sheet) -> tuple[Sheet, list[Problem]]:
    """The rows below the names of the columns, without totals; and what was passed over."""
    kept, said = without_sums(under_its_header(columns, sheet, request.columns))
    if sheet.others:
        words = f"В книге взят лист «{sheet.name}», есть и другие: {', '.join(sheet.others)}. Другой лист — --sheet"
        said.insert(0, Problem(0, "", words))
    return kept, said


def _passed_over(request: Request, sheet: Sheet, table: Table) -> list[Problem]:
    """Columns that nothing was found for, unless the user has told which ones to take."""
    left = [header for header in sheet.headers if header and header not in table.headers.values()]
    return [Problem(0, "", f"не загружаются столбцы: {', '.join(left)}")] if left and not request.columns else []


def _unpriced(request: Request, sheet: Sheet, table: Table) -> list[Problem]:
    """Goods without the prices that stand beside them, because nobody has said which."""
    if request.kind != "products" or "price" in table.headers:
        return []
    found = [sheet.headers[place] for place in like_prices(sheet.headers, list(map(sheet.headers.index, table.headers.values())))]
    words = " или ".join(f"«{header}»" for header in found)
    return [Problem(0, "", f"товары загрузятся без цен. Укажите, какой столбец — цена: {words}")] if found else []


def _like_headings(request: Request, table: Table) -> list[Problem]:
    """Rows of a price list of which nothing but the name is filled: most are the names of its sections."""
    if request.kind != "products" or not {"product", "price"} <= table.columns.keys():
        return []
    others = [column for key, column in table.columns.items() if key != "product"]
    words = "только название, без цены: если это раздел прайс-листа, а не товар, удалите строку"
    return [
        Problem(number, table.headers["product"], words)
        for index, number in enumerate(table.numbers)
        if index not in table.bad and not any(column[index] for column in others)
    ]


def write(desk: Desk, plan: Plan, words: str, progress: Progress, view: View, unwanted: Callable[[], bool] = lambda: False) -> int:
    """Does the acts of a plan through the desk; one undo takes them all back. The batch, 0 when there was nothing to do.

    `view`: what the plan has seen. What a sync brings or a person types while rows are checked and written stands beside what the file
    says, not under it. Once it is `unwanted`, no more acts are begun: what is done stays whole, and the same file does the rest later.
    """
    acts = takewhile(lambda _: not unwanted(), plan.acts)
    return desk.do_many(acts, words, lambda done: progress("Запись", done, len(plan.acts)), view)


def _groups(request: Request, table: Table, known: Known, progress: Progress) -> tuple[list[list[Wanted]], list[Problem]]:
    if request.kind != "order-lines":
        return card_groups(request.kind, table, known, progress)
    directories, orders = order_groups(table, known, request.vat_mode, progress)
    return [*directories.groups(), *orders], [*directories.doubts(), *incomplete(table)]


def _like_shares(table: Table) -> list[Problem]:
    """Percents that may be shares of one, for not one of them is a whole percent."""
    given = [abs(value) for value in table.column("discount") if isinstance(value, int) and value]
    if not given or max(given) >= MICRO:
        return []
    words = "все скидки меньше 1 %. Если это доли (0,1 — это 10 %), выберите для столбца поле «Скидка, доля»"
    return [Problem(0, table.headers["discount"], words)]


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
