"""Custom fields: kept as readable texts, read back as what they were."""

from __future__ import annotations

import pytest

from shared.change import Refused
from shared.entities import ENTITIES
from shared.entity import Kind, Value
from shared.formats import SPACE
from shared.rules.custom import field_of, from_text, in_words, set_value, to_text, value_id
from shared.shapes import check


def custom(kind: str, options: str = "") -> dict[str, object]:
    return {"id": "f", "home": "orders", "name": "Поле", "value_kind": kind, "options": options}


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("money", "-1234.50", f"−1{SPACE}234,50"),
        ("money", "0.00", "0,00"),
        ("quantity", "1000.195", f"1{SPACE}000,195"),
        ("date", "2026-03-12", "12.03.2026"),
        ("date", "скоро", "скоро"),
        ("flag", "да", "да"),
        ("flag", "", ""),
        ("choice", "Красный", "Красный"),
        ("of a newer program", "1.5", "1.5"),
    ],
)
def test_a_kept_text_is_told_as_its_kind_is_written(kind: str, text: str, words: str) -> None:
    assert in_words(custom(kind, "Красный"), text) == words


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("text", "ул. Ленина", "ул. Ленина"),
        ("money", -123_450, "-1234.50"),
        ("money", 0, "0.00"),
        ("quantity", 195_000, "0.195"),
        ("quantity", 12_000_000, "12"),
        ("date", "2026-03-12", "2026-03-12"),
        ("flag", 1, "да"),
        ("choice", "Курьер", "Курьер"),
        ("choice", "Снятый вариант", "Снятый вариант"),
    ],
)
def test_a_value_comes_back_from_its_text(kind: str, value: Value, text: str) -> None:
    field = field_of(custom(kind, "Курьер\n\n Самовывоз "))
    assert to_text(field, value) == text
    assert from_text(field, text) == value


def test_a_long_text_of_several_lines_is_kept_as_it_was_typed() -> None:
    field, place, typed = field_of(custom("note")), ENTITIES["custom_values"].field("value"), "Разгрузка с торца.\n" * 200
    assert place is not None
    text = to_text(field, typed)
    assert check(place, text) is None
    assert from_text(field, text) == typed.strip()


def test_an_empty_text_is_an_untouched_field() -> None:
    assert from_text(field_of(custom("flag")), "") == 0
    assert from_text(field_of(custom("money")), "") is None
    assert to_text(field_of(custom("money")), None) == ""
    assert to_text(field_of(custom("flag")), 0) == ""


def test_options_are_the_lines_of_the_note() -> None:
    assert list(field_of(custom("choice", "Курьер\n\n Самовывоз ")).choices or {}) == ["", "Курьер", "Самовывоз"]
    assert field_of(custom("новое")).kind is Kind.TEXT


def test_a_text_that_no_longer_fits_is_told() -> None:
    with pytest.raises(Refused, match="не похоже на число"):
        from_text(field_of(custom("money")), "завтра")


def test_two_laptops_write_one_row() -> None:
    (edit,) = set_value(custom("money"), "order", 100)
    assert edit.row == value_id("f", "order") != value_id("f", "another")
    assert edit.patch == {"order_id": "order", "field_id": "f", "value": "1.00"}


def test_a_value_whose_row_an_undo_has_deleted_comes_back_with_it() -> None:
    (edit,) = set_value(custom("text"), "order", "слово", {"value": "прежнее", "deleted": 1})
    assert edit.patch["deleted"] == 0
    (edit,) = set_value(custom("text"), "order", "слово", {"value": "прежнее", "deleted": 0})
    assert "deleted" not in edit.patch
