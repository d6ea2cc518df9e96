"""Writing through the desk: ten thousand orders in bulk against plain inserts, and single edits in a store of a hundred thousand."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from local_app.desk import Desk
from shared.change import Edit
from tests.bench import workload
from tests.bench.large import large_store
from tests.bench.measure import Limit, Line, Options, Rounds, each_ms, median, percentile, timed
from tests.bench.yardsticks import LOG_ROW, Raw, plain_tables

WRITE_LIMITS = [Limit("write_s", 3.0, "raw_rows_s")]
EDIT_LIMITS = [Limit("edit_ms", 0.5)]
EDITS = 400


def write(options: Options) -> Line:
    """`write_s` through `desk.do_many`, the yardsticks measured between the rounds and after the last."""
    count = options.sized(10_000)
    known = workload.company(count)
    acts = list(workload.orders(known, count))
    raw, rounds = Raw(options.work, acts), Rounds()
    for number in range(options.rounds):
        rounds.add(**raw.measure(), **written(options.work / f"write-{number}", known.edits, acts))
    rounds.add(**raw.measure())
    facts = {"orders": count, "rows": sum(map(len, acts)), "values": workload.values_in(acts)}
    return Line("write", facts, rounds.medians(), WRITE_LIMITS)


def written(folder: Path, references: list[Edit], acts: Sequence[Sequence[Edit]]) -> dict[str, float]:
    desk = Desk.open(folder, create=True)
    try:
        desk.do(references, "Справочники")
        return timed("write", lambda: desk.do_many(acts, "Импорт заказов"))
    finally:
        desk.close()
        shutil.rmtree(folder)


def edit(options: Options) -> Line:
    """`edit_ms`, the median of single edits through `desk.do`; `raw_edit_ms`: a plain UPDATE with a log row, durable likewise."""
    count = options.sized(100_000)
    folder = options.work / "edit"
    shutil.copytree(large_store(options.cache, count), folder)
    acts = list(workload.orders(workload.company(count), min(count, 2_000)))
    edits = workload.later_edits(acts, EDITS, seed=7)
    desk, plain = Desk.open(folder), PlainEdits(options.work / "plain.sqlite", acts)
    try:
        each_ms(works(desk, edits[:20]))
        spent, raw = each_ms(works(desk, edits[20:])), each_ms(plain.works(edits[20:]))
        by_entity = {name: median(each_ms(works(desk, [one for one in edits if one.entity == name]))) for name in ("orders", "order_lines")}
    finally:
        desk.close()
        plain.close()
    figures = {"edit_ms": median(spent), "edit_p95_ms": percentile(spent, 0.95), "raw_edit_ms": median(raw)}
    figures |= {f"edit_{name}_ms": value for name, value in by_entity.items()}
    return Line("edit", {"orders": count}, figures, EDIT_LIMITS)


def works(desk: Desk, edits: Sequence[Edit]) -> list[Callable[[], object]]:
    return [lambda one=one: desk.do([one], "Изменено поле") for one in edits]  # type: ignore[misc]


class PlainEdits:
    """The same edits as plain SQL: one UPDATE and one log row, one durable transaction each."""

    def __init__(self, path: Path, acts: Sequence[Sequence[Edit]]) -> None:
        self.db = plain_tables(path, ("orders", "order_lines"))
        self.db.execute("BEGIN")
        for _, row, patch in (edit for act in acts for edit in act):
            table = "order_lines" if "order_id" in patch else "orders"
            self.db.execute(f"INSERT INTO {table} (id) VALUES (?)", (row,))
        self.db.execute("COMMIT")

    def close(self) -> None:
        self.db.close()

    def works(self, edits: Sequence[Edit]) -> list[Callable[[], object]]:
        return [lambda one=one: self.do(one) for one in edits]  # type: ignore[misc]

    def do(self, edit: Edit) -> None:
        ((field, value),) = edit.patch.items()
        self.db.execute("BEGIN IMMEDIATE")
        self.db.execute(f"UPDATE {edit.entity} SET {field} = ? WHERE id = ?", (value, edit.row))
        self.db.execute(LOG_ROW, (b"", edit.row, edit.entity, "{}", "", 0))
        self.db.execute("COMMIT")
