"""From what a person types to entities and rows: a table by its English or Russian name, a row by id or by its unique name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.change import Refused
from shared.entity import Catalogue, Entity, Field, Kind, Value
from shared.fold import fold
from shared.formats import show
from shared.store import Store
from shared.values import parse

_ALSO_NAMES = ("number", "sku", "inn", "code", "login", "okei")
"""Fields besides the title by which people call a row."""
_LISTED = 5


def find_entity(catalogue: Catalogue, word: str) -> Entity:
    """The entity called `orders`, «Заказы» or «Заказ»."""
    if word in catalogue:
        return catalogue[word]
    wanted = fold(word)
    found = [entity for entity in catalogue.values() if wanted in (fold(entity.plural), fold(entity.label))]
    if not found:
        raise Refused(f"Таблицы «{word}» нет. Есть: {', '.join(catalogue)}")
    return found[0]


def find_field(entity: Entity, word: str) -> Field:
    """The field called `date` or «Дата»."""
    field = entity.field(word) or next((field for field in entity.fields if fold(field.label) == fold(word)), None)
    if field is None:
        raise Refused(f"{entity.label}: нет поля «{word}». Есть: {', '.join(field.name for field in entity.fields)}", word)
    return field


def find_row(store: Store, entity: Entity, text: str, *, deleted: bool = False) -> str:
    """The id of the row that a person means: its id, or a name that only one row has. Refused when none or several have it."""
    if store.row(entity.name, text) is not None:
        return text
    found = _named(store, entity, text, deleted=deleted)
    if not found:
        where = "в корзине " if deleted else ""
        raise Refused(f"{entity.label} «{text}» {where}{_FOUND[entity.gender]}: укажите id или {_by_name(entity)} целиком")
    if len(found) > 1:
        listed = "; ".join(f"{row['id']} — {title(store, entity, row)}" for row in found[:_LISTED])
        raise Refused(f"{entity.label} «{text}»: таких {len(found)}. Укажите id: {listed}")
    return str(found[0]["id"])


def read_patch(store: Store, entity: Entity, pairs: Mapping[str, str]) -> dict[str, Value]:
    """Values as a person typed them, by field; references by id or by name. Refused: a field that only the hub writes."""
    patch: dict[str, Value] = {}
    for word, text in pairs.items():
        field = find_field(entity, word)
        if field.from_hub:
            raise _about(entity, field, field.hint)
        try:
            patch[field.name] = _read(store, field, text)
        except Refused as refused:
            raise _about(entity, field, str(refused)) from refused
    return patch


def _about(entity: Entity, field: Field, why: str) -> Refused:
    """A refusal that names its field: a command has many, and no place under each."""
    words = why[:1].lower() + why[1:] if why[1:2].islower() else why
    return Refused(f"{entity.label}, «{field.label}»: {words}", field.name)


def title(store: Store, entity: Entity, row: Mapping[str, Any]) -> str:
    """How people call a row."""
    words = []
    for name in entity.title:
        field = entity.field(name)
        if field and row.get(name) not in (None, ""):
            words.append(shown(store, field, row[name]))
    return " ".join(words) or str(row["id"])


def shown(store: Store, field: Field, value: Value) -> str:
    """A value for a person: references by name."""
    if field.kind is not Kind.REFERENCE or not value or field.target not in store.catalogue:
        return show(field, value)
    target = store.row(field.target, str(value))
    return title(store, store.catalogue[field.target], target) if target else str(value)


def _by_name(entity: Entity) -> str:
    """What a row of this table is called by: «Название», «Номер» …"""
    return next(
        (f"«{field.label}»" for name in (*entity.title, *_ALSO_NAMES) if (field := entity.field(name)) and field.kind is Kind.TEXT),
        "название",
    )


_FOUND = {"m": "не найден", "f": "не найдена", "n": "не найдено"}


def _read(store: Store, field: Field, text: str) -> Value:
    if field.kind is Kind.REFERENCE and text.strip() and field.target in store.catalogue:
        return find_row(store, store.catalogue[field.target], text.strip())
    return parse(field, text)


def _named(store: Store, entity: Entity, text: str, *, deleted: bool) -> list[dict[str, Any]]:
    """Live or deleted rows with this name: exactly, else whatever the letter case and signs."""
    names = [name for name in dict.fromkeys((*entity.title, *_ALSO_NAMES)) if (field := entity.field(name)) and field.kind is Kind.TEXT]
    if not names:
        return []
    exact = " OR ".join(f"{name} = ?" for name in names)
    found = store.rows(f"SELECT * FROM {entity.name} WHERE deleted = ? AND ({exact}) LIMIT 100", [int(deleted), *[text] * len(names)])
    if found or not fold(text):
        return found
    rows = store.rows(f"SELECT id, {', '.join(names)} FROM {entity.name} WHERE deleted = ?", (int(deleted),))
    wanted = fold(text)
    ids = [row["id"] for row in rows if wanted in {fold(row[name] or "") for name in names}]
    return [row for key in ids[:100] if (row := store.row(entity.name, key))]
