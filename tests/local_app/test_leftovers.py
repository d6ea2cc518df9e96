"""What is told of a deletion: what goes on showing the row, and what goes from sight with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_app.desk import Desk
from local_app.leftovers import told
from shared.change import Edit
from tests.support.laptops import new_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = new_desk(tmp_path)
    made.do([
        Edit("clients", "client", {"name": "ООО «Лютик»"}), Edit("clients", "other", {"name": "Другой"}),
        Edit("contacts", "boss", {"client_id": "client", "name": "Кузнецов"}), Edit("organizations", "firm", {"name": "ООО «Ромашка»"}),
        Edit("products", "chair", {"name": "Кресло"}), Edit("products", "table", {"name": "Стол"}),
        Edit("distinct_pairs", "pair", {"product_id": "chair", "other_product_id": "table"}),
        *(Edit("orders", f"o{at}", {"client_id": "client", "contact_id": "boss", "organization_id": "firm"}) for at in range(3)),
        *(Edit("order_lines", f"l{at}", {"order_id": "o0", "product_id": "chair", "name": "Кресло"}) for at in range(5)),
        Edit("order_lines", "gone", {"order_id": "o0", "product_id": "chair", "deleted": 1}), Edit("orders", "o2", {"deleted": 1}),
        Edit("documents", "invoice", {"order_id": "o0", "client_id": "client", "number": "7", "state": "issued"}),
        *(Edit("custom_fields", key, {"home": "orders", "name": key}) for key in ("way", "unused")),
        *(Edit("custom_values", f"v{at}", {"order_id": f"o{at}", "field_id": "way", "value": value})
          for at, value in enumerate(["Курьер", "", "Почта"])),
    ], "Данные")  # fmt: skip
    yield made
    made.close()


@pytest.mark.parametrize(("entity", "row", "words"), [
    ("clients", "client", ". По-прежнему показывают эту запись: заказы (2), документы (1). Скрыты вместе с ней: сотрудники клиентов (1)"),
    ("clients", "other", ""),
    ("contacts", "boss", ". По-прежнему показывают эту запись: заказы (2)"),
    ("organizations", "firm", ". По-прежнему показывают эту запись: заказы (2)"),
    ("products", "chair", ". По-прежнему показывают эту запись: строки заказов (5)"),
    ("products", "table", ""),
    ("orders", "o0", ". Скрыты вместе с этой записью: строки заказов (5), документы (1)"),
    ("custom_fields", "way", ". Скрыты вместе с этой записью: значения параметров (1)"),
    ("custom_fields", "unused", ""),
])  # fmt: skip
def test_what_refers_to_a_row_and_what_belongs_to_it_is_told(desk: Desk, entity: str, row: str, words: str) -> None:
    assert told(desk.store, entity, [row]) == glued(words)


def glued(words: str) -> str:
    """A count is not parted from its word at the end of a line."""
    return words.replace(" (", "\N{NO-BREAK SPACE}(")


def test_of_many_rows_it_is_told_at_once(desk: Desk) -> None:
    words = ". По-прежнему показывают эти записи: заказы (2), документы (1). Скрыты вместе с ними: сотрудники клиентов (1)"
    assert told(desk.store, "clients", ["client", "other"]) == glued(words)


def test_what_is_told_is_what_happens(desk: Desk) -> None:
    desk.do([Edit("clients", "client", {"deleted": 1})], "Удаление")
    assert desk.store.rows('SELECT DISTINCT "Клиент" FROM "Заказы"') == [{"Клиент": "ООО «Лютик»"}]
    assert desk.store.rows('SELECT * FROM "Сотрудники клиентов"') == []
    assert desk.store.rows('SELECT "Номер" FROM "Документы"') == [{"Номер": "7"}]
