"""Commands on whole tables: import and export."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from local_app.commands.names import find_entity
from local_app.commands.output import Answer
from local_app.desk import Desk
from local_app.exports.entities import entity_table
from local_app.exports.files import write_file
from local_app.imports.columns import KINDS, parse_mapping
from local_app.imports.importing import Outcome, Request, import_file
from local_app.imports.own import columns_of
from local_app.imports.plan import summary
from shared.entity import Catalogue
from shared.formats import money
from shared.progress import shown_progress

_SHOWN = 1000


def import_table(desk: Desk, options: Namespace) -> Answer:
    """Every problem goes to stdout by row; stderr gets one line when nothing was written."""
    request = Request(
        options.kind,
        parse_mapping(columns_of(desk.store, options.kind), options.columns),
        options.encoding,
        options.delimiter,
        options.date_format,
        options.vat_mode,
        options.go_on,
        options.dry_run,
        options.sheet,
    )
    outcome = import_file(desk, options.file, request, shown_progress(forced=options.progress))
    stopped = bool(outcome.plan.problems) and not options.go_on
    trouble = f"Ничего не записано: {summary(outcome.plan.problems)}. Исправьте файл или добавьте --go-on" if stopped else ""
    text = "\n".join([*_text(outcome, desk.store.catalogue), *_keys(options.kind, outcome)])
    return Answer(_data(outcome), text, trouble)


def export_table(desk: Desk, options: Namespace) -> Answer:
    entity = find_entity(desk.store.catalogue, options.entity)
    path: Path = options.file
    count = write_file(path, entity_table(desk.store, entity), entity.plural, shown_progress(forced=False))
    return Answer({"file": str(path), "rows": count}, f"Выгружено строк: {count}, файл {path}")


def _data(outcome: Outcome) -> dict[str, Any]:
    plan = outcome.plan
    return {
        "rows": plan.rows,
        "written": outcome.written,
        "new": {name: tally.new for name, tally in plan.tallies.items()},
        "changed": {name: tally.changed for name, tally in plan.tallies.items()},
        "same": {name: tally.same for name, tally in plan.tallies.items()},
        "problems": [problem._asdict() for problem in plan.problems],
        "warnings": [warning._asdict() for warning in plan.warnings],
        "net": plan.net,
    }


def _text(outcome: Outcome, catalogue: Catalogue) -> list[str]:
    plan = outcome.plan
    lines = [str(problem)[:1].upper() + str(problem)[1:] for problem in plan.problems]
    lines += [f"Внимание, {warning}" for warning in plan.warnings[:_SHOWN]]
    lines.append(f"Строк в файле: {plan.rows}" + (f", с ошибками: {plan.bad_rows}" if plan.problems else ""))
    verb = "" if outcome.written else "было бы "
    for name, tally in plan.tallies.items():
        lines.append(f"{catalogue[name].plural}: {verb}создано {tally.new}, изменено {tally.changed}, без изменений {tally.same}")
    if plan.net is not None:
        lines.append(f"Сумма строк с учётом скидок: {money(plan.net)}")
    return lines


def _keys(kind: str, outcome: Outcome) -> list[str]:
    """What `--columns` calls the fields that were advised."""
    said = [problem.reason for problem in (*outcome.plan.problems, *outcome.plan.warnings)]
    advised = [column for column in KINDS[kind].values() if any(f"поле «{column.label}»" in words for words in said)]
    return [f"В --columns поле «{column.label}» — {column.key}" for column in advised]
