"""Merging two rows that are one: chosen values, references, custom values, and what is refused."""

import pytest

from shared.change import Edit, Refused
from shared.entities import ENTITIES
from shared.entity import Kind, Value
from shared.rules.custom import value_id
from shared.rules.merging import MERGED, Pointer, differing, merge, pointing_fields, proposed

CLIENTS = ENTITIES["clients"]


def client(row: str, **values: Value) -> dict[str, Value]:
    blanks: dict[str, Value] = {field.name: field.blank for field in CLIENTS.fields}
    return {**blanks, "id": row, "deleted": 0, **values}


A = client("a", name="ООО «Ромашка»", inn="7707083893")
B = client("b", name="Ромашка", phone="+7 916 123-45-67", potential=1)


def test_blanks_are_filled_from_the_other_row_and_the_kept_values_stay() -> None:
    assert [field.name for field in differing(CLIENTS, A, B)] == ["name", "inn", "phone", "potential"]
    assert proposed(CLIENTS, A, B) == {"name": "ООО «Ромашка»", "inn": "7707083893", "phone": "+7 916 123-45-67", "potential": 0}
    assert proposed(CLIENTS, B, A)["name"] == "Ромашка"


def test_what_a_merge_that_was_undone_in_part_has_left_in_a_row_is_no_choice() -> None:
    assert "merged_into" not in proposed(CLIENTS, A, {**B, "merged_into": "a"})
    assert "merged_into" not in proposed(CLIENTS, {**A, "merged_into": "b"}, {**B, "merged_into": "a"})


def test_one_act_writes_what_was_chosen_moves_every_reference_and_deletes_the_other_row() -> None:
    pointers = [Pointer("orders", "o1", "client_id"), Pointer("contacts", "p1", "client_id"), Pointer("orders", "o2", "client_id")]
    edits = merge(CLIENTS, A, B, {"name": "ООО «Ромашка»", "phone": B["phone"]}, pointers)
    assert edits == [
        Edit("clients", "a", {"phone": "+7 916 123-45-67", "deleted": 0}),
        Edit("orders", "o1", {"client_id": "a"}),
        Edit("contacts", "p1", {"client_id": "a"}),
        Edit("orders", "o2", {"client_id": "a"}),
        Edit("clients", "b", {"deleted": 1, "merged_into": "a"}),
    ]


def test_of_a_kept_row_that_stays_as_it_is_the_merge_says_that_it_lives() -> None:
    assert merge(CLIENTS, A, B, {"name": A["name"]}, []) == [
        Edit("clients", "a", {"deleted": 0}),
        Edit("clients", "b", {"deleted": 1, "merged_into": "a"}),
    ]


def test_custom_values_come_along_where_the_kept_row_has_none() -> None:
    def value(row: str, field: str, text: str, deleted: int = 0) -> dict[str, Value]:
        return {"id": value_id(field, row), "client_id": row, "field_id": field, "value": text, "deleted": deleted}

    values = [
        value("a", "f1", "свой"),
        value("b", "f1", "чужой"),
        value("b", "f2", "приехал"),
        value("a", "f3", ""),
        value("b", "f3", "тоже"),
    ]
    values += [value("b", "f4", "удалён", deleted=1)]
    edits = merge(CLIENTS, A, B, {}, [], values)
    assert [(edit.row, edit.patch["value"]) for edit in edits if edit.entity == "custom_values"] == [
        (value_id("f2", "a"), "приехал"),
        (value_id("f3", "a"), "тоже"),
    ]
    assert all(edit.patch["client_id"] == "a" for edit in edits if edit.entity == "custom_values")


@pytest.mark.parametrize("target", MERGED)
def test_every_declared_reference_is_moved(target: str) -> None:
    declared = {(entity.name, field.name) for entity in ENTITIES.values() for field in entity.fields if field.target == target}
    found = {(entity.name, field.name) for entity, field in pointing_fields(ENTITIES, target)}
    apart = {pair for pair in declared if pair[0] == "custom_values"}
    assert found == declared - apart
    assert all(field.kind is Kind.REFERENCE for _, field in pointing_fields(ENTITIES, target))
    assert len(apart) == 1


@pytest.mark.parametrize(
    ("kept", "lost", "entity", "words"),
    [
        (A, A, "clients", "с самой собой"),
        (A, {**B, "deleted": 1}, "clients", "уже удалена"),
        ({**A, "deleted": 1}, B, "clients", "уже удалена"),
        (A, B, "orders", "объединять нельзя"),
    ],
)
def test_what_cannot_be_merged_is_refused(kept: dict[str, Value], lost: dict[str, Value], entity: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        merge(ENTITIES[entity], kept, lost, {}, [])
