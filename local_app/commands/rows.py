"""Commands on single rows: new, set, delete, restore, show."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from local_app import leftovers
from local_app.commands.making import make
from local_app.commands.names import find_entity, find_row, read_patch, shown, title
from local_app.commands.output import Answer, complain, table
from local_app.commands.parsing import pairs_of
from local_app.desk import Desk
from local_app.ordering.rows import sheet
from shared import schema
from shared.change import Edit, Refused
from shared.entity import Entity, Value
from shared.formats import plural
from shared.rules import requisites
from shared.rules.orders import HALVES, both_halves, change_fields

_CHANGED = {"m": "Изменён", "f": "Изменена", "n": "Изменено"}
_DELETED = {"m": "Удалён", "f": "Удалена", "n": "Удалено"}
_RESTORED = {"m": "Восстановлен", "f": "Восстановлена", "n": "Восстановлено"}


def new(desk: Desk, options: Namespace) -> Answer:
    entity = find_entity(desk.store.catalogue, options.entity)
    patch = read_patch(desk.store, entity, pairs_of(options.fields))
    blank = {field.name: field.blank for field in entity.fields}
    _require(entity, {**blank, **patch})
    row = make(desk, entity, patch)
    return Answer({"id": row, "doubts": _doubts(desk, entity, row, patch, {})}, row)


def change(desk: Desk, options: Namespace) -> Answer:
    entity = find_entity(desk.store.catalogue, options.entity)
    row = find_row(desk.store, entity, options.row)
    patch = read_patch(desk.store, entity, pairs_of(options.fields))
    _require(entity, patch)
    before = desk.store.row(entity.name, row) or {}
    patch = both_halves(patch, before)
    edits = change_fields(sheet(desk.store, row), patch) if entity.name == "orders" else [Edit(entity.name, row, patch)]
    words = f"{_CHANGED[entity.gender]} {_called(desk, entity, row)}"
    desk.do(edits, words)
    followed = len(edits) - 1
    told = f"{words}. НДС изменился вслед за этим: {plural(followed, desk.store.catalogue['order_lines'].forms)}" if followed else words
    doubts = _doubts(desk, entity, row, patch, before)
    return Answer({"id": row, "changed": list(edits[0].patch), "lines": followed, "doubts": doubts}, told)


def delete(desk: Desk, options: Namespace) -> Answer:
    return _mark(desk, options, 1, _DELETED)


def restore(desk: Desk, options: Namespace) -> Answer:
    return _mark(desk, options, 0, _RESTORED)


def show(desk: Desk, options: Namespace) -> Answer:
    entity = find_entity(desk.store.catalogue, options.entity)
    if not options.row:
        return _list(desk, entity, options)
    row = find_row(desk.store, entity, options.row)
    values = _clean(desk.store.row(entity.name, row) or {})
    if entity.name == "orders":
        totals = desk.store.rows("SELECT * FROM order_totals WHERE order_id = ?", (row,))
        values |= {name: totals[0][name] for name in ("lines", *schema.TOTAL_LABELS)} if totals else {}
    return Answer(values, _card(desk, entity, values))


def _mark(desk: Desk, options: Namespace, deleted: int, verbs: Mapping[str, str]) -> Answer:
    entity = find_entity(desk.store.catalogue, options.entity)
    row = find_row(desk.store, entity, options.row, deleted=not deleted)
    words = f"{verbs[entity.gender]} {_called(desk, entity, row)}"
    left = leftovers.told(desk.store, entity.name, [row]) if deleted else ""
    desk.do([Edit(entity.name, row, {"deleted": 1}) if deleted else leftovers.brought_back(desk.store, entity.name, row)], words)
    return Answer({"id": row, "deleted": deleted}, words + left)


def _list(desk: Desk, entity: Entity, options: Namespace) -> Answer:
    alive = "1" if options.deleted else schema.alive(desk.store.catalogue, entity)
    rows = desk.store.rows(f"SELECT t.* FROM {entity.name} t WHERE {alive} ORDER BY {entity.natural('t')} LIMIT ?", (options.limit or -1,))
    listed = [field for field in entity.fields if field.listed]
    readable = [{"id": row["id"], **{field.label: shown(desk.store, field, row[field.name]) for field in listed}} for row in rows]
    return Answer([_clean(row) for row in rows], table(readable))


def _card(desk: Desk, entity: Entity, values: Mapping[str, Any]) -> str:
    lines = [f"id: {values['id']}"] + (["в корзине"] if values["deleted"] else [])
    lines += [f"{field.label}: {text}" for field in entity.fields if (text := shown(desk.store, field, values[field.name]))]
    lines += [f"{label}: {values[name] / 100:.2f}".replace(".", ",") for name, label in schema.TOTAL_LABELS.items() if name in values]
    return "\n".join(lines)


def _called(desk: Desk, entity: Entity, row: str) -> str:
    """«заказ 12»."""
    values = desk.store.row(entity.name, row) or {"id": row}
    return f"{entity.label.lower()} {title(desk.store, entity, values)}"


def _doubts(desk: Desk, entity: Entity, row: str, patch: Mapping[str, Value], before: Mapping[str, Value]) -> list[str]:
    """Wrong requisites are written, as on the screens, and told as there; beside the answer, which a script may read."""
    known, found = (requisites.warnings(entity.name, values) for values in (before, desk.store.row(entity.name, row) or {}))
    told = [words for name, words in found.items() if name in patch or known.get(name) != words]
    for words in told:
        complain(f"Внимание: {words}")
    return told


def _require(entity: Entity, values: Mapping[str, Value]) -> None:
    missing = [field for field in entity.fields if field.required and field.name in values and values[field.name] in ("", None)]
    if missing:
        named = ", ".join(f"«{field.label}» ({field.name})" for field in missing)
        raise Refused(f"{entity.label}: заполните {named}", missing[0].name)
    if all(values.get(half) for half in HALVES):
        raise Refused(f"{entity.label}: скидка — либо процент, либо сумма. Укажите одно", "discount_percent")


def _clean(row: Mapping[str, Any]) -> dict[str, Any]:
    """Without the columns that only SQLite needs."""
    return {name: value for name, value in row.items() if name not in ("key", "search")}
