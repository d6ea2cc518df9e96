"""The reference lists that every company begins with: units, VAT rates, statuses, categories. Their ids follow from their names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared.change import Edit
from shared.entity import MICRO
from shared.fold import fold
from shared.ids import derived_id

UNITS = (
    ("шт", "Штука", "796"), ("кг", "Килограмм", "166"), ("т", "Тонна", "168"), ("м", "Метр", "006"), ("м²", "Квадратный метр", "055"),
    ("м³", "Кубический метр", "113"), ("л", "Литр", "112"), ("ч", "Час", "356"), ("сут", "Сутки", "359"), ("мес", "Месяц", "362"),
    ("упак", "Упаковка", "778"), ("компл", "Комплект", "839"), ("ед", "Единица", "642"), ("усл. ед", "Условная единица", "876"),
)  # fmt: skip
VAT_RATES: tuple[tuple[str, int | None, str | None, str | None], ...] = (
    ("22 %", 22, "2026-01-01", None),  # Федеральный закон от 28.11.2025 № 425-ФЗ
    ("20 %", 20, "2019-01-01", "2025-12-31"),
    ("10 %", 10, None, None),
    ("7 %", 7, "2025-01-01", None),  # УСН
    ("5 %", 5, "2025-01-01", None),  # УСН
    ("0 %", 0, None, None),
    ("Без НДС", None, None, None),
)
STATUSES = (
    ("Новый", "open", "gray"), ("Предложение отправлено", "open", "blue"), ("Согласование", "open", "cyan"),
    ("Ожидает оплаты", "open", "yellow"), ("В работе", "open", "violet"), ("Отгружен", "open", "orange"),
    ("Завершён", "won", "green"), ("Отменён", "lost", "red"),
)  # fmt: skip
EXPENSE_CATEGORIES = ("Доставка", "Упаковка", "Закупка", "Комиссия банка", "Командировка", "Реклама", "Прочее")
INTERACTION_KINDS = ("Звонок", "Встреча", "Письмо", "Сообщение", "Видеозвонок")


def reference_lists() -> Iterator[Edit]:
    """The lists that every company needs."""
    for name, full_name, okei in UNITS:
        yield named("units", name, full_name=full_name, okei=okei)
    for name, percent, since, until in VAT_RATES:
        micro = None if percent is None else percent * MICRO
        yield named("vat_rates", name, percent=micro, valid_from=since, valid_to=until)
    for position, (name, stage, color) in enumerate(STATUSES, 1):
        yield named("statuses", name, position=position, stage=stage, color=color)
    for name in EXPENSE_CATEGORIES:
        yield named("expense_categories", name)
    for name in INTERACTION_KINDS:
        yield named("interaction_kinds", name)


def named(entity: str, name: str, **fields: Any) -> Edit:
    """A row of a small list; an import that names it makes the same id."""
    return Edit(entity, named_id(entity, name), {"name": name, **fields})


def named_id(entity: str, name: str) -> str:
    return derived_id(0, entity, "name", fold(name))
