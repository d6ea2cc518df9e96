"""Every declaration is complete: these tests are inherited by whatever noun is added."""

import re

import pytest

from shared.entities import ENTITIES
from shared.entity import Entity, Field, Kind, Value

EVERY_ENTITY = pytest.mark.parametrize("entity", [pytest.param(entity, id=entity.name) for entity in ENTITIES.values()])
ENGLISH_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
RUSSIAN = re.compile(r"[А-Яа-яЁё]")
OF_THE_STORE = {"id", "deleted", "created", "updated", "author", "rowid"}
"""Columns that the store adds by itself; a field of that name would be drawn over them."""


@EVERY_ENTITY
class TestEntity:
    def test_is_named_by_a_plural_english_noun(self, entity: Entity) -> None:
        assert ENGLISH_NAME.fullmatch(entity.name)
        assert entity.name.endswith("s")

    def test_has_russian_words_for_one_two_and_five(self, entity: Entity) -> None:
        words = (entity.label, entity.plural, *entity.forms)
        assert all(RUSSIAN.search(word) and word == word.strip() for word in words)
        assert entity.label[0].isupper()
        assert entity.plural[0].isupper()
        assert all(form[0].islower() for form in entity.forms)
        assert entity.gender in {"m", "f", "n"}

    def test_says_in_a_sentence_what_it_is(self, entity: Entity) -> None:
        assert len(entity.doc.split()) > 3
        assert entity.doc.endswith(".")

    def test_has_fields_of_different_names(self, entity: Entity) -> None:
        names = [field.name for field in entity.fields]
        assert len(set(names)) == len(names)
        assert not OF_THE_STORE & set(names)

    def test_is_titled_and_ordered_by_its_own_fields(self, entity: Entity) -> None:
        assert entity.title
        assert all(entity.field(name) for name in entity.title)
        assert not entity.order_by or entity.field(entity.order_by)
        assert not entity.covered or (entity.order_by and set(entity.covered) <= {field.name for field in entity.fields} | {"search"})


@EVERY_ENTITY
class TestFieldsOfAnEntity:
    def test_have_english_names_and_russian_labels(self, entity: Entity) -> None:
        assert [field.name for field in entity.fields if not ENGLISH_NAME.fullmatch(field.name)] == []
        assert [field.name for field in entity.fields if not field.label or field.label != field.label.strip()] == []
        assert [field.name for field in entity.fields if "!" in field.label + field.hint] == []

    def test_point_to_an_entity_if_and_only_if_they_are_references(self, entity: Entity) -> None:
        assert [field.name for field in entity.fields if (field.kind is Kind.REFERENCE) != (field.target in ENTITIES)] == []
        assert [field.name for field in entity.fields if (field.kind is Kind.REFERENCE) != field.name.endswith("_id")] == []
        assert all(field.kind is Kind.REFERENCE for field in entity.owners)

    def test_have_choices_if_and_only_if_they_are_a_choice(self, entity: Entity) -> None:
        assert [field.name for field in entity.fields if (field.kind is Kind.CHOICE) != bool(field.choices)] == []
        assert [field.name for field in entity.fields if not all((field.choices or {}).values())] == []

    def test_start_with_a_value_of_their_kind(self, entity: Entity) -> None:
        assert [field.name for field in entity.fields if not may_start_with(field, field.blank)] == []


def may_start_with(field: Field, value: Value) -> bool:
    if field.choices:
        return value in {"", *field.choices}
    return value is None or isinstance(value, int if field.sql_type == "INTEGER" else str)


def test_no_two_nouns_share_their_words() -> None:
    plurals = [entity.plural for entity in ENTITIES.values()]
    assert len(set(plurals)) == len(plurals)


def test_a_row_never_belongs_to_itself_through_its_owners() -> None:
    owners = {name: {field.target for field in entity.owners} for name, entity in ENTITIES.items()}
    reached = dict(owners)
    for _ in owners:
        reached = {name: above.union(*(reached[other] for other in above)) for name, above in reached.items()}
    assert [name for name, above in reached.items() if name in above] == []
